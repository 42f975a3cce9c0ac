"""Deadlines: each on the day before, the day and the day after; printed timers; who has met what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model import Deadline, Fact, Money, Printed
from rules.deadlines.counting import deadlines, needs_attention
from rules.policy.calendars import end_of
from rules.policy.platform import DEADLINE_IDS, load_policy, policies
from tests.rules.cases import (
    NOON,
    asserted,
    beijing_end,
    case,
    dispute_page,
    dues,
    instant,
    pacific_end,
    printed,
    shown,
)

EXAMPLE = ("received_at=2026-09-30", "dispute_opened_at=2026-10-04")
BEFORE = instant("2026-09-01T00:00Z")


def test_every_deadline_is_listed_even_for_an_empty_case() -> None:
    """All ids are there, none with a time, and those that need something say what to enter."""
    found = deadlines(case(), load_policy())
    assert {d.id for d in found} == set(DEADLINE_IDS) - {"other_forum", "return_goods"}
    assert all(d.act_by is d.earliest is d.latest is None and d.state == "not_started" for d in found)
    assert {d.id: d.needs for d in found}["claim"] == ("received_at",)


@pytest.mark.parametrize(
    ("id", "first", "last"),
    [
        ("supplier_answer", "2026-10-08", "2026-10-08"),
        ("buyer_answer", "2026-10-11", "2026-10-11"),
        ("auto_escalation", "2026-10-11", "2026-10-12"),
        ("negotiation_end", "2026-11-03", "2026-11-03"),
        ("mediation_end", "2026-11-08", "2026-11-13"),
        ("claim", "2026-10-30", "2026-10-30"),
        ("evidence", "2026-10-09", "2026-10-14"),  # National Day holidays to the 7th; make-up day on Saturday the 10th
    ],
)
def test_the_example_counts_from_beijing_to_pacific(id: str, first: str, last: str) -> None:
    """Received on 30 September, dispute opened on 4 October: every deadline ends with its day."""
    deadline = dues(*EXAMPLE)[id]
    assert (deadline.earliest, deadline.latest) == (beijing_end(first), pacific_end(last))
    assert deadline.act_by == deadline.earliest


def test_escalation_opens_at_the_start_of_day_4_in_beijing_and_surely_at_its_end_in_pacific() -> None:
    """An opening is a time from which: earliest is a beginning, latest an end."""
    opening = dues(*EXAMPLE)["escalation_opens"]
    assert opening.earliest == instant("2026-10-08T00:00+08:00")
    assert opening.latest == pacific_end("2026-10-08")


RUNNING = [
    ("claim", ("received_at=2026-09-30",)),
    ("evidence", ("evidence_requested_at=2026-10-04",)),
    ("supplier_answer", ("dispute_opened_at=2026-10-04",)),
    ("buyer_answer", ("dispute_opened_at=2026-10-04",)),
    ("auto_escalation", ("dispute_opened_at=2026-10-04",)),
    ("negotiation_end", ("dispute_opened_at=2026-10-04",)),
    ("mediation_end", ("dispute_opened_at=2026-10-04", "escalated_at=2026-10-08")),
    ("ship_by", ("ship_by=2026-10-20",)),
    ("auto_complete", ("shipped_at=2026-09-30",)),
    ("refund_due", ("decided_at=2026-10-04",)),
]


@pytest.mark.parametrize(("id", "facts"), RUNNING)
def test_each_deadline_is_open_then_due_soon_then_to_do_now_then_overdue(id: str, facts: tuple[str, ...]) -> None:
    """The second before and after each of its two ends, and the days around them."""
    deadline = dues(*facts, as_of=instant("2026-10-08T12:00Z"))[id]
    assert deadline.earliest is not None
    assert deadline.latest is not None
    second, day = timedelta(seconds=1), timedelta(days=1)

    def state(at: datetime) -> str:
        return dues(*facts, as_of=at)[id].state

    assert state(deadline.earliest - 3 * day) == "due_soon"
    assert state(deadline.earliest - day) == "due_soon"
    assert state(deadline.earliest) == "due_soon"
    assert state(deadline.earliest + second) == "act_now"
    assert state(deadline.latest) == "act_now"
    assert state(deadline.latest + second) == "overdue"
    assert state(deadline.latest + day) == "overdue"


@given(st.integers(-20, 400))
def test_an_opening_is_never_due_and_never_overdue(days: int) -> None:
    """Whatever the day, escalation is open or done; it never asks for attention."""
    opening = dues(*EXAMPLE, as_of=NOON + timedelta(days=days))["escalation_opens"]
    assert opening.state in ("open", "not_started")
    assert not needs_attention(opening)


def test_only_the_buyers_own_deadlines_ask_for_attention() -> None:
    """Due, to do now and overdue, if it is yours; the supplier's lateness is not your alarm."""
    found = dues("dispute_opened_at=2026-10-04", as_of=instant("2026-10-20T00:00Z"))
    assert needs_attention(found["buyer_answer"])
    assert found["supplier_answer"].state == "overdue"
    assert not needs_attention(found["supplier_answer"])
    assert not needs_attention(dues(*EXAMPLE)["claim"])


