"""`reread` as a person uses it: what a mended reader changes is said, and nothing that was sealed is touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cli
from casework.workspace import workspace
from collector.archive.archive import Archive
from collector.archive.index import open_index
from collector.model import Fact, Snapshot
from collector.reading.reader import reader_of
from tests.archives import TestClock, archive_at, edit_index
from tests.casework.asking.test_search import FANS, PAY, SHIRTS, SORRY, WET, keep_thread
from tests.collector.sites.alibaba.shapes import PROFILE_2018, SHOP

Run = Callable[..., str]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """Two cases with a thread each, read by this version."""
    clock = TestClock()
    archive = archive_at(tmp_path / "archive", [], clock)
    monkeypatch.setenv("TRADEWITNESS_ARCHIVE", str(archive.root))
    monkeypatch.setenv("TRADEWITNESS_CONFIG", str(tmp_path / "configuration"))
    for case, name, zone in ((FANS, "fans", "Europe/Berlin"), (SHIRTS, "", "America/New_York")):
        archive.record("case.opened", {"case": case, "name": name, "zone": zone, "account": ""})
    keep_thread(archive, FANS, "one", WET, SORRY)
    clock.move(days=1)
    keep_thread(archive, SHIRTS, "two", PAY)
    assert cli.run(["facts", "fans", "--quiet"]) == 0
    return archive


@pytest.fixture
def run(archive: Archive, capsys: pytest.CaptureFixture[str]) -> Run:
    capsys.readouterr()

    def run(*arguments: str, code: int = 0) -> str:
        assert cli.run(list(arguments)) == code
        return capsys.readouterr().out

    return run


def read_by_an_older_version(archive: Archive, sql: str) -> None:
    """The index as another version's readers left it."""
    edit_index(archive.index_path, sql)


