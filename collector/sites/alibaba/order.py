"""Order pages: Alibaba's own order objects where embedded, then labels. Tracking is read where the order page shows it."""

from __future__ import annotations

import re
from typing import Any

from bs4 import Tag

from collector.model import Fact, Printed
from collector.sites.alibaba.markup import Frame, Node, Reading, Scribe, as_count, as_text, is_blank, squeezed, text_of
from collector.sites.alibaba.money import read_money
from collector.sites.alibaba.supplier import flag
from collector.sites.alibaba.times import read_day, read_epoch, read_moment

READER = "alibaba.order/1"

_NUMBER = re.compile(r"[0-9]{6,24}")
_LABELS = {
    "order.number": ("order number", "order no.", "order no", "order id", "trade assurance order no.", "订单号", "订单编号"),
    "order.status": ("order status", "status", "订单状态"),
    "order.total": ("order total", "total amount", "total order amount", "order amount", "total", "订单总额", "订单金额"),
    "order.paid": ("paid", "amount paid", "total paid", "actual payment", "paid amount", "已付款", "实付金额"),
    "order.ship_by": (
        "ship by",
        "ship by (agreed)",
        "ship date",
        "agreed ship date",
        "shipping date",
        "ship on or before",
        "发货日期",
    ),
    "order.ship_terms": (
        "trade terms",
        "trade term",
        "shipping terms",
        "delivery terms",
        "incoterms",
        "incoterm",
        "贸易术语",
    ),
    "order.shipped_at": ("shipped", "shipped on", "ship time", "shipping time", "date shipped", "发货时间"),
    "order.received_at": ("delivered", "delivered on", "received on", "date received", "收货时间"),
    "receipt": ("receipt confirmed by buyer", "receipt confirmed", "receipt confirmed on", "确认收货时间"),
    "order.supplier": ("supplier", "seller", "supplier name", "company name", "供应商", "卖家"),
    "tracking.number": ("tracking number", "tracking no.", "tracking no", "waybill number", "运单号", "物流单号"),
}
_TERMS = {
    "quality": ("quality", "quality standards", "quality standard", "质量标准"),
    "packaging": ("packaging", "packaging requirements", "packing", "包装要求"),
    "inspection": ("inspection", "inspection terms", "检验"),
    "remark": ("remarks", "remark", "other terms", "additional terms", "备注"),
}
_DELIVERED = re.compile(r"\bdelivered\b|\bsigned for\b|已签收|已送达", re.IGNORECASE)
_NOT_DELIVERED = re.compile(
    r"\b(?:not|un|to be|being|cannot|could not be|failed)\b.{0,20}delivered|undelivered|未签收", re.IGNORECASE
)


def read_order(frame: Frame) -> tuple[Fact, ...]:
    """Every order fact, and tracking where the page shows it."""
    scribe, order = Scribe(frame, READER), order_data(frame)
    pay, ship = order["contractVO"]["terms"]["payment"], order["shipmentVO"]
    agreed = order["contractVO"]["terms"]["shipment"]
    return (
        scribe.fact("order.number", *numbers(frame)),
        scribe.fact("order.status", order["pcStatusActionVO"]["name"].read(as_text), _status(frame)),
        scribe.fact(
            "order.total", _money(pay.first("orderAmount", "totalAmount")), _label(frame, "order.total", read_money)
        ),
        scribe.fact("order.paid", _money(pay["actualBuyerPayment"]), _label(frame, "order.paid", read_money)),
        scribe.fact("order.payments", _payments_data(order["paymentVO"]["payments"]), _payments_shown(frame)),
        scribe.fact("order.items", _items_data(order["contractVO"]["subjectMatterVO"]["products"]), _items_shown(frame)),
        scribe.fact("order.ship_by", agreed["shipDate"].read(_day), _label(frame, "order.ship_by", _day)),
        scribe.fact("order.ship_terms", agreed["tradeTerms"].read(as_text), _label(frame, "order.ship_terms", as_text)),
        scribe.fact("order.shipped_at", _moment(ship["shippedTime"]), _label(frame, "order.shipped_at", moment)),
        scribe.fact("order.received_at", *_received(frame, ship)),
        scribe.fact("order.supplier", order["sellerVO"]["companyName"].read(as_text), _supplier(frame)),
        scribe.fact("order.terms", _terms(frame, order["contractVO"]["terms"])),
        scribe.fact("order.trade_assurance", *_assurance(frame, order["orderInfoVO"])),
        *_tracking(scribe, ship),
    )


def order_data(frame: Frame) -> Node:
    """The object that holds the order's parts, wherever the page embeds it."""
    return frame.find("orderInfoVO")


