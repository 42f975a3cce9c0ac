"""What a camera wrote into a photo or a video: when, where and with what it was taken. Whoever has the file can edit it.

Nothing is decoded: Exif is looked for by its own beginning, in JPEG, PNG, WebP, TIFF and HEIC alike, and of a video the
boxes that describe it are read. Sources: Exif 2.32 (CIPA DC-008); ISO/IEC 14496-12 (mvhd, udta); the QuickTime file format
(the metadata keys com.apple.quicktime.*, and the user data atom "\u00a9xyz").
"""

from __future__ import annotations

import re
import struct
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import IO

from collector.model import CameraData

_MOST = 64 << 20  # bytes of a picture, or of a video's description: beyond that, nobody writes Exif
_MOST_BOXES = 10_000
_LETTERS = 80  # of what a camera calls itself
# One by one: a pattern that begins with fixed bytes is found fifteen times as fast as one that begins with a choice.
_BEFORE = (rb"Exif\x00\x00", rb"eXIf", rb"EXIF.{4}")
_EXIF = tuple(re.compile(before + rb"(?=II\*\x00|MM\x00\*)", re.DOTALL) for before in _BEFORE)
_XMP_PLACE = re.compile(rb"exif:GPSL(?:at|ong)itude\b")
_MAKE, _MODEL, _DATE, _EXIF_IFD, _GPS_IFD = 0x010F, 0x0110, 0x0132, 0x8769, 0x8825
_TAKEN, _ZONE = 0x9003, 0x9011
_PRINTED = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d:\d\d:\d\d)")
_OFFSET = re.compile(r"[+-]\d\d:?\d\d$|Z$")
_ISO_6709 = re.compile(r"([+-]\d{1,3}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)")
_SINCE = datetime(1904, 1, 1, tzinfo=UTC)  # in which ISO media count seconds
_UNREADABLE = (
    OSError,
    ValueError,
    ArithmeticError,
    SyntaxError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    struct.error,
)


def camera_data(file: IO[bytes]) -> CameraData | None:
    """What a picture or a video says of how it was taken; None of other files, and where it says nothing."""
    head = file.read(16)
    file.seek(0)
    if head[4:8] == b"ftyp" and head[8:11] not in (b"hei", b"hev", b"mif", b"msf", b"avi"):
        found = _of_video(file)
    elif head.startswith((b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"II*\0", b"MM\0*")) or head[4:8] == b"ftyp":
        found = _of_picture(file.read(_MOST))
    else:
        return None
    return found if found != CameraData() else None


# -- pictures --------------------------------------------------------------------------------------------------------------


def _of_picture(data: bytes) -> CameraData:
    located = bool(_XMP_PLACE.search(data))
    found = [match.end() for sign in _EXIF if (match := sign.search(data))]
    start = 0 if data.startswith((b"II*\0", b"MM\0*")) else min(found, default=-1)
    if start < 0:
        return CameraData(located=located)
    from PIL import Image

    exif = Image.Exif()
    with warnings.catch_warnings(action="ignore"):  # of what is damaged
        with suppress(*_UNREADABLE):
            exif.load(data[start:])
        inner, gps = _directory(exif, _EXIF_IFD), _directory(exif, _GPS_IFD)
    make, model = _text(exif.get(_MAKE)), _text(exif.get(_MODEL))
    taken = _time(_text(inner.get(_TAKEN)) or _text(exif.get(_DATE)), _text(inner.get(_ZONE)))
    return CameraData(taken, _coordinates(gps), _device(make, model), located or bool(gps))


def _directory(exif: object, tag: int) -> Mapping[int, object]:
    from PIL import Image

    if isinstance(exif, Image.Exif):
        with suppress(*_UNREADABLE):
            return dict(exif.get_ifd(tag))
    return {}


def _text(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LETTERS]


def _device(make: str, model: str) -> str:
    return model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()


def _time(printed: str, zone: str = "") -> str:
    """ "2026-09-20 14:01:33 +08:00", or without zone where the file does not say it; "" for what is no time."""
    match = _PRINTED.search(printed)
    if match is None or match[1] == "0000":
        return ""
    offset = _OFFSET.search(zone or printed[match.end() :])
    said = {"": "", "Z": " +00:00"}.get(offset[0] if offset else "", f" {offset[0]}" if offset else "")
    return f"{match[1]}-{match[2]}-{match[3]} {match[4]}{said}"


