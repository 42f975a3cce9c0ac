"""The text of the buyer's files: read with its places, or one sentence; a hostile file harms nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from docx import Document
from pypdf import PdfReader, PdfWriter

from collector.saved.text import DAMAGED, LOCKED, NO_TEXT, TOO_MUCH, read_apart


def pdf_of(*pages: str) -> bytes:
    """A PDF with one line of text a page, made by hand: "" is a page without text, as of a scan."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for text in pages:
        drawn = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode() if text else b""
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn))
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
        objects.append(page % len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size, table, size, len(out),
    )  # fmt: skip


def locked(data: bytes) -> bytes:
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(data))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def docx_of() -> bytes:
    document, out = Document(), io.BytesIO()
    document.add_paragraph("Packing: 5-layer cartons.")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Quantity", "200 pcs"
    document.save(out)
    return out.getvalue()


def bomb() -> bytes:
    """A DOCX of some hundred kilobytes whose text would be 200 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * 200_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "data", "passages"),
    [
        ("pdf", pdf_of("Ship by 2026-07-26", "USD 8,600"), [("page 1", "Ship by 2026-07-26"), ("page 2", "USD 8,600")]),
        ("docx", docx_of(), [("paragraph 1", "Packing: 5-layer cartons."), ("table 1, row 1", "Quantity: 200 pcs")]),
        ("text", "你好\n\n请付到私人账户".encode("gb18030"), [("line 1", "你好"), ("line 3", "请付到私人账户")]),
    ],
)  # fmt: skip
def test_a_files_text_is_read_with_its_places(kind: str, data: bytes, passages: list[tuple[str, str]]) -> None:
    found, problem = read_apart(kind, data)
    assert ([(p.place, p.text) for p in found], problem) == (passages, "")


@pytest.mark.parametrize(
    ("kind", "data", "problem"),
    [
        ("pdf", pdf_of("", ""), NO_TEXT),
        ("pdf", locked(pdf_of("secret")), LOCKED),
        ("pdf", b"%PDF-1.4 and nothing else", DAMAGED),
        ("docx", b"PK\x03\x04 torn", DAMAGED),
        ("docx", bomb, TOO_MUCH),
        ("text", b"\x00\x01\x02" * 100, DAMAGED),
    ],
    ids=["scan", "locked", "damaged", "torn", "bomb", "binary"],
)
def test_a_file_without_text_to_be_had_gives_one_sentence(
    kind: str, data: bytes | Callable[[], bytes], problem: str
) -> None:
    """A scan, a password, damage, a zip bomb: never a traceback, and always: look yourself."""
    assert read_apart(kind, data() if callable(data) else data) == ((), problem)
    assert "look yourself" in problem


def test_a_file_that_takes_too_long_is_stopped() -> None:
    """The reader's process is ended, and this one goes on."""
    assert read_apart("text", b"a line\n", seconds=0.0) == ((), TOO_MUCH)