def numbers(frame: Frame) -> tuple[Reading | None, ...]:
    """The order number as the data and as the page's own label give it."""
    info = order_data(frame)["orderInfoVO"].first("orderId", "id", "orderNo")
    return info.read(_number), _label(frame, "order.number", _number)


def moment(text: str) -> Printed | str | None:
    """A printed time, an instant in milliseconds, or a bare day."""
    return read_epoch(text) or read_moment(text)


def _number(text: str) -> str | None:
    found = set(_NUMBER.findall(text))
    return found.pop() if len(found) == 1 else None


def _day(text: str) -> str | None:
    """A day; where a time of day is printed too, the day as printed."""
    day = read_day(text)
    if day is None and isinstance(printed := moment(text), Printed):
        day = read_day(re.sub(r"[T\s,]+[0-9]{1,2}:.*$", "", printed.text))
    return day


def _label(frame: Frame, name: str, parse: Any) -> Reading | None:
    return frame.labelled(_LABELS[name], parse)


def _money(node: Node) -> Reading | None:
    return (node["amountStr"] if isinstance(node.value, dict) else node).read(read_money)


def _moment(node: Node) -> Reading | None:
    return node.read(moment)


def _status(frame: Frame) -> Reading | None:
    module = frame.module("orderStatus", "order-status", "module_order_status")
    heading = module.find(["h1", "h2"]) if module is not None else None
    if isinstance(heading, Tag):
        return frame.read(heading, as_text)
    tag = frame.soup.find(class_="order-status")
    return frame.read(tag, as_text) if isinstance(tag, Tag) else _label(frame, "order.status", as_text)


def _received(frame: Frame, ship: Node) -> tuple[Reading | None, ...]:
    """When the goods came: the delivery; where only the buyer's confirmation is shown, that."""
    delivered = _moment(ship["deliveredTime"]), _label(frame, "order.received_at", moment)
    if any(reading is not None for reading in delivered):
        return delivered
    return _moment(ship["receiptConfirmedTime"]), _label(frame, "receipt", moment)


def _payments_data(payments: Node) -> Reading | None:
    """Payments: {"step","amount","method","paid_at","received_at","status"}, in the page's order."""
    entries = tuple(
        {
            "step": node["step"].text or None,
            "amount": read_money(node["amountStr"].text),
            "method": node["method"].text or None,
            "paid_at": moment(node["paidTime"].text),
            "received_at": moment(node["receivedTime"].text),
            "status": node["status"].text or None,
        }
        for node in payments.items()
    )
    return Reading(entries if all(entry["amount"] for entry in entries) else None, payments.place()) if entries else None


def _payments_shown(frame: Frame) -> Reading | None:
    """The table whose headings name an amount and a payment's time or state."""
    for table in frame.soup.find_all("table"):
        if table.find("table") is not None:
            continue  # a table that only lays out others
        rows = [cells for row in table.find_all("tr")[1:] if (cells := _cells(row))]
        if not rows or "amount" not in rows[0] or not {"paid", "paid on", "payment time"} & rows[0].keys():
            continue
        entries = tuple(
            {
                "step": _one_of(cells, "payment", "step", "payment step"),
                "amount": read_money(cells.get("amount", "")),
                "method": _one_of(cells, "method", "payment method"),
                "paid_at": moment(_one_of(cells, "paid", "paid on", "payment time") or ""),
                "received_at": moment(_one_of(cells, "received", "received on") or ""),
                "status": _one_of(cells, "status"),
            }
            for cells in rows
        )
        return Reading(entries if all(entry["amount"] for entry in entries) else None, frame.place(table))
    return None


def _one_of(cells: dict[str, str], *names: str) -> str | None:
    return next((as_text(cells[name]) for name in names if name in cells), None)


def _items_data(products: Node) -> Reading | None:
    """Goods: {"name","quantity","unit","unit_price","amount","product_id","attributes"}."""
    entries = tuple(
        {
            "name": node["name"].text,
            "quantity": as_count(node["quantity"].text),
            "unit": node["unit"].text or None,
            "unit_price": read_money(node["unitPrice"]["amountStr"].text),
            "amount": read_money(node["amount"]["amountStr"].text),
            "product_id": node["productId"].text or None,
            "attributes": tuple(
                {"name": a["attrName"].text, "value": a["attrValue"].text} for a in node["attributes"].items()
            ),
        }
        for node in products.items()
    )
    return Reading(entries if all(entry["name"] for entry in entries) else None, products.place()) if entries else None


