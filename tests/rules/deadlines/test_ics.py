"""The deadlines in the buyer's calendar, read by vobject, which did not write them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import vobject
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Deadline
from rules.deadlines.counting import deadlines
from rules.deadlines.ics import calendar
from rules.policy.platform import policies
from tests.rules.cases import NOON, case, instant

CASE = ("received_at=2026-09-30", "dispute_opened_at=2026-10-04")


def found(*facts: str, as_of: str = "2026-10-05T12:00Z") -> tuple[Deadline, ...]:
    return deadlines(case(*facts, as_of=instant(as_of)), *policies())


def events(*facts: str, as_of: str = "2026-10-05T12:00Z") -> dict[str, Any]:
    """The events by deadline and round, as another program reads them; it must find every required property."""
    book = vobject.readOne(calendar(found(*facts, as_of=as_of), instant(as_of)).decode())
    assert book.validate(raiseException=True)
    return {event.uid.value.partition("@")[0].partition("-")[2]: event for event in book.contents.get("vevent", [])}


def test_each_running_deadline_is_an_event_at_its_act_by_time() -> None:
    """In UTC, with its title and its case; met ones are left out."""
    read = events(*CASE)
    running = [d for d in found(*CASE) if d.act_by and d.state != "met"]
    assert read.keys() == {f"{d.id}-{d.round}" for d in running}
    for due in running:
        event = read[f"{due.id}-{due.round}"]
        assert event.dtstart.value == (due.latest if due.opening else due.act_by)
        assert event.summary.value.startswith(due.label)
        assert "2508" in event.summary.value
        assert due.if_missed in event.description.value


def test_the_buyers_own_deadlines_ring_three_days_one_day_and_three_hours_before() -> None:
    """An alarm that nobody need act on would teach the buyer to ignore them."""
    read = events(*CASE)
    rings = {name: [alarm.trigger.value for alarm in event.contents.get("valarm", [])] for name, event in read.items()}
    assert rings["buyer_answer-1"] == [-timedelta(days=3), -timedelta(days=1), -timedelta(hours=3)]
    assert rings["supplier_answer-1"] == rings["escalation_opens-1"] == []


def test_every_round_of_evidence_is_an_event_of_its_own() -> None:
    """Two requests in one case are two reminders."""
    read = events(*CASE, "evidence_requested_at=2026-10-04", "evidence_requested_at=2026-10-05")
    assert {"evidence-1", "evidence-2"} <= read.keys()
    assert read["evidence-2"].dtstart.value > read["evidence-1"].dtstart.value


def test_a_later_look_moves_the_same_event() -> None:
    """The same name and a higher sequence number: the calendar does not fill with copies."""
    early, late = events(*CASE)["buyer_answer-1"], events(*CASE, as_of="2026-10-06T12:00Z")["buyer_answer-1"]
    assert early.uid.value == late.uid.value
    assert int(early.sequence.value) < int(late.sequence.value)


def test_contradictory_dates_keep_their_reminder_and_say_so() -> None:
    """A slip of the keyboard takes no alarm away."""
    claim = events("shipped_at=2026-10-04", "received_at=2026-10-01")["claim-1"]
    assert "correct shipment or receipt of the goods" in claim.description.value
    assert len(claim.contents["valarm"]) == 3


def test_the_same_deadlines_give_the_same_calendar() -> None:
    """Byte for byte, in lines of at most 75 octets (RFC 5545, 3.1); also when there are none."""
    due = found(*CASE)
    written = calendar(due, NOON)
    assert written == calendar(due, NOON)
    assert max(len(line) for line in written.split(b"\r\n")) <= 75
    assert b"VEVENT" not in calendar((), NOON)


@given(st.dates(instant("2024-01-01").date(), instant("2030-12-31").date()), st.integers(0, 20))
def test_any_dates_give_a_calendar_that_another_program_reads(received: Any, later: int) -> None:
    """Over leap days, clock changes and year ends."""
    opened = received + timedelta(days=later)
    read = events(f"received_at={received}", f"dispute_opened_at={opened}", as_of=f"{opened}T12:00Z")
    assert {"buyer_answer-1", "evidence-1"} <= read.keys()
