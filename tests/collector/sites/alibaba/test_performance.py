"""A supplier's record: read where the site states it, never from what stands beside it or from the supplier's own words."""

from __future__ import annotations

from typing import Any

import pytest

from collector.model import Fact
from collector.sites.alibaba.performance import duration, number, percent, reviewed, sales, stars
from tests.collector.sites.alibaba.shapes import (
    NAME,
    NEIGHBOUR_SHOP,
    OTHER,
    PRODUCT,
    SHOP,
    detail,
    module_data,
    script,
    shop_2026,
)
from tests.collector.sites.alibaba.shapes import SIGN as SHOP_SIGN
from tests.collector.sites.alibaba.stored import facts, saved, stored


def record(kind: str, body: str) -> dict[str, Any]:
    """Each fact of the record: its value where it was read, else its state."""
    found: dict[str, Fact] = facts(kind, stored(f"<html>{body}</html>", PRODUCT if kind == "product" else SHOP))
    return {
        name.removeprefix("supplier."): fact.value if fact.state == "read" else fact.state
        for name, fact in found.items()
        if name.startswith("supplier.")
    }


def card(inner: str) -> str:
    link = f'<a href="{SHOP}">{NAME}</a>'
    return f'<div data-module-name="module_unifed_company_card"><h3>Know your supplier</h3>{link}{inner}</div>'


def tile(label: str, value: str) -> str:
    return f"<button><div><div>{label}</div><div title='{value}'>{value}</div></div></button>"


def goods(seller: dict[str, Any], fields: list[dict[str, str]] | None = None, review: Any = None) -> str:
    data = detail()
    data["globalData"]["seller"] |= seller
    if review:
        data["globalData"]["review"] = {
            "storeReview": review,
            "productReview": {"averageStar": "3.1", "totalReviewCount": 7},
        }
    if fields:
        data["nodeMap"]["module_unifed_company_card"] = {"privateData": {"onlinePerformance": {"fields": fields}}}
    return script("window.detailData", data)


def test_a_saved_real_product_page_gives_the_record_of_its_supplier() -> None:
    page = saved("product-2026.html", "https://www.alibaba.com/product-detail/Sport-Shoes_1600691082191.html")
    read = facts("product", page)
    assert read["supplier.on_time_delivery"].value == "89.6%"
    assert read["supplier.response_time"].value == "≤11h"
    assert (read["supplier.rating"].value, read["supplier.reviews"].value) == ("4.9", 334)
    assert read["supplier.dispute_rate"].state == "not_shown"
    assert read["supplier.verified"].state == "unreadable"


def test_a_saved_real_search_page_is_no_suppliers_record() -> None:
    assert not [name for name in facts("search", saved("search-2024.html", "https://www.alibaba.com/trade/search")) if
                name.startswith("supplier.")]  # fmt: skip


def test_a_product_page_states_it_beside_its_seller() -> None:
    body = goods(
        {
            "supplierOnTimeDeliveryRate": "97.5%", "responseTimeText": "≤3h", "companyHasPassAssessment": True,
            "tradeHalfYear": {"ordAmt": "US $210,000+", "ordAmt6m": 219876.5, "ordCnt6m": 61},
        },
        [{"title": "Dispute rate", "value": "0.8%", "desc": "180 days"}, {"title": "Response time ⓘ", "value": "≤3h"}],
        {"averageStar": 4.7, "totalReviewCount": 39},
    )  # fmt: skip
    read = record("product", body)
    assert (read["on_time_delivery"], read["response_time"], read["dispute_rate"]) == ("97.5%", "≤3h", "0.8%")
    assert (read["rating"], read["reviews"], read["transactions"]) == ("4.7", 39, "61")
    assert (read["sales"], read["verified"]) == ("US $210,000+", True)


def test_a_shop_of_2026_states_it_in_its_modules_and_no_neighbours_counts() -> None:
    performance = {
        "companyName": NAME,
        "reviews": {"value": "4.8", "count": 39, "label": "Store rating"},
        "responseTime": {"value": "≤2h", "label": "Response time", "amount": 2},
        "shippingDays": {"value": "5", "label": "Average dispatch time"},
    }
    other = {**NEIGHBOUR_SHOP, "supplierOnTimeDeliveryRate": "12%", "companyHasPassAssessment": True}
    read = record("supplier", shop_2026(supplierPerformance=performance, similarSuppliers={"list": [other]}))
    assert (read["rating"], read["reviews"], read["response_time"]) == ("4.8", 39, "≤2h")
    assert (read["on_time_delivery"], read["dispute_rate"]) == ("not_shown", "not_shown")
    assert read["verified"] == "unreadable"


def test_where_the_data_name_two_companies_neither_ones_figures_count() -> None:
    performance = {"companyName": OTHER, "reviews": {"value": "1.2", "count": 3}}
    read = record("supplier", shop_2026(supplierPerformance=performance, supplierActionBar={"companyName": NAME}))
    assert (read["rating"], read["reviews"]) == ("unreadable", "unreadable")


