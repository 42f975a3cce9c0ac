"""What to press next, and the same in the buyer's calendar."""

from __future__ import annotations

from datetime import timedelta

from icalendar import Calendar

from collector.model import Deadline
from rules.deadlines import deadlines
from rules.ics import calendar
from rules.moments import next_steps
from rules.policy import load_policy
from tests.rules.cases import NOON, case, instant, visited


def found(*facts: str, as_of: str = "2026-10-05T12:00Z") -> tuple[Deadline, ...]:
    return deadlines(case(*facts, as_of=instant(as_of)), load_policy())


def test_the_buyers_most_urgent_duty_comes_first_with_its_page() -> None:
    """Before what others must do, however near that is."""
    file = case("dispute_opened_at=2026-10-04", snapshots=(visited("order"), visited("dispute")))
    steps = next_steps(file, deadlines(file, load_policy()))
    assert [step.deadline.id for step in steps[:2]] == ["evidence", "buyer_answer"]
    assert steps[0].when == "by Fri 9 Oct 2026, 17:59 (Europe/Berlin), 4 days 3 hours left"
    assert (steps[0].page, steps[0].url) == ("dispute", "https://www.alibaba.com/dispute")


def test_a_passed_safe_date_is_told_as_something_to_do() -> None:
    """Never as lost."""
    file = case("dispute_opened_at=2026-09-28", "evidence_submitted_at=2026-09-29", as_of=instant("2026-10-06T00:00Z"))
    step = next_steps(file, deadlines(file, load_policy()))[0]
    assert step.deadline.state == "act_now"
    assert step.when.endswith("has passed; it may still be open: do it now")


def test_nothing_to_press_without_dates() -> None:
    """An empty case has no next step."""
    assert next_steps(case(), found()) == ()


def test_the_calendar_holds_each_running_deadline_in_utc() -> None:
    """With alarms three days and one day before for the buyer's own; met ones are left out."""
    due = found("received_at=2026-09-30", "dispute_opened_at=2026-10-04")
    book = Calendar.from_ical(calendar(due, NOON))
    events = {str(event["uid"]): event for event in book.walk("VEVENT")}
    running = [d for d in due if d.act_by and d.state != "met"]
    assert events.keys() == {f"2508-{d.id}-{d.round}@tradewitness" for d in running}
    answer = events["2508-buyer_answer-1@tradewitness"]
    assert answer.decoded("dtstart") == instant("2026-10-11T23:59:59+08:00")
    assert [alarm.decoded("trigger") for alarm in answer.walk("VALARM")] == [-timedelta(days=3), -timedelta(days=1)]
    assert not events["2508-supplier_answer-1@tradewitness"].walk("VALARM")


def test_the_same_deadlines_give_the_same_calendar() -> None:
    """Byte for byte; also when there are none."""
    due = found("received_at=2026-09-30")
    assert calendar(due, NOON) == calendar(due, NOON)
    assert b"VEVENT" not in calendar((), NOON)
