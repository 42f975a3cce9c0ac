"""The moments at which the tool speaks first: which have come, what they say, and what is refused as data."""

from __future__ import annotations

import pytest

from collector.errors import WrongRequest
from collector.model import Fact
from rules.check.review import check, reasons_of
from rules.deadlines.moments import Advice, load_moments, moments, parse
from rules.policy.platform import load_policy
from rules.policy.schema import installed
from tests.rules.cases import case, dispute_page, instant, printed, shown, visited

PAID = ("order.number=2508", "paid_at=2026-09-01", "ship_by=2026-09-20")
OPEN = ("received_at=2026-09-25", "reason=damaged", "dispute_opened_at=2026-10-04")

TOLD = shown(
    "thread.messages",
    ({"id": "1", "from": "buyer", "printed": printed("2026-10-04 09:00:00"), "text": "160 of 200 fans are broken."},),
)

# The life of an order, and what the tool speaks of first.
LIFE: dict[str, tuple[tuple[str | Fact, ...], str]] = {
    "ordered, not paid": (("order.number=2508",), "before_payment"),
    "paid, in production": (("order.number=2508", "paid_at=2026-09-01", "ship_by=2026-10-20"), "in_production"),
    "paid elsewhere": (("order.number=2508", "paid_on_platform=no"), "no_platform_order"),
    "ship date passed": (PAID, "ship_date_passed"),
    "on its way": ((*PAID, "shipped_at=2026-10-01"), "on_the_way"),
    "delivered": ((*PAID, "shipped_at=2026-09-19", "received_at=2026-10-03"), "delivered"),
    "a problem": ((*PAID, "received_at=2026-10-03", "units_defective=160"), "tell_supplier"),
    "the supplier told": ((*PAID, "received_at=2026-10-03", "reason=damaged", TOLD), "supplier_told"),
    "dispute open": ((*PAID, *OPEN), "waiting_for_supplier"),
    "supplier silent": ((*PAID, "received_at=2026-09-15", "dispute_opened_at=2026-09-25"), "silent"),
    "supplier answered": ((*PAID, *OPEN, "supplier_answered_at=2026-10-05"), "supplier_answered"),
    "an offer": ((*PAID, *OPEN, "offer_made_at=2026-10-05"), "offer"),
    "evidence asked for": ((*PAID, *OPEN, "evidence_requested_at=2026-10-05"), "evidence_requested"),
    "evidence asked for again": (
        (*PAID, *OPEN, "evidence_requested_at=2026-10-04", "evidence_submitted_at=2026-10-04",
         "evidence_requested_at=2026-10-05"),
        "evidence_requested",
    ),
    "reviewed": ((*PAID, *OPEN, "dispute.status=Platform is reviewing"), "under_review"),
    "cancelled": ((*PAID, *OPEN, "dispute.status=Refund application cancelled"), "dispute_closed"),
    "decided": ((*PAID, *OPEN, "decided_at=2026-10-05"), "decided"),
}  # fmt: skip


def now(*facts: str | Fact) -> tuple[Advice, ...]:
    file = case(*facts)
    return moments(file, load_policy(), reasons_of(file, load_policy()))


@pytest.mark.parametrize("name", LIFE)
def test_each_stage_of_an_order_has_its_word(name: str) -> None:
    """The first thing said is of that stage, with the page to open and what to press there."""
    facts, wanted = LIFE[name]
    first = now(*facts)[0]
    assert first.id == wanted
    assert first.page in ("order", "thread", "dispute")
    assert first.press
    assert first.source


def test_every_moment_is_tried_above() -> None:
    """A moment that no case reaches would never speak."""
    assert {wanted for _, wanted in LIFE.values()} == {moment.id for moment in load_moments().moments}


def test_a_case_about_which_nothing_is_known_and_one_that_is_over_hear_nothing() -> None:
    """No advice without a reason."""
    assert now() == ()
    assert now(*PAID, *OPEN, "decided_at=2026-10-05", "refund_received_at=2026-10-05") == ()


def test_evidence_that_was_sent_is_not_asked_for_any_more() -> None:
    """Until the platform asks again."""
    asked = (*PAID, *OPEN, "evidence_requested_at=2026-10-04")
    assert "evidence_requested" in {a.id for a in now(*asked)}
    assert "evidence_requested" not in {a.id for a in now(*asked, "evidence_submitted_at=2026-10-05")}


def test_it_asks_to_tell_the_supplier_until_each_reason_that_is_asked_for_was_told() -> None:
    """A message about the damage is no report of what is missing."""
    file = case(*PAID, "received_at=2026-10-03", TOLD)
    for reasons, wanted in (
        (("damaged",), "supplier_told"),
        (("quantity",), "tell_supplier"),
        (("damaged", "quantity"), "tell_supplier"),
    ):
        assert moments(file, load_policy(), reasons)[0].id == wanted


def test_an_offer_is_said_with_its_amount_and_what_accepting_closes() -> None:
    """From the page's own figures."""
    page = dispute_page("2026-10-05T00:00Z", "Negotiating with supplier")
    offer = now(*OPEN, *page, shown("dispute.offer", "USD 640.00", instant("2026-10-05T00:00Z")))[0]
    assert offer.id == "offer"
    assert "USD 640.00" in offer.say[0]
    assert "closes the dispute" in offer.say[0]


def test_a_moment_names_the_address_of_its_page() -> None:
    """The one that was visited, or the order page's."""
    file = case(*OPEN, "offer_made_at=2026-10-05", snapshots=(visited("order"), visited("dispute")))
    assert moments(file, load_policy(), ())[0].url == "https://www.alibaba.com/dispute"


def test_the_check_tells_each_moment_as_a_finding() -> None:
    """An offer is a problem, a delivery asks for something, waiting is all right."""
    found = {f.id: f for name in ("an offer", "delivered", "on its way") for f in check(case(*LIFE[name][0]), load_policy())}
    assert found["moment.offer"].verdict == "problem"
    assert found["moment.delivered"].verdict == "missing"
    assert "not “Confirm receipt”" in found["moment.delivered"].todo
    assert found["moment.on_the_way"].verdict == "ok"


def test_no_moment_advises_giving_up() -> None:
    """Not one word of it."""
    texts = [text for m in load_moments().moments for text in (m.press, *m.say)]
    for words in ("give up", "too late", "nothing can be done", "no longer possible"):
        assert not any(words in text.lower() for text in texts)


TEXT = installed("moments_alibaba")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('has = ["shipped"]', 'has = ["shiped"]', "no such event, fact, stage or deadline"),
        ('"stage:closed"', '"stage:ajar"', "no such event, fact, stage or deadline"),
        ('"running:evidence"', '"running:proof"', "no such event, fact, stage or deadline"),
        ('verdict = "ok"', 'verdict = "fine"', "the verdict is one of"),
        ('source = "guide"', 'source = "hearsay"', "no such source"),
        ('has = ["shipped"]\n', "", "it says of nothing when it comes"),
        ('page = "order"\n', "", "'page' is missing"),
    ],
)
def test_bad_moments_are_refused_with_their_place(old: str, new: str, said: str) -> None:
    """One sentence that says where and what."""
    assert old in TEXT
    with pytest.raises(WrongRequest, match=said):
        parse(TEXT.replace(old, new, 1), load_policy())
