"""Black boxes on reading copies: where the page drew what is taken out, and where the buyer says. Originals stay."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageStat

from collector.errors import WrongRequest
from collector.model import Area, Artefact
from rules.pack.cores import as_jpeg
from rules.pack.redact.decided import RedactedPicture
from rules.pack.redact.redactor import FoundSpan, Redactor

_BOX = re.compile(r"([AB]\d{2,}):(\d{1,4}):(\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6})", re.IGNORECASE)
OpenPicture = Callable[[Artefact], Image.Image]
_INK = (0, 0, 0)
_ALIKE = 4.0  # of 255: by how much a text's pixels differ, on average, when it is drawn again
_MOST_PARTS = 4  # elements over which a value is split
_ROOM = 2  # page pixels round a text: accents and descenders stand out of its box
_QUALITY = 95  # of a picture of which copies are made yet
_BLOCK = 16  # a JPEG's pixels are kept in squares of it: what is drawn over must not stay in a square's other pixels


@dataclass(frozen=True, slots=True)
class RedactBox:
    """A box that the buyer gave: on page `page` (from 1) of an exhibit's reading copies, in pixels of that picture."""

    exhibit: str
    page: int
    area: Area


@dataclass(frozen=True, slots=True)
class DrawnText:
    """A text as a page drew it: the element's CSS path, what it shows, and the area that it takes up in page pixels."""

    path: str
    text: str
    area: Area


@dataclass(frozen=True, slots=True)
class Covering:
    """Where a page's pictures have to be covered. `known`: that is all; otherwise something more stands somewhere."""

    areas: tuple[Area, ...]
    known: bool


def boxes_of(texts: Iterable[str]) -> tuple[RedactBox, ...]:
    """Boxes as `--redact-box` and the pages give them: "A01:2:x,y,w,h". Raises WrongRequest.

    A01 is the exhibit, 2 the page of its reading copies as its stamp says ("page 2 of 5"; 1 where there is one). x and y are
    the upper left corner, w and h width and height, in pixels of that copy as the pack shows it, its stamp included.
    """
    return tuple(map(_box, texts))


def _box(text: str) -> RedactBox:
    match = _BOX.fullmatch(text.strip())
    if match is None or int(match[2]) < 1 or 0 in (int(match[5]), int(match[6])):
        raise WrongRequest(
            f"{text!r} is no box on a page of an exhibit.",
            "Write exhibit, page and x,y,width,height, as in A01:2:120,340,200,24.",
        )
    return RedactBox(match[1].upper(), int(match[2]), (int(match[3]), int(match[4]), int(match[5]), int(match[6])))


def covering_of(drawn: Sequence[DrawnText], texts: Iterable[str], redactor: Redactor) -> Covering:
    """What has to be covered of a page that shows these texts altogether, so that no picture of it shows what is taken out.

    The innermost elements that show a value are covered whole; of a value that is split over neighbours, all of these. Not
    known where the texts hold more of it than was drawn somewhere: the pictures then show it, and nobody knows where.
    """
    said = Counter(_bare(hit.value) for text in texts for hit in redactor.hits(text))
    areas: dict[Area, None] = {}
    found: Counter[str] = Counter()
    for one in drawn:
        shown = _values(redactor, one.text)
        within = [other.text for other in drawn if other.path.startswith(f"{one.path} > ")] if shown else ()
        own = shown - Counter(value for text in within for value in _values(redactor, text).elements())
        if own:
            areas[one.area] = None
            found += own
    above = {path for one in drawn for path in _above(one.path)}
    for span, value in _split([one for one in drawn if one.path not in above], redactor):
        if value in said:
            areas |= dict.fromkeys(part.area for part in span)
            found[value] += 1
    return Covering(tuple(areas), known=all(_times(value, found) >= _times(value, said) for value in said))


def cover(picture: Image.Image, top: int, areas: Iterable[Area]) -> None:
    """Draws boxes over a stretch of the page that begins at row `top`."""
    pen = ImageDraw.Draw(picture)
    for x, y, width, height in areas:
        upper, lower = y - top - _ROOM, y - top + height + _ROOM - 1
        if lower >= 0 and upper < picture.height:
            pen.rectangle((x - _ROOM, upper, x + width + _ROOM - 1, lower), fill=_INK)


