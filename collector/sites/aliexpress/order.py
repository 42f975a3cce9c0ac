"""Order pages: the components that the page is told (`mtop.aliexpress.trade.buyer.order.detail`), then its own markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bs4 import Tag

from collector.model import Fact, Money
from collector.reading.leaves import count_in, moment_in, money_in, text_in
from collector.reading.markup import Frame
from collector.reading.money import read_money
from collector.reading.readings import Node, Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text, text_of
from collector.reading.times import moment, read_day
from collector.sites.aliexpress.labels import ORDER
from collector.sites.aliexpress.tracking import tracking_facts

READER = "aliexpress.order/1"

_NUMBER = re.compile(r"[0-9]{12,20}")
_PROMISED = re.compile(r"refund if no delivery before\s+([A-Za-z]{3,9}\.? [0-9]{1,2}, [0-9]{4})", re.IGNORECASE)
_COVERED = re.compile(r"\brefund if\b|\bbuyer protection\b", re.IGNORECASE)


def component(frame: Frame, tag: str) -> Node:
    """The fields of the page's component of that tag; a node holding None where it was told none."""
    held = (node for node in frame.having({"tag", "fields"}, 2) if node["tag"].text == tag)
    return next((node["fields"] for node in held), frame.root("")["fields"])


def order_data(frame: Frame) -> Node:
    """The component that states the order's number and days."""
    return component(frame, "detail_simple_order_info_component")


def read_order(frame: Frame) -> tuple[Fact, ...]:
    """Every order fact that such a page has a place for, and tracking where it shows it."""
    scribe, info = Scribe(frame, READER, thorough=False), order_data(frame)
    status, price = component(frame, "detail_order_status_block"), component(frame, "detail_order_price_block")
    goods, services = component(frame, "detail_product_block"), component(frame, "detail_order_services")
    total = money_in(price["totalPrice"]["value"], price["totalPrice"]["currencyCode"].text)
    shown_total = _last(frame, ".rightPriceClass", read_money) or _label(frame, "order.total", read_money)
    paid_at = moment_in(info["payTime"]) or _label(frame, "paid", moment)
    terms = _terms(services)
    return (
        scribe.fact("order.number", *numbers(frame)),
        scribe.fact(
            "order.status", text_in(status["title"]), _first(frame, ".order-block-title, .order-status-content", as_text)
        ),
        scribe.fact("order.total", total, shown_total),
        scribe.fact("order.paid", _paid(total or shown_total, paid_at)),
        scribe.fact("order.payments", _payments(frame, info, total or shown_total, paid_at)),
        scribe.fact("order.items", _items(goods), _items_shown(frame)),
        scribe.fact("order.ship_by"),
        scribe.fact("order.ship_terms"),
        scribe.fact("order.shipped_at", moment_in(info["orderShipTime"]), _label(frame, "order.shipped_at", moment)),
        scribe.fact("order.received_at"),
        scribe.fact("order.deliver_by", _promised(services), _promised_in_text(frame)),
        scribe.fact("order.supplier", text_in(goods["sellerVO"]["sellerName"]), _first(frame, ".store-name", as_text)),
        scribe.fact("order.terms", terms),
        scribe.fact("order.trade_assurance", _covered(terms), _covered_shown(frame)),
        *tracking_facts(scribe, frame),
    )


def numbers(frame: Frame) -> tuple[Reading | None, ...]:
    """The order's number as the data and as the page's own label give it."""
    stated = order_data(frame)["tradeOrderId"], component(frame, "detail_order_status_block")["orderId"]
    return *(node.read(_number) for node in stated), _label(frame, "order.number", _number)


def _number(text: str) -> str | None:
    found = set(_NUMBER.findall(text))
    return found.pop() if len(found) == 1 else None


def _label(frame: Frame, name: str, parse: Callable[[str], Any]) -> Reading | None:
    return frame.labelled(ORDER[name], parse, but_not=_of_recommended)


def _of_recommended(tag: Tag) -> bool:
    return tag.find_parent(class_=re.compile(r"recommend|more-to-love")) is not None


