"""Order lists in the real site's shapes, whether their page carries them or asks for them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from collector.canonical import sha256
from collector.model import Target
from collector.site import Document, StoredPage
from fixtures.marketplace.private import (
    CID,
    EMBEDDINGS,
    SUPPLIER,
    messenger,
    order_list_2019,
    order_list_2026,
    order_row,
)
from tests.collector.sites.alibaba.stored import ALIBABA, stored

LIST = "https://biz.alibaba.com/ta/list/scene/mainList.htm"
A, B = "300241527001028893", "634002494782600"
TWO = order_list_2026(order_row(A, "Waiting for supplier to ship"), order_row(B, "Order completed"), count=12)


def told(data: Any) -> StoredPage:
    line = json.dumps(data).encode()
    asked = "https://biz.alibaba.com/list/ajax/ta/mainv2.json\n"
    return replace(stored("<body><div id=root></div></body>", LIST), told=(Document(0, sha256(line), line, asked),))


def pages(data: Any) -> list[StoredPage]:
    return [told(data), *(stored(how(data), LIST) for how in EMBEDDINGS.values())]


def test_the_order_list_of_2026_is_read_however_its_page_came_by_it() -> None:
    for page in pages(TWO):
        assert ALIBABA.recognise(page).kind == "order_list"
        first, second = ALIBABA.listed(page)
        assert (first.order, first.status, first.total) == (A, "Waiting for supplier to ship", "USD 100.00")
        assert (second.order, second.supplier) == (B, SUPPLIER)
        assert first.url == f"https://biz.alibaba.com/ta/detail.htm?orderId={A}"
        assert ALIBABA.orders_in_all(page) == 12
        assert ALIBABA.identity(page, Target("t", A, "order_list", LIST, expects={"order": A})).ok is True


def test_the_order_list_of_2019_to_2021_is_read() -> None:
    for page in pages(order_list_2019(A, B)):
        assert ALIBABA.recognise(page).kind == "order_list"
        assert [(o.order, o.status) for o in ALIBABA.listed(page)] == [(n, "Waiting for supplier to ship") for n in (A, B)]


def test_an_order_list_without_orders_is_one_all_the_same() -> None:
    for page in pages(order_list_2026()):
        assert (ALIBABA.recognise(page).kind, ALIBABA.listed(page)) == ("order_list", ())


def test_an_order_with_a_running_application_leads_to_it() -> None:
    action = {"name": "view_refund", "listTarget": "//biz.alibaba.com/ta/dispute/detail.htm?issueId=60048817352946&x=1"}
    row = order_row(A, "Refund in process")
    row["statusAction"]["actions"].append(action)
    (order,) = ALIBABA.listed(told(order_list_2026(row)))
    assert order.dispute == "https://biz.alibaba.com/ta/dispute/detail.htm?issueId=60048817352946"


@pytest.mark.parametrize("supplier", [SUPPLIER, "Fiona Chen"])
def test_the_messengers_list_leads_to_the_conversation_with_a_supplier(supplier: str) -> None:
    page = stored(messenger(selected=False), "https://message.alibaba.com/message/messenger.htm#/")
    assert ALIBABA.recognise(page).kind == "conversations"
    url = ALIBABA.conversation(page, supplier)
    assert CID.replace("#", "%23").replace("@", "%40") in url
    assert ALIBABA.kind_of(url) == "thread"
