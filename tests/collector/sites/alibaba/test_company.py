"""A supplier's name, years, country, badge and limit in the many ways that pages print them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.collector.sites.alibaba.shapes import (
    NAME,
    OTHER,
    PRODUCT,
    PROFILE_2018,
    SHOP,
    SIGN,
    module_data,
    script,
    supplier,
    usd,
    values,
)

LINK = "https://harbourlamps.en.alibaba.com/"


def head(inner: str, name: str = NAME) -> str:
    return f"<body><div class='head'><h1 class='company-name'>{name}</h1>{inner}</div></body>"


@pytest.mark.parametrize(
    "inner",
    [
        f"{NAME} <span>8 yrs</span><span>Verified</span>",
        f"<span>{NAME}</span><span>CN</span><span><b>8</b>YRS</span><span>4.9/5.0</span>",
        f"<span>8 yrs · CN</span><font><font>{NAME}</font></font>",
        "Ningbo <b>Harbour</b> Lamps Co., Ltd.",
    ],
)
def test_a_companys_name_is_read_without_what_stands_beside_it_in_the_same_link(inner: str) -> None:
    assert supplier(head("", inner))["name"] == NAME
    product = f"<h1>Lamp</h1><div class='supplier-card'><a href='{LINK}company_profile.html'>{inner}</a></div>"
    assert values("product", product, PRODUCT)["supplier.name"] == NAME


def test_a_name_that_is_cut_short_is_read_whole_from_its_title_or_not_at_all() -> None:
    cut = "<body><div class='head'><a class='company-name' {} href='{}'>Ningbo Harbour La...</a></div>{}</body>"
    assert supplier(cut.format(f"title='{NAME}'", LINK, ""))["name"] == NAME
    assert supplier(cut.format("", LINK, ""))["name"] == "unreadable"
    assert supplier(cut.format("", LINK, module_data("shopSign", SIGN)))["name"] == NAME


@pytest.mark.parametrize(
    ("printed", "years"),
    [
        ("8YRS", 8),
        ("8 yrs", 8),
        ("1 YR", 1),
        ("<b>8</b><span>YRS</span>", 8),
        ("8th year", 8),
        ("8 años", 8),
        ("8年", 8),
        ("Gold Supplier: 8 years", 8),
        ("8yrs on Alibaba.com", 8),
        ("18 Years Experience", "not_shown"),
        ("Since 2015", "not_shown"),
        ("8+ yrs", "not_shown"),
    ],
)
def test_years_as_they_are_printed(printed: str, years: Any) -> None:
    assert supplier(head(f"<span>{printed}</span>"))["years"] == years


@pytest.mark.parametrize(
    ("stated", "years"),
    [
        ("8", 8),
        (8, 8),
        ("8YRS", 8),
        ("1 YR", 1),
        ("0", "unreadable"),
        ("-1", "unreadable"),
        ("8+", "unreadable"),
        ("2015", "unreadable"),
        (None, "not_shown"),
    ],
)
def test_years_as_data_state_them_are_never_nought_nor_below(stated: Any, years: Any) -> None:
    assert supplier(module_data("shopSign", SIGN | {"companyJoinYears": stated}))["years"] == years


def test_a_country_in_a_table_counts_among_the_companys_own_facts_only() -> None:
    """Buyers who left a review, and markets, have countries too."""
    basics = "<table><tr><td>Year Established</td><td>2009</td></tr><tr><td>{}</td><td>{}</td></tr></table>"
    assert supplier(head(basics.format("Location:", "Zhejiang, China")))["country"] == "China"
    markets = "<table><tr><td>Main Markets</td><td>Africa</td></tr><tr><td>Country</td><td>United States</td></tr></table>"
    assert supplier(head(markets))["country"] == "not_shown"


@pytest.mark.parametrize(
    ("mark", "badge"),
    [
        ("<i class='ui-icon ui-icon-ta'></i>", True),
        ("<img alt='Trade Assurance' src='x.png'>", True),
        ("<img alt='' src='//s.alicdn.com/trade-assurance.png'>", True),
        ("<i class='ico-ta disabled'></i>", "not_shown"),
        ("<i class='ui2-icon-ta-gray'></i>", "not_shown"),
        ("<div style='display: none'><i class='ico-ta'></i></div>", "not_shown"),
        ("<div class='no-trade-assurance'>x</div>", "not_shown"),
        ("<i class='ico-as'></i>Assessed Supplier", "not_shown"),
        ("<img alt='Verified' src='verified.png'>", "not_shown"),
    ],
)
def test_a_badge_is_its_own_mark_as_it_is_drawn_for_one_who_has_it(mark: str, badge: Any) -> None:
    assert supplier(head(mark))["badge"] == badge


@pytest.mark.parametrize(
    ("amount", "limit"),
    [
        ("US $130,000", usd("130000")),
        ("130,000", usd("130000")),
        ("60,000+", "unreadable"),
        ("US $130,000+", "unreadable"),
        ("130K", "unreadable"),
        ("-", "not_shown"),
        ("0", "not_shown"),
        ("", "not_shown"),
    ],
)
def test_a_limit_is_read_as_an_amount_or_not_at_all(amount: str, limit: Any) -> None:
    assert supplier(module_data("shopSign", SIGN | {"baoAccountAmount": amount}))["limit"] == limit
    assert supplier(head(f"<p data-ta-price='{amount}'><i class='ico-ta'></i></p>"))["limit"] == limit


def test_the_only_company_in_the_data_is_not_this_one_where_its_sub_domain_says_so() -> None:
    other = {"companyName": OTHER, "subDomain": "elsewhere", "companyJoinYears": "3"}
    read = supplier(head("") + script("window.x", {"item": other}))
    assert (read["name"], read["years"]) == (NAME, "not_shown")
    assert SHOP.startswith("https://harbourlamps.")


def test_a_code_for_a_country_and_a_place_in_it_do_not_contradict_each_other() -> None:
    page = f"""<div data-module-name='module_company'><a href='{LINK}'>{NAME}</a>
      <span class='register-country'>CN</span></div>
      <div data-module-name='module_unifed_company_card'><a href='{LINK}'>{NAME}</a><span>Located in {{}}</span></div>"""
    assert values("product", page.format("Guangdong, China"), PRODUCT)["supplier.country"] == "CN"
    assert values("product", page.format("PK"), PRODUCT)["supplier.country"] == "unreadable"


def test_on_a_page_without_an_address_a_neighbours_badge_and_limit_are_not_taken_either() -> None:
    own = PROFILE_2018.replace(' data-ta-price="42,000"', "").replace('<i class="ui2-icon ui2-icon-ta ico-ta"></i>', "", 1)
    page = own.replace('class="similar-suppliers"', "")
    read = values("supplier", page, "")
    assert (read["supplier.name"], read["supplier.badge"], read["supplier.limit"]) == (NAME, "not_shown", "not_shown")
    product = "<h1>Lamp</h1><div><a href='/product-detail/O_60111222333.html'>Other</a><b>5 Pieces (Min. Order)</b></div>"
    assert values("product", product, "")["product.min_order"] in {"not_shown", "unreadable"}
