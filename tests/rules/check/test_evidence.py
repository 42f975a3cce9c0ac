"""Every "in order" names what it rests on, and is not said any more when that is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import AddedFile, Fact, FileText, Finding, Money, Passage
from rules.case.casefile import CaseFile
from rules.check.refund import payments_made
from rules.check.review import review
from rules.policy.platform import REASONS, load_policy
from tests.rules.cases import added, case, dispute_page, instant, printed, shown, visited

LATE = instant("2026-11-01T12:00Z")


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def talk(*messages: tuple[str, str, str]) -> Fact:
    told = [{"id": str(n), "from": who, "printed": printed(at), "text": text} for n, (who, at, text) in enumerate(messages)]
    return shown("thread.messages", tuple(told), snapshot="thread-1")


def fresh(*files: AddedFile) -> tuple[AddedFile, ...]:
    """Files added on the last day, each with a name of its own."""
    return tuple(replace(f, id=f"{f.kind}{n}", name=f"{f.kind}-{n}.jpg", added_at=LATE) for n, f in enumerate(files))


def text(file: AddedFile, words: str) -> FileText:
    return FileText(file.id, file.name, file.kind, (Passage("page 1", words),))


PAYMENTS = ({"step": "Initial payment", "amount": usd("8600.00"), "paid_at": printed("2026-07-01 11:00:00")},)
ORDER = (
    shown("order.total", usd("8600.00")), shown("order.paid", usd("8600.00")), shown("order.payments", PAYMENTS),
    shown("order.trade_assurance", True), shown("supplier.badge", True), shown("supplier.limit", usd("10000")),
    shown("order.items", ({"name": "Fan of steel", "quantity": 200, "unit": "Pieces"},)),
    shown("order.terms", {"quality": "12 inch blade. Defects at most 2 %.", "packaging": "Double-wall carton."}),
    shown("order.ship_by", "2026-07-26"), shown("order.ship_terms", "DAP Utrecht"),
    shown("order.supplier", "Wing Co., Ltd."),
    shown("product.attributes", ({"name": "Blade", "value": "12 inch"},)), shown("tracking.number", "BX22"),
)  # fmt: skip
TALK = talk(
    ("buyer", "2026-06-20 09:00:00", "The sample is approved. We order 200 pieces for USD 8,600.00 in total."),
    ("supplier", "2026-06-20 10:00:00", "We ship on 2026-07-26. Beneficiary: Wing Co., Ltd."),
    ("supplier", "2026-07-27 10:00:00", "Can we ship one week later?"),
    ("buyer", "2026-07-27 11:00:00", "We do not agree to a later date. The ship date was yesterday, nothing is shipped."),
    ("buyer", "2026-09-20 11:00:00", "We have not received the goods."),
    ("buyer", "2026-10-02 11:00:00", "160 of 200 fans are broken and defective, 10 are missing."),
    ("buyer", "2026-10-02 11:05:00", "The rest is not as described."),
    ("supplier", "2026-10-02 12:00:00", "Sorry for the bad quality, the packing was too thin."),
    ("supplier", "2026-10-02 12:01:00", "The print is within the usual tolerance."),
)  # fmt: skip
FILES = fresh(*added("photo", 4), *added("video"), *added("inspection"), *added("tracking"), *added("packing_list"))
PAGES = tuple(visited(kind, at=LATE) for kind in ("order", "thread", "product"))
COUNT = ("units_total=200", "units_defective=160")
CAME = (shown("order.shipped_at", "2026-07-20"), shown("order.received_at", "2026-10-01"))
CONTRACT = replace(added("contract")[0], name="contract.pdf")

CASES: dict[str, tuple[CaseFile, tuple[str, ...]]] = {
    "on its way": (case(*ORDER, shown("order.shipped_at", "2026-07-20")), ()),
    "in production": (case("paid_at=2026-10-01", "ship_by=2026-10-20"), ()),
    "damaged": (case(*ORDER, *CAME, TALK, *COUNT, files=FILES, snapshots=PAGES, as_of=LATE), ("damaged",)),
    "quality": (case(*ORDER, *CAME, TALK, *COUNT, files=FILES, as_of=LATE), ("quality",)),
    "quantity": (case(*ORDER, *CAME, TALK, *COUNT, files=FILES, as_of=LATE), ("quantity",)),
    "claimed": (case(*ORDER, *CAME, TALK, *COUNT, "amount_claimed=USD 6,880.00", files=FILES, as_of=LATE), ("quality",)),
    "not as described": (case(*ORDER, *CAME, TALK, files=FILES, snapshots=PAGES, as_of=LATE), ("not_as_described",)),
    "late": (
        case(*ORDER, shown("order.shipped_at", "2026-08-25"), shown("tracking.first_scan", "2026-08-26"), TALK,
             snapshots=PAGES, as_of=LATE),
        ("late",),
    ),
    "not shipped": (case(*ORDER, TALK, files=FILES, snapshots=PAGES, as_of=LATE), ("not_shipped",)),
    "not received": (
        case(*ORDER, shown("order.shipped_at", "2026-08-25"), TALK, files=FILES, snapshots=PAGES, as_of=LATE),
        ("not_received",),
    ),
    "in dispute": (
        case(*ORDER, *CAME, shown("dispute.submitted_at", "2026-10-04"), shown("dispute.amount", usd("3000.00")),
             shown("dispute.offer", usd("3200.00")), TALK),
        ("damaged",),
    ),
    "waiting": (
        case("received_at=2026-09-25", "dispute_opened_at=2026-10-04",
             *dispute_page("2026-10-05T00:00Z", "Waiting for supplier response", "2026-10-22 18:00:00")),
        ("damaged",),
    ),
    "reviewed": (case(*dispute_page("2026-10-05T00:00Z", "Platform is reviewing")), ("damaged",)),
    "decided": (case("decided_at=2026-10-04", "dispute_opened_at=2026-09-25"), ("damaged",)),
    "contract file": (
        case(shown("order.total", usd("8600.00")), TALK, files=(CONTRACT,), texts=(
            text(CONTRACT, "Quantity: 200 pieces. Total amount: USD 8,600.00. Ship date: 2026-07-26. Defects at most 2 %."),
        )),
        (),
    ),
}  # fmt: skip


def in_order(file: CaseFile, reasons: tuple[str, ...]) -> Iterator[Finding]:
    return (finding for finding in review(file, load_policy(), reasons) if finding.verdict == "ok")


def names(file: CaseFile) -> set[str]:
    """Everything in a case that a finding can rest on."""
    facts = {fact.name for fact in file.known().facts if fact.value is not None}
    return facts | {f"file: {f.name}" for f in file.files} | {f"page: {s.target.kind}" for s in file.snapshots}


def without(file: CaseFile, gone: tuple[str, ...]) -> CaseFile:
    """The case as if these had never been kept."""
    files = tuple(f for f in file.files if f"file: {f.name}" not in gone)
    left = {f.id for f in files}
    return replace(
        file, facts=tuple(f for f in file.facts if f.name not in gone), files=files,
        texts=tuple(t for t in file.texts if t.file in left),
        snapshots=tuple(s for s in file.snapshots if f"page: {s.target.kind}" not in gone),
    )  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_in_order_names_its_evidence_and_is_not_without_it(name: str) -> None:
    """Each named thing is in the case; what still is in order without them rests on other things, in the end on nothing."""
    file, reasons = CASES[name]
    for first in tuple(in_order(file, reasons)):
        left, finding = file, first
        while True:
            assert finding.facts, finding
            assert set(finding.facts) <= names(left), finding
            left = without(left, finding.facts)
            still = [f for f in in_order(left, reasons) if f.id == first.id]
            if not still:
                break
            finding = still[0]


def test_every_finding_that_can_be_in_order_is_tried_above() -> None:
    """One that no case reaches would never be made false."""
    reached = {finding.id for file, reasons in CASES.values() for finding in in_order(file, reasons)}
    needed = {f"{reason.id}.{r.id}" for reason in load_policy().reasons for r in reason.requirements}
    assert needed - reached <= {"not_as_described.sample"}  # tried below
    assert {f"contact.{reason}" for reason in REASONS} <= reached
    assert {
        "coverage.order", "coverage.supplier_badge", "coverage.limit", "coverage.sample", "refund.ceiling",
        "refund.by_units", "payment.on_platform", "claim.in_time", "shipping.late", "other_side.offer",
        "redflag.delay_asked",
        "timer.against_count", "difference.amount", "difference.quantity", "difference.ship_date", "difference.beneficiary",
        "moment.in_production", "moment.on_the_way", "moment.waiting_for_supplier", "moment.under_review", "moment.decided",
    } <= reached  # fmt: skip
    assert any(id.startswith("strength.") for id in reached)
    assert any(id.startswith("admission.") for id in reached)
    assert any(id.startswith("other_side.") and id != "other_side.offer" for id in reached)
    assert any(id.startswith("contract.") for id in reached)


@given(st.sampled_from(sorted(CASES)), st.data())
def test_whatever_else_is_missing_what_is_in_order_names_what_is_there(name: str, data: st.DataObject) -> None:
    """For any part of a case."""
    file, reasons = CASES[name]
    gone = data.draw(st.sets(st.sampled_from(sorted(names(file)))))
    part = without(file, tuple(gone))
    for finding in in_order(part, reasons):
        assert finding.facts
        assert set(finding.facts) <= names(part)


# -- what looks like evidence and is none --------------------------------------------------------------------------------


def verdict(file: CaseFile, id: str, *reasons: str) -> str:
    return next(f.verdict for f in review(file, load_policy(), reasons or (id.partition(".")[0],)) if f.id == id)


@pytest.mark.parametrize(
    ("id", "kind", "number"),
    [("damaged.photos", "photo", 4), ("quality.photos", "photo", 1), ("quality.video", "video", 1),
     ("quantity.unboxing", "video", 1), ("quantity.cartons", "photo", 1), ("not_as_described.photos", "photo", 1)],
)  # fmt: skip
def test_a_picture_from_before_the_goods_came_shows_nothing_of_them(id: str, kind: str, number: int) -> None:
    """It is of the sample, or of the supplier's factory."""
    files = added(kind, number)  # on 5 October
    assert verdict(case("received_at=2026-10-05", files=files, as_of=LATE), id) == "ok"
    assert verdict(case("received_at=2026-10-10", files=files, as_of=LATE), id) == "missing"


