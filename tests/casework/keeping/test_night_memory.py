"""A run remembers what the archive said of a case; what somebody else wrote meanwhile is told by it all the same."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from casework.asking.dossier import deadlines_of
from casework.asking.today import TodayLine, today
from casework.cases import open_case, targets_of
from casework.keeping.nightly import NightAnswer, night
from casework.workspace import Workspace, workspace
from collector.archive.memory import Memory
from collector.capture.tab import Arrival
from fixtures.marketplace.pages import render
from fixtures.marketplace.scenarios import SCENARIOS, addresses
from tests.archives import keep_snapshot, snapshot_for
from tests.paper_desk import ORDER, ORIGIN, SCENARIO, PaperTab, paper_browser, quiet

OTHER = str(int(ORDER) + 1)


@pytest.fixture
def remembering(ws: Workspace) -> Workspace:
    """An archive whose one case was just looked at, and another case that is not yet; and a memory, as a night has it."""
    with paper_browser():
        night(ws, dry_run=False, progress=quiet)
    address = addresses(SCENARIO, ORIGIN)["order"].replace(ORDER, OTHER)
    open_case(ws, OTHER, {"order": (address,)}, zone="Europe/Berlin")
    return workspace(memory=Memory())


def night_in_which(happens: Callable[[], None], ws: Workspace) -> NightAnswer:
    """A night that visits the other case's page, and in the middle of it this happens."""

    class Tab(PaperTab):
        async def open(self, url: str, within_ms: int) -> Arrival:
            return await super().open(url.replace(OTHER, ORDER), within_ms)

        def changed(self, kind: str) -> None:
            happens()

    with paper_browser(Tab):
        answer = night(ws, dry_run=False, progress=quiet)
    assert {one.target.case for one in answer.planned} == {OTHER}
    return answer


def line_of(answer: NightAnswer) -> TodayLine:
    """What Today says of the case that was not visited, in the run's answer and in its report alike."""
    assert answer.report is not None
    told = json.loads(answer.report.with_suffix(".json").read_text("utf-8"))
    (line,) = (one for one in answer.today.lines if one.case == ORDER)
    (row,) = (one for one in told["due"] if one["case"] == ORDER)
    assert row["headline"] == line.headline
    return line


def test_what_another_program_enters_amid_a_run_is_in_what_the_run_says(remembering: Workspace) -> None:
    assert today(remembering).lines[0].headline.startswith("Provide evidence")

    def entered() -> None:
        """In a later second than that in which the page was seen: an entry is kept to the second, and must come after it."""
        seen = datetime.now(UTC).replace(microsecond=0)
        while (now := datetime.now(UTC).replace(microsecond=0)) == seen:
            time.sleep(0.01)
        given = ("case", "set", ORDER, f"decided_at={now.isoformat()}")
        subprocess.run((sys.executable, "-m", "cli", *given), check=True, capture_output=True, timeout=60)

    assert line_of(night_in_which(entered, remembering)).headline.startswith("The refund starts")
    assert _deadlines(remembering) == _deadlines(workspace())


def test_a_page_that_somebody_else_keeps_amid_a_run_is_in_what_the_run_says(remembering: Workspace) -> None:
    """The page then shows a timer that ends a day later."""
    before = today(remembering).lines[0].act_by
    assert before

    def kept() -> None:
        own, story = workspace(), SCENARIOS[SCENARIO]
        target = next(t for t in targets_of(own, ORDER) if t.kind == "dispute")
        base = (datetime.now(UTC) - timedelta(days=story.today - 1)).date()
        page = render(SCENARIO, story.today, "dispute", base=base, origin=ORIGIN, settled=True)
        keep_snapshot(own.archive, snapshot_for(own.archive, target, page))

    assert line_of(night_in_which(kept, remembering)).act_by == before + timedelta(days=1)
    assert _deadlines(remembering) == _deadlines(workspace())


def _deadlines(ws: Workspace) -> list[tuple[str, str]]:
    return [(one.id, one.state) for one in deadlines_of(ws, (ORDER,)).deadlines]