def test_a_shop_of_2018_to_2023_states_it_in_its_overview() -> None:
    overview = {
        "supplierResponseTime": {"title": "Response Time", "value": "< 24h"},
        "supplierRatingReviews": {"value": {"averageStar": "5.0", "totalReviewOrderCount": 12}},
        "tradeHalfYear": {"value": {"ordAmt": "$90,000+", "ordCnt6m": "8"}},
        "companyHasPassAssessment": False,
    }
    body = module_data("shopSign", SHOP_SIGN) + module_data("companyOverview", overview)
    read = record("supplier", body)
    assert (read["response_time"], read["rating"], read["reviews"]) == ("< 24h", "5", 12)
    assert (read["transactions"], read["sales"]) == ("8", "$90,000+")
    assert read["verified"] == "not_shown", "its data say no"


@pytest.mark.parametrize(
    ("inner", "value"),
    [
        (tile("On-time delivery rate", "93.4%"), "93.4%"),
        ("<ul><li><b>93.4%</b><span>On-time delivery</span><small>last 90 days</small></li></ul>", "93.4%"),
        ("<dl><dt>Dispute rate</dt><dd>1%</dd><dt>On-time delivery</dt><dd>93.4%</dd></dl>", "93.4%"),
        ("<table><tr><td>按时交货率</td><td>93.4%</td></tr></table>", "93.4%"),
        (tile("On-time delivery rate", "very good"), "unreadable"),
        (tile("On-time delivery rate", "140%"), "unreadable"),
        ("<p>Dispute rate</p><b>1%</b><b>93.4%</b><p>On-time delivery</p>", "unreadable"),
        ("<li><b>12%</b><span>On-time delivery</span><b>93.4%</b></li>", "unreadable"),
        ("<p>Our on-time delivery is 99.9%!</p>", "not_shown"),
        (tile("Response time", "≤3h"), "not_shown"),
    ],
)
def test_a_figure_counts_alone_in_the_tile_of_its_label(inner: str, value: str) -> None:
    assert record("product", card(inner))["on_time_delivery"] == value


def test_data_and_page_that_contradict_each_other_are_not_understood() -> None:
    body = card(tile("On-time delivery rate", "93.4%")) + goods({"supplierOnTimeDeliveryRate": "99.9%"})
    assert record("product", body)["on_time_delivery"] == "unreadable"


def test_a_page_without_a_place_for_the_record_says_nothing_of_it() -> None:
    """Nothing is "not shown" where nobody knows where it would stand."""
    read = record("product", goods({}))
    assert {read[name] for name in ("on_time_delivery", "rating", "reviews", "sales", "verified")} == {"unreadable"}


@pytest.mark.parametrize(
    ("mark", "value"),
    [
        ("<span>Verified Supplier</span>", True),
        ("<span>Verified</span>", True),
        ("<img alt='Verified Pro Supplier' src='x.png'>", True),
        ("<span>We are verified by everybody</span>", "unreadable"),
        ("<span class='verified-disabled'>Verified</span>", "unreadable"),
        ("<span style='display:none'>Verified</span>", "unreadable"),
    ],
)
def test_a_mark_counts_as_the_sites_word_beside_the_suppliers_name_alone(mark: str, value: object) -> None:
    assert record("product", card(mark))["verified"] == value


def test_reviews_of_the_product_are_not_the_stores() -> None:
    block = '<div data-module-name="module_review"><button>Product reviews (7)</button>{}</div>'
    assert record("product", card("") + block.format(""))["reviews"] == "not_shown"
    assert record("product", card("") + block.format("<button>Store reviews (1,334)</button>"))["reviews"] == 1334


def test_a_figure_is_read_as_it_is_printed_or_not_at_all() -> None:
    assert [percent(text) for text in ("93.4%", "<0.1%", "100%", "101%", "93", "4.6/5")] == [
        "93.4%", "<0.1%", "100%", None, None, None,
    ]  # fmt: skip
    assert [duration(text) for text in ("≤ 4 h", "24 hours", "3小时", "4", "soon")] == [
        "≤ 4 h",
        "24 hours",
        "3小时",
        None,
        None,
    ]
    assert [stars(text) for text in ("4.6/5", "5.0", "4.60", "5.1", "46")] == ["4.6", "5", "4.6", None, None]
    assert [number(text) for text in ("118", "1,200+", "USD 118", "12,34")] == ["118", "1,200+", None, None]
    assert [sales(text) for text in ("USD 410,000+", "US $5", "last 6 months", "410,000")] == [
        "USD 410,000+", "US $5", None, None,
    ]  # fmt: skip
    assert [reviewed(text) for text in ("121 reviews", "(1,334)", "39", "12 stars")] == [121, 1334, 39, None]
