"""The names of the facts, each written once: what its value is, and what is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class FactName:
    """A fact that may be asserted: the buyer's own, or, as "page.name", one that pages of that kind show.

    `value` is time, money, integer, bool, reason or text; `words` are what people read, within a sentence, `{site.…}` in
    them what the site calls it. `recurs`: kept as
    a list, because what happens again makes its own deadline, by round. `planned`: a time that is set beforehand and may lie
    in the future. `compared`: a core fact of one moment, so a visit that showed another value is shown beside the later one.
    `grows`: read again at every look, so a later page says more without contradicting the earlier one. `seldom`: not every
    page of the kind is asked for it, on some sites only one that names it.
    """

    name: str
    value: str
    words: str
    recurs: bool = False
    planned: bool = False
    compared: bool = False
    grows: bool = False
    seldom: bool = False

    @property
    def page(self) -> str:
        """The kind of page that is asked for it; "" for the buyer's own."""
        return self.name.rpartition(".")[0]


FACT_NAMES = (
    FactName("received_at", "time", "receipt of the goods"),
    FactName("receipt_confirmed_at", "time", "confirmation of the receipt"),
    FactName("shipped_at", "time", "shipment"),
    FactName("paid_at", "time", "payment"),
    FactName("payment_received_at", "time", "the payment's arrival"),
    FactName("supplier_contacted_at", "time", "first word to the supplier"),
    FactName("dispute_opened_at", "time", "opening of the dispute"),
    FactName("supplier_answered_at", "time", "the supplier's answer", recurs=True),
    FactName("buyer_answered_at", "time", "the buyer's answer", recurs=True),
    FactName("evidence_requested_at", "time", "the request for evidence", recurs=True),
    FactName("evidence_submitted_at", "time", "handing in of evidence", recurs=True),
    FactName("escalated_at", "time", "escalation"),
    FactName("offer_made_at", "time", "the supplier's offer", recurs=True),
    FactName("sample_approved_at", "time", "approval of the sample"),
    FactName("decided_at", "time", "the agreement or decision"),
    FactName("refund_received_at", "time", "the refund's arrival"),
    FactName("ship_by", "time", "the agreed ship date", planned=True),
    FactName("deliver_by", "time", "the promised delivery", planned=True),
    FactName("returned_at", "time", "sending the goods back"),
    FactName("reason", "reason", "the reason for the dispute"),
    FactName("amount_claimed", "money", "the amount claimed"),
    FactName("units_total", "integer", "units in all"),
    FactName("units_defective", "integer", "defective units"),
    FactName("paid_on_platform", "bool", "payment through the order page"),
    FactName("product.title", "text", "the product's title", compared=True),
    FactName("product.min_order", "text", "the smallest order", compared=True),
    FactName("product.attributes", "text", "the product's attributes", compared=True),
    FactName("product.price_tiers", "text", "the product's prices", compared=True),
    FactName("product.badge", "bool", "{site.protection} on the product page", compared=True),
    FactName("supplier.badge", "bool", "{site.protection} on the supplier page", compared=True),
    FactName("supplier.name", "text", "the supplier's name", compared=True),
    FactName("supplier.country", "text", "the supplier's country"),
    FactName("supplier.limit", "money", "the supplier's {site.protection} limit", compared=True),
    FactName("supplier.years", "integer", "the supplier's years on the site"),
    FactName("supplier.verified", "bool", "the supplier's verification", compared=True),
    FactName("supplier.on_time_delivery", "text", "the supplier's deliveries on time", grows=True),
    FactName("supplier.response_time", "text", "the supplier's time to answer", grows=True),
    FactName("supplier.dispute_rate", "text", "the supplier's rate of disputes", grows=True),
    FactName("supplier.rating", "text", "the supplier's rating", grows=True),
    FactName("supplier.reviews", "integer", "the number of the supplier's reviews", grows=True),
    FactName("supplier.transactions", "text", "the supplier's transactions", grows=True),
    FactName("supplier.sales", "text", "the supplier's sales", grows=True),
    FactName("search.offers", "text", "the offers found", grows=True),
    FactName("order.trade_assurance", "bool", "{site.protection} on the order page", compared=True),
    FactName("order.total", "money", "the order's total", compared=True),
    FactName("order.paid", "money", "the amount paid", compared=True),
    FactName("order.number", "text", "the order's number", compared=True),
    FactName("order.status", "text", "the order's status", compared=True),
    FactName("order.items", "text", "the goods ordered", compared=True),
    FactName("order.ship_terms", "text", "the terms of shipping", compared=True),
    FactName("order.supplier", "text", "the supplier on the order page", compared=True),
    FactName("order.buyer", "text", "the buyer on the order page", seldom=True),
    FactName("order.terms", "text", "the contract's terms", compared=True),
    FactName("order.ship_by", "time", "the ship date on the order page", planned=True, compared=True),
    FactName(
        "order.deliver_by", "time", "the promised delivery on the order page", planned=True, compared=True, seldom=True
    ),
    FactName("order.shipped_at", "time", "shipment on the order page", compared=True),
    FactName("order.received_at", "time", "receipt on the order page", compared=True),
    FactName("order.payments", "text", "the payments on the order page"),
    FactName("tracking.number", "text", "the tracking number"),
    FactName("tracking.first_scan", "time", "the carrier's first scan", compared=True),
    FactName("tracking.delivered_at", "time", "the carrier's delivery", compared=True),
    FactName("thread.complete", "bool", "whether the conversation is whole", grows=True),
    FactName("thread.with", "text", "whom the conversation is with"),
    FactName("thread.messages", "text", "the messages of the conversation", grows=True),
    FactName("dispute.amount", "money", "the amount claimed on the dispute page", compared=True),
    FactName("dispute.offer", "money", "the offer on the dispute page", compared=True),
    FactName("dispute.submitted_at", "time", "opening of the dispute on its page"),
    FactName("dispute.deadline", "time", "the dispute page's timer", planned=True, compared=True),
    FactName("dispute.id", "text", "the dispute's number"),
    FactName("dispute.order", "text", "the dispute's order"),
    FactName("dispute.status", "text", "the dispute's status", compared=True),
    FactName("dispute.reason", "text", "the reason on the dispute page", compared=True),
    FactName("dispute.action_needed", "text", "what the dispute page asks for", compared=True),
    FactName("dispute.hint", "text", "the dispute page's hint"),
    FactName("dispute.supplier_answer", "text", "the supplier's answer on the dispute page", compared=True),
)

