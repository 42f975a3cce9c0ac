"""The names of the facts, each written once: what its value is, and what is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class FactName:
    """A fact that may be asserted: the buyer's own, or, as "page.name", one that pages of that kind show.

    `value` is time, money, integer, bool, reason or text. `recurs`: kept as a list, because what happens again makes its own
    deadline, by round. `planned`: a time that is set beforehand and may lie in the future. `compared`: a core fact of one
    moment, so a visit that showed another value is shown beside the later one. `grows`: read again at every look, so a later
    page says more without contradicting the earlier one.
    """

    name: str
    value: str
    recurs: bool = False
    planned: bool = False
    compared: bool = False
    grows: bool = False

    @property
    def page(self) -> str:
        """The kind of page that is asked for it; "" for the buyer's own."""
        return self.name.rpartition(".")[0]


FACT_NAMES = (
    FactName("received_at", "time"),
    FactName("receipt_confirmed_at", "time"),
    FactName("shipped_at", "time"),
    FactName("paid_at", "time"),
    FactName("payment_received_at", "time"),
    FactName("supplier_contacted_at", "time"),
    FactName("dispute_opened_at", "time"),
    FactName("supplier_answered_at", "time", recurs=True),
    FactName("buyer_answered_at", "time", recurs=True),
    FactName("evidence_requested_at", "time", recurs=True),
    FactName("evidence_submitted_at", "time", recurs=True),
    FactName("escalated_at", "time"),
    FactName("offer_made_at", "time", recurs=True),
    FactName("sample_approved_at", "time"),
    FactName("decided_at", "time"),
    FactName("refund_received_at", "time"),
    FactName("ship_by", "time", planned=True),
    FactName("reason", "reason"),
    FactName("amount_claimed", "money"),
    FactName("units_total", "integer"),
    FactName("units_defective", "integer"),
    FactName("paid_on_platform", "bool"),
    FactName("product.title", "text", compared=True),
    FactName("product.min_order", "text", compared=True),
    FactName("product.attributes", "text", compared=True),
    FactName("product.price_tiers", "text", compared=True),
    FactName("product.badge", "bool", compared=True),
    FactName("supplier.badge", "bool", compared=True),
    FactName("supplier.name", "text", compared=True),
    FactName("supplier.country", "text"),
    FactName("supplier.limit", "money", compared=True),
    FactName("supplier.years", "integer"),
    FactName("supplier.verified", "bool", compared=True),
    FactName("supplier.on_time_delivery", "text", grows=True),
    FactName("supplier.response_time", "text", grows=True),
    FactName("supplier.dispute_rate", "text", grows=True),
    FactName("supplier.rating", "text", grows=True),
    FactName("supplier.reviews", "integer", grows=True),
    FactName("supplier.transactions", "text", grows=True),
    FactName("supplier.sales", "text", grows=True),
    FactName("search.offers", "text", grows=True),
    FactName("order.trade_assurance", "bool", compared=True),
    FactName("order.total", "money", compared=True),
    FactName("order.paid", "money", compared=True),
    FactName("order.number", "text", compared=True),
    FactName("order.status", "text", compared=True),
    FactName("order.items", "text", compared=True),
    FactName("order.ship_terms", "text", compared=True),
    FactName("order.supplier", "text", compared=True),
    FactName("order.terms", "text", compared=True),
    FactName("order.ship_by", "time", planned=True, compared=True),
    FactName("order.shipped_at", "time", compared=True),
    FactName("order.received_at", "time", compared=True),
    FactName("order.payments", "text"),
    FactName("tracking.number", "text"),
    FactName("tracking.first_scan", "time", compared=True),
    FactName("tracking.delivered_at", "time", compared=True),
    FactName("thread.complete", "bool", grows=True),
    FactName("thread.with", "text"),
    FactName("thread.messages", "text", grows=True),
    FactName("dispute.amount", "money", compared=True),
    FactName("dispute.offer", "money", compared=True),
    FactName("dispute.submitted_at", "time"),
    FactName("dispute.deadline", "time", planned=True, compared=True),
    FactName("dispute.id", "text"),
    FactName("dispute.order", "text"),
    FactName("dispute.status", "text", compared=True),
    FactName("dispute.reason", "text", compared=True),
    FactName("dispute.action_needed", "text", compared=True),
    FactName("dispute.hint", "text"),
    FactName("dispute.supplier_answer", "text", compared=True),
)

# The buyer's own facts and the kind of their values (design section 9).
CORE_ASSERTIONS: Mapping[str, str] = MappingProxyType({fact.name: fact.value for fact in FACT_NAMES if not fact.page})
# Facts that pages show and that may be asserted where the tool cannot see the page.
PAGE_FACTS: Mapping[str, str] = MappingProxyType({fact.name: fact.value for fact in FACT_NAMES if fact.page})
RECURRING = frozenset(fact.name for fact in FACT_NAMES if fact.recurs)
PLANNED = frozenset(fact.name for fact in FACT_NAMES if fact.planned)
COMPARED = frozenset(fact.name for fact in FACT_NAMES if fact.compared)
GROWING = frozenset(fact.name for fact in FACT_NAMES if fact.grows)
# Every name of a fact that a policy may speak of.
FACTS = frozenset(fact.name for fact in FACT_NAMES)


def shown_by(kind: str) -> frozenset[str]:
    """The facts that a page of that kind is asked for; it may show others', such as a product page its supplier's."""
    return frozenset(fact.name for fact in FACT_NAMES if fact.page and fact.page == kind)
