"""What does not fit together: dates in an impossible order, days still to come, numbers and amounts beyond what they are
of, a page against the buyer's entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from collector.model import Fact, Finding, Money
from rules.case.assertions import is_event
from rules.case.chronology import BrokenSequence, Chronology, Occurrence, clash_words, day_text
from rules.case.dispute_page import TIMER
from rules.check.refund import money, quantity_ordered
from rules.language.facts import fact_words, plain_words, sentence, value_words
from rules.language.words import day_words, money_words
from rules.policy.calendars import day_in
from rules.policy.fact_names import GROWING

# Two names for one thing: what the page says and what the buyer entered.
_SAME = (("dispute.amount", "amount_claimed"),)
# Amounts of the order, which are in its currency.
_OF_THE_ORDER = ("amount_claimed", "order.paid", "dispute.amount", "dispute.offer")


def contradictions(chronology: Chronology, reasons: tuple[str, ...]) -> tuple[Finding, ...]:
    """Every contradiction, each naming what to correct; none of them stops the rest of the check."""
    rules = (_disagreements(chronology), _illegible(chronology), _saved_pages(chronology))
    return (*implausible(chronology, reasons), *(finding for rule in rules for finding in rule))


def implausible(chronology: Chronology, reasons: tuple[str, ...]) -> tuple[Finding, ...]:
    """Those contradictions of which one side is most often mistyped: what is asked about when it is entered."""
    order = (_sequences(chronology, reasons), _outranked(chronology, reasons))
    rules = (*order, _to_come(chronology), _units(chronology), _amounts(chronology))
    return tuple(finding for rule in rules for finding in rule)


def _sequences(chronology: Chronology, reasons: tuple[str, ...]) -> Iterator[Finding]:
    for clash in chronology.clashes(reasons):
        yield Finding(
            f"time.{clash.first}_after_{clash.then}",
            "problem",
            f"{clash_words(clash, chronology.policy)}; one date is wrong.",
            (clash.one.fact, clash.other.fact),
            _correct(clash.one, clash.other),
        )


def _outranked(chronology: Chronology, reasons: tuple[str, ...]) -> Iterator[Finding]:
    """An entry beside which a page says another day, and which cannot be that of the event in any case."""
    for sequence in chronology.policy.sequences:
        if sequence.reasons and not set(sequence.reasons) & set(reasons):
            continue
        for event, other in ((sequence.first, sequence.then), (sequence.then, sequence.first)):
            beside = chronology.happened(other)
            for entry in (told for told in chronology.told(event)[1:] if not told.printed):
                pair = (entry, beside) if event == sequence.first else (beside, entry)
                if pair[0] and pair[1] and pair[0].earliest > pair[1].latest:
                    clash = BrokenSequence(sequence.first, sequence.then, *pair)
                    text = f"{clash_words(clash, chronology.policy)}, by what you entered."
                    names = (pair[0].fact, pair[1].fact)
                    yield Finding(f"time.{event}_entered", "problem", text, names, _correct(entry))


def _correct(*told: Occurrence) -> str:
    own = [o.fact for o in told if not o.printed]
    if not own:
        return "The pages contradict each other: keep both snapshots, and ask customer service which date holds."
    return f"Correct it: tradewitness case set CASE {' or '.join(f'{name}=DAY' for name in dict.fromkeys(own))}"


def _disagreements(chronology: Chronology) -> Iterator[Finding]:
    """A page against the buyer's entry: the page ranks first, and the buyer is told."""
    for event in chronology.policy.events:
        for one, other in combinations(chronology.told(event.id), 2):
            if one.printed != other.printed and not {d for d, _ in one.days} & {d for d, _ in other.days}:
                page, entry = (one, other) if one.printed else (other, one)
                shown = "the page that you saved" if page.origin == "saved" else "the page"
                said, entered = (plain_words(told.text, chronology.casefile.zone) for told in (page, entry))
                text = f"{sentence(event.words)}: {shown} says {said}, you entered {entered}; the page is used."
                yield _conflict(page.fact, entry.fact, text)
    own = {f.name: f.name for f in chronology.casefile.facts if f.state == "asserted" and f.name != TIMER}
    for page_name, own_name in (*_SAME, *own.items()):
        read, entries = chronology.casefile.read(page_name), chronology.casefile.asserted(own_name)
        if read and entries and not _is_time(chronology, page_name) and _plain(read) != _plain(entries[-1]):
            shown = "the page that you saved" if read.saved else "the page"
            said, entered = (value_words(fact.value, chronology.casefile.zone) for fact in (read, entries[-1]))
            name = sentence(fact_words(page_name, site=chronology.casefile.site))
            text = f"{name}: {shown} says {said}, you entered {entered}; the page is used."
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
        now, kept = (value_words(fact.value, casefile.zone) for fact in (seen, saved))
        both = f"the page that was seen says {now}, the one that you saved {when} says {kept}"
        text = f"{sentence(fact_words(name, site=casefile.site))}: {both}; {use}."
        todo = "Keep the page again: tradewitness capture CASE. If you saved the wrong page, leave it out of the pack."
        yield Finding(f"conflict.saved.{name}", "problem", text, (name,), todo)


