"""`case show` shows all that the buyer gave a case, and what was corrected or withdrawn, in words."""

from __future__ import annotations

from pathlib import Path

from casework import views
from casework.asking.told import told
from casework.blocks import Table
from casework.cases import casefile, find_case, set_case
from casework.keeping.add import FileDetails, add_files
from casework.workspace import Workspace
from rules.language.words import day_words
from tests.paper_desk import ORDER


def test_every_page_entry_and_file_is_shown_with_what_was_said_of_it(ws: Workspace, tmp_path: Path) -> None:
    today = ws.clock.now().date()
    set_case(ws, ORDER, ("amount_claimed=USD 6880", f"supplier_answered_at={today}", f"supplier_answered_at={today}"), {})
    (tmp_path / "lid.jpg").write_bytes(b"\xff\xd8\xff a lid")
    add_files(ws, ORDER, [tmp_path / "lid.jpg"], FileDetails(note="cracked"))
    tables = {block.title: block.rows for block in views.told(told(ws, ORDER)).blocks if isinstance(block, Table)}
    assert [row[0] for row in tables["Pages that are visited"]] == ["Order page", "Dispute page"]
    entered = {str(row[0]): row[1] for row in tables["What you entered"]}
    assert entered["The amount claimed"] == "USD 6,880.00"
    assert entered["The supplier's answer (2)"] == day_words(today)
    files = [row[:3] for row in tables["Your files, saved by you, not witnessed"]]
    assert ("lid.jpg", "photo", "cracked") in files


def test_an_entry_that_is_withdrawn_counts_no_more_and_stays_in_the_history(ws: Workspace) -> None:
    set_case(ws, ORDER, ("units_total=300",), {})
    set_case(ws, ORDER, ("units_total=200",), {}, why="miscounted")
    set_case(ws, ORDER, ("units_total=",), {}, why="counted in cartons")
    answer = told(ws, ORDER)
    assert "units_total" not in {one.fact.name for one in answer.entries}
    assert [saying.text for saying in answer.history[-3:]] == [
        "You entered units in all: 300.",
        "You entered units in all: 200, before: 300 (miscounted).",
        "You withdrew an entry: units in all, 200 (counted in cartons).",
    ]
    file = casefile(ws, find_case(ws, ORDER), ws.clock.now())
    assert file.value("units_total") is None
    assert "The buyer withdrew an entry: units in all, 200 (counted in cartons)." in {event.text for event in file.events}
