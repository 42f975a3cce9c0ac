"""What acts in a file that somebody gave is said, in words; of a file that only shows nothing is said."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, create_string_object

from collector.saved.acting import may_do


def pdf(action: dict[str, str] | None = None, inside: bytes = b"") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    if action:
        made = {NameObject(k): NameObject(v) if v.startswith("/") else create_string_object(v) for k, v in action.items()}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(made)
    if inside:
        writer.add_attachment("a.txt", inside)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def office(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "x")
    return out.getvalue()


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "JPEG")
    return out.getvalue()


OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pdf({"/S": "/JavaScript", "/JS": "app.alert(1)"}), ("scripts",)),
        (pdf({"/S": "/JavaScript", "/JS": "app.alert(1)"}).replace(b"/JavaScript", b"/J#61vaScript"), ("scripts",)),
        (pdf({"/S": "/Launch", "/F": "calc.exe"}), ("a command that starts a program",)),
        (pdf({"/S": "/URI", "/URI": "https://x.example/"}), ("an address that it opens by itself",)),
        (pdf(inside=b"hello"), ("other files in it",)),
        (office("word/document.xml", "word/vbaProject.bin"), ("macros",)),
        (office("xl/workbook.xml", "xl/activeX/activeX1.bin"), ("programs (ActiveX)",)),
        (office("word/document.xml", "word/embeddings/oleObject1.bin"), ("other files in it",)),
        (office("META-INF/manifest.xml", "Basic/Standard/Module1.xml"), ("macros",)),
        (OLD_WORD + "_VBA_PROJECT".encode("utf-16-le"), ("macros",)),
        (pdf(), ()), (office("word/document.xml"), ()), (OLD_WORD, ()), (picture(), ()), (b"%PDF-1.4 broken", ()),
        (b"PK\x03\x04 broken", ()), (b"", ()),
    ],
)  # fmt: skip
def test_what_acts_in_a_file_is_said(data: bytes, said: tuple[str, ...]) -> None:
    assert may_do(data) == said
