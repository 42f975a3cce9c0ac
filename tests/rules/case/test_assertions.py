"""What a buyer may assert, and how it is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import WrongRequest
from collector.model import Money
from rules.case.assertions import is_event, likely, parse_assertion, parse_money, value_kind
from rules.policy.fact_names import CORE_ASSERTIONS, FACTS, PAGE_FACTS, RECURRING
from rules.policy.platform import REASONS, load_policy

ZONE = "Europe/Berlin"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("received_at", "2026-10-04", "2026-10-04"),
        ("received_at", "2026-10-04T18:00+02:00", "2026-10-04T16:00:00Z"),
        ("received_at", "2026-10-04 18:00", "2026-10-04T16:00:00Z"),
        ("dispute_opened_at", " 2028-02-29 ", "2028-02-29"),
        ("amount_claimed", "USD 1,234.50", Money(Decimal("1234.50"), "USD")),
        ("supplier.limit", "10000 USD", Money(Decimal(10000), "USD")),
        ("units_total", "1,000", 1000),
        ("paid_on_platform", "Yes", True),
        ("reason", "damaged", "damaged"),
        ("order.ship_terms", "FOB Ningbo", "FOB Ningbo"),
    ],
)
def test_each_kind_of_value_is_read(name: str, text: str, value: object) -> None:
    """Days stay days, instants become UTC, money keeps its currency."""
    assert parse_assertion(name, text, ZONE) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("received_at", "yesterday"),
        ("received_at", "2026-02-30"),
        ("received_at", "04/10/2026"),
        ("received_at", "20261004"),
        ("received_at", "2026-W40-1"),
        ("received_at", "0026-10-04"),
        ("received_at", "9999-12-31"),
        ("received_at", "２０２６-10-04"),
        ("received_at", ""),
        ("amount_claimed", "86.00"),
        ("amount_claimed", "Min 500 pieces USD 3"),
        ("amount_claimed", "USD 1.234,00"),
        ("amount_claimed", "USD -5"),
        ("amount_claimed", "USD NaN"),
        ("amount_claimed", "USD " + "9" * 40),
        ("units_total", "many"),
        ("units_total", "9" * 5000),
        ("paid_on_platform", "maybe"),
        ("reason", "because"),
        ("order.status", "  "),
    ],
)
def test_what_is_not_understood_is_refused_with_an_example(name: str, text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(WrongRequest) as refused:
        parse_assertion(name, text, ZONE)
    assert refused.value.hint


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    """Also without a value, as for a withdrawal."""
    with pytest.raises(WrongRequest) as refused:
        parse_assertion("recieved_at", None, ZONE)
    assert "received_at" in refused.value.hint
    assert parse_assertion("received_at", None, ZONE) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("amount", ("amount_claimed",)),
        ("order.amount", ("amount_claimed",)),
        ("total", ("units_total",)),
        ("defective", ("units_defective",)),
        ("status", ("order.status", "dispute.status")),
        ("Received_At", ("received_at",)),
        ("recieved_at", ("received_at",)),
        ("timer", ()),
    ],
)
def test_a_name_that_is_none_is_answered_with_the_likely_one(typed: str, meant: tuple[str, ...]) -> None:
    """The words of a name count, and the buyer's own facts before a page's."""
    assert likely(typed) == meant


def test_every_name_that_can_be_set_stands_in_the_refusal_of_one_that_cannot() -> None:
    with pytest.raises(WrongRequest) as refused:
        value_kind("amount")
    assert refused.value.hint.startswith("Did you mean amount_claimed? ")
    assert all(name in refused.value.hint for name in FACTS)


@given(st.text(max_size=30), st.sampled_from([*CORE_ASSERTIONS, *PAGE_FACTS]))
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    """Never anything but a value or the one error."""
    try:
        value = parse_assertion(name, text, ZONE)
    except WrongRequest:
        return
    assert value is not None


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["USD", "EUR", "CNY"]))
def test_money_is_read_in_both_orders(amount: Decimal, currency: str) -> None:
    """With and without thousands separators."""
    money = Money(amount, currency)
    for text in (f"{currency} {amount}", f"{amount} {currency}", f"{currency} {amount:,}"):
        assert parse_money(text) == money


def test_every_fact_that_the_policy_counts_from_may_be_asserted_as_a_time() -> None:
    """So that deadlines work on asserted facts alone; and what recurs there is kept as a list."""
    for event in load_policy().events:
        for name in (name for name in (*event.facts, *event.fallbacks) if "/" not in name):
            assert value_kind(name) == "time"
            assert is_event(name) is not event.planned
            assert (name in RECURRING) is event.recurring


def test_the_reasons_are_those_of_the_policy() -> None:
    """One list."""
    assert tuple(reason.id for reason in load_policy().reasons) == REASONS
