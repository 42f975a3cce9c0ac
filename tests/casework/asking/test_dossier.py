"""What a case says of itself: its facts with their places, its deadlines, and findings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from casework.asking.dossier import as_of_instant, check_cases, deadlines_of, facts_of
from casework.workspace import Workspace
from collector.errors import WrongRequest
from tests.paper_desk import ORDER, quiet


def test_a_case_says_what_its_pages_show_and_what_was_entered(ws: Workspace) -> None:
    facts = {fact.name: fact for fact in facts_of(ws, ORDER)}
    assert facts["order.number"].value == ORDER
    assert (place := facts["order.number"].place) is not None
    assert ws.archive.objects.has(place.digest)
    assert (facts["units_defective"].value, facts["units_defective"].state) == (160, "asserted")


def test_of_no_case_nothing_is_said(ws: Workspace) -> None:
    for ask in (lambda: facts_of(ws, "lamps"), lambda: deadlines_of(ws, ("lamps",))):
        with pytest.raises(WrongRequest, match="There is no case"):
            ask()


def test_the_dispute_that_is_open_has_its_deadline(ws: Workspace) -> None:
    found = {deadline.id: deadline for deadline in deadlines_of(ws, (ORDER,)).deadlines}
    assert found["evidence"].printed


def test_a_day_counts_to_its_end_where_the_case_is(ws: Workspace) -> None:
    assert as_of_instant(ws, "2026-10-09", "Europe/Berlin") == datetime(2026, 10, 9, 21, 59, 59, tzinfo=UTC)
    with pytest.raises(WrongRequest, match="not a date"):
        as_of_instant(ws, "yesterday", "Europe/Berlin")


def test_a_case_is_checked_against_the_reason_that_is_given(ws: Workspace) -> None:
    (answer,) = check_cases(ws, (ORDER,), False, ("damaged",), "", quiet)
    assert answer.reasons == ("damaged",)
    assert {finding.id.partition(".")[0] for finding in answer.findings} >= {"damaged", "coverage"}
    with pytest.raises(WrongRequest):
        check_cases(ws, (ORDER,), False, ("bad luck",), "", quiet)
