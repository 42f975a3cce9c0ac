"""Order pages: the order's own data in whichever shape, then labels. Tracking is read where the order page shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from bs4 import Tag

from collector.model import Fact
from collector.reading.blocks import in_other_card, recommended
from collector.reading.leaves import day_of, read_whole, text_in
from collector.reading.markup import Frame
from collector.reading.money import read_money
from collector.reading.readings import Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text, squeezed, text_of
from collector.reading.times import moment
from collector.sites.alibaba.assurance import is_lit
from collector.sites.alibaba.company import company_reading
from collector.sites.alibaba.labels import COLUMNS, ORDER, TERMS
from collector.sites.alibaba.order_data import SHAPES, Readings, order_root, read_number
from collector.sites.alibaba.seller import shop_link
from collector.sites.alibaba.tracking import tracking_facts

READER = "alibaba.order/5"

_ORDER_BADGE = re.compile(r"^(?:ta-order-badge|trade-assurance-order|ta-badge)$")
_COLUMN = {heading: name for name, headings in COLUMNS.items() for heading in headings}
# The block of the page in which a fact stands, where it stands on it at all: with the block there, it is not shown.
_BLOCKS = {
    "order.status": "orderStatus", "order.payments": "orderPayment", "order.items": "orderProducts",
    "order.total": "orderPayment", "order.paid": "orderPayment", "order.ship_by": "orderShipment",
    "order.ship_terms": "orderShipment", "order.shipped_at": "orderShipment", "order.received_at": "orderShipment",
    "order.supplier": "orderSupplier", "order.terms": "orderContract", "order.trade_assurance": "orderStatus",
    "tracking.number": "orderShipment", "tracking.first_scan": "logisticsTracking",
    "tracking.delivered_at": "logisticsTracking",
}  # fmt: skip


def read_order(frame: Frame) -> tuple[Fact, ...]:
    """Every order fact, and tracking where the page shows it."""
    scribe, stated = Scribe(frame, READER, thorough=False), [shape(frame) for shape in SHAPES]

    def fact(name: str, *shown: Reading | None) -> Fact:
        return scribe.fact(name, *(readings.get(name) for readings in stated), *shown, _block(frame, name))

    received = [reading for readings in stated for reading in (readings.get("order.received_at"),) if reading is not None]
    return (
        fact("order.number", _label(frame, "order.number", read_number)),
        fact("order.status", _status(frame)),
        fact("order.total", _label(frame, "order.total", read_money)),
        fact("order.paid", _label(frame, "order.paid", read_money)),
        fact("order.payments", _payments_shown(frame)),
        fact("order.items", _items_shown(frame)),
        fact("order.ship_by", _label(frame, "order.ship_by", day_of)),
        fact("order.ship_terms", _label(frame, "order.ship_terms", as_text)),
        fact("order.shipped_at", _label(frame, "order.shipped_at", moment)),
        scribe.fact("order.received_at", *_received(frame, received, [r.get("receipt") for r in stated])),
        fact("order.supplier", _supplier(frame)),
        fact("order.terms", _terms(frame, [r.get("remark") for r in stated])),
        fact("order.trade_assurance", _badge(frame)),
        *_buyer(frame, scribe, stated),
        *tracking_facts(scribe, order_root(frame)["shipmentVO"], fact),
    )


def _buyer(frame: Frame, scribe: Scribe, stated: list[Readings]) -> tuple[Fact, ...]:
    """Who bought, where the page names somebody: that one does not says nothing.

    The data has person and company apart, the page shows them under one label or one of them: what it shows is taken, and
    where it names neither of the two they contradict each other. The data alone names the person.
    """
    persons = _told(readings.get("order.buyer") for readings in stated)
    told = (*persons, *_told(readings.get("buyer company") for readings in stated))
    shown = _label(frame, "order.buyer", as_text)
    if shown is None or not shown.value:
        return (scribe.fact("order.buyer", *persons),) if persons else ()
    alike = not told or any(_names(shown) & _names(reading) for reading in told)
    return (scribe.fact("order.buyer", shown, *(() if alike else told)),)


def _told(readings: Iterable[Reading | None]) -> tuple[Reading, ...]:
    return tuple(reading for reading in readings if reading is not None and reading.value)


def _names(reading: Reading) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", str(reading.value).casefold()))


def numbers(frame: Frame) -> tuple[Reading | None, ...]:
    """The order number as the data and as the page's own label give it."""
    return *(shape(frame).get("order.number") for shape in SHAPES), _label(frame, "order.number", read_number)


