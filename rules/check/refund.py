"""How much can be refunded at most, with the calculation shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from collector.model import Fact, Finding, Money, Undetermined
from rules.case.casefile import CaseFile
from rules.case.chronology import Chronology
from rules.language.words import money_words

# Reasons that concern single units, which `units_defective` counts; of others the whole order may be claimed.
COUNTED = frozenset({"quality", "quantity", "damaged"})


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that can be refunded: the smaller of `paid` and the supplier's `limit`; `uncovered` is the rest of `paid`.

    Where no supplier has a limit, `limit` is None and all that was paid is covered.
    """

    amount: Money
    paid: Money
    limit: Money | None
    uncovered: Money

    def __str__(self) -> str:
        if self.limit is None:
            return f"Refund ceiling {money_words(self.amount)}: what was paid."
        rest = f"; {money_words(self.uncovered)} is not covered" if self.uncovered.amount else ""
        smaller = f"the smaller of paid {money_words(self.paid)} and the limit {money_words(self.limit)}"
        return f"Refund ceiling {money_words(self.amount)}: {smaller}{rest}."


def ceiling(chronology: Chronology) -> Ceiling | Undetermined:
    """The refund ceiling, or what is needed to say it. A limit that is not shown is unknown, never nothing."""
    limit_fact = limit_at_order(chronology)
    paid, limit = money(chronology.casefile, "order.paid"), limit_fact.value if limit_fact else None
    if not chronology.policy.wholesale:
        unknown = Undetermined("What was paid is not known, and no more is refunded.", ("order.paid",))
        return Ceiling(paid, paid, None, Money(paid.amount * 0, paid.currency)) if paid else unknown
    if not isinstance(limit, Money):
        most = f" It cannot be more than the {money_words(paid)} paid." if paid else ""
        return Undetermined(
            f"The supplier's limit is not known, so neither is the refund ceiling.{most}", ("supplier.limit",)
        )
    if paid is None:
        return Undetermined(
            f"What was paid is not known; the refund ceiling is that, and at most the limit {money_words(limit)}.",
            ("order.paid",),
        )
    if paid.currency != limit.currency:
        return Undetermined(
            f"Paid {money_words(paid)}, limit {money_words(limit)}: "
            "two currencies cannot be compared without the platform's rate.",
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


def quantity_ordered(casefile: CaseFile) -> int | None:
    """How many units the order page lists in all; None where it does not say of each of its goods."""
    numbers = [item.get("quantity") for item in casefile.goods]
    whole = [number for number in numbers if isinstance(number, int)]
    return sum(whole) if whole and len(whole) == len(numbers) else None


def payments_made(payments: Fact | None) -> list[Mapping[str, Any]]:
    """Those payments of an order page's list that were made: the list names the ones still to come too."""
    listed = payments.value if payments and isinstance(payments.value, list | tuple) else ()
    return [payment for payment in listed if isinstance(payment, Mapping) and payment.get("paid_at")]


def refund(chronology: Chronology, reasons: tuple[str, ...]) -> tuple[Finding, ...]:
    """What can be asked for, with the calculation: by units counted, and what is covered while nothing was shipped."""
    return (*_by_units(chronology, reasons), *_before_shipment(chronology))


def _by_units(chronology: Chronology, reasons: tuple[str, ...]) -> tuple[Finding, ...]:
    """The share of the order's value that the defective units make, against the amount claimed and the ceiling."""
    if reasons and not COUNTED & set(reasons):
        return ()
    casefile = chronology.casefile
    total_units, bad = casefile.value("units_total"), casefile.value("units_defective")
    of = "order.total" if money(casefile, "order.total") else "order.paid"
    value = money(casefile, of)
    if not value or not isinstance(total_units, int) or not isinstance(bad, int) or not 0 < bad <= total_units:
        return ()
    exact = value.amount * bad / total_units
    share = Money(exact.quantize(Decimal("0.01"), ROUND_HALF_UP), value.currency)
    text = f"By units: {bad} of {total_units} units are {money_words(share)} ({money_words(value)} × {bad} ÷ {total_units})."
    facts = (of, "units_total", "units_defective")
    name = "dispute.amount" if money(casefile, "dispute.amount") else "amount_claimed"
    claimed, most = money(casefile, name), ceiling(chronology)
    if isinstance(most, Ceiling) and most.amount.currency == share.currency and share.amount > most.amount.amount:
        text += f" The ceiling is {money_words(most.amount)}."
    if claimed is None:
        entry = f'tradewitness case set CASE amount_claimed="{share.currency} {share.amount}"'
        todo = f"Claim it: {entry}; add freight and costs apart, each with its receipt."
        return (Finding("refund.by_units", "ok", text, facts, todo),)
    if claimed.currency != share.currency:
        text += f" You claim {money_words(claimed)}: two currencies cannot be compared."
        todo = "Claim in the order's currency, or say in the claim at which rate."
        return (Finding("refund.by_units", "undetermined", text, (*facts, name), todo),)
    if claimed.amount > share.amount and set(reasons) <= COUNTED:
        text += (
            f" You claim {money_words(claimed)}, {money_words(Money(claimed.amount - share.amount, share.currency))} more."
        )
        todo = "Say in the claim what the rest is for (freight, goods that cannot be sold apart)."
        return (Finding("refund.by_units", "undetermined", text, (*facts, name), todo),)
    if claimed.amount < share.amount:
        text += f" You claim {money_words(claimed)}, less than that."
        return (
            Finding(
                "refund.by_units",
                "undetermined",
                text,
                (*facts, name),
                "Is less meant? The application can be edited.",
            ),
        )
    return (Finding("refund.by_units", "ok", text, (*facts, name)),)


def _before_shipment(chronology: Chronology) -> tuple[Finding, ...]:
    """While nothing was shipped, the platform's text covers the initial payment alone: said where more was paid."""
    paid = payments_made(chronology.casefile.fact("order.payments"))
    first = paid[0].get("amount") if paid else None
    if len(paid) < 2 or not isinstance(first, Money) or chronology.happened("shipped") or chronology.happened("received"):
        return ()
    source = chronology.policy.source(chronology.policy.refund_source)
    text = (
        f"Nothing is shipped yet. Before shipment one text of the platform covers the initial payment alone, "
        f"{money_words(first)}, and the total payment after delivery."
    )
    todo = "Claim all that was paid all the same, and say that the balance was asked for before shipment."
    return (Finding("refund.before_shipment", "undetermined", text, ("order.payments",), todo, source.title),)
