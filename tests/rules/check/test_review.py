"""What is for the buyer's eyes alone: readiness in the time left, strength, refund, the other side."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from collector.model import Finding, Money
from rules.case.casefile import CaseFile
from rules.check.review import check, review
from rules.policy.platform import load_policy
from tests.rules.cases import added, case, dispute_page, instant, printed, shown, visited


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def findings(casefile: CaseFile, *reasons: str) -> dict[str, Finding]:
    return {finding.id: finding for finding in review(casefile, load_policy(), reasons)}


def talk(*messages: tuple[str, str, str]) -> Any:
    told = [{"id": str(n), "from": w, "printed": printed(at), "text": t} for n, (w, at, t) in enumerate(messages)]
    return shown("thread.messages", told)


ORDER = (shown("order.total", usd("8600.00")), shown("order.paid", usd("8600.00")), shown("supplier.limit", usd("6000")))
UNITS = ("units_total=200", "units_defective=160")


def test_a_pack_never_holds_what_weakens_the_buyer() -> None:
    """The check that goes into a pack says nothing of own words, the other side, strength or drafts of the contract."""
    casefile = case(*ORDER, talk(("buyer", "2026-09-01 09:00", "OK, a later date is fine for us.")), "ship_by=2026-08-01")
    private = (
        "own.",
        "redflag.",
        "admission.",
        "other_side.",
        "first_seen",
        "strength.",
        "contract.",
        "difference.",
        "alternative.",
    )
    assert [f.id for f in check(casefile, load_policy(), ("late",)) if f.id.startswith(private)] == []
    assert "own.agreed_delay" in findings(casefile, "late")


def test_the_refund_by_units_shows_its_calculation() -> None:
    found = findings(case(*ORDER, *UNITS), "damaged")["refund.by_units"]
    assert "160 of 200 units are USD 6,880.00 (USD 8,600.00 × 160 ÷ 200)" in found.text
    assert "The ceiling is USD 6,000.00" in found.text
    assert 'amount_claimed="USD 6880.00"' in found.todo


@pytest.mark.parametrize(
    ("claimed", "verdict"), [("6880.00", "ok"), ("7000.00", "undetermined"), ("5000.00", "undetermined")]
)
def test_a_claim_is_held_against_the_units(claimed: str, verdict: str) -> None:
    """More is asked about, and less is too."""
    found = findings(case(*ORDER, *UNITS, f"amount_claimed=USD {claimed}"), "damaged")
    assert found["refund.by_units"].verdict == verdict


def test_before_shipment_the_initial_payment_is_named() -> None:
    """One text of the platform covers no more; the tool never advises to claim less."""
    payments = [{"step": "Initial payment", "amount": usd("2580"), "paid_at": printed("2026-07-01 10:00")},
                {"step": "Balance payment", "amount": usd("6020"), "paid_at": printed("2026-07-21 10:00")}]  # fmt: skip
    found = findings(case(*ORDER, shown("order.payments", payments)))["refund.before_shipment"]
    assert "USD 2,580.00" in found.text
    assert "all the same" in found.todo
    assert "refund.before_shipment" not in findings(case(*ORDER, shown("order.payments", payments), "shipped_at=2026-08-01"))


@pytest.mark.parametrize(
    ("left", "words"), [("2026-09-24 18:00:00", "1 day is left"), ("2026-09-30 18:00:00", "7 days are left")]
)
def test_missing_evidence_is_named_with_how_to_get_it_in_the_time_left(left: str, words: str) -> None:
    """With a day left, what serves instead of a report that takes three."""
    page = dispute_page("2026-09-22T12:00Z", "Waiting for buyer evidence", left, "Please upload evidence")
    todo = findings(case(*ORDER, *page, as_of=instant("2026-09-22T13:00Z")), "damaged")["damaged.damage_report"].todo
    assert words in todo
    assert ("now" in todo) is ("1 day" in words)


def test_the_strength_is_said_in_words_and_no_percentages() -> None:
    """Thin, fair, strong; the supplier's own words speak for it, the buyer's against it."""
    empty = findings(case(), "quality")["strength.quality"]
    assert (empty.verdict, "thin" in empty.text, "%" in empty.text) == ("missing", True, False)
    admitted = talk(("supplier", "2026-09-01 09:00", "Sorry, this batch is defective, our mistake."))
    files = (*added("contract"), *added("photo"), *added("video"), *added("inspection"))
    full = findings(case(admitted, *UNITS, files=files), "quality")["strength.quality"]
    assert (full.verdict, "strong" in full.text) == ("ok", True)
    assert "“Sorry, this batch is defective, our mistake.”" in full.text
    praised = talk(("buyer", "2026-09-01 09:00", "Goods received, the quality is great."))
    weakened = findings(case(praised, *UNITS, files=files), "quality")["strength.quality"]
    assert (weakened.verdict, "speak against you" in weakened.text) == ("problem", True)


def test_several_reasons_are_judged_at_once() -> None:
    assert {"strength.late", "strength.damaged"} <= findings(case(), "late", "damaged").keys()


def test_arrived_late_is_not_shipped_late() -> None:
    """Shipped by the agreed date and late on the way: another reason is needed."""
    found = findings(case("ship_by=2026-08-01", "shipped_at=2026-08-01", "received_at=2026-09-20"), "late")
    assert found["shipping.arrived_late"].verdict == "problem"
    late = findings(case("ship_by=2026-08-01", "shipped_at=2026-08-02", "received_at=2026-09-20"), "late")
    assert "shipping.arrived_late" not in late


DISPUTED = (
    "received_at=2026-09-01",
    "dispute_opened_at=2026-09-05",
    shown("order.terms", {"quality": "Misprints at most 1 %."}),
)


@pytest.mark.parametrize(
    ("answer", "id", "verdict"),
    [
        ("The print is within the usual tolerance.", "other_side.within_tolerance", "ok"),
        ("丝网印刷有一点偏差是正常的。", "other_side.within_tolerance", "ok"),
        ("The damage was caused by the courier.", "other_side.carrier_fault", "missing"),
        ("You approved the sample.", "other_side.as_sample", "ok"),
        ("We have answered you.", "other_side.answer", "undetermined"),
    ],
)
def test_the_suppliers_answer_stands_beside_what_answers_it(answer: str, id: str, verdict: str) -> None:
    """The contract's own sentence where there is one."""
    finding = findings(case(*DISPUTED, shown("dispute.supplier_answer", answer)), "quality")[id]
    assert finding.verdict == verdict
    assert answer.rstrip(".。") in finding.text
    assert finding.todo
    assert ("at most 1 %" in finding.text) is (verdict == "ok")


