"""What rules say of a case holds until the instant that the case names: a program may keep it so long."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from collector.model import Deadline, Finding
from rules.case.casefile import CaseFile, Turning
from rules.check.review import review
from rules.deadlines.counting import deadlines
from rules.deadlines.moments import moments
from rules.policy.platform import load_policy, policies
from tests.modules import nodes
from tests.rules.cases import NOON, added, asserted, case, dispute_page, shown, visited

_STEP = timedelta(microseconds=1)
_TURNS = 60  # at the most; after them a case is at rest
STORIES: dict[str, CaseFile] = {
    "shipment late": case(asserted("ship_by=2026-10-08"), asserted("paid_at=2026-09-01"), asserted("reason=late")),
    "received": case(asserted("received_at=2026-10-04"), asserted("reason=damaged"), files=added("photo")),
    "dispute": case(asserted("dispute_opened_at=2026-10-02"), asserted("reason=quality"), snapshots=(visited("dispute"),)),
    "printed timer": case(
        *dispute_page("2026-10-05T08:00+00:00", "Waiting for supplier", "2026-10-07 12:00:00"),
        *dispute_page("2026-10-05T10:00+00:00", "Waiting for buyer", "2026-10-09 12:00:00"),
    ),
    "to come": case(asserted("received_at=2026-10-20"), asserted("dispute_opened_at=2026-10-12")),
    "against each other": case(asserted("received_at=2026-10-04"), asserted("shipped_at=2026-10-06")),
    "evidence": case(asserted("dispute_opened_at=2026-10-01"), asserted("evidence_requested_at=2026-10-03")),
    "seen later": case(shown("order.shipped_at", "2026-10-01", NOON + timedelta(days=3)), asserted("ship_by=2026-09-28")),
    "no known day": case(replace(shown("dispute.status", "Waiting for buyer"), at=None, saved=True)),
}


Said = tuple[tuple[Deadline, ...], tuple[Finding, ...], object]


def said(file: CaseFile) -> Said:
    policy = load_policy()
    return deadlines(file, *policies()), review(file, policy), moments(file, policy, ())


def stretches(file: CaseFile) -> Iterator[tuple[CaseFile, datetime, Said]]:
    """The case as of a while after each turn, with the instant at which it turns next, and what is said until then."""
    for _ in range(_TURNS):
        now = said(file)
        until = file.turning.soonest
        if until is None:
            return
        if until > file.as_of:
            yield file, until, now
        file = file.at(max(until, file.as_of) + _STEP)


@pytest.mark.parametrize("story", [name for name in STORIES if name != "no known day"])
def test_nothing_that_is_said_changes_before_the_instant_that_is_named(story: str) -> None:
    turns = list(stretches(STORIES[story]))
    assert turns
    for file, until, now in turns:
        for later in (file.as_of + (until - file.as_of) / 2, until - _STEP):
            assert said(file.at(later)) == now


def test_what_is_due_turns_at_the_instants_that_are_named() -> None:
    states = {
        d.state for file, _, _ in stretches(STORIES["received"]) for d in deadlines(file, *policies()) if d.id == "claim"
    }
    assert {"open", "due_soon", "act_now", "overdue"} <= states


def test_what_is_said_of_a_page_of_no_known_day_holds_for_no_time() -> None:
    file = STORIES["no known day"]
    said(file)
    assert file.turning.soonest == file.as_of


def test_the_same_case_at_another_time_turns_by_itself() -> None:
    file = STORIES["received"]
    said(file)
    assert file.at(NOON).turning == Turning()


def test_no_rule_compares_the_time_of_a_case_behind_its_back() -> None:
    """Else a remembered answer outlives its time. What is left of a time is told anew at each look, so there it may."""
    rules = Path(__file__).parents[3] / "rules"
    rooms = ("case", "check", "conversation", "deadlines", "changes")
    comparing = {
        path.relative_to(rules).as_posix()
        for room in rooms
        for path in (rules / room).rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Compare | ast.BinOp) and "as_of" in _attributes(node)
    }
    assert comparing == {"case/casefile.py", "deadlines/next_steps.py"}


def _attributes(node: ast.AST) -> set[str]:
    return {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
