"""Every text that a file can be read as, once what hides it is undone: packing, encodings, escapes, glyphs, metadata."""

from __future__ import annotations

import base64
import binascii
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from PIL import ExifTags, Image

from collector.capture.unpacking import texts_in
from collector.saved.text import read_apart
from collector.zips import BROKEN

_ROUNDS = 3  # an escape within an escape within an escape
_DEEPEST = 3
_LARGEST = 64 << 20  # bytes of a file in a zip
_TAG = re.compile(r"<[!/?]?[A-Za-z][^<>]{0,2000}>|<!--.*?-->", re.DOTALL)
_HIDDEN = re.compile(r"(?is)<(script|style|template|noscript)\b.*?</\1\s*>|<!--.*?-->")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{3})|([/\"'nrt\\]))")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])(?:[A-Za-z0-9+/_-]{4}){4,}(?:[A-Za-z0-9+/_-]{2,3}={0,2})?(?![A-Za-z0-9+/_-])")
_FILES = (b"PK\x03\x04", b"\x1f\x8b", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
_PICTURES = _FILES[3:]
_ENDS = (b"IEND\xaeB`\x82", b"\xff\xd9")  # of a PNG, of a JPEG
_RUN = re.compile(rb"[\x20-\x7e]{5,}")
_FIELDS = re.compile(r"(?is)<input\b(?![^>]{0,400}type=[\"']?hidden)[^>]{0,2000}>|<textarea\b[^>]*>(.*?)</textarea>")
_SHOWN = re.compile(r"(?is)\b(?:value|placeholder)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))")


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text of a file. `legible`: words and numbers in it mean something; otherwise it is bytes shown as letters."""

    text: str
    legible: bool = True


def readings_of(data: bytes, media_type: str = "", depth: int = 0) -> Iterator[DecodedText]:
    """Every text of a file, the same one perhaps several times. `media_type` as it was sent, or ""."""
    if data.startswith(_PICTURES) or media_type.startswith(("image/", "video/", "audio/")):
        yield from _around_a_picture(data)
        if not data.startswith(_PICTURES) and b"<svg" in data[:4000]:
            yield from _undone(data.decode("utf-8", "replace"), True, depth)
        return
    pdf = data.startswith(b"%PDF-")
    if pdf and (b"/Font" in data or b"/ObjStm" in data):  # without a font nothing is written on its pages
        passages, _ = read_apart("whole pdf", data)
        for passage in passages:
            yield from _undone(passage.text, True, depth)
    for text in (*texts_in(data, media_type), *_wide(data)):
        yield from _undone(text, not pdf and _is_legible(text), depth)
    if data.startswith((b"PK\x03\x04", b"\x1f\x8b")) and depth < _DEEPEST:
        yield from _members(data, depth)


def seen_in(html: str) -> str:
    """What a page's source would show, as far as the source alone says: its words, and what its fields hold."""
    return unescape(_TAG.sub("\n", _HIDDEN.sub("", html))) + "\n" + fields_in(html)


def fields_in(html: str) -> str:
    """What the fields of a page hold, which stands in its pictures and not in its text."""
    found = [group for match in _FIELDS.finditer(html) for shown in _SHOWN.findall(match[0]) for group in shown if group]
    return unescape("\n".join([*found, *(match[1] for match in _FIELDS.finditer(html) if match[1])]))


def _undone(text: str, legible: bool, depth: int) -> Iterator[DecodedText]:
    """The text, and the texts that come of undoing tags, entities and escapes, and what is packed in it."""
    yield DecodedText(text, legible)
    plain = text
    for _ in range(_ROUNDS):
        before, plain = plain, _unescaped(plain)
        if plain == before:
            break
        yield DecodedText(plain, legible)
    if "<" in plain and (bare := _TAG.sub("", plain)) != plain:
        yield DecodedText(bare, legible)
    if depth < _DEEPEST:
        for match in _BASE64.finditer(plain):
            data = _of_base64(match[0])
            if data.startswith(_FILES) or _is_legible(data.decode("utf-8", "replace")):
                yield from readings_of(data, "", depth + 1)
            elif data.startswith(b"\x30\x82"):  # a certificate: the names in it stand there as text
                yield DecodedText(data.decode("latin-1"), False)


def _unescaped(text: str) -> str:
    if "&" in text:
        text = unescape(text)
    if "\\" in text:
        text = _ESCAPE.sub(_signs, text)
    if "%" in text:
        text = unquote(text, errors="replace")
    if "=\n" in text or "=\r\n" in text:  # a line of quoted-printable that goes on
        text = re.sub(r"=\r?\n", "", text)
    return text


def _signs(match: re.Match[str]) -> str:
    if digits := match[1] or match[2]:
        return chr(int(digits, 16))
    return chr(int(match[3], 8)) if match[3] else _CONTROL.get(match[4], match[4])


def _of_base64(text: str) -> bytes:
    with suppress(binascii.Error, ValueError):
        plain = text.replace("-", "+").replace("_", "/").rstrip("=")
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    return b""


def _wide(data: bytes) -> Iterator[str]:
    """The bytes as UTF-16, where they begin like it or every second one is nothing."""
    head = data[:2000]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield data.decode("utf-16", "replace")
    elif head.count(b"\x00") * 3 > len(head) > 0:
        yield data.decode("utf-16-le", "replace")
        yield data.decode("utf-16-be", "replace")


def _members(data: bytes, depth: int) -> Iterator[DecodedText]:
    """The names in a zip, what is said about it, and the pictures and PDFs in it, which are no texts."""
    with suppress(*BROKEN), zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield DecodedText(archive.comment.decode("utf-8", "replace"))
        for entry in archive.infolist():
            yield from _undone(entry.filename + "\n" + entry.comment.decode("utf-8", "replace"), True, depth + 1)
            if entry.file_size <= _LARGEST and (inner := archive.read(entry)).startswith(_FILES):
                yield from readings_of(inner, "", depth + 1)


def _around_a_picture(data: bytes) -> Iterator[DecodedText]:
    """What is written about a picture: its own fields, camera data, and anything else between its pixels."""
    for raw in (data, data.replace(b"\x00", b"")):  # the latter for UTF-16
        yield DecodedText("\n".join(run.decode("ascii") for run in _RUN.findall(raw)), False)
    end = max((data.rfind(mark) + len(mark) for mark in _ENDS if mark in data), default=len(data))
    if end < len(data):
        yield from _undone(data[end:].decode("utf-8", "replace"), True, _DEEPEST)
    with suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError), warnings.catch_warnings(action="ignore"):
        with Image.open(io.BytesIO(data)) as image:
            told = [*image.info.values(), *getattr(image, "text", {}).items()]
            exif = image.getexif()
            told += [*exif.values(), *(value for block in ExifTags.IFD for value in exif.get_ifd(block).values())]
        for value in told:
            for text in _texts_of(value):
                yield from _undone(text, True, _DEEPEST)


def _texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
        yield value.decode("utf-16-le", "replace")
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _texts_of(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts_of(one)


def _is_legible(text: str) -> bool:
    """Whether it is a text, and not bytes that happen to be shown as letters."""
    head = text[:4000]
    odd = sum(1 for sign in head if sign == "\ufffd" or (sign < " " and sign not in "\t\n\r") or "\x7f" <= sign < "\xa0")
    return bool(head) and odd * 20 < len(head)
