"""How much can be refunded at most, with the calculation shown."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model import Fact, Money, Undetermined
from rules.casefile import CaseFile
from rules.chronology import Chronology

_WITHOUT_CENTS = ("JPY", "KRW", "VND")


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that can be refunded: the smaller of `paid` and the supplier's `limit`; `uncovered` is the rest of `paid`."""

    amount: Money
    paid: Money
    limit: Money
    uncovered: Money

    def __str__(self) -> str:
        rest = f"; {said(self.uncovered)} is not covered" if self.uncovered.amount else ""
        smaller = f"the smaller of paid {said(self.paid)} and the limit {said(self.limit)}"
        return f"Refund ceiling {said(self.amount)}: {smaller}{rest}."


def ceiling(chronology: Chronology) -> Ceiling | Undetermined:
    """The refund ceiling, or what is needed to say it. A limit that is not shown is unknown, never nothing."""
    limit_fact = limit_at_order(chronology)
    paid, limit = money(chronology.casefile, "order.paid"), limit_fact.value if limit_fact else None
    if not isinstance(limit, Money):
        most = f" It cannot be more than the {said(paid)} paid." if paid else ""
        return Undetermined(
            f"The supplier's limit is not known, so neither is the refund ceiling.{most}", ("supplier.limit",)
        )
    if paid is None:
        return Undetermined(
            f"What was paid is not known; the refund ceiling is that, and at most the limit {said(limit)}.", ("order.paid",)
        )
    if paid.currency != limit.currency:
        return Undetermined(
            f"Paid {said(paid)}, limit {said(limit)}: two currencies cannot be compared without the platform's rate.",
            ("supplier.limit",),
        )
    least = min(paid.amount, limit.amount)
    return Ceiling(Money(least, paid.currency), paid, limit, Money(paid.amount - least, paid.currency))


def limit_at_order(chronology: Chronology) -> Fact | None:
    """The supplier's limit as it stood when the order was paid: the last reading by then, else the first one after."""
    casefile = chronology.casefile
    readings = limits_read(casefile)
    if not readings:
        return next((f for f in reversed(casefile.asserted("supplier.limit")) if isinstance(f.value, Money)), None)
    paid = chronology.happened("paid")
    before = [f for f in readings if paid and f.at and f.at <= paid.latest]
    return before[-1] if before else readings[0]


def limits_read(casefile: CaseFile) -> list[Fact]:
    """Every limit that a page showed, oldest first."""
    return [f for f in casefile.facts if f.name == "supplier.limit" and f.state == "read" and isinstance(f.value, Money)]


def money(casefile: CaseFile, name: str) -> Money | None:
    """The fact's value where it is money."""
    value = casefile.value(name)
    return value if isinstance(value, Money) else None


def said(amount: Money) -> str:
    """Money for a sentence, always with its cents: "USD 6,000.00"."""
    exponent = amount.amount.as_tuple().exponent
    as_is = amount.currency in _WITHOUT_CENTS or not isinstance(exponent, int) or exponent < -2
    return str(amount) if as_is else f"{amount.currency} {amount.amount:,.2f}"
