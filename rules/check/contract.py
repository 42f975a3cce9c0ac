"""The contract against the guide's checklist: each item with its sentence and place, or a clause to propose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from collector.model import Finding, Money, Printed
from rules.case.casefile import CaseFile
from rules.case.chronology import Chronology, day_text
from rules.check.refund import money
from rules.conversation.messages import Statement, passages, quoted, statements
from rules.language.phrases import Flag, Matcher, PhraseBook, matcher, sentences
from rules.language.stated import amounts_in, days_in, measures_in, narrow
from rules.language.words import money_words
from rules.policy.platform import SiteWords
from rules.policy.schema import from_toml, installed, wrong

FILES = ("contract",)
_INCOTERM = re.compile(r"\b(?:exw|fca|fas|fob|cfr|cif|cpt|cip|dap|dpu|ddp)\b")
_MEASURES: Mapping[str, Callable[[str], bool]] = MappingProxyType({
    "measure": lambda text: bool(measures_in(text)),
    "number": lambda text: bool(re.search(r"\d", text)),
    "percent": lambda text: bool(re.search(r"\d\s*%", text)),
    "date": lambda text: bool(days_in(text)),
    "days_after": lambda text: bool(re.search(r"\d+\s*(?:natural|working|calendar)?\s*(?:days|天|日)", text)),
    "incoterm": lambda text: bool(_INCOTERM.search(text)),
    "money": lambda text: bool(amounts_in(text)),
    "full": lambda text: bool(re.search(r"\bfull|100\s*%|全款", text)),
    "aql": lambda text: bool(re.search(r"aql\s*\d", text)),
    "drop_test": lambda text: bool(re.search(r"drop.?test|跌落", text)),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One item of the checklist: how it is known, what figure it needs (one of `measures`), and the clause to propose.

    `facts` are facts of the order page that state it by themselves; `part` is the guide's own heading.
    """

    id: str
    label: str
    part: str
    phrases: tuple[str, ...]
    measures: tuple[str, ...]
    clause_en: str
    clause_zh: str
    facts: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VagueTerm:
    """Words, with commas between, that promise nothing that can be measured, and what to write instead."""

    words: str
    instead: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """What a contract must say, and the words that say nothing."""

    items: tuple[ChecklistItem, ...]
    vague: tuple[VagueTerm, ...]


@lru_cache
def load_checklist(words: SiteWords) -> tuple[Checklist, Matcher]:
    """The installed checklist in the words of a site, and its phrases ready to be used.

    Raises WrongRequest when its text is wrong.
    """
    checklist = from_toml(Checklist, words.filled(installed("contract")), "checklist")
    for item in checklist.items:
        if strange := [name for name in item.measures if name not in _MEASURES]:
            raise wrong(f"items.{item.id}", f"{strange[0]!r} is no measure")
    items = tuple(Flag(item.id, "term", item.label, (), item.phrases, unless=item.unless) for item in checklist.items)
    vague = tuple(
        Flag(f"vague-{n}", "term", vague.instead, (), tuple(word.strip() for word in vague.words.split(",")))
        for n, vague in enumerate(checklist.vague)
    )
    return checklist, matcher(PhraseBook((), (), (*items, *vague)))


def contract(chronology: Chronology) -> tuple[Finding, ...]:
    """A finding for each item of the checklist, then the vague words; one finding where no contract is known at all."""
    casefile, (checklist, _) = chronology.casefile, load_checklist(chronology.policy.words)
    written, source = agreed_text(casefile), _cite(chronology)
    if not written and not any(casefile.fact(name) for item in checklist.items for name in item.facts):
        return (*_unreadable(casefile, source), _nothing_known(source))
    found = [_item(item, written, chronology, source) for item in checklist.items]
    return (*_unreadable(casefile, source), *found, *_vague(written, chronology.policy.words, source))


def _cite(chronology: Chronology) -> str:
    source = chronology.policy.base
    return f"{source.title}: sample purchase contract checklist"