# -- how a start is read ----------------------------------------------------------------------------------------------


def test_an_instant_is_its_own_civil_day_in_each_zone() -> None:
    """On 4 October 20:00 UTC it is the 5th in Beijing and the 4th in Pacific: the 4th ends first, in Pacific."""
    claim = dues("received_at=2026-10-04T20:00Z", as_of=instant("2026-10-06T00:00Z"))["claim"]
    assert (claim.earliest, claim.latest) == (pacific_end("2026-11-03"), beijing_end("2026-11-04"))


def test_a_time_printed_without_zone_is_the_day_it_names() -> None:
    """Neither zone moves it to another day."""
    claim = dues(shown("order.received_at", printed("2026-09-30 01:30:00")))["claim"]
    assert (claim.earliest, claim.latest) == (beijing_end("2026-10-30"), pacific_end("2026-10-30"))


@pytest.mark.parametrize(
    ("received", "last"),
    [("2027-12-10", "2028-01-09"), ("2028-01-30", "2028-02-29"), ("2027-01-30", "2027-03-01"), ("2026-10-10", "2026-11-09")],
)
def test_claims_cross_year_ends_leap_days_and_clock_changes(received: str, last: str) -> None:
    """The 30th next day, whatever the clocks do; Pacific leaves summer time on 1 November 2026."""
    claim = dues(f"received_at={received}", as_of=instant(f"{received}T12:00Z"))["claim"]
    assert (claim.earliest, claim.latest) == (beijing_end(last), pacific_end(last))


def test_the_variant_from_confirmed_receipt_widens_the_window() -> None:
    """Earliest from receipt, latest from confirmed receipt."""
    claim = dues("received_at=2026-09-30", "receipt_confirmed_at=2026-10-03")["claim"]
    assert (claim.earliest, claim.latest) == (beijing_end("2026-10-30"), pacific_end("2026-11-02"))


def test_confirmed_receipt_alone_still_asks_for_the_day_of_receipt() -> None:
    """The window may end earlier than the variant says."""
    claim = dues("receipt_confirmed_at=2026-10-03")["claim"]
    assert claim.earliest == beijing_end("2026-11-02")
    assert claim.needs == ("received_at",)


def test_a_page_ranks_before_the_buyers_entry() -> None:
    """The printed day is used where both are known."""
    claim = dues("received_at=2026-09-20", shown("order.received_at", "2026-09-30"))["claim"]
    assert claim.earliest == beijing_end("2026-10-30")


def test_a_ship_date_printed_with_its_zone_is_used_alone() -> None:
    """A countdown in PDT ends when it says."""
    end = instant("2026-10-20T18:00-07:00")
    ship_by = dues(shown("order.ship_by", Printed("Oct 20, 2026 18:00 PDT", end, end, "PDT")))["ship_by"]
    assert ship_by.earliest == ship_by.latest == end


def test_shipping_terms_choose_among_the_ways_of_shipping() -> None:
    """Sea freight has 45 days; a country whose name holds another way's word does not count as that way."""
    by_sea = dues("shipped_at=2026-10-01", "order.ship_terms=FOB Ningbo, by sea")["auto_complete"]
    assert (by_sea.earliest, by_sea.latest) == (beijing_end("2026-11-15"), pacific_end("2026-11-15"))
    unknown = dues("shipped_at=2026-10-01", "order.ship_terms=DAP Utrecht, Netherlands")["auto_complete"]
    assert (unknown.earliest, unknown.latest) == (beijing_end("2026-10-16"), pacific_end("2026-11-30"))


