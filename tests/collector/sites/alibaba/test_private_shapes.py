"""Private pages in the real site's shapes: what stands there is read, and what does not is never said not shown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.canonical import sha256
from collector.model import Printed, Target
from collector.site import Document
from fixtures.marketplace.private import (
    AMOUNTS,
    COUNTS,
    EMBEDDINGS,
    ORDER,
    TEXTS,
    WRAPS,
    application,
    closed_order,
    order_2019,
    order_2026,
)
from tests.collector.sites.alibaba.shapes import usd, values
from tests.collector.sites.alibaba.stored import ALIBABA, facts, stored

ORDER_URL = f"https://biz.alibaba.com/ta/detail.htm?orderId={ORDER}"
DISPUTE_URL = "https://biz.alibaba.com/ta/dispute/detail.htm?issueId=60048817352946"


def read(data: Any, how: str = "window", wrap: str = "data") -> dict[str, Any]:
    return values("order", EMBEDDINGS[how](WRAPS[wrap](data)), ORDER_URL)


def goods(items: Any) -> list[tuple[Any, ...]]:
    return [(i["name"], i["quantity"], i["unit"], i["unit_price"]) for i in items]


def is_the_order_of_2026(got: dict[str, Any]) -> None:
    assert got["order.status"] == "Shipment started"
    assert got["order.total"] == usd("1450")
    assert got["order.paid"] == usd("1450")
    assert goods(got["order.items"]) == [
        ("Garden lamp", 1000, "Pieces", usd("1.20")),
        ("Lamp post", 200, "Pieces", usd("1")),
    ]
    assert got["order.ship_terms"] == "DDP"
    # No place is known in which a page in this shape would show these.
    unseen = ("ship_by", "shipped_at", "received_at", "supplier", "payments", "terms", "trade_assurance")
    assert {got[f"order.{name}"] for name in unseen} == {"unreadable"}


@pytest.mark.parametrize("how", EMBEDDINGS)
@pytest.mark.parametrize("wrap", WRAPS)
def test_an_order_of_2026_is_read_wherever_and_however_deep_its_page_carries_it(how: str, wrap: str) -> None:
    got = read(order_2026(), how, wrap)
    is_the_order_of_2026(got)
    assert got["order.number"] == (ORDER if wrap == "data" else "unreadable")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("amount", AMOUNTS)
@pytest.mark.parametrize("count", COUNTS)
def test_an_order_of_2026_is_read_in_every_form_that_a_value_takes(text: str, amount: str, count: str) -> None:
    is_the_order_of_2026(read(order_2026(TEXTS[text], AMOUNTS[amount], COUNTS[count])))


@pytest.mark.parametrize("wrap", WRAPS)
def test_an_order_of_2026_is_known_for_what_it_is_by_its_data_alone(wrap: str) -> None:
    body = EMBEDDINGS["window"](WRAPS[wrap](order_2026()))
    assert ALIBABA.recognise(stored(body, "")).kind == "order"
    assert ALIBABA.recognise(stored(body, ORDER_URL)).kind == "order"


def test_what_is_there_in_a_form_that_is_not_understood_is_unreadable_and_what_is_empty_is_not_shown() -> None:
    data = order_2026()
    data["contractVO"]["terms"]["payment"]["actualBuyerPayment"] = {"cent": 145000, "factor": 100}
    data["pcStatusActionVO"]["name"] = {"value": None}
    data["contractVO"]["terms"]["shipment"] |= {"tradeTerms": "", "shipDate": None}
    got = read(data)
    assert (got["order.total"], got["order.paid"]) == ("unreadable", "unreadable")
    assert (got["order.status"], got["order.ship_terms"], got["order.ship_by"]) == ("not_shown",) * 3


def test_an_amount_that_says_two_things_is_unreadable() -> None:
    data = order_2026()
    data["contractVO"]["terms"]["payment"]["actualBuyerPayment"] = {"amountStr": "USD 8,600.00", "numberStr": "USD 860.00"}
    assert read(data)["order.total"] == "unreadable"


def test_what_is_paid_in_part_is_not_taken_for_the_total_nor_the_total_for_what_is_paid() -> None:
    data = order_2026()
    data["paymentVO"] |= {"fullPayReceived": False}
    got = read(data)
    assert (got["order.total"], got["order.paid"]) == (usd("1450"), "unreadable")
    data["contractVO"]["terms"]["payment"] |= {
        "actualBuyerPayment": {"amountStr": "USD 420.00"},
        "advanceAmount": {"amountStr": "USD 420.00"},
        "balanceAmount": {"amountStr": "USD 980.00"},
    }
    got = read(data)
    assert (got["order.total"], got["order.paid"]) == (usd("1400"), "unreadable")


def test_of_several_orders_in_the_data_the_pages_own_is_read() -> None:
    other = order_2026(
        pcStatusActionVO={"name": {"value": "Order completed"}}, orderInfoVO={"orderId": "300241527001028893"}
    )
    own = order_2026(orderInfoVO={"orderId": ORDER})
    got = values("order", EMBEDDINGS["window"]({"recent": [other], "list": [own]}), ORDER_URL)
    assert (got["order.number"], got["order.status"]) == (ORDER, "Shipment started")


def test_a_missing_part_takes_no_other_with_it() -> None:
    for name in ("orderInfoVO", "pcStatusActionVO", "shipmentVO", "paymentVO"):
        data = {key: value for key, value in order_2026().items() if key != name}
        got = read(data)
        assert got["order.total"] == usd("1450"), name
        assert got["order.status"] == ("unreadable" if name == "pcStatusActionVO" else "Shipment started")


@pytest.mark.parametrize("how", EMBEDDINGS)
def test_an_order_of_2019_to_2021_is_read_from_its_components(how: str) -> None:
    got = values("order", EMBEDDINGS[how](order_2019()), ORDER_URL)
    assert got["order.number"] == ORDER
    assert got["order.status"] == "Waiting for delivery confirmation"
    assert got["order.total"] == usd("1400")
    assert goods(got["order.items"]) == [("Garden lamp", 1000, "Pieces", usd("1.4000"))]
    assert got["order.items"][0]["amount"] == usd("1400")
    assert (got["order.ship_by"], got["order.shipped_at"]) == ("2019-06-18", "2019-06-17")
    assert (got["order.ship_terms"], got["order.trade_assurance"]) == ("DAP", True)
    assert got["order.terms"] == {"remark": "Two spare lamps for each box."}
    assert ALIBABA.recognise(stored(EMBEDDINGS[how](order_2019()), ORDER_URL)).kind == "order"


def test_a_first_payment_is_no_total_and_words_are_no_date() -> None:
    fund = {"fields": {"initialPayment": "US $420.00"}}
    ship = {"fields": {"promisedDeliveryDate": "2019-06-18之内发货", "shipmentDate": "待发货", "shipmentStep": []}}
    got = values("order", EMBEDDINGS["try"](order_2019(fund_1=fund, shipment_1=ship)), ORDER_URL)
    assert got["order.total"] == "unreadable"
    assert (got["order.ship_by"], got["order.shipped_at"]) == ("2019-06-18", "not_shown")


def test_the_shipment_of_an_order_is_read_where_the_delivery_service_tells_one_and_not_where_it_tells_two() -> None:
    def got(*numbers: str) -> Any:
        rows = [{"serviceProvider": "DHL", "trackingNumber": n, "statusName": "Sent"} for n in numbers]
        told = {"data": {"offlineModule": {"fields": {"visible": True, "list": rows}}, "logisticsModule": {"fields": {}}}}
        return values("order", EMBEDDINGS["window"]({"order": order_2019(), "shipments": told}), ORDER_URL)[
            "tracking.number"
        ]

    assert (got("JD014600003SF"), got("JD014600003SF", "JD014600004SF")) == ("JD014600003SF", "unreadable")


@pytest.mark.parametrize("how", EMBEDDINGS)
def test_a_closed_order_is_read(how: str) -> None:
    got = values("order", EMBEDDINGS[how](closed_order()), ORDER_URL)
    assert (got["order.number"], got["order.total"]) == (ORDER, usd("1400"))
    assert goods(got["order.items"]) == [("Garden lamp", 1000, "Pieces", usd("1.40"))]
    assert (got["tracking.number"], got["order.terms"]) == ("JD014600003SF", {"remark": "Two spare lamps."})
    assert got["order.status"] == "unreadable"
    assert ALIBABA.recognise(stored(EMBEDDINGS[how](closed_order()), "")).kind == "order"


@pytest.mark.parametrize("how", EMBEDDINGS)
@pytest.mark.parametrize("wrap", WRAPS)
def test_a_refund_application_whose_deadline_is_a_day_is_read(how: str, wrap: str) -> None:
    got = values("dispute", EMBEDDINGS[how](WRAPS[wrap](application())), DISPUTE_URL)
    assert (got["dispute.id"], got["dispute.order"]) == ("60048817352946", ORDER)
    assert (got["dispute.status"], got["dispute.hint"]) == (
        "Waiting for supplier response",
        "Supplier has 5 days to respond",
    )
    assert (got["dispute.amount"], got["dispute.submitted_at"]) == (usd("86"), "2026-05-20")
    assert got["dispute.action_needed"] is False
    deadline = got["dispute.deadline"]
    assert isinstance(deadline, Printed)
    # The day ends first in China, and last on the Pacific coast.
    assert deadline.earliest == datetime(2026, 5, 24, 16, tzinfo=UTC)
    assert deadline.latest == datetime(2026, 5, 25, 7, tzinfo=UTC)
    assert (got["dispute.offer"], got["dispute.supplier_answer"], got["dispute.reason"]) == ("unreadable",) * 3


@pytest.mark.parametrize(
    "day", [lambda d: {"value": d}, lambda d: {"simpleDateStr": d}, lambda d: {"simpleDateStr": d, "timestamp": None}]
)
def test_a_day_in_an_object_is_the_day(day: Any) -> None:
    body = EMBEDDINGS["json"](application(day, TEXTS["value"], needBuyerAction={"value": "Action required"}))
    got = values("dispute", body, DISPUTE_URL)
    assert (got["dispute.submitted_at"], got["dispute.action_needed"]) == ("2026-05-20", True)
    assert got["dispute.deadline"].earliest == datetime(2026, 5, 24, 16, tzinfo=UTC)
    assert got["dispute.status"] == "Waiting for supplier response"


def test_an_application_that_leaves_out_what_does_not_apply_is_read_and_never_says_that_there_is_no_deadline() -> None:
    data = {k: v for k, v in application().items() if k in ("orderId", "issueStatus", "nextStepHint")}
    got = values("dispute", EMBEDDINGS["window"](data), DISPUTE_URL)
    assert (got["dispute.status"], got["dispute.deadline"]) == ("Waiting for supplier response", "unreadable")
    got = values("dispute", EMBEDDINGS["window"]({**application(), "deadline": None}), DISPUTE_URL)
    assert got["dispute.deadline"] == "not_shown"


def mixed(value: Any, chance: Random) -> Any:
    """The same data with its keys in another order, some with a sibling that nobody knows, and some gone."""
    if isinstance(value, list):
        return [mixed(one, chance) for one in value]
    if not isinstance(value, dict):
        return value
    keys = [key for key in value if chance.random() > 0.06]
    chance.shuffle(keys)
    unknown = {"zz": chance.choice([None, "x", {"value": "z"}, [1, 2], {"number": 5}])} if chance.random() < 0.3 else {}
    return {key: mixed(value[key], chance) for key in keys} | unknown


@given(st.randoms(use_true_random=False))
def test_whatever_else_stands_there_or_is_gone_a_fact_is_right_or_unreadable(chance: Random) -> None:
    forms = (chance.choice(list(kinds.values())) for kinds in (TEXTS, AMOUNTS, COUNTS))
    pages = (("order", order_2026(*forms)), ("order", order_2019()), ("order", closed_order()), ("dispute", application()))
    kind, data = chance.choice(pages)
    url, how, wrap = (ORDER_URL if kind == "order" else DISPUTE_URL), *map(chance.choice, (list(EMBEDDINGS), list(WRAPS)))
    whole = values(kind, EMBEDDINGS["window"](WRAPS["data"](data)), url)
    for name, value in values(kind, EMBEDDINGS[how](WRAPS[wrap](mixed(data, chance))), url).items():
        assert value in ("unreadable", whole[name]) or name == "order.items", (name, value, whole[name])


@pytest.mark.parametrize(
    ("kind", "data", "url"), [("order", order_2026(), ORDER_URL), ("dispute", application(), DISPUTE_URL)]
)
def test_what_a_page_only_asked_for_is_read_from_the_answer_that_was_kept(kind: str, data: Any, url: str) -> None:
    line = json.dumps(WRAPS["data"](data)).encode()
    told = (Document(3, sha256(line), line, "https://biz.alibaba.com/x.json\n"),)
    page = replace(stored("<body><div id='root'></div></body>", url), told=told)
    assert ALIBABA.recognise(page).kind == kind
    got = facts(kind, page)[f"{kind}.status"]
    assert (got.state, got.place and got.place.digest) == ("read", sha256(line))
    assert ALIBABA.identity(page, Target("t", ORDER, kind, url, expects={"order": ORDER})).ok is True