def _first(frame: Frame, selector: str, parse: Callable[[str], Any]) -> Reading | None:
    return frame.read(frame.soup.select_one(selector), parse)


def _last(frame: Frame, selector: str, parse: Callable[[str], Any]) -> Reading | None:
    found = frame.soup.select(selector)
    return frame.read(found[-1], parse) if found else None


def _paid(total: Reading | None, paid_at: Reading | None) -> Reading | None:
    """The whole total, once the page prints when it was paid: the site takes an order's price at once."""
    return total if paid_at is not None and paid_at.value and total is not None and total.value else None


def _payments(frame: Frame, info: Node, total: Reading | None, paid_at: Reading | None) -> Reading | None:
    if total is None or not isinstance(total.value, Money) or paid_at is None or not paid_at.value:
        return None
    method = text_in(info["paymentMethod"]) or _label(frame, "method", as_text)
    entry = {
        "step": "payment", "amount": total.value, "method": method.value if method else None, "paid_at": paid_at.value,
        "received_at": None, "status": None,
    }  # fmt: skip
    return Reading((entry,), paid_at.place)


def _items(goods: Node) -> Reading | None:
    """The goods as the data list them; not understood where one has no name."""
    lines = list(goods["productVOList"].items())
    entries = tuple(
        {
            "name": line["itemTitle"].text, "quantity": _value(count_in(line["quantity"])), "unit": None,
            "unit_price": _value(money_in(line["itemPriceText"], line["currencyCode"].text)), "amount": None,
            "product_id": line["productId"].text,
            "attributes": tuple({"name": a["name"].text, "value": a["text"].text} for a in line["skuAttrs"].items()),
        }
        for line in lines
    )  # fmt: skip
    if not entries:
        return None
    return Reading(entries if all(entry["name"] for entry in entries) else None, goods["productVOList"].place())


def _value(reading: Reading | None) -> Any:
    return reading.value if reading is not None else None


def _items_shown(frame: Frame) -> Reading | None:
    """The goods as the page draws them: a title that links to the product, its price and "x2"."""
    found = frame.soup.select(".order-detail-item-content")
    entries = []
    for box in found:
        link = box.select_one(".item-title a, a[href*='/item/']")
        price = box.select_one(".item-price")
        words = text_of(price) if price is not None else ""
        quantity = re.search(r"x\s*([0-9]{1,6})\b", words)
        entries.append({
            "name": text_of(link) if link is not None else "", "quantity": int(quantity[1]) if quantity else None,
            "unit_price": read_money(words[: quantity.start()] if quantity else words),
            "product_id": frame.address(link).product if link is not None else "",
        })  # fmt: skip
    if not entries:
        return None
    return Reading(tuple(entries) if all(entry["name"] for entry in entries) else None, frame.place(found[0]))


def _terms(services: Node) -> Reading | None:
    """What the site promises for this order, by the name of each service."""
    said = {one["title"].text: one["content"].text for one in services["data"].items() if one["title"].text}
    return Reading(said, services["data"].place()) if said else None


def _covered(terms: Reading | None) -> Reading | None:
    words = " ".join(terms.value.values()) if terms is not None else ""
    return Reading(True, terms.place) if terms is not None and _COVERED.search(words) else None


def _covered_shown(frame: Frame) -> Reading | None:
    """Where the page itself says that something is refunded, or heads a block with the protection's name."""
    for tag in frame.soup.select(".order-services, .order-service, .service-commitment, .buyer-protection"):
        if _COVERED.search(text_of(tag)):
            return Reading(True, frame.place(tag))
    return None


def _promised(services: Node) -> Reading | None:
    held = (one["content"] for one in services["data"].items() if _PROMISED.search(one["content"].text))
    node = next(held, None)
    return Reading(_day(node.text), node.place()) if node is not None else None


def _promised_in_text(frame: Frame) -> Reading | None:
    text = next((text for text in frame.soup.find_all(string=_PROMISED) if len(text) <= 600), None)
    return Reading(_day(str(text)), frame.place(text.parent)) if text is not None and text.parent is not None else None


def _day(text: str) -> str | None:
    found = _PROMISED.search(text)
    return read_day(found[1].replace(".", "")) if found else None
