"""What a file is, by its bytes; a name that says something else is said."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.media import DOCX, OUTLOOK, belied, media_type_of, type_of_name
from tests.collector.saved.chats.compound import compound

JPEG, HEIC, MP4, PDF = b"\xff\xd8\xff\xe0", b"\0\0\0\x18ftypheic", b"\0\0\0\x18ftypisom", b"%PDF-1.7"


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "media_type", "said"),
    [
        ("a.heic", JPEG, "image/jpeg", "Its name ends in .heic, but its bytes are a JPEG picture."),
        ("a.jpg", HEIC, "image/heic", "Its name ends in .jpg, but its bytes are a HEIC picture."),
        ("a.png", b"RIFF\0\0\0\0WEBP", "image/webp", "Its name ends in .png, but its bytes are a WebP picture."),
        ("a.mp4", JPEG, "image/jpeg", "Its name ends in .mp4, but its bytes are a JPEG picture."),
        ("a.jpg", MP4, "video/mp4", "Its name ends in .jpg, but its bytes are an MP4 video."),
        ("a.jpg", PDF, "application/pdf", "Its name ends in .jpg, but its bytes are a PDF document."),
        ("a.pdf", zipped("[Content_Types].xml", "word/document.xml"), DOCX,
         "Its name ends in .pdf, but its bytes are a Word document."),
        ("a.jpg", b"<!DOCTYPE html><p>Not found", "text/html", "Its name ends in .jpg, but its bytes are a web page."),
        ("a.txt", PDF, "application/pdf", "Its name ends in .txt, but its bytes are a PDF document."),
        ("a.doc", compound({"__substg1.0_0037001F": b"x"}), OUTLOOK,
         "Its name ends in .doc, but its bytes are a mail of Outlook."),
    ],
)  # fmt: skip
def test_the_bytes_decide_and_a_name_that_lies_is_said(name: str, data: bytes, media_type: str, said: str) -> None:
    assert (media_type_of(name, data), belied(name, media_type)) == (media_type, said)


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.JPG", JPEG, "image/jpeg"), ("a.mov", MP4, "video/quicktime"), ("a.m4a", MP4, "audio/mp4"),
        ("a.heif", HEIC, "image/heic"),
        ("a.docx", zipped("[Content_Types].xml", "word/document.xml"), DOCX), ("a.zip", zipped("a"), "application/zip"),
        ("a.odt", zipped("mimetype"), "application/vnd.oasis.opendocument.text"),
        ("page.mhtml", b"<html>", "multipart/related"),
        ("notes.txt", b"text", "text/plain"), ("a.jpg", b"nothing known", "image/jpeg"), ("photo", JPEG, "image/jpeg"),
        ("a.unknownending", PDF, "application/pdf"), ("file", b"nothing known", "application/octet-stream"),
    ],
)  # fmt: skip
def test_a_name_that_fits_or_says_nothing_is_no_lie(name: str, data: bytes, media_type: str) -> None:
    assert (media_type_of(name, data), belied(name, media_type)) == (media_type, "")


@pytest.mark.parametrize(
    ("name", "family"), [("a.heic", "image"), ("a.opus", "audio"), ("a.AMR", "audio"), ("a.3gp", "video")]
)
def test_what_telephones_send_is_known_by_name_on_every_machine(name: str, family: str) -> None:
    assert type_of_name(name).startswith(f"{family}/")


@given(st.text(max_size=30), st.binary(max_size=200))
def test_strange_names_and_bytes_raise_nothing(name: str, data: bytes) -> None:
    belied(name, media_type_of(name, data))
