"""The claim on one page: who, what, how much, what was agreed and what happened, each with where it stands. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from collector.model import ORIGINS, Exhibit, Fact, Finding, Money, Printed
from rules.case.casefile import CaseFile
from rules.language.dates import at_the_earliest, civil, time_in
from rules.language.words import day_words
from rules.pack.plan.wording import BECAUSE, listed, say
from rules.policy.calendars import day_in
from rules.policy.platform import load_policy

BUYER = "the buyer"
NOT_SHOWN = "not shown on the page"
# What `units_defective` counts, by reason.
_COUNTED = {"quality": "defective", "not_as_described": "not as described", "damaged": "damaged", "quantity": "missing"}

# What the check says of the ceiling: the calculation with the ceiling in it, what of the order is not covered, and more.
_CEILING = re.compile(
    r"(Refund ceiling ([A-Z]{3} \d[\d,]*(?:\.\d+)?):.*?)(?:; [A-Z]{3} [\d,.]*\d is not covered)?\.(?: (.*))?$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One labelled statement; `source` is an exhibit number ("A01"), "the buyer", or "" where nothing is known."""

    label: str
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was agreed beside what happened."""

    topic: str
    agreed: ClaimLine
    happened: ClaimLine


@dataclass(frozen=True, slots=True)
class Claim:
    """The whole claim. `sentence` says it in one; `numbers` are the facts that carry it; `ceiling` is "" when unknown."""

    sentence: str
    numbers: tuple[str, ...]
    parties: tuple[ClaimLine, ...]
    compared: tuple[Comparison, ...]
    money: tuple[ClaimLine, ...]
    ceiling: str
    calculation: str


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """The facts in force with their sources: a printed one before an asserted one."""

    casefile: CaseFile
    numbers: Mapping[str, str]

    def fact(self, *names: str) -> Fact | None:
        """The first of these that is known."""
        for name in names:
            found = self.casefile.fact(name)
            if found is not None and found.value not in (None, "", ()):
                return found
        return None

    def value(self, *names: str) -> Any:
        found = self.fact(*names)
        return found.value if found else None

    def source(self, fact: Fact) -> str:
        """The exhibit that shows a fact, "the buyer", or the day of a visit that is no exhibit."""
        if fact.state == "asserted":
            return BUYER
        if fact.saved:
            return f"{self.numbers.get(fact.snapshot, 'a page')}, {ORIGINS['saved']}"
        part = ", kept in part" if fact.lacks else ""
        if fact.snapshot in self.numbers:
            return self.numbers[fact.snapshot] + part
        return f"page seen {day_words(day_in(fact.at, self.casefile.zone))}{part}" if fact.at else "page not shown here"

    def line(self, label: str, *names: str) -> ClaimLine:
        """The labelled value, or "not known"; an absence that a page showed is said as such."""
        found = self.fact(*names)
        if found is not None:
            shown = time_in(found.value, self.casefile.zone)
            return ClaimLine(label, shown.text if shown else say(found.value), self.source(found))
        absent = next((f for f in reversed(self.casefile.facts) if f.name in names and f.state == "not_shown"), None)
        return ClaimLine(label, NOT_SHOWN, self.source(absent)) if absent else ClaimLine(label, "not known")


def claim_of(
    casefile: CaseFile,
    reasons: tuple[str, ...],
    findings: tuple[Finding, ...],
    numbers: Mapping[str, str],
    exhibits: tuple[Exhibit, ...],
) -> Claim:
    """The claim from the facts in force; `numbers` gives the exhibit number by snapshot or file id."""
    known = KnownFacts(casefile, numbers)
    ceiling, calculation = _ceiling(known, findings)
    return Claim(
        sentence=_sentence(known, reasons),
        numbers=_numbers(known, reasons),
        parties=_parties(known),
        compared=_compared(known, reasons, exhibits),
        money=_money(known),
        ceiling=ceiling,
        calculation=calculation,
    )


def _sentence(known: KnownFacts, reasons: tuple[str, ...]) -> str:
    supplier = say(known.value("order.supplier", "supplier.name"))
    order = f"order {known.casefile.order}" + (f" from {supplier}" if supplier else "")
    if not reasons:
        return f"This is the record of {order.rstrip('.')}."
    amount = _asked(known)
    asked = f"{say(amount)} back" if amount is not None else "a refund"
    return f"The buyer asks for {asked} on {order}, because {listed(tuple(BECAUSE[r] for r in reasons))}."


def _asked(known: KnownFacts) -> Any:
    return known.value("dispute.amount", "amount_claimed")


def _numbers(known: KnownFacts, reasons: tuple[str, ...]) -> tuple[str, ...]:
    """The few sentences with figures that a reader remembers: those that carry one of the reasons."""
    sentences = []
    late = _days_late(known)
    if late is not None and late > 0 and (not reasons or "late" in reasons):
        sentences.append(f"Shipped {late} {'day' if late == 1 else 'days'} after the agreed date.")
    share = _share(known, reasons)
    if share:
        sentences.append(share)
        sentences += _made_up(known)
    return tuple(sentences)


def _made_up(known: KnownFacts) -> list[str]:
    """What is asked for as units times their price on the order page, where that is exactly what it comes to."""
    asked, counted, goods = _asked(known), known.value("units_defective"), known.casefile.goods
    price = goods[0].get("unit_price") if len(goods) == 1 else None
    if not isinstance(asked, Money) or not isinstance(price, Money) or price.currency != asked.currency:
        return []
    try:
        units = Decimal(str(counted))
    except ArithmeticError:
        return []
    whole = units * price.amount == asked.amount
    return [f"{say(asked)} is {units:,f} times {say(price)}, the price of a unit on the order page."] if whole else []


def _days_late(known: KnownFacts) -> int | None:
    zone = known.casefile.zone
    agreed = civil(known.value("order.ship_by", "ship_by"), zone)
    shipped = civil(known.value("order.shipped_at", "shipped_at", "tracking.first_scan"), zone)
    return (shipped - agreed).days if agreed and shipped else None


def _share(known: KnownFacts, reasons: tuple[str, ...]) -> str:
    """The buyer's count in words of the reasons that it counts for; "" where it counts for none of them."""
    words = tuple(word for reason, word in _COUNTED.items() if reason in reasons)
    if reasons and not words:
        return ""
    total, defective = known.value("units_total"), known.value("units_defective")
    try:
        whole, part = Decimal(str(total)), Decimal(str(defective))
    except ArithmeticError:
        return ""
    if not whole > 0:
        return ""
    percent = (part * 100 / whole).quantize(Decimal(1))
    wrong = listed(words or ("defective",), "or")
    return f"{part:,f} of {whole:,f} units are {wrong} ({percent} %), as counted by the buyer."


