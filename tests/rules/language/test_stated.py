"""What a sentence states, read strictly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Money
from rules.language.stated import (
    amounts_in,
    beneficiaries_in,
    days_in,
    measures_in,
    quantities_in,
    same_company,
    same_day,
    total_in,
)


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Total: USD 8,600.00", ["USD 8,600.00"]),
        ("US$43.00/pc", ["USD 43.00"]),
        ("合计：8600美元", ["USD 8,600.00"]),
        ("1,234.50 EUR and £20", ["EUR 1,234.50", "GBP 20.00"]),
        ("Min 500 pieces USD 3", ["USD 3.00"]),
        ("200 pcs, 43", []),
    ],
)
def test_an_amount_names_its_currency(text: str, amounts: list[str]) -> None:
    assert [str(money) for money in amounts_in(text)] == amounts


def test_an_amount_that_no_trade_is_about_is_not_taken_from_a_text() -> None:
    assert amounts_in(f"Pay USD {10**26}, that is USD 43.00 a piece") == (Money(Decimal("43.00"), "USD"),)


def test_only_a_sentence_about_a_total_states_one() -> None:
    """A unit price is not the order's value."""
    assert total_in("Unit price USD 43.00") is None
    assert str(total_in("200 x USD 43.00, total amount USD 8,600.00")) == "USD 8,600.00"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("200 pcs", {200}), ("Quantity: 1,200", {1200}), ("数量：500件", {500}), ("4 pcs per carton", set()),
        ("MOQ 100 pcs", set()),
        ("USD 43.00/pc", set()), ("160 of 200 units damaged", set()), ("1 pc", set()), ("Qty: 5 %", set()),
    ],
)  # fmt: skip
def test_a_quantity_is_what_is_ordered(text: str, numbers: set[int]) -> None:
    """Not cartons, minimum orders, samples or defects."""
    assert quantities_in(text) == numbers


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Ship by 2026-07-26", {(2026, 7, 26)}),
        ("26 July 2026 or July 27, 2026", {(2026, 7, 26), (2026, 7, 27)}),
        ("on 26th of July", {(0, 7, 26)}),
        ("2026年7月26日", {(2026, 7, 26)}),
        ("7月26号", {(0, 7, 26)}),
        ("05/07/2026", {(2026, 7, 5), (2026, 5, 7)}),
        ("26/07/2026", {(2026, 7, 26)}),
        ("model 12-34-5678", set()),
    ],
)
def test_a_day_that_can_be_read_two_ways_is_read_both_ways(text: str, days: set[tuple[int, int, int]]) -> None:
    assert days_in(text) == days


def test_a_day_without_a_year_can_be_any_years() -> None:
    assert same_day((0, 7, 26), (2026, 7, 26))
    assert not same_day((2025, 7, 26), (2026, 7, 26))


def test_a_measure_knows_its_unit_and_what_stands_near() -> None:
    """7,200 is one figure; Pantone numbers are measures of their own kind."""
    found = measures_in("7,200 mAh battery, 6 W LED; front print Pantone 186 C")
    assert [(m.value, m.unit) for m in found] == [(Decimal(7200), "mah"), (Decimal(6), "w"), (Decimal(186), "pantone")]
    assert "battery" in found[0].near
    assert "print" in found[2].near


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Beneficiary: Foshan Brightwing Electric Appliance Co., Ltd.\nBank: ICBC",
            ["Foshan Brightwing Electric Appliance Co., Ltd"],
        ),
        ("Account name: LI XIAOMING, A/C No. 6222", ["LI XIAOMING"]),
        ("收款人：张伟，账号：6217", ["张伟"]),
        ("the beneficiary is shown there", []),
    ],
)
def test_a_beneficiary_is_the_name_after_its_label(text: str, names: list[str]) -> None:
    assert list(beneficiaries_in(text)) == names


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Foshan Brightwing Electric Appliance Co., Ltd.", "FOSHAN BRIGHTWING ELECTRIC APPLIANCE CO LTD", True),
        ("Foshan Brightwing Electric Appliance Co., Ltd.", "Brightwing Electric", True),
        ("Foshan Brightwing Electric Appliance Co., Ltd.", "Foshan Golden Trading Limited", False),
        ("Foshan Brightwing Electric Appliance Co., Ltd.", "LI XIAOMING", False),
        ("Co., Ltd.", "Co., Ltd.", False),
    ],
)
def test_two_names_of_one_company_are_the_same(one: str, other: str, same: bool) -> None:
    assert same_company(one, other) is same


@given(st.text(max_size=200))
def test_no_text_breaks_a_reader(text: str) -> None:
    """Every reader answers with values of its own kind."""
    assert all(money.currency for money in amounts_in(text))
    assert all(1 <= month <= 12 for _, month, _ in days_in(text))
    assert all(number > 1 for number in quantities_in(text))
    assert all(measure.unit for measure in measures_in(text))
    assert all(isinstance(name, str) for name in beneficiaries_in(text))
