"""The report of a run is a page of its own that loads nothing and runs nothing, and its JSON accounts for every page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casework import views
from casework.asking.today import TodayLine
from casework.blocks import Span, Table
from casework.keeping.night_report import MOST_REPORTS, report_html, report_of, report_value, write_report
from casework.keeping.nightly import NightAnswer, night
from casework.workspace import Workspace
from collector.errors import DiskFull
from collector.model import Target
from rules.night.blindness import Blind
from rules.night.plan import LeftOut
from tests.paper_desk import ORDER, PAGES, paper_browser, quiet

HOSTILE = '<script>alert(1)</script>\u202e"onload="x'


@pytest.fixture
def answer(ws: Workspace) -> NightAnswer:
    """A night that kept every page."""
    with paper_browser():
        return night(ws, dry_run=False, progress=quiet)


def html_of(answer: NightAnswer) -> str:
    return report_html(report_of(answer, "Europe/Berlin"))


def test_it_stands_in_the_archive_and_its_json_says_what_was_kept_and_why(answer: NightAnswer, ws: Workspace) -> None:
    assert answer.report
    assert answer.report.parent == ws.archive.root / "reports"
    told = json.loads(answer.report.with_suffix(".json").read_text("utf-8"))
    assert sorted(row["kind"] for row in told["kept"]) == sorted(PAGES)
    assert {row["reason"] for row in told["kept"]} == {"its first night"}
    assert {row["snapshot"] for row in told["kept"]} == {s.id for s in answer.snapshots}
    assert (told["failed"], told["left_out"], told["failure"]) == ([], [], None)


def test_it_says_how_many_things_were_masked_and_of_what_kinds(answer: NightAnswer) -> None:
    found = ({"kind": "cookie", "place": "dom", "count": 2}, {"kind": "password", "place": "network", "count": 1})
    first, *others = (replace(s, visit=replace(s.visit, redactions=())) for s in answer.snapshots)
    seen = replace(answer, snapshots=(replace(first, visit=replace(first.visit, redactions=found)), *others))
    assert report_value(seen)["masked"] == {"cookie": 2, "password": 1}
    assert "cookies in 2 places, passwords in 1 place." in html_of(seen)
    assert "Masked" not in html_of(replace(answer, snapshots=tuple(others)))


def test_an_archive_with_reports_in_it_verifies(answer: NightAnswer, ws: Workspace) -> None:
    from casework.proving.verify import verify_path

    assert answer.report
    assert verify_path(ws, None, lambda *_: None).problems == ()


def test_every_planned_page_stands_in_exactly_one_part(answer: NightAnswer) -> None:
    first, second = answer.snapshots[0], answer.snapshots[1]
    left = LeftOut(Target("product", ORDER, "product", "https://x.test/p"), "the budget of 2 pages for main is spent")
    failing = replace(second, outcome="failed", why="The server closed the connection.")
    told = report_value(replace(answer, snapshots=(first, failing, failing), left_out=(left,)))
    parts = [[row["kind"] for row in told[part]] for part in ("kept", "failed", "left_out")]
    assert parts == [[first.target.kind], [second.target.kind], ["product"]]
    assert told["failed"][0]["tries"] == 2


def test_a_page_that_was_tried_again_is_one_row_on_the_terminal_and_its_last_try_tells(answer: NightAnswer) -> None:
    first, second, *_ = answer.snapshots
    failing = replace(second, outcome="failed", why="The server closed the connection.")
    shown = views.night(replace(answer, snapshots=(failing, first, failing, second)))
    (table,) = (block for block in shown.blocks if isinstance(block, Table))
    assert [row[1].text for row in table.rows if isinstance(row[1], Span)] == ["complete", "complete"]
    assert any("Tries before it, which are kept too: 2." in str(block) for block in shown.blocks)


def test_it_loads_nothing_runs_nothing_and_what_a_page_says_does_nothing_in_it(answer: NightAnswer) -> None:
    line = replace(
        answer.today.lines[0], name=HOSTILE, link=f"javascript:{HOSTILE}", headline=HOSTILE, who="you", state="act_now"
    )
    blind = Blind(ORDER, "unseen", None, HOSTILE, link=f"https://x.test/{HOSTILE}")
    html = html_of(replace(answer, today=replace(answer.today, lines=(line,), blind=(blind,))))
    assert "<script" not in html
    assert "\u202e" not in html
    assert "javascript:" not in html
    assert "default-src 'none'" in html
    assert re.findall(r"<(?:img|link|iframe|object|form|input|video|audio)\b", html) == []
    assert re.findall(r"<[^>]*\son\w+=", html) == []


def test_what_a_person_must_do_comes_first_and_loudest(answer: NightAnswer) -> None:
    def headline(**changed: object) -> str:
        return report_of(replace(answer, **changed), "UTC").headline  # type: ignore[arg-type]

    calm = replace(answer.today, lines=(), blind=())
    due: TodayLine = replace(answer.today.lines[0], who="you", state="act_now")
    assert headline(today=calm) == "All that was due was kept. Nothing is asked of you now."
    assert headline(today=replace(calm, blind=(Blind(ORDER, "unseen", None, "."),))) == "Something that matters is not seen."
    assert headline(today=replace(calm, lines=(due,))) == "1 thing needs you now."
    assert headline(failure=DiskFull("The disk is full.")) == "The run ended before its end: The disk is full."


def test_old_reports_go_and_the_newest_stay(answer: NightAnswer, tmp_path: Path) -> None:
    for number in range(MOST_REPORTS + 2):
        for suffix in ("html", "json"):
            (tmp_path / "reports").mkdir(exist_ok=True)
            (tmp_path / "reports" / f"20250101T{number:06d}Z.{suffix}").touch()
    newest = write_report(tmp_path, replace(answer, began=answer.began + timedelta(days=1)), "UTC")
    left = sorted((tmp_path / "reports").iterdir())
    assert len(left) == 2 * MOST_REPORTS
    assert left[-2:] == [newest, newest.with_suffix(".json")]
