"""Whatever hides a text in a file, it is read."""

from __future__ import annotations

import base64
import gzip
import io
import json
from urllib.parse import quote

import pytest
from PIL import Image, PngImagePlugin

from casework.proving.decoded import readings_of
from casework.proving.redaction_search import search_for_redacted
from collector.errors import PersonNeeded
from rules.pack.redact.redactor import Redactor, names_of
from tests.casework.proving.test_last_look import pdf, zipped

PHONE, MAIL = "+31 6 12345678", "marta@example.org"
REDACTOR = Redactor(tuple(names_of(["Marta Jansen"]))).learned([PHONE, MAIL])


def picture(form: str, *, exif: str = "", text: str = "", after: bytes = b"") -> bytes:
    out, camera, written = io.BytesIO(), Image.Exif(), PngImagePlugin.PngInfo()
    if exif:
        camera[0x013B] = exif  # the artist
        camera[0x9286] = b"UNICODE\x00" + exif.encode("utf-16-le")  # what somebody wrote about it
    written.add_itxt("Author", text, zip=True)
    Image.new("RGB", (9, 9)).save(out, form, exif=camera, **({"pnginfo": written} if form == "PNG" else {}))
    return out.getvalue() + after


HIDDEN = {
    "in plain text": f"call {PHONE}".encode(),
    "split over tags": b"<p><b>+31 6 12</b><i class=x>345678</i></p>",
    "split over a name's tags": b"<b>Mar</b><!-- x -->ta",
    "in an attribute": b'<input type="hidden" data-mail="marta@example.org">',
    "as entities": b"<p>&#43;31 6 1234&#x35;678</p>",
    "between signs without a width": f"call {PHONE[:5]}\u200b{PHONE[5:]}".encode(),
    "in full-width figures": "call ＋３１ ６ １２３４５６７８".encode(),
    "as UTF-16": f"call {PHONE}".encode("utf-16"),
    "as UTF-16 without a mark": f"call {PHONE} 电话".encode("utf-16-le"),
    "escaped in JSON": json.dumps({"n": "Ｍarta @"}).replace("@", "marta\\u0040example.org").encode(),
    "percent-encoded": f"https://x.example/?to={quote(MAIL)}&n={quote(PHONE)}".encode(),
    "percent-encoded in JSON in an attribute": f"<a x={{&quot;u&quot;:&quot;?m%3D{quote(quote(MAIL))}&quot;}}>".encode(),
    "as base64": b'{"blob":"' + base64.b64encode(f"write to {MAIL} please".encode()) + b'"}',
    "as base64 in base64": base64.b64encode(base64.b64encode(f"write to {MAIL} please".encode())),
    "packed with gzip": gzip.compress(MAIL.encode()),
    "in a zip": zipped(notes__txt=MAIL.encode()),
    "in a zip in a zip": zipped(inner__zip=zipped(notes__txt=MAIL.encode())),
    "as a name in a zip": zipped(Marta_Jansen__txt=b"nothing"),
    "in a picture in a zip": zipped(word__media=picture("JPEG", exif=MAIL)),
    "in an office document": zipped(word__document=b"<w:t>+31 6 12</w:t></w:r><w:r><w:t>345678</w:t>"),
    "in a picture's camera data": picture("JPEG", exif=MAIL),
    "in a picture's own text": picture("PNG", text=f"by Marta Jansen, {MAIL}"),
    "after a picture's end": picture("PNG", after=MAIL.encode()),
    "drawn in a PDF": pdf(text=f"write to {MAIL}"),
    "in what is said about a PDF": pdf(title="Letter of Marta Jansen"),
    "in a PDF's link": pdf(link=f"mailto:{MAIL}"),
    "in a file in a PDF": pdf(inside=f"write to {MAIL}".encode()),
    "over quoted lines": b"Content-Type: text/plain\n\nmarta@exam=\nple.org",
}


@pytest.mark.parametrize("data", HIDDEN.values(), ids=HIDDEN.keys())
def test_what_is_hidden_in_a_file_is_found_and_stops_the_pack(data: bytes) -> None:
    assert any(REDACTOR.finds(one.text, by_form=one.legible) for one in readings_of(data))
    with pytest.raises(PersonNeeded, match=r"would still stand in data/exhibits/B01-other/x\.bin"):
        search_for_redacted(REDACTOR, "pack/data/exhibits/B01-other/x.bin", data)


def test_the_name_of_a_file_is_searched_too() -> None:
    with pytest.raises(PersonNeeded, match="a name"):
        search_for_redacted(REDACTOR, "pack/data/exhibits/B01-other/marta-jansen.pdf", b"")


def test_numbers_that_are_nobodys_stop_no_pack() -> None:
    out = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(out, "PNG")
    for data in (out.getvalue(), pdf(text="Order 250861947301028446"), bytes(range(256)) * 40, b"1f3870be" * 2000):
        search_for_redacted(REDACTOR, "pack/data/exhibits/B01-other/x.bin", data)


def test_an_authoritys_own_mail_in_its_certificate_is_no_personal_data_of_the_case() -> None:
    search_for_redacted(REDACTOR, "pack/data/proof/certificates/a-root.pem", b"emailAddress=ca@authority.example")
    with pytest.raises(PersonNeeded):
        search_for_redacted(REDACTOR, "pack/data/proof/certificates/signer.pem", b"CN=Marta Jansen")
