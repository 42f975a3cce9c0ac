"""What is worth telling, and when it is told again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Deadline, DeadlineState
from rules.notices.concerns import JITTER, STEPS, Concern, Told, deadline_concern, remembered, to_tell

END = datetime(2026, 10, 22, 10, tzinfo=UTC)
DEADLINE = Deadline(
    "250861947301028446", "evidence", 1, "you", True, END, END, END, "It may be cancelled.", "open", "the dispute page",
    label="Provide evidence", todo="Upload it.", sure="counted",
)  # fmt: skip


def told_over_time(deadline: Deadline, hours_before: list[float]) -> list[float]:
    """At which of these instants, in order, somebody is told of it."""
    told: dict[str, Told] = {}
    heard = []
    for hours in hours_before:
        now = END - timedelta(hours=hours)
        state: DeadlineState = "overdue" if now > END else "due_soon" if END - now < timedelta(days=3) else "open"
        concern = deadline_concern(replace(deadline, state=state), now)
        concerns = (concern,) if concern else ()
        news = to_tell(concerns, told)
        heard += [hours] if news else []
        told = remembered(told, news, concerns, now)
    return heard


def test_each_step_before_an_end_is_told_once_and_so_is_that_it_has_passed() -> None:
    every_half_hour = [hours / 2 for hours in range(2 * 240, -20, -1)]
    assert told_over_time(DEADLINE, every_half_hour) == [168, 72, 24, 6, 1, -0.5]


def test_a_timer_that_was_printed_is_told_at_first_sight() -> None:
    assert told_over_time(replace(DEADLINE, sure="printed"), [240, 239, 100]) == [240, 100]


def test_a_machine_that_slept_through_steps_tells_the_last_of_them_alone() -> None:
    assert told_over_time(DEADLINE, [200, 5]) == [5]


def test_an_end_that_moved_nearer_is_told_at_once_and_one_that_moved_away_at_its_steps() -> None:
    now = END - timedelta(hours=100)
    concern = deadline_concern(DEADLINE, now)
    assert concern is not None
    told = remembered({}, (concern,), (concern,), now)
    assert to_tell((replace(concern, by=END - timedelta(hours=20)),), told)
    later = deadline_concern(replace(DEADLINE, act_by=END + timedelta(days=9), latest=END + timedelta(days=9)), now)
    assert later is None
    again = deadline_concern(replace(DEADLINE, act_by=END + timedelta(days=2), latest=END + timedelta(days=2)), now)
    assert again is not None
    assert to_tell((again,), told) == (again,)


def test_a_countdown_that_wavers_is_no_news() -> None:
    now = END - timedelta(hours=100)
    concern = deadline_concern(DEADLINE, now)
    assert concern is not None
    told = remembered({}, (concern,), (concern,), now)
    wavering = replace(concern, by=END - JITTER / 2)
    assert to_tell((wavering,), told) == ()


def test_past_our_safe_date_and_overdue_are_told_apart() -> None:
    after = END + timedelta(hours=2)
    unsure = replace(DEADLINE, state="act_now", latest=END + timedelta(days=1))
    safe = deadline_concern(unsure, after)
    over = deadline_concern(replace(DEADLINE, state="overdue"), after)
    assert safe is not None
    assert over is not None
    assert (safe.matter, over.matter) == ("now", "overdue")
    assert over.level > safe.level > len(STEPS)
    assert (safe.todo, over.todo) == ("Upload it.", "It may be cancelled.")


@pytest.mark.parametrize("state", ["met", "not_started"])
def test_what_is_met_or_has_not_begun_is_no_concern(state: DeadlineState) -> None:
    assert deadline_concern(replace(DEADLINE, state=state), END - timedelta(hours=1)) is None


def test_of_the_supplier_it_is_told_that_his_time_has_passed_and_what_to_do_then() -> None:
    his = replace(DEADLINE, who="supplier", if_missed="Escalate.")
    assert deadline_concern(his, END - timedelta(hours=1)) is None
    concern = deadline_concern(replace(his, state="overdue"), END + timedelta(hours=1))
    assert concern is not None
    assert (concern.matter, concern.todo) == ("passed", "Escalate.")


def test_what_the_platform_does_by_itself_is_told_before_it_happens() -> None:
    assert told_over_time(replace(DEADLINE, who="platform"), [200, 100, 72, 48, 24, 5]) == [72, 24]


def test_between_two_ends_that_the_sources_give_the_later_one_is_told_as_what_is_left() -> None:
    moot = replace(DEADLINE, who="platform", state="act_now", latest=END + timedelta(days=1))
    concern = deadline_concern(moot, END + timedelta(hours=2))
    assert concern is not None
    assert (concern.matter, concern.by) == ("others", END + timedelta(days=1))


def test_an_opening_is_told_when_it_is_sure() -> None:
    opening = replace(DEADLINE, opening=True, must=False)
    assert deadline_concern(opening, END - timedelta(hours=1)) is None
    concern = deadline_concern(opening, END)
    assert concern is not None
    assert concern.matter == "opening"


def test_a_date_that_cannot_be_counted_is_told_with_what_it_rests_on() -> None:
    unknown = replace(DEADLINE, act_by=None, latest=None, earliest=None, state="undetermined", needs=("received_at",))
    concern = deadline_concern(unknown, END)
    assert concern is not None
    assert concern.matter == "unsure"


CONCERNS = st.builds(
    Concern,
    st.sampled_from("abc"), st.just("deadline"), st.integers(0, 7), st.booleans(),
    by=st.none() | st.timedeltas(timedelta(0), timedelta(days=300)).map(END.__add__),
)  # fmt: skip


@given(st.lists(CONCERNS, unique_by=lambda c: c.key))
def test_nothing_is_told_twice_and_nothing_new_is_kept_back(concerns: list[Concern]) -> None:
    news = to_tell(concerns, {})
    assert sorted(c.key for c in news) == sorted(c.key for c in concerns)
    assert to_tell(concerns, remembered({}, news, concerns, END)) == ()
    assert [c.urgent for c in news] == sorted((c.urgent for c in news), reverse=True)


@given(st.lists(CONCERNS, unique_by=lambda c: c.key))
def test_what_was_not_sent_is_told_by_the_next_message(concerns: list[Concern]) -> None:
    assert len(to_tell(concerns, remembered({}, (), concerns, END))) == len(concerns)


def test_what_was_mended_and_comes_back_is_told_anew() -> None:
    wall = Concern("wall main", "wall", 1, True)
    told = remembered({}, (wall,), (wall,), END)
    mended = remembered(told, (), (), END)
    assert to_tell((wall,), mended) == (wall,)
