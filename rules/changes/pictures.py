"""Two pictures of one page laid over each other: row by row, so that what only moved down is not taken for changed. Pure."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from PIL import Image, ImageChops, ImageDraw

from collector.model import Area

_GONE, _NEW = (194, 65, 12), (29, 78, 216)  # orange and blue: told apart by every eye
_FLAT, _PAPER, _NOTHING = (228, 228, 224), (255, 255, 255), (246, 245, 241)
_NEAR = 28  # rows between two differences that are shown as one
_AROUND = 36  # rows shown above and below a difference
_TALLEST, _MOST = 1400, 12  # rows of a place, and places, that are shown
_FRAME = 3
_EMPTY, _PLAIN = 30, 12  # rows, and colours, of a stretch on which nothing is written
_FEW, _ROOM = 4, 6  # colours and breadth of a strip that crosses no words
_BESIDE, _ABOVE = 260, 40  # how far such a strip is looked for, in columns and in rows
_BELOW = 14  # pixels between the texts of an advertisement and its edge

Rows = tuple[int, int]  # first, and the one after the last


@dataclass(frozen=True, slots=True)
class ChangedPlace:
    """A stretch of the page that differs: as it was, as it is, and both laid over each other, what is gone in orange and
    what is new in blue. Both are as tall as each other; what differs is framed.
    """

    before: Image.Image
    after: Image.Image
    overlay: Image.Image


def differences(
    before: Image.Image, after: Image.Image, moving: tuple[Iterable[Area], Iterable[Area]] = ((), ())
) -> tuple[tuple[ChangedPlace, ...], int]:
    """The places that differ, from the top down, and how many more there are; what stands in `moving` areas is left out."""
    width = max(before.width, after.width)
    one, other = (
        _without(_widened(p, width), areas) for p, areas in zip((before, after), _as_wide(*moving, width), strict=True)
    )
    found = [pair for pair in _joined(_apart(one, other)) if _says_something(*_cut(one, other, pair))]
    shown = tuple(_place(one, other, pair) for pair in found[:_MOST])
    return shown, len(found) - len(shown)


def crop(page: Image.Image, box: Area, around: int = 56, wide: int = 640) -> Image.Image:
    """The page round a box, which is framed; of one much wider how it begins. No word is cut where that can be helped."""
    x, y, width, height = box
    wide = min(page.width, max(wide, min(width + around, wide * 3 // 2)))
    middle = x + width // 2 - wide // 2 if width + around < wide else x - around // 2
    left = max(0, min(middle, page.width - wide))
    top, bottom = max(0, y - around), min(page.height, y + height + around)
    left, right = _between_words(page, (left, left + wide, page.width), _BESIDE, lambda a, b: (a, top, b, bottom))
    top, bottom = _between_words(page, (top, bottom, page.height), _ABOVE, lambda a, b: (left, a, right, b))
    picture = page.crop((left, top, right, bottom)).convert("RGB")
    edges = (x - left - 6, y - top - 6, x - left + width + 5, y - top + height + 5)
    ImageDraw.Draw(picture).rounded_rectangle(edges, 6, outline=_GONE, width=_FRAME)
    return picture


def _between_words(
    page: Image.Image, edges: tuple[int, int, int], reach: int, strip: Callable[[int, int], Area]
) -> tuple[int, int]:
    """Two edges, each moved outwards to the next strip that crosses no words; where none is near, as they are.

    `edges` are both and the page's own, `strip` gives the area between two lines of the page.
    """
    first, last, end = edges

    def is_room(at: int) -> bool:
        return bool(page.crop(strip(at, at + _ROOM)).getcolors(_FEW))

    before = next((at for at in range(first, max(-1, first - reach), -1) if is_room(at)), first)
    after = next((at for at in range(last, min(end, last + reach) + 1) if is_room(at - _ROOM)), last)
    return before, after


def webp(picture: Image.Image, widest: int = 900) -> bytes:
    """The picture as WebP, no wider than that."""
    if picture.width > widest:
        size = (widest, max(1, round(picture.height * widest / picture.width)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


def _widened(picture: Image.Image, width: int) -> Image.Image:
    if picture.width == width:
        return picture.convert("RGB")
    wide = Image.new("RGB", (width, picture.height), _PAPER)
    wide.paste(picture, (0, 0))
    return wide


def _as_wide(before: Iterable[Area], after: Iterable[Area], width: int) -> tuple[list[Area], list[Area]]:
    """The moving areas of both, each as wide as its counterpart: another number, or another advertisement, is as wide as it
    is. One that takes up much of the page's width takes up its rows.
    """
    one, other = list(before), list(after)
    if len(one) == len(other):
        widths = [max(a[2], b[2]) for a, b in zip(one, other, strict=True)]
        one, other = ([(a[0], a[1], w, a[3]) for a, w in zip(areas, widths, strict=True)] for areas in (one, other))
    return [_rows_of(a, width) for a in one], [_rows_of(a, width) for a in other]


def _rows_of(area: Area, width: int) -> Area:
    x, y, wide, high = area
    return (0, y - _BELOW, width, high + 2 * _BELOW) if wide > width * 0.3 else (x, y - 1, wide + 2, high + 2)


def _without(picture: Image.Image, areas: Iterable[Area]) -> Image.Image:
    """The picture with what always moves painted over."""
    drawn = picture.copy()
    pen = ImageDraw.Draw(drawn)
    for x, y, width, height in areas:
        pen.rectangle((x, y, x + width, y + height), fill=_FLAT)
    return drawn


def _rows(picture: Image.Image) -> tuple[list[int], list[int]]:
    """A mark for each stretch of equal rows, and the row at which each begins, with the end of the last."""
    data, stride = picture.tobytes(), picture.width * 3
    marks: list[int] = []
    begins: list[int] = []
    for row in range(picture.height):
        mark = hash(data[row * stride : (row + 1) * stride])
        if not marks or marks[-1] != mark:
            marks.append(mark)
            begins.append(row)
    return marks, [*begins, picture.height]


def _apart(one: Image.Image, other: Image.Image) -> list[tuple[Rows, Rows]]:
    """The rows of both that are not the same, in pairs."""
    (marks, begins), (other_marks, other_begins) = _rows(one), _rows(other)
    codes = SequenceMatcher(None, marks, other_marks, autojunk=False).get_opcodes()
    return [((begins[a], begins[b]), (other_begins[c], other_begins[d])) for tag, a, b, c, d in codes if tag != "equal"]


def _joined(pairs: list[tuple[Rows, Rows]]) -> list[tuple[Rows, Rows]]:
    """Pairs that stand near each other as one."""
    found: list[tuple[Rows, Rows]] = []
    for old, new in pairs:
        if found and old[0] - found[-1][0][1] < _NEAR and new[0] - found[-1][1][1] < _NEAR:
            found[-1] = (found[-1][0][0], old[1]), (found[-1][1][0], new[1])
        else:
            found.append((old, new))
    return found


def _cut(one: Image.Image, other: Image.Image, pair: tuple[Rows, Rows], around: int = 0) -> tuple[Image.Image, Image.Image]:
    """Both stretches, equally tall, with rows around them."""
    tall = min(_TALLEST, max(rows[1] - rows[0] for rows in pair)) + 2 * around
    cuts = []
    for picture, rows in zip((one, other), pair, strict=True):
        canvas = Image.new("RGB", (picture.width, tall), _NOTHING)
        top = rows[0] - around
        piece = picture.crop((0, max(0, top), picture.width, min(picture.height, min(rows[1], rows[0] + _TALLEST) + around)))
        canvas.paste(piece, (0, max(0, -top)))
        cuts.append(canvas)
    return cuts[0], cuts[1]


def _says_something(before: Image.Image, after: Image.Image) -> bool:
    """Whether what differs is more than a few empty rows: the space between two parts of the page."""
    empty = before.height < _EMPTY and all(picture.getcolors(_PLAIN) for picture in (before, after))
    return _frame(before, after) is not None and not empty


def _frame(before: Image.Image, after: Image.Image) -> tuple[int, int, int, int] | None:
    """What of two equally tall pictures differs: left, top, right, bottom."""
    return ImageChops.difference(before, after).getbbox()


def _place(one: Image.Image, other: Image.Image, pair: tuple[Rows, Rows]) -> ChangedPlace:
    edges = _frame(*_cut(one, other, pair)) or (0, 0, one.width, 1)
    before, after = _cut(one, other, pair, _AROUND)
    overlay = _laid_over(before, after)
    left, top, right, bottom = edges
    for picture, colour in ((before, _GONE), (after, _NEW)):
        box = (left - 8, top + _AROUND - 8, right + 7, bottom + _AROUND + 7)
        ImageDraw.Draw(picture).rounded_rectangle(box, 8, outline=colour, width=_FRAME)
    span = _span(left, right, one.width)
    return ChangedPlace(*(picture.crop((*span, picture.height)) for picture in (before, after, overlay)))


def _span(left: int, right: int, width: int) -> tuple[int, int, int]:
    """The columns shown (and the first row): what differs with room beside it, never less than can be made sense of."""
    wide = min(width, max(right - left + 120, 720))
    start = max(0, min(left - 60, width - wide))
    return start, 0, start + wide


def _laid_over(before: Image.Image, after: Image.Image) -> Image.Image:
    """Both in one: dark where both are, orange where only the old one is, blue where only the new one is."""
    old, new = before.convert("L"), after.convert("L")
    return Image.merge("RGB", (new, Image.blend(old, new, 0.5), old))
