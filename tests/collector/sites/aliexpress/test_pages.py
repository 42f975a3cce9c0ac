"""What the readers of AliExpress find on the pages of the stand-in, with and without the data that a page is told."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from collector.canonical import sha256
from collector.model import Target
from collector.site import Document, StoredPage
from collector.sites.aliexpress import AliExpress
from fixtures.aliexpress import pages
from fixtures.aliexpress.market import CHALLENGE, SIGN_IN
from fixtures.aliexpress.story import DIGEST, DISPUTE, ORDER, PARCEL, PRODUCT, STORE, STORE_NUMBER, TITLE, Story

SITE = AliExpress()
STORY = Story(date(2026, 11, 28))
ADDRESSES = {
    "order": f"https://www.aliexpress.com/p/order/detail.html?orderId={ORDER}",
    "order_list": "https://www.aliexpress.com/p/order/index.html",
    "tracking": f"https://www.aliexpress.com/p/tracking/index.html?tradeOrderId={ORDER}",
    "dispute": f"https://trade.aliexpress.com/issue/fastissue/Detail.htm?reverseOrderLineId={DISPUTE}",
    "product": f"https://www.aliexpress.com/item/{PRODUCT}.html",
    "supplier": f"https://www.aliexpress.com/store/{STORE_NUMBER}",
    "thread": f"https://msg.aliexpress.com/msgDetail.htm?digest={DIGEST}",
}
# The order page as it draws itself once it was told its data.
DRAWN = f"""<div class="order-block-title">Awaiting delivery</div>
<div class="order-detail-info">
<div class="info-row"><span data-pl="order_detail_gray_id">Order ID:</span> <span>{ORDER}</span></div>
<div class="info-row"><span>Paid on:</span> <span>Oct 29, 2026</span></div>
<div class="info-row"><span>Shipment completed on:</span> <span>Nov 1, 2026</span></div></div>
<div class="order-detail-item-store"><a href="/store/{STORE_NUMBER}"><span class="store-name">{STORE}</span></a></div>
<div class="order-detail-item-content"><div class="item-title"><a href="/item/{PRODUCT}.html">{TITLE}</a></div>
<div class="item-price">US $10.50 x4</div></div>
<div class="order-price"><span class="rightPriceClass">US $46.80</span></div>
<div class="order-services"><h2>Service Commitment</h2>Refund if no delivery before Dec 13, 2026</div>"""


def stored(kind: str, html: bytes | None = None, told: Any = None, url: str = "") -> StoredPage:
    body = html if html is not None else pages.PAGES[_where(kind)](STORY)
    line = json.dumps(told).encode() if told else b""
    heard = (Document(1, sha256(line), line),) if line else ()
    document = Document(0, sha256(body), body)
    return StoredPage(
        url or ADDRESSES[kind], 200, (document,), "", datetime(2026, 11, 28, 12, tzinfo=UTC), "S-1", told=heard
    )


def _where(kind: str) -> tuple[str, str]:
    host, _, path = ADDRESSES[kind].removeprefix("https://").partition("/")
    return host.partition(".")[0], f"/{path.partition('?')[0]}"


def read(kind: str, page: StoredPage) -> dict[str, Any]:
    return {fact.name: fact.value for fact in SITE.read(kind, page) if fact.state == "read"}


@pytest.mark.parametrize("kind", ADDRESSES)
def test_each_page_is_known_by_its_address_and_layout(kind: str) -> None:
    told = pages.order_detail(STORY) if kind == "order" else pages.tracking_detail(STORY) if kind == "tracking" else None
    page = stored(kind, told=told)
    assert SITE.kind_of(ADDRESSES[kind]) == kind
    assert SITE.canonical(ADDRESSES[kind] + ("&" if "?" in ADDRESSES[kind] else "?") + "spm=a2g0o.1") == ADDRESSES[kind]
    assert (SITE.recognise(page).kind, SITE.recognise(page).barrier) == (kind, "")


@pytest.mark.parametrize(
    "page", [stored("order", told=pages.order_detail(STORY)), stored("order", DRAWN.encode())], ids=["told", "drawn"]
)
def test_an_order_is_read_from_what_its_page_was_told_and_from_what_it_draws(page: StoredPage) -> None:
    facts = read("order", page)
    assert facts["order.number"] == ORDER
    assert facts["order.status"] == "Awaiting delivery"
    assert facts["order.total"] == facts["order.paid"]
    assert str(facts["order.total"]) == "USD 46.80"
    assert facts["order.shipped_at"] == "2026-11-01"
    assert facts["order.deliver_by"] == "2026-12-13"
    assert facts["order.supplier"] == STORE
    assert facts["order.trade_assurance"] is True
    assert [(item["name"], item["quantity"]) for item in facts["order.items"]] == [(TITLE, 4)]
    assert facts["order.payments"][0]["paid_at"] == "2026-10-29"


def test_a_page_that_says_another_order_is_not_the_one_that_was_wanted() -> None:
    other = stored("order", DRAWN.replace(ORDER, "8199000033334444").encode())
    target = Target("order", ORDER, "order", ADDRESSES["order"], "", {"order": ORDER}, "aliexpress")
    assert SITE.identity(other, target).ok is False
    assert SITE.identity(stored("order", DRAWN.encode()), target).ok is True


def test_a_dispute_is_read_under_its_labels_and_silence_is_no_answer() -> None:
    facts = {fact.name: fact for fact in SITE.read("dispute", stored("dispute"))}
    assert facts["dispute.id"].value == DISPUTE
    assert facts["dispute.order"].value == ORDER
    assert facts["dispute.status"].value == "Waiting for seller to respond"
    assert facts["dispute.deadline"].value.text == "Dec 3, 2026 23:59 PST"
    assert facts["dispute.supplier_answer"].state == "not_shown"


def test_a_parcel_is_delivered_when_the_carrier_says_so_and_the_orders_own_steps_are_no_scans() -> None:
    facts = read("tracking", stored("tracking", told=pages.tracking_detail(STORY)))
    assert facts["tracking.number"] == PARCEL
    assert facts["tracking.first_scan"].earliest == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert facts["tracking.delivered_at"].earliest == datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_product_and_store_say_what_is_sold_by_whom_and_how_it_is_rated() -> None:
    product, store = read("product", stored("product")), read("supplier", stored("supplier"))
    assert product["product.title"] == TITLE
    assert str(product["product.price_tiers"][0]["price"]) == "USD 10.50"
    assert product["product.badge"] is True
    assert product["supplier.name"] == store["supplier.name"] == STORE
    assert (store["supplier.country"], store["supplier.years"], store["supplier.rating"]) == ("China", 5, "96.3%")


def test_a_conversation_is_read_from_its_start_with_whom_and_who_said_what() -> None:
    facts = read("thread", stored("thread"))
    assert facts["thread.with"] == STORE
    assert [message["from"] for message in facts["thread.messages"]] == ["buyer", "supplier", "buyer"]
    assert facts["thread.complete"] is True


def test_a_list_of_orders_names_each_and_its_page() -> None:
    (order,) = SITE.listed(stored("order_list"))
    assert (order.order, order.status, order.supplier, order.total) == (ORDER, "Awaiting delivery", STORE, "US $46.80")
    assert order.url == ADDRESSES["order"]


def test_an_order_page_leads_to_its_store_goods_conversation_and_dispute() -> None:
    found = SITE.discover(stored("order", told=pages.order_detail(STORY)))
    assert found.keys() == {"supplier", "product", "thread", "dispute"}
    assert found["product"] == ADDRESSES["product"]


@pytest.mark.parametrize(
    ("html", "url", "barrier"),
    [
        (SIGN_IN, ADDRESSES["order"], "login"),
        (SIGN_IN, "https://login.aliexpress.com/?return_url=x", "login"),
        (CHALLENGE, ADDRESSES["order"], "challenge"),
        (b"<h1>Sorry, the page you requested can not be found</h1>", ADDRESSES["order"], ""),
        (b"<h1>This order does not exist</h1>", ADDRESSES["order"], "not_found"),
    ],
)
def test_a_wall_is_told_from_the_page_that_it_stands_before(html: bytes, url: str, barrier: str) -> None:
    assert SITE.recognise(stored("order", html, url=url)).barrier == barrier


@pytest.mark.parametrize("html", [CHALLENGE, b"<h1>A page in a layout of next year</h1>"])
def test_of_a_wall_or_an_unknown_layout_nothing_is_said_not_to_be_shown(html: bytes) -> None:
    for kind in ("product", "supplier", "order", "thread"):
        assert {fact.state for fact in SITE.read(kind, stored(kind, html))} == {"unreadable"}
