"""Each kind of blindness appears when it should, and does not when somebody sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from collector.model import Deadline, PageTrace
from rules.night.blindness import Blind, Watching, emptied_list, faded, off, site_changed, unseen, wall
from rules.night.running import NOTHING, Running
from tests.rules.cases import HOME, NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def deadline(act_by: datetime, state: str = "open") -> Deadline:
    made = Deadline("1", "evidence", 1, "you", True, act_by, act_by, act_by, "", "open", "", label="Hand in evidence")
    return replace(made, state=state, printed=True, page="dispute")  # type: ignore[arg-type]


RUNS = Running((deadline(NOON + DAY),))
DISPUTE = replace(RUNS, in_dispute=True)


def case(running: Running, looked: datetime | None = None, looks: Sequence[datetime] = ()) -> Watching:
    return Watching("1", HOME, running, True, True, looked, looks)


# --- Nobody looked ------------------------------------------------------------------------------------------------------


def test_a_running_deadline_without_a_good_look_for_36_hours_is_an_alarm_with_the_last_timer_seen() -> None:
    assert list(unseen(case(RUNS, NOON - 36 * HOUR), NOON)) == []
    (blind,) = unseen(case(RUNS, NOON - 37 * HOUR), NOON)
    assert (blind.kind, blind.since, blind.timer, blind.page) == ("unseen", NOON - 37 * HOUR, NOON + DAY, "order")
    assert "for 1 day" in blind.text
    assert "The last timer seen: Tue 6 Oct 2026, 14:00 (Europe/Berlin)." in blind.text


def test_in_a_dispute_12_hours_are_too_long_and_its_own_page_is_the_one_to_open() -> None:
    assert list(unseen(case(DISPUTE, NOON - 12 * HOUR), NOON)) == []
    (blind,) = unseen(case(DISPUTE, NOON - 13 * HOUR), NOON)
    assert blind.page == "dispute"


def test_a_case_that_was_never_kept_whole_is_unseen_so_far() -> None:
    (blind,) = unseen(case(RUNS), NOON)
    assert (blind.since, "so far" in blind.text) == (None, True)


def test_where_nothing_runs_or_there_is_no_page_nobody_is_blind() -> None:
    assert list(unseen(case(NOTHING), NOON)) == []
    assert list(unseen(replace(case(RUNS), has_pages=False), NOON)) == []


# --- A machine that was off ---------------------------------------------------------------------------------------------


def test_a_machine_that_was_off_across_a_deadline_is_told_with_both_nights_and_the_end() -> None:
    passed, nights = [deadline(NOON - DAY, "overdue")], [NOON - 5 * DAY, NOON - HOUR]
    (blind,) = off(case(RUNS), passed, nights, NOON)
    assert (blind.kind, blind.since, blind.timer, blind.page) == ("off", NOON - 5 * DAY, NOON - DAY, "dispute")
    assert "between Wed 30 Sept".replace("Sept", "Sep") in blind.text
    assert "Hand in evidence, Sun 4 Oct 2026, 14:00 (Europe/Berlin)" in blind.text


def test_a_machine_that_is_still_silent_since_is_told_too() -> None:
    (blind,) = off(case(RUNS), [deadline(NOON - DAY, "overdue")], [NOON - 5 * DAY], NOON)
    assert "and now" in blind.text


def test_a_night_shortly_before_the_end_a_look_by_hand_and_a_deadline_that_was_met_are_no_blindness() -> None:
    passed = [deadline(NOON - DAY, "overdue")]
    assert list(off(case(RUNS), passed, [NOON - DAY - 2 * HOUR, NOON], NOON)) == []
    assert list(off(case(RUNS, looks=[NOON - DAY - HOUR]), passed, [NOON - 5 * DAY, NOON], NOON)) == []
    assert list(off(case(RUNS), [deadline(NOON - DAY, "met")], [NOON - 5 * DAY, NOON], NOON)) == []


def test_who_never_ran_a_night_is_not_told_that_one_is_missing_and_nobody_is_told_for_ever() -> None:
    assert list(off(case(RUNS), [deadline(NOON - DAY, "overdue")], [], NOON)) == []
    assert list(off(case(RUNS), [deadline(NOON - 8 * DAY, "overdue")], [NOON - 30 * DAY], NOON)) == []


# --- What a page shows no more ------------------------------------------------------------------------------------------


def trace(kind: str = "order", lost: Sequence[str] = (), read: Sequence[str] = ("order.number",)) -> PageTrace:
    return PageTrace(kind, NOON, frozenset(read), frozenset(lost))


def test_a_fact_that_can_be_read_no_more_is_drift_and_named_in_words() -> None:
    (blind,) = faded("1", [trace(lost=["order.total"])])
    assert (blind.kind, blind.page, blind.facts) == ("drift", "order", ("order.total",))
    assert blind.text == "The order's total could be read on the order page before, and cannot be read any more."


def test_a_page_that_is_read_as_before_is_no_drift() -> None:
    assert list(faded("1", [trace()])) == []


def test_a_conversation_that_had_messages_and_has_none_is_an_alarm_and_one_that_never_had_any_is_not() -> None:
    thread = replace(trace("thread"), messages=0, messages_before=14)
    (blind,) = faded("1", [thread])
    assert (blind.kind, "14 messages" in blind.text) == ("emptied", True)
    assert list(faded("1", [replace(thread, messages_before=0)])) == []
    assert list(faded("1", [replace(thread, messages=15)])) == []


def test_the_same_page_of_several_cases_is_the_site_that_changed_with_what_still_works() -> None:
    changed = trace(lost=["order.total"])
    told = [blind for number in "123" for blind in faded(number, [changed])]
    assert {one.text for one in site_changed(told, [changed, trace("thread"), trace("supplier", read=())])} == {
        "The site changed: the order's total cannot be read any more on the order pages of 3 cases. "
        "What is still read: the rest of the order page, the Message Center conversation."
    }


def test_one_page_alone_is_not_the_site_and_other_alarms_stay_as_they_are() -> None:
    alone = (*faded("1", [trace(lost=["order.total"])]), wall("2", HOME, "main", "The site asks to sign in.", NOON))
    assert site_changed(alone, ()) == alone


def test_a_wall_names_the_account_and_what_a_person_types_and_an_empty_list_how_many_it_showed() -> None:
    stopped = wall("1", HOME, "main", "The site asks to sign in.", NOON)
    assert "account main: stopped since Mon 5 Oct 2026" in stopped.text
    assert "tradewitness login main" in stopped.text
    empty: Blind = emptied_list("1", "order_list", "main", 7, NOON)
    assert empty.text == "The order list of account main is empty now; before it showed 7 orders."
