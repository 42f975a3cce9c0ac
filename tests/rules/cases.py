"""Case files made by hand for the tests of the rules: a fact a line, as a buyer types it or a page shows it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from collector.model import AddedFile, Deadline, Fact, Printed, Snapshot, Target, Visit
from rules.case.assertions import parse_assertion
from rules.case.casefile import CaseFile
from rules.deadlines.counting import deadlines
from rules.policy.platform import load_policy

BEIJING, PACIFIC = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/Los_Angeles")
HOME = "Europe/Berlin"
NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)


def instant(text: str) -> datetime:
    """An aware instant from ISO text."""
    return datetime.fromisoformat(text)


def beijing_end(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T23:59:59").replace(tzinfo=BEIJING)


def pacific_end(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T23:59:59").replace(tzinfo=PACIFIC)


def asserted(text: str, round: int = 1) -> Fact:
    """`name=value` as the buyer types it."""
    name, _, value = text.partition("=")
    return Fact(name, parse_assertion(name, value, HOME), "asserted", "", "buyer", at=NOON, round=round)


def shown(name: str, value: Any, at: datetime = NOON, snapshot: str = "s1") -> Fact:
    """A fact as a page shows it."""
    return Fact(name, value, "read", snapshot, "test/1", at=at)


def printed(text: str) -> Printed:
    """A time printed with no zone: it may be Beijing's or Pacific."""
    naive = datetime.fromisoformat(text)
    return Printed(text, naive.replace(tzinfo=BEIJING).astimezone(UTC), naive.replace(tzinfo=PACIFIC).astimezone(UTC))


def case(*facts: str | Fact, as_of: datetime = NOON, zone: str = HOME, **rest: Any) -> CaseFile:
    """A case with these facts; texts are assertions, those of one name numbered in order."""
    made: list[Fact] = []
    for fact in facts:
        if isinstance(fact, str):
            name = fact.partition("=")[0]
            made.append(asserted(fact, 1 + sum(1 for f in made if f.name == name)))
        else:
            made.append(fact)
    return CaseFile("2508", "fans", zone, as_of, as_of, tuple(made), **rest)


def dues(*facts: str | Fact, as_of: datetime = NOON, zone: str = HOME) -> dict[str, Deadline]:
    """The deadlines by id; of evidence the newest round, and each round as evidence#n."""
    found = deadlines(case(*facts, as_of=as_of, zone=zone), load_policy())
    return {f"{d.id}#{d.round}": d for d in found} | {d.id: d for d in sorted(found, key=lambda d: d.round)}


def dispute_page(at: str, status: str = "", deadline: str = "", hint: str = "", action: str = "") -> list[Fact]:
    """What one look at the dispute page showed."""
    when = instant(at)
    words = {"dispute.status": status, "dispute.hint": hint, "dispute.action_needed": action}
    facts = [shown(name, value, when, at) for name, value in words.items() if value]
    return [*facts, shown("dispute.deadline", printed(deadline), when, at)] if deadline else facts


def added(kind: str, number: int = 1) -> tuple[AddedFile, ...]:
    """Files that the buyer added."""
    return tuple(AddedFile(f"{kind}{n}", f"{n}.jpg", kind, "image/jpeg", 1, "00", "00", NOON, n) for n in range(number))


def visited(kind: str, outcome: Any = "complete", at: datetime = NOON) -> Snapshot:
    """A snapshot of a page of that kind."""
    url = f"https://www.alibaba.com/{kind}"
    visit = Visit(url, url, (), 200, "", at, {}, {}, "", (), (), {})
    return Snapshot(1, f"{kind}-1", Target(kind, "2508", kind, url), visit, (), outcome, "", ())
