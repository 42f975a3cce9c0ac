"""What changed to the buyer's harm is a finding of the check, with what to do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from collector.model import Fact, Finding, Snapshot
from rules.check.review import check
from rules.policy.platform import load_policy
from tests.rules.cases import NOON, case, shown, visited
from tests.rules.changes.looks import message, usd


def looks(kind: str, *said: dict[str, Any]) -> tuple[list[Fact], tuple[Snapshot, ...]]:
    """A page that showed this, a day after the other."""
    facts: list[Fact] = []
    snapshots: list[Snapshot] = []
    for number, values in enumerate(said):
        at, ident = NOON - timedelta(days=len(said) - number), f"{kind}-{number}"
        snapshots.append(replace(visited(kind, at=at), id=ident))
        facts += [shown(name, value, at, ident) for name, value in values.items()]
    return facts, tuple(snapshots)


def found(kind: str, *said: dict[str, Any]) -> dict[str, Finding]:
    facts, snapshots = looks(kind, *said)
    return {
        f.id: f for f in check(case(*facts, snapshots=snapshots), load_policy(), ("late",)) if f.id.startswith("change.")
    }


def test_a_limit_that_was_lowered_is_a_problem_with_its_days_and_what_to_do() -> None:
    finding = found("supplier", {"supplier.limit": usd(10_000)}, {"supplier.limit": usd(6_000)})["change.supplier.limit"]
    assert finding.verdict == "problem"
    assert finding.text.startswith("The supplier's Trade Assurance limit went down from USD 10,000.00 to USD 6,000.00.")
    assert "It changed between Sat 3 Oct 2026 and Sun 4 Oct 2026." in finding.text
    assert finding.todo


def test_one_that_was_lowered_twice_and_raised_again_is_one_finding_that_tells_it_all() -> None:
    amounts = (10_000, 6_000, 5_000, 12_000)
    finding = found("supplier", *({"supplier.limit": usd(amount)} for amount in amounts))["change.supplier.limit"]
    assert "from USD 6,000.00 to USD 5,000.00" in finding.text
    assert "1 more such change" in finding.text
    assert "Since then: The supplier's Trade Assurance limit went up from USD 5,000.00 to USD 12,000.00." in finding.text


def test_a_change_that_harms_nobody_is_no_finding() -> None:
    assert found("supplier", {"supplier.limit": usd(6_000)}, {"supplier.limit": usd(10_000)}) == {}
    assert found("supplier", {"supplier.limit": usd(6_000)}, {"supplier.limit": usd(6_000)}) == {}


def test_a_recalled_message_is_a_problem_that_rests_on_the_conversation() -> None:
    stood, gone = message("1", "Five layers."), message("1", "Lin recalled a message", recalled=True)
    finding = found("thread", {"thread.messages": (stood,)}, {"thread.messages": (gone,)})["change.message.recalled"]
    assert (finding.verdict, finding.facts) == ("problem", ("thread.messages",))
    assert "“Five layers.”" in finding.text
