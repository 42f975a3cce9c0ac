"""The kinds of pages of alibaba.com, one row each: how such a page is known, which one it says it is, and who reads it.

What a kind means to a case stands in `collector.kinds`, and how its address looks in `addresses`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from collector.model import Fact
from collector.reading.markup import Frame
from collector.reading.readings import Node
from collector.sites.alibaba import addresses, stated
from collector.sites.alibaba.conversation import CONTACT, contacts_data
from collector.sites.alibaba.dispute import dispute_data, read_dispute
from collector.sites.alibaba.drawn import MESSENGER
from collector.sites.alibaba.lists import (
    companies_listed,
    contacts_listed,
    disputes_listed,
    listed_disputes,
    listed_orders,
    orders_listed,
)
from collector.sites.alibaba.order import read_order
from collector.sites.alibaba.order_data import any_order
from collector.sites.alibaba.product import goods_data, read_product
from collector.sites.alibaba.search import offer_list, read_search
from collector.sites.alibaba.supplier import read_supplier, shop_data
from collector.sites.alibaba.thread import contact_ids, messages_data, read_thread
from collector.sites.alibaba.tracking import read_tracking, tracking_data


@dataclass(frozen=True, slots=True)
class Page:
    """A kind of page as the site makes it.

    `data`, `modules` (names of module blocks) and `parts` (a selector) are what only such a page has: any one is enough. By
    them it is known without its address, unless `by_content` is False; a page about an order also carries parts of what it
    is about, and the first row that fits is what it is. `stands`: its words stand from look to look; not those of lists and
    searches, nor of a conversation, of which the messages are compared. `stated`: what it says it is about (order,
    dispute, product, supplier, contact), and where from. `many`: a list, which names many of them. `door`: the one address
    where it always is.
    """

    kind: str
    read: Callable[[Frame], tuple[Fact, ...]] | None = None
    data: Callable[[Frame], Node] | None = None
    modules: tuple[str, ...] = ()
    parts: str = ""
    by_content: bool = True
    stands: bool = True
    stated: Mapping[str, Callable[[Frame], set[str]]] = field(default_factory=dict)
    many: bool = False
    door: str = ""

    @property
    def about_one(self) -> bool:
        """Whether it is about one thing: a list or a search links to many, and none of them is its own."""
        return bool(self.stated) and not self.many


PAGES: tuple[Page, ...] = (
    Page(
        "order_list", data=listed_orders, modules=("orderList",), parts=".order-item, .order-list",
        stated={"order": orders_listed}, many=True, stands=False, door=addresses.ORDER_LIST,
    ),
    Page(
        "dispute_list", data=listed_disputes, modules=("disputeList",), parts=".dispute-row, .dispute-list",
        stated={"order": orders_listed, "dispute": disputes_listed}, many=True, stands=False,
    ),
    Page(
        "product", read_product, goods_data,
        ("module_title", "module_price", "module_attribute", "module_unifed_company_card", "module_product_title"),
        ".ma-title, .product-title, .detail-box, [itemtype*='schema.org/Product']",
        stated={"product": stated.products},
    ),
    Page(
        "order", read_order, any_order, ("orderStatus", "orderProducts", "orderPayment", "module_order_status"),
        ".order-number, .order-detail, #order-detail",
        stated={"order": stated.orders},
    ),
    Page(
        "dispute", read_dispute, dispute_data, ("disputeStatus", "disputeDetail", "refundProcess", "operationRecord"),
        ".dispute-id, .refund-process, .dispute-status",
        stated={"order": stated.disputed_orders, "dispute": stated.applications},
    ),
    Page(
        "tracking", read_tracking, tracking_data, ("logisticsTracking", "logisticsSummary", "module_logistics"),
        ".tracking-event, .tracking-none, .tracking-number",
        stated={"order": stated.tracked_orders},
    ),
    Page(
        "thread", read_thread, messages_data, parts=f"{MESSENGER.message}, {CONTACT}",
        stated={"supplier": stated.companies, "contact": contact_ids}, stands=False, door=addresses.MESSENGER,
    ),
    Page(
        "conversations", data=contacts_data, parts=CONTACT,
        stated={"supplier": companies_listed, "contact": contacts_listed}, many=True, stands=False,
    ),
    Page(
        "supplier", read_supplier, shop_data,
        ("supplierPerformance", "factoryCapability", "certifications", "tradeCapacityMarkets", "supplierActionBar"),
        ".company-name, .company-profile, .company-basicInfo, [module-name*=company]",
        stated={"supplier": stated.shops},
    ),
    # Cards of goods stand on many pages, and so does the name of the account.
    Page(
        "search", read_search, offer_list,
        parts="[data-ctrdot], .organic-list, .m-gallery-product-item-v2, .item-content, .search-card-info__wrapper",
        by_content=False, stands=False, door=addresses.SEARCH,
    ),
    Page(
        "account", modules=("accountMember", "accountCounts", "accountActions"), parts=".member-name, .member-id",
        by_content=False, stands=False,
    ),
)  # fmt: skip


def page_of(kind: str) -> Page:
    """The row of that kind; one without marks where it is not known."""
    return next((page for page in PAGES if page.kind == kind), Page(kind))
