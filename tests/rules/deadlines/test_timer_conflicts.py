"""Printed timers against each other, against the count, against what the buyer copied; and those that cannot be read."""

from __future__ import annotations

from datetime import timedelta

from collector.model import Fact, Finding, Place, Printed
from rules.check.review import check
from rules.policy.platform import load_policy
from tests.rules.cases import case, dispute_page, instant, shown


def timers(*facts: str | Fact, as_of: str = "2026-10-07T00:00Z") -> dict[str, Finding]:
    found = check(case("dispute_opened_at=2026-10-04", *facts, as_of=instant(as_of)), load_policy())
    return {f.id: f for f in found if f.id.startswith(("timer.", "conflict.dispute"))}


def countdown(at: str, text: str, days: float) -> list[Fact]:
    """A look at a page that prints time left: its end is known to the hour."""
    seen, hour = instant(at), timedelta(hours=1)
    end = Printed(text, seen + timedelta(days=days) - hour, seen + timedelta(days=days) + hour)
    return [
        shown("dispute.status", "Waiting for buyer evidence", seen, at),
        shown("dispute.deadline", end, seen, at),
    ]


def test_a_printed_timer_that_moves_is_said_with_both_times() -> None:
    """The newer one is used, and both pages are named."""
    one = dispute_page("2026-10-05T00:00Z", "Waiting for supplier response", "2026-10-08 18:00:00")
    other = dispute_page("2026-10-06T00:00Z", "Waiting for supplier response", "2026-10-07 18:00:00")
    assert timers(*one) == {}
    moved = timers(*one, *other)["timer.moved"]
    assert moved.verdict == "problem"
    assert "an earlier time" in moved.text
    assert "2026-10-08 18:00:00" in moved.text
    assert "2026-10-07 18:00:00" in moved.text


def test_a_countdown_runs_and_is_not_called_moved() -> None:
    """A day later there is a day less left: the same end. The same time left a day later is another end."""
    one = countdown("2026-10-05T00:00Z", "2 days 3 hours left", 2.125)
    ran = countdown("2026-10-06T00:00Z", "1 day 3 hours left", 1.125)
    stood = countdown("2026-10-06T00:00Z", "2 days 3 hours left", 2.125)
    assert "timer.moved" not in timers(*one, *ran)
    assert "a later time" in timers(*one, *stood)["timer.moved"].text


def test_a_timer_that_ends_before_the_rules_would_have_it_is_a_problem() -> None:
    """Whoever counted five days of their own would be late; a longer timer is told, and is no problem."""
    short = dispute_page("2026-10-05T00:00Z", "Waiting for buyer", "2026-10-08 18:00:00")
    long = dispute_page("2026-10-05T00:00Z", "Waiting for buyer", "2026-10-20 18:00:00")
    fits = dispute_page("2026-10-05T00:00Z", "Waiting for buyer", "2026-10-11 18:00:00")
    assert timers(*short)["timer.against_count"].verdict == "problem"
    assert timers(*long)["timer.against_count"].verdict == "ok"
    assert timers(*fits) == {}


def test_a_copied_timer_against_the_printed_one_is_a_conflict_in_plain_words() -> None:
    """Both are read by a person; the page is used."""
    page = dispute_page("2026-10-05T00:00Z", "Waiting for buyer", "2026-10-11 18:00:00")
    found = timers(*page, "dispute.deadline=2026-10-14")["conflict.dispute.deadline"]
    assert "2026-10-11 18:00:00" in found.text
    assert "you entered Wed 14 Oct 2026" in found.text
    assert "Printed(" not in found.text
    assert timers(*page, "dispute.deadline=2026-10-11") == {}


def test_a_timer_that_cannot_be_read_is_shown_to_the_buyer() -> None:
    """The words of the page, and what to enter; once it is read again, nothing."""
    at = instant("2026-10-05T00:00Z")
    place = Place("00", "css", "p", "ends on 03/04/2026 6 pm")
    facts = [
        shown("dispute.status", "Waiting for buyer", at, "s1"),
        Fact("dispute.deadline", None, "unreadable", "s1", "test/1", place, at),
    ]
    found = timers(*facts)["timer.unreadable"]
    assert "03/04/2026" in found.text
    assert "dispute.deadline=" in found.todo
    later = dispute_page("2026-10-06T00:00Z", "Waiting for buyer", "2026-10-11 18:00:00")
    assert timers(*facts, *later) == {}
