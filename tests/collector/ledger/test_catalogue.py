"""What is noted of the ledger is never believed against the ledger, and never needed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.errors import DamagedArchive
from collector.ledger import merkle
from collector.ledger.catalogue import FORMAT
from collector.ledger.log import Ledger, Opening, about_case, new_salt

NOW = datetime(2026, 10, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path / "archive" / "ledger")
    for number in range(7):
        made.append("case.opened", {"case": str(number % 3)}, NOW)
    made.keep_checkpoint(made.make_checkpoint(NOW), b"signature")
    return made


def reopened(ledger: Ledger) -> Ledger:
    return Ledger(ledger.folder)


def catalogue_of(ledger: Ledger) -> Path:
    return ledger.folder.parent / "catalogue.sqlite"


def altered(ledger: Ledger, seq: int) -> None:
    """A line that was changed in its place, and the file's times put back."""
    times = ledger.entries_path.stat()
    lines = ledger.lines()
    lines[seq] = lines[seq].replace(b"case.opened", b"case.0pened")
    ledger.entries_path.write_bytes(b"".join(line + b"\n" for line in lines))
    os.utime(ledger.entries_path, ns=(times.st_atime_ns, times.st_mtime_ns))


def root(ledger: Ledger) -> str:
    return merkle.root(map(merkle.leaf_hash, ledger.lines())).hex()


def test_entries_are_found_by_number_kind_and_case(ledger: Ledger) -> None:
    again = reopened(ledger)
    again.append("case.closed", {"case": "1"}, NOW)
    assert again.entry(4).body == {"case": "1"}
    assert [e.seq for e in again.entries(kinds=("case.closed",))] == [7]
    assert [e.seq for e in again.entries(about=about_case("1"))] == [1, 4, 7]
    assert [e.seq for e in again.entries(2, 6, about=about_case("1"))] == [4]
    assert [e.seq for e in again.latest("case.opened", about=about_case("1"))] == [4, 1]
    assert [e.seq for e in again.latest("case.opened", before=3)] == [2, 1, 0]
    assert again.count(but=("case.closed",)) == 7


def test_a_number_that_no_line_has_is_said(ledger: Ledger) -> None:
    with pytest.raises(DamagedArchive, match="no line 100"):
        ledger.entry(99)


def test_what_another_program_appended_is_seen(ledger: Ledger) -> None:
    other = reopened(ledger)
    assert other.size == 7
    ledger.append("case.closed", {"case": "1"}, NOW)
    assert other.size == 8
    assert other.make_checkpoint(NOW).root == root(other) == ledger.make_checkpoint(NOW).root


@pytest.mark.parametrize("seq", [0, 3, 6])
def test_a_line_that_was_changed_with_its_times_put_back_is_named_when_it_is_read(ledger: Ledger, seq: int) -> None:
    altered(ledger, seq)
    again = reopened(ledger)
    with pytest.raises(DamagedArchive, match=f"Line {seq + 1} of the ledger has changed"):
        again.entry(seq)


@pytest.mark.parametrize("seq", [0, 3, 6])
def test_a_line_that_was_changed_contradicts_what_was_sealed(ledger: Ledger, seq: int) -> None:
    altered(ledger, seq)
    os.utime(ledger.entries_path)
    broken = reopened(ledger).contradicted()
    assert broken is not None
    assert broken.size == 7


def test_a_line_that_is_no_entry_is_never_passed_over(ledger: Ledger) -> None:
    data = ledger.entries_path.read_bytes()
    ledger.entries_path.write_bytes(data.replace(b'"v":1}', b'"v":#}', 1))
    again = reopened(ledger)
    asked: dict[str, Any]
    for asked in ({}, {"about": about_case("2")}, {"kinds": ("case.closed",)}):
        with pytest.raises(DamagedArchive, match="Line 1 of the ledger is not an entry"):
            list(again.entries(**asked))


