"""Pages of a known kind in an unknown layout: what stands under labels is read and says so, and nothing else is guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from collector.model import Target
from collector.sites.alibaba.labels import COLUMNS, DISPUTE
from collector.sites.alibaba.labels import ORDER as ORDER_LABELS
from fixtures.marketplace.private import ORDER
from tests.collector.sites.alibaba.shapes import usd
from tests.collector.sites.alibaba.stored import ALIBABA, facts, stored

URL = f"https://biz.alibaba.com/ta/detail.htm?orderId={ORDER}"
PAIRS = [
    {"label": "Order number", "value": ORDER},
    {"title": "Order status", "value": {"value": "Shipment started"}},
    {"name": "Order total", "content": {"amountStr": "USD 8,600.00"}},
    {"label": "Ship date", "displayValue": "Jul 26, 2026"},
    {"label": "Trade Assurance limit", "value": "USD 6,000"},
]
KEYS = {"orderNumber": ORDER, "orderStatus": "Shipment started", "orderTotal": "USD 8,600.00", "shipDate": "2026-07-26"}


def page(data: Any, body: str = "<p>Order</p>") -> str:
    return f"<html><body>{body}<script>window.__NEW__ = {json.dumps({'blocks': [{'rows': data}]})};</script></body></html>"


@pytest.mark.parametrize("data", [PAIRS, KEYS, [KEYS]])
def test_labels_in_data_are_read_and_say_that_no_layout_was_known(data: Any) -> None:
    seen = stored(page(data), URL)
    got = facts("order", seen)
    assert {n: f.value for n, f in got.items() if f.state == "read"} == {
        "order.number": ORDER,
        "order.status": "Shipment started",
        "order.total": usd("8600"),
        "order.ship_by": "2026-07-26",
    }
    assert {f.reader.partition("/")[0] for f in got.values()} == {"generic"}
    assert {f.state for f in got.values()} == {"read", "unreadable"}, "no badge, no limit, and nothing said not shown"


def test_such_a_page_says_which_of_its_facts_were_read() -> None:
    found = ALIBABA.recognise(stored(page(KEYS), URL))
    assert (found.kind, found.barrier) == ("order", "")
    assert found.lacks == "The layout of this order page is not known. Read from its labels: number, status, total, ship by."
    nothing = ALIBABA.recognise(stored(page([]), URL))
    assert (nothing.kind, nothing.lacks) == ("", "")


def test_it_is_the_right_page_where_its_data_say_so_and_the_wrong_one_where_they_say_another() -> None:
    for number, right in ((ORDER, True), ("300241527001028893", False)):
        target = Target("t", number, "order", "", expects={"order": number})
        assert ALIBABA.identity(stored(page(KEYS), ""), target).ok is right


def test_two_values_under_one_label_are_not_read() -> None:
    two = [*PAIRS, {"label": "Order total", "value": "USD 5.00"}]
    assert facts("order", stored(page(two), URL))["order.total"].state == "unreadable"


def test_without_an_address_the_number_and_some_more_make_it_a_page_of_its_kind() -> None:
    assert ALIBABA.recognise(stored(page(KEYS), "")).kind == "order"
    assert ALIBABA.recognise(stored(page({"orderStatus": "Shipped", "orderTotal": "USD 1.00"}), "")).kind == ""


LANGUAGES = {
    "de": ("Bestellnummer", "Bestellstatus", "Gesamtbetrag", "Versand bis", "26. Juli 2026"),
    "fr": ("Numéro de commande", "Statut de la commande", "Montant total", "Date d’expédition", "26 juillet 2026"),
    "pt": ("Número do pedido", "Status do pedido", "Valor total", "Data de envio", "26 de julho de 2026"),
    "ru": ("Номер заказа", "Статус заказа", "Сумма заказа", "Дата отгрузки", "26 июля 2026"),
    "ar": ("رقم الطلب", "حالة الطلب", "المبلغ الإجمالي", "تاريخ الشحن", "26 يوليو 2026"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_read_in_the_languages_of_the_site(language: str) -> None:
    number, status, total, ship_by, day = LANGUAGES[language]
    rows = ((number, ORDER), (status, "X y z"), (total, "USD 8,600.00"), (ship_by, day))
    body = "<dl>" + "".join(f"<dt>{label}:</dt><dd>{value}</dd>" for label, value in rows) + "</dl>"
    for markup in (page([], body), page([{"label": label, "value": value} for label, value in rows])):
        got = facts("order", stored(markup, URL))
        assert (got["order.number"].value, got["order.status"].value) == (ORDER, "X y z")
        assert (got["order.total"].value, got["order.ship_by"].value) == (usd("8600"), "2026-07-26")


def test_a_refund_application_in_no_known_layout_is_read_by_its_labels() -> None:
    rows = {"Refund status": "Waiting for supplier response", "Refund amount": "USD 86.00", "Deadline": "May 24, 2026"}
    body = page([{"label": label, "value": value} for label, value in rows.items()])
    got = facts("dispute", stored(body, "https://biz.alibaba.com/ta/dispute/detail.htm?issueId=60048817352946"))
    assert (got["dispute.status"].value, got["dispute.amount"].value) == ("Waiting for supplier response", usd("86"))
    assert got["dispute.deadline"].value.text == "May 24, 2026"


@pytest.mark.parametrize("table", [ORDER_LABELS, DISPUTE, COLUMNS])
def test_no_label_names_two_facts(table: dict[str, tuple[str, ...]]) -> None:
    every = [label for labels in table.values() for label in labels]
    assert sorted(set(every)) == sorted(every)