def test_an_offer_is_held_against_the_claim() -> None:
    """Never advice to take less."""
    page = (shown("dispute.offer", "USD 640.00"), shown("dispute.amount", usd("3200")))
    finding = findings(case(*DISPUTED, *page), "quality")["other_side.offer"]
    assert finding.verdict == "undetermined"
    assert "USD 640.00 of the USD 3,200.00" in finding.text
    assert findings(case(*DISPUTED, shown("dispute.offer", usd("3200")), page[1]))["other_side.offer"].verdict == "ok"


def test_files_that_the_supplier_sent_since_the_problem_are_named() -> None:
    message = {
        "id": "1",
        "from": "supplier",
        "printed": printed("2026-09-03 09:00"),
        "text": "see",
        "attachments": [{"name": "QC.pdf"}],
    }
    found = findings(case(*DISPUTED, shown("thread.messages", [message])))
    assert "QC.pdf" in found["other_side.uploads"].text


def test_receipt_confirmed_before_the_dispute_is_said() -> None:
    assert findings(case(*DISPUTED, "receipt_confirmed_at=2026-09-02"))["own.receipt_confirmed"].verdict == "problem"
    assert "own.receipt_confirmed" not in findings(case(*DISPUTED))


def test_a_watch_that_began_after_the_order_says_how_many_days() -> None:
    """The day itself is not late."""
    seen = visited("product", at=instant("2026-07-15T12:00Z"))
    late = findings(case("paid_at=2026-07-01", snapshots=(seen,)))["first_seen"]
    assert "the product page (14 days later)" in late.text
    same = replace(seen, visit=replace(seen.visit, machine_time=instant("2026-07-01T18:00Z")))
    assert "first_seen" not in findings(case("paid_at=2026-07-01", snapshots=(same,)))


