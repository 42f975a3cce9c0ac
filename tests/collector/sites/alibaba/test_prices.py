"""Prices and smallest orders of product pages in the many ways that they are printed and stated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from collector.model import Money
from tests.collector.sites.alibaba.shapes import NAME, PRODUCT, bare_product, detail, other_lamp, script, usd, values


def read(body: str, name: str = "price_tiers") -> Any:
    return values("product", body, PRODUCT)[f"product.{name}"]


def ladder(printed: str, **price: Any) -> str:
    steps = [{"min": 50, "max": -1, "price": 3.5, "formatPrice": printed}]
    return script("window.detailData", detail(price={"productLadderPrices": steps, **price}))


def alone(amount: str, to: str = "") -> tuple[dict[str, Any], ...]:
    tier = {"from": None, "to": None, "price": usd(amount)}
    return ({**tier, "price_to": usd(to)} if to else tier,)


def steps(*rows: tuple[int, int | None, str]) -> tuple[dict[str, Any], ...]:
    return tuple({"from": least, "to": most, "price": usd(amount)} for least, most, amount in rows)


def test_a_unit_after_a_stated_price_is_no_part_of_it() -> None:
    assert read(ladder("US$3.50/Piece")) == steps((50, None, "3.50"))


def test_a_lone_dollar_is_of_the_one_currency_that_the_price_data_name() -> None:
    assert read(ladder("$3.50", currencyRule={"currencyCode": "USD"})) == steps((50, None, "3.50"))
    two = {"baseCurrency": "USD", "targetCurrency": "CAD"}
    assert read(ladder("$3.50", currencyRule=two)) == "unreadable"


@pytest.mark.parametrize("words", ["Negotiable", "Get latest price", "价格面议"])
def test_a_page_that_names_no_price_shows_none(words: str) -> None:
    stated = script("window.detailData", detail(price={"productRangePrices": {"priceRangeText": words}}))
    assert read(stated) == read(bare_product(price=f"<span>{words}</span>")) == "not_shown"


@pytest.mark.parametrize(
    "price",
    [
        "<div>Sample price: <span>US$20.00</span></div><div>US$3.50</div>",
        "<div>Sample price: <b><span>US$20.00</span></b></div><div>US$3.50</div>",
        "<div><span>Save</span> <span>US$1.00</span></div><div>US$3.50</div>",
        "<div><b>US$1.00</b> off every order over US$200</div><div>US$3.50</div>",
        "<div style='display:none'>US$1.00</div><div>US$3.50</div>",
        "<div>US$3.50</div><div>+ US$12.20 shipping</div><div>Subtotal <b>US$35.00</b></div>",
    ],
)
def test_a_sum_for_something_else_is_not_the_price(price: str) -> None:
    assert read(bare_product(price=price)) == alone("3.50")


def test_of_two_prices_the_first_is_not_taken_where_a_lower_one_follows() -> None:
    """A former price that is struck out by a style sheet alone, or steps whose quantities are not understood."""
    assert read(bare_product(price="<i class='a1'>US$5.00</i><i class='b2'>US$3.50</i>")) == "unreadable"
    table = "<table><tr><th>2 - 9</th><th>≥ 10</th></tr><tr><td>US$3.50</td><td>US$3.00</td></tr></table>"
    assert read(bare_product(price=table)) == "unreadable"


def row(quantity: str, price: str) -> str:
    return f"<div><div>{quantity}</div><div>{price}</div></div>"


def test_a_former_price_before_the_price_of_a_step_is_left_out() -> None:
    rows = row("2 - 9 Boxes", "<del>US$5.00</del><b>US$3.50</b>") + row("&gt;=10 Boxes", "<del>US$4.00</del><b>US$3.00</b>")
    assert read(bare_product(price=rows)) == steps((2, 9, "3.50"), (10, None, "3.00"))


def test_a_ladder_may_print_the_price_first() -> None:
    rows = row("US$3.50", "2 - 9 Boxes") + row("US$3.00", "≥10 Boxes")
    assert read(bare_product(price=rows)) == steps((2, 9, "3.50"), (10, None, "3.00"))


def test_a_ladder_of_which_one_step_is_not_understood_is_not_read_as_the_others() -> None:
    assert read(bare_product(price=row("&lt;10 Boxes", "US$3.50") + row("&gt;=10 Boxes", "US$3.00"))) == "unreadable"
    assert read(bare_product(price=row("2 - 9 Boxes", "US$3.50") + row("&gt;=10 Boxes", "Negotiable"))) == "unreadable"


def test_the_last_step_of_a_ladder_is_not_the_smallest_order() -> None:
    page = bare_product(price=row("300 - 1000 pairs", "80.51") + row("&gt;= 1001 pairs", "68.99"))
    assert (read(page), read(page, "min_order")) == ("unreadable", "not_shown")


def test_cents_set_high_are_not_taken_for_more_figures() -> None:
    assert read(bare_product(price="<span>US$</span><b>12</b><sup>50</sup>")) == "unreadable"
    assert read(bare_product(price="<span>US$</span><b>12</b><sup>.50</sup>")) == alone("12.50")


def test_a_table_of_before_2018_gives_the_price_and_the_smallest_order_under_their_labels() -> None:
    page = f"""<h1>Garden Lamp</h1><table>
      <tr><th>FOB Price:</th><td>US $1.20 - 3.40 / Piece <a href='#'>Get Latest Price</a></td></tr>
      <tr><th>Min.Order Quantity:</th><td>100 Piece/Pieces</td></tr></table><p>{NAME}</p>"""
    assert (read(page), read(page, "min_order")) == (alone("1.20", "3.40"), 100)


PHONE = """<h1>Garden Lamp</h1><div class='price-area'><span class='price'>US$1.20 - US$3.40</span> / Piece</div>
  <div>Min. Order: <b>10 Pieces</b></div>"""


def test_the_one_price_on_a_page_is_read_from_an_element_that_is_called_a_price() -> None:
    assert read(PHONE) == alone("1.20", "3.40")
    assert read(PHONE + "<div class='tile'><img src='x.jpg'><b class='price'>US$0.10</b></div>") == "unreadable"
    other = "<div class='tile'><a href='/product-detail/Other_60111222333.html'>Other</a><b class='price'>US$0.10</b></div>"
    assert read(PHONE + other) == alone("1.20", "3.40")


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("50 Pieces", 50),
        ("≥10 Pieces", 10),
        ("1 Set", 1),
        ("10 pieces (MOQ)", 10),
        ("1,000 Pieces", 1000),
        ("0", "not_shown"),
        ("-1", "not_shown"),
        (None, "not_shown"),
        ("1.000 Stück", "unreadable"),
        ("5 - 10 Pieces", "unreadable"),
    ],
)
def test_a_smallest_order_in_the_data_is_a_number_of_goods_or_none(stated: Any, expected: Any) -> None:
    assert read(script("window.detailData", detail(moq=stated)), "min_order") == expected


@pytest.mark.parametrize(
    "words",
    [
        "≥10 Pieces",
        "10 pieces (MOQ)",
        "<b>10</b> Sets (Min. Order)",
        "Min. order: <b>10</b> pairs",
        "MOQ: 10 pairs",
        "Minimum order quantity: 10 Sets",
    ],
)
def test_a_smallest_order_beside_the_price(words: str) -> None:
    assert read(bare_product(price=f"<b>US$3.50</b><div>{words}</div>"), "min_order") == 10


def test_text_of_the_data_is_read_as_a_reader_sees_it() -> None:
    goods = detail(subject="Lamp &amp; Stand", productBasicProperties=[{"attrName": "For", "attrValue": "Men&#39;s"}])
    page = "<div data-module-name='module_title'><h1>Lamp &amp; Stand</h1></div>" + script("window.detailData", goods)
    assert read(page, "title") == "Lamp & Stand"
    assert read(page, "attributes") == ({"name": "For", "value": "Men's"},)


def test_another_products_data_are_not_taken_where_the_address_says_which_this_one_is() -> None:
    page = "<div data-module-name='module_title'><h1>Garden Lamp</h1></div>" + script("window.more", {"item": other_lamp()})
    assert (read(page, "title"), read(page), read(page, "min_order")) == ("Garden Lamp", "not_shown", "not_shown")


def test_a_price_in_another_currency_stays_in_it() -> None:
    assert read(bare_product(price="<b>HK$3.50</b>")) == (
        {"from": None, "to": None, "price": Money(Decimal("3.50"), "HKD")},
    )


def test_an_order_protection_block_that_is_not_to_be_seen_is_no_badge() -> None:
    block = "<div data-module-name='module_ta_plus' style='display:none'><h3>Alibaba.com order protection</h3></div>"
    assert read(bare_product(more=block), "badge") == "not_shown"
    assert read(bare_product(more=block.replace("display:none", "")), "badge") is True