def test_a_day_still_to_come_is_not_counted() -> None:
    """`--as-of` counts what was dated by then; the deadline says what has not come yet."""
    found = dues("received_at=2026-09-30", "dispute_opened_at=2026-10-09")
    assert found["claim"].state == "open"
    assert found["buyer_answer"].state == "not_started"
    assert "2026-10-09" in found["buyer_answer"].basis


@pytest.mark.parametrize(
    "value", ["soon", "2026-02-30", "9999-12-31", 7, None, ["2026-09-30"], Money, datetime(9999, 1, 1, tzinfo=UTC)]
)
def test_a_value_that_is_no_time_is_undetermined(value: Any) -> None:
    """Never a crash: the deadline names what to enter."""
    claim = dues(shown("order.received_at", value))["claim"]
    assert claim.state == "undetermined"
    assert claim.needs == ("received_at",)


def test_a_dispute_of_unknown_beginning_is_undetermined() -> None:
    """The page shows a dispute but not since when: the buyer is asked."""
    found = dues(shown("dispute.id", "600"))
    assert found["claim"].state == "met"
    assert found["buyer_answer"].state == "undetermined"
    assert found["buyer_answer"].needs == ("dispute_opened_at",)


# -- printed timers ---------------------------------------------------------------------------------------------------


def test_a_printed_timer_is_used_alone() -> None:
    """What the policy counts does not widen it."""
    page = dispute_page("2026-10-05T00:00Z", "Waiting for supplier response", "2026-10-07 18:00:00")
    answer = dues(*EXAMPLE, *page)["supplier_answer"]
    assert (answer.earliest, answer.latest) == (instant("2026-10-07T18:00+08:00"), instant("2026-10-07T18:00-07:00"))
    assert answer.printed


@pytest.mark.parametrize(
    ("status", "hint", "speaks_of"),
    [
        ("Waiting for supplier response", "Supplier has 5 days to respond", "supplier_answer"),
        ("Processing", "Supplier has 5 days to respond", "supplier_answer"),
        ("Waiting for buyer evidence", "The supplier has not responded", "evidence"),
        ("", "Please upload evidence before 2026-10-20 18:00:00", "evidence"),
        ("Waiting for buyer", "", "buyer_answer"),
        ("", "", "buyer_answer"),
        ("Supplier did not respond in time", "You can ask the platform to step in now", "buyer_answer"),
        ("Platform is reviewing", "A case manager reviews within 2 working days", "mediation_end"),
        ("La plataforma está revisando", "", "mediation_end"),
        ("Mediasi", "", "mediation_end"),
        ("平台审核中", "", "mediation_end"),
        ("Esperando respuesta del proveedor", "", "supplier_answer"),
        ("供应商尚未回复", "", "buyer_answer"),
        ("等待买家举证", "", "evidence"),
        ("In negotiation", "Respond in time, or the case goes to mediation", "buyer_answer"),
        ("In negotiation", "After that, the dispute can be escalated", "buyer_answer"),
        ("协商中", "请在截止时间前回复，否则可申请平台介入", "buyer_answer"),
    ],
)
def test_the_words_beside_the_timer_say_whose_it_is(status: str, hint: str, speaks_of: str) -> None:
    """Exactly one deadline takes the printed time."""
    found = dues(*EXAMPLE, *dispute_page("2026-10-05T00:00Z", status, "2026-10-20 18:00:00", hint))
    assert {d.id for d in found.values() if d.printed} == {speaks_of}


def test_a_timer_that_the_buyer_copied_counts_but_is_not_called_printed() -> None:
    """What the tool has not seen it does not witness."""
    evidence = dues(*EXAMPLE, "dispute.deadline=2026-10-12", "dispute.hint=Provide evidence")["evidence"]
    assert evidence.earliest == beijing_end("2026-10-12")
    assert not evidence.printed


