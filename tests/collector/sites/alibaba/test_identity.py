"""A page is the one that was wanted only where its own bytes say so; another order's page never is."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from collector.model import Target
from fixtures.marketplace.scenarios import SCENARIOS
from tests.collector.sites.alibaba.stored import ALIBABA, address, days_with, market, market_page, stored, without_scripts

STORY = SCENARIOS["led-fans"]
OTHER = "199999999999999999"
EXPECTS = {
    "order": {"order": STORY.order.id},
    "dispute": {"order": STORY.order.id, "dispute": STORY.dispute.id if STORY.dispute else ""},
    "supplier": {"supplier": STORY.supplier.company},
    "thread": {"supplier": STORY.supplier.company},
    "product": {"product": STORY.product.id},
}


def target(kind: str, url: str = "", **expects: str) -> Target:
    return Target("t1", STORY.order.id, kind, url or address(kind), expects=expects)


@pytest.mark.parametrize("kind", EXPECTS)
def test_the_right_page_is_recognised_on_every_day(kind: str) -> None:
    for page in (market_page(kind, day) for day in days_with(kind)):
        assert ALIBABA.identity(page, target(kind, **EXPECTS[kind])).ok is True
        assert ALIBABA.identity(page, target(kind)).ok is True


@pytest.mark.parametrize("kind", ["order", "dispute", "supplier", "thread"])
def test_the_right_page_is_recognised_without_its_data_too(kind: str) -> None:
    body = without_scripts(market(kind, days_with(kind)[-1]))
    assert ALIBABA.identity(stored(body, address(kind)), target(kind, **EXPECTS[kind])).ok is True


@pytest.mark.parametrize(
    ("kind", "expects"),
    [
        ("order", {"order": OTHER}),
        ("dispute", {"order": OTHER}),
        ("dispute", {"order": STORY.order.id, "dispute": "60000000000001"}),
        ("supplier", {"supplier": "Ningbo Otherfan Co., Ltd."}),
        ("supplier", {"supplier": "otherfan"}),
        ("thread", {"supplier": "Ningbo Otherfan Co., Ltd."}),
        ("product", {"product": "1600000000001"}),
    ],
)
def test_anothers_page_is_never_the_right_one(kind: str, expects: dict[str, str]) -> None:
    body = market(kind, days_with(kind)[-1])
    for page in (body, without_scripts(body)):
        assert ALIBABA.identity(stored(page, address(kind)), target(kind, **expects)).ok is not True
    assert ALIBABA.identity(stored(body, address(kind)), target(kind, **expects)).ok is False


def test_the_address_alone_proves_nothing() -> None:
    wrong = market("order", 0).replace(STORY.order.id.encode(), OTHER.encode())
    assert ALIBABA.identity(stored(wrong, address("order")), target("order", order=STORY.order.id)).ok is False
    silent = stored("<h1>Order details</h1>", address("order"))
    assert ALIBABA.identity(silent, target("order", order=STORY.order.id)).ok is None


def filled(rest: str = "") -> str:
    return (
        f"<title>Order details</title><div class='order-detail'><dl><dt>Order status</dt><dd>Shipped</dd></dl>{rest}</div>"
    )


@pytest.mark.parametrize("rest", ["", f"<h1>Order {STORY.order.id}</h1>", f"<p>Order number: {STORY.order.id}</p>"])
def test_an_order_page_is_the_right_one_by_its_address_or_its_text(rest: str) -> None:
    wanted = target("order", order=STORY.order.id)
    found = ALIBABA.identity(stored(filled(rest), address("order")), wanted)
    assert found.ok is True
    assert ("shows no order number" in found.lacks) is (not rest)
    nameless = ALIBABA.identity(stored(filled(rest), "https://biz.alibaba.com/ta/detail.htm"), wanted)
    assert nameless.ok is (True if rest else None)


@pytest.mark.parametrize("rest", ["", f"<h1>Order {STORY.order.id}</h1>", f"<p>Order number: {STORY.order.id}</p>"])
def test_an_order_page_is_not_the_right_one_where_address_or_text_says_otherwise(rest: str) -> None:
    wanted, elsewhere = target("order", order=STORY.order.id), f"https://biz.alibaba.com/ta/detail.htm?orderId={OTHER}"
    assert ALIBABA.identity(stored(filled(rest), elsewhere), wanted).ok is False
    other = filled(rest.replace(STORY.order.id, OTHER) or f"<h1>Order no. {OTHER}</h1>")
    assert ALIBABA.identity(stored(other, address("order")), wanted).ok is False


def test_a_page_that_shows_two_order_numbers_is_not_the_right_one() -> None:
    soup = BeautifulSoup(market("order", 0), "lxml")
    for tag in soup.select(".order-number"):
        tag.string = OTHER
    assert ALIBABA.identity(stored(str(soup), address("order")), target("order", order=STORY.order.id)).ok is False


def test_an_order_number_in_a_message_or_advertisement_proves_nothing() -> None:
    page = stored(f"<p>We shipped order {STORY.order.id} today</p>", address("order"))
    assert ALIBABA.identity(page, target("order", order=STORY.order.id)).ok is None


def test_a_supplier_is_the_same_by_sub_domain_or_by_name_however_it_is_written() -> None:
    page = market_page("supplier", 0)
    for name in (STORY.supplier.sub, STORY.supplier.company.upper().replace(",", ""), STORY.supplier.company + " "):
        assert ALIBABA.identity(page, target("supplier", supplier=name)).ok is True


def test_a_sub_domain_says_nothing_of_a_conversation() -> None:
    assert ALIBABA.identity(market_page("thread", 0), target("thread", supplier=STORY.supplier.sub)).ok is None


def test_the_order_leads_to_the_pages_that_belong_to_it() -> None:
    last = days_with("order")[-1]
    found = ALIBABA.discover(market_page("order", last))
    wanted = {kind: address(kind) for kind in ("supplier", "product", "thread", "dispute")}
    assert found == wanted
    assert ALIBABA.discover(stored(without_scripts(market("order", last)), address("order"))) == wanted
    assert "dispute" not in ALIBABA.discover(market_page("order", 0))