@pytest.mark.parametrize(
    ("id", "page"), [("late.order_status", "order"), ("late.thread", "thread"), ("not_shipped.order_status", "order")]
)
def test_a_page_from_before_the_ship_date_shows_nothing_of_the_delay(id: str, page: str) -> None:
    """Nothing was late yet."""
    pages = (visited(page),)  # on 5 October
    assert verdict(case("ship_by=2026-10-04", snapshots=pages, as_of=LATE), id) == "ok"
    assert verdict(case("ship_by=2026-10-06", snapshots=pages, as_of=LATE), id) == "missing"


@pytest.mark.parametrize(
    ("id", "against"),
    [("not_shipped.order_status", "order.shipped_at"), ("not_shipped.tracking", "tracking.first_scan"),
     ("not_received.tracking", "tracking.delivered_at"), ("not_received.tracking", "order.received_at")],
)  # fmt: skip
def test_a_page_that_shows_the_contrary_is_no_evidence(id: str, against: str) -> None:
    """A tracking number is no tracking without movement once there is a movement."""
    file = (shown("tracking.number", "BX22"), "ship_by=2026-09-01")
    pages = (visited("order"),)
    assert verdict(case(*file, snapshots=pages), id) == "ok"
    assert verdict(case(*file, shown(against, "2026-10-01"), snapshots=pages), id) == "problem"