def test_a_moved_timer_replaces_the_earlier_one() -> None:
    """The newest page counts."""
    pages = [
        *dispute_page("2026-10-05T00:00Z", "Waiting for supplier response", "2026-10-08 18:00:00"),
        *dispute_page("2026-10-06T00:00Z", "Waiting for supplier response", "2026-10-15 18:00:00"),
    ]
    assert dues(*EXAMPLE, *pages, as_of=instant("2026-10-07T00:00Z"))["supplier_answer"].earliest == instant(
        "2026-10-15T18:00+08:00"
    )


def test_a_page_seen_after_as_of_is_not_known() -> None:
    """The past is judged by what had been seen."""
    page = dispute_page("2026-10-06T00:00Z", "Waiting for supplier response", "2026-10-15 18:00:00")
    assert not dues(*EXAMPLE, *page, as_of=instant("2026-10-05T00:00Z"))["supplier_answer"].printed


# -- evidence, asked for again and again ------------------------------------------------------------------------------


def test_each_request_for_evidence_has_its_own_deadline() -> None:
    """Rounds are numbered by date, and one submission answers one request."""
    found = dues(
        *EXAMPLE, "evidence_requested_at=2026-10-09", "evidence_requested_at=2026-10-20", "evidence_submitted_at=2026-10-13",
        as_of=instant("2026-10-21T00:00Z"),
    )  # fmt: skip
    assert found["evidence#1"].state == "met"
    assert found["evidence#2"].state == "open"
    assert found["evidence#2"].earliest == beijing_end("2026-10-27")
    assert "evidence#3" not in found


def test_a_timer_belongs_to_the_newest_request_made_before_it_was_seen() -> None:
    """The first request keeps its counted end, the second takes the printed one."""
    page = dispute_page("2026-10-21T00:00Z", "Waiting for buyer evidence", "2026-10-23 18:00:00")
    found = dues(*EXAMPLE, "evidence_requested_at=2026-10-09", "evidence_requested_at=2026-10-20", *page,
                 as_of=instant("2026-10-21T12:00Z"))  # fmt: skip
    assert (found["evidence#1"].printed, found["evidence#2"].printed) == (False, True)
    assert found["evidence#2"].latest == instant("2026-10-23T18:00-07:00")


def test_two_printed_timers_are_two_requests() -> None:
    """Also when the buyer enters nothing; the same timer read twice is one."""
    pages = [
        *dispute_page("2026-10-12T00:00Z", "Waiting for buyer evidence", "2026-10-16 18:00:00"),
        *dispute_page("2026-10-13T00:00Z", "Waiting for buyer evidence", "2026-10-16 18:00:00"),
        *dispute_page("2026-10-15T20:00Z", "Platform is reviewing"),
        *dispute_page("2026-10-20T00:00Z", "Waiting for buyer evidence", "2026-10-24 18:00:00"),
    ]
    found = dues(*EXAMPLE, *pages, "evidence_submitted_at=2026-10-15", as_of=instant("2026-10-20T12:00Z"))
    assert (found["evidence#1"].state, found["evidence#2"].state) == ("met", "open")
    assert "evidence#3" not in found


def test_evidence_sent_before_a_request_does_not_answer_it() -> None:
    """A new request is never met by an old upload."""
    page = dispute_page("2026-10-20T00:00Z", "Waiting for buyer evidence", "2026-10-22 18:00:00")
    found = dues(*EXAMPLE, *page, "evidence_submitted_at=2026-10-15", as_of=instant("2026-10-20T12:00Z"))
    assert found["evidence"].state == "due_soon"


def test_a_page_that_reviews_settles_a_request_only_once_its_timer_has_run_out() -> None:
    """While the timer may run, the buyer is reminded: this is how evidence was missed."""
    pages = [*dispute_page("2026-10-12T00:00Z", "Waiting for buyer evidence", "2026-10-16 18:00:00"),
             *dispute_page("2026-10-14T00:00Z", "Platform is reviewing")]  # fmt: skip
    assert dues(*EXAMPLE, *pages, as_of=instant("2026-10-15T00:00Z"))["evidence"].state == "due_soon"
    later = dispute_page("2026-10-18T00:00Z", "Platform is reviewing")
    assert dues(*EXAMPLE, *pages, as_of=instant("2026-10-18T00:00Z"))["evidence"].state == "overdue"
    assert dues(*EXAMPLE, *pages, *later, as_of=instant("2026-10-18T00:00Z"))["evidence"].state == "met"


