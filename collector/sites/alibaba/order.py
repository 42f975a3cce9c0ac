"""Order pages: Alibaba's own order objects where embedded, then labels. Tracking is read where the order page shows it."""

from __future__ import annotations

import re
from typing import Any

from bs4 import Tag

from collector.model import Fact, Money, Printed
from collector.reading.blocks import in_other_card, recommended
from collector.reading.markup import Frame
from collector.reading.money import read_money
from collector.reading.readings import Node, Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_count, as_text, squeezed, text_of
from collector.reading.times import moment, read_day
from collector.sites.alibaba.assurance import flag, is_lit
from collector.sites.alibaba.company import company_reading
from collector.sites.alibaba.labels import COLUMNS, ORDER, TERMS
from collector.sites.alibaba.seller import shop_link
from collector.sites.alibaba.tracking import tracking_facts

READER = "alibaba.order/3"

_NUMBER = re.compile(r"[0-9]{6,24}")
_ORDER_BADGE = re.compile(r"^(?:ta-order-badge|trade-assurance-order|ta-badge)$")
_COLUMN = {heading: name for name, headings in COLUMNS.items() for heading in headings}


def read_order(frame: Frame) -> tuple[Fact, ...]:
    """Every order fact, and tracking where the page shows it."""
    scribe, order = Scribe(frame, READER), order_data(frame)
    pay, ship = order["contractVO"]["terms"]["payment"], order["shipmentVO"]
    agreed = order["contractVO"]["terms"]["shipment"]
    return (
        scribe.fact("order.number", *numbers(frame)),
        scribe.fact("order.status", order["pcStatusActionVO"]["name"].read(as_text), _status(frame)),
        scribe.fact(
            "order.total", money_stated(pay.first("orderAmount", "totalAmount")), _label(frame, "order.total", read_money)
        ),
        scribe.fact("order.paid", money_stated(pay["actualBuyerPayment"]), _label(frame, "order.paid", read_money)),
        scribe.fact("order.payments", _payments_data(order["paymentVO"]["payments"]), _payments_shown(frame)),
        scribe.fact("order.items", _items_data(order["contractVO"]["subjectMatterVO"]["products"]), _items_shown(frame)),
        scribe.fact("order.ship_by", agreed["shipDate"].read(_day), _label(frame, "order.ship_by", _day)),
        scribe.fact("order.ship_terms", agreed["tradeTerms"].read(as_text), _label(frame, "order.ship_terms", as_text)),
        scribe.fact("order.shipped_at", _moment(ship["shippedTime"]), _label(frame, "order.shipped_at", moment)),
        scribe.fact("order.received_at", *_received(frame, ship)),
        scribe.fact("order.supplier", order["sellerVO"]["companyName"].read(as_text), _supplier(frame)),
        scribe.fact("order.terms", _terms(frame, order["contractVO"]["terms"])),
        scribe.fact("order.trade_assurance", *_assurance(frame, order["orderInfoVO"])),
        *tracking_facts(scribe, ship),
    )


def order_data(frame: Frame) -> Node:
    """The object that holds the order's parts, wherever the page embeds it."""
    return frame.find("orderInfoVO")


def numbers(frame: Frame) -> tuple[Reading | None, ...]:
    """The order number as the data and as the page's own label give it."""
    info = order_data(frame)["orderInfoVO"].first("orderId", "id", "orderNo")
    return info.read(_number), _label(frame, "order.number", _number)


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
    return frame.labelled(ORDER[name], parse, but_not=recommended)


def money_stated(node: Node) -> Reading | None:
    """An amount in data: as text, or in parts {"amountStr"} or {"amount", "currency"}."""
    if not isinstance(node.value, dict):
        return node.read(read_money)
    currency = node.first("currency", "currencyCode").text
    return node.first("amountStr", "amount").read(lambda text: read_money(text, currency))


