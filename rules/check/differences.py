"""The order page against the contract's files against the chat: amount, quantity, specification, ship date, beneficiary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from collector.model import Finding
from rules.case.casefile import CaseFile
from rules.case.chronology import Chronology
from rules.check.contract import FILES, before_payment, order_text
from rules.check.refund import money
from rules.conversation.messages import Statement, passages, quoted, statements
from rules.language.facts import plain_words
from rules.language.phrases import sentences
from rules.language.stated import (
    Day,
    Measure,
    beneficiaries_in,
    days_in,
    measures_in,
    narrow,
    quantities_in,
    same_company,
    same_day,
    total_in,
)
from rules.language.words import money_words
from rules.policy.platform import SiteWords

_SHIPPING = ("ship", "deliver", "dispatch", "lead time", "etd", "发货", "交货", "交期", "装运", "出货")
_NOT_AGREED = ("?", "？", "sorry", "holiday", "抱歉", "不好意思")


@dataclass(frozen=True, slots=True)
class StatedValue:
    """One value as one of the three sources states it: its quote ready for a sentence, and the fact or file it stands in."""

    source: str
    value: Any
    quote: str
    fact: str


def differences(chronology: Chronology) -> tuple[Finding, ...]:
    """A finding for each point on which two sources differ, with both quotes, or for each on which they agree.

    Of the chat, what was written before the payment counts: later talk changes no contract.
    """
    casefile, site = chronology.casefile, chronology.policy.words
    files, chat = passages(casefile, *FILES), before_payment(chronology)
    points = (
        ("amount", "The amount", _amounts(casefile, files, chat), _equal, ("order.total",)),
        ("quantity", "The quantity", _quantities(casefile, files, chat), _overlap, ("order.items",)),
        ("ship_date", "The ship date", _ship_dates(chronology, files, chat), _days_meet, ("order.ship_by", "ship_by")),
    )
    found = [finding for point in points for finding in _compare(site, *point)]
    return (*found, *_specification(casefile, files, chat, site), *_beneficiary(casefile, files, chat, site))


def _compare(
    site: SiteWords,
    id: str,
    label: str,
    stated: list[StatedValue],
    agree: Callable[[Any, Any], bool],
    facts: tuple[str, ...],
) -> Iterator[Finding]:
    """Each other source against the first; of one source, any of its statements that agrees is enough."""
    if not stated:
        return
    first, others = stated[0], [s for s in stated[1:] if s.source != stated[0].source]
    for source in dict.fromkeys(other.source for other in others):
        same_source = [other for other in others if other.source == source]
        if not any(agree(first.value, other.value) for other in same_source):
            text = f"{label} differs: {first.quote}, but {same_source[-1].quote}."
            yield Finding(f"difference.{id}", "problem", text, (*facts, "thread.messages"), _settle(source, site))
            return
    if others:
        text = f"{label} is the same in {_listed([first.source, *dict.fromkeys(o.source for o in others)])}: {first.quote}."
        agreeing = (first, *(s for s in others if agree(first.value, s.value)))
        yield Finding(f"difference.{id}", "ok", text, tuple(dict.fromkeys(s.fact for s in agreeing)))


def _settle(source: str, site: SiteWords) -> str:
    if source == "the chat":
        return "The order counts, not the chat: have it changed before you pay, or ask in writing which holds."
    return (
        f"Ask in the {site.messages} which holds, and have the order changed before you pay;"
        " the order page's contract counts."
    )


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other) or one.currency != other.currency


def _overlap(one: frozenset[int], other: frozenset[int]) -> bool:
    return bool(one & other)


def _days_meet(one: frozenset[Day], other: frozenset[Day]) -> bool:
    return any(same_day(a, b) for a in one for b in other)


def _from(
    texts: tuple[Statement, ...], source: str, read: Callable[[str], Any], only: tuple[str, ...] = ()
) -> Iterator[StatedValue]:
    for statement in texts:
        for sentence in sentences(statement.text):
            words = narrow(sentence)
            if only and not any(word in words for word in only):
                continue
            if statement.who and any(word in words for word in _NOT_AGREED):
                continue
            if value := read(sentence):
                yield StatedValue(source, value, quoted(statement, sentence), statement.fact)


def _both(
    files: tuple[Statement, ...], chat: tuple[Statement, ...], read: Callable[[str], Any], *only: str
) -> list[StatedValue]:
    return [*_from(files, "the contract file", read, only), *_from(chat, "the chat", read, only)]


def _amounts(casefile: CaseFile, files: tuple[Statement, ...], chat: tuple[Statement, ...]) -> list[StatedValue]:
    total = money(casefile, "order.total")
    first = (
        [StatedValue("the order page", total, f"{money_words(total)} (order page, total)", "order.total")] if total else []
    )
    return [*first, *_both(files, chat, total_in)]


def _quantities(casefile: CaseFile, files: tuple[Statement, ...], chat: tuple[Statement, ...]) -> list[StatedValue]:
    whole = [number for item in casefile.goods if isinstance(number := item.get("quantity"), int)]
    if not whole:
        return _both(files, chat, quantities_in)
    shown = f"{' + '.join(map(str, whole))} (order page, goods)"
    return [
        StatedValue("the order page", frozenset({*whole, sum(whole)}), shown, "order.items"),
        *_both(files, chat, quantities_in),
    ]


def _ship_dates(chronology: Chronology, files: tuple[Statement, ...], chat: tuple[Statement, ...]) -> list[StatedValue]:
    agreed = chronology.happened("ship_by")
    days = frozenset(map(_plain_day, {day for day, _ in agreed.days})) if agreed else frozenset()
    shown = f"{plain_words(agreed.text, chronology.casefile.zone)} (order page, ship date)" if agreed else ""
    first = [StatedValue("the order page", days, shown, agreed.fact)] if agreed and agreed.printed else []
    return [*first, *_both(files, chat, days_in, *_SHIPPING)]


def _plain_day(day: date) -> Day:
    return day.year, day.month, day.day


def _specification(
    casefile: CaseFile, files: tuple[Statement, ...], chat: tuple[Statement, ...], site: SiteWords
) -> Iterator[Finding]:
    """Figures of one unit about one thing that no source shares: the first such pair of each other source."""
    page = order_text(casefile)
    base, others = (page, (("file", files), ("chat", chat))) if page else (files, (("chat", chat),))
    own = list(_measures(base))
    compared: list[str] = []
    for _, texts in others:
        theirs = list(_measures(texts))
        clash = next(
            ((a, b) for a in own for b in theirs if _about_one_thing(a[0], b[0]) and not _shared(a[0], b[0], own, theirs)),
            None,
        )
        compared += [fact for a in own for b in theirs if _about_one_thing(a[0], b[0]) for fact in (a[2], b[2])]
        if clash:
            text = f"The specification differs ({clash[0][0]} or {clash[1][0]}): {clash[0][1]}, but {clash[1][1]}."
            todo = f"See whether both speak of the same part; if so, ask in the {site.messages} which holds."
            yield Finding("difference.specification", "problem", text, ("order.terms", "order.items"), todo)
            return
    if compared:
        text = "The figures of the specification are the same wherever they are named."
        yield Finding("difference.specification", "ok", text, tuple(dict.fromkeys(compared)))


def _measures(texts: tuple[Statement, ...]) -> Iterator[tuple[Measure, str, str]]:
    """Each figure, its quote, and the fact or file it stands in."""
    for statement in texts:
        for sentence in sentences(statement.text):
            for measure in measures_in(sentence):
                yield measure, quoted(statement, sentence), statement.fact


def _about_one_thing(one: Measure, other: Measure) -> bool:
    return one.unit == other.unit and bool(one.near & other.near)


def _shared(
    one: Measure, other: Measure, own: list[tuple[Measure, str, str]], theirs: list[tuple[Measure, str, str]]
) -> bool:
    """Whether either source also names the other's figure for that unit: then nothing is contradicted."""
    ours = {m.value for m, *_ in own if m.unit == one.unit}
    return other.value in ours or one.value in {m.value for m, *_ in theirs if m.unit == one.unit}


