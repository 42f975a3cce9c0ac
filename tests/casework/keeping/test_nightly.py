"""The night visits every open case's pages once, alone, and says what it left out."""

from __future__ import annotations

import pytest
from filelock import FileLock

from casework.cases import close_case
from casework.keeping.nightly import night, plan_night
from casework.workspace import Workspace
from collector.errors import WrongRequest
from tests.paper_desk import ORDER, PAGES, paper_browser, quiet


def test_a_night_keeps_every_page_once_and_records_that_it_ran(ws: Workspace) -> None:
    with paper_browser():
        answer = night(ws, dry_run=False, progress=quiet)
    assert [(s.target.kind, s.outcome) for s in answer.snapshots] == [(kind, "complete") for kind in PAGES]
    assert answer.skipped == ()
    (run,) = (e.body for e in ws.archive.ledger.entries() if e.kind == "run.finished")
    assert (run["planned"], run["outcomes"]) == (len(PAGES), {"complete": len(PAGES)})


def test_a_dry_run_names_the_pages_and_keeps_nothing(ws: Workspace) -> None:
    before = len(list(ws.archive.ledger.entries()))
    answer = night(ws, dry_run=True, progress=quiet)
    assert [page["kind"] for page in answer.planned] == list(PAGES)
    assert len(list(ws.archive.ledger.entries())) == before


def test_a_closed_case_is_left_in_peace(ws: Workspace) -> None:
    close_case(ws, ORDER)
    assert plan_night(ws) == ((), (), False)


def test_beside_a_night_that_runs_no_other_begins(ws: Workspace) -> None:
    before = len(list(ws.archive.ledger.entries()))
    with FileLock(ws.archive.root / ".nightly.lock"), pytest.raises(WrongRequest, match="Another night is running"):
        night(ws, dry_run=False, progress=quiet)
    assert len(list(ws.archive.ledger.entries())) == before