def _amount(node: Node) -> Money | None:
    reading = money_stated(node)
    return reading.value if reading is not None else None


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
            "amount": _amount(node),
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
        if not rows or not {"amount", "paid_at"} <= rows[0].keys():
            continue
        entries = tuple(
            {
                "step": as_text(cells.get("step", "")),
                "amount": read_money(cells.get("amount", "")),
                "method": as_text(cells.get("method", "")),
                "paid_at": moment(cells.get("paid_at", "")),
                "received_at": moment(cells.get("received_at", "")),
                "status": as_text(cells.get("status", "")),
            }
            for cells in rows
        )
        return Reading(entries if all(entry["amount"] for entry in entries) else None, frame.place(table))
    return None


def _items_data(products: Node) -> Reading | None:
    """Goods: {"name","quantity","unit","unit_price","amount","product_id","attributes"}."""
    entries = tuple(
        {
            "name": node["name"].text,
            "quantity": as_count(node["quantity"].text),
            "unit": node["unit"].text or None,
            "unit_price": _amount(node["unitPrice"]),
            "amount": _amount(node["amount"]),
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
                "unit_price": read_money(cells.get("unit_price", "")),
                "amount": read_money(cells.get("amount", "")),
                "product_id": frame.address(link).product,
            }
        )
    return Reading(tuple(entries), frame.place(table)) if table is not None else None


def _cells(row: Tag) -> dict[str, str]:
    """A row's texts by what the table's own headings say that their columns hold, spans counted."""
    table = row.find_parent("table")
    head = table.find("tr") if table else None
    if not isinstance(head, Tag) or head is row:
        return {}
    return {_COLUMN.get(head, head): text for head, text in zip(_spread(head, "th"), _spread(row, "td"), strict=False)}


def _spread(row: Tag, name: str) -> list[str]:
    texts: list[str] = []
    for cell in row.find_all(name, recursive=False):
        span = str(cell.get("colspan", "1"))
        texts += [text_of(cell).casefold() if name == "th" else text_of(cell)] * (
            int(span) if span in set("123456789") else 1
        )
    return texts


def _supplier(frame: Frame) -> Reading | None:
    """The company's name: its link in the supplier's block, else what stands under the label, without buttons beside it."""
    module = frame.module("orderSupplier", "module_supplier", "supplierInfo")
    link = shop_link(frame, module) if module is not None else None
    if link is not None:
        return company_reading(frame, link)
    labelled = _label(frame, "order.supplier", as_text)
    tag = frame.soup.select_one(labelled.place.path) if labelled is not None and labelled.value else None
    if tag is None or (labelled is not None and labelled.place.quote != text_of(tag)):
        return labelled  # "Supplier: … Co., Ltd." in one text
    return company_reading(frame, shop_link(frame, tag) or tag)


def _terms(frame: Frame, terms: Node) -> Reading | None:
    """The contract's own words by subject (quality, packaging, …), from data; where there is none, from under its labels."""
    stated = {name: node.text for name in TERMS if (node := terms[name]).text}
    if stated:
        contradicted = [
            shown
            for name, text in stated.items()
            if (shown := frame.labelled(TERMS[name], as_text)) is not None
            and squeezed(str(shown.value)).casefold() != text.casefold()
            and frame.module("orderContract") is not None
        ]
        return Reading(None if contradicted else stated, terms.place())
    shown_terms = {
        name: shown for name, labels in TERMS.items() if (shown := frame.labelled(labels, as_text)) and shown.value
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
    tags = frame.soup.find_all(class_=_ORDER_BADGE, limit=20)
    own = next((tag for tag in tags if is_lit(tag) and not _of_supplier(tag) and not in_other_card(frame, tag)), None)
    return stated, (Reading(True, frame.place(own)) if own is not None else None)


def _of_supplier(tag: Tag) -> bool:
    """Whether a tag stands in the supplier's block: the badge there is the supplier's, not the order's."""
    return any("supplier" in str(parent.get("data-module-name", "")).lower() for parent in tag.parents)
