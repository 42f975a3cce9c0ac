"""The names of the facts: what the buyer may assert, what pages show, which recur and which may lie in the future."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _kind(names: str, kind: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


_EVENTS = (
    "received_at receipt_confirmed_at shipped_at paid_at payment_received_at supplier_contacted_at dispute_opened_at "
    "supplier_answered_at buyer_answered_at evidence_requested_at evidence_submitted_at escalated_at offer_made_at "
    "sample_approved_at decided_at refund_received_at"
)

# The buyer's own facts and the kind of their values (design section 9).
CORE_ASSERTIONS: Mapping[str, str] = MappingProxyType(
    _kind(_EVENTS, "time")
    | {
        "ship_by": "time",
        "reason": "reason",
        "amount_claimed": "money",
        "units_total": "integer",
        "units_defective": "integer",
        "paid_on_platform": "bool",
    }
)

# Facts that pages show and that may be asserted where the tool cannot see the page.
PAGE_FACTS: Mapping[str, str] = MappingProxyType(
    {
        **_kind("product.title product.min_order product.attributes product.price_tiers", "text"),
        **_kind("product.badge supplier.badge order.trade_assurance thread.complete", "bool"),
        **_kind("supplier.name supplier.country search.offers", "text"),
        **_kind("supplier.limit order.total order.paid dispute.amount dispute.offer", "money"),
        "supplier.years": "integer",
        **_kind("order.number order.status order.items order.ship_terms order.supplier order.terms", "text"),
        **_kind("order.ship_by order.shipped_at order.received_at", "time"),
        **_kind("order.payments tracking.number thread.with thread.messages", "text"),
        **_kind("tracking.first_scan tracking.delivered_at dispute.submitted_at dispute.deadline", "time"),
        **_kind("dispute.id dispute.order dispute.status dispute.reason", "text"),
        **_kind("dispute.action_needed dispute.hint dispute.supplier_answer", "text"),
    }
)

# Kept as a list: what happens again makes its own deadline, by round.
RECURRING = frozenset(
    {"evidence_requested_at", "evidence_submitted_at", "supplier_answered_at", "buyer_answered_at", "offer_made_at"}
)

# Times that are set beforehand: they may lie in the future.
PLANNED = frozenset({"ship_by", "order.ship_by", "dispute.deadline"})

# Every name of a fact that a policy may speak of.
FACTS = frozenset({*CORE_ASSERTIONS, *PAGE_FACTS})
