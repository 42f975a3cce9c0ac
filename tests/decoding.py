"""What stored bytes hold beneath their encodings: without it, a search for something hidden would prove nothing."""

from __future__ import annotations

import base64
import binascii
import io
import quopri
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from urllib.parse import unquote_to_bytes

from backports import zstd
from pypdf import PdfReader
from pypdf.errors import PdfReadError

_DEEPEST = 5
_ZSTD, _GZIP, _ZIP = b"\x28\xb5\x2f\xfd", b"\x1f\x8b", b"PK\x03\x04"
_COMPRESSED = (_ZSTD, _GZIP, _ZIP, b"%PDF", b"\x89PNG", b"\xff\xd8\xff")


def holding(pile: Iterable[tuple[str, bytes]], words: Iterable[str]) -> set[tuple[str, str]]:
    """Where (by the names of the pile) which of the words stand, as they are or beneath an encoding.

    What lies in several places is looked into once, and found in the first of them.
    """
    wanted, seen = [(word, word.encode()) for word in words], set[int]()
    return {
        (name, word) for name, data in pile for piece in decoded(data, seen) for word, bytes_ in wanted if bytes_ in piece
    }


def decoded(data: bytes, seen: set[int], depth: int = 0) -> Iterator[bytes]:
    """The bytes, and what they hold in base64, hexadecimal, quoted-printable, percent signs, JSON escapes, the text and
    streams of a PDF, gzip, zstd and zip members, one within the other; nothing of what was `seen`.
    """
    if hash(data) in seen:
        return
    seen.add(hash(data))
    yield data
    if depth == _DEEPEST:
        return
    for inner in _unpacked(data):
        yield from decoded(inner, seen, depth + 1)
    if data.startswith(_COMPRESSED):
        return  # there is no text among such bytes
    if b"=" in data:
        yield quopri.decodestring(data)
    if b"%" in data:
        yield unquote_to_bytes(data)
    if b"\\u" in data:
        yield re.sub(rb"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)).encode("utf-8", "replace"), data)
    for run in re.findall(rb"(?:[0-9a-fA-F]{2}){12,}", data):
        yield binascii.unhexlify(run)
    for run in re.findall(rb"[A-Za-z0-9+/_-]{16}(?:[A-Za-z0-9+/_-]|\s{1,2}(?=[A-Za-z0-9+/_-]))*", data):
        for plain in _from_base64(re.sub(rb"\s", b"", run)):
            yield from decoded(plain, seen, depth + 1)


def _from_base64(run: bytes) -> Iterator[bytes]:
    """What the digits say from each place in the first four of them: they may stand within others."""
    digits = run.translate(bytes.maketrans(b"-_", b"+/"))
    for cut in (digits[shift:] for shift in range(4)):
        try:
            yield base64.b64decode(cut + b"=" * (-len(cut) % 4))
        except binascii.Error:
            continue


def _unpacked(data: bytes) -> Iterator[bytes]:
    """The members of a zip, of a gzip file and of a zstd file, and the text and streams of a PDF."""
    if data.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield "\n".join(archive.namelist()).encode()
            yield from (archive.read(name) for name in archive.namelist())
    rest = data
    while rest.startswith(_GZIP):
        member = zlib.decompressobj(wbits=31)
        yield member.decompress(rest)
        rest = member.unused_data
    if data.startswith(_ZSTD):
        yield zstd.decompress(data)
    if not data.startswith(b"%PDF"):
        return
    yield _text_of_pdf(data)
    for about, stream in re.findall(rb"<<((?:(?!stream).){0,1000})stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        if b"/Image" not in about:  # its pixels
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(stream)


@cache  # the same few are looked into by many tests, and each takes a second
def _text_of_pdf(data: bytes) -> bytes:
    """b"" for what no program can open: its bytes and streams are looked at."""
    try:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).encode("utf-8", "replace")
    except PdfReadError:
        return b""
