"""A deadline that is asked for again: each round on its own, and whole disputes against a simple model of their page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from collector.model import Deadline, Fact, Printed
from rules.case.dispute_page import stated_phrase
from rules.deadlines.counting import needs_attention
from rules.policy.platform import load_policy
from tests.rules.cases import HOME, asserted, beijing_end, case, dispute_page, dues, instant, shown

FACTS = ("received_at=2026-09-30", "dispute_opened_at=2026-10-10")
YOURS = "Waiting for your response"
THEIRS = "Waiting for supplier response"


def typed(status: str, deadline: str = "") -> tuple[str, ...]:
    """What the buyer copies from the dispute page at the prompt: it is seen at the time asked for."""
    both = (f"dispute.status={status}", f"dispute.deadline={deadline}" if deadline else "")
    return tuple(text for text in both if text)


def loose(*facts: str | Fact, as_of: str, zone: str = "Europe/Berlin") -> dict[str, Deadline]:
    """The answer to dates alone: nothing says when they were entered."""
    made = case(*facts, as_of=instant(as_of), zone=zone).facts
    undated = [replace(f, at=None) if f.state == "asserted" else f for f in made]
    return dues(*undated, as_of=instant(as_of), zone=zone)


# -- a timer that is printed again --------------------------------------------------------------------------------------

EARLIER = [
    ("buyer_answered_at=2026-10-12",),
    ("escalated_at=2026-10-14",),
    ("buyer_answered_at=2026-10-12", "escalated_at=2026-10-14"),
    ("decided_at=2026-10-14",),
    ("refund_received_at=2026-10-14",),
    ("offer_made_at=2026-10-11", "buyer_answered_at=2026-10-12"),
    ("evidence_submitted_at=2026-10-12", "buyer_answered_at=2026-10-20T23:00Z"),
]


@pytest.mark.parametrize("earlier", EARLIER)
@pytest.mark.parametrize("deadline", ["2026-10-22T18:00+08:00", "2026-10-22"])
def test_a_timer_that_runs_is_not_ended_by_what_was_done_before_it_was_seen(earlier: tuple[str, ...], deadline: str) -> None:
    """Typed at the prompt, with a day or an hour: it is due, 25 hours before the page says that it ends."""
    answer = loose(*FACTS, *earlier, *typed(YOURS, deadline), as_of="2026-10-21T09:00Z")["buyer_answer"]
    assert (answer.state, answer.over, answer.sure) == ("due_soon", False, "copied")
    assert answer.earliest in (instant("2026-10-22T18:00+08:00"), beijing_end("2026-10-22"))
    assert needs_attention(answer)


@pytest.mark.parametrize("earlier", EARLIER)
@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("dated", [True, False])
def test_the_same_on_a_page_that_a_visit_kept_or_that_the_buyer_saved(
    earlier: tuple[str, ...], by_hand: bool, dated: bool
) -> None:
    """A page of no known day may be newer than any answer, as long as its timer may run."""
    page = dispute_page("2026-10-21T08:00Z", YOURS, "2026-10-22 18:00")
    if by_hand:
        page = [replace(f, saved=True, at=f.at if dated else None) for f in page]
    answer = dues(*FACTS, *earlier, *page, as_of=instant("2026-10-21T09:00Z"))["buyer_answer"]
    assert (answer.state, answer.printed, answer.earliest) == ("due_soon", True, instant("2026-10-22T18:00+08:00"))


@pytest.mark.parametrize("entered", ["buyer_answered_at=2026-10-21", "buyer_answered_at=2026-10-21T10:00Z"])
def test_an_answer_after_the_look_ends_the_round_until_a_page_asks_again(entered: str) -> None:
    look = dispute_page("2026-10-21T08:00Z", YOURS, "2026-10-22 18:00")
    answered = replace(asserted(entered), at=instant("2026-10-21T10:05Z"))
    now = instant("2026-10-21T20:00Z")
    assert dues(*FACTS, *look, answered, as_of=now)["buyer_answer"].state == "met"
    still = dispute_page("2026-10-21T19:00Z", YOURS, "2026-10-22 18:00")
    assert dues(*FACTS, *look, *still, answered, as_of=now)["buyer_answer"].state == "due_soon"
    gone_on = dispute_page("2026-10-21T19:30Z", THEIRS)
    assert dues(*FACTS, *look, *still, *gone_on, answered, as_of=now)["buyer_answer"].state == "met"


def test_an_answer_recorded_before_the_look_of_the_same_day_does_not_end_what_the_look_shows() -> None:
    answered = replace(asserted("buyer_answered_at=2026-10-21"), at=instant("2026-10-21T07:00Z"))
    look = dispute_page("2026-10-21T08:00Z", YOURS, "2026-10-22 18:00")
    assert dues(*FACTS, *look, answered, as_of=instant("2026-10-21T09:00Z"))["buyer_answer"].state == "due_soon"


def test_what_the_buyer_copies_after_the_answer_counts_beside_a_timer_that_a_visit_saw_before() -> None:
    """The printed time stays, but that the page still asks is believed."""
    look = dispute_page("2026-10-12T08:00Z", YOURS, "2026-10-22 18:00")
    copied = [replace(asserted(text), at=instant("2026-10-15T08:00Z")) for text in typed(YOURS, "2026-10-22T18:00+08:00")]
    facts: tuple[str | Fact, ...] = (*FACTS, *look, "buyer_answered_at=2026-10-13")
    assert dues(*facts, as_of=instant("2026-10-16T00:00Z"))["buyer_answer"].state == "met"
    again = dues(*facts, *copied, as_of=instant("2026-10-16T00:00Z"))["buyer_answer"]
    assert (again.state, again.over) == ("open", False)


def test_the_suppliers_timer_printed_again_runs_again() -> None:
    answer = loose(
        *FACTS, "supplier_answered_at=2026-10-12", *typed(THEIRS, "2026-10-22T18:00+08:00"), as_of="2026-10-20T00:00Z"
    )["supplier_answer"]
    assert (answer.state, answer.who, answer.round) == ("due_soon", "supplier", 2)
    assert answer.earliest == instant("2026-10-22T18:00+08:00")
    page = dispute_page("2026-10-18T00:00Z", THEIRS, "2026-10-24 18:00")
    offered = [shown("dispute.offer", "USD 5", instant("2026-10-13T00:00Z"), "s0"), *page]
    again = dues(*FACTS, *offered, as_of=instant("2026-10-20T00:00Z"))["supplier_answer"]
    assert (again.state, again.over) == ("open", False)


def test_a_review_printed_after_a_decision_is_awaited_again() -> None:
    page = dispute_page("2026-10-21T00:00Z", "Platform is reviewing", "2026-10-28 18:00")
    review = dues(*FACTS, "escalated_at=2026-10-12", "decided_at=2026-10-15", *page, as_of=instant("2026-10-22T00:00Z"))
    assert (review["mediation_end"].state, review["mediation_end"].printed) == ("open", True)


def test_evidence_that_the_copied_page_asks_for_is_not_answered_by_an_earlier_upload() -> None:
    facts = (*FACTS, "evidence_submitted_at=2026-10-12", *typed("Waiting for buyer evidence", "2026-10-22"))
    assert loose(*facts, as_of="2026-10-21T09:00Z")["evidence"].state == "due_soon"


# -- what asks without a timer --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [(), (f"dispute.status={YOURS}",)])
def test_an_offer_opens_a_round_of_its_own_from_the_day_it_was_made(status: tuple[str, ...]) -> None:
    facts = (*FACTS, "buyer_answered_at=2026-10-12", "offer_made_at=2026-10-15", *status)
    found = loose(*facts, as_of="2026-10-16T00:00Z")
    assert (found["buyer_answer#1"].state, found["buyer_answer#1"].outcome) == ("met", "done")
    assert (found["buyer_answer#2"].state, found["buyer_answer#2"].earliest) == ("open", beijing_end("2026-10-22"))
    assert "offer_made_at" in found["buyer_answer#2"].basis
    assert "buyer_answer#3" not in found
    assert loose(*facts, "buyer_answered_at=2026-10-16", as_of="2026-10-17T00:00Z")["buyer_answer"].state == (
        "met" if not status else "open"
    )


@pytest.mark.parametrize(("offered", "state"), [("11:00", "open"), ("09:00", "met")])
def test_of_an_answer_and_an_offer_of_the_same_day_the_one_entered_later_came_later(offered: str, state: str) -> None:
    """Both as bare days: an offer that was entered after the answer is still to be answered."""
    answer = replace(asserted("buyer_answered_at=2026-10-15"), at=instant("2026-10-15T10:00Z"))
    offer = replace(asserted("offer_made_at=2026-10-15"), at=instant(f"2026-10-15T{offered}Z"))
    assert dues(*FACTS, answer, offer, as_of=instant("2026-10-16T00:00Z"))["buyer_answer"].state == state


def test_an_offer_before_the_dispute_asks_for_no_answer_in_it() -> None:
    found = loose(*FACTS, "offer_made_at=2026-10-05", "buyer_answered_at=2026-10-12", as_of="2026-10-16T00:00Z")
    assert "buyer_answer#2" not in found


def test_a_status_that_waits_for_the_buyer_opens_a_round_without_a_timer() -> None:
    """It began some day between the answer and the look; the first of them counts as safe."""
    facts = (*FACTS, "buyer_answered_at=2026-10-12")
    for page in (typed(YOURS), dispute_page("2026-10-16T00:00Z", YOURS)):
        answer = loose(*facts, *page, as_of="2026-10-16T00:00Z")["buyer_answer"]
        assert (answer.state, answer.round, answer.earliest) == ("open", 2, beijing_end("2026-10-19"))


def test_an_offer_that_a_page_shows_asks_where_its_words_are_not_understood() -> None:
    at = instant("2026-10-16T00:00Z")
    offer = [shown("dispute.status", "Half way", at, "s2"), shown("dispute.offer", "USD 640.00", at, "s2")]
    answer = dues(*FACTS, "buyer_answered_at=2026-10-12", *offer, as_of=at)["buyer_answer"]
    assert (answer.state, answer.round) == ("open", 2)
    decided = dispute_page("2026-10-17T00:00Z", "Refund approved")
    assert dues(*FACTS, *offer, *decided, as_of=instant("2026-10-17T01:00Z"))["buyer_answer"].state == "met"


def test_a_count_that_ran_out_did_not_end_a_dispute_whose_page_still_waits_for_the_buyer() -> None:
    """Overdue is said only after the latest plausible end: what the page waits for can still be done."""
    page = dispute_page("2026-10-20T00:00Z", YOURS)
    found = dues(*FACTS, *page, as_of=instant("2026-10-20T06:00Z"))
    assert (found["buyer_answer#1"].state, found["buyer_answer#1"].outcome) == ("met", "over")
    assert found["buyer_answer#2"].state == "act_now"


@pytest.mark.parametrize(
    ("status", "hint", "action", "stage"),
    [
        (YOURS, "", "", "buyer"),
        ("Waiting for buyer", "Please upload evidence before", "", "evidence"),
        (YOURS, "Supplier has 5 days to respond after that", "", "buyer"),
        ("Supplier has proposed a partial refund", "", "", "buyer"),
        (THEIRS, "Please respond in the Message Center", "", "supplier"),
        (THEIRS, "", True, "action"),
        ("Platform is reviewing", "Upload evidence", True, "evidence"),
        ("Negotiating with supplier", "", True, "action"),
        ("Refund approved", "", True, "decided"),
        ("等待买家回复", "", "", "buyer"),
        ("Esperando respuesta del comprador", "", "", "buyer"),
        ("Menunggu tanggapan pembeli", "", "", "buyer"),
    ],
)
def test_the_words_and_the_mark_of_a_page_say_whether_it_waits_for_the_buyer(
    status: str, hint: str, action: str | bool, stage: str
) -> None:
    values = {"dispute.status": status, "dispute.hint": hint, "dispute.action_needed": action}
    phrase = stated_phrase({name: shown(name, value) for name, value in values.items() if value}, load_policy())
    assert phrase is not None
    assert phrase.stage == stage


# -- what a decision ends -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "over",
    [("decided_at=2026-10-20",), ("refund_received_at=2026-10-20",), ("page", "Refund approved"), ("page", "Refunded")],
)
def test_what_a_decision_ends_is_over(over: tuple[str, ...]) -> None:
    """Nobody's answer, evidence or escalation is overdue after it; the refund is what is awaited."""
    told = dispute_page("2026-10-20T00:00Z", over[1]) if over[0] == "page" else list(over)
    found = dues(*FACTS, "ship_by=2026-09-01", "shipped_at=2026-09-10", *told, as_of=instant("2026-11-10T00:00Z"))
    for id in ("supplier_answer", "buyer_answer", "evidence", "auto_escalation", "negotiation_end"):
        assert (found[id].state, found[id].outcome) == ("met", "over"), id
    assert not [d for d in found.values() if needs_attention(d)]


