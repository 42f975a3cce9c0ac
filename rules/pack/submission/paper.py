"""Pages for what is handed in: pictures as JPEG small enough, and as PDF with running numbers, the same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PIL import Image

from rules.pack import cores

# Quality and size of the copies that are handed in, best first. Below the last one words can no longer be read.
LEVELS: tuple[tuple[int, float], ...] = ((80, 1.0), (60, 1.0), (40, 1.0), (40, 0.75))
_SMALLER = (0.5, 0.35, 0.25)  # of one page that alone is larger than a file may be
A4 = (595, 842)
_MARGIN, _FOOT = 18, 26
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
OVERHEAD = 1_200  # bytes of a PDF beside the pictures in it, for each page; more than there are


@dataclass(frozen=True, slots=True)
class Leaves:
    """Pages `first` to `last` of a PDF, counted from 0, the last one left out."""

    pdf: bytes
    first: int
    last: int


class Binder(Protocol):
    """Who opens PDFs of anybody's, apart from this process."""

    def counts(self, pdfs: Sequence[bytes]) -> tuple[int, ...]:
        """The number of pages of each, 0 where it cannot be opened."""

    def bind(self, parts: Sequence[Leaves], number_from: int | None) -> bytes:
        """The parts as one PDF, its pages numbered at their foot from that number on; b"" where it cannot be done."""


class NoBinder:
    """Nobody opens a PDF: it stays whole and by itself."""

    def counts(self, pdfs: Sequence[bytes]) -> tuple[int, ...]:
        """Unknown."""
        return (0,) * len(pdfs)

    def bind(self, parts: Sequence[Leaves], number_from: int | None) -> bytes:
        """Not here."""
        return b""


class Pressed:
    """Pictures as JPEG, each pressed once for all places: it is held, and so are the pictures, as these tell it."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, int, float], tuple[bytes, bytes]] = {}

    def jpeg(self, picture: bytes, quality: int, scale: float = 1.0) -> bytes:
        """The picture at that quality and size."""
        key = id(picture), quality, scale
        if key not in self._made:
            self._made[key] = picture, as_jpeg(picture, quality, scale)
        return self._made[key][1]


class Press:
    """Pictures as JPEG for one place; `most` is the largest that one may be, in bytes."""

    def __init__(self, most: int | None = None, pressed: Pressed | None = None) -> None:
        self.most = most - OVERHEAD if most else None
        self._pressed = pressed or Pressed()
        self._made: dict[tuple[int, int], bytes] = {}

    def jpeg(self, picture: bytes, level: int) -> bytes:
        """The picture at that level, or smaller where it would be too large for a file."""
        key = id(picture), level
        if key not in self._made:
            self._made[key] = self._within(picture, level)
        return self._made[key]

    def begin(self, pictures: Sequence[bytes]) -> None:
        """Makes pictures at the best level, on all cores; at others each is made when it is asked for."""
        cores.on_all_cores(partial(self.jpeg, level=0), pictures)

    def size(self, pictures: Sequence[bytes], level: int) -> int:
        """How large a PDF of these is at the most."""
        return sum(len(self.jpeg(picture, level)) + OVERHEAD for picture in pictures)

    def _within(self, picture: bytes, level: int) -> bytes:
        made = self._pressed.jpeg(picture, *LEVELS[level])
        for quality, scale in (*LEVELS[level + 1 :], *((LEVELS[-1][0], scale) for scale in _SMALLER)):
            if self.most is None or len(made) <= self.most:
                break
            made = self._pressed.jpeg(picture, quality, scale)
        return made


def as_jpeg(picture: bytes, quality: int, scale: float = 1.0) -> bytes:
    """A copy as JPEG; one that is a JPEG already stays as it is at the best level, where that is not larger."""
    with Image.open(io.BytesIO(picture)) as image:
        drawn = image.convert("RGB")
    if scale != 1.0:
        size = max(1, round(drawn.width * scale)), max(1, round(drawn.height * scale))
        drawn = drawn.resize(size, Image.Resampling.LANCZOS)
    made = cores.as_jpeg(drawn, quality, subsampling=0)
    return picture if picture.startswith(b"\xff\xd8") and len(picture) <= len(made) else made


def four_on_a_page(pictures: Sequence[bytes]) -> bytes:
    """Up to four pictures on one, two beside two, each with what is stamped on it: a JPEG at the best level."""
    wide, tall = 1_000, 1_320
    sheet = Image.new("RGB", (2 * wide, 2 * tall), "white")
    for at, picture in enumerate(pictures[:4]):
        with Image.open(io.BytesIO(picture)) as image:
            drawn = image.convert("RGB")
        drawn.thumbnail((wide - 20, tall - 20), Image.Resampling.LANCZOS)
        sheet.paste(drawn, (at % 2 * wide + 10, at // 2 * tall + 10))
    return cores.as_jpeg(sheet, LEVELS[0][0], subsampling=0)


def pdf_of(jpegs: Sequence[bytes], number_from: int | None = None) -> bytes:
    """One PDF with a picture on each A4 page, numbered at the foot where asked; no dates and no tool's name in it."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", _FONT]
    kids = []
    for at, jpeg in enumerate(jpegs):
        width, height = _size(jpeg)
        page, number = len(objects) + 1, None if number_from is None else number_from + at
        kids.append(f"{page} 0 R")
        content = _drawn(width, height, number)
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {A4[0]} {A4[1]}] /Contents {page + 1} 0 R /Resources "
            f"<< /Font << /F1 3 0 R >> /XObject << /P {page + 2} 0 R >> >> >>".encode(),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /%s /BitsPerComponent 8 "
            b"/Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (width, height, _colours(jpeg), len(jpeg), jpeg),
        ]
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return _file(objects)


def numbers_alone(first: int, count: int) -> bytes:
    """Empty A4 pages with running numbers at their feet, to be laid over others."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", _FONT]
    kids = []
    for number in range(first, first + count):
        page, content = len(objects) + 1, _numbered(number)
        kids.append(f"{page} 0 R")
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {A4[0]} {A4[1]}] /Contents {page + 1} 0 R /Resources "
            "<< /Font << /F1 3 0 R >> >> >>".encode(),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return _file(objects)


def _drawn(width: int, height: int, number: int | None) -> bytes:
    room = A4[0] - 2 * _MARGIN, A4[1] - _MARGIN - _FOOT
    scale = min(room[0] / width, room[1] / height)
    wide, tall = width * scale, height * scale
    left, bottom = (A4[0] - wide) / 2, A4[1] - _MARGIN - tall
    drawn = f"q {wide:.2f} 0 0 {tall:.2f} {left:.2f} {bottom:.2f} cm /P Do Q".encode()
    return drawn if number is None else drawn + b"\n" + _numbered(number)


def _numbered(number: int) -> bytes:
    """The number at the right of the foot, on white, so that it is told from any other on the page."""
    text = str(number)
    left = A4[0] - _MARGIN - 8 * len(text) - 6
    white = f"q 1 g {left - 4} 5 {8 * len(text) + 12} 17 re f Q"
    return f"{white}\nBT /F1 12 Tf 0 g {left} 9 Td ({text}) Tj ET".encode()


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    starts = []
    for number, body in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % start for start in starts)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def _size(jpeg: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(jpeg)) as image:
        return image.size


def _colours(jpeg: bytes) -> bytes:
    with Image.open(io.BytesIO(jpeg)) as image:
        return {"L": b"DeviceGray", "CMYK": b"DeviceCMYK"}.get(image.mode, b"DeviceRGB")
