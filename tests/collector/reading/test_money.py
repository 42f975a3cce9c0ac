"""Printed money is read exactly, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Money
from collector.reading.money import read_money, read_money_range

cents = st.integers(min_value=0, max_value=10**11).map(lambda n: Decimal(n) / 100)


def english(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def continental(amount: Decimal) -> str:
    return english(amount).replace(",", "_").replace(".", ",").replace("_", ".")


@given(cents, st.sampled_from(["USD", "EUR", "CNY", "GBP", "BRL", "INR"]))
def test_an_amount_with_cents_is_read_back_however_it_is_grouped(amount: Decimal, currency: str) -> None:
    spaced = english(amount).replace(",", "\u202f").replace(".", ",")
    for figure in (english(amount), continental(amount), spaced, f"{amount:.2f}"):
        for text in (f"{currency} {figure}", f"{figure} {currency}", f"{currency}{figure}"):
            assert read_money(text) == Money(amount, currency), text


@given(cents)
def test_a_currency_sign_that_names_one_currency_is_enough(amount: Decimal) -> None:
    signs = {"US $": "USD", "US$": "USD", "€": "EUR", "GH₵": "GHS", "R$": "BRL", "CN¥": "CNY", "RMB": "CNY"}
    for sign, currency in signs.items():
        assert read_money(sign + english(amount)) == Money(amount, currency)


@pytest.mark.parametrize("text", ["$5.00", "¥5.00", "5.00", "kr 5.00", "￥5.00"])
def test_a_sign_of_several_currencies_is_not_guessed(text: str) -> None:
    assert read_money(text) is None


def test_the_pages_own_currency_settles_a_shared_sign_but_never_overrules_a_printed_one() -> None:
    five = Decimal("5.00")
    assert read_money("$5.00", "CAD") == Money(five, "CAD")
    assert read_money("¥5.00", "CNY") == Money(five, "CNY")
    assert read_money("¥5.00", "USD") is None
    assert read_money("€5.00", "USD") == Money(five, "EUR")
    assert read_money("$5.00 USD") == Money(five, "USD")


@pytest.mark.parametrize(
    "text",
    [
        "USD 1.234", "1.234", "EUR 1,234", "Min 500 pieces USD 3", "USD 1-3", "70,000+ USD", "USD", "", "USD 5 CNY",
        "USD 1,23,456", "-5 USD", "(5.00 USD)", "USD 1,234,56", "USD 1.2.3", "USD 1 2", "three USD", "USD 5 per piece",
        "USD 1,2345", "¥5 USD",
    ],
)  # fmt: skip
def test_what_has_two_meanings_or_more_than_an_amount_is_not_read(text: str) -> None:
    assert read_money(text) is None


def test_an_amount_that_no_trade_is_about_is_not_read_and_raises_nothing() -> None:
    assert read_money("USD 999999999999999.99") == Money(Decimal("999999999999999.99"), "USD")
    for power in range(15, 45):
        assert read_money(f"USD {10**power}") is None
        assert read_money(f"USD {10**power:,}.00") is None


def test_three_figures_after_a_comma_are_thousands_where_the_currency_is_printed_that_way() -> None:
    assert read_money("USD 6,000") == Money(Decimal(6000), "USD")
    assert read_money("532,000", "USD") == Money(Decimal(532000), "USD")
    assert read_money("0.123 USD") == Money(Decimal("0.123"), "USD")


@given(st.text(max_size=120), st.sampled_from(["", "USD", "EUR"]))
def test_no_text_raises_and_what_is_read_has_the_texts_own_figures(text: str, currency: str) -> None:
    money = read_money(text, currency)
    if money is not None:
        assert figures(text).lstrip("0") in own_figures(money)


def figures(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def own_figures(money: Money) -> set[str]:
    """The amount's figures but for zeros before it, and without the decimals that `Money` adds to a shorter one."""
    shown = format(money.amount, "f")
    return {figures(form).lstrip("0") for form in (shown, shown.removesuffix("0"), shown.removesuffix(".00"))}


@given(st.text(alphabet="0123456789.,' USD$€¥-+()\u00a0", max_size=40))
def test_no_mixture_of_figures_and_marks_raises_or_changes_a_figure(text: str) -> None:
    money = read_money(text)
    if money is not None:
        assert figures(text).lstrip("0") in own_figures(money)
        assert not {"-", "("} & set(text)


@given(cents, cents)
def test_a_range_is_read_only_with_its_lower_end_first(one: Decimal, other: Decimal) -> None:
    read = read_money_range(f"US ${english(one)}-${english(other)}")
    assert read == ((Money(one, "USD"), Money(other, "USD")) if one <= other else None)
