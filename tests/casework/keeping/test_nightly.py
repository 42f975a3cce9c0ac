"""The night visits what is due, alone, and says why, what it left out, and what ended it."""

from __future__ import annotations

import pytest
from filelock import FileLock

from casework.cases import close_case
from casework.keeping.capture import capture_pages
from casework.keeping.night_plan import plan_night
from casework.keeping.nightly import night
from casework.workspace import Workspace
from collector.errors import WrongRequest
from tests.paper_desk import ORDER, PAGES, paper_browser, quiet


def runs(ws: Workspace) -> list[dict[str, object]]:
    return [dict(e.body) for e in ws.archive.ledger.entries() if e.kind == "run.finished"]


def test_the_first_night_keeps_every_page_once_and_records_that_it_ran(ws: Workspace) -> None:
    with paper_browser():
        answer = night(ws, dry_run=False, progress=quiet)
    assert sorted((s.target.kind, s.outcome) for s in answer.snapshots) == sorted((kind, "complete") for kind in PAGES)
    assert (answer.skipped, answer.failure) == ((), None)
    (run,) = runs(ws)
    assert (run["planned"], run["outcomes"]) == (len(PAGES), {"complete": len(PAGES)})


def test_a_night_that_is_called_again_visits_nothing_that_it_has_just_kept(ws: Workspace) -> None:
    with paper_browser():
        night(ws, dry_run=False, progress=quiet)
        again = night(ws, dry_run=False, progress=quiet)
    assert (again.planned, again.snapshots, again.left_out) == ((), (), ())
    assert (again.resting, len(runs(ws))) == (len(PAGES), 2)


def test_what_a_person_captured_after_the_night_began_is_not_visited_by_it_again(ws: Workspace) -> None:
    ws.archive.record("run.started", {"run": "cut short"})
    with paper_browser():
        capture_pages(ws, ORDER, (), quiet)
    assert plan_night(ws).visits == ()


def test_a_dry_run_names_the_pages_and_the_reasons_and_keeps_nothing(ws: Workspace) -> None:
    before = len(list(ws.archive.ledger.entries()))
    answer = night(ws, dry_run=True, progress=quiet)
    assert sorted(one.target.kind for one in answer.planned) == sorted(PAGES)
    assert {one.reason for one in answer.planned} == {"its first night"}
    assert len(list(ws.archive.ledger.entries())) == before


def test_a_closed_case_is_left_in_peace(ws: Workspace) -> None:
    close_case(ws, ORDER)
    plan = plan_night(ws)
    assert (plan.visits, plan.left_out, plan.resting) == ((), (), 0)


def test_beside_a_night_that_runs_no_other_begins(ws: Workspace) -> None:
    before = len(list(ws.archive.ledger.entries()))
    with FileLock(ws.archive.root / ".nightly.lock"), pytest.raises(WrongRequest, match="Another night is running"):
        night(ws, dry_run=False, progress=quiet)
    assert len(list(ws.archive.ledger.entries())) == before