def test_a_thread_in_which_a_delay_was_agreed_does_not_show_that_none_was() -> None:
    """The buyer's own words are quoted."""
    agreed = talk(("buyer", "2026-07-27 11:00:00", "OK, one week later is fine for us."))
    file = case("ship_by=2026-07-26", agreed, snapshots=(visited("thread"),))
    assert verdict(file, "late.thread") == "problem"
    assert verdict(case("ship_by=2026-07-26", snapshots=(visited("thread"),)), "late.thread") == "ok"


@pytest.mark.parametrize(
    ("id", "own", "page"),
    [
        ("late.ship_date", "ship_by=2026-07-26", shown("order.ship_by", "2026-07-26")),
        ("late.payment_date", "paid_at=2026-07-01", shown("order.payments", PAYMENTS)),
        ("damaged.incoterm", "order.ship_terms=DAP Utrecht", shown("order.ship_terms", "DAP Utrecht")),
    ],
)
def test_the_buyers_own_word_is_no_evidence_of_what_a_page_would_show(id: str, own: str, page: Fact) -> None:
    """It says whose word it is."""
    assert verdict(case(own), id) == "missing"
    assert verdict(case(own, page), id) == "ok"


def test_the_day_of_a_sample_is_the_buyers_word_and_its_pictures_are_evidence() -> None:
    """Of what was approved, for goods that are not as described."""
    assert verdict(case("sample_approved_at=2026-06-20"), "not_as_described.sample") == "missing"
    assert verdict(case(files=added("sample")), "not_as_described.sample") == "ok"


@pytest.mark.parametrize("reason", ["not_shipped", "not_received"])
def test_a_payment_that_was_not_made_is_no_proof_of_payment(reason: str) -> None:
    """Nought, and a payment that the page lists as still to come."""
    unpaid = ({"step": "Initial payment", "amount": usd("2580.00"), "paid_at": None},)
    none = case(shown("order.paid", usd("0.00")), shown("order.payments", unpaid))
    assert verdict(none, f"{reason}.payment_proof") == "missing"
    assert not payments_made(none.fact("order.payments"))
    assert verdict(case(shown("order.payments", PAYMENTS)), f"{reason}.payment_proof") == "ok"


def test_one_count_is_not_the_count_of_two_reasons() -> None:
    """Broken and missing are counted apart."""
    file = case(*COUNT)
    assert verdict(file, "quality.defect_count") == verdict(file, "quantity.shortage") == "ok"
    for id in ("quality.defect_count", "quantity.shortage"):
        assert verdict(file, id, "quality", "quantity") == "undetermined"
    assert verdict(file, "quantity.shortage", "damaged", "quantity") == "undetermined"
