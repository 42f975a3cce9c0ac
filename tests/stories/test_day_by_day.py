"""What the tool says on each day of the stories: the T-shirts, the LED fans, and the buyers' own mistakes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from casework.asking.dossier import check_cases
from fixtures.marketplace.story import At
from tests.stories.diary import BASE, Diary, Page


def china(at: At) -> datetime:
    """A time that the site printed without a zone, read as China's: the earliest that it can mean."""
    return at.on(BASE).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def told(diary: Diary, *entries: tuple[int, tuple[str, ...]]) -> dict[int, Page]:
    """Every day of the story, with what the buyer enters on some of them."""
    said = dict(entries)
    return {day: diary.look(day, *said.get(day, ())) for day in diary.story.days}


# -- the LED fans: 30 days late, 80 % damaged, a silent supplier, two requests for evidence -----------------------------


@pytest.fixture(scope="module")
def fans(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Page]:
    """The buyer who is warned: evidence is entered on the days on which it is sent."""
    diary = Diary(tmp_path_factory.mktemp("fans"), "led-fans")
    return told(
        diary,
        (63, ("reason=damaged", "units_total=200", "units_defective=160")),
        (66, ("evidence_submitted_at=2026-09-05",)),
        (79, ("evidence_submitted_at=2026-09-18",)),
        (86, ("evidence_submitted_at=2026-09-25",)),
    )


def test_before_the_ship_date_nothing_of_the_buyers_is_due_and_the_contract_holds(fans: dict[int, Page]) -> None:
    for day in (0, 25):
        assert (fans[day].code, fans[day].deadlines["ship_by"].who) == (0, "supplier")
        assert fans[day].moments == {"in_production"}
        assert "Agree to no later ship date" in fans[day].findings["moment.in_production"].text
    assert fans[25].deadlines["ship_by"].state == "due_soon"


def test_when_the_ship_date_has_passed_the_tool_says_what_to_press(fans: dict[int, Page]) -> None:
    assert fans[26].deadlines["ship_by"].state == "overdue"
    assert fans[26].moments == {"ship_date_passed"}
    assert "Apply for Refund" in fans[26].line.todo
    assert "Sun 26 Jul 2026" in fans[26].findings["moment.ship_date_passed"].text


def test_on_delivery_it_speaks_before_anything_is_unpacked(fans: dict[int, Page]) -> None:
    delivered = fans[62].findings["moment.delivered"]
    assert "Before you unpack" in delivered.text
    assert "not “Confirm receipt”" in delivered.todo
    assert fans[62].deadlines["claim"].state == "open"
    assert fans[62].line.deadline == "claim"


def test_a_problem_is_told_in_the_message_center_first_and_the_thread_shows_it(fans: dict[int, Page]) -> None:
    """What was written about the delay in July is no word about the damage of September, until there is one."""
    assert fans[62].findings["contact.before_dispute"].verdict == "undetermined"
    assert "supplier_told" in fans[63].moments
    contact = fans[63].findings["contact.damaged"]
    assert contact.verdict == "ok"
    assert "Wed 2 Sep 2026: “The cartons came yesterday." in contact.text
    assert "contact.late" not in fans[63].findings


def test_the_suppliers_own_timer_is_the_one_on_the_page_and_its_end_opens_the_escalation(fans: dict[int, Page]) -> None:
    for day in (66, 68):
        answer = fans[day].deadlines["supplier_answer"]
        assert answer.printed
        assert answer.earliest == china(At(70, "18:00:00"))
        assert fans[day].moments == {"waiting_for_supplier"}
    assert fans[71].deadlines["supplier_answer"].state == "overdue"
    assert fans[71].moments == {"silent"}
    assert "Escalate Dispute" in fans[71].findings["moment.silent"].todo


