"""The buyer's files are kept as they are, each once."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.asking.search import search
from casework.keeping.add import FileDetails, add_and_seal, add_files
from casework.workspace import Workspace
from collector.errors import WrongRequest
from tests.paper_desk import ORDER, quiet


def test_a_file_is_kept_byte_for_byte_and_sealed(ws: Workspace, tmp_path: Path) -> None:
    photo = tmp_path / "lid.jpg"
    photo.write_bytes(b"\xff\xd8\xff a broken lid")
    (kept,), sealed = add_and_seal(ws, ORDER, [photo], FileDetails(note="lid, left"), quiet)
    file = kept.file
    assert ws.archive.objects.get(file.digest) == photo.read_bytes()
    assert (file.kind, file.name, file.note, sealed.word) == ("photo", "lid.jpg", "lid, left", "timestamped")


def test_the_same_bytes_again_are_the_same_exhibit(ws: Workspace, tmp_path: Path) -> None:
    for name in ("one.txt", "other.txt"):
        (tmp_path / name).write_text("packing list")
    (first,) = add_files(ws, ORDER, [tmp_path / "one.txt"])
    count = len(ws.index.added_files(ORDER))
    (second,) = add_files(ws, ORDER, [tmp_path / "other.txt"])
    assert (second.file.id, len(ws.index.added_files(ORDER))) == (first.file.id, count)


def test_of_two_files_of_which_one_is_not_there_neither_is_kept(ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "there.txt").write_text("here")
    before = ws.index.added_files(ORDER)
    with pytest.raises(WrongRequest):
        add_files(ws, ORDER, [tmp_path / "there.txt", tmp_path / "gone.txt"])
    with pytest.raises(WrongRequest, match="not a kind of file"):
        add_files(ws, ORDER, [tmp_path / "there.txt"], FileDetails(kind="rumour"))
    assert ws.index.added_files(ORDER) == before


def test_what_is_said_of_a_file_that_is_kept_corrects_what_was_said_before(ws: Workspace, tmp_path: Path) -> None:
    chat = tmp_path / "WhatsApp Chat with Lee.txt"
    chat.write_text("12/03/26, 10:01 - Anna: Hello\n13/03/26, 10:05 - Lee: The fans ship on 28 September\n")
    (first,) = add_files(ws, ORDER, [chat])
    assert (first.file.kind, first.file.page, first.before) == ("other", None, None)
    (second,) = add_files(ws, ORDER, [chat], FileDetails(kind="chat", note="from my phone"))
    assert (second.file.id, second.file.kind, second.file.note) == (first.file.id, "chat", "from my phone")
    assert (second.before, second.corrected) == (first.file, True)
    assert second.file.page is not None
    assert second.file.page.outcome == "read"
    (third,) = add_files(ws, ORDER, [chat])
    assert (third.file, third.corrected) == (second.file, False), "what is not said again stands"
    added, described = list(ws.archive.ledger.entries(kinds=("file.added", "file.described")))[-2:]
    assert [entry.body.get("kind") for entry in (added, described)] == ["other", "chat"], "both stand in the ledger"
    assert described.body["corrects"] == added.seq
    (fourth,) = add_files(ws, ORDER, [chat], FileDetails(note=""))
    assert fourth.file.note == "", "a note is taken back"
    (last,) = list(ws.archive.ledger.entries(kinds=("file.described",)))[-1:]
    assert last.body["corrects"] == described.seq


def test_a_corrected_note_is_found_and_the_old_one_no_more(ws: Workspace, tmp_path: Path) -> None:
    photo = tmp_path / "IMG_1.jpg"
    photo.write_bytes(b"\xff\xd8\xff a lid")
    add_files(ws, ORDER, [photo], FileDetails(note="bent handle"))
    add_files(ws, ORDER, [photo], FileDetails(kind="sample", note="cracked lid"))
    assert [hit.kind for hit in search(ws, ["cracked"]).hits] == ["sample"]
    assert search(ws, ["bent"]).total == 0


def test_where_a_page_was_saved_is_not_dropped_in_silence_for_a_photo_that_is_kept(ws: Workspace, tmp_path: Path) -> None:
    photo = tmp_path / "IMG_1.jpg"
    photo.write_bytes(b"\xff\xd8\xff a lid")
    add_files(ws, ORDER, [photo])
    with pytest.raises(WrongRequest, match=r"IMG_1\.jpg is kept as photo"):
        add_files(ws, ORDER, [photo], FileDetails(saved="2026-10-04T18:00"))
