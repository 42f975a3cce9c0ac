"""Before an order: badge, limit and history of a page against an amount; offers side by side; what else protects."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from collector.model import Fact, Finding, Money
from rules.check.before_order import PageSeen, before_order, offers
from rules.policy.platform import load_policy
from tests.rules.cases import HOME, NOON, instant


def usd(amount: int) -> Money:
    return Money(Decimal(amount), "USD")


def page(
    kind: str, facts: dict[str, Any], *, url: str = "https://www.alibaba.com/x", earlier: tuple[Fact, ...] = ()
) -> PageSeen:
    """A page with these facts; None is not shown."""
    made = tuple(Fact(n, v, "not_shown" if v is None else "read", "s1", "test/1", at=NOON) for n, v in facts.items())
    return PageSeen(kind, url, "s1", NOON, "complete", "", made, earlier)


def findings(*pages: PageSeen, amount: Money | None = None) -> dict[str, Finding]:
    return {f.id: f for f in before_order(pages, amount, load_policy(), HOME)}


SUPPLIER = {"supplier.name": "Brightwing Co., Ltd.", "supplier.badge": True, "supplier.limit": usd(10_000)}


@pytest.mark.parametrize(("amount", "verdict"), [(9_999, "ok"), (10_000, "ok"), (10_001, "problem")])
def test_the_amount_is_held_against_the_limit(amount: int, verdict: str) -> None:
    """Just below, at, just above."""
    assert findings(page("supplier", SUPPLIER), amount=usd(amount))["before.limit"].verdict == verdict


def test_the_guides_example_is_said_with_its_numbers() -> None:
    """15,000 with a limit of 10,000: at most 10,000 back, 5,000 not covered, and what else can protect it."""
    found = findings(page("supplier", SUPPLIER), amount=usd(15_000))
    text = found["before.limit"].text
    assert "at most USD 10,000.00 could be refunded" in text
    assert "USD 5,000.00 would not be covered" in text
    assert {id for id in found if id.startswith("alternative.")} == {
        "alternative.escrow", "alternative.inspection", "alternative.credit_insurance",
    }  # fmt: skip


def test_every_alternative_of_the_guide_is_offered_for_a_large_order() -> None:
    """Escrow, letter of credit, inspection by SGS or Bureau Veritas, credit insurance; none of them where all is covered."""
    found = findings(page("supplier", SUPPLIER), amount=usd(50_000))
    assert {id.partition(".")[2] for id in found if id.startswith("alternative.")} == {
        "escrow", "letter_of_credit", "inspection", "credit_insurance",
    }  # fmt: skip
    assert "Bureau Veritas" in found["alternative.inspection"].text
    covered = findings(page("supplier", SUPPLIER), amount=usd(5_000))
    assert not [id for id in covered if id.startswith("alternative.")]


@pytest.mark.parametrize(("badge", "verdict"), [(True, "ok"), (False, "problem"), (None, "undetermined")])
def test_a_badge_that_is_not_found_is_asked_about(badge: bool | None, verdict: str) -> None:
    finding = findings(page("product", {"product.badge": badge}))["before.badge"]
    assert finding.verdict == verdict
    assert ("Do you offer Trade Assurance, and up to what amount?" in finding.todo) is (badge is not True)


def test_a_limit_that_is_not_shown_is_unknown_and_not_nothing() -> None:
    """What an earlier visit still showed is told."""
    old = Fact("supplier.limit", usd(8_000), "read", "s0", "test/1", at=instant("2026-03-02T00:00Z"))
    finding = findings(page("supplier", {**SUPPLIER, "supplier.limit": None}, earlier=(old,)), amount=usd(5_000))[
        "before.limit"
    ]
    assert finding.verdict == "undetermined"
    assert "USD 8,000.00" in finding.text


def test_a_badge_or_limit_that_changed_is_told_with_its_days() -> None:
    old = Fact("supplier.limit", usd(8_000), "read", "s0", "test/1", at=instant("2026-03-02T00:00Z"))
    finding = findings(page("supplier", SUPPLIER, earlier=(old,)))["before.history"]
    assert finding.text == "The limit changed: USD 8,000.00 (Mon 2 Mar 2026), then USD 10,000.00 (Mon 5 Oct 2026)."


RECORD = {
    **SUPPLIER, "supplier.verified": True, "supplier.on_time_delivery": "93.4%", "supplier.rating": "4.6",
    "supplier.reviews": 121, "supplier.dispute_rate": None,
}  # fmt: skip


def test_the_suppliers_record_is_told_with_its_page_and_day_and_judged_by_nobody() -> None:
    """No source names a bound; what is not shown is said so, and the site's own mark is in order."""
    found = findings(page("supplier", RECORD))
    told = found["before.measured"]
    assert told.text == (
        "Brightwing Co., Ltd., as the site measures it: on-time delivery 93.4%, rating 4.6 out of 5, 121 reviews"
        " (the supplier page on Mon 5 Oct 2026)."
    )
    assert told.verdict == "undetermined"
    assert told.facts == ("supplier.on_time_delivery", "supplier.rating", "supplier.reviews")
    assert (found["before.verified"].verdict, found["before.verified"].facts) == ("ok", ("supplier.verified",))
    assert "Not shown there: dispute rate." in found["before.record_missing"].text


