"""The last look: what may open an account is named with its file, its place and a way to go on."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, create_string_object

from casework.proving.last_look import LastLook
from collector.errors import PersonNeeded
from collector.model import Fact
from rules.language.facts import fact_words
from tests.rules.cases import added, case

SECRET = "q7Xw93LpZk2MvB81nT5c"
ADDRESS = f"https://x.example/in?token={SECRET}"


def found(name: str, data: bytes) -> list[tuple[str, str]]:
    """File and place of each finding in one file."""
    look = LastLook()
    look.look([(f"data/exhibits/B01-other/{name}", data)])
    return [(one.path.rpartition("/")[2], one.place) for one in look.suspects]


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def pdf(*, text: str = "", link: str = "", title: str = "", script: str = "", inside: bytes = b"") -> bytes:
    """A PDF of two pages that says these on its second page, in a link there, about itself, in a script, in a file in it."""
    writer = PdfWriter()
    for _ in range(2):
        writer.add_blank_page(400, 400)
    page = writer.pages[1]
    if text:
        font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
                                 NameObject("/BaseFont"): NameObject("/Helvetica")})  # fmt: skip
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data(b"BT /F1 9 Tf 10 200 Td (%s) Tj ET" % text.encode())
        page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    if link:
        writer.add_annotation(1, Link(rect=(0, 0, 50, 50), url=link))
    if title:
        writer.add_metadata({"/Title": create_string_object(title)})
    if script:
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): create_string_object(script)}
        )
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)
    if inside:
        writer.add_attachment("notes.txt", inside)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        ("notes.txt", f"order 17\nsee {ADDRESS}\n".encode(), "line 2"),
        ("chat.zip", zipped(_chat_txt=b"hello", media__link_txt=ADDRESS.encode()), "media/link_txt"),
        ("terms.docx", zipped(word__document_xml=f"<w:t>{ADDRESS}</w:t>".encode()), "word/document_xml"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_what_opens_an_account_is_found_in_any_file_with_its_place(name: str, data: bytes, place: str) -> None:
    assert found(name, data) == [(name, place)]


def test_in_a_pdf_it_is_found_where_nobody_looks_too() -> None:
    """On a page, in a link, in what is written about it, in a script, in a file inside it."""
    data = pdf(text=ADDRESS, link=ADDRESS, title=ADDRESS, script=f"go('{ADDRESS}')", inside=ADDRESS.encode())
    places = {place for _, place in found("contract.pdf", data)}
    assert places == {"page 2", "what is written about it", "its scripts", "a file inside it"}
    assert found("linked.pdf", pdf(link=ADDRESS)) == [("linked.pdf", "page 2")]


@pytest.mark.parametrize("data", [pdf(text="200 fans", title="Contract", link="https://x.example/"), zipped(a=b"200 fans")])
def test_a_harmless_file_stops_no_pack(data: bytes) -> None:
    assert found("a.pdf", data) == []


def test_a_pdf_that_cannot_be_looked_into_is_named_with_the_reason() -> None:
    look = LastLook()
    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    look.look([("data/exhibits/B01-other/locked.pdf", out.getvalue())])
    assert [(one.path.rpartition("/")[2], "locked with a password" in one.why) for one in look.unread] == [
        ("locked.pdf", True)
    ]


def test_what_the_buyer_entered_is_named_by_what_it_is() -> None:
    """It stands in the sealed record, so the way on is not to leave it out."""
    look = LastLook()
    (photo,) = added("photo")
    said = Fact("order.supplier", f"see {ADDRESS}", "asserted", "", "buyer")
    look.look_at_entered(case(said, files=(replace(photo, note=ADDRESS),)))
    assert [one.name for one in look.suspects] == [
        "the note on 0.jpg",
        f"what you entered as {fact_words('order.supplier')}",
    ]
    with pytest.raises(PersonNeeded) as caught:
        look.require_nothing()
    assert "--accept-risk" in caught.value.hint


def test_what_a_supplier_calls_his_goods_stops_no_pack() -> None:
    """His words under a secret's name, where people can read them on the page, or in the program's own files."""
    said = b'[{"name": "sid", "value": "HX-2024-PRO-v2"}, {"name": "serial-token", "value": "q7Xw93LpZk2MvB81"}]'
    ours = [(f"data/{path}", said) for path in ("timeline.json", "exhibits/A01-order/facts.json", "proof/entries.jsonl")]
    page = ("data/exhibits/A01-order/text.txt", b"sid\nHX-2024-PRO-v2\nserial-token\nq7Xw93LpZk2MvB81")
    kept = ("data/archive.wacz", said)
    seen, unseen = LastLook(), LastLook()
    seen.look([*ours, kept, page])
    seen.require_nothing()
    unseen.look([*ours, kept])
    with pytest.raises(PersonNeeded, match=r"archive\.wacz.* may hold"):
        unseen.require_nothing()