@pytest.mark.parametrize(("round", "asked", "warned", "sent", "ends"), [(1, 75, 78, 79, 80), (2, 82, 85, 86, 87)])
def test_the_buyer_is_warned_in_time_at_both_requests_from_the_printed_timer(
    fans: dict[int, Page], round: int, asked: int, warned: int, sent: int, ends: int
) -> None:
    """With 2 days and 3 hours left it is an alarm, with the time that stands on the page; once it is sent, none."""
    evidence = f"evidence#{round}"
    end = china(At(ends, "18:00:00"))
    for day in (asked, warned):
        assert fans[day].deadlines[evidence].printed
        assert fans[day].deadlines[evidence].act_by == end
        assert "evidence_requested" in fans[day].moments
        assert fans[day].line.deadline == "evidence"
    assert (fans[asked].code, fans[warned].code) == (0, 6)
    assert "2 days 3 hours left" in fans[warned].line.headline
    assert "(Europe/Amsterdam)" in fans[warned].line.headline
    assert (fans[sent].deadlines[evidence].state, fans[sent].code) == ("met", 0)
    assert f"evidence#{round + 1}" not in fans[asked].deadlines


def test_when_it_is_decided_the_refund_is_awaited_and_nothing_of_the_buyers_is_due(fans: dict[int, Page]) -> None:
    last = fans[90]
    assert last.code == 0
    assert last.deadlines["refund_due"].who == "platform"
    assert last.deadlines["refund_due"].act_by
    assert last.moments == {"decided"}
    assert last.line.deadline == "refund_due"


def test_the_night_before_the_end_it_is_still_an_alarm_and_after_it_never_a_farewell(tmp_path: Path) -> None:
    """The buyer of the guide, who looked at the second request and then no more: every later question is an alarm."""
    diary = Diary(tmp_path, "led-fans-missed", kinds=("order", "dispute"))
    diary.keep(75)
    asked = diary.look(82, "evidence_submitted_at=2026-09-18")
    states = [asked.deadlines["evidence"].state]
    for day, hours in ((85, 15.0), (87, 17.9), (87, 18.1), (88, 8.9)):
        page = diary.ask(day, hours=hours)
        states.append(page.deadlines["evidence"].state)
        assert page.code == 6
        assert page.line.deadline == "evidence"
        assert any("No complete look" in alarm for alarm in page.line.alarms)
    assert states == ["open", "due_soon", "due_soon", "act_now", "act_now"]
    cancelled = diary.look(88)
    assert cancelled.deadlines["evidence"].state == "overdue"
    assert cancelled.deadlines["reopen"].state == "open"
    assert cancelled.line.deadline == "reopen"
    assert cancelled.moments == {"dispute_closed"}
    assert "give up" not in cancelled.heard.lower()


# -- the T-shirts: a clear contract, 20 days of negotiation, mediation, a full refund ---------------------------------


@pytest.fixture(scope="module")
def shirts(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Page]:
    diary = Diary(tmp_path_factory.mktemp("shirts"), "t-shirts")
    return told(
        diary,
        (39, ("reason=quality", "units_total=500", "units_defective=300")),
        (41, ("evidence_submitted_at=2026-08-11",)),
        (45, ("buyer_answered_at=2026-08-15",)),
    )


def test_goods_shipped_in_time_are_no_deadline_of_anybodys(shirts: dict[int, Page]) -> None:
    assert shirts[30].deadlines["ship_by"].state == "met"
    assert shirts[30].moments == {"on_the_way"}


def test_the_report_is_asked_for_until_the_thread_shows_it(shirts: dict[int, Page]) -> None:
    assert shirts[38].findings["contact.before_dispute"].verdict == "missing"
    assert shirts[39].findings["contact.quality"].verdict == "ok"
    assert shirts[39].moments == {"supplier_told"}