def _block(frame: Frame, name: str) -> Reading | None:
    """A blank reading where the block is there in which the fact would stand."""
    module = frame.module(_BLOCKS.get(name, ""))
    return Reading(None, frame.place(module), blank=True) if module is not None else None


def _label(frame: Frame, name: str, parse: Callable[[str], Any]) -> Reading | None:
    return frame.labelled(ORDER[name], parse, but_not=recommended, blanks=True)


def _status(frame: Frame) -> Reading | None:
    module = frame.module("orderStatus", "order-status", "module_order_status")
    heading = module.find(["h1", "h2"]) if module is not None else None
    if isinstance(heading, Tag):
        return frame.read(heading, as_text)
    tag = frame.soup.find(class_="order-status")
    return frame.read(tag, as_text) if isinstance(tag, Tag) else _label(frame, "order.status", as_text)


def _received(frame: Frame, delivered: list[Reading], confirmed: list[Reading | None]) -> tuple[Reading | None, ...]:
    """When the goods came: the delivery; where only the buyer's confirmation is shown, that."""
    arrived = (*delivered, _label(frame, "order.received_at", moment))
    if any(reading is not None and not reading.blank for reading in arrived):
        return arrived
    return *confirmed, _label(frame, "receipt", moment), *arrived, _block(frame, "order.received_at")


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
                "quantity": read_whole(quantity),
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


def _terms(frame: Frame, remarks: list[Reading | None]) -> Reading | None:
    """The contract's own words by subject (quality, packaging, …), from data; where there is none, from under its labels."""
    terms = order_root(frame)["contractVO"]["terms"]
    read = {name: reading for name in TERMS if (reading := text_in(terms[name])) is not None}
    read.update(("remark", reading) for reading in remarks if reading is not None)
    stated = {name: reading.value for name, reading in read.items() if reading.value}
    if stated:
        contradicted = [
            shown
            for name, text in stated.items()
            if (shown := frame.labelled(TERMS[name], as_text)) is not None
            and squeezed(str(shown.value)).casefold() != text.casefold()
            and frame.module("orderContract") is not None
        ]
        place = terms.place() if len(read) > 1 and terms.there else next(iter(read.values())).place
        return Reading(None if contradicted else stated, place)
    shown_terms = {
        name: shown for name, labels in TERMS.items() if (shown := frame.labelled(labels, as_text)) and shown.value
    }
    if not shown_terms:
        return next(iter(read.values()), None)
    first = next(iter(shown_terms.values()))
    return Reading({name: reading.value for name, reading in shown_terms.items()}, first.place)


def _badge(frame: Frame) -> Reading | None:
    """The badge beside the order's number: that this is a Trade Assurance order."""
    tags = frame.soup.find_all(class_=_ORDER_BADGE, limit=20)
    own = next((tag for tag in tags if is_lit(tag) and not _of_supplier(tag) and not in_other_card(frame, tag)), None)
    return Reading(True, frame.place(own)) if own is not None else None


def _of_supplier(tag: Tag) -> bool:
    """Whether a tag stands in the supplier's block: the badge there is the supplier's, not the order's."""
    return any("supplier" in str(parent.get("data-module-name", "")).lower() for parent in tag.parents)