@pytest.mark.parametrize("how", ["gone", "no database", "without rows", "false hashes", "of another version", "a folder"])
def test_a_damaged_catalogue_changes_no_answer_and_no_root(ledger: Ledger, how: str) -> None:
    path = catalogue_of(ledger)
    ledger.append("case.closed", {"case": "1"}, NOW)
    lines = ledger.lines()
    if how == "gone":
        path.unlink()
    elif how == "no database":
        path.write_bytes(b"nothing of the kind" * 1000)
    elif how == "a folder":
        path.unlink()
        path.mkdir()
    else:
        db = sqlite3.connect(path)
        said = {
            "without rows": "delete from nodes",
            "false hashes": "update nodes set hash = zeroblob(32)",
            "of another version": "update state set value = '0' where key = 'format'",
        }
        db.execute(said[how])
        db.commit()
        db.close()
    again = reopened(ledger)
    assert [e.line for e in again.entries()] == lines
    assert again.contradicted() is None
    assert again.make_checkpoint(NOW).root == root(again)


def test_a_copied_archive_reads_as_the_one_it_was_copied_from(ledger: Ledger, tmp_path: Path) -> None:
    copy = Ledger(shutil.copytree(ledger.folder.parent, tmp_path / "copy") / "ledger")
    assert [e.line for e in copy.entries()] == ledger.lines()
    assert copy.contradicted() is None


def test_an_archive_that_can_only_be_read_is_read(ledger: Ledger) -> None:
    catalogue_of(ledger).unlink()
    catalogue_of(ledger).mkdir()  # root may write anywhere, but not this
    again = reopened(ledger)
    assert len(list(again.entries())) == 7


def test_reading_where_there_is_no_ledger_makes_nothing(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "ledger").size == 0
    assert not list(tmp_path.iterdir())


def test_an_opening_is_found_by_its_commitment_and_a_false_one_is_not(ledger: Ledger) -> None:
    opening = Opening("ab" * 32, new_salt())
    ledger.append("file.added", {"commitment": opening.commitment}, NOW, [opening])
    assert reopened(ledger).opening(opening.commitment) == opening
    data = ledger.openings_path.read_bytes()
    ledger.openings_path.write_bytes(data.replace(b"abab", b"baba"))
    assert reopened(ledger).opening(opening.commitment) is None


def test_a_clock_that_went_back_is_noted_once(ledger: Ledger) -> None:
    ledger.append("case.closed", {"case": "1"}, NOW - timedelta(hours=1))
    ledger.append("case.closed", {"case": "2"}, NOW)
    assert [seq for seq, _ in reopened(ledger).clock_faults()] == [7]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.sampled_from(["append", "reopen", "seal", "forget", "cut"]), max_size=14))
