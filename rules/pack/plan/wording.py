"""The words of a pack: what reasons and facts are called, and how a value is written for people. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.model import Money, Printed, Undetermined
from rules.language.dates import as_printed
from rules.language.words import money_words

BECAUSE: Mapping[str, str] = {
    "late": "the goods were shipped later than agreed",
    "not_shipped": "the goods were never shipped",
    "not_received": "the goods did not arrive",
    "quality": "the goods are not of the agreed quality",
    "quantity": "fewer goods arrived than were agreed",
    "not_as_described": "the goods are not as described",
    "damaged": "the goods arrived damaged",
}
REASONS: Mapping[str, str] = {
    "late": "Shipped late",
    "not_shipped": "Not shipped",
    "not_received": "Not received",
    "quality": "Quality not as agreed",
    "quantity": "Quantity short",
    "not_as_described": "Not as described",
    "damaged": "Arrived damaged",
}
EVENTS: Mapping[str, str] = {
    "paid_at": "Buyer paid",
    "payment_received_at": "Payment received by the platform",
    "shipped_at": "Goods shipped",
    "received_at": "Goods received",
    "receipt_confirmed_at": "Buyer confirmed receipt",
    "supplier_contacted_at": "Buyer wrote to the supplier",
    "dispute_opened_at": "Refund request submitted",
    "supplier_answered_at": "Supplier answered the refund request",
    "buyer_answered_at": "Buyer answered",
    "evidence_requested_at": "Evidence was asked for",
    "evidence_submitted_at": "Evidence was submitted",
    "escalated_at": "Dispute escalated",
    "offer_made_at": "An offer was made",
    "sample_approved_at": "Sample approved",
    "decided_at": "Dispute decided",
    "refund_received_at": "Refund received",
    "order.ship_by": "Agreed ship date",
    "ship_by": "Agreed ship date",
    "order.shipped_at": "Goods shipped",
    "order.received_at": "Receipt shown on the order page",
    "tracking.first_scan": "Carrier's first scan",
    "tracking.delivered_at": "Carrier's delivery scan",
    "dispute.submitted_at": "Refund request submitted",
    "dispute.deadline": "Timer printed on the dispute page",
}
WHO: Mapping[str, str] = {"you": "Buyer", "supplier": "Supplier", "platform": "Platform"}
STATES: Mapping[str, str] = {
    "not_started": "not started",
    "open": "open",
    "due_soon": "due soon",
    "act_now": "safe date passed, may still be open",
    "overdue": "overdue",
    "met": "met",
    "undetermined": "cannot be computed yet",
}
UNWITNESSED = "Saved by the buyer, not witnessed"


def say(value: Any) -> str:
    """A fact's value in words; "" for nothing."""
    if value is None or isinstance(value, Undetermined):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Money):
        return money_words(value)
    if isinstance(value, Printed):
        return as_printed(value.text)
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, tuple | list):
        return "; ".join(text for item in value if (text := say(item)))
    return str(value)


def said(name: str) -> str:
    """A key or identifier as words: "packing_list" becomes "Packing list"."""
    return name.replace("_", " ").replace(".", ", ").strip().capitalize()


def listed(words: tuple[str, ...], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _mapping(value: Mapping[str, Any]) -> str:
    """Goods read as "200 Pieces of LED fan"; anything else as "key: value" pairs."""
    name = say(value.get("name") or value.get("title"))
    count = " ".join(text for key in ("quantity", "unit") if (text := say(value.get(key))))
    if name and count:
        price = say(value.get("unit_price") or value.get("price"))
        return f"{count} of {name}" + (f" at {price}" if price else "")
    pairs = [f"{said(str(key))}: {text}" for key, item in value.items() if (text := say(item))]
    return "; ".join([*(pair.removesuffix(".") for pair in pairs[:-1]), *pairs[-1:]])