def answer(printed: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(printed)
    return value


def sealed(archive: Archive) -> dict[Path, bytes]:
    return {p: p.read_bytes() for folder in ("ledger", "objects") for p in (archive.root / folder).rglob("*") if p.is_file()}


def test_when_nothing_changed_it_says_so(run: Run, archive: Archive) -> None:
    before = sealed(archive)
    said = run("reread")
    assert "2 snapshots were read again" in said
    assert "Nothing changed" in said
    assert answer(run("reread", "--json"))["changes"] == []
    assert sealed(archive) == before


def test_a_value_that_is_read_otherwise_now_is_shown_before_and_after(run: Run, archive: Archive) -> None:
    sql = """update facts set value = '"Old Lamps"', reader = 'alibaba.thread/0' where name = 'thread.with'"""
    read_by_an_older_version(archive, sql)
    before = sealed(archive)
    found = answer(run("reread", "fans", "--json"))
    (change,) = found["changes"]
    assert (change["what"], change["name"], change["case"]) == ("changed", "thread.with", FANS)
    assert (change["before"]["value"], change["before"]["reader"]) == ("Old Lamps", "alibaba.thread/0")
    assert change["after"]["value"] == "Foshan Lights"
    assert change["after"]["place"]["quote"]
    assert [(row["before"], row["snapshots"]) for row in found["readers"]] == [("alibaba.thread/0", 1)]
    assert sealed(archive) == before


def test_the_index_then_holds_what_is_read_now_in_facts_and_in_search(run: Run, archive: Archive) -> None:
    read_by_an_older_version(archive, """update facts set value = '"Old Lamps"' where name = 'thread.with'""")
    said = run("reread")
    assert "Old Lamps" in said
    assert "Foshan Lights" in said
    assert {f["value"] for f in answer(run("facts", "fans", "--json"))["facts"] if f["name"] == "thread.with"} == {
        "Foshan Lights"
    }
    assert answer(run("search", "foshan", "--json"))["total"] == 2
    assert "Nothing changed" in run("reread")


def test_only_the_named_case_is_read_again(run: Run, archive: Archive) -> None:
    read_by_an_older_version(archive, """update facts set value = '"Old Lamps"' where name = 'thread.with'""")
    found = answer(run("reread", SHIRTS[-6:], "--json"))
    assert (found["snapshots"], [change["case"] for change in found["changes"]]) == (1, [SHIRTS])
    assert [change["case"] for change in answer(run("reread", "--json"))["changes"]] == [FANS]


@pytest.mark.parametrize(
    ("sql", "what", "name"),
    [
        ("delete from facts where name = 'thread.with'", "added", "thread.with"),
        ("update facts set name = 'thread.mood' where name = 'thread.complete'", "vanished", "thread.mood"),
        (
            "update facts set state = 'unreadable', value = 'null' where name = 'thread.messages'",
            "changed",
            "thread.messages",
        ),
    ],
)
def test_facts_that_came_went_or_changed_their_state_are_told_apart(
    run: Run, archive: Archive, sql: str, what: str, name: str
) -> None:
    read_by_an_older_version(archive, sql)
    changes = answer(run("reread", "fans", "--json"))["changes"]
    assert (what, name) in [(change["what"], change["name"]) for change in changes]
    assert (changes[-1]["before"] is None, changes[0]["after"] is None) == (what == "added", False)


def test_the_same_value_in_another_place_is_only_counted(run: Run, archive: Archive) -> None:
    read_by_an_older_version(archive, "update facts set reader = 'alibaba.thread/0'")
    found = answer(run("reread", "--json"))
    assert found["changes"] == []
    assert found["moved"] == found["facts"] > 0


def test_of_a_list_the_entry_that_differs_is_shown(run: Run, archive: Archive) -> None:
    sql = "update facts set value = replace(value, 'carton was wet', 'carton was [bold]dry') where name = 'thread.messages'"
    read_by_an_older_version(archive, sql)
    said = " ".join(run("reread", "fans").split())
    assert "2 entries; 1: text The outer carton was" in said
    assert "[bold]dry" in said
    assert "We do not accept" not in said


def test_a_damaged_page_keeps_the_facts_that_were_known_of_it(run: Run, archive: Archive) -> None:
    before = answer(run("facts", "fans", "--json"))["facts"]
    (snapshot,) = (s for _, s in workspace(archive.root).index.snapshots(FANS))
    path = archive.objects.path(next(a.digest for a in snapshot.artefacts if a.role == "dom"))
    assert path is not None
    path.write_bytes(b"rot")
    found = answer(run("reread", "--json", code=4))
    assert found["unread"] == [snapshot.id]
    assert found["changes"] == []
    assert f"{snapshot.id}: a kept file is damaged" in run("reread", code=4)
    assert answer(run("facts", "fans", "--json"))["facts"] == before


def test_pages_that_the_buyer_saved_are_read_again_too_and_what_changes_is_said(
    run: Run, archive: Archive, tmp_path: Path
) -> None:
    page = tmp_path / "shop.html"
    page.write_text(f"<!-- saved from url=({len(SHOP):04d}){SHOP} -->\n{PROFILE_2018}")
    (file,) = answer(run("add", "fans", str(page), "--as", "page", "--json"))["files"]
    read_by_an_older_version(archive, """update facts set value = '6' where name = 'supplier.years'""")
    assert answer(run("reread", SHIRTS[-6:], "--json"))["saved"] == 0  # another case: its facts stay as they are
    found = answer(run("reread", "--json"))
    (change,) = found["changes"]
    assert (change["snapshot"], change["kind"], change["name"]) == (file["id"], "supplier", "supplier.years")
    assert (change["before"]["value"], change["after"]["value"], found["saved"]) == (6, 7, 1)
    archive.objects.path(file["digest"]).write_bytes(b"rot")  # type: ignore[union-attr]
    assert answer(run("reread", "--json", code=4))["unread"] == [file["id"]]
    assert {f["value"] for f in answer(run("facts", file["id"], "--json"))["facts"] if f["name"] == "supplier.years"} == {7}


def test_when_it_is_interrupted_the_index_stays_as_it_was(archive: Archive) -> None:
    ws = workspace(archive.root)
    index = open_index(archive, reader_of(archive.objects, ws.site_named, ws.alias))

    def held() -> tuple[object, ...]:
        passages = index.contents("passages", ("key", "last_origin", "seen", "text"))
        return [*index.facts(FANS), *index.facts(SHIRTS)], passages

    before = held()

    def interrupted(snapshot: Snapshot, held: tuple[Fact, ...]) -> tuple[Fact, ...]:
        if snapshot.target.case == SHIRTS:
            raise KeyboardInterrupt
        return ()

    with pytest.raises(KeyboardInterrupt):
        index.reread(archive, interrupted)
    assert held() == before
    index.reread(archive, lambda _, held: held)
    assert held()[0] == before[0]


def test_an_unknown_case_is_a_wrong_request(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["reread", "nosuch"]) == 2
    assert "no case" in capsys.readouterr().err