def test_a_dispute_that_lives_on_after_the_first_evidence_was_due_did_not_end_with_it() -> None:
    """The page seen after the last day says that the platform reviews: nothing is overdue any more."""
    at = "2026-10-16T00:00Z"
    assert dues(*EXAMPLE, as_of=instant(at))["evidence"].state == "overdue"
    assert dues(*EXAMPLE, *dispute_page(at, "Platform is reviewing"), as_of=instant(at))["evidence"].state == "met"


def test_a_cancelled_dispute_is_not_called_met() -> None:
    """The missed request stays overdue, and the dispute may be reopened within the cover."""
    pages = [*dispute_page("2026-10-12T00:00Z", "Waiting for buyer evidence", "2026-10-16 18:00:00"),
             *dispute_page("2026-10-18T00:00Z", "Refund application cancelled")]  # fmt: skip
    found = dues(*EXAMPLE, *pages, as_of=instant("2026-10-18T00:00Z"))
    assert found["evidence"].state == "overdue"
    assert found["reopen"].state == "open"
    assert found["reopen"].earliest == beijing_end("2026-10-30")


# -- met --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "fact"),
    [
        ("claim", "dispute_opened_at=2026-10-04"),
        ("supplier_answer", "supplier_answered_at=2026-10-06"),
        ("supplier_answer", shown("dispute.supplier_answer", "Rejected")),
        ("supplier_answer", shown("dispute.offer", Money(Decimal(5), "USD"))),
        ("buyer_answer", "buyer_answered_at=2026-10-06"),
        ("buyer_answer", "escalated_at=2026-10-08"),
        ("escalation_opens", "escalated_at=2026-10-08"),
        ("auto_escalation", "escalated_at=2026-10-08"),
        ("evidence", "evidence_submitted_at=2026-10-07"),
        ("negotiation_end", "decided_at=2026-10-09"),
        ("mediation_end", "decided_at=2026-10-09"),
        ("refund_due", "refund_received_at=2026-10-09"),
    ],
)
def test_what_was_done_is_met_and_stays_listed(id: str, fact: str | Fact) -> None:
    """With its dates, where they are known."""
    assert dues(*EXAMPLE, fact, as_of=instant("2026-10-10T00:00Z"))[id].state == "met"


def test_goods_that_were_shipped_late_are_shipped_and_by_so_many_days_late() -> None:
    """A window that ended late has ended: it is not overdue for ever, and it says how late it was."""
    assert dues("ship_by=2026-07-26")["ship_by"].state == "overdue"
    in_time = dues("ship_by=2026-07-26", "shipped_at=2026-07-26")["ship_by"]
    assert (in_time.state, in_time.outcome, in_time.days_late) == ("met", "done", None)
    for shipped, days, outcome in (("2026-07-27", 1, "done 1 day late"), ("2026-08-25", 30, "done 30 days late")):
        late = dues("ship_by=2026-07-26", f"shipped_at={shipped}")["ship_by"]
        assert (late.state, late.days_late, late.outcome, late.over) == ("met", days, outcome, True)
        assert shipped in late.basis


def test_a_supplier_who_answers_after_a_printed_hour_was_late_by_less_than_a_day() -> None:
    page = dispute_page("2026-10-05T00:00Z", "Waiting for supplier response", "2026-10-07 18:00:00")
    late = dues(*EXAMPLE, *page, "supplier_answered_at=2026-10-08T05:00Z", as_of=instant("2026-10-09T00:00Z"))
    assert late["supplier_answer"].outcome == "done less than a day late"


def test_an_answer_dates_nothing_before_it_has_come() -> None:
    """A supplier who answers on the 6th had not on the 5th."""
    assert dues(*EXAMPLE, "supplier_answered_at=2026-10-06")["supplier_answer"].state == "open"


def test_a_buyer_who_was_late_is_not_nagged_for_ever() -> None:
    """Done is done; the basis says that it was late."""
    answer = dues(*EXAMPLE, "buyer_answered_at=2026-10-14", as_of=instant("2026-11-01T00:00Z"))["buyer_answer"]
    assert answer.state == "met"
    assert "after the last day" in answer.basis


# -- for all cases ----------------------------------------------------------------------------------------------------

