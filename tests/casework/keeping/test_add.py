"""The buyer's files are kept as they are, each once."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.asking.search import search
from casework.keeping.add import FileDetails, add_and_seal, add_files
from casework.views.kept import added
from casework.workspace import Workspace
from collector.archive.fulltext import SearchScope, terms_of
from collector.errors import PARTIAL, WrongRequest
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
    kept, described = list(ws.archive.ledger.entries(kinds=("file.added", "file.described")))[-2:]
    assert [entry.body.get("kind") for entry in (kept, described)] == ["other", "chat"], "both stand in the ledger"
    assert described.body["corrects"] == kept.seq
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


def chat_in(folder: Path, text: str) -> Path:
    path = folder / "chat.txt"
    path.write_text(text)
    return path


def test_a_date_with_two_meanings_is_named_until_the_buyer_says_which(ws: Workspace, tmp_path: Path) -> None:
    path = chat_in(tmp_path, "03/04/2026, 10:00 - Cindy: The fans ship tomorrow\n")
    file = add_files(ws, ORDER, [path], FileDetails(kind="chat"))[0].file
    assert file.page is not None
    assert "3 April 2026 or 4 March 2026" in file.page.caution
    file = add_files(ws, ORDER, [path], FileDetails(kind="chat", dates="day-first"))[0].file
    assert (file.page.caution if file.page else None) == ""
    (fact,) = [fact for fact in ws.index.facts_of(file.id) if fact.name == "chat.messages"]
    assert [f"{m['sent_at'].earliest:%Y-%m-%d}" for m in fact.value] == ["2026-04-02"]
    (found,), _ = ws.index.fulltext.find(terms_of(["ship"]), SearchScope(kinds=("message",)), 5)
    assert f"{found.begun:%Y-%m-%d}" == "2026-04-02", "search holds what is read now"
    (again,) = add_files(ws, ORDER, [path])
    assert again.file == file, "what is not said again stands"


@pytest.mark.parametrize("said", [FileDetails(kind="chat", dates="sideways"), FileDetails(kind="photo", dates="day-first")])
def test_an_order_of_dates_that_says_nothing_is_refused(ws: Workspace, tmp_path: Path, said: FileDetails) -> None:
    with pytest.raises(WrongRequest):
        add_files(ws, ORDER, [chat_in(tmp_path, "x")], said)


def test_a_zip_that_cannot_be_read_is_kept_whole_and_is_no_success(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat - Cindy.zip"
    path.write_bytes(b"PK\x03\x04 torn")
    (kept,), seal = add_and_seal(ws, ORDER, [path], FileDetails(kind="chat"), quiet)
    file = kept.file
    assert ws.archive.objects.get(file.digest) == path.read_bytes()
    view = added([kept], seal)
    assert view.code == PARTIAL
    assert file.page is not None
    assert file.page.why.startswith("The zip is damaged")


def test_a_picture_under_another_formats_name_is_taken_for_what_it_is_and_said(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "IMG_0412.HEIC"
    path.write_bytes(b"\xff\xd8\xff a JPEG")
    (kept,), seal = add_and_seal(ws, ORDER, [path], FileDetails(), quiet)
    file = kept.file
    assert (file.kind, file.media_type, file.name) == ("photo", "image/jpeg", "IMG_0412.HEIC")
    said = " ".join(str(block) for block in added([kept], seal).blocks)
    assert "Its name ends in .heic, but its bytes are a JPEG picture. It is taken for what it is." in said


def test_of_a_conversation_that_nobody_called_one_the_person_is_told_how_to_have_it_read(
    ws: Workspace, tmp_path: Path
) -> None:
    path = chat_in(tmp_path, "24/09/2026, 18:03 - Cindy: The fans ship tomorrow\n")
    (kept,), seal = add_and_seal(ws, ORDER, [path], FileDetails(), quiet)
    assert kept.file.kind == "other"
    assert "It holds a conversation (WhatsApp)" in " ".join(str(block) for block in added([kept], seal).blocks)
    (kept,) = add_files(ws, ORDER, [path], FileDetails(kind="chat"))
    assert kept.unread == ""


def test_of_a_picture_of_a_conversation_it_is_said_that_its_words_are_not_read(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "wechat.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    (kept,) = add_files(ws, ORDER, [path], FileDetails(kind="chat", note="they promise Friday"))
    assert kept.file.page is not None
    assert kept.file.page.why.startswith("Its words cannot be read by themselves")


def test_a_file_with_several_conversations_is_kept_and_no_pack_shows_it(ws: Workspace, tmp_path: Path) -> None:
    said = "2026-09-24 18:03:00 Cindy(123456)\nships\n"
    path = chat_in(tmp_path, f"消息记录\n消息对象:Cindy\n{said}\n消息对象:Bob\n{said}")
    (kept,) = add_files(ws, ORDER, [path], FileDetails(kind="chat"))
    assert kept.file.page is not None
    assert (kept.file.page.outcome, kept.file.page.others) == ("unknown", True)
