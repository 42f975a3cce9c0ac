"""The list of orders: each order's component that the page is told (`pc_om_list_order`), then its rows as they are drawn."""

from __future__ import annotations

import re

from bs4 import Tag

from collector.reading.markup import Frame
from collector.reading.readings import Node
from collector.reading.texts import text_of
from collector.site import ListedOrder
from collector.sites.aliexpress.addresses import order_address

ROW = ".order-item"

_NUMBER = re.compile(r"(?<![0-9])[0-9]{12,20}(?![0-9])")


def listed_data(frame: Frame) -> Node:
    """The first order that the page is told of."""
    return next(iter(_told(frame)), frame.root(""))


def orders_of(frame: Frame) -> tuple[ListedOrder, ...]:
    """The orders that the list shows, in its order."""
    told = tuple(_from_data(node) for node in _told(frame))
    return told or tuple(row for tag in frame.soup.select(ROW) if (row := _drawn(tag)) is not None)


def orders_listed(frame: Frame) -> set[str]:
    """Their numbers."""
    return {order.order for order in orders_of(frame)}


def _told(frame: Frame) -> list[Node]:
    nodes = (node for node in frame.having({"tag", "fields"}, 2) if node["tag"].text == "pc_om_list_order")
    return [node["fields"] for node in nodes if node["fields"]["orderId"].text]


def _from_data(order: Node) -> ListedOrder:
    number, said = order["orderId"].text, (order[key].text for key in ("statusText", "storeName", "totalPriceText"))
    status, store, total = said
    return ListedOrder(number, order_address(number), status, store, total, "")


def _drawn(row: Tag) -> ListedOrder | None:
    head = row.select_one(".order-item-header-right-info")
    number = _NUMBER.search(text_of(head)) if head is not None else None
    if number is None:
        return None
    parts = (".order-item-header-status-text", ".order-item-store-name", ".order-item-content-opt-price-total")
    status, store, total = (text_of(tag) if (tag := row.select_one(part)) is not None else "" for part in parts)
    return ListedOrder(number[0], order_address(number[0]), status, store, re.sub(r"^Total:\s*", "", total), "")
