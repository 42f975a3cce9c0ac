"""What a night visits follows from what was last kept and from now, and each line says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Deadline, Target
from rules.night.plan import Limits, NightPlan, PageState, WatchedCase, plan_of
from rules.night.running import NOTHING, Running
from tests.rules.cases import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FREE = Limits({}, 120, {})
KINDS = ("order", "thread", "supplier", "product", "dispute")


def deadline(act_by: datetime = NOON + 3 * DAY) -> Deadline:
    return Deadline("1", "evidence", 1, "you", True, act_by, act_by, act_by, "", "open", "", label="Hand in evidence")


RUNS = Running((deadline(),))
DISPUTE = Running((deadline(),), in_dispute=True)


def page(kind: str, ago: timedelta | None = None, case: str = "1", account: str = "main", **rest: object) -> PageState:
    """A page that was kept whole so long ago, or never."""
    at = None if ago is None else NOON - ago
    state = PageState(Target(kind, case, kind, f"https://x.test/{case}/{kind}", account), at, at)
    return replace(state, **rest)  # type: ignore[arg-type]


def plan(
    *pages: PageState, running: Running = NOTHING, lists: tuple[PageState, ...] = (), limits: Limits = FREE
) -> NightPlan:
    return plan_of(lists, (WatchedCase(pages, running),), limits, NOON)


def kinds(made: NightPlan) -> list[str]:
    return [one.target.kind for one in made.visits]


def test_every_page_is_visited_at_its_first_night_even_if_somebody_has_just_looked() -> None:
    made = plan(*(page(kind, HOUR, first=True) for kind in KINDS))
    assert sorted(kinds(made)) == sorted(KINDS)
    assert {one.reason for one in made.visits} == {"its first night"}


@pytest.mark.parametrize(
    ("running", "kind", "rests"),
    [
        (NOTHING, "order", 6 * DAY + 12 * HOUR),
        (RUNS, "order", 20 * HOUR),
        (RUNS, "supplier", 20 * HOUR),
        (DISPUTE, "dispute", 3.5 * HOUR),
        (DISPUTE, "thread", 3.5 * HOUR),
        (DISPUTE, "product", 20 * HOUR),
    ],
)
def test_a_page_rests_until_its_time_and_is_due_from_then_on(running: Running, kind: str, rests: timedelta) -> None:
    minute = timedelta(minutes=1)
    early = plan(page(kind, rests - minute), running=running)
    assert (kinds(early), early.resting, early.next_due) == ([], 1, NOON + minute)
    assert kinds(plan(page(kind, rests), running=running)) == [kind]


def test_the_reason_names_the_deadline_the_dispute_or_the_week() -> None:
    def reason(running: Running) -> str:
        (visit,) = plan(page("dispute", 8 * DAY), running=running).visits
        return visit.reason

    assert "Hand in evidence" in reason(RUNS)
    assert "a dispute is open" in reason(DISPUTE)
    assert reason(NOTHING) == "once a week"


def test_lists_come_first_then_what_they_changed_then_disputes_then_running_deadlines_then_the_rest() -> None:
    lists = (page("dispute_list", case=""), page("order_list", case=""))
    cases = (
        WatchedCase((page("order", 9 * DAY, "1"),)),
        WatchedCase((page("supplier", DAY, "2"), page("order", DAY, "2")), RUNS),
        WatchedCase((page("product", DAY, "3"), page("dispute", DAY, "3"), page("thread", DAY, "3")), DISPUTE),
        WatchedCase((page("order", HOUR, "4", news="the order list says “Shipped” now"),)),
    )
    made = [(one.target.case, one.target.kind) for one in plan_of(lists, cases, FREE, NOON).visits]
    assert made == [
        ("", "order_list"), ("", "dispute_list"), ("4", "order"), ("3", "dispute"), ("3", "thread"), ("2", "order"),
        ("2", "supplier"), ("3", "product"), ("1", "order"),
    ]  # fmt: skip


def test_of_two_cases_that_run_the_one_that_ends_first_is_visited_first() -> None:
    ends = {"late": NOON + 9 * DAY, "soon": NOON + 2 * DAY}
    cases = [WatchedCase((page("order", DAY, case),), Running((deadline(end),))) for case, end in ends.items()]
    assert [one.target.case for one in plan_of((), cases, FREE, NOON).visits] == ["soon", "late"]


def test_what_the_last_look_did_not_bring_is_due_at_once_and_says_why() -> None:
    made = plan(page("order", HOUR, held=False, why="the server closed the connection"))
    assert [one.reason for one in made.visits] == ["nothing came of the last look: the server closed the connection"]


def test_a_page_that_is_never_whole_is_looked_at_once_a_night_and_not_at_every_call() -> None:
    broken = page("product", kept=None, tried=NOON - 19 * HOUR, why="The page was not found (HTTP 404).")
    assert plan(broken).visits == ()
    (visit,) = plan(replace(broken, tried=NOON - 20 * HOUR)).visits
    assert "HTTP 404" in visit.reason


def test_a_look_dated_later_than_now_keeps_nobody_from_looking() -> None:
    (visit,) = plan(page("order", -400 * DAY)).visits
    assert "clock" in visit.reason


def test_the_budget_of_an_account_is_named_by_what_it_left_out_and_another_account_has_its_own() -> None:
    pages = [page("order", 9 * DAY, str(n), "main") for n in range(5)] + [page("order", 9 * DAY, "x", "other")]
    made = plan(*pages, limits=Limits({}, 3, {"main": 1}))
    assert [one.target.account for one in made.visits] == ["main", "main", "other"]
    assert {one.why for one in made.left_out} == {"the budget of 3 pages for main is spent"}
    assert len(made.left_out) == 3


def test_a_paused_account_is_left_out_and_needs_a_person_while_others_go_on() -> None:
    pages = (page("order", 9 * DAY, "1", "main"), page("order", 9 * DAY, "2", "other"))
    made = plan(*pages, limits=Limits({"main": "The site asks to sign in."}, 120, {}))
    assert [one.target.account for one in made.visits] == ["other"]
    assert [(one.person, "main is paused" in one.why) for one in made.left_out] == [(True, True)]


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 240), st.booleans()), max_size=12), st.data())
def test_cut_short_anywhere_and_called_again_a_night_visits_what_was_left_and_nothing_twice(
    told: list[tuple[str, int, bool]], data: st.DataObject
) -> None:
    pages = {str(n): page(kind, hours * HOUR, str(n)) for n, (kind, hours, _) in enumerate(told)}
    runs = {str(n): DISPUTE if runs else NOTHING for n, (_, _, runs) in enumerate(told)}

    def again() -> list[str]:
        cases = (WatchedCase((one,), runs[case]) for case, one in pages.items())
        return [one.target.case for one in plan_of((), cases, FREE, NOON).visits]

    first = again()
    done = first[: data.draw(st.integers(0, len(first)))]
    for case in done:
        pages[case] = replace(pages[case], kept=NOON, tried=NOON)
    assert sorted(again()) == sorted(set(first) - set(done))
