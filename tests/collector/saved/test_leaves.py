"""The pages of a PDF are drawn, one by one, and a hostile, locked or torn one ends in a reason."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from collector.saved.leaves import LOCKED, NOT_A_PDF, leaves_of


def pdf(pages: int = 2, password: str = "") -> bytes:
    """A PDF that would run a script, launch a program and bring a file along, if it could."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(300, 400)
    writer.add_attachment("evil.exe", b"MZ")
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")}
    )
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_each_page_is_a_picture_with_the_sides_of_the_page_and_nothing_else_of_the_file() -> None:
    leaves = leaves_of(pdf())
    assert (len(leaves.pictures), leaves.count, leaves.problem) == (2, 2, "")
    with Image.open(io.BytesIO(leaves.pictures[0])) as image:
        assert image.format == "JPEG"
        assert abs(image.height * 3 - image.width * 4) <= 4
    assert not any(b"evil.exe" in picture or b"calc" in picture for picture in leaves.pictures)


@pytest.mark.parametrize(
    ("data", "problem"), [(pdf(1, "secret"), LOCKED), (pdf()[:300], NOT_A_PDF), (b"%PDF-1.7 no more", NOT_A_PDF)]
)
def test_what_cannot_be_drawn_is_said_why(data: bytes, problem: str) -> None:
    leaves = leaves_of(data)
    assert (leaves.pictures, leaves.problem) == ((), problem)
