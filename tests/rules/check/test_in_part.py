"""Nothing is concluded from what a page that was kept in part does not show."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Fact, Finding
from rules.check.before_order import PageSeen, before_order
from rules.check.review import check, review
from rules.deadlines.counting import deadlines
from rules.drafts import draft
from rules.policy.fact_names import FACTS
from rules.policy.platform import load_policy
from tests.rules.cases import NOON, case, dispute_page, dues, instant, shown, visited

POLICY = load_policy()
LACKS = "The conversation is not whole: its start was not reached: no older messages came within 15 s."
PICTURES = "Missing: pictures (the browser's answer took longer than 30 s)."
LATER = NOON + timedelta(hours=1)


def message(number: int, who: str, text: str, day: str = "2026-10-02") -> dict[str, Any]:
    return {"id": f"m{number}", "from": who, "text": text, "sent_at": f"{day}T09:00:00Z", "recalled": False}


def thread(*messages: dict[str, Any], whole: bool, snapshot: str = "t1", at: Any = NOON) -> list[Fact]:
    """What a visit to the thread gave."""
    found = [shown("thread.messages", messages, at, snapshot), shown("thread.complete", whole, at, snapshot)]
    return [replace(fact, lacks="" if whole else LACKS) for fact in found]


def unseen(name: str, at: Any = LATER, snapshot: str = "p1") -> Fact:
    """A fact that a page which was kept in part does not show."""
    return replace(shown(name, None, at, snapshot), state="unreadable", lacks=PICTURES)


def findings(*facts: str | Fact, reasons: tuple[str, ...] = (), **rest: Any) -> dict[str, Finding]:
    return {finding.id: finding for finding in review(case(*facts, **rest), POLICY, reasons)}


HURT = message(2, "buyer", "160 of the 200 fans are broken.")
HELLO = message(1, "buyer", "Hello, what is the price?", "2026-08-01")


@pytest.mark.parametrize("whole", [True, False])
def test_that_the_supplier_was_not_told_is_said_only_where_the_conversation_is_whole(whole: bool) -> None:
    told: list[str | Fact] = ["received_at=2026-10-01", "dispute_opened_at=2026-10-04", *thread(HELLO, whole=whole)]
    found = findings(*told)["contact.before_dispute"]
    assert found.verdict == ("problem" if whole else "undetermined")
    assert ("its start was not reached" in found.text) is not whole
    assert found.todo


def test_a_message_to_the_supplier_counts_though_the_newest_look_does_not_reach_it() -> None:
    late = message(3, "supplier", "We look into it.", "2026-10-03")
    looks = [*thread(HELLO, HURT, whole=True), *thread(late, whole=False, snapshot="t2", at=LATER)]
    found = findings("received_at=2026-10-01", *looks, as_of=LATER, reasons=("damaged",))["contact.damaged"]
    assert found.verdict == "ok"
    assert "160 of the 200" in found.text


def test_a_message_that_was_recalled_since_does_not_count() -> None:
    looks = [*thread(HURT, whole=True), *thread({**HURT, "recalled": True}, whole=True, snapshot="t2", at=LATER)]
    assert findings("received_at=2026-10-01", *looks, as_of=LATER)["contact.before_dispute"].verdict != "ok"


@pytest.mark.parametrize(("whole", "verdict"), [(True, "missing"), (False, "undetermined")])
def test_that_no_sample_was_approved_is_not_concluded_from_a_part_of_the_conversation(whole: bool, verdict: str) -> None:
    found = findings(*thread(HELLO, whole=whole))["coverage.sample"]
    assert found.verdict == verdict
    assert ("its start was not reached" in found.text) is not whole


def test_that_no_delay_was_agreed_is_not_shown_by_a_part_of_the_conversation() -> None:
    look = replace(visited("thread", "partial"), id="t1", why=LACKS)
    found = findings(*thread(HELLO, whole=False), reasons=("late",), snapshots=(look,))
    assert found["late.thread"].verdict == "undetermined"
    assert "its start was not reached" in found["late.thread"].text
    assert "the message thread" in found["strength.late"].text.partition("missing:")[2]


def test_what_the_contract_does_not_say_is_not_concluded_from_a_part_of_the_order_page() -> None:
    found = findings(shown("order.ship_by", "2026-10-10"), unseen("order.terms"), as_of=LATER)
    silent = [f for id, f in found.items() if id.startswith("contract.") and f.verdict != "ok"]
    assert silent
    assert {f.verdict for f in silent} == {"undetermined"}
    assert all("kept in part: missing: pictures" in f.text for f in silent)


def test_that_nothing_was_shipped_is_not_concluded_from_a_part_of_the_order_page() -> None:
    agreed = shown("order.ship_by", "2026-09-20")
    assert findings(agreed)["shipping.late"].verdict == "problem"
    found = findings(agreed, unseen("order.shipped_at"), as_of=LATER)["shipping.late"]
    assert found.verdict == "undetermined"
    assert "kept in part" in found.text


def test_a_draft_does_not_say_that_no_answer_came_where_the_conversation_is_not_whole() -> None:
    for whole in (True, False):
        file = case("received_at=2026-10-01", *thread(HURT, whole=whole))
        assert ("no answer is shown since" in draft(file, POLICY, "statement", reasons=("damaged",)).text) is whole


def test_a_fact_that_a_partial_page_repeats_is_that_of_the_whole_page_before_it() -> None:
    whole = shown("order.status", "Shipped")
    again = replace(shown("order.status", "Shipped", LATER, "s2"), lacks=PICTURES)
    other = replace(shown("order.status", "Delivered", LATER, "s2"), lacks=PICTURES)
    assert case(whole, again).read("order.status") is whole
    assert case(whole, other).read("order.status") is other


def test_a_timer_of_a_partial_page_counts_and_the_deadline_says_what_is_missing() -> None:
    page = dispute_page("2026-10-05T10:00:00Z", "Waiting for your response", "2026-10-07 18:00:00")
    due = dues("dispute_opened_at=2026-10-01", *(replace(fact, lacks=PICTURES) for fact in page))["buyer_answer"]
    assert (due.printed, due.state, due.lacks) == (True, "due_soon", PICTURES)
    assert "kept in part: missing: pictures" in due.basis


def test_a_deadline_counted_from_a_day_of_a_partial_page_says_so_too() -> None:
    claim = dues(replace(shown("order.received_at", "2026-10-01"), lacks=PICTURES))["claim"]
    assert claim.lacks == PICTURES
    assert "kept in part" in claim.basis


@given(st.sets(st.sampled_from(sorted(FACTS)), min_size=1), st.booleans())
def test_what_a_partial_page_does_not_show_changes_no_deadline_and_proves_nothing(names: set[str], early: bool) -> None:
    told: list[str | Fact] = [
        "paid_at=2026-08-01", shown("order.ship_by", "2026-09-01"), shown("order.received_at", "2026-09-30"),
        *dispute_page("2026-10-04T10:00:00Z", "Waiting for your response", "2026-10-07 18:00:00"),
    ]  # fmt: skip
    gaps = [unseen(name, instant("2026-10-03T10:00:00Z") if early else LATER) for name in sorted(names)]
    before, after = case(*told, as_of=LATER), case(*told, *gaps, as_of=LATER)
    assert deadlines(after, POLICY) == deadlines(before, POLICY)
    harder = {"ok": 0, "undetermined": 1, "missing": 2, "problem": 3}
    were = {finding.id: harder[finding.verdict] for finding in check(before, POLICY)}
    assert all(harder[finding.verdict] <= were[finding.id] for finding in check(after, POLICY))


def test_a_product_page_kept_in_part_is_judged_by_what_it_shows_and_says_that_there_may_be_more() -> None:
    badge = replace(shown("product.badge", True), lacks=PICTURES)
    seen = PageSeen("product", "https://www.alibaba.com/x", "s1", NOON, "partial", PICTURES, (badge,))
    found = {finding.id: finding for finding in before_order((seen,), None, POLICY, "Europe/Berlin")}
    assert found["before.badge"].verdict == "ok"
    assert "kept in part: missing: pictures" in found["before.page"].text
    nothing = replace(seen, facts=(unseen("product.badge"),))
    assert "before.badge" not in {finding.id for finding in before_order((nothing,), None, POLICY, "Europe/Berlin")}