def _parties(known: KnownFacts) -> tuple[ClaimLine, ...]:
    account = known.casefile.account
    holder = (
        f"the holder of the account that placed the order ({account})" if account else "not named: whoever placed the order"
    )
    lines = (
        known.line("Supplier", "order.supplier", "supplier.name"),
        known.line("Buyer", "order.buyer") if known.fact("order.buyer") else ClaimLine("Buyer", holder),
        ClaimLine("Order", known.casefile.order, known.line("", "order.number").source),
        known.line("Goods", "order.items", "product.title"),
        known.line("Order status", "order.status"),
        known.line(
            f"Covered by {load_policy(known.casefile.site).words.protection}",
            "order.trade_assurance",
            "supplier.badge",
            "product.badge",
        ),
        known.line("Refund request", "dispute.id"),
        known.line("Its status", "dispute.status"),
        _timer(known),
        known.line("What the page says of it", "dispute.hint"),
    )
    return tuple(line for line in lines if line.text != "not known")


def _timer(known: KnownFacts) -> ClaimLine:
    line, value = known.line("Timer printed there", "dispute.deadline"), known.value("dispute.deadline")
    return replace(line, text=at_the_earliest(value, known.casefile.zone)) if isinstance(value, Printed) else line


def _compared(known: KnownFacts, reasons: tuple[str, ...], exhibits: tuple[Exhibit, ...]) -> tuple[Comparison, ...]:
    rows = [
        Comparison("Shipping date", known.line("", "order.ship_by", "ship_by"), _shipped(known)),
        Comparison(
            "Delivery",
            known.line("", "order.ship_terms"),
            known.line("", "order.received_at", "tracking.delivered_at", "received_at"),
        ),
        Comparison("Quantity", _ordered(known), _quantity(known, reasons)),
        Comparison("Terms of the contract", known.line("", "order.terms"), _condition(known, reasons, exhibits)),
    ]
    return tuple(row for row in rows if row.agreed.text not in ("not known", NOT_SHOWN) or row.happened.source)


