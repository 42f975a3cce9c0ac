"""Walls, challenges and errors are told from pages by address, status and markup; never by words that good pages carry."""

from __future__ import annotations

import pytest

from fixtures.marketplace.scenarios import barriers
from tests.collector.sites.alibaba.stored import (
    ALIBABA,
    KINDS,
    address,
    days_with,
    facts,
    market,
    market_page,
    real_address,
    stored,
)

ANSWERS = {"consent": "consent", "region": "region", "no_order": "not_found", "maintenance": "maintenance"}
WORDS = (
    "Not available in your region. Choose your country. Order not found. The order does not exist. No permission. Cookies, "
    "consent, agreement. Sign in. Security verification, captcha, AWSC, baxia, punish-component, page not found, 404, "
    "Service busy, maintenance."
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_page_is_of_its_addresss_kind(kind: str) -> None:
    for day in days_with(kind):
        seen = ALIBABA.recognise(market_page(kind, day))
        assert (seen.kind, seen.barrier) == (kind, "")


@pytest.mark.parametrize("kind", KINDS)
def test_words_and_protection_scripts_on_a_good_page_make_no_barrier(kind: str) -> None:
    body = market(kind, days_with(kind)[-1])
    scripts = (
        b'<script src="//g.alicdn.com/AWSC/AWSC/awsc.js"></script><script>window._config_ = {"x5sec": 1}; // baxia</script>'
    )
    body = body.replace(b"</body>", scripts + f"<p>{WORDS}</p><a href='#'>Sign in</a></body>".encode())
    assert ALIBABA.recognise(stored(body, address(kind))).barrier == ""


@pytest.mark.parametrize(("name", "status"), [("not_found", 404), ("login", 200), ("challenge", 200), ("error", 500)])
def test_each_barrier_is_known_by_its_answer(name: str, status: int) -> None:
    page = stored(market(name, 0, settled=False), real_address(barriers()[name]), status)
    assert ALIBABA.recognise(page).barrier == name


@pytest.mark.parametrize("name", ["not_found", "login", "challenge", "error"])
def test_each_barrier_is_known_when_it_stands_at_the_orders_own_address_with_status_200(name: str) -> None:
    assert ALIBABA.recognise(stored(market(name, 0, settled=False), address("order"))).barrier == name


@pytest.mark.parametrize("name", ANSWERS)
def test_what_the_site_says_in_place_of_the_page_is_known_at_the_orders_own_address(name: str) -> None:
    seen = ALIBABA.recognise(stored(market(name, 0, settled=False), address("order")))
    assert (seen.barrier, bool(seen.why)) == (ANSWERS[name], True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ['<form action="/gdpr/accept">', '<form action="/region/set">', '<div id="consent-page">'])
def test_a_banner_over_a_good_page_is_no_barrier(kind: str, form: str) -> None:
    body = market(kind, days_with(kind)[-1]).replace(b"</body>", f"{form}We use cookies</body>".encode())
    assert ALIBABA.recognise(stored(body, address(kind))).barrier == ""


def test_a_banner_on_another_sites_page_is_no_barrier() -> None:
    body = '<title>Track a parcel</title><form action="/consent">Cookies</form><p>Delivered</p>'
    assert ALIBABA.recognise(stored(body, "https://carrier.example/track?n=1")).barrier == ""


@pytest.mark.parametrize(
    "heading",
    [
        "Order not found", "The order does not exist", "Sorry, you do not have permission to view this order",
        "This order can't be found", "订单不存在", "您无权查看", "El pedido no existe",
    ],
)  # fmt: skip
def test_an_order_that_the_site_does_not_show_is_not_found(heading: str) -> None:
    page = stored(f"<title>Order details</title><main><h1>{heading}</h1></main>", address("order"))
    assert ALIBABA.recognise(page).barrier == "not_found"


def test_a_page_refused_for_legal_reasons_is_the_regions_wall() -> None:
    assert ALIBABA.recognise(stored("<h1>Unavailable</h1>", address("order"), 451)).barrier == "region"


def test_a_challenge_laid_over_a_page_is_seen() -> None:
    over = b'<iframe src="https://www.alibaba.com//_____tmd_____/punish?x5secdata=a"></iframe></body>'
    body = market("order", 0).replace(b"</body>", over)
    assert ALIBABA.recognise(stored(body, address("order"))).barrier == "challenge"


@pytest.mark.parametrize(
    ("status", "barrier"), [(401, "login"), (403, "error"), (410, "not_found"), (429, "error"), (502, "error")]
)
def test_a_status_decides_whatever_the_page_says(status: int, barrier: str) -> None:
    assert ALIBABA.recognise(stored(market("order", 0), address("order"), status)).barrier == barrier


def test_maintenance_is_told_from_failure() -> None:
    page = stored("<title>Scheduled maintenance</title><p>We are under maintenance</p>", address("order"), 503)
    assert ALIBABA.recognise(page).barrier == "maintenance"


@pytest.mark.parametrize("body", ["", "<html><body></body></html>", "<h1>Something quite different</h1><p>Text</p>"])
def test_an_unknown_layout_is_no_page_of_a_kind(body: str) -> None:
    for kind in KINDS:
        seen = ALIBABA.recognise(stored(body, address(kind)))
        assert (seen.kind, seen.barrier) == ("", "")
        assert seen.why


def test_a_page_stored_without_documents_is_not_recognised() -> None:
    page = stored("", address("order"))
    assert ALIBABA.recognise(type(page)(page.url, 200, (), "", page.seen_at)).kind == ""


@pytest.mark.parametrize(
    "page",
    [
        "<title>404</title><h1>Sorry, page not found</h1>",
        "<h1>Sorry, this product is no longer available</h1>",
        "<title>Sign in</title><h1>Sign in to Alibaba.com</h1><form><input type=password></form>",
        "<div id='nc-container'><h1>Please slide to verify</h1></div>",
        "<title>Service busy</title><h1>Service busy</h1>",
        "<h1>Lo sentimos, la página no existe</h1>",
        "<h1>The leading B2B ecommerce platform for global trade</h1>" + "<p>Source from anywhere</p>" * 300,
    ],
)
def test_the_heading_of_a_page_that_stands_in_place_of_a_product_is_no_products_name(page: str) -> None:
    for fact in facts("product", stored(page, address("product"))).values():
        assert (fact.state, fact.value) == ("unreadable", None), fact