# The buyer's own facts and the kind of their values (design section 9).
CORE_ASSERTIONS: Mapping[str, str] = MappingProxyType({fact.name: fact.value for fact in FACT_NAMES if not fact.page})
# Facts that pages show and that may be asserted where the tool cannot see the page.
PAGE_FACTS: Mapping[str, str] = MappingProxyType({fact.name: fact.value for fact in FACT_NAMES if fact.page})
RECURRING = frozenset(fact.name for fact in FACT_NAMES if fact.recurs)
PLANNED = frozenset(fact.name for fact in FACT_NAMES if fact.planned)
COMPARED = frozenset(fact.name for fact in FACT_NAMES if fact.compared)
GROWING = frozenset(fact.name for fact in FACT_NAMES if fact.grows)
# What readers find besides, and nobody sets or counts from.
_BESIDES = {
    "chat.app": "the chat's application",
    "chat.messages": "the messages of the chat",
    "thread.disagreements": "where the conversation's sources differ",
    "thread.unshown": "messages that were sent and not shown",
}
WORDS: Mapping[str, str] = MappingProxyType({fact.name: fact.words for fact in FACT_NAMES} | _BESIDES)
# Every name of a fact that a policy may speak of.
FACTS = frozenset(fact.name for fact in FACT_NAMES)


def shown_by(kind: str) -> frozenset[str]:
    """The facts that each page of that kind is asked for; it may show others, such as a product page its supplier's."""
    return frozenset(fact.name for fact in FACT_NAMES if fact.page and fact.page == kind and not fact.seldom)