_TIMES = [
    "received_at", "receipt_confirmed_at", "shipped_at", "ship_by", "dispute_opened_at", "supplier_answered_at",
    "buyer_answered_at", "evidence_requested_at", "evidence_submitted_at", "escalated_at", "decided_at",
    "refund_received_at",
]  # fmt: skip
_days = st.dates(date(2026, 1, 1), date(2028, 12, 31)).map(date.isoformat)
_minutes = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: instant("2026-01-01T00:00Z") + timedelta(minutes=minutes))
_instants = _minutes.map(lambda moment: moment.strftime("%Y-%m-%dT%H:%MZ"))
_entries = st.builds(lambda name, day: f"{name}={day}", st.sampled_from(_TIMES), _days | _instants)
_pages = st.builds(
    dispute_page,
    _minutes.map(datetime.isoformat),
    st.sampled_from(["", "Waiting for supplier response", "Waiting for buyer evidence", "Platform is reviewing", "Closed"]),
    st.sampled_from(["", "2026-10-16 18:00:00", "2027-03-14 02:30:00"]),
)


@given(st.lists(_entries, max_size=10), st.lists(_pages, max_size=4), st.randoms(use_true_random=False), _instants)
def test_contradictory_facts_never_crash_and_their_order_changes_nothing(
    entries: list[str], pages: list[list[Fact]], random: Any, as_of: str
) -> None:
    """Any facts in any order: the same deadlines, each with earliest not after latest, sorted, none giving up."""
    facts = [*case(*entries).facts, *(fact for page in pages for fact in page)]
    shuffled = list(facts)
    random.shuffle(shuffled)
    found = deadlines(case(*facts, as_of=instant(as_of)), load_policy())
    assert found == deadlines(case(*shuffled, as_of=instant(as_of)), load_policy())
    times = [d.act_by for d in found if d.act_by]
    assert times == sorted(times)
    for deadline in found:
        assert (deadline.earliest is None) == (deadline.latest is None) == (deadline.act_by is None)
        if deadline.earliest and deadline.latest:
            assert deadline.earliest <= deadline.latest
        if deadline.state == "overdue" and deadline.latest:
            assert instant(as_of) > deadline.latest


@settings(deadline=None)
@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 40))
def test_the_states_of_a_claim_only_ever_move_forward(day: date, after: int) -> None:
    """From open to overdue, day by day, with the same window."""
    order = ["open", "due_soon", "act_now", "overdue"]
    at = end_of(day, "Europe/Berlin") + timedelta(days=after)
    one, next_day = (dues(f"received_at={day}", as_of=when)["claim"] for when in (at, at + timedelta(days=1)))
    assert order.index(one.state) <= order.index(next_day.state)
    assert one.earliest == next_day.earliest


def test_no_text_advises_giving_up() -> None:
    """Every deadline says what to do when it is missed, and none says that it is too late."""
    for rule in load_policy().deadlines:
        for text in (rule.todo, rule.if_missed):
            assert text
            assert not any(
                words in text.lower() for words in ("give up", "too late", "nothing can be done", "no longer possible")
            )


def test_assertions_recorded_later_still_count_by_their_day() -> None:
    """What was dated by then counts, whenever it was written down."""
    fact = Fact("received_at", "2026-09-30", "asserted", "", "buyer", at=instant("2026-11-01T00:00Z"))
    assert dues(fact)["claim"].state == "open"
    assert dues(asserted("received_at=2026-09-30"))["claim"].earliest == dues(fact)["claim"].earliest


# -- how sure, and what contradicts itself ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "id", "sure"),
    [
        (("received_at=2026-09-30",), "claim", "entered"),
        ((shown("order.received_at", "2026-09-30"),), "claim", "counted"),
        (("received_at=2026-09-30", "receipt_confirmed_at=2026-10-03"), "claim", "sources differ"),
        (("received_at=2026-09-30", "receipt_confirmed_at=2026-09-30"), "claim", "entered"),
        (tuple(dispute_page("2026-10-05T00:00Z", "Waiting for buyer", "2026-10-07 18:00:00")), "buyer_answer", "printed"),
        (("dispute.deadline=2026-10-12", "dispute.status=Waiting for buyer"), "buyer_answer", "copied"),
        (("dispute.id=7",), "buyer_answer", ""),
    ],
)
def test_every_deadline_says_how_sure_it_is(facts: tuple[str | Fact, ...], id: str, sure: str) -> None:
    """From a page's own timer down to days that the buyer entered and sources that differ."""
    assert dues(*facts)[id].sure == sure