@pytest.mark.parametrize(("day", "amount"), [(44, "USD 640.00"), (52, "USD 1,280.00")])
def test_each_offer_is_said_with_its_amount_and_what_accepting_closes(
    shirts: dict[int, Page], day: int, amount: str
) -> None:
    offer = shirts[day].findings["moment.offer"]
    assert amount in offer.text
    assert "closes the dispute" in offer.text
    assert "“Reject”" in offer.todo
    assert shirts[day].deadlines["supplier_answer"].state == "met"


def test_while_it_is_negotiated_the_printed_time_to_answer_runs(shirts: dict[int, Page]) -> None:
    for day in (44, 52):
        answer = shirts[day].deadlines["buyer_answer"]
        assert (answer.printed, answer.state) == (True, "open")
        assert answer.act_by == china(At(71, "18:00:00"))
        assert shirts[day].code == 0


def test_after_the_escalation_the_platform_reviews_and_then_the_refund_is_due(shirts: dict[int, Page]) -> None:
    assert "under_review" in shirts[61].moments
    assert shirts[61].deadlines["negotiation_end"].state == "met"
    assert shirts[68].moments == {"decided"}
    assert shirts[68].deadlines["refund_due"].state in ("open", "due_soon")
    assert shirts[68].code == 0


# -- the buyers' own mistakes, told honestly ------------------------------------------------------------------------------


def test_who_paid_elsewhere_is_told_that_it_is_not_covered_and_whom_to_ask_today(tmp_path: Path) -> None:
    diary = Diary(tmp_path, "paid-elsewhere")
    before = diary.look(0)
    assert before.moments == {"before_payment"}
    assert "never an account that a message names" in before.findings["moment.before_payment"].todo
    after = diary.look(20, "paid_on_platform=no")
    assert after.findings["moment.no_platform_order"].verdict == "problem"
    assert "not covered" in after.findings["moment.no_platform_order"].text
    assert "bank" in after.findings["moment.no_platform_order"].text
    assert after.findings["payment.on_platform"].verdict == "problem"
    closed = diary.look(30)
    assert "ship_date_passed" not in closed.moments


def test_a_refused_claim_can_be_reopened_and_nothing_else_is_pressed_for(tmp_path: Path) -> None:
    """The delay was agreed to in writing: the application is turned down, and the way back is named with its last day."""
    diary = Diary(tmp_path, "agreed-delay")
    days = told(diary, (44, ("reason=late",)))
    assert "Agree to no later ship date" not in days[26].heard
    assert days[26].moments == {"ship_date_passed"}
    assert "you do not agree to a later date" in days[26].findings["moment.ship_date_passed"].text
    refused = days[60]
    assert refused.moments == {"dispute_closed"}
    assert refused.line.deadline == "reopen"
    assert refused.deadlines["reopen"].act_by
    assert refused.code == 0


def test_who_complained_elsewhere_is_told_so_before_and_after_the_dispute(tmp_path: Path) -> None:
    diary = Diary(tmp_path, "chat-outside")
    days = told(diary, (63, ("reason=damaged", "supplier_contacted_at=2026-09-02")))
    assert days[63].findings["contact.damaged"].verdict == "missing"
    assert "tell_supplier" in days[63].moments
    assert days[66].findings["contact.damaged"].verdict == "problem"
    assert days[78].line.deadline == "reopen"


# -- the same dispute, in the buyer's own language ----------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["fans-gb", "fans-es", "fans-id", "fans-zh"])
def test_in_every_language_the_suppliers_timer_is_the_suppliers_and_the_reasons_are_known(
    tmp_path: Path, scenario: str
) -> None:
    diary = Diary(tmp_path, scenario, kinds=("order", "dispute"))
    page = diary.look(68)
    answer = page.deadlines["supplier_answer"]
    assert answer.printed
    assert answer.earliest == china(At(70, "18:00:00"))
    assert not page.deadlines["buyer_answer"].printed
    assert page.moments == {"waiting_for_supplier"}
    assert check_cases(diary.ws, (diary.order,), False, (), "", lambda text: None)[0].reasons == ("late", "damaged")