def _beneficiary(
    casefile: CaseFile, files: tuple[Statement, ...], chat: tuple[Statement, ...], site: SiteWords
) -> Iterator[Finding]:
    """The beneficiary named in a file or in the chat against the company on the order page."""
    own = "order.supplier" if casefile.value("order.supplier") else "supplier.name"
    company = casefile.value(own)
    named = [
        (name, statement)
        for statement in (*files, *passages(casefile, "payment"), *statements(casefile))
        for name in beneficiaries_in(statement.text)
    ]
    facts, source = ("order.supplier", "supplier.name"), "Pay only to the account shown on the order page"
    if not named:
        return
    if not company:
        text = f"A beneficiary is named, {quoted(named[0][1], named[0][0])}; the supplier on the order page is not known."
        yield Finding(
            "difference.beneficiary", "undetermined", text, facts, "Capture the order page, then check again.", source
        )
        return
    for name, statement in named:
        if not same_company(name, str(company)) and narrow(site.name) not in narrow(name):
            text = f"The beneficiary differs: the order page's supplier is “{company}”, but {quoted(statement, name)}."
            todo = (
                f"Pay nothing to it, only to the account that the order page shows; ask in the {site.messages} who this is."
            )
            yield Finding("difference.beneficiary", "problem", text, facts, todo, source)
            return
    text = f"The beneficiary named is the order page's supplier: {quoted(named[0][1], named[0][0])}."
    yield Finding("difference.beneficiary", "ok", text, (own, named[0][1].fact), source=source)
