"""Whether the Message Center shows that the supplier was told: by what the message says, not only by its date."""

from __future__ import annotations

import pytest

from collector.model import Fact, Finding
from rules.check.review import check
from rules.policy.platform import load_policy
from tests.rules.cases import case, printed, shown


def told(*texts: str, when: str = "2026-10-01 09:00:00") -> Fact:
    messages = [{"id": str(n), "from": "buyer", "printed": printed(when), "text": text} for n, text in enumerate(texts)]
    return shown("thread.messages", tuple(messages))


def contact(*facts: str | Fact) -> Finding | None:
    return next((f for f in check(case(*facts), load_policy()) if f.id == "contact.before_dispute"), None)


@pytest.mark.parametrize(
    "text",
    [
        "We have counted: 160 of 200 fans are damaged.",
        "On 300 of 500 shirts the print is off centre by 30 mm.",
        "The agreed ship date was yesterday. The order still says not shipped.",
        "The lamp doesn’t work.",
        "您好，一半的风扇都损坏了，请退款。",
    ],
)
def test_a_message_that_says_what_is_wrong_is_the_report(text: str) -> None:
    """It is quoted, and nothing is left to do."""
    found = contact("received_at=2026-09-30", told("Hello!", text))
    assert found
    assert (found.verdict, found.todo) == ("ok", "")
    assert text[:40] in found.text


@pytest.mark.parametrize("text", ["", "Thank you, they arrived today.", "Please send the invoice again.", "谢谢，货到了。"])
def test_a_message_that_says_nothing_wrong_is_not_taken_for_the_report(text: str) -> None:
    """The finding stays until the thread shows it."""
    found = contact("received_at=2026-09-30", told(text))
    assert found
    assert found.verdict == "undetermined"
    assert "draft CASE supplier" in found.todo


def test_what_the_buyer_only_says_stays_a_finding_until_the_thread_shows_it() -> None:
    """An entry is not evidence; a kept thread is."""
    entered = ("received_at=2026-09-30", "supplier_contacted_at=2026-10-01")
    before, after = contact(*entered), contact(*entered, told("Half of them came broken."))
    assert before
    assert after
    assert (before.verdict, after.verdict) == ("missing", "ok")


def test_without_anything_to_report_there_is_no_finding() -> None:
    """An order on its way asks for no report of a problem."""
    assert contact("paid_at=2026-09-01", "ship_by=2026-10-20") is None
    assert contact("paid_at=2026-09-01", "ship_by=2026-09-20") is not None
