"""The night visits what is due, alone, and says why, what it left out, and what ended it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread

import pytest
from filelock import FileLock

from casework import views
from casework.cases import close_case, targets_of
from casework.keeping.capture import capture_pages
from casework.keeping.night_plan import plan_night
from casework.keeping.nightly import night
from casework.proving.verify import verify_path
from casework.workspace import Workspace, workspace
from collector.archive.archive import Archive
from collector.clock import SystemClock
from collector.errors import PARTIAL, DiskFull, WrongRequest
from tests.casework.test_durability import full_disk
from tests.paper_desk import ORDER, PAGES, PaperTab, paper_browser, quiet


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


# --- What ends a run before its end ------------------------------------------------------------------------------------


def test_a_disk_that_fills_ends_the_run_with_a_sentence_and_what_was_kept_is_kept(ws: Workspace) -> None:
    for after in (2, 10, 20):
        with full_disk(after) as asked, paper_browser():
            answer = night(ws, dry_run=False, progress=quiet)
        assert asked[0] > after
        assert isinstance(answer.failure, DiskFull)
        assert "disk is full" in answer.failure.message
        assert {one.outcome for one in answer.snapshots} <= {"complete"}
    with paper_browser():
        after_all = night(ws, dry_run=False, progress=quiet)
    assert after_all.failure is None
    assert verify_path(ws, None, lambda *_: None).problems == ()
    assert plan_night(ws).visits == ()


class SteppingClock(SystemClock):
    """This machine's clock, which somebody sets while the night runs: from the nth look on it is off by so much."""

    def __init__(self, after: int, by: timedelta) -> None:
        self.left, self.by = after, by

    def now(self) -> datetime:
        self.left -= 1
        return super().now() + (self.by if self.left < 0 else timedelta(0))


@pytest.mark.parametrize(("hours", "words"), [(-30, "was put back by 1 day"), (5, "was put forward, by 5 hours")])
def test_a_clock_that_steps_in_the_middle_is_said_and_everything_is_kept(ws: Workspace, hours: int, words: str) -> None:
    clock = SteppingClock(40, timedelta(hours=hours))
    ws = replace(ws, clock=clock, archive=Archive(ws.archive.root, clock))
    with paper_browser():
        answer = night(ws, dry_run=False, progress=quiet)
    assert clock.left < 0
    assert sorted(s.target.kind for s in answer.snapshots) == sorted(PAGES)
    assert [note for note in answer.notes if words in note]
    assert verify_path(ws, None, lambda *_: None).problems == ()


def test_when_the_time_is_over_no_further_visit_begins_and_the_rest_is_named(ws: Workspace) -> None:
    class Hurried(SystemClock):
        ticks = 0

        def ticks_ms(self) -> int:
            Hurried.ticks += 2500
            return Hurried.ticks

    with paper_browser():
        answer = night(replace(ws, clock=Hurried()), dry_run=False, progress=quiet, minutes=1)
    assert len(answer.snapshots) == 1
    assert [one.why for one in answer.left_out] == ["the time of 1 minutes was over"]
    assert views.night(answer).code == PARTIAL


def test_a_run_that_is_stopped_is_recorded_and_reported_and_the_next_one_goes_on(ws: Workspace) -> None:
    class Stopping(PaperTab):
        def changed(self, kind: str) -> None:
            if kind == "order":
                raise KeyboardInterrupt

    with paper_browser(Stopping), pytest.raises(KeyboardInterrupt):
        night(ws, dry_run=False, progress=quiet)
    (run,) = runs(ws)
    assert run["failure"] == "It was stopped."
    (report,) = (ws.archive.root / "reports").glob("*.json")
    told = json.loads(report.read_text())
    assert {row["why"] for row in told["left_out"]} == {"the run ended before: It was stopped."}  # a page beside it, too
    ws.refresh()
    with paper_browser():
        again = night(ws, dry_run=False, progress=quiet)
    assert len(told["kept"]) + len(again.snapshots) == len(PAGES)


def test_the_budget_counts_what_was_looked_at_before_in_the_same_night(ws: Workspace) -> None:
    config = ws.archive.config_path
    config.write_text(config.read_text().replace("budget = 120", "budget = 3"))
    with paper_browser():  # two pages were captured already, a moment ago
        answer = night(ws, dry_run=False, progress=quiet)
    assert len(answer.snapshots) == 1
    assert [one.why for one in answer.left_out] == ["the budget of 3 pages for no account is spent"]
    assert views.night(answer).code == PARTIAL


def test_a_page_that_a_person_captures_while_the_night_runs_is_not_visited_by_it_again(ws: Workspace) -> None:
    """Their command is another one, with the archive opened anew."""
    (address,) = (target.url for target in targets_of(ws, ORDER) if target.kind == "order")

    class Between(PaperTab):
        def changed(self, kind: str) -> None:
            if kind == "dispute":
                person = Thread(target=lambda: capture_pages(workspace(), ORDER, (address,), quiet))
                person.start()
                person.join()

    with paper_browser(Between):
        answer = night(ws, dry_run=False, progress=quiet)
    assert [s.target.kind for s in answer.snapshots] == ["dispute"]
    assert (answer.left_out, plan_night(ws).visits) == ((), ())
    assert verify_path(ws, None, lambda *_: None).problems == ()
