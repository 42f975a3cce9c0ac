"""A zip with a conversation and its media is read in place; a hostile one gives one sentence and costs nothing."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.canonical import sha256
from collector.saved.chats import table, zipped
from collector.saved.chats.conversation import TOO_LONG
from collector.saved.chats.table import read_chat
from tests.collector.saved.chats.reading import chat, files, refused, told
from tests.collector.saved.chats.test_telegram import drawn, export, page, row

PHOTO, NOTE = b"\xff\xd8\xff photo", b"OggS voice"
IPHONE = (
    "[24.09.26, 18:02:11] Cindy: Dear\n\u200e[24.09.26, 18:05:00] Marta: \u200e<attached: 00000012-PHOTO.jpg>\n"
    "[24.09.26, 18:06:00] Marta: <attached: 00000013-AUDIO.opus>\n[24.09.26, 18:07:00] Marta: <attached: gone.jpg>\n"
)


def zip_of(named: dict[str, bytes | str], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in named.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_an_iphones_zip_is_read_with_the_digests_of_its_pictures_and_voice_notes() -> None:
    found = chat(zip_of({"_chat.txt": IPHONE, "00000012-PHOTO.jpg": PHOTO, "00000013-AUDIO.opus": NOTE}))
    assert (found.app, found.inside, len(found.messages)) == ("WhatsApp", "_chat.txt", 4)
    assert files(found) == [("00000012-PHOTO.jpg", sha256(PHOTO)), ("00000013-AUDIO.opus", sha256(NOTE)), ("gone.jpg", None)]


def test_an_androids_zip_names_its_files_in_any_language() -> None:
    text = "24/09/2026, 18:02 - Cindy: angebot.pdf (bir dosya)\n"
    found = chat(zip_of({"WhatsApp Chat with Cindy.txt": text, "angebot.pdf": b"%PDF"}))
    assert files(found) == [("angebot.pdf", sha256(b"%PDF"))]


def test_a_text_file_that_was_sent_in_the_conversation_is_not_another_conversation() -> None:
    text = "24/09/2026, 18:02 - Cindy: notes.txt (file attached)\n"
    assert files(chat(zip_of({"chat.txt": text, "notes.txt": "a letter"}))) == [("notes.txt", sha256(b"a letter"))]


def test_the_pages_of_a_telegram_export_are_one_conversation_in_their_order() -> None:
    title = "03.08.2025 21:22:39 UTC+02:00"
    pages = {f"ChatExport/messages{n or ''}.html": page(drawn(n + 1, title, "Cindy", f"page {n}")) for n in (0, 2, 10)}
    found = chat(zip_of({name: pages[name] for name in reversed(pages)}))
    assert told(found) == [("Cindy", "page 0"), ("Cindy", "page 2"), ("Cindy", "page 10")]


def test_a_telegram_export_in_both_forms_is_read_once() -> None:
    title = "03.08.2025 21:22:39 UTC+02:00"
    html, result = page(drawn(1, title, "Cindy", "hello")), export(row())
    for folder in ("", "ChatExport/"):
        found = chat(zip_of({f"{folder}messages.html": html, f"{folder}result.json": result}))
        assert (found.inside, told(found)) == (f"{folder}result.json", [("Cindy", "hello")])


def test_a_conversation_that_was_sent_in_the_conversation_is_a_file_of_it() -> None:
    text = "24/09/2026, 18:02 - Cindy: WhatsApp Chat with Bob.txt (file attached)\n"
    found = chat(zip_of({"WhatsApp Chat with Cindy.txt": text, "WhatsApp Chat with Bob.txt": IPHONE}))
    assert found.inside == "WhatsApp Chat with Cindy.txt"
    assert files(found) == [("WhatsApp Chat with Bob.txt", sha256(IPHONE.encode()))]


def test_a_text_that_is_too_long_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "MOST_TEXT", 100)
    monkeypatch.setattr(table, "MOST_TEXT", 100)
    assert refused(zip_of({"_chat.txt": IPHONE})) == TOO_LONG
    assert refused(IPHONE) == TOO_LONG


def test_of_a_name_that_two_files_have_no_digest_is_told() -> None:
    found = chat(zip_of({"_chat.txt": IPHONE, "a/00000012-PHOTO.jpg": PHOTO, "b/00000012-PHOTO.JPG": NOTE}))
    assert files(found)[0] == ("00000012-PHOTO.jpg", None)


def test_several_conversations_are_not_mixed() -> None:
    assert "2 conversations" in refused(zip_of({"a.txt": IPHONE, "b.txt": IPHONE}))


def test_an_office_document_is_no_zip_of_a_conversation() -> None:
    assert read_chat(zip_of({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"})) is None


def _locked() -> bytes:
    data = bytearray(zip_of({"_chat.txt": IPHONE}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def _lying() -> bytes:
    """A zip that names a size of ten bytes for what is a megabyte."""
    data = bytearray(zip_of({"_chat.txt": IPHONE, "a.jpg": random.Random(1).randbytes(1 << 20)}, zipfile.ZIP_STORED))
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<I", 10)
    return bytes(data)


def _nameless() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(named := zipfile.ZipInfo("x"), IPHONE)
        named.filename = ""
    return data.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "torn": (lambda: zip_of({"_chat.txt": IPHONE, "a.jpg": PHOTO})[:-30], zipped.TORN),
    "only its beginning": (lambda: b"PK\x03\x04", zipped.TORN),
    "a wrong checksum": (lambda: zip_of({"_chat.txt": IPHONE}, zipfile.ZIP_STORED).replace(b"Dear", b"Deer"), zipped.TORN),
    "lying about a size": (_lying, zipped.TORN),
    "locked": (_locked, zipped.LOCKED),
    "out of its folder": (lambda: zip_of({"../../_chat.txt": IPHONE}), zipped.OUTSIDE),
    "at the root": (lambda: zip_of({"/etc/_chat.txt": IPHONE}), zipped.OUTSIDE),
    "a bomb": (lambda: zip_of({"_chat.txt": IPHONE, "a.jpg": b"\0" * (8 << 20)}), zipped.SWELLS),
    "a zip in a zip": (lambda: zip_of({"export.zip": zip_of({"_chat.txt": IPHONE})}), zipped.NESTED),
    "a file without a name": (_nameless, zipped.TORN),
    "pictures alone": (lambda: zip_of({"a.jpg": PHOTO}), zipped.NOTHING),
    "empty": (lambda: zip_of({}), zipped.NOTHING),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_zip_is_one_sentence(kind: str) -> None:
    make, why = HOSTILE[kind]
    assert refused(make()) == why


@pytest.mark.parametrize("files", [101, 401], ids=["by its list", "at a glance"])
def test_a_zip_of_more_files_than_are_read_is_one_sentence(files: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "MOST_FILES", 100)
    assert refused(zip_of({f"{n}.jpg": b"" for n in range(files)}, zipfile.ZIP_STORED)) == zipped.TOO_MANY


def test_a_zip_that_unpacks_to_more_than_is_read_is_refused_before_anything_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "MOST_BYTES", 100)
    assert refused(zip_of({"_chat.txt": IPHONE, "a.jpg": b"x" * 200})) == zipped.TOO_LARGE


def test_nothing_is_unpacked_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    chat(zip_of({"_chat.txt": IPHONE, "00000012-PHOTO.jpg": PHOTO}))
    assert list(tmp_path.iterdir()) == []