def _conflict(page: str, own: str, text: str) -> Finding:
    todo = f"Look at the page again; if your entry is wrong, withdraw it: tradewitness case set CASE {own}="
    return Finding(f"conflict.{own}", "problem", text, tuple(dict.fromkeys((page, own))), todo)


def _is_time(chronology: Chronology, name: str) -> bool:
    return any(name in event.facts for event in chronology.policy.events)


def _plain(fact: Fact) -> Any:
    return fact.value.strip().lower() if isinstance(fact.value, str) else fact.value


def _to_come(chronology: Chronology) -> Iterator[Finding]:
    for event in chronology.policy.events:
        if told := chronology.to_come(event.id):
            yield _not_yet(chronology, event.id, event.words, told)
    of_events = {name for event in chronology.policy.events for name in (*event.facts, *event.fallbacks)}
    for fact in chronology.casefile.facts:
        if fact.state == "asserted" and is_event(fact.name) and fact.name not in of_events:
            told = chronology.look(fact)
            if told and not chronology.casefile.has_come(told.earliest):
                yield _not_yet(chronology, fact.name, fact_words(fact.name), told)


def _not_yet(chronology: Chronology, id: str, words: str, told: Occurrence) -> Finding:
    today = day_words(chronology.casefile.today(chronology.casefile.zone))
    text = f"{sentence(words)} is dated {day_text(told)}, after {today}; it is not counted yet."
    return Finding(f"time.{id}_to_come", "undetermined", text, (told.fact,), _correct(told))


def _illegible(chronology: Chronology) -> Iterator[Finding]:
    for event in chronology.policy.events:
        strange = chronology.illegible(event.id)
        if strange and not chronology.happened(event.id):
            text = f"{sentence(event.words)}: {fact_words(strange.name)} cannot be read as a time."
            todo = f"Look at the page, then enter the day: tradewitness case set CASE {event.facts[-1]}=DAY"
            yield Finding(f"time.{event.id}_illegible", "undetermined", text, (strange.name,), todo)


def _units(chronology: Chronology) -> Iterator[Finding]:
    """More units wrong than there are: by the buyer's own number, or by the order page where there is none."""
    casefile = chronology.casefile
    total, bad = (casefile.value(name) for name in ("units_total", "units_defective"))
    if total == 0:
        yield _beyond("units", "The units in all are 0.", ("units_total",))
    ordered = total if isinstance(total, int) else quantity_ordered(casefile)
    if isinstance(bad, int) and ordered and bad > ordered:
        of, whole = (
            ("units_total", f"of {ordered:,} in all")
            if isinstance(total, int)
            else ("order.items", f"of {ordered:,} on the order page")
        )
        text = f"{bad:,} defective units {whole}: one number is wrong."
        yield _beyond("units", text, (of, "units_defective"))


def _amounts(chronology: Chronology) -> Iterator[Finding]:
    """A claim of nothing, of more than the order, or in another currency than the order's."""
    casefile = chronology.casefile
    of = next((name for name in ("order.total", "order.paid") if money(casefile, name)), "")
    order = money(casefile, of) if of else None
    claimed = next((f.value for f in reversed(casefile.asserted("amount_claimed")) if isinstance(f.value, Money)), None)
    if claimed and not claimed.amount:
        yield _beyond("amount", f"The amount claimed is {money_words(claimed)}.", ("amount_claimed",))
    if order is None:
        return
    for name in _OF_THE_ORDER:
        told = next((f.value for f in reversed(casefile.asserted(name)) if isinstance(f.value, Money)), None)
        if told and told.currency != order.currency:
            what = sentence(fact_words(name, site=chronology.casefile.site))
            text = f"{what} is {money_words(told)}, but the order is in {order.currency}."
            yield _beyond(f"currency.{name}", text, (of, name))
    if claimed and claimed.currency == order.currency and claimed.amount > order.amount > 0:
        text = f"The amount claimed is {money_words(claimed)}, more than the order's {money_words(order)}."
        yield _beyond("amount", text, (of, "amount_claimed"))


def _beyond(id: str, text: str, names: tuple[str, ...]) -> Finding:
    entries = " ".join(f"{name}=…" for name in names if not name.startswith("order."))
    return Finding(f"conflict.{id}", "problem", text, names, f"Correct it: tradewitness case set CASE {entries}")