def _shipped(known: KnownFacts) -> ClaimLine:
    line, late = known.line("", "order.shipped_at", "shipped_at", "tracking.first_scan"), _days_late(known)
    if late is not None and late > 0:
        return replace(line, text=f"{line.text}: {late} {'day' if late == 1 else 'days'} late")
    return line


def _ordered(known: KnownFacts) -> ClaimLine:
    """How many were agreed, as the order page lists them; only where none does, what the buyer entered."""
    line, goods = known.line("", "order.items", "units_total"), known.casefile.goods
    numbers = [item.get("quantity") for item in goods]
    if not numbers or not all(isinstance(number, int) for number in numbers):
        return line
    units = {str(item.get("unit") or "").lower() for item in goods}
    unit = units.pop() if len(units) == 1 else ""
    return replace(line, text=f"{' + '.join(f'{number:,}' for number in numbers)} {unit}".strip())


def _quantity(known: KnownFacts, reasons: tuple[str, ...]) -> ClaimLine:
    """What is missing, where that is a reason: units that are broken make no difference of quantity."""
    if "quantity" not in reasons:
        return ClaimLine("", "no difference is claimed" if reasons else "not known")
    share = _share(known, reasons)
    return ClaimLine("", share, BUYER) if share else known.line("", "units_defective")


def _condition(known: KnownFacts, reasons: tuple[str, ...], exhibits: tuple[Exhibit, ...]) -> ClaimLine:
    """What is wrong with the goods, as the buyer counted it, and the buyer's files that show it."""
    of_goods = tuple(reason for reason in reasons if reason != "quantity")
    share, files = _share(known, reasons) if of_goods or not reasons else "", _own_evidence(exhibits)
    if not share:
        return files
    return replace(files, text=f"{share} {files.text}") if files.source else ClaimLine("", share, BUYER)


def _own_evidence(exhibits: tuple[Exhibit, ...]) -> ClaimLine:
    """The buyer's files as a range, since what they show is for the reader to see."""
    own = [exhibit for exhibit in exhibits if not exhibit.witnessed]
    if not own:
        return ClaimLine("", "not known")
    kinds = listed(tuple(dict.fromkeys(exhibit.title.lower() for exhibit in own)))
    place = own[0].number if len(own) == 1 else f"{own[0].number} to {own[-1].number}"
    return ClaimLine("", f"See the buyer's own files ({kinds})", place)


def _money(known: KnownFacts) -> tuple[ClaimLine, ...]:
    lines = [
        known.line("Order total", "order.total"),
        known.line("Paid", "order.paid"),
        known.line("Asked for", "dispute.amount", "amount_claimed"),
    ]
    if load_policy(known.casefile.site).wholesale:
        lines.append(known.line("Supplier's limit", "supplier.limit"))
    return tuple(line for line in lines if line.text != "not known")


def _ceiling(known: KnownFacts, findings: tuple[Finding, ...]) -> tuple[str, str]:
    """The refund ceiling and its calculation, as the check of the case found them, never computed a second time; and how
    much of what is asked for lies above it. What of the order it leaves uncovered is nothing that is claimed.
    """
    texts = {finding.id: finding.text for finding in findings if finding.id in ("refund.ceiling", "coverage.limit_changed")}
    told = _CEILING.match(texts.get("refund.ceiling", ""))
    if told is None:
        return "", " ".join(texts[id] for id in sorted(texts, reverse=True))
    above = _above(_asked(known), told[2])
    return told[2], " ".join(filter(None, (f"{told[1]}{above}.", told[3], texts.get("coverage.limit_changed"))))


def _above(asked: Any, ceiling: str) -> str:
    """How much of what is asked for lies above the ceiling, such as "USD 6,000.00"; "" where nothing does."""
    currency, _, amount = ceiling.partition(" ")
    if not isinstance(asked, Money) or asked.currency != currency:
        return ""
    over = asked.amount - Decimal(amount.replace(",", ""))
    return f"; of the {say(asked)} asked for, {say(Money(over, currency))} is above it" if over > 0 else ""