# -- whole disputes ---------------------------------------------------------------------------------------------------------

STAGES = {
    "supplier_answer": THEIRS, "buyer_answer": YOURS, "evidence": "Waiting for buyer evidence",
    "mediation_end": "Platform is reviewing", "": "Refund approved",
}  # fmt: skip
# Which of the buyer's entries can answer what a page asks. An end of the dispute ends all of it.
ENDS = {"decided_at", "refund_received_at"}
ANSWERS = {
    "supplier_answer": {"supplier_answered_at", "escalated_at"} | ENDS,
    "buyer_answer": {"buyer_answered_at", "escalated_at"} | ENDS,
    "evidence": {"evidence_submitted_at"} | ENDS, "mediation_end": ENDS, "": set(),
}  # fmt: skip
ONCE = ("escalated_at", "decided_at", "refund_received_at")
MANY = ("buyer_answered_at", "supplier_answered_at", "evidence_submitted_at", "offer_made_at")
RUNS = ("open", "due_soon", "act_now")
SOON = timedelta(days=3)


@dataclass
class Look:
    """What the model's page showed at one look: whom it waits for, and until when."""

    at: datetime
    asks: str
    ends: datetime | None


class Disputes(RuleBasedStateMachine):
    """A page that anybody can change at any time, an importer who enters what happens, and a tool that sees both.

    The model knows only the newest look and what was entered since: what that page asks is what the tool must say.
    """

    @initialize(how=st.sampled_from(["visited", "saved", "copied"]))
    def opened(self, how: str) -> None:
        self.how = how
        self.now = instant("2026-10-10T06:00Z")
        self.looks: list[Look] = []
        self.facts: list[Fact] = [replace(asserted("dispute_opened_at=2026-10-10T02:00Z"), at=self.now)]
        self.entered: list[tuple[str, datetime]] = []

    @rule(hours=st.integers(1, 100))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(asks=st.sampled_from(sorted(STAGES)), hours=st.none() | st.integers(5, 300))
    def the_page_has_changed(self, asks: str, hours: int | None) -> None:
        self.now += timedelta(minutes=7)
        ends = self.now + timedelta(hours=hours) if hours and asks else None
        self._looked(Look(self.now, asks, ends))

    @precondition(lambda self: self.looks)
    @rule()
    def the_page_is_looked_at_again_and_has_not_changed(self) -> None:
        self.now += timedelta(minutes=7)
        self._looked(replace(self.looks[-1], at=self.now))

    def _looked(self, look: Look) -> None:
        key = f"look-{len(self.facts)}"
        printed = Printed(f"{look.ends:%Y-%m-%d %H:%M} CST", look.ends, look.ends, "CST") if look.ends else None
        facts = [shown("dispute.status", STAGES[look.asks], look.at, key), shown("dispute.deadline", printed, look.at, key)]
        if self.how == "copied":  # what is typed replaces what was typed before
            self.looks = []
            self.facts = [f for f in self.facts if not f.name.startswith("dispute.")]
            facts = [replace(f, state="asserted", snapshot="") for f in facts]
        self.looks.append(look)
        self.facts += [replace(f, saved=self.how == "saved") for f in facts if f.value is not None]

    @rule(name=st.sampled_from(ONCE + MANY), as_day=st.booleans())
    def something_happens_and_is_entered(self, name: str, as_day: bool) -> None:
        """At that minute; where only the day is entered, it had happened when it was."""
        self._entered(name, as_day)

    @precondition(lambda self: self.looks and self.looks[-1].asks)
    @rule(data=st.data(), as_day=st.booleans())
    def what_the_page_asks_is_done(self, data: st.DataObject, as_day: bool) -> None:
        self._entered(data.draw(st.sampled_from(sorted(ANSWERS[self.looks[-1].asks]))), as_day)

    def _entered(self, name: str, as_day: bool) -> None:
        if name in ONCE and any(name == other for other, _ in self.entered):
            return
        self.now += timedelta(minutes=7)
        self.entered.append((name, self.now))
        number = sum(name == other for other, _ in self.entered)
        bare = as_day and self.now.date() > instant("2026-10-10T00:00Z").date()
        told = f"{self.now.astimezone(ZoneInfo(HOME)):%Y-%m-%d}" if bare else self.now.isoformat()
        self.facts.append(Fact(name, told, "asserted", "", "buyer", at=self.now, round=number))

    def since(self, at: datetime, names: set[str]) -> bool:
        return any(when > at for name, when in self.entered if name in names)

    def said(self, at: datetime) -> dict[str, Deadline]:
        return dues(*self.facts, as_of=at)

    def rounds(self, found: dict[str, Deadline], id: str) -> list[Deadline]:
        return [d for key, d in found.items() if key.startswith(f"{id}#")]

    @invariant()
    def what_the_page_asks_is_what_the_tool_says(self) -> None:
        look = self.looks[-1] if self.looks else None
        if look is None or not look.asks:
            return
        instants = [self.now, *([look.ends - timedelta(hours=1)] if look.ends and look.ends > self.now else [])]
        for at in instants:
            rounds = self.rounds(self.said(at), look.asks)
            running = [d for d in rounds if d.state in RUNS and not d.over]
            printed = [d for d in running if d.act_by == look.ends]
            answered = self.since(look.at, ANSWERS[look.asks])
            if look.ends and look.ends >= at and not answered:
                assert printed, (look, at, rounds)
                if look.asks in ("buyer_answer", "evidence"):
                    assert needs_attention(printed[0]) == (look.ends - at <= SOON)
            if look.ends and not answered and look.asks != "evidence" and not self.since(look.at, {"offer_made_at"}):
                assert [d.act_by for d in rounds if not d.over] == [look.ends], "an older round runs beside the page's own"
            if look.ends and look.ends < at and not answered and not self.since(look.ends, {"offer_made_at"}):
                assert any(d.state == "overdue" and not d.over for d in rounds), (look, at, rounds)
            if not look.ends and not answered:
                assert any(not d.over for d in rounds), (look, at, rounds)
            if look.asks == "buyer_answer" and answered and not self.since(look.at, {"offer_made_at"}):
                assert not running, (look, at, rounds)

    @invariant()
    def an_offer_that_nobody_answered_is_the_buyers_to_answer(self) -> None:
        offers = [when for name, when in self.entered if name == "offer_made_at"]
        if not offers or self.since(offers[-1], ANSWERS["buyer_answer"]) or any(k.at > offers[-1] for k in self.looks):
            return
        rounds = self.rounds(self.said(self.now), "buyer_answer")
        assert any(not d.over and d.state in (*RUNS, "overdue") for d in rounds), rounds

    @invariant()
    def after_a_decision_nothing_is_overdue_that_it_ended(self) -> None:
        ends = [when for name, when in self.entered if name in ENDS]
        ends += [look.at for look in self.looks if not look.asks]
        newer = [look.at for look in self.looks if look.asks]
        newer += [when for name, when in self.entered if name == "offer_made_at"]
        if ends and (not newer or max(ends) > max(newer)):
            found = self.said(self.now).values()
            assert all(d.over for d in found if d.id in ANSWERS and d.state == "overdue"), found
            assert not [d for d in found if d.who == "you" and needs_attention(d) and d.id != "claim"]

    @invariant()
    def a_round_never_ends_before_it_began(self) -> None:
        """What is called done was entered, and each round is numbered once."""
        found = self.said(self.now)
        for id in ANSWERS:
            rounds = self.rounds(found, id)
            assert sorted(d.round for d in rounds) == list(range(1, len(rounds) + 1))
            done = [d for d in rounds if d.outcome.startswith("done")]
            assert not done or any(name in ANSWERS[id] for name, _ in self.entered)


TestDisputes = Disputes.TestCase
TestDisputes.settings = settings(stateful_step_count=14)
