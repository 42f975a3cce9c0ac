"""Search results in the many ways that pages state and print them."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest

from tests.collector.sites.alibaba.shapes import NAME, OFFER, OTHER, SEARCH, card, script, usd, values


def offers(body: str) -> Any:
    return values("search", body, SEARCH)["search.offers"]


def results(*entries: Any, key: str = "offers", **beside: Any) -> str:
    return script("window.__page__data", {"offerResultData": {key: list(entries)}, **beside})


RECOMMENDED: dict[str, Any] = {"recommendOffers": {"offers": [OFFER | {"title": "Other lamp"}]}}


def test_an_empty_search_shows_nothing_whatever_is_recommended_instead() -> None:
    assert offers(results(**RECOMMENDED)) == "not_shown"
    below = f"<div class='organic-list'></div><div class='recommend'>{card(60000001, 'one', NAME, '7 yrs')}</div>"
    assert offers(below) == "not_shown"


def test_goods_that_are_only_recommended_are_no_results() -> None:
    assert (
        offers("<div class='organic-list'>No results</div>" + script("window.recommend", {"offers": [OFFER]})) == "not_shown"
    )


@pytest.mark.parametrize(
    ("change", "part", "value"),
    [
        ({"goldSupplierYears": "8YRS"}, "years", 8),
        ({"goldSupplierYears": "1  yr"}, "years", 1),
        ({"goldSupplierYears": "0"}, "years", None),
        ({"countryCode": ""}, "country", None),
        ({"companyName": None}, "supplier", None),
        ({"companyName": "Lamp &amp; <b>Bag</b> Co., Ltd."}, "supplier", "Lamp & Bag Co., Ltd."),
        ({"title": "<strong>Lamp</strong> &amp; Stand"}, "title", "Lamp & Stand"),
        ({"tradeAssurance": "1"}, "badge", True),
        ({"tradeAssurance": "0"}, "badge", False),
        ({"tradeAssurance": "x"}, "badge", "unreadable"),
        ({"tradeAssuranceLimit": "US $130,000"}, "limit", usd("130000")),
        ({"tradeAssuranceLimit": "60,000+"}, "limit", "unreadable"),
        ({"tradeAssuranceLimit": "0"}, "limit", "not_shown"),
        ({"isP4P": True}, "supplier", NAME),
    ],
)
def test_each_part_of_a_result_is_read_as_it_is_stated(change: dict[str, Any], part: str, value: Any) -> None:
    (offer,) = offers(results(OFFER | change))
    assert offer[part] == value


def test_a_country_may_stand_there_without_its_name() -> None:
    parts = {
        "information": {"puretitle": "Lamp", "productUrl": OFFER["productUrl"]},
        "supplier": {"supplierName": NAME, "supplierYear": "8YRS", "supplierCountry": "CN"},
    }
    (offer,) = offers(results(parts, key="offerList"))
    assert (offer["country"], offer["years"]) == ("CN", 8)


def test_results_count_under_names_that_are_not_known_and_in_long_attributes() -> None:
    assert len(offers(script("window.__INITIAL_STATE__", {"search": {"result": {"products": [OFFER, OFFER]}}}))) == 2
    attribute = html.escape(json.dumps({"offerResultData": {"offers": [OFFER, OFFER]}}))
    assert len(offers(f'<div id="root" data-state="{attribute}"></div>')) == 2


def test_a_result_without_a_link_to_its_supplier_is_a_result_where_it_stands_between_others() -> None:
    sponsored = "<div class='card'><a href='/product-detail/Ad_60000002.html'>Sponsored lamp</a><span>Ad</span></div>"
    page = card(60000001, "one", NAME, "7 yrs") + sponsored + card(60000003, "two", OTHER, "1 yr")
    first, between, last = offers(f"<main>{page}</main>")
    assert (first["supplier"], last["supplier"], last["years"]) == (NAME, OTHER, 1)
    assert (between["title"], between["supplier"], between["years"]) == ("Sponsored lamp", None, None)


def test_a_suppliers_link_may_hold_its_years_and_country_with_its_name() -> None:
    page = "".join(
        f"<div><a href='/product-detail/L_{n}.html'>Lamp</a><a href='//{shop}.en.alibaba.com/company_profile.html'>"
        f"<span>{years}</span><span>{name}</span><span>CN</span></a></div>"
        for n, shop, name, years in ((60000001, "one", NAME, "8 yrs"), (60000002, "two", OTHER, "1 yr"))
    )
    assert [(o["supplier"], o["years"], o["country"]) for o in offers(f"<main>{page}</main>")] == [
        (NAME, 8, "CN"),
        (OTHER, 1, "CN"),
    ]


def test_a_badge_that_is_not_to_be_seen_is_none_and_a_limit_that_is_no_amount_is_not_understood() -> None:
    hidden = '<span style="display:none"><i class="ico-ta"></i></span>'
    rounded = '<span data-ta-price="60,000+"><i class="ico-ta"></i></span>'
    page = card(60000001, "one", NAME, "7 yrs", hidden) + card(60000002, "two", OTHER, "3 yrs", rounded)
    first, second = offers(f"<main>{page}</main>")
    assert (first["badge"], first["limit"]) == ("not_shown", "not_shown")
    assert (second["badge"], second["limit"]) == (True, "unreadable")