def _coordinates(gps: Mapping[int, object]) -> str:
    """ "31.23042, 121.47371", degrees north and east; "" where they are not there or none."""
    try:
        return f"{_degrees(gps[2], gps[1], 'S'):.5f}, {_degrees(gps[4], gps[3], 'W'):.5f}"
    except _UNREADABLE:
        return ""


def _degrees(parts: object, side: object, negative: str) -> float:
    if not isinstance(parts, tuple) or len(parts) != 3:
        raise ValueError("not three numbers")
    hours, minutes, seconds = (float(part) for part in parts)
    value = hours + minutes / 60 + seconds / 3600
    if not 0 <= value <= 180:
        raise ValueError("no place on earth")
    return -value if _text(side) == negative else value


# -- videos ----------------------------------------------------------------------------------------------------------------


def _of_video(file: IO[bytes]) -> CameraData:
    """What the box "moov" says, wherever in the file it stands."""
    with suppress(*_UNREADABLE):
        for kind, start, end in _boxes_of_file(file):
            if kind == b"moov" and end - start <= _MOST:
                file.seek(start)
                return _described(file.read(end - start))
    return CameraData()


def _boxes_of_file(file: IO[bytes]) -> Iterator[tuple[bytes, int, int]]:
    at = 0
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        size, start = int.from_bytes(head[:4]), at + 8
        if size == 1:
            size, start = int.from_bytes(head[8:16]), at + 16
        end = at + size if size else file.seek(0, 2)
        if end < start:
            return
        yield head[4:8], start, end
        at = end


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(_MOST_BOXES):
        size = int.from_bytes(data[at : at + 4])
        if size < 8 or at + size > len(data):
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + size]
        at += size


def _described(moov: bytes) -> CameraData:
    boxes = dict(_boxes(moov))
    said = _apple(boxes.get(b"meta", b"")) | {kind.decode("latin-1"): _user_text(body) for kind, body in _user(boxes)}
    place = said.get("com.apple.quicktime.location.ISO6709") or said.get("\u00a9xyz", "")
    make = said.get("com.apple.quicktime.make") or said.get("com.android.manufacturer") or said.get("\u00a9mak", "")
    model = said.get("com.apple.quicktime.model") or said.get("com.android.model") or said.get("\u00a9mod", "")
    made, length = _movie(boxes.get(b"mvhd", b""))
    taken = _time(said.get("com.apple.quicktime.creationdate", "")) or made
    return CameraData(taken, _where(place), _device(make, model), bool(place), length)


def _movie(header: bytes) -> tuple[str, int | None]:
    """When a video says it was made, and its length in milliseconds; "" and None where it does not say it."""
    wide = header[:1] == b"\x01"
    try:
        made, _, scale, length = struct.unpack_from(">QQIQ" if wide else ">IIII", header, 4)
    except struct.error:
        return "", None
    unknown = length == (1 << (64 if wide else 32)) - 1
    told = ""
    if made:
        with suppress(OverflowError):
            told = f"{_SINCE + timedelta(seconds=made):%Y-%m-%d %H:%M:%S} +00:00"
    return told, None if unknown or not scale else min(length * 1000 // scale, (1 << 53) - 1)


def _user(boxes: Mapping[bytes, bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The texts of the user data."""
    yield from ((kind, body) for kind, body in _boxes(boxes.get(b"udta", b"")) if kind[:1] == b"\xa9")


def _user_text(body: bytes) -> str:
    """Its length in two bytes, a language in two, the text."""
    return _text(body[4 : 4 + int.from_bytes(body[:2])])


def _apple(meta: bytes) -> dict[str, str]:
    """The texts under metadata keys, each by its key."""
    boxes = dict(_boxes(meta)) or dict(_boxes(meta[4:]))
    keys = [name.decode("latin-1") for _, name in _boxes(boxes.get(b"keys", b"")[8:])]
    values: dict[str, str] = {}
    for kind, item in _boxes(boxes.get(b"ilst", b"")):
        number = int.from_bytes(kind) - 1
        if 0 <= number < len(keys):
            values[keys[number]] = _text(dict(_boxes(item)).get(b"data", b"")[8:])
    return values


def _where(place: str) -> str:
    """The coordinates in ISO 6709 ("+31.2304+121.4737+004.0/") as those of a photo."""
    match = _ISO_6709.match(place)
    return f"{float(match[1]):.5f}, {float(match[2]):.5f}" if match else ""