def test_a_sample_that_nothing_shows_is_missing() -> None:
    """The chat shows it; a date that the buyer enters and pictures of a sample do not."""
    assert findings(case())["coverage.sample"].verdict == "missing"
    for only in (case("sample_approved_at=2026-06-01"), case(files=added("sample"))):
        assert findings(only)["coverage.sample"].verdict == "undetermined"
    assert findings(case(talk(("buyer", "2026-06-01 09:00", "The sample is approved."))))["coverage.sample"].verdict == "ok"


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("The sample is not approved.", "2026-06-01 09:00"),
        ("Is the sample approved by your factory?", "2026-06-01 09:00"),
        ("When the sample is right, we order.", "2026-06-01 09:00"),
        ("The sample is approved.", "2026-07-03 09:00"),
    ],
)
def test_a_sample_is_approved_by_a_plain_word_before_the_order(text: str, when: str) -> None:
    """Not by a refusal, a question or a condition, and not afterwards."""
    assert findings(case("paid_at=2026-07-01", talk(("buyer", when, text))))["coverage.sample"].verdict == "missing"


def test_a_refusal_that_was_taken_back_answers_nothing() -> None:
    """Who agrees after all has agreed."""
    asked = ("supplier", "2026-07-20 09:00", "Can we ship one week later?")
    refused = ("buyer", "2026-07-20 10:00", "We do not agree to a later date.")
    agreed = ("buyer", "2026-07-21 10:00", "OK, one week later is fine for us.")
    assert findings(case(talk(asked, refused)))["redflag.delay_asked"].verdict == "ok"
    assert findings(case(talk(asked, refused, agreed)))["redflag.delay_asked"].verdict == "problem"


def test_a_claim_in_another_currency_is_not_called_right() -> None:
    """It cannot be compared; and lateness is not claimed by units."""
    counted = (*ORDER, "units_total=200", "units_defective=160", "amount_claimed=EUR 6880")
    assert findings(case(*counted), "damaged")["refund.by_units"].verdict == "undetermined"
    assert "refund.by_units" not in findings(case(*counted), "late")


def test_other_protection_is_offered_only_while_it_can_still_help() -> None:
    """Before shipment, for the part above the limit."""
    assert "USD 2,600.00 that is not covered" in findings(case(*ORDER))["alternative.inspection"].text
    assert "alternative.inspection" not in findings(case(*ORDER, "shipped_at=2026-08-01"))


def test_a_badge_that_came_only_later_is_told() -> None:
    facts = (
        shown("supplier.badge", False, instant("2026-07-01T00:00Z"), "supplier-1"),
        shown("supplier.badge", True, instant("2026-09-01T00:00Z"), "supplier-2"),
    )
    snapshots = tuple(replace(visited("supplier"), id=f"supplier-{n}") for n in (1, 2))
    found = findings(case(*facts, snapshots=snapshots))
    assert "said to be absent (Wed 1 Jul 2026), then shown (Tue 1 Sep 2026)" in found["coverage.badge_changed"].text
    assert "change.supplier.badge" not in found


def test_a_suppliers_record_that_changed_is_told_page_by_page() -> None:
    """The product page's figure is not held against the supplier page's."""
    then, now = instant("2026-07-01T00:00Z"), instant("2026-09-01T00:00Z")
    name = "supplier.on_time_delivery"
    facts = (shown(name, "97.0%", then, "s-1"), shown(name, "88.1%", now, "s-2"), shown(name, "96.9%", now, "p-1"))
    pages = (*(replace(visited("supplier"), id=f"s-{n}") for n in (1, 2)), replace(visited("product"), id="p-1"))
    found = [f for f in check(case(*facts, snapshots=pages), load_policy(), ()) if f.id == "coverage.record_changed"]
    assert [f.facts for f in found] == [(name,)]
    assert "on-time delivery: 97.0% (Wed 1 Jul 2026), now 88.1% (Tue 1 Sep 2026)" in found[0].text


def test_the_order_of_the_facts_changes_nothing() -> None:
    facts = [
        *case(
            *ORDER,
            *UNITS,
            *DISPUTED,
            "paid_at=2026-07-02",
            talk(("supplier", "2026-09-03 09:00", "Please cancel the dispute first.")),
        ).facts
    ]
    assert review(case(*facts), load_policy(), ("damaged",)) == review(case(*reversed(facts)), load_policy(), ("damaged",))
