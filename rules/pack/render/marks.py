"""Frames on reading copies, round what was read from a page, each with what it is called. Originals are never drawn on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from collector.model import ALIBABA, Area, Fact
from rules.language.facts import fact_words

_INK, _PAPER = (190, 24, 93), (255, 255, 255)
_ROOM, _LINE = 2, 2  # pixels between what is framed and its frame, and of the frame
_GAPS = (5, 12, 20)  # between a frame and its name
_TALLEST = 500  # a taller box is a whole part of the page: a frame round it would point at nothing


@dataclass(frozen=True, slots=True)
class Mark:
    """What is framed on the page, in page pixels, and the name beside it."""

    box: Area
    name: str


@dataclass(frozen=True, slots=True)
class Framed:
    """Where a frame was drawn: on which copy of its exhibit, from 1, `area` in that copy's pixels. `box` is what it frames,
    in page pixels."""

    page: int
    box: Area
    area: Area


def marks_of(facts: Iterable[Fact], snapshot: str, site: str = ALIBABA) -> tuple[Mark, ...]:
    """A mark for every place in a visit's pictures from which facts were read, from the top of the page down."""
    names: dict[Area, list[str]] = {}
    for fact in facts:
        box = fact.place.box if fact.place is not None else None
        if fact.snapshot == snapshot and fact.state == "read" and box is not None and box[3] <= _TALLEST:
            names.setdefault(box, []).append(fact_words(fact.name, site=site))
    return tuple(Mark(box, ", ".join(names[box])) for box in sorted(names, key=lambda box: (box[1], box[0], box)))


def frame(picture: Image.Image, top: int, marks: Iterable[Mark]) -> tuple[tuple[Area, Area], ...]:
    """Draws the marks on a stretch of the page that begins at row `top`; gives what was framed, and where on the stretch.

    A name stands where the picture is blank, so that nothing of the page is hidden; where there is no such place the frame
    stands alone.
    """
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(12)
    drawn = [mark for mark in marks if (edges := _edges(mark, top))[3] > 0 and edges[1] < picture.height]
    for mark in drawn:
        pen.rectangle(_edges(mark, top), outline=_INK, width=_LINE)
    for name, edges in ((mark.name, _edges(mark, top)) for mark in drawn):
        left, upper, right, lower = map(round, font.getbbox(name))
        for x, y in _beside(edges, right, lower):
            if _is_blank(picture, (x - 1, y - 1, x + right + 1, y + lower + 1)):
                pen.rectangle((x + left - 1, y + upper - 1, x + right, y + lower), fill=_PAPER)
                pen.text((x, y), name, fill=_INK, font=font)
                break
    return tuple((mark.box, _edges(mark, top)) for mark in drawn)


def _edges(mark: Mark, top: int) -> Area:
    """The frame's outer left, upper, right and lower pixel."""
    x, y, width, height = mark.box
    room = _ROOM + _LINE
    return x - room, y - top - room, x + width + room - 1, y - top + height + room - 1


def _beside(edges: Area, width: int, height: int) -> Iterator[tuple[int, int]]:
    """Where the name may begin: right or left of the frame, below or above it, the nearest first."""
    left, upper, right, lower = edges
    middle, end = (upper + lower - height) // 2, right - width
    for gap in _GAPS:
        yield from ((right + gap, middle), (left - gap - width, middle))
        yield from ((x, y) for y in (lower + gap, upper - gap - height) for x in (left, end))


def _is_blank(picture: Image.Image, area: Area) -> bool:
    inside = area[0] >= 0 and area[1] >= 0 and area[2] <= picture.width and area[3] <= picture.height
    return inside and len(picture.crop(area).getcolors(1) or ()) == 1