def test_what_could_not_be_found_is_not_said_to_be_not_shown() -> None:
    unread = Fact("supplier.dispute_rate", None, "unreadable", "s1", "test/1", at=NOON)
    seen = page("product", {"product.badge": True})
    text = findings(replace(seen, facts=(*seen.facts, unread)))["before.record_missing"].text
    assert "Not found or not understood there: dispute rate." in text
    assert "Not shown" not in text


def test_a_record_that_changed_between_two_looks_is_told_with_both_days() -> None:
    early = instant("2026-03-02T00:00Z")
    old = (
        Fact("supplier.on_time_delivery", "97.0%", "read", "s0", "test/1", at=early),
        Fact("supplier.dispute_rate", "0.1%", "read", "s0", "test/1", at=early),
        Fact("supplier.rating", "4.6", "read", "s0", "test/1", at=early),
    )
    finding = findings(page("supplier", RECORD, earlier=old))["before.record_changed"]
    assert "on-time delivery: 97.0% (Mon 2 Mar 2026), now 93.4% (Mon 5 Oct 2026)" in finding.text
    assert "dispute rate: 0.1% (Mon 2 Mar 2026), now not shown (Mon 5 Oct 2026)" in finding.text
    assert finding.facts == ("supplier.on_time_delivery", "supplier.dispute_rate")
    assert "before.record_changed" not in findings(page("supplier", RECORD, earlier=old[2:]))


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("https://www.alibaba.com/trade/search?SearchText=fan&ta=y", "ok"),
        ("https://www.alibaba.com/trade/search?SearchText=ta=y%20fan", "problem"),
    ],
)
def test_a_search_without_the_filter_is_said_so(url: str, verdict: str) -> None:
    """`ta=y` is the Trade Assurance filter."""
    assert findings(page("search", {"search.offers": OFFERS}, url=url))["before.filter"].verdict == verdict


OFFERS = [
    {"title": "A", "supplier": "No badge", "url": "u", "years": 9, "country": "CN", "badge": False, "limit": "not_shown"},
    {"title": "B", "supplier": "Small limit", "url": "u", "years": 3, "country": "CN", "badge": True, "limit": usd(2_000)},
    {"title": "C", "supplier": "Enough", "url": "u", "years": 1, "country": "CN", "badge": True, "limit": usd(90_000)},
    {
        "title": "D",
        "supplier": "Not shown",
        "url": "u",
        "years": None,
        "country": None,
        "badge": "not_shown",
        "limit": "not_shown",
    },
]


def test_offers_stand_side_by_side_those_that_cover_the_amount_first() -> None:
    """What a result does not show is unknown, never no."""
    rows = offers((page("search", {"search.offers": OFFERS}),), usd(15_000), load_policy())
    assert [(row.supplier, row.covered) for row in rows] == [
        ("Enough", "yes"), ("Small limit", "in part"), ("Not shown", "unknown"), ("No badge", "no"),
    ]  # fmt: skip
    assert rows[1].words == "USD 2,000.00; USD 13,000.00 not covered"


def test_a_product_page_takes_the_limit_that_its_companys_page_shows() -> None:
    """And the company stands in the table once."""
    product = page("product", {"product.title": "Fan", "product.badge": True, "supplier.name": "Brightwing Co., Ltd."})
    rows = offers((product, page("supplier", SUPPLIER)), usd(15_000), load_policy())
    assert [(row.title, row.limit) for row in rows] == [("Fan", usd(10_000))]


def test_a_page_that_did_not_open_says_nothing_of_its_cover() -> None:
    """A wall is not a page without a badge."""
    wall = PageSeen("product", "https://www.alibaba.com/x", "s1", NOON, "blocked", "The site wants a person.", ())
    found = findings(wall)
    assert found["before.page"].verdict == "undetermined"
    assert "before.badge" not in found
    assert offers((wall,), None, load_policy()) == ()


def test_the_steps_of_the_guide_are_named_once() -> None:
    """Sample, contract, Message Center, the button at checkout, payment on the platform."""
    steps = findings(page("supplier", SUPPLIER))["before.steps"].todo
    for words in ("sample", "contract", "Message Center", "Order with Trade Assurance", "order page", "wire"):
        assert words in steps
