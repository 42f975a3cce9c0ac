"""Pages in the shapes that the site has had since 2018, small and made here, with neighbours whose values must not be taken.

Key and class names are those that public descriptions of the site's pages give; the firms and goods are invented.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest

from collector.model import Money
from tests.collector.sites.alibaba.shapes import (
    NAME,
    NEIGHBOUR_SHOP,
    OFFER,
    OLD,
    OTHER,
    PRODUCT,
    PROFILE_2018,
    SEARCH,
    SIGN,
    bare_product,
    card,
    detail,
    module_data,
    other_lamp,
    script,
    shop_2026,
    supplier,
    usd,
    values,
)
from tests.collector.sites.alibaba.stored import facts, stored

# Suppliers


def test_a_shop_of_2018_to_2023_is_read_from_the_data_in_its_modules_attributes() -> None:
    assert supplier(module_data("icbu-pc-shopSign", SIGN)) == {
        "name": NAME,
        "country": "CN",
        "years": 7,
        "badge": True,
        "limit": usd("42000"),
    }


def test_a_shop_says_in_wrappers_what_it_says_without() -> None:
    wrapped = {
        key: {"fieldName": key, "title": key, "value": value} for key, value in SIGN.items() if key != "companyBusinessType"
    }
    assert supplier(module_data("icbu-pc-shopSign", wrapped)) == supplier(module_data("icbu-pc-shopSign", SIGN))


@pytest.mark.parametrize(
    ("change", "limit", "badge"),
    [
        ({"baoAccountAmount": "0"}, "not_shown", True),
        ({"baoAccountAmount": None}, "not_shown", True),
        ({"baoAccountIsDisplayAmount": False}, "not_shown", True),
        ({"baoAccountIsDisplayAssurance": False, "baoAccountAmount": "0"}, "not_shown", False),
        ({"baoAccountAmount": "1.234"}, "unreadable", True),
    ],
)
def test_a_shops_limit_is_never_nought_and_its_badge_is_a_fact_of_its_own(change: Any, limit: Any, badge: Any) -> None:
    read = supplier(module_data("icbu-pc-shopSign", SIGN | change))
    assert (read["limit"], read["badge"]) == (limit, badge)


def test_a_shop_of_2026_is_read_from_its_modules_and_not_from_averages_beside_them() -> None:
    assert supplier(shop_2026()) == {
        "name": NAME,
        "country": "CN",
        "years": 7,
        "badge": "not_shown",
        "limit": "not_shown",
    }


def test_the_shops_data_counts_under_whatever_variable_and_in_whatever_nesting() -> None:
    page = shop_2026().replace("window.shopBizData", "self.__INITIAL_STATE__")
    assert supplier(page)["years"] == 7
    nested = {"props": {"page": {"companyName": NAME, "subDomain": "harbourlamps", "companyJoinYears": "7"}}}
    for body in (script("_PAGE_CONFIG_", nested), f"<script>App.start({json.dumps(nested)})</script>"):
        assert (supplier(body)["name"], supplier(body)["years"]) == (NAME, 7)


def test_another_shop_in_the_data_is_not_taken_for_this_one() -> None:
    page = script("window.a", {"hot": [NEIGHBOUR_SHOP | {"subDomain": "elsewhere"}, {**SIGN, "subDomain": "harbourlamps"}]})
    assert supplier(page)["name"] in {NAME, "not_shown", "unreadable"}
    page = shop_2026() + script("window.reco", {"offers": [{"tradeAssurance": "1", "tradeAssuranceLimit": "US $9,000"}]})
    assert (supplier(page)["badge"], supplier(page)["limit"]) == ("not_shown", "not_shown")


def test_a_profile_of_2018_without_scripts_is_read_from_labels_marks_and_the_tooltips_amount() -> None:
    read = {"name": NAME, "country": "China (Mainland)", "years": 7, "badge": True, "limit": usd("42000")}
    assert supplier(PROFILE_2018) == read


def test_neither_the_sites_own_head_nor_a_similar_supplier_gives_this_one_a_badge_or_a_limit() -> None:
    bare = PROFILE_2018.replace(' data-ta-price="42,000"', "").replace('<i class="ui2-icon ui2-icon-ta ico-ta"></i>', "", 1)
    read = supplier(bare)
    assert (read["badge"], read["limit"], read["years"]) == ("not_shown", "not_shown", 7)
    unnamed = bare.replace('class="similar-suppliers"', "")
    assert (supplier(unnamed)["badge"], supplier(unnamed)["limit"]) == ("not_shown", "not_shown")


@pytest.mark.parametrize(
    "words",
    [
        "<div class='about'><p>Trade Assurance limit: US $1,000,000</p></div>",
        "<table><tr><td>Trade Assurance limit</td><td>US $1,000,000</td></tr></table>",
        "<p>We are a Trade Assurance supplier with 10 years of OEM experience. Verified!</p>",
        "<p>Founded <b>12 years</b> ago, exporting for <b>8 years</b></p>",
    ],
)
def test_what_the_supplier_writes_of_itself_is_no_badge_no_limit_and_no_years(words: str) -> None:
    page = f"<body><div class='head'><h1 class='company-name'>{NAME}</h1></div>{words}</body>"
    read = supplier(page)
    assert read["badge"] == "not_shown"
    assert read["limit"] in {"not_shown", "unreadable"}
    assert read["years"] in {"not_shown", "unreadable"}


# Products


LADDER = ({"from": 50, "to": 499, "price": usd("3.5")}, {"from": 500, "to": None, "price": usd("3.1")})


def test_a_product_counts_under_whatever_variable_its_data_stands() -> None:
    data = detail()
    bodies = [
        script("window.detailData", data),
        script("var __INITIAL_DATA__", data),
        script("runParams", {"data": data}),
        script("window._PAGE_DATA_", data["globalData"]),
        f"<script type='application/json'>{json.dumps(data)}</script>",
        f"<script>window.a = JSON.parse(decodeURIComponent('{quote(json.dumps(data))}'));</script>",
        f"<script>var seen = {{}}; Page.init({json.dumps(data)});</script>",
        f"<script>require(['detail'], function(d) {{ d.render({json.dumps(data)}); }});</script>",
    ]
    for body in bodies:
        read = values("product", body, PRODUCT)
        assert (read["product.title"], read["product.price_tiers"], read["product.min_order"]) == ("Garden Lamp", LADDER, 50)
        assert (read["supplier.name"], read["supplier.country"], read["supplier.years"]) == (NAME, "CN", 7)
        assert read["supplier.badge"] is True


def test_a_range_in_the_buyers_currency_is_read_as_it_is_printed() -> None:
    spread = {"dollarPriceRangeLow": 3.26, "dollarPriceRangeHigh": 4.59, "priceRangeText": "₫87,059-122,577"}
    shown = '<div data-module-name="module_price"><span>₫87,059-122,577</span><span>Min. order: 50 pieces</span></div>'
    read = values("product", shown + script("window.detailData", detail(price={"productRangePrices": spread})), PRODUCT)
    (tier,) = read["product.price_tiers"]
    assert (tier["price"], tier["price_to"]) == (Money(Decimal(87059), "VND"), Money(Decimal(122577), "VND"))
    without_text = {key: spread[key] for key in ("dollarPriceRangeLow", "dollarPriceRangeHigh")}
    read = values(
        "product", shown + script("window.detailData", detail(price={"productRangePrices": without_text})), PRODUCT
    )
    assert read["product.price_tiers"][0]["price"].currency == "VND"


def test_a_lone_dollar_is_the_us_dollar_only_where_the_data_says_so() -> None:
    spread = {"dollarPriceRangeLow": 3.26, "dollarPriceRangeHigh": 4.59, "priceRangeText": "$3.26-4.59"}
    read = values("product", script("window.detailData", detail(price={"productRangePrices": spread})), PRODUCT)
    assert read["product.price_tiers"][0]["price"] == usd("3.26")
    other = spread | {"priceRangeText": "$4.90-6.90"}
    read = values("product", script("window.detailData", detail(price={"productRangePrices": other})), PRODUCT)
    assert read["product.price_tiers"] == "unreadable"


@pytest.mark.parametrize(
    ("head", "read"),
    [
        ("", False),
        ('<meta property="og:price:amount" content="3.26"><meta property="og:price:currency" content="USD">', True),
        ('<meta property="og:price:amount" content="2.11"><meta property="og:price:currency" content="USD">', False),
        ('<meta itemprop="priceCurrency" content="USD">', True),
        ('<meta itemprop="priceCurrency" content="USD"><meta itemprop="priceCurrency" content="CAD">', False),
    ],
)
def test_a_lone_dollar_without_data_needs_the_page_to_name_its_currency(head: str, read: bool) -> None:
    (tiers,) = [f for n, f in facts("product", stored(bare_product(head), PRODUCT)).items() if n == "product.price_tiers"]
    assert (tiers.state == "read") is read
    assert tiers.value is None or tiers.value[0]["price"] == usd("3.26")


def test_the_choice_of_language_and_currency_in_the_head_names_the_currency() -> None:
    chosen = bare_product(more="<label>English - USD</label>")
    assert values("product", chosen, PRODUCT)["product.price_tiers"][0]["price"] == usd("3.26")
    drawing = bare_product(more="<div>Drawing format - CAD</div>")
    assert values("product", drawing, PRODUCT)["product.price_tiers"] == "unreadable"


def test_a_price_that_is_struck_out_or_for_a_sample_or_for_freight_is_not_the_price() -> None:
    for price in (
        "<del>US $9.00</del> <span>US $3.26</span>",
        "<span class='price-original'>US $9.00</span><span>US $3.26</span>",
        "<div data-testid='sample'><span>Sample price:</span> <span>US $9.00</span></div><span>US $3.26</span>",
        "<span>US $3.26</span><div><span>Shipping total:</span><b>US $9.00</b></div>",
    ):
        (tier,) = values("product", bare_product(price=price), PRODUCT)["product.price_tiers"]
        assert tier["price"] == usd("3.26"), price


LINKED = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "BreadcrumbList", "itemListElement": []},
        {"@type": "Product", "name": "Garden Lamp", "offers": {"@type": "Offer", "price": "3.26", "priceCurrency": "USD"}},
    ],
}


def test_a_page_that_keeps_only_its_description_for_search_engines_gives_title_and_price_from_it() -> None:
    linked = f'<script type="application/ld+json">{json.dumps(LINKED)}</script>'
    read = values("product", f"<html><head>{linked}</head><body><p>x</p></body></html>", PRODUCT)
    assert read["product.title"] == "Garden Lamp"
    assert read["product.price_tiers"] == ({"from": None, "to": None, "price": usd("3.26")},)
    tags = '<meta property="og:title" content="Garden Lamp - Buy Lamp,Solar Lamp Product on Alibaba.com">'
    assert values("product", f"<html><head>{tags}</head></html>", PRODUCT)["product.title"] == "Garden Lamp"


def test_a_product_page_of_2019_is_read_from_its_blocks_and_not_from_the_cards_below() -> None:
    read = values("product", OLD, PRODUCT)
    assert read["product.title"] == "Garden Lamp"
    assert read["product.price_tiers"] == ({"from": None, "to": None, "price": usd("1.5"), "price_to": usd("3")},)
    assert read["product.min_order"] == 100
    assert read["product.attributes"] == ({"name": "Material", "value": "Steel"},)
    assert (read["supplier.name"], read["supplier.country"], read["supplier.years"]) == (NAME, "CN", 7)


def test_without_its_own_price_and_supplier_a_page_has_none_whatever_the_cards_below_say() -> None:
    start, end = OLD.index('<div class="ma-price-wrap">'), OLD.index('<div class="do-overview">')
    card = OLD.index('<div data-aui="supplier-card">'), OLD.index('<div class="list">')
    read = values("product", OLD[:start] + OLD[end : card[0]] + OLD[card[1] :], PRODUCT)
    for name in ("product.price_tiers", "product.min_order", "supplier.name", "supplier.years"):
        assert read[name] == "not_shown", name


def test_a_ladder_in_blocks_without_known_names_is_still_a_ladder() -> None:
    rows = "".join(
        f"<div class='x'><p>{quantity}</p><p>US ${price}</p></div>"
        for quantity, price in (("50 - 499 pieces", "3.50"), (">= 500 pieces", "3.10"))
    )
    lead = "<table><tr><td>1 - 50</td><td>7 days</td></tr><tr><td>51 - 100</td><td>15 days</td></tr></table>"
    read = values("product", f"<body><h1>Garden Lamp</h1><div>{rows}</div>{lead}</body>", PRODUCT)
    assert (read["product.price_tiers"], read["product.min_order"]) == (LADDER, 50)


def test_another_product_in_the_data_is_not_taken_for_this_one() -> None:
    other = other_lamp()
    third = other | {"productId": 60111222334, "subject": "Third lamp"}
    page = "<div data-module-name='module_title'><h1>Garden Lamp</h1></div>" + script(
        "window.reco", {"list": [other, third]}
    )
    read = values("product", page, PRODUCT)
    assert (read["product.title"], read["product.price_tiers"], read["product.min_order"]) == (
        "Garden Lamp",
        "not_shown",
        "not_shown",
    )


def test_the_words_of_the_badge_in_an_attribute_or_a_menu_are_no_badge() -> None:
    more = """<nav><a href="//tradeassurance.alibaba.com">Trade Assurance</a></nav><div data-module-name="module_attribute">
      <div><span>Payment term</span><span>T/T, Trade Assurance</span></div></div>
      <div data-module-name="module_ta_plus"></div>"""
    assert values("product", bare_product(more=more), PRODUCT)["product.badge"] == "not_shown"


# Searches


def test_a_rendered_card_gives_the_suppliers_name_and_not_its_years_or_a_button() -> None:
    warranty = "<div>Warranty: <b>1 Year</b></div><span>5 years warranty</span>"
    mark = '<span data-ta-price="9,000"><i class="ico-ta"></i></span>'
    page = (
        "<main>"
        + card(60000001, "one", NAME, "7 yrs", kv=warranty)
        + card(60000002, "two", OTHER, "14 años", mark)
        + "</main>"
    )
    first, second = values("search", page, SEARCH)["search.offers"]
    assert (first["supplier"], first["years"], first["country"]) == (NAME, 7, "CN")
    assert (first["badge"], first["limit"]) == ("not_shown", "not_shown")
    assert (second["supplier"], second["years"], second["badge"], second["limit"]) == (OTHER, 14, True, usd("9000"))


@pytest.mark.parametrize(
    "body",
    [
        script(
            "window.__page__data_sse10 = {}; window.__page__data_sse10._offer_list", {"offerResultData": {"offers": [OFFER]}}
        ),
        script("window.__page__data", {"props": {"offerResultData": {"offerList": [OFFER]}}}),
        script("window._PAGE_DATA_", {"offerResultData": {"itemInfoList": [{"offer": OFFER}]}}),
        f"<script>Page.init({json.dumps({'app': 'x', 'props': {'offerResultData': {'offers': [OFFER]}}})})</script>",
        f"<script type='application/json'>{json.dumps({'offerResultData': {'offers': [OFFER]}})}</script>",
    ],
)
def test_results_count_wherever_the_page_puts_them_and_other_programmes_are_no_badge(body: str) -> None:
    (offer,) = values("search", body, SEARCH)["search.offers"]
    assert offer == {
        "title": "Garden Lamp",
        "supplier": NAME,
        "url": "https://www.alibaba.com/product-detail/Lamp_60000001.html",
        "years": 7,
        "country": "CN",
        "badge": "not_shown",
        "limit": "not_shown",
    }


# Whatever comes


@pytest.mark.parametrize("kind", ["product", "supplier", "search", "order", "dispute", "thread", "tracking"])
def test_a_layout_that_is_not_known_is_not_understood_and_never_said_to_show_nothing(kind: str) -> None:
    """Nothing is read where a page has words and figures but none of the site's blocks, labels or data."""
    page = (
        "<body><div><p>Lorem 12 ipsum US $34.00 for 56 things, 7 years, since 2011-04-05</p><ul><li>A</li></ul></div></body>"
    )
    for fact in facts(kind, stored(page, PRODUCT)).values():
        assert fact.state == "unreadable", fact
        assert fact.place is not None
        assert fact.place.quote.startswith("Lorem 12 ipsum")
