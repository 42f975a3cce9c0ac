"""The facts of a pack are read again from the originals beside them."""

from __future__ import annotations

import json
from pathlib import Path

from casework.proving.packed_facts import check_facts
from casework.workspace import Workspace
from tests.paper_desk import PaperDesk
from tests.rules.pack.forging import files_of, rezip


def spoiled(kept_once: PaperDesk, out: Path, facts: bytes) -> tuple[Path, str]:
    """The pack with other bytes for the facts of its order page, and where they lie in it."""
    files = files_of(kept_once.folder / "case.zip")
    where = next(name for name in files if "-order/" in name and name.endswith("/facts.json"))
    return rezip(files | {where: facts}, out), where.partition("/")[2]


def test_what_a_pack_says_is_what_its_originals_say(ws: Workspace, kept_once: PaperDesk) -> None:
    problems, _ = check_facts(kept_once.folder / "case.zip", ws.site_named, ws.alias)
    assert problems == ()


def test_a_fact_that_was_changed_or_left_out_is_named(ws: Workspace, kept_once: PaperDesk, tmp_path: Path) -> None:
    files = files_of(kept_once.folder / "case.zip")
    said = json.loads(next(data for name, data in files.items() if "-order/" in name and name.endswith("/facts.json")))
    kept = [fact for fact in said["facts"] if fact["name"] != "order.status"]
    next(fact for fact in kept if fact["name"] == "order.total")["value"]["amount"] = "1.00"
    pack, where = spoiled(kept_once, tmp_path / "spoiled.zip", json.dumps(said | {"facts": kept}).encode())
    problems, _ = check_facts(pack, ws.site_named, ws.alias)
    assert all(problem.where.endswith(where) for problem in problems)
    assert sorted(problem.what.partition(":")[0] for problem in problems) == ["order.status", "order.total"]


def test_facts_that_are_no_json_are_a_problem_of_that_file(ws: Workspace, kept_once: PaperDesk, tmp_path: Path) -> None:
    pack, where = spoiled(kept_once, tmp_path / "spoiled.zip", b"{")
    ((problem,), _) = check_facts(pack, ws.site_named, ws.alias)
    assert problem.where.endswith(where)
    assert "cannot be read again" in problem.what
