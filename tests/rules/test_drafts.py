"""Drafts: polite, filled with the case's facts, in two languages, and never sent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from collector.errors import WrongRequest
from collector.model import Money
from rules.drafts import KINDS, LANGUAGES, draft
from rules.policy.platform import load_policy
from tests.rules.cases import added, case, printed, shown

FANS = (
    shown("order.items", [{"name": "LED fan", "quantity": 200}]),
    shown("order.total", Money(Decimal(8600), "USD")),
    shown("order.terms", {"packaging": "Double-wall carton."}),
    shown("thread.with", "Cindy Liang"),
    "ship_by=2026-07-26", "shipped_at=2026-08-25", "received_at=2026-09-01", "units_total=200", "units_defective=160",
    "amount_claimed=USD 6880",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_draft_is_written_from_nothing_too(kind: str, lang: str) -> None:
    """What is not known stands in brackets and is listed."""
    made = draft(case(), load_policy(), kind, lang)
    assert made.text
    assert "{" not in made.text
    assert all(place in made.text for place in made.to_fill)


def test_the_report_to_the_supplier_says_what_when_and_by_when() -> None:
    made = draft(case(*FANS, files=added("photo")), load_policy(), "supplier", "en", ("late", "damaged"))
    for words in (
        "Cindy Liang",
        "LED fan",
        "Sun 26 Jul 2026",
        "30 days late",
        "160 of 200",
        "Double-wall carton.",
        "0.jpg",
        "Thu 8 Oct 2026",
        "USD 6,880.00",
    ):
        assert words in made.text


def test_the_same_in_chinese() -> None:
    made = draft(case(*FANS, files=added("photo")), load_policy(), "supplier", "zh", ("late", "damaged"))
    for words in (
        "Cindy Liang，您好",
        "2026年7月26日",
        "延迟30天",
        "200件中有160件",
        "照片：" if False else "照片",
        "2026年10月8日",
    ):
        assert words in made.text


def test_a_statement_tells_each_reason_in_its_own_words() -> None:
    made = draft(case(*FANS), load_policy(), "statement", "en", ("quantity",))
    assert "160 of 200 units are missing" in made.text
    assert "late" not in made.text


def test_a_statement_says_when_the_supplier_was_told_and_that_nobody_answered() -> None:
    told = [{"id": "1", "from": "buyer", "printed": printed("2026-09-02 09:00"), "text": "160 fans are broken."}]
    made = draft(case(*FANS, shown("thread.messages", told)), load_policy(), "statement", "en", ("damaged",))
    assert "on Wed 2 Sep 2026; no answer is shown since" in made.text


def test_while_nothing_is_shipped_no_later_date_is_agreed_to() -> None:
    assert (
        "We do not agree to a later shipping date."
        in draft(case("ship_by=2026-09-26"), load_policy(), "supplier", "en", ("late",)).text
    )
    assert "do not agree" not in draft(case(*FANS), load_policy(), "supplier", "en", ("late",)).text


def test_the_contract_draft_holds_the_clauses_that_are_missing() -> None:
    """And not those that are there."""
    made = draft(case(*FANS, shown("order.ship_by", "2026-07-26")), load_policy(), "contract")
    assert "Refund: units that do not meet" in made.text
    assert "Shipping date:" not in made.text


def test_the_question_asks_for_trade_assurance_and_its_limit() -> None:
    assert (
        "Do you offer Trade Assurance for this order, and up to what amount?"
        in draft(case(), load_policy(), "question").text
    )


@pytest.mark.parametrize(("kind", "lang"), [("letter", "en"), ("supplier", "de")])
def test_an_unknown_draft_or_language_is_refused(kind: str, lang: str) -> None:
    with pytest.raises(WrongRequest):
        draft(case(), load_policy(), kind, lang)


def test_a_pages_own_brackets_and_braces_stay_as_they_are() -> None:
    """What a page says is filled in once and never read as a place to fill."""
    made = draft(case(shown("order.items", [{"name": "Fan {total} {0}", "quantity": 2}])), load_policy(), "question")
    assert "Fan {total} {0}" in made.text


def test_a_companys_full_stop_is_the_sentences_too() -> None:
    facts = (*FANS, shown("order.supplier", "Foshan Brightwing Co., Ltd."))
    assert "Ltd.." not in draft(case(*facts), load_policy(), "statement", "en", ("late",)).text
    assert "Ltd. " in draft(case(*facts), load_policy(), "statement", "en", ("late",)).text
