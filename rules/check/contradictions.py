"""What does not fit together: dates in an impossible order, a page against the buyer's entry, days still to come."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from collector.model import Fact, Finding, Printed
from rules.case.chronology import Chronology, Occurrence, clash_words, day_text
from rules.case.dispute_page import TIMER
from rules.language.words import day_words
from rules.policy.calendars import day_in
from rules.policy.fact_names import GROWING

# Two names for one thing: what the page says and what the buyer entered.
_SAME = (("dispute.amount", "amount_claimed"),)


def contradictions(chronology: Chronology, reasons: tuple[str, ...]) -> tuple[Finding, ...]:
    """Every contradiction, each naming what to correct; none of them stops the rest of the check."""
    rules = (_sequences(chronology, reasons), _disagreements(chronology), _to_come(chronology), _illegible(chronology))
    return tuple(finding for rule in (*rules, _saved_pages(chronology), _units(chronology)) for finding in rule)


def _sequences(chronology: Chronology, reasons: tuple[str, ...]) -> Iterator[Finding]:
    for clash in chronology.clashes(reasons):
        yield Finding(
            f"time.{clash.first}_after_{clash.then}",
            "problem",
            f"{clash_words(clash, chronology.policy)}; one date is wrong.",
            (clash.one.fact, clash.other.fact),
            _correct(clash.one, clash.other),
        )


def _correct(*told: Occurrence) -> str:
    own = [o.fact for o in told if not o.printed]
    if not own:
        return "The pages contradict each other: keep both snapshots, and ask customer service which date holds."
    return f"Correct it: case set CASE {' or '.join(f'{name}=DAY' for name in dict.fromkeys(own))}."


def _disagreements(chronology: Chronology) -> Iterator[Finding]:
    """A page against the buyer's entry: the page ranks first, and the buyer is told."""
    for event in chronology.policy.events:
        for one, other in combinations(chronology.told(event.id), 2):
            if one.printed != other.printed and not {d for d, _ in one.days} & {d for d, _ in other.days}:
                page, entry = (one, other) if one.printed else (other, one)
                shown = "the page that you saved" if page.origin == "saved" else "the page"
                text = f"{event.words.capitalize()}: {shown} says {page.text}, you entered {entry.text}; the page is used."
                yield _conflict(page.fact, entry.fact, text)
    own = {f.name: f.name for f in chronology.casefile.facts if f.state == "asserted" and f.name != TIMER}
    for page_name, own_name in (*_SAME, *own.items()):
        read, entries = chronology.casefile.read(page_name), chronology.casefile.asserted(own_name)
        if read and entries and not _is_time(chronology, page_name) and _plain(read) != _plain(entries[-1]):
            shown = "the page that you saved" if read.saved else "the page"
            text = f"{page_name}: {shown} says {read.value}, you entered {entries[-1].value}; the page is used."
            yield _conflict(page_name, own_name, text)


def _saved_pages(chronology: Chronology) -> Iterator[Finding]:
    """A page that the buyer saved against one that was witnessed: the witnessed one ranks first, and the buyer is told."""
    casefile = chronology.casefile
    for name in dict.fromkeys(f.name for f in casefile.facts if f.saved and f.state == "read" and f.name not in GROWING):
        seen, saved = casefile.seen(name), casefile.saved(name)
        if seen is None or saved is None or _plain(seen) == _plain(saved):
            continue
        if saved.at is not None and seen.at is not None and saved.at <= seen.at:
            continue  # the page has moved on since it was saved
        when = f"on {day_words(day_in(saved.at, casefile.zone))}" if saved.at else "some day"
        use = "both are counted, act by the earlier" if name == TIMER else "the one that was seen is used"
        text = (
            f"{name}: the page that was seen says {_text(seen)}, the one that you saved {when} says {_text(saved)}; {use}."
        )
        todo = "Keep the page again: tradewitness capture CASE. If you saved the wrong page, leave it out of the pack."
        yield Finding(f"conflict.saved.{name}", "problem", text, (name,), todo)


def _text(fact: Fact) -> str:
    return fact.value.text if isinstance(fact.value, Printed) else str(fact.value)


def _conflict(page: str, own: str, text: str) -> Finding:
    todo = f"Look at the page again; if your entry is wrong, withdraw it: case set CASE {own}="
    return Finding(f"conflict.{own}", "problem", text, tuple(dict.fromkeys((page, own))), todo)


def _is_time(chronology: Chronology, name: str) -> bool:
    return any(name in event.facts for event in chronology.policy.events)


def _plain(fact: Fact) -> Any:
    return fact.value.strip().lower() if isinstance(fact.value, str) else fact.value


def _to_come(chronology: Chronology) -> Iterator[Finding]:
    for event in chronology.policy.events:
        if told := chronology.to_come(event.id):
            today = day_words(day_in(chronology.casefile.as_of, chronology.casefile.zone))
            text = f"{event.words.capitalize()} is entered for {day_text(told)}, after {today}; it is not counted yet."
            yield Finding(f"time.{event.id}_to_come", "undetermined", text, (told.fact,), _correct(told))


def _illegible(chronology: Chronology) -> Iterator[Finding]:
    for event in chronology.policy.events:
        strange = chronology.illegible(event.id)
        if strange and not chronology.happened(event.id):
            text = f"{event.words.capitalize()}: {strange.name} cannot be read as a time."
            todo = f"Look at the page, then enter the day: case set CASE {event.facts[-1]}=DAY."
            yield Finding(f"time.{event.id}_illegible", "undetermined", text, (strange.name,), todo)


def _units(chronology: Chronology) -> Iterator[Finding]:
    total, bad = (chronology.casefile.value(name) for name in ("units_total", "units_defective"))
    if isinstance(total, int) and isinstance(bad, int) and bad > total:
        text = f"{bad} units are entered as defective, of {total} in all; one number is wrong."
        names = ("units_total", "units_defective")
        yield Finding("conflict.units", "problem", text, names, "Correct it: case set CASE units_total=N units_defective=N.")
