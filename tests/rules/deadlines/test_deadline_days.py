"""Every deadline on the day before, the day and the day after its last, where calendars are difficult."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from collector.model import Deadline
from rules.deadlines.counting import deadlines, needs_attention
from rules.policy.calendars import day_in, working_year
from rules.policy.platform import DEADLINE_IDS, policies
from tests.rules.cases import BEIJING, PACIFIC, case, instant
from tests.rules.golden import STARTS

# What the 30 days, the 7 days and the 5 working days from here run across.
STARTING = {
    "Spring Festival": "2026-02-12",
    "Pacific summer time begins": "2026-03-06",
    "National Day, and a Saturday that is worked": "2026-09-29",
    "Pacific summer time ends": "2026-10-30",
    "the year's end": "2026-12-29",
    "a leap day": "2028-02-25",
}
# The first and the last day that the sources name, counted from the start (the start is day 0).
DAYS = {
    "ship_by": (0, 0), "claim": (30, 30), "supplier_answer": (4, 4), "escalation_opens": (4, 4), "buyer_answer": (7, 7),
    "auto_escalation": (7, 8), "negotiation_end": (30, 30), "mediation_end": (5, 10), "auto_complete": (15, 60),
    "reopen": (30, 30), "other_forum": (120, 180),
}  # fmt: skip
A_DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)


def due(id: str, day: str, at: datetime) -> Deadline:
    facts = (fact.replace("DAY", day) for fact in STARTS[id])
    return next(d for d in deadlines(case(*facts, as_of=at), *policies()) if d.id == id)


def ends(id: str, day: str) -> tuple[datetime, datetime]:
    found = due(id, day, instant(f"{day}T23:30:00+01:00"))
    assert found.earliest
    assert found.latest
    return found.earliest, found.latest


@pytest.mark.parametrize("across", STARTING)
@pytest.mark.parametrize("id", [id for id in STARTS if id != "escalation_opens"])
def test_on_the_day_before_it_runs_on_the_day_too_and_on_the_day_after_it_says_what_to_do(id: str, across: str) -> None:
    """Due until the last second in Beijing, to be done at once until the last second in Pacific time, overdue after it."""
    day = STARTING[across]
    first, last = ends(id, day)
    states = {
        at: due(id, day, at).state for at in (first - A_DAY, first, first + A_SECOND, last, last + A_SECOND, last + A_DAY)
    }
    assert list(states.values()) == ["due_soon", "due_soon", "act_now", "act_now", "overdue", "overdue"]
    assert needs_attention(due(id, day, last + A_DAY)) == (due(id, day, first).who == "you")


@pytest.mark.parametrize("across", STARTING)
@pytest.mark.parametrize("id", DAYS)
def test_a_deadline_ends_with_its_civil_day_in_beijing_first_and_in_pacific_time_last(id: str, across: str) -> None:
    """Whatever the clocks do in between: counted by the calendar, at 23:59:59 of that day, there."""
    day = date.fromisoformat(STARTING[across])
    first, last = ends(id, STARTING[across])
    soonest, latest = DAYS[id]
    assert day_in(first, "Asia/Shanghai") == day + timedelta(days=soonest)
    assert day_in(last, "America/Los_Angeles") == day + timedelta(days=latest)
    clock = "00:00:00" if id == "escalation_opens" else "23:59:59"
    assert f"{first.astimezone(BEIJING):%H:%M:%S}" == clock
    assert f"{last.astimezone(PACIFIC):%H:%M:%S}" == "23:59:59"


@pytest.mark.parametrize("across", STARTING)
@pytest.mark.parametrize(("id", "number"), [("evidence", 5), ("refund_due", 7)])
def test_working_days_are_counted_as_a_person_would_on_a_wall_calendar(id: str, number: int, across: str) -> None:
    """The last day is itself worked; so many worked days lie between, by the shortest and by the longest calendar."""
    day = date.fromisoformat(STARTING[across])
    first, last = ends(id, STARTING[across])
    until, latest = day_in(first, "Asia/Shanghai"), day_in(last, "America/Los_Angeles")
    short = [d for d in days(day, until) if d.weekday() < 5 or d in working_year("CN", d.year).makeup]
    assert (len(short), short[-1]) == (number, until)
    off = {d for c in ("CN", "DE") for d in days(day, latest) if d in working_year(c, d.year).holidays}
    assert len([d for d in days(day, latest) if d.weekday() < 5 and d not in off]) <= number
    assert latest.weekday() < 5


def days(start: date, end: date) -> list[date]:
    """The days after the start, to the end."""
    return [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]


@pytest.mark.parametrize("across", STARTING)
def test_an_opening_is_open_on_each_of_those_days(across: str) -> None:
    """It is a time from which: never due, never overdue."""
    day = STARTING[across]
    first, last = ends("escalation_opens", day)
    for at in (first - A_DAY, first, last, last + A_SECOND, last + 100 * A_DAY):
        assert due("escalation_opens", day, at).state == "open"


def test_the_golden_days_are_of_every_deadline() -> None:
    assert sorted((*STARTS, "return_goods")) == sorted(DEADLINE_IDS)