CONTRADICTIONS = [
    ("claim", "shipped_at=2026-10-10", "received_at=2026-10-01"),
    ("auto_complete", "shipped_at=2026-10-10", "received_at=2026-10-01"),
    ("claim", "received_at=2026-10-02", "receipt_confirmed_at=2026-10-01"),
    ("refund_due", "dispute_opened_at=2026-10-04", "decided_at=2026-10-01"),
    ("buyer_answer", "dispute_opened_at=2026-10-04", "buyer_answered_at=2026-10-01"),
    ("refund_due", "decided_at=2026-10-04", "refund_received_at=2026-10-01"),
    ("evidence", "dispute_opened_at=2026-10-04", "evidence_requested_at=2026-10-01"),
]


@pytest.mark.parametrize(("id", "one", "other"), CONTRADICTIONS)
def test_contradictory_dates_are_undetermined_and_name_what_to_correct(id: str, one: str, other: str) -> None:
    """Never a state that rests on a slip of the keyboard, whatever the order in which the dates were typed."""
    for typed in ((one, other), (other, one)):
        found = dues(*typed, as_of=instant("2026-10-15T12:00Z"))[id]
        assert found.state == "undetermined"
        assert set(found.needs) == {text.partition("=")[0] for text in typed}
        assert "stands after" in found.basis


def test_contradictory_dates_do_not_silence_the_alarm() -> None:
    """The earliest end that either date gives is told, and asks for attention when it is near."""
    facts = ("shipped_at=2026-10-10", "received_at=2026-10-01")
    assert not needs_attention(dues(*facts, as_of=instant("2026-10-15T12:00Z"))["claim"])
    near = dues(*facts, as_of=instant("2026-10-30T12:00Z"))["claim"]
    assert (near.state, near.earliest) == ("undetermined", beijing_end("2026-10-31"))
    assert needs_attention(near)


def test_a_page_that_contradicts_an_entry_is_used_and_decides() -> None:
    """Printed before asserted: the deadline is counted from the page's day and is not undetermined."""
    claim = dues(shown("order.received_at", "2026-10-01"), "received_at=2026-09-20")["claim"]
    assert (claim.state, claim.earliest) == ("open", beijing_end("2026-10-31"))


# -- whose working days, and which source -----------------------------------------------------------------------------


def test_working_days_are_counted_by_the_buyers_calendar_too() -> None:
    """Thanksgiving is a holiday for a buyer in New York only: the latest end moves, the earliest does not."""
    facts = ("dispute_opened_at=2026-11-20", "evidence_requested_at=2026-11-20")
    at = instant("2026-11-20T20:00Z")
    here, there = (dues(*facts, as_of=at, zone=zone)["evidence"] for zone in ("Asia/Shanghai", "America/New_York"))
    assert here.earliest == there.earliest == beijing_end("2026-11-27")
    assert (here.latest, there.latest) == (pacific_end("2026-11-27"), pacific_end("2026-11-30"))


def test_a_source_counts_only_for_what_began_while_it_held() -> None:
    """PayPal's 45 days of before November 2014, its 180 days since."""

    def paypal(paid: str) -> Deadline:
        file = case(f"paid_at={paid}", "order.payments=PayPal", "reason=damaged", as_of=instant("2026-10-05T12:00Z"))
        return next(d for d in deadlines(file, *policies()) if d.id == "other_forum")

    assert paypal("2026-10-01").earliest == beijing_end("2027-03-30")
    assert paypal("2014-11-18").latest == pacific_end("2015-05-17")
    assert paypal("2014-11-01").latest == pacific_end("2014-12-16")


# -- another way to the money -----------------------------------------------------------------------------------------


def other_forum(*facts: str | Fact) -> Deadline:
    found = deadlines(case(*facts, as_of=instant("2026-10-15T12:00Z")), *policies())
    return next(d for d in found if d.id == "other_forum")


