"""The search that the tests for secrets rest on finds what is hidden in each encoding: else they would prove nothing."""

from __future__ import annotations

import base64
import gzip
import io
import json
import quopri
import zipfile
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest
from backports import zstd

from tests.decoding import holding

CANARY = "canary+7/hidden=0123456789abcdef"


def _zipped(data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("inner", data)
    return out.getvalue()


def _named(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(data.decode(), b"")
    return out.getvalue()


def _paper(data: bytes) -> bytes:
    """A whole PDF with these bytes in a compressed stream."""
    stream = zlib.compress(b"BT /F1 12 Tf 10 10 Td (" + data + b") Tj ET")
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]  # fmt: skip
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj%b endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(made)
    return made + b"xref\n0 6\n0000000000 65535 f \n" + table + end


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: b"before " + data + b" after",
    "base64": lambda data: b'{"k": "' + base64.b64encode(b"x" + data) + b'"}',
    "base64 for addresses": lambda data: base64.urlsafe_b64encode(b"xy" + data),
    "base64 in lines": lambda data: base64.encodebytes(b"?" * 70 + data),
    "base64 twice": lambda data: base64.b64encode(base64.b64encode(data)),
    "hexadecimal": lambda data: data.hex().encode(),
    "quoted-printable": lambda data: quopri.encodestring(b"x" * 60 + data),
    "an address": lambda data: quote(data.decode(), safe="").encode(),
    "a JSON escape": lambda data: "".join(f"\\u{byte:04x}" for byte in data).encode(),
    "JSON in JSON": lambda data: json.dumps(json.dumps({"k": data.decode()})).encode(),
    "gzip": gzip.compress,
    "the second of two gzip members": lambda data: gzip.compress(b"one") + gzip.compress(data),
    "zstd": zstd.compress,
    "a zip": _zipped,
    "a stored zip": lambda data: _zipped(data, zipfile.ZIP_STORED),
    "a name in a zip": _named,
    "a PDF": _paper,
    "base64 in gzip in a stored zip in a zip": lambda data: _zipped(
        _zipped(gzip.compress(base64.b64encode(data)), zipfile.ZIP_STORED)
    ),
    "a PDF in a zip as zstd": lambda data: zstd.compress(_zipped(_paper(data))),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_what_is_hidden_in_an_encoding_is_found(name: str) -> None:
    assert holding([("here", ENCODINGS[name](CANARY.encode()))], {CANARY}) == {("here", CANARY)}


def test_what_is_not_there_is_not_found() -> None:
    pile = [(name, encode(b"something else altogether, and long enough")) for name, encode in ENCODINGS.items()]
    assert holding(pile, {CANARY}) == set()
