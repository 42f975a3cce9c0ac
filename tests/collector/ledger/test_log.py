"""The ledger on disk: what is appended stands, what is torn is set aside, what is sealed can be opened."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.canonical import canonical, commitment, sha256
from collector.errors import ArchiveError, DamagedArchive
from collector.ledger import merkle
from collector.ledger.log import Ledger, Opening, new_salt, parse_entry

NOW = datetime(2026, 10, 4, 12, 0, 0, 123456, UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


def test_a_line_is_the_canonical_form_of_its_entry_and_carries_a_nonce(ledger: Ledger) -> None:
    entry = ledger.append("case.opened", {"case": "1", "name": "é"}, NOW)
    record = json.loads(entry.line)
    assert canonical(record) == entry.line == ledger.lines()[0]
    assert record["at"] == "2026-10-04T12:00:00.123Z"
    assert len(bytes.fromhex(record["nonce"])) == 16


def test_two_equal_entries_have_different_leaves(ledger: Ledger) -> None:
    first, second = (ledger.append("fact.asserted", {"value": "yes"}, NOW) for _ in range(2))
    assert merkle.leaf_hash(first.line) != merkle.leaf_hash(second.line)


def test_an_artefact_stands_in_the_line_only_as_a_commitment(ledger: Ledger) -> None:
    opening = Opening(sha256(b"page"), new_salt())
    entry = ledger.append("file.added", {"commitment": opening.commitment}, NOW, (opening,))
    assert opening.digest.encode() not in entry.line
    assert opening.salt.encode() not in entry.line
    assert ledger.opening(opening.commitment) == opening
    assert commitment(opening.salt, opening.digest) == opening.commitment


def test_a_torn_last_line_is_set_aside_and_the_log_goes_on(ledger: Ledger) -> None:
    ledger.append("archive.created", {}, NOW)
    with ledger.entries_path.open("ab") as stream:
        stream.write(b'{"at":"2026')
    ledger.append("case.opened", {"case": "1"}, NOW)
    kinds = [entry.kind for entry in ledger.entries()]
    assert kinds == ["archive.created", "tail.set_aside", "case.opened"]
    assert [path.read_bytes() for path in (ledger.folder / "set-aside").iterdir()] == [b'{"at":"2026']


def test_a_torn_opening_is_set_aside_too(ledger: Ledger) -> None:
    ledger.append("archive.created", {}, NOW)
    ledger.openings_path.write_bytes(b'{"commitment":"ab')
    opening = Opening(sha256(b"x"), new_salt())
    ledger.append("file.added", {"commitment": opening.commitment}, NOW, (opening,))
    assert ledger.opening_lines()[0] == {opening.commitment: opening}


@given(st.integers(0, 400))
def test_a_log_cut_at_any_byte_opens_and_keeps_every_whole_line(cut: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger")
        for number in range(3):
            ledger.append("case.opened", {"case": str(number)}, NOW)
        data = ledger.entries_path.read_bytes()
        ledger.entries_path.write_bytes(data[: cut % (len(data) + 1)])
        whole = ledger.lines()
        ledger.append("case.closed", {}, NOW)
        assert ledger.lines()[: len(whole)] == whole
        assert [entry.seq for entry in ledger.entries()] == list(range(len(ledger.lines())))


def test_a_line_of_an_unknown_version_is_refused_with_what_to_do() -> None:
    line = canonical({"v": 2, "seq": 0, "at": "", "kind": "x", "nonce": "", "body": {}})
    with pytest.raises(DamagedArchive, match="version 2") as caught:
        parse_entry(line, 0)
    assert "newer" in caught.value.hint


def test_a_checkpoint_names_its_size_its_root_and_the_one_before(ledger: Ledger) -> None:
    ledger.append("archive.created", {}, NOW)
    first = ledger.make_checkpoint(NOW)
    ledger.keep_checkpoint(first, b"signature")
    ledger.append("case.opened", {}, NOW)
    second = ledger.make_checkpoint(NOW)
    ledger.keep_checkpoint(second, b"signature")
    assert [c.name for c in ledger.checkpoint_list()] == ["000001", "000002"]
    assert second.previous == sha256(first.data)
    assert second.root == merkle.root(map(merkle.leaf_hash, ledger.lines())).hex()
    (ledger.checkpoints / "000002 (conflict).json").write_bytes(second.data)
    (ledger.checkpoints / "000003.json").write_bytes(second.data)
    assert [c.name for c in ledger.checkpoint_list()] == ["000001", "000002"]
    assert ledger.damaged() == ["000003.json"]
    assert next(ledger.covering(0)) == first
    assert next(ledger.covering(1)) == second
    assert not list(ledger.covering(2))


def test_a_received_token_does_not_call_for_a_new_checkpoint(ledger: Ledger) -> None:
    ledger.append("archive.created", {}, NOW)
    ledger.keep_checkpoint(ledger.make_checkpoint(NOW), b"signature")
    ledger.append("timestamp.received", {}, NOW)
    assert not ledger.needs_checkpoint()
    ledger.append("case.opened", {}, NOW)
    assert ledger.needs_checkpoint()


def test_a_file_where_a_folder_should_be_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("not a folder")
    with pytest.raises(ArchiveError):
        Ledger(tmp_path / "ledger").append("archive.created", {}, NOW)


def test_a_signature_that_a_crash_left_without_its_checkpoint_goes_with_the_next(ledger: Ledger) -> None:
    ledger.append("case.opened", {"case": "1"}, NOW)
    first = ledger.make_checkpoint(NOW)
    ledger.keep_checkpoint(first, b"signature")
    ledger.append("case.opened", {"case": "2"}, NOW)
    (ledger.checkpoints / f"{ledger.make_checkpoint(NOW).name}.p7s").write_bytes(b"unfinished")
    ledger.append("case.opened", {"case": "3"}, NOW)
    last = ledger.make_checkpoint(NOW)
    ledger.keep_checkpoint(last, b"signature")
    assert sorted(path.name for path in ledger.checkpoints.iterdir()) == [
        f"{first.name}.json", f"{first.name}.p7s", f"{last.name}.json", f"{last.name}.p7s",
    ]  # fmt: skip