def test_whatever_happens_between_two_checkpoints_their_roots_are_those_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("ledger") / "ledger")
    ledger.append("archive.created", {}, NOW)
    for step in steps:
        if step == "append":
            ledger.append("case.opened", {"case": "1"}, NOW)
        elif step == "reopen":
            ledger = reopened(ledger)
        elif step == "seal" and ledger.needs_checkpoint():
            ledger.keep_checkpoint(ledger.make_checkpoint(NOW), b"signature")
        elif step == "forget":
            ledger.catalogue.forget()
        elif step == "cut":
            with ledger.entries_path.open("ab") as stream:
                stream.write(b'{"at":')
        assert ledger.size == len(ledger.lines())
        assert ledger.contradicted() is None
        assert ledger.make_checkpoint(NOW).root == root(ledger)
        size = ledger.size
        path = ledger.tree().inclusion_proof(size // 2)
        leaf = merkle.leaf_hash(ledger.lines()[size // 2])
        assert merkle.root_from_inclusion(leaf, size // 2, size, path) == bytes.fromhex(root(ledger))


@pytest.mark.parametrize(("version", "disagrees"), [("1", False), (FORMAT, True)])
def test_a_catalogue_of_another_version_is_not_held_against_the_ledger(
    ledger: Ledger, version: str, disagrees: bool
) -> None:
    assert ledger.size
    path = catalogue_of(ledger)
    with sqlite3.connect(path) as other:
        other.execute("update state set value = ? where key = 'format'", (version,))
        other.execute("drop table openings")
    other.close()
    assert Ledger(ledger.folder, catalogued=False).catalogue.disagrees_with(path) is disagrees


def _disagrees(ledger: Ledger, changed: str = "") -> bool:
    """Whether the ledger's catalogue, changed by this statement, says otherwise than one made from its lines."""
    assert ledger.size
    path = catalogue_of(ledger)
    with sqlite3.connect(path) as other:
        other.execute(changed or "select 1")
    other.close()
    return Ledger(ledger.folder, catalogued=False).catalogue.disagrees_with(path)


@pytest.mark.parametrize("lost", ["entries where seq = 6", "nodes where height = 1 and number = 0"])
def test_a_catalogue_that_lacks_a_row_disagrees_and_an_untouched_one_does_not(ledger: Ledger, lost: str) -> None:
    assert _disagrees(ledger) is False
    assert _disagrees(ledger, f"delete from {lost}") is True


def test_a_catalogue_that_was_made_before_the_last_line_disagrees_with_nothing(ledger: Ledger) -> None:
    assert ledger.size
    assert _disagrees(ledger, "update state set value = 'another' where key = 'entries'") is False


def test_what_is_no_catalogue_disagrees_and_what_is_not_there_does_not(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"no database at all, and longer than the header of one, " * 40)
    catalogue = Ledger(ledger.folder, catalogued=False).catalogue
    assert catalogue.disagrees_with(tmp_path / "text") is True
    assert catalogue.disagrees_with(tmp_path / "nothing") is False
    assert not (tmp_path / "nothing").exists()


def test_a_catalogue_is_forgotten_twice_as_well_as_once(ledger: Ledger) -> None:
    assert ledger.size
    ledger.catalogue.forget()
    assert not catalogue_of(ledger).exists()
    ledger.catalogue.forget()
    assert reopened(ledger).size == 7


def test_entries_are_given_in_the_order_asked_for_each_read_once(ledger: Ledger) -> None:
    again = reopened(ledger)
    assert [entry.seq for entry in again.entries_at([5, 0, 3])] == [5, 0, 3]
    with pytest.raises(DamagedArchive, match="no line 8"):
        again.entries_at([0, 7])


def test_the_newest_entry_about_each_case_is_named_by_its_leaf(ledger: Ledger) -> None:
    leaves = [merkle.leaf_hash(line).hex() for line in ledger.lines()]
    assert ledger.newest_about_cases(7) == {"0": leaves[6], "1": leaves[4], "2": leaves[5]}
    assert ledger.newest_about_cases(5) == {"0": leaves[3], "1": leaves[4], "2": leaves[2]}


def test_an_opening_that_names_another_commitment_is_strange_and_is_found_by_its_own(ledger: Ledger) -> None:
    true, false = Opening("ab" * 32, new_salt()), Opening("cd" * 32, new_salt())
    for opening in (true, false):
        ledger.append("file.added", {"commitment": opening.commitment}, NOW, [opening])
    data = ledger.openings_path.read_bytes()
    ledger.openings_path.write_bytes(data.replace(false.commitment.encode(), b"0" * 64) + b"no record\n")
    found, strange = ledger.opening_lines()
    assert (found, strange) == ({true.commitment: true, false.commitment: false}, [2, 3])


def test_a_damaged_checkpoint_is_named_for_as_long_as_it_is_there(ledger: Ledger) -> None:
    (ledger.folder / "checkpoints" / "000005.json").write_bytes(b"no checkpoint")
    assert ledger.damaged() == ["000005.json"]
    (ledger.folder / "checkpoints" / "000005.json").unlink()
    assert ledger.damaged() == []
