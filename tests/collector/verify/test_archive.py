"""Verification of an archive: whole when untouched, and every attack is found and named where it was made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from collector.archive.archive import Archive
from collector.archive.index import open_index
from collector.archive.records import entry_body
from collector.errors import DamagedArchive, WrongRequest
from collector.ledger.log import Opening, new_salt
from collector.model import Target
from collector.seal.timestamp import Authority
from collector.verify import verify_archive
from fixtures.authority import Served
from tests.archives import TestClock, archive_at, authority_of, keep_snapshot, seal_archive, snapshot_for

ORDER = Target("order", "250861947301028446", "order", "http://biz.alibaba.localhost/ta/detail.htm?orderId=1")


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> Path:
    """An archive of two nights, sealed and timestamped after each."""
    root = tmp_path_factory.mktemp("sealed") / "archive"
    archive = archive_at(root, [authority_of(authority)])
    for page in (b"<html>first</html>", b"<html>second</html>"):
        keep_snapshot(archive, snapshot_for(archive, ORDER, page))
        assert seal_archive(archive) == "timestamped"
    return root


@pytest.fixture
def archive(sealed: Path, tmp_path: Path) -> Archive:
    """A copy that a test may spoil."""
    shutil.copytree(sealed, tmp_path / "archive")
    return Archive(tmp_path / "archive", TestClock())


def test_an_untouched_archive_has_no_problem_and_is_timestamped(archive: Archive) -> None:
    report = verify_archive(archive)
    assert report.problems == ()
    assert report.seal == "timestamped"
    assert len(report.tokens) == 2
    assert report.key


def test_verification_changes_nothing(archive: Archive) -> None:
    before = {p: p.read_bytes() for p in archive.root.rglob("*") if p.is_file()}
    verify_archive(archive)
    assert {p: p.read_bytes() for p in archive.root.rglob("*") if p.is_file()} == before


def a_file(archive: Archive, pattern: str) -> Path:
    return sorted(archive.root.glob(pattern))[0]


def flip(path: Path, position: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(bytes(data))


def test_signing_again_with_another_key_is_found_by_the_key_that_the_ledger_names(archive: Archive, tmp_path: Path) -> None:
    from collector.seal.keyring import load_or_create
    from collector.seal.signature import sign

    other = load_or_create(tmp_path / "other", archive.clock.now())
    path = a_file(archive, "ledger/checkpoints/*.json")
    path.with_suffix(".p7s").write_bytes(sign(path.read_bytes(), other, archive.clock.now()))
    assert any("signed by key" in problem.what for problem in verify_archive(archive).problems)


def test_records_after_the_last_checkpoint_are_called_unsigned(archive: Archive) -> None:
    keep_snapshot(archive, snapshot_for(archive, ORDER, b"<html>third</html>"))
    report = verify_archive(archive)
    assert report.problems == ()
    assert report.seal == "unsigned"


def test_without_an_authority_in_reach_the_seal_is_pending_and_nothing_is_wrong(tmp_path: Path, authority: Served) -> None:
    archive = archive_at(tmp_path / "archive", [Authority("test", "http://127.0.0.1:9/", authority.root_pem)])
    keep_snapshot(archive, snapshot_for(archive, ORDER, b"<html>first</html>"))
    assert seal_archive(archive) == "pending"
    report = verify_archive(archive)
    assert report.problems == ()
    assert report.seal == "pending"


def test_a_clock_that_went_back_is_told_and_breaks_nothing(tmp_path: Path, authority: Served) -> None:
    clock = TestClock()
    archive = archive_at(tmp_path / "archive", [authority_of(authority)], clock)
    clock.move(days=-1)
    keep_snapshot(archive, snapshot_for(archive, ORDER, b"<html>first</html>"))
    seal_archive(archive)
    report = verify_archive(archive)
    assert report.problems == ()
    assert "went back" in report.notes[0]


def test_a_folder_without_an_archive_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongRequest, match="no archive"):
        verify_archive(Archive(tmp_path, TestClock()))


HOSTILE: dict[str, tuple[str, dict[str, object]]] = {
    "a token that says nothing": ("timestamp.received", {}),
    "a token for no checkpoint": ("timestamp.received", {"checkpoint": "x", "authority": "a", "token": "b", "time": "c"}),
    "a token of an authority that climbs out": (
        "timestamp.received", {"checkpoint": 1, "authority": "../../a", "token": "b", "time": "c"},
    ),
    "a creation without a key": ("archive.created", {}),
    "a snapshot of nothing": ("snapshot", {}),
    "a snapshot of words": ("snapshot", {"artefacts": ["x"]}),
    "an assertion without a name": ("fact.asserted", {"case": "1"}),
    "a pack without renderings": ("pack.made", {"case": "1", "plan": "x", "renderings": ["y"]}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_line_that_makes_no_sense_is_named_and_nothing_falls_over_it(archive: Archive, name: str) -> None:
    kind, body = HOSTILE[name]
    entry = archive.record(kind, body)
    problems = verify_archive(archive).problems
    assert any(problem.where == f"ledger/entries.jsonl line {entry.seq + 1}" for problem in problems)
    with pytest.raises(DamagedArchive, match=f"Line {entry.seq + 1}"):
        open_index(archive, lambda _: ())


@pytest.mark.parametrize("wrong", [{"part": "1"}, {"part": -1}, {"part": True}, {"size": -1}, {"note": 5}, {"role": None}])
def test_a_picture_that_its_record_describes_wrongly_is_named(archive: Archive, wrong: dict[str, object]) -> None:
    """A pack is made from these records: none of them may crash it."""
    body, openings = entry_body(snapshot_for(archive, ORDER, b"<html>third</html>"))
    body["artefacts"][0] |= wrong
    archive.record("snapshot", body, openings)
    assert any("without a proper artefacts[1]" in problem.what for problem in verify_archive(archive).problems)
    with pytest.raises(DamagedArchive, match=r"without a proper artefacts\[1\]"):
        open_index(archive, lambda _: ())


@pytest.mark.parametrize("how", ["removed", "emptied"])
def test_a_lost_ledger_is_never_taken_for_no_archive(archive: Archive, how: str) -> None:
    if how == "removed":
        archive.ledger.entries_path.unlink()
    else:
        archive.ledger.entries_path.write_bytes(b"")
    assert [p.where for p in verify_archive(archive).problems] == ["ledger/entries.jsonl"]
    with pytest.raises(DamagedArchive, match="lost or empty"):
        archive.create([], "key", "certificate")
    with pytest.raises(DamagedArchive, match="lost or empty"):
        archive.require()


def test_a_changed_key_and_kept_files_without_a_record_are_told(archive: Archive, tmp_path: Path) -> None:
    from collector.archive.sealing import seal, signing_key

    archive.objects.put(b"left by a visit that was cut short")
    keep_snapshot(archive, snapshot_for(archive, ORDER, b"<html>third</html>"))
    seal(archive, signing_key(archive, tmp_path / "another configuration"))
    report = verify_archive(archive)
    assert report.problems == ()
    assert any("signing key changed" in note for note in report.notes)
    assert any("named by no record" in note for note in report.notes)


def test_a_part_of_a_page_saved_by_hand_is_missed_when_it_is_gone(archive: Archive) -> None:
    """The files of a saved page's folder are sealed with it, each by a commitment of its own."""
    openings = [Opening(archive.objects.put(data), new_salt()) for data in (b"<html>saved</html>", b"a picture")]
    part = {"name": "page_files/a.png", "media_type": "image/png", "size": 9, "commitment": openings[1].commitment}
    body = {"case": "1", "id": "F-1", "name": "page.html", "kind": "page", "media_type": "text/html", "size": 18, "note": ""}
    archive.record("file.added", {**body, "commitment": openings[0].commitment, "parts": [part]}, openings)
    assert verify_archive(archive).problems == ()
    path = archive.objects.path(openings[1].digest)
    assert path
    path.unlink()
    (problem,) = verify_archive(archive).problems
    assert "page_files/a.png" in problem.what
    entry = archive.record("file.added", {**body, "commitment": openings[0].commitment, "parts": ["x"]})
    assert any(p.where == f"ledger/entries.jsonl line {entry.seq + 1}" for p in verify_archive(archive).problems)
