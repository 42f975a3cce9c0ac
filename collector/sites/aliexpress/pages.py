"""The kinds of pages of aliexpress.com, one row each: how such a page is known, which one it says it is, who reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from collector.model import Fact
from collector.reading.markup import Frame
from collector.reading.readings import Node, Reading
from collector.sites.aliexpress import addresses, dispute, goods, order, thread
from collector.sites.aliexpress.order_list import ROW, listed_data, orders_listed
from collector.sites.aliexpress.tracking import read_tracking, tracking_data

Stated = Mapping[str, Callable[[Frame], set[str]]]


@dataclass(frozen=True, slots=True)
class PageRow:
    """A kind of page: who reads it, the data and parts (a selector) that only such a page has, what it says it is about.

    `many`: a list. `stands`: its words stand from look to look. `door`: the one address where it always is.
    """

    kind: str
    read: Callable[[Frame], tuple[Fact, ...]] | None = None
    data: Callable[[Frame], Node] | None = None
    parts: str = ""
    stated: Stated = field(default_factory=dict)
    many: bool = False
    stands: bool = True
    door: str = ""


def _said(*readings: Reading | None) -> set[str]:
    """What readings give; one that quotes several numbers counts as all of them."""
    found: set[str] = set()
    for reading in readings:
        if reading is not None:
            found |= {str(reading.value)} if reading.value else set(re.findall(r"[0-9]{6,24}", reading.place.quote))
    return found


PAGES: tuple[PageRow, ...] = (
    PageRow(
        "order_list", None, listed_data, ROW, {"order": orders_listed}, many=True, stands=False, door=addresses.ORDER_LIST
    ),
    PageRow(
        "order", order.read_order, order.order_data, ".order-detail-info, .order-detail-item, .order-block-title",
        {"order": lambda frame: _said(*order.numbers(frame))},
    ),
    PageRow(
        "dispute", dispute.read_dispute, None, ".dispute-status, .issue-status, .dispute-detail, .issue-detail",
        {
            "order": lambda frame: _said(*dispute.disputed_orders(frame)),
            "dispute": lambda frame: _said(*dispute.applications(frame)),
        },
    ),
    PageRow("tracking", read_tracking, tracking_data, "[class*=logistic-info]"),
    PageRow(
        "product", goods.read_product, goods.goods_data, "[data-pl=product-title], .product-title",
        {"product": goods.product_ids},
    ),
    PageRow(
        "supplier", goods.read_store, None, "[class*=store-header], [data-pl=store-name], .shop-name",
        {"supplier": goods.store_names},
    ),
    PageRow(
        "thread", thread.read_thread, None, f"{thread.MESSENGER.message}, .message-view",
        {"supplier": lambda frame: _said(*thread.partners(frame))}, stands=False,
    ),
    PageRow("conversations", None, None, thread.CONTACTS, many=True, stands=False, door=addresses.MESSAGES),
    PageRow("dispute_list", None, None, ".issue-list", many=True, stands=False),
    PageRow("search", None, None, "[class*=search-item-card]", stands=False, door=addresses.SEARCH),
    PageRow("account", None, None, "[class*=my-account]", stands=False),
)  # fmt: skip


def page_of(kind: str) -> PageRow:
    """The row of that kind; one without marks where it is not known."""
    return next((page for page in PAGES if page.kind == kind), PageRow(kind))