def _nothing_known(source: str) -> Finding:
    text = "No contract text is known: neither the order page's terms nor a contract or Proforma Invoice."
    todo = "Capture the order page, and add the contract: tradewitness add CASE FILE --as contract. Claims rest on it alone."
    return Finding("contract.known", "undetermined", text, ("order.terms",), todo, source)


def agreed_text(casefile: CaseFile) -> tuple[Statement, ...]:
    """What binds: the order page's terms, goods and payments, and the passages of the contract files."""
    return (*order_text(casefile), *passages(casefile, *FILES))


def order_text(casefile: CaseFile) -> tuple[Statement, ...]:
    """The order page in sentences, each with its place."""
    return tuple(
        Statement("", text, f"order page, {place}", fact=fact) for fact, place, text in _order_lines(casefile) if text
    )


def _order_lines(casefile: CaseFile) -> Iterator[tuple[str, str, str]]:
    """Which fact, where on the page, and the sentence."""
    terms, items = casefile.value("order.terms"), casefile.value("order.items")
    if isinstance(terms, Mapping):
        yield from (("order.terms", str(name), str(text)) for name, text in terms.items())
    elif isinstance(terms, str):
        yield "order.terms", "terms", terms
    for item in items if isinstance(items, list | tuple) else ():
        if isinstance(item, Mapping):
            yield "order.items", "goods", _goods(item)
    terms_of_trade = casefile.read("order.ship_terms")
    if terms_of_trade:
        yield "order.ship_terms", "delivery terms", f"Delivery terms: {terms_of_trade.value}"


def _goods(item: Mapping[str, Any]) -> str:
    fields = [f"{a.get('name')}: {a.get('value')}" for a in item.get("attributes") or () if isinstance(a, Mapping)]
    return "; ".join([str(item.get("name", "")), *fields])


def before_payment(chronology: Chronology) -> tuple[Statement, ...]:
    """The messages up to the first payment, or all where that is not known: later talk changes no contract."""
    until = order_time(chronology)
    return tuple(s for s in statements(chronology.casefile) if not until or not s.earliest or s.earliest <= until)


def order_time(chronology: Chronology) -> datetime | None:
    """When the order was paid for the first time (UTC), as the page or the buyer says; None where neither does."""
    payments = chronology.casefile.value("order.payments")
    times = [p.get("paid_at") for p in payments if isinstance(p, Mapping)] if isinstance(payments, list | tuple) else []
    printed = [time.latest for time in times if isinstance(time, Printed)]
    paid = chronology.happened("paid")
    return min([*printed, *([paid.latest] if paid else [])], default=None)


def _item(item: ChecklistItem, written: tuple[Statement, ...], chronology: Chronology, source: str) -> Finding:
    id, facts, label = f"contract.{item.id}", item.facts or ("order.terms",), item.label[0].upper() + item.label[1:]
    if stated := _stated(item, chronology):
        return Finding(id, "ok", f"{label}: {stated[0]}.", (stated[1],), source=source)
    site = chronology.policy.words
    places = list(_standing(item, written, site))
    firm = next((place for place in places if _measured(item, place[1])), None)
    if firm:
        return Finding(id, "ok", f"{label}: {quoted(*firm)}.", (firm[0].fact,), source=source)
    todo = f"{_where(chronology)}: “{clause(item.clause_en, chronology)}”"
    if places:
        text = f"{label}: what stands there has no figure by which it could be measured: {quoted(*places[0])}."
        return Finding(id, "problem", text, facts, todo, source)
    chat = next((p for p in _standing(item, before_payment(chronology), site) if _measured(item, p[1])), None)
    if chat:
        text = f"{label}: only the chat says it, not the contract: {quoted(*chat)}."
        return Finding(id, "missing", text, (*facts, "thread.messages"), todo, source)
    if chronology.casefile.unseen("order.terms"):
        text = f"{label}: what is kept of the contract does not say."
        return Finding(id, "undetermined", text, (*facts, "order.terms"), todo, source)
    return Finding(id, "missing", f"{label}: the contract does not say.", facts, todo, source)


