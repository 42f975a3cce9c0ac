"""The texts in a file after its own encodings are undone: MHTML, PDF, zip, gzip, UTF-16. Pure."""

from __future__ import annotations

import binascii
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy

from collector.zips import BROKEN

_LARGEST = 64 << 20  # bytes of one member or stream
_DEEPEST = 3  # a file in a file in a file
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x20ftyp")
_LEGIBLE = re.compile(rb"[\t\n\r -~\x00]")
_FONTS = (b"\x00\x01\x00\x00", b"OTTO", b"true", b"ttcf", b"wOFF", b"wOF2")
# Numbers and what is to be drawn with them, most of what a page's print is made of: "3.125 0 0 3.125 -62.37 1149 cm".
_DRAWING = re.compile(rb"(?:[-+]?[\d.]{1,12}\s){1,12}[A-Za-z*]{1,3}\s")
_STRING = re.compile(r"\((?:[^()\\]|\\[\s\S])*\)")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def texts_in(data: bytes, media_type: str = "", depth: int = 0) -> Iterator[str]:
    """Every text in the file that the usual programs would show; pictures have none, of a broken file it is its bytes."""
    return (text for _, text in placed_texts_in(data, media_type, depth))


def placed_texts_in(data: bytes, media_type: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """The same, each with the name that it has inside the file ("word/document.xml"); "" where it has none."""
    if data.startswith(_PICTURES) or media_type.startswith(("image/", "video/", "audio/")):
        return
    if data.startswith(b"%PDF-"):
        yield from (("", text) for text in _in_pdf(data))
    elif media_type.startswith("multipart/") or is_mhtml(data):
        yield from (("", text) for text in _in_mhtml(data))
    elif data.startswith(b"PK\x03\x04") and depth < _DEEPEST:
        yield from _in_zip(data, depth)
    elif data.startswith(b"\x1f\x8b") and depth < _DEEPEST:
        for member in _gunzipped(data):
            yield from placed_texts_in(member, "", depth + 1)
    else:
        yield from (("", text) for text in _plain(data))


def is_mhtml(data: bytes) -> bool:
    """Whether the file is a page that a browser saved as one."""
    return data[:20].lower().startswith((b"from: <saved by", b"mime-version:"))


def _plain(data: bytes) -> Iterator[str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    yield text
    if "\x00" in text:
        yield text.replace("\x00", "")  # UTF-16


def _in_zip(data: bytes, depth: int) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                if entry.file_size <= _LARGEST:
                    inside = placed_texts_in(archive.read(entry), "", depth + 1)
                    yield from ((f"{entry.filename}, {place}" if place else entry.filename, text) for place, text in inside)
    except BROKEN:
        yield "", data.decode("latin-1")


def _gunzipped(data: bytes) -> Iterator[bytes]:
    """The members of a gzip file, of each as much as can be unpacked."""
    left = _LARGEST
    while data and left > 0:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            member = unpacker.decompress(data, left)
        except zlib.error:
            yield data
            return
        yield member
        left -= len(member)
        data = unpacker.unused_data


def _in_mhtml(data: bytes) -> Iterator[str]:
    for part in message_from_bytes(data, policy=policy.compat32).walk():
        yield "\n".join(f"{name}: {value}" for name, value in part.items())
        body = part.get_payload(decode=True)
        if isinstance(body, bytes) and part.get_content_maintype() != "image":
            yield body.decode("utf-8", "replace")


def _in_pdf(data: bytes) -> Iterator[str]:
    """A PDF's objects (addresses, titles) and its streams after Flate is undone.

    Text drawn with embedded fonts is written as glyph numbers and is not seen here: compare the page's visible text too.
    """
    streams: list[bytes] = []

    def kept(match: re.Match[bytes]) -> bytes:
        """What was unpacked says nothing as it is packed, and a picture says nothing at all."""
        streams.append(_inflated(match[1]))
        return b"" if streams[-1] or match[1].startswith(_PICTURES) else match[0]

    bare = _STREAM.sub(kept, data)
    for piece in (bare, *(_DRAWING.sub(b"", stream) for stream in streams if not _is_binary(stream))):
        text = piece.decode("latin-1")
        yield text
        if "\\" in text:  # a string with signs escaped, or broken at a line's end
            yield "\n".join(one for one in _STRING.findall(text) if "\\" in one).replace("\\\n", "").replace("\\", "")
        if "\x00" in text:
            yield text.replace("\x00", "")
        yield "\n".join(_hex_strings(text))


def _is_binary(stream: bytes) -> bool:
    """Whether it is a picture or a font: at its beginning and in its middle there is hardly a letter or figure."""
    if stream.startswith(_FONTS):
        return True
    half = len(stream) // 2
    pieces = stream[:2000], stream[half : half + 2000]
    return all(len(piece) == 2000 and len(_LEGIBLE.findall(piece)) < 1200 for piece in pieces)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, _LARGEST)
    except zlib.error:
        return b""


def _hex_strings(text: str) -> Iterator[str]:
    """PDF's <feff0041…> strings as text."""
    for digits in re.findall(r"<([0-9A-Fa-f\s]{16,8192})>", text):
        with suppress(binascii.Error):
            plain = binascii.unhexlify(re.sub(r"\s", "", digits))
            yield plain.decode("utf-16", "replace") if plain.startswith(b"\xfe\xff") else plain.decode("latin-1")
