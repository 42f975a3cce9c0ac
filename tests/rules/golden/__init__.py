"""Every deadline over years and zones, as text: a changed rule shows as a change of `deadlines.txt`, to be reviewed.

`make docs` writes the file anew; `tests/rules/policy/test_policy.py` holds it against the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from rules.deadlines.counting import deadlines
from rules.language.words import day_words
from rules.policy.platform import policies
from tests.rules.cases import case

FILE = Path(__file__).with_name("deadlines.txt")

# The facts that start each deadline; DAY is the day it is counted from.
STARTS = {
    "ship_by": ("ship_by=DAY",),
    "claim": ("received_at=DAY",),
    "supplier_answer": ("dispute_opened_at=DAY",),
    "buyer_answer": ("dispute_opened_at=DAY",),
    "escalation_opens": ("dispute_opened_at=DAY",),
    "auto_escalation": ("dispute_opened_at=DAY",),
    "evidence": ("evidence_requested_at=DAY",),
    "negotiation_end": ("dispute_opened_at=DAY",),
    "mediation_end": ("escalated_at=DAY",),
    "auto_complete": ("shipped_at=DAY",),
    "reopen": ("received_at=DAY", "dispute.status=Closed"),
    "refund_due": ("decided_at=DAY",),
    "other_forum": ("paid_at=DAY", "reason=damaged"),
}

# The days before Spring Festival, clock changes in the United States, a leap day, National Day and the year's end.
DAYS = (
    "2025-01-24 2025-03-08 2025-09-26 2025-10-31 2025-12-29 2026-02-12 2026-03-06 2026-09-29 2026-10-30 2026-12-30 "
    "2027-02-03 2027-03-12 2027-09-28 2027-11-05 2027-12-30 2028-01-24 2028-02-01 2028-02-25 2028-03-10 2028-12-29"
)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Shanghai")


def text() -> str:
    """The whole file: for each day and zone, one line a deadline with its first and its last end, local."""
    return "\n".join(["# Written by `make docs`; what made it: tests/rules/golden/__init__.py", *_lines(), ""])


def _lines() -> Iterator[str]:
    for day in map(date.fromisoformat, DAYS.split()):
        for zone in ZONES:
            yield f"\n{day_words(day)}, {zone}"
            for id, facts in STARTS.items():
                yield _line(day, zone, id, facts)


def _line(day: date, zone: str, id: str, facts: tuple[str, ...]) -> str:
    there = ZoneInfo(zone)
    as_of = datetime.combine(day, time(23, 59), there)
    file = case(*(fact.replace("DAY", day.isoformat()) for fact in facts), as_of=as_of, zone=zone)
    found = next(d for d in deadlines(file, *policies()) if d.id == id)
    assert found.earliest, f"{id} of {day} has no end"
    assert found.latest, f"{id} of {day} has no end"
    ends = [
        f"{day_words(end.date())} {end:%H:%M %Z}" for end in (e.astimezone(there) for e in (found.earliest, found.latest))
    ]
    return f"  {id:<16} {ends[0]:<26} {ends[1]:<26} {found.sure}"