def test_a_second_policy_counts_beside_the_platforms_own() -> None:
    """All ids are listed; a card's limit counts from payment at the earliest and from receipt at the latest."""
    facts = ("paid_at=2026-09-01", "received_at=2026-09-30", "dispute_opened_at=2026-10-04", "order.payments=Credit card")
    assert {d.id for d in deadlines(case(*facts), *policies())} == set(DEADLINE_IDS) - {"return_goods"}
    card = other_forum(*facts)
    assert (card.state, card.must, card.earliest, card.latest) == (
        "open", False, beijing_end("2026-12-30"), pacific_end("2027-01-28"),
    )  # fmt: skip


def test_another_forum_is_spoken_of_only_when_there_is_a_problem_and_the_payment_allows_it() -> None:
    """A buyer without a problem, or who paid by wire, is not sent to a bank for a chargeback."""
    assert other_forum("paid_at=2026-09-01", "received_at=2026-09-30").state == "not_started"
    assert other_forum("paid_at=2026-09-01", "reason=late", "order.payments=Wire transfer (T/T)").state == "not_started"
    assert other_forum("paid_at=2026-09-01", "reason=late").state == "open"
    assert other_forum("paid_at=2026-09-01", "reason=late", "refund_received_at=2026-10-10").state == "met"


# -- what the page asks again -----------------------------------------------------------------------------------------


def test_a_request_without_a_legible_timer_has_a_round_of_its_own() -> None:
    """It was made some day between the look before and the one that shows it: the first of them counts as safe."""
    pages = [
        *dispute_page("2026-10-20T08:00Z", "Platform is reviewing"),
        *dispute_page("2026-10-22T08:00Z", "Waiting for buyer evidence"),
    ]
    evidence = dues(*EXAMPLE, *pages, as_of=instant("2026-10-22T12:00Z"))["evidence"]
    assert (evidence.state, evidence.earliest) == ("open", beijing_end("2026-10-27"))
    assert evidence.latest == pacific_end("2026-10-29")


def test_a_timer_that_moves_is_the_same_request() -> None:
    """Nothing was sent in between and it had not run out: one round, by the newer timer, and it is not overdue."""
    pages = [
        *dispute_page("2026-10-12T00:00Z", "Waiting for buyer evidence", "2026-10-16 18:00:00"),
        *dispute_page("2026-10-14T00:00Z", "Waiting for buyer evidence", "2026-10-20 18:00:00"),
    ]
    found = dues(*EXAMPLE, *pages, as_of=instant("2026-10-18T00:00Z"))
    assert "evidence#2" not in found
    assert (found["evidence"].state, found["evidence"].earliest) == ("due_soon", instant("2026-10-20T18:00+08:00"))


def test_a_page_that_still_asks_outweighs_the_upload_that_was_entered() -> None:
    """The buyer entered that evidence was sent; the page seen the next day still waits for it: the alarm stays."""
    pages = [
        *dispute_page("2026-10-12T00:00Z", "Waiting for buyer evidence", "2026-10-16 18:00:00"),
        *dispute_page("2026-10-15T00:00Z", "Waiting for buyer evidence", "2026-10-16 18:00:00"),
    ]
    facts = (*EXAMPLE, "evidence_submitted_at=2026-10-13")
    assert dues(*facts, *pages[:2], as_of=instant("2026-10-14T00:00Z"))["evidence"].state == "met"
    assert dues(*facts, *pages, as_of=instant("2026-10-15T12:00Z"))["evidence"].state == "due_soon"


def test_a_timer_copied_after_the_printed_one_ran_out_is_another_one() -> None:
    """While the printed one runs it ranks first; later the buyer's copy is the only one that can be right."""
    page = dispute_page("2026-10-05T00:00Z", "Waiting for buyer evidence", "2026-10-08 18:00:00")
    copy = replace(asserted("dispute.deadline=2026-10-20"), at=instant("2026-10-14T00:00Z"))
    assert dues(*EXAMPLE, *page, replace(copy, at=instant("2026-10-06T00:00Z")))["evidence"].printed
    later = dues(*EXAMPLE, *page, copy, as_of=instant("2026-10-15T00:00Z"))["evidence"]
    assert (later.sure, later.earliest) == ("copied", beijing_end("2026-10-20"))