def _stated(item: ChecklistItem, chronology: Chronology) -> tuple[str, str] | None:
    """The item as the order page itself states it, or the buyer entered it, and the fact that says so."""
    for name in item.facts:
        fact = chronology.casefile.fact(name)
        if fact is None or fact.value in (None, "", ()):
            continue
        place = "order page" if fact.state == "read" else "as you entered it"
        if item.id == "ship_date":
            day = chronology.happened("ship_by")
            return (f"{day_text(day)} ({place})", day.fact) if day else None
        if isinstance(fact.value, list | tuple):
            steps = [f"{p.get('step') or 'payment'} {p.get('amount')}" for p in fact.value if isinstance(p, Mapping)]
            return (f"{', '.join(steps)} ({place})", name) if steps else None
        return f"{fact.value} ({place})", name
    return None


def _standing(item: ChecklistItem, written: tuple[Statement, ...], site: SiteWords) -> Iterator[tuple[Statement, str]]:
    """The sentences that speak of the item."""
    _, words = load_checklist(site)
    for statement in written:
        for sentence in sentences(statement.text):
            if any(hit.flag.id == item.id for hit in words.hits(sentence)):
                yield statement, sentence


def _measured(item: ChecklistItem, sentence: str) -> bool:
    return not item.measures or any(_MEASURES[name](narrow(sentence)) for name in item.measures)


def _where(chronology: Chronology) -> str:
    """Where a missing clause still fits: into the order before payment, afterwards only as a message that both confirm."""
    paid = money(chronology.casefile, "order.paid")
    if chronology.happened("paid") or (paid and paid.amount):
        return f"The order is paid, so ask the supplier to confirm in the {chronology.policy.words.messages}"
    return "Before you pay, ask for this in the order's contract"


def clause(text: str, chronology: Chronology) -> str:
    """A clause filled with what the order itself says; what is not known stands in brackets."""
    casefile = chronology.casefile
    day = chronology.happened("ship_by")
    total: Money | None = money(casefile, "order.total")
    known = {
        "ship_by": day_text(day) if day else "[day]",
        "total": money_words(total) if total else "[amount]",
        "incoterm": str(casefile.value("order.ship_terms") or "[FOB Ningbo / CIF Hamburg / DAP your address]"),
    }
    return text.format_map(known)


def missing_items(chronology: Chronology) -> tuple[ChecklistItem, ...]:
    """The checklist's items that the contract does not say, or not measurably."""
    checklist, _ = load_checklist(chronology.policy.words)
    verdicts = {finding.id: finding.verdict for finding in contract(chronology)}
    return tuple(item for item in checklist.items if verdicts.get(f"contract.{item.id}") != "ok")


def _vague(written: tuple[Statement, ...], site: SiteWords, source: str) -> Iterator[Finding]:
    """The vague words, one finding: at most four quotes, the rest counted."""
    _, words = load_checklist(site)
    found = [
        (statement, hit)
        for statement in written
        for sentence in sentences(statement.text)
        for hit in words.hits(sentence)
        if hit.flag.id.startswith("vague-")
    ]
    if found:
        shown = "; ".join(f"{quoted(statement, hit.sentence)}: instead, {hit.flag.label}" for statement, hit in found[:4])
        more = f"; and {len(found) - 4} more" if len(found) > 4 else ""
        text = f"Words that nothing can be measured by: {shown}{more}."
        todo = f"Replace them by figures before you pay; afterwards, ask the supplier in the {site.messages} what is meant."
        yield Finding("contract.vague", "problem", text, ("order.terms",), todo, source)


def _unreadable(casefile: CaseFile, source: str) -> Iterator[Finding]:
    """Contract files whose text could not be had: the tool says so, and a person looks."""
    for text in casefile.texts:
        if text.kind in FILES and text.problem:
            words = f"{text.name}: {text.problem}"
            yield Finding(
                "contract.unreadable", "undetermined", words, (), "Hold it against the checklist yourself.", source
            )
