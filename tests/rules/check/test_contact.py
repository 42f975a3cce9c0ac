"""Whether the Message Center shows that the supplier was told of each problem: by what a message says, and by when."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Fact, Finding
from fixtures.marketplace.led_fans import LED_FANS
from rules.check.review import check
from rules.drafts import draft
from rules.language.phrases import Flag, PhraseBook, load_phrases, matcher
from rules.policy.platform import REASONS, load_policy
from tests.rules.cases import case, instant, printed, shown

GOODS = ("quality", "quantity", "not_as_described", "damaged")
LATE = "The agreed ship date was yesterday. The order still says not shipped."
SHIP_BY, CAME = "ship_by=2026-09-10", "received_at=2026-09-30"
TELLING = {
    "late": LATE,
    "not_shipped": LATE,
    "not_received": "We have not received the goods.",
    "quality": "On 300 of 500 shirts the print is off centre by 30 mm.",
    "quantity": "40 fans are missing.",
    "not_as_described": "They are not as described: blue, not white.",
    "damaged": "We have counted: 160 of 200 fans are damaged.",
}


def thread(*messages: tuple[str, str]) -> Fact:
    """The buyer's messages: when, and what they say."""
    return shown("thread.messages", tuple(message(str(n), *one) for n, one in enumerate(messages)))


def message(id: str, when: str, text: str) -> dict[str, object]:
    return {"id": id, "from": "buyer", "printed": printed(when), "text": text}


def told(*texts: str, when: str = "2026-10-01 09:00:00") -> Fact:
    return thread(*((when, text) for text in texts))


def found(*facts: str | Fact, reasons: tuple[str, ...] = ("damaged",)) -> dict[str, Finding]:
    findings = check(case(*facts), load_policy(), reasons)
    return {f.id.removeprefix("contact."): f for f in findings if f.id.startswith("contact.")}


def contact(*facts: str | Fact, reason: str = "damaged") -> Finding:
    return found(*facts, reasons=(reason,))[reason]


@pytest.mark.parametrize("reason", REASONS)
def test_a_message_that_says_what_is_wrong_is_the_report_of_that_and_of_nothing_else(reason: str) -> None:
    """Each reason is judged by itself; the message is quoted, and nothing is left to do."""
    every = found(SHIP_BY, CAME, told("Hello!", TELLING[reason]), reasons=REASONS)
    assert (every[reason].verdict, every[reason].todo) == ("ok", "")
    assert TELLING[reason][:40] in every[reason].text
    also = {"late", "not_shipped"} if reason in ("late", "not_shipped") else {reason}
    assert {id for id, finding in every.items() if finding.verdict == "ok"} == also


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("quality", "The lamp doesn’t work."),
        ("damaged", "您好，一半的风扇都损坏了，请退款。"),
        ("damaged", "La mitad llegó dañada."),
        ("damaged", "Setengahnya rusak."),
        ("quantity", "少了40台。"),
        ("late", "货物已经逾期两周。"),
    ],
)
def test_a_report_is_known_in_the_languages_that_buyers_write(reason: str, text: str) -> None:
    """A typographic apostrophe is one too."""
    assert contact(SHIP_BY, CAME, told(text), reason=reason).verdict == "ok"


@pytest.mark.parametrize("reason", GOODS)
def test_a_complaint_about_lateness_before_the_goods_came_is_no_report_of_the_goods(reason: str) -> None:
    """Nor is the buyer's own entry of that day, however often it says that the supplier was told."""
    early = (SHIP_BY, CAME, thread(("2026-09-12 09:00:00", LATE)))
    for facts in (early, (*early, "supplier_contacted_at=2026-09-12")):
        finding = contact(*facts, reason=reason)
        assert finding.verdict == "missing"
        assert "you told" not in finding.text
    assert "too early" in contact(*early, "supplier_contacted_at=2026-09-12", reason=reason).text
    assert contact(*early, reason="late").verdict == "ok"


@pytest.mark.parametrize("reason", GOODS)
def test_no_word_counts_before_there_can_be_the_problem(reason: str) -> None:
    """The same words written before the goods came were about other goods."""
    words = TELLING[reason]
    assert contact(CAME, told(words, when="2026-09-29 09:00:00"), reason=reason).verdict == "missing"
    assert contact(CAME, told(words, when="2026-09-30 14:00:00"), reason=reason).verdict == "ok"
    assert contact(SHIP_BY, told(LATE, when="2026-09-10 09:00:00"), reason="late").verdict == "missing"
    assert contact(SHIP_BY, told(LATE, when="2026-09-11 09:00:00"), reason="late").verdict == "ok"


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin", "Asia/Shanghai"])
def test_the_day_on_which_the_goods_came_counts_wherever_the_buyer_lives(zone: str) -> None:
    """A time printed with no zone is its printed day."""
    file = case(CAME, told(TELLING["damaged"], when="2026-09-30 14:00:00"), zone=zone)
    finding = next(f for f in check(file, load_policy(), ("damaged",)) if f.id == "contact.damaged")
    assert (finding.verdict, "on Wed 30 Sep 2026" in finding.text) == ("ok", True)


def test_while_it_is_not_known_when_the_goods_came_no_message_is_sure_to_be_about_them() -> None:
    """It asks for the day."""
    finding = contact(told("Our last fans came with broken blades. How are they packed?"))
    assert finding.verdict == "undetermined"
    assert "received_at=DAY" in finding.todo


@pytest.mark.parametrize("text", ["", "Thank you, they arrived today.", "Please send the invoice again.", "谢谢，货到了。",
                                  "All came well, nothing is damaged."])  # fmt: skip
