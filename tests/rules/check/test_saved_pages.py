"""Pages saved by hand beside witnessed ones: they warn, they rank second, and what is of unknown age ends no warning."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from collector.model import ORIGINS, Deadline, Fact, Money, Printed
from rules.check.review import check, review
from rules.policy.platform import load_policy
from tests.rules.cases import NOON, case, dispute_page, dues, instant, shown

WORDS = ORIGINS["saved"]
OPEN = "dispute_opened_at=2026-10-01"
LIMIT = Money(Decimal(42000), "USD")


def saved(facts: list[Fact], *, dated: bool = True) -> list[Fact]:
    """The same look, at a page that the buyer saved; undated: nothing says when."""
    return [replace(f, saved=True, snapshot=f"F-{f.snapshot}", at=f.at if dated else None) for f in facts]


def evidence(*facts: Fact) -> list[Deadline]:
    found = dues(OPEN, *facts)
    return [d for name, d in found.items() if name.startswith("evidence#")]


def running(*facts: Fact) -> list[Deadline]:
    return [d for d in evidence(*facts) if d.state in ("open", "due_soon", "act_now")]


def asks(at: str, deadline: str = "") -> list[Fact]:
    return dispute_page(at, "Waiting for buyer evidence", deadline)


def test_a_saved_timer_alone_is_the_deadline_and_says_who_saw_it() -> None:
    (found,) = running(*saved(asks("2026-10-04T12:00Z", "2026-10-07 18:00")))
    assert (found.printed, found.sure, found.origin, found.state) == (True, "saved", "saved", "due_soon")
    assert WORDS in found.basis
    assert WORDS in found.source


@pytest.mark.parametrize("other", ["2026-10-06 18:00", "2026-10-20 18:00"])
def test_of_two_timers_the_earlier_is_acted_on_and_it_is_overdue_only_after_the_later(other: str) -> None:
    seen, later = asks("2026-10-03T12:00Z", "2026-10-12 18:00"), saved(asks("2026-10-04T12:00Z", other))
    (found,) = running(*seen, *later)
    (alone,), (of_saved,) = running(*seen), running(*later)
    assert found.earliest == min(alone.earliest, of_saved.earliest)  # type: ignore[type-var]
    assert found.latest == max(alone.latest, of_saved.latest)  # type: ignore[type-var]
    assert found.origin == "saved"
    ids = {f.id for f in check(case(OPEN, *seen, *later), load_policy(), ("late",))}
    assert "conflict.saved.dispute.deadline" in ids


def test_a_page_saved_before_the_witnessed_look_is_superseded() -> None:
    seen, before = asks("2026-10-04T12:00Z", "2026-10-12 18:00"), saved(asks("2026-10-02T12:00Z", "2026-10-08 18:00"))
    newest = running(*seen, *before)[-1]
    assert (newest.origin, newest.earliest) == ("witnessed", running(*seen)[0].earliest)
    ids = {f.id for f in check(case(OPEN, *seen, *before), load_policy(), ("late",))}
    assert "conflict.saved.dispute.deadline" not in ids


def test_a_saved_page_that_says_the_same_leaves_the_deadline_witnessed() -> None:
    seen = asks("2026-10-03T12:00Z", "2026-10-12 18:00")
    (found,) = running(*seen, *saved(asks("2026-10-04T12:00Z", "2026-10-12 18:00")))
    assert found.origin == "witnessed"


def test_a_countdown_of_unknown_age_warns_at_once_and_is_not_yet_overdue() -> None:
    left = Printed("2 days left", NOON - timedelta(hours=1), NOON + timedelta(days=2))
    page = saved(
        [*asks("2026-10-04T12:00Z"), shown("dispute.deadline", left, instant("2026-10-04T12:00Z"), "x")], dated=False
    )
    page = [replace(f, snapshot="F-1") for f in page]
    assert [d.state for d in running(*page)] == ["act_now"]


@pytest.mark.parametrize("dated", [True, False])
def test_only_a_saved_page_of_known_age_can_end_a_warning(dated: bool) -> None:
    seen = asks("2026-10-03T12:00Z", "2026-10-12 18:00")
    closed = saved(dispute_page("2026-10-04T12:00Z", "Refund approved"), dated=dated)
    assert bool(running(*seen, *closed)) is not dated


def test_an_undated_page_that_asks_for_evidence_shows_that_the_answer_is_past() -> None:
    page = saved(asks("2026-10-04T12:00Z", "2026-10-12 18:00"), dated=False)
    found = dues("dispute_opened_at=2026-09-20", *page)
    assert found["buyer_answer"].state == "met"
    assert found["evidence"].state in ("open", "due_soon")


def test_an_undated_page_warns_beside_a_witnessed_one() -> None:
    seen, undated = (
        asks("2026-10-03T12:00Z", "2026-10-12 18:00"),
        saved(asks("2026-10-04T12:00Z", "2026-10-07 18:00"), dated=False),
    )
    (alone,) = running(*saved(asks("2026-10-04T12:00Z", "2026-10-07 18:00")))
    assert min(d.earliest for d in running(*seen, *undated)) == alone.earliest  # type: ignore[type-var]


def test_a_witnessed_fact_goes_before_a_saved_one_whichever_is_newer() -> None:
    seen = shown("order.status", "Shipped", instant("2026-10-01T12:00Z"))
    later = replace(shown("order.status", "Completed", instant("2026-10-04T12:00Z"), "F-1"), saved=True)
    file = case(seen, later)
    assert file.value("order.status") == "Shipped"
    findings = {f.id: f for f in check(file, load_policy(), ("late",))}
    assert "Completed" in findings["conflict.saved.order.status"].text


def test_what_is_counted_from_a_saved_page_says_so() -> None:
    received = replace(shown("order.received_at", "2026-10-01", NOON, "F-1"), saved=True)
    claim = dues(received)["claim"]
    assert (claim.origin, WORDS in claim.basis) == ("saved", True)
    limit = replace(shown("supplier.badge", True, NOON, "F-1"), saved=True)
    texts = [f.text for f in check(case(limit), load_policy(), ("late",)) if "supplier.badge" in f.facts]
    assert texts
    assert all(WORDS in text for text in texts)


OWN, OTHER = "Foshan Brightwing Electric Appliance Co., Ltd.", "Ningbo Harbour Lamps Co., Ltd."


def shop(name: str) -> list[Fact]:
    return saved([shown("supplier.name", name), shown("supplier.limit", LIMIT)])


@pytest.mark.parametrize(
    ("name", "counts"),
    [(OWN, True), ("FOSHAN BRIGHTWING ELECTRIC APPLIANCE", True), ("佛山明翼电器有限公司", True), (OTHER, False)],
)
def test_a_saved_page_of_another_company_gives_the_case_no_limit(name: str, counts: bool) -> None:
    file = case(shown("order.supplier", OWN), *shop(name))
    assert (file.known().value("supplier.limit") == LIMIT) is counts
    found = {f.id: f for f in review(file, load_policy(), ("late",))}
    assert ("supplier.other_page" in found) is not counts
    if not counts:
        assert name in found["supplier.other_page"].text
        assert found["coverage.limit"].verdict == "undetermined"


def test_where_the_orders_supplier_is_not_known_a_saved_page_counts() -> None:
    assert case(*shop(OTHER)).known().value("supplier.limit") == LIMIT
