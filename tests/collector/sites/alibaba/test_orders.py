"""Orders and refund applications in the many ways that their values are stated and printed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from collector.model import Printed
from tests.collector.sites.alibaba.shapes import NAME, SHOP, script, usd, values
from tests.collector.sites.alibaba.stored import address

IN_PRODUCTION = '<div data-module-name="orderStatus"><h1>In production</h1></div>'


def order(body: str) -> dict[str, Any]:
    return values("order", body, address("order"))


def total(amount: Any) -> Any:
    data = {"orderInfoVO": {"orderId": "250861947301028446"}, "contractVO": {"terms": {"payment": {"orderAmount": amount}}}}
    return order(script("window.pageData", data))["order.total"]


@pytest.mark.parametrize(
    ("amount", "read"),
    [
        ("US$8,600.00", usd("8600")),
        ({"amountStr": "US $8,600.00"}, usd("8600")),
        ({"amountStr": "$8,600.00", "currency": "USD"}, usd("8600")),
        ({"amount": "8600.00", "currencyCode": "USD"}, usd("8600")),
        ({"amountStr": "$8,600.00"}, "unreadable"),
        ({"amount": "8600.00"}, "unreadable"),
        ("USD 1.234", "unreadable"),
        ("-", "not_shown"),
    ],
)
def test_an_amount_in_data_is_read_with_the_currency_beside_it(amount: Any, read: Any) -> None:
    assert total(amount) == read


@pytest.mark.parametrize(
    "block",
    [
        f"<div><span>Supplier:</span><div><a href='{SHOP}'>{NAME}</a><a href='#'>Chat now</a><span>8 yrs</span></div></div>",
        f"<div data-module-name='orderSupplier'><a href='{SHOP}'>Visit store</a><a href='{SHOP}'>{NAME}<i>8 yrs</i></a>",
        f"<dl><dt>Supplier</dt><dd><b>{NAME}</b> <button>Chat now</button></dd></dl>",
        f"<div>Supplier: {NAME}</div>",
    ],
)
def test_an_orders_supplier_is_read_without_the_buttons_and_marks_beside_it(block: str) -> None:
    assert order(IN_PRODUCTION + block)["order.supplier"] == NAME


@pytest.mark.parametrize(
    ("stated", "shown", "read"),
    [
        ({"name": "Jan Jansen", "companyName": "Jansen BV"}, "Jan Jansen, Jansen BV", "Jan Jansen, Jansen BV"),
        ({"name": "Jan Jansen", "companyName": "Jansen BV"}, "Jansen BV", "Jansen BV"),
        ({"name": "Jan Jansen", "companyName": "Jansen BV"}, "", "Jan Jansen"),
        ({"companyName": "Jansen BV"}, "", None),
        ({}, "Jan Jansen", "Jan Jansen"),
        ({"name": "Jan Jansen"}, "Piet Smit", "unreadable"),
        ({}, "", None),
    ],
)
def test_the_buyer_is_who_the_page_names_unless_its_data_names_somebody_else(
    stated: dict[str, str], shown: str, read: str | None
) -> None:
    """A page that names nobody says nothing of the buyer: not even that none is shown."""
    data = {"orderInfoVO": {"orderId": "250861947301028446"}, "buyerVO": stated}
    facts = order(script("window.pageData", data) + IN_PRODUCTION + f"<dl><dt>Buyer</dt><dd>{shown}</dd></dl>")
    assert facts.get("order.buyer") == read


def test_the_suppliers_badge_or_a_hidden_one_does_not_make_an_order_one_of_trade_assurance() -> None:
    for block in (
        "<div data-module-name='orderSupplier'><i class='ta-badge'></i></div>",
        "<i class='ta-order-badge' style='display:none'></i>",
    ):
        assert order(IN_PRODUCTION + block)["order.trade_assurance"] == "not_shown"
    assert order(IN_PRODUCTION + "<i class='ta-order-badge'></i>")["order.trade_assurance"] is True


def test_goods_that_are_recommended_beside_an_order_do_not_contradict_it() -> None:
    other = "<div class='recommend'><span>Order total</span><span>USD 5.00</span></div>"
    page = "<dl><dt>Order total</dt><dd>USD 8,600.00</dd></dl>" + other
    assert order(IN_PRODUCTION + page)["order.total"] == usd("8600")


def dispute(**changes: Any) -> dict[str, Any]:
    data = {"issueId": "123456789", "issueStatus": "Waiting for supplier response", **changes}
    return values("dispute", f"<script>window.disputeData = {json.dumps(data)};</script>", address("dispute"))


@pytest.mark.parametrize(
    ("stated", "needed"),
    [
        ("Action required", True),
        ("需要您处理", True),
        (True, True),
        ("", False),
        ("No action needed", False),
        ("none", False),
        ("N", False),
        ("无需处理", False),
        ({"code": 1}, "unreadable"),
    ],
)
def test_words_that_no_action_is_needed_are_not_taken_for_one_that_is(stated: Any, needed: Any) -> None:
    assert dispute(needBuyerAction=stated)["dispute.action_needed"] == needed


@pytest.mark.parametrize("words", ["The supplier has not responded", "No response", "-", "None", None])
def test_words_that_there_is_no_answer_are_no_answer_and_no_offer(words: Any) -> None:
    read = dispute(supplierAnswer=words, offer=words)
    assert (read["dispute.supplier_answer"], read["dispute.offer"]) == ("not_shown", "not_shown")


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("2026-05-24 18:00 (PDT)", True),
        ("2d 3h", True),
        (1779645600000, True),
        ("Supplier has 5 days to respond", False),
        ("05/06/2026", False),
        ("Ended", False),
    ],
)
def test_a_deadline_in_data_is_a_time_or_is_not_understood(stated: Any, read: bool) -> None:
    assert isinstance(dispute(deadline=stated)["dispute.deadline"], Printed) is read
