"""The check of a case: cover, ceiling, contact, contradictions, shipping, evidence by reason."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from collector.errors import WrongRequest
from collector.model import Fact, Finding, Money
from rules.case.casefile import CaseFile
from rules.check.review import check, reasons_of
from rules.policy.platform import REASONS, load_policy
from tests.rules.cases import NOON, added, case, instant, printed, shown, visited


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def findings(casefile: CaseFile, *reasons: str) -> dict[str, Finding]:
    return {finding.id: finding for finding in check(casefile, load_policy(), reasons)}


ORDER = (
    shown("order.total", usd("8600.00")),
    shown("order.paid", usd("8600.00")),
    shown("supplier.limit", usd("6000")),
    shown("order.trade_assurance", True),
    shown("supplier.badge", True),
)


# -- cover ------------------------------------------------------------------------------------------------------------


def test_the_ceiling_is_shown_with_its_calculation() -> None:
    """The smaller of paid and limit, and what is not covered."""
    found = findings(case(*ORDER))
    calculation = "the smaller of paid USD 8,600.00 and the limit USD 6,000.00; USD 2,600.00 is not covered."
    text = f"Refund ceiling USD 6,000.00: {calculation}"
    assert (found["refund.ceiling"].verdict, found["refund.ceiling"].text) == ("problem", text)
    assert found["coverage.limit"].verdict == "problem"
    assert found["coverage.order"].verdict == found["coverage.supplier_badge"].verdict == "ok"


def test_an_order_within_the_limit_is_covered_whole() -> None:
    """Nothing is left over."""
    found = findings(case(*ORDER[:2], shown("supplier.limit", usd("10000"))))
    assert found["refund.ceiling"].verdict == found["coverage.limit"].verdict == "ok"
    assert "not covered" not in found["refund.ceiling"].text


@pytest.mark.parametrize("state", ["not_shown", "unreadable"])
def test_a_limit_that_is_not_shown_is_unknown_and_not_nothing(state: Any) -> None:
    """Undetermined, never a ceiling of 0."""
    limit = Fact("supplier.limit", None, state, "s1", "test/1", at=NOON)
    found = findings(case(*ORDER[:2], limit))
    assert found["coverage.limit"].verdict == found["refund.ceiling"].verdict == "undetermined"
    assert "USD 0" not in found["refund.ceiling"].text


def test_two_currencies_are_not_compared() -> None:
    """Undetermined, with what to do."""
    found = findings(case(*ORDER[:2], shown("supplier.limit", Money(Decimal(40000), "CNY"))))
    assert found["coverage.limit"].verdict == found["refund.ceiling"].verdict == "undetermined"


def test_the_limit_is_the_one_at_the_time_of_the_order() -> None:
    """A later page without it, or with another, does not take it away; the change is told."""
    early, late = instant("2026-07-01T00:00Z"), instant("2026-09-01T00:00Z")
    old = shown("supplier.limit", usd("6000"), early, "s1")
    gone = Fact("supplier.limit", None, "not_shown", "s2", "test/1", at=late)
    new = shown("supplier.limit", usd("10000"), late, "s3")
    assert "USD 6,000.00" in findings(case(*ORDER[:2], old, gone))["refund.ceiling"].text
    found = findings(case(*ORDER[:2], "paid_at=2026-07-02", new, old))
    assert "the limit USD 6,000.00" in found["refund.ceiling"].text
    assert "USD 10,000.00" in found["coverage.limit_changed"].text


def test_an_asserted_limit_serves_where_no_page_shows_one() -> None:
    """Any core fact may be asserted."""
    found = findings(case(*ORDER[:2], "supplier.limit=USD 6000"))
    assert "as you entered it" in found["coverage.limit"].text


def test_a_claim_above_the_ceiling_is_said() -> None:
    """By the page or by the buyer."""
    assert findings(case(*ORDER, "amount_claimed=USD 6,880.00"))["refund.claimed"].verdict == "problem"
    assert "refund.claimed" not in findings(case(*ORDER, "amount_claimed=USD 6000.00"))


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ((), "undetermined"),
        ((shown("order.paid", usd("8600.00")),), "ok"),
        (("paid_on_platform=yes",), "missing"),
        ((shown("order.paid", usd("0.00")),), "undetermined"),
        (
            (shown("order.payments", ({"step": "Initial payment", "amount": usd("2580.00"), "paid_at": None},)),),
            "undetermined",
        ),
        (("paid_on_platform=no", shown("order.paid", usd("100.00"))), "problem"),
    ],
)
def test_payment_counts_on_the_platform_only(facts: tuple[Any, ...], verdict: str) -> None:
    """Seen on the page as made; what the buyer says of it is to be shown yet."""
    assert findings(case(*facts))["payment.on_platform"].verdict == verdict


# -- the first word to the supplier -----------------------------------------------------------------------------------


def thread(*messages: tuple[str, str]) -> Fact:
    told = [
        {"id": str(n), "from": who, "sent_at": None, "printed": printed(when), "text": "Most of them came damaged."}
        for n, (who, when) in enumerate(messages)
    ]
    return shown("thread.messages", told)


DISPUTE = ("received_at=2026-09-30", "dispute_opened_at=2026-10-04")


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ((*DISPUTE,), "missing"),
        ((*DISPUTE, "supplier_contacted_at=2026-10-01"), "missing"),
        ((*DISPUTE, thread(("buyer", "2026-10-01 09:00:00"))), "ok"),
        ((*DISPUTE, thread(("supplier", "2026-10-01 09:00:00"))), "missing"),
        ((*DISPUTE, thread(("buyer", "2026-06-01 09:00:00"))), "problem"),
        ((*DISPUTE, thread(("buyer", "2026-10-09 09:00:00"))), "problem"),
        (("received_at=2026-09-30", thread(("buyer", "2026-10-01 09:00:00"))), "ok"),
    ],
)
def test_the_message_center_must_show_that_the_supplier_was_told_first(facts: tuple[Any, ...], verdict: str) -> None:
    """A message about something older, or after the dispute, is not one about the problem."""
    assert findings(case(*facts), "damaged")["contact.damaged"].verdict == verdict


# -- contradictions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "reasons", "id"),
    [
        (("shipped_at=2026-09-30", "received_at=2026-09-20"), (), "time.shipped_after_received"),
        (("received_at=2026-10-04", "dispute_opened_at=2026-10-01"), ("quality",), "time.received_after_dispute_opened"),
        (
            ("dispute_opened_at=2026-10-04", "evidence_requested_at=2026-10-01"),
            (),
            "time.dispute_opened_after_evidence_requested",
        ),
        (("received_at=2026-09-20", shown("order.received_at", "2026-09-30")), (), "conflict.received_at"),
        ((*ORDER, "supplier.limit=USD 10000"), (), "conflict.supplier.limit"),
        (("amount_claimed=USD 5", shown("dispute.amount", usd("6"))), (), "conflict.amount_claimed"),
        (("received_at=2026-12-24",), (), "time.received_to_come"),
        (("units_total=100", "units_defective=120"), (), "conflict.units"),
        (("units_total=0",), (), "conflict.units"),
        (("sample_approved_at=2026-12-24",), (), "time.sample_approved_at_to_come"),
        (("order.total=USD 8600", "amount_claimed=USD 68800"), (), "conflict.amount"),
        (("amount_claimed=USD 0",), (), "conflict.amount"),
        (("order.total=USD 8600", "amount_claimed=EUR 6880"), (), "conflict.currency.amount_claimed"),
        ((shown("order.received_at", "soon"),), (), "time.received_illegible"),
    ],
)
def test_what_does_not_fit_together_is_named_with_what_to_correct(facts: Any, reasons: tuple[str, ...], id: str) -> None:
    """Never a crash, always a thing to do."""
    finding = findings(case(*facts), *reasons)[id]
    assert finding.verdict in ("problem", "undetermined")
    assert finding.todo


def test_a_dispute_before_receipt_contradicts_nothing_when_the_goods_are_late() -> None:
    """Only some reasons suppose receipt; and the same day is never a contradiction."""
    found = findings(case("received_at=2026-10-04", "dispute_opened_at=2026-10-01"), "late")
    assert not [id for id in found if id.startswith("time.")]
    same_day = findings(case("received_at=2026-10-04", "dispute_opened_at=2026-10-04"), "quality")
    assert not [id for id in same_day if id.startswith("time.")]


def test_a_scan_is_not_a_contradiction_of_shipment() -> None:
    """The carrier may scan later than the supplier hands over."""
    found = findings(case(shown("order.shipped_at", "2026-09-30"), shown("tracking.first_scan", "2026-10-02")))
    assert not [id for id in found if id.startswith("conflict.")]


# -- shipping and claim -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "verdict", "words"),
    [
        (("ship_by=2026-07-26", "shipped_at=2026-07-26"), "ok", "in time"),
        (("ship_by=2026-07-26", "shipped_at=2026-07-27"), "problem", "Shipped 1 day late"),
        (("ship_by=2026-07-26", "shipped_at=2026-08-25"), "problem", "Shipped 30 days late"),
        (("ship_by=2026-07-26", "shipped_at=2026-07-26T20:00Z"), "undetermined", "time zone"),
        (("ship_by=2026-09-05",), "problem", "30 days after"),
        (("ship_by=2026-10-05",), "ok", "has not passed"),
        (("ship_by=2026-07-26", "received_at=2026-09-01"), "undetermined", "not known"),
    ],
)
def test_lateness_is_counted_in_civil_days(facts: tuple[str, ...], verdict: str, words: str) -> None:
    """From the agreed day to the day of shipment, each zone by itself."""
    finding = findings(case(*facts))["shipping.late"]
    assert finding.verdict == verdict
    assert words in finding.text


@pytest.mark.parametrize(("opened", "verdict"), [("2026-09-29", "ok"), ("2026-09-30", "ok"), ("2026-10-01", "problem")])
def test_a_claim_is_in_time_until_the_30th_day(opened: str, verdict: str) -> None:
    """The day before, the day, the day after."""
    found = findings(case("received_at=2026-08-31", f"dispute_opened_at={opened}"))
    assert found["claim.in_time"].verdict == verdict


# -- evidence ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", REASONS)
def test_an_empty_case_misses_every_piece_of_evidence_and_says_how_to_get_it(reason: str) -> None:
    """For each reason."""
    missing = [f for id, f in findings(case(), reason).items() if id.startswith(f"{reason}.")]
    assert len(missing) == len(load_policy().reason(reason).requirements)
    assert all(f.verdict == "missing" and f.todo for f in missing)


def test_files_snapshots_and_facts_meet_requirements() -> None:
    """Each by its kind; four photos for damage, not three; a page kept in part does not count."""
    full = case(
        shown("order.ship_terms", "DAP Utrecht"), shown("order.ship_by", "2026-07-26"), "units_total=200",
        files=(*added("photo", 4), *added("inspection")), snapshots=(visited("order"), visited("thread", "partial")),
    )  # fmt: skip
    found = findings(full, "damaged", "late")
    assert {id for id, f in found.items() if f.verdict == "ok"} >= {
        "damaged.photos", "damaged.damage_report", "damaged.incoterm", "late.ship_date", "late.order_status",
    }  # fmt: skip
    assert found["late.thread"].verdict == "missing"
    assert "3 of 4" in findings(replace(full, files=added("photo", 3)), "damaged")["damaged.photos"].text
    assert findings(full, "quality")["quality.defect_count"].verdict == "missing"


def test_a_file_added_after_as_of_is_not_there_yet() -> None:
    """The past is judged by what had been kept."""
    early = case(files=added("video"), as_of=instant("2026-10-01T00:00Z"))
    assert findings(early, "quality")["quality.video"].verdict == "missing"


def test_the_reason_comes_from_the_request_the_buyer_or_the_page() -> None:
    """In this order; several at once on a page; none at all is said."""
    policy = load_policy()
    page = shown("dispute.reason", [{"code": "1002", "name": "Supplier didn’t ship by the agreed date"}, "Goods damaged"])
    assert reasons_of(case(page), policy) == ("late", "damaged")
    assert reasons_of(case(page, "reason=quality"), policy) == ("quality",)
    assert reasons_of(case(page, "reason=quality"), policy, ("late", "late")) == ("late",)
    assert findings(case())["reason"].verdict == "undetermined"
    assert "reason" not in findings(case(page))


def test_an_unknown_reason_is_refused_with_the_reasons_there_are() -> None:
    """Exit code 2, one sentence."""
    with pytest.raises(WrongRequest) as refused:
        check(case(), load_policy(), ("bad",))
    assert all(reason in refused.value.hint for reason in REASONS)


def test_the_order_of_the_facts_changes_no_finding() -> None:
    """A case is a set of facts."""
    facts = [*case(*ORDER, *DISPUTE, "paid_at=2026-07-02", thread(("buyer", "2026-10-01 09:00:00"))).facts]
    assert check(case(*facts), load_policy()) == check(case(*reversed(facts)), load_policy())
