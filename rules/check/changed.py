"""What changed on the pages to the buyer's harm, as findings: what it was and is, since when, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from collector.model import Finding
from rules.case.chronology import Chronology
from rules.changes.change import Change
from rules.changes.pages import case_changes
from rules.changes.policy import load_change_policy
from rules.language.words import day_words
from rules.policy.calendars import day_in


def changed(chronology: Chronology) -> tuple[Finding, ...]:
    """A finding for each fact that changed to the buyer's harm, and for each thing that befell messages, gravest first."""
    found = case_changes(chronology.casefile)
    names = sorted({change.name for change in found if change.adverse}, key=load_change_policy().rank)
    return tuple(_finding([change for change in found if change.name == name], chronology) for name in names)


def _finding(changes: list[Change], chronology: Chronology) -> Finding:
    """The last adverse one of a name, how many there were before it, and what came after it."""
    adverse = [change for change in changes if change.adverse]
    last = adverse[-1]
    text = " ".join((last.text, *_more(last, len(adverse) - 1, changes, chronology)))
    facts = ("thread.messages",) if last.kind == "message" else (last.name,)
    return Finding(f"change.{last.name}", "problem", text, facts, last.todo)


def _more(last: Change, others: int, changes: list[Change], chronology: Chronology) -> Iterator[str]:
    zone = chronology.casefile.zone
    seen, then = (day_words(day_in(end.at, zone)) for end in (last.first, last.then))
    yield f"It changed between {seen} and {then}." if seen != then else f"It changed on {then}."
    if others:
        yield f"{others} more such change{'' if others == 1 else 's'}: tradewitness changes {chronology.casefile.order}."
    after = [c for c in changes if c.page == last.page and c.then.at > last.then.at and c.kind == "fact"]
    if after:
        yield f"Since then: {after[-1].text}"