def test_a_message_that_says_nothing_wrong_is_not_taken_for_the_report(text: str) -> None:
    """The finding stays until the thread shows it."""
    finding = contact(CAME, told(text))
    assert finding.verdict == "undetermined"
    assert "draft CASE supplier" in finding.todo


def test_a_message_about_another_problem_is_not_the_report_of_this_one() -> None:
    """It is missing, not in doubt."""
    assert contact(SHIP_BY, CAME, told("They were shipped 30 days late.")).verdict == "missing"


def test_what_the_buyer_only_says_stays_a_finding_until_the_thread_shows_it() -> None:
    """An entry is not evidence; a kept thread is."""
    entered = (CAME, "supplier_contacted_at=2026-10-01")
    before, after = contact(*entered), contact(*entered, told("Half of them came broken."))
    assert (before.verdict, after.verdict) == ("missing", "ok")
    assert "no thread kept so far shows it" in before.text


def test_without_anything_to_report_there_is_no_finding() -> None:
    """An order on its way asks for no report of a problem."""
    assert not found("paid_at=2026-09-01", "ship_by=2026-10-20", reasons=())
    assert found("paid_at=2026-09-01", "ship_by=2026-09-20", reasons=())


def test_without_a_reason_what_was_told_is_listed_and_not_called_in_order() -> None:
    """Of which problem it must be is not known yet."""
    finding = found(SHIP_BY, CAME, told(TELLING["damaged"]), reasons=())["before_dispute"]
    assert finding.verdict == "undetermined"
    assert "Damaged, on Thu 1 Oct 2026" in finding.text
    assert "--reason" in finding.todo


def test_a_report_stays_one_when_a_later_visit_saw_less_of_the_thread() -> None:
    """What was seen once is kept; what its writer recalled is not shown any more."""
    report, at = told(TELLING["damaged"]), instant("2026-10-05T12:30Z")
    later = shown("thread.messages", (message("9", "2026-10-02 09:00:00", "Hello?"),), at, "s2")
    recalled = shown("thread.messages", ({**report.value[0], "recalled": True},), at, "s2")
    files = [case(CAME, report, more, as_of=instant("2026-10-06T12:00Z")) for more in (later, recalled)]
    findings = [f for file in files for f in check(file, load_policy(), ("damaged",)) if f.id == "contact.damaged"]
    verdicts = [finding.verdict for finding in findings]
    assert verdicts == ["ok", "missing"]


@given(st.lists(st.tuples(st.integers(1, 28), st.sampled_from([*TELLING.values(), "Hello.", ""])), max_size=6))
def test_in_order_is_said_only_with_a_message_of_that_reason_after_its_beginning(messages: list[tuple[int, str]]) -> None:
    """Whatever else was written, and when."""
    came = "received_at=2026-09-15"
    kept = thread(*((f"2026-09-{day:02} 12:00:00", text) for day, text in messages))
    verdicts = {id: f.verdict for id, f in found(came, kept, reasons=GOODS).items()}
    for reason in GOODS:
        sure = any(day >= 15 and text == TELLING[reason] for day, text in messages)
        assert (verdicts[reason] == "ok") is sure


# -- the statement says the same -------------------------------------------------------------------------------------


def _fans(until: int) -> Fact:
    """The buyer's messages of the LED-fan story up to a day, the goods having come on day 62."""
    days = [(m.at, m.text) for m in LED_FANS.messages if m.sender == "buyer" and m.at.day <= until and m.text]
    return thread(*((str(at.on(date(2026, 9, 25))), text) for at, text in days))


def _statement(*facts: str | Fact, reasons: tuple[str, ...]) -> str:
    file = case("ship_by=2026-10-20", "received_at=2026-11-26", *facts, as_of=instant("2026-11-28T12:00Z"))
    return draft(file, load_policy(), "statement", "en", reasons).text


def test_the_statement_names_for_each_reason_the_message_about_that_reason() -> None:
    """The LED fans on day 63: what was written on 21 October is about the delay, what on 27 November about the damage."""
    damaged = _statement(_fans(63), reasons=("damaged",))
    assert "about the damage on Fri 27 Nov 2026; no answer is shown since: “The cartons came yesterday." in damaged
    assert "21 Oct" not in damaged
    both = _statement(_fans(63), reasons=("late", "damaged"))
    assert "about the late shipment on Wed 21 Oct 2026" in both
    assert "about the damage on Fri 27 Nov 2026" in both


@pytest.mark.parametrize("claimed", [(), ("supplier_contacted_at=2026-10-21",), ("supplier_contacted_at=2026-11-27",)])
def test_the_statement_leaves_open_what_no_message_shows(claimed: tuple[str, ...]) -> None:
    """The day before, no message tells of the damage: nothing of October stands there as one, nor the buyer's entry."""
    text = _statement(_fans(62), *claimed, reasons=("damaged",))
    assert "[when you wrote to the supplier in the Message Center about the damage]" in text
    assert "Oct" not in text.partition("What we asked")[2]


# -- the words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", REASONS)
def test_every_word_that_tells_of_a_problem_finds_itself(reason: str) -> None:
    """A phrase silenced by its own negation would never be heard."""
    rule = load_policy().reason(reason)
    for phrase in rule.tells:
        words = matcher(PhraseBook(load_phrases().negations, (), (Flag(reason, "term", "", (), (phrase,)),)))
        assert words.hits(phrase.replace("*", "")), phrase


def test_the_order_of_the_reasons_changes_no_finding() -> None:
    """Several at once are judged each on its own."""
    facts = (SHIP_BY, CAME, thread(("2026-09-12 09:00:00", LATE), ("2026-10-01 09:00:00", TELLING["damaged"])))
    some = ("late", "damaged", "quantity")
    alone = {id: found(*facts, reasons=(id,))[id] for id in some}
    assert all(found(*facts, reasons=order) == alone for order in permutations(some))
