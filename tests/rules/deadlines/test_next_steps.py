"""What to press next."""

from __future__ import annotations

from collector.model import Deadline
from rules.deadlines.counting import deadlines
from rules.deadlines.next_steps import next_steps
from rules.policy.platform import load_policy
from tests.rules.cases import case, instant, visited


def found(*facts: str, as_of: str = "2026-10-05T12:00Z") -> tuple[Deadline, ...]:
    return deadlines(case(*facts, as_of=instant(as_of)), load_policy())


def test_the_buyers_most_urgent_duty_comes_first_with_its_page() -> None:
    """Before what others must do, however near that is."""
    file = case("dispute_opened_at=2026-10-04", snapshots=(visited("order"), visited("dispute")))
    steps = next_steps(file, deadlines(file, load_policy()))
    assert [step.deadline.id for step in steps[:2]] == ["evidence", "buyer_answer"]
    assert steps[0].when == "by Fri 9 Oct 2026, 17:59 (Europe/Berlin), 4 days 3 hours left"
    assert (steps[0].page, steps[0].url) == ("dispute", "https://www.alibaba.com/dispute")


def test_a_passed_safe_date_is_told_as_something_to_do() -> None:
    """Never as lost."""
    file = case("dispute_opened_at=2026-09-28", "evidence_submitted_at=2026-09-29", as_of=instant("2026-10-06T00:00Z"))
    step = next_steps(file, deadlines(file, load_policy()))[0]
    assert step.deadline.state == "act_now"
    assert step.when.endswith("has passed; it may still be open: do it now")


def test_nothing_to_press_without_dates() -> None:
    """An empty case has no next step."""
    assert next_steps(case(), found()) == ()