def repeated(areas: Iterable[Area], tiles: Sequence[Artefact], picture_of: OpenPicture) -> tuple[Area, ...]:
    """The areas, and where other pictures of the page show the same at the same place of the window: what sticks to it.

    `picture_of` gives the picture of a tile, in page pixels.
    """
    own = tuple(areas)
    placed = [(tile, area) for tile in tiles if (area := tile.area) is not None]
    found = dict.fromkeys(own)
    for x, y, width, height in own if len(placed) > 1 else ():
        for tile, (left, top, wide, tall) in placed:
            box = (x - left, y - top, x - left + width, y - top + height)
            if min(box) < 0 or box[2] > wide or box[3] > tall:
                continue
            seen = picture_of(tile).crop(box)
            for other, (other_left, other_top, *_) in placed:
                if other is not tile and _alike(seen, picture_of(other).crop(box)):
                    found[box[0] + other_left, box[1] + other_top, width, height] = None
    return tuple(found)


def _alike(one: Image.Image, other: Image.Image) -> bool:
    return max(ImageStat.Stat(ImageChops.difference(one.convert("L"), other.convert("L"))).mean) < _ALIKE


def covered(copies: Sequence[bytes], exhibit: str, boxes: Iterable[RedactBox]) -> list[bytes]:
    """An exhibit's reading copies (PNG, JPEG) with the buyer's boxes drawn. WrongRequest for a page that is not there."""
    drawn = list(copies)
    by_page: dict[int, list[Area]] = {}
    for box in boxes:
        if box.exhibit == exhibit:
            by_page.setdefault(box.page, []).append(box.area)
    for page, areas in by_page.items():
        if page > len(drawn):
            pages = f"{len(drawn)} page{'' if len(drawn) == 1 else 's'}" if drawn else "no reading copies"
            raise WrongRequest(
                f"{exhibit} has {pages}, and a box is for page {page}.", "Look at the page's number in its stamp."
            )
        drawn[page - 1] = _drawn_over(drawn[page - 1], areas)
    return drawn


def blackened(picture: bytes, shown: RedactedPicture) -> bytes:
    """A photo or frame (JPEG) with black boxes where a machine read in it, at whatever size, what is covered."""
    with Image.open(io.BytesIO(picture)) as image:
        across, down = image.width / shown.width, image.height / shown.height
    room = _ROOM * 2
    scaled = (
        (max(0, int(x * across) - room), max(0, int(y * down) - room), int(w * across) + 2 * room, int(h * down) + 2 * room)
        for x, y, w, h in shown.areas
    )
    return _drawn_over(picture, scaled, _QUALITY) if shown.areas else picture


def _drawn_over(copy: bytes, areas: Iterable[Area], quality: int = 85) -> bytes:
    with Image.open(io.BytesIO(copy)) as image:
        picture, jpeg = image.convert("RGB"), image.format == "JPEG"
    pen, block = ImageDraw.Draw(picture), _BLOCK if jpeg else 1
    for x, y, width, height in areas:
        right, lower = -(-(x + width) // block) * block, -(-(y + height) // block) * block
        pen.rectangle((x // block * block, y // block * block, right - 1, lower - 1), fill=_INK)
    if jpeg:
        return as_jpeg(picture, quality, subsampling=0)
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _split(innermost: Sequence[DrawnText], redactor: Redactor) -> Iterator[tuple[tuple[DrawnText, ...], str]]:
    """Neighbours over which a value is split, and the value."""
    for size in range(2, _MOST_PARTS + 1):
        for at in range(len(innermost) - size + 1):
            span = tuple(innermost[at : at + size])
            first, last = len(span[0].text), sum(len(part.text) for part in span[:-1])
            hits = _hits(redactor, "".join(part.text for part in span))
            yield from ((span, _bare(hit.value)) for hit in hits if hit.start < first and hit.end > last)


def _above(path: str) -> Iterator[str]:
    while path := path.rpartition(" > ")[0]:
        yield path


def _values(redactor: Redactor, text: str) -> Counter[str]:
    return Counter(_bare(hit.value) for hit in _hits(redactor, text))


@lru_cache(50_000)  # a walked conversation shows the same texts at many stops
def _hits(redactor: Redactor, text: str) -> tuple[FoundSpan, ...]:
    return redactor.hits(text)


def _bare(value: str) -> str:
    return re.sub(r"[\W_]+", "", value).casefold()


def _times(value: str, among: Mapping[str, int]) -> int:
    """How often a value stands there, alone or within a longer one."""
    return sum(count for other, count in among.items() if value in other)
