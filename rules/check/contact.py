"""Whether the Message Center shows that the supplier was told of the problem, before a dispute: without it, a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from collector.model import Fact, Finding
from rules.case.chronology import Chronology, Occurrence, day_text, occurrence
from rules.deadlines.moments import load_moments

_FACTS = ("thread.messages", "supplier_contacted_at", "dispute.submitted_at")
_WRITE = (
    "Write to the supplier in the Message Center what is wrong (draft CASE supplier), then keep the thread: capture CASE."
)
_KEEP = "Capture the Message Center thread: case set CASE --thread NAME, then capture CASE."


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the buyer's: when, and its text ("" for a picture)."""

    told: Occurrence
    text: str

    @property
    def day(self) -> str:
        return day_text(self.told)


def contact(chronology: Chronology) -> tuple[Finding, ...]:
    """One finding, once there may be a problem: receipt, a passed ship date, a dispute or a reason."""
    since, opened = problem_since(chronology), chronology.happened("dispute_opened")
    named = any(chronology.casefile.value(name) is not None for name in ("reason", "dispute.id"))
    return (_finding(chronology, since, opened),) if since or opened or named else ()


def _finding(chronology: Chronology, since: datetime | None, opened: Occurrence | None) -> Finding:
    said, id = tuple(_said(chronology)), "contact.before_dispute"
    source = chronology.policy.source("guide")
    where = f"{source.title} ({source.effective})"
    recent = [m for m in said if not since or m.told.latest >= since]
    before = [m for m in recent if not opened or m.told.earliest <= opened.latest]
    telling = [m for m in before if load_moments().tells_of_a_problem(m.text)]
    claimed = chronology.happened("supplier_contacted")
    if telling:
        quote = telling[0].text if len(telling[0].text) <= 120 else telling[0].text[:119].rstrip() + "…"
        text = f"The Message Center shows that you told the supplier on {telling[0].day}: “{quote}”"
        return Finding(id, "ok", text, _FACTS, "", where)
    if before:
        text = f"The Message Center shows your message of {before[-1].day}, but no word in it that tells of a problem."
        return Finding(id, "undetermined", text, _FACTS, f"Read it again; if it does not say what is wrong: {_WRITE}", where)
    if claimed and not said:
        text = f"You say that you wrote to the supplier on {day_text(claimed)}; no thread kept so far shows it."
        return Finding(id, "missing", text, _FACTS, _KEEP, where)
    if said and opened:
        text = "The Message Center shows no message from you about the problem before the dispute was opened."
        return Finding(id, "problem", text, _FACTS, _WRITE, where)
    text = "No thread kept so far shows that you told the supplier of the problem."
    seen = said or chronology.casefile.read("thread.messages")
    return Finding(id, "missing", text, _FACTS, _WRITE if seen else _KEEP, where)


def problem_since(chronology: Chronology) -> datetime | None:
    """From when there can be a problem: receipt, or an agreed ship date that has passed. None when neither is known."""
    starts = []
    if received := chronology.happened("received"):
        starts.append(received.earliest)
    ship_by = chronology.happened("ship_by")
    if ship_by and ship_by.latest < chronology.casefile.as_of:
        starts.append(ship_by.earliest)
    return min(starts, default=None)


def _said(chronology: Chronology) -> Iterator[Said]:
    """The buyer's messages in the captured thread whose time can be read, oldest first."""
    fact = chronology.casefile.read("thread.messages")
    found = []
    for message in fact.value if fact and isinstance(fact.value, list | tuple) else ():
        if isinstance(message, Mapping) and message.get("from") == "buyer" and not message.get("recalled"):
            value = message.get("sent_at") or message.get("printed")
            told = occurrence(Fact("thread.messages", value, "read", "", ""), chronology.casefile.zone, chronology.readings)
            text = message.get("text")
            found += [Said(told, text if isinstance(text, str) else "")] if told else []
    return iter(sorted(found, key=lambda said: said.told.earliest))