def _items_shown(frame: Frame) -> Reading | None:
    """Rows of a table that link to a product: its name, and the cells under Quantity, Unit price and Amount."""
    entries: list[dict[str, Any]] = []
    table: Tag | None = None
    for row in frame.soup.find_all("tr"):
        link = next((a for a in row.find_all("a", href=True, limit=20) if text_of(a) and frame.address(a).product), None)
        if link is None or row.find("table") is not None:
            continue
        table = table or row.find_parent("table") or row
        cells = _cells(row)
        quantity = cells.get("quantity", "")
        unit = re.fullmatch(r"[0-9][0-9,]*\s*([^\d\s].*)", quantity)
        entries.append(
            {
                "name": text_of(link),
                "quantity": as_count(quantity),
                "unit": unit[1] if unit else None,
                "unit_price": read_money(cells.get("unit price", "")),
                "amount": read_money(cells.get("amount", cells.get("subtotal", ""))),
                "product_id": frame.address(link).product,
            }
        )
    return Reading(tuple(entries), frame.place(table)) if table is not None else None


def _cells(row: Tag) -> dict[str, str]:
    """A row's texts by the table's own column headings, spans counted."""
    table = row.find_parent("table")
    head = table.find("tr") if table else None
    if not isinstance(head, Tag) or head is row:
        return {}
    return dict(zip(_spread(head, "th"), _spread(row, "td"), strict=False))


def _spread(row: Tag, name: str) -> list[str]:
    texts: list[str] = []
    for cell in row.find_all(name, recursive=False):
        span = str(cell.get("colspan", "1"))
        texts += [text_of(cell).casefold() if name == "th" else text_of(cell)] * (
            int(span) if span in set("123456789") else 1
        )
    return texts


def _supplier(frame: Frame) -> Reading | None:
    module = frame.module("orderSupplier", "module_supplier", "supplierInfo")
    if module is not None:
        for link in module.find_all("a", href=True):
            if frame.address(link).kind == "supplier" and text_of(link):
                return frame.read(link, as_text)
    return _label(frame, "order.supplier", as_text)


def _terms(frame: Frame, terms: Node) -> Reading | None:
    """The contract's own words by subject (quality, packaging, …), from data; where there is none, from under its labels."""
    stated = {name: node.text for name in _TERMS if (node := terms[name]).text}
    if stated:
        contradicted = [
            shown
            for name, text in stated.items()
            if (shown := frame.labelled(_TERMS[name], as_text)) is not None
            and squeezed(str(shown.value)).casefold() != text.casefold()
            and frame.module("orderContract") is not None
        ]
        return Reading(None if contradicted else stated, terms.place())
    shown_terms = {
        name: shown for name, labels in _TERMS.items() if (shown := frame.labelled(labels, as_text)) and shown.value
    }
    if not shown_terms:
        return None
    first = next(iter(shown_terms.values()))
    return Reading({name: reading.value for name, reading in shown_terms.items()}, first.place)


def _assurance(frame: Frame, info: Node) -> tuple[Reading | None, ...]:
    """Whether this is a Trade Assurance order: the order's own data, or the badge beside its number."""
    stated = flag(info["tradeAssurance"])
    if stated is None and info["businessType"].text.casefold() in {"trade_assurance", "ta"}:
        stated = Reading(True, info["businessType"].place())
    tag = frame.soup.find(class_=re.compile(r"^(?:ta-order-badge|trade-assurance-order|ta-badge)$"))
    return stated, (Reading(True, frame.place(tag)) if isinstance(tag, Tag) else None)


def _tracking(scribe: Scribe, ship: Node) -> tuple[Fact, ...]:
    frame = scribe.frame
    scans = _scans(frame)
    first = scans[-1] if scans else None
    arrived = [(time, tag) for time, text, tag in scans if _DELIVERED.search(text) and not _NOT_DELIVERED.search(text)]
    return (
        scribe.fact("tracking.number", ship["trackingNumber"].read(as_text), _label(frame, "tracking.number", as_text)),
        scribe.fact("tracking.first_scan", frame.read(first[2], lambda _: first[0]) if first else None),
        scribe.fact("tracking.delivered_at", frame.read(arrived[-1][1], lambda _: arrived[-1][0]) if arrived else None),
    )


def _scans(frame: Frame) -> list[tuple[Printed | str | None, str, Tag]]:
    """Tracking entries newest first: (time, text, tag), whichever way the page lists them."""
    module = frame.module("logisticsTracking", "module_logistics", "logistics", "tracking")
    rows = (
        module.find_all(["li", "tr"], limit=500)
        if module is not None
        else frame.soup.find_all("li", class_="tracking-event")
    )
    scans = [
        (moment(text), text, row) for row in rows if not is_blank(text := text_of(row)) and any(c.isdigit() for c in text)
    ]
    stamps = [scan[0].earliest for scan in scans if isinstance(scan[0], Printed)]
    return scans[::-1] if len(stamps) == len(scans) and stamps == sorted(stamps) and stamps[:1] != stamps[-1:] else scans
