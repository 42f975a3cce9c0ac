"""The reading copies as sheets of the report: how large each is drawn, and how many bytes they all may take."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from PIL import Image

from collector.model import Exhibit
from rules.pack.cores import as_jpeg, on_all_cores
from rules.pack.plan.bates import Numbered, written
from rules.pack.plan.plan import PackPlan

_MM = 96 / 25.4  # pixels of CSS in a millimetre
WIDE, TALL, HALF = 186, 244, 114  # mm: what a picture may take of a sheet, and a photo, so that two may share one
# Scale and JPEG quality, the best first; None is the copy as it is. Below the last, words could not be read any more.
LADDER: tuple[tuple[float, int | None], ...] = ((1, None), (1, 85), (1, 70), (1, 55), (0.8, 60), (0.8, 45))
FEWER = (None, 40, 20, 10, 5, 3, 2, 1)  # then so many pages of each exhibit at most
_TEXTS = 400_000  # bytes of a report without pictures: letters, tags, links
_AS_PRINTED = 1.35  # times: a lossless picture is larger in a PDF than alone
_AT_ONCE = 8  # copies that are made together, before their sizes are looked at
_DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="


@dataclass(frozen=True, slots=True)
class Sheet:
    """A reading copy in the report: page `page` of `pages` of its exhibit. `source` is a data: address, sides in pixels.

    `more` says where pages are that the report leaves out, on the last one that it shows.
    """

    exhibit: Exhibit
    page: int
    pages: int
    number: str
    source: str
    width: int
    height: int
    more: str = ""

    @property
    def title(self) -> str:
        """ "Order page, page 2 of 3"."""
        return self.exhibit.title + (f", page {self.page} of {self.pages}" if self.pages > 1 else "")


class Shrunk:
    """Copies at a step of the ladder, each made once: one whose size was asked for is held until it is taken.

    A copy is told by its identity, for as long as this is used.
    """

    def __init__(self, step: int) -> None:
        self.step = step
        self._made: dict[int, bytes] = {}

    def size(self, copy: bytes) -> int:
        """How many bytes a copy takes in the report, about."""
        data = self._made[id(copy)] = self._made.get(id(copy)) or _resampled(copy, self.step)
        return round(len(data) * (_AS_PRINTED if data.startswith(b"\x89PNG") else 1))

    def taken(self, copy: bytes) -> bytes:
        """The copy itself."""
        return self._made.pop(id(copy), b"") or _resampled(copy, self.step)


@dataclass(frozen=True, slots=True)
class Fit:
    """How the pictures are made to fit: a step of the ladder, and how many pages of each exhibit.

    `made` are the pictures at that step, as far as they had to be made to know how large they are.
    """

    step: int = 0
    most: int | None = None
    made: Shrunk | None = field(default=None, repr=False, compare=False)


def fits(copies: Mapping[str, list[bytes]], limit: int) -> Iterator[Fit]:
    """The ways to keep a report within `limit` bytes, the best first, from the first that should do; the last all the same.

    Pictures are made smaller before any is left out.
    """
    last = len(LADDER) - 1
    ways = [(step, most) for most in FEWER for step in range(len(LADDER)) if most is None or step == last]
    tried, made = False, Shrunk(0)
    for step, most in ways:
        shown = [copy for pages in copies.values() for copy in pages[:most]]
        made = made if made.step == step else Shrunk(step)
        if tried or (step, most) == ways[-1] or _is_within(limit - _TEXTS, shown, made.size):
            tried = True
            yield Fit(step, most, made)


def _is_within(room: int, shown: Sequence[bytes], size: Callable[[bytes], int]) -> bool:
    """Whether copies of this size have room. A few at a time: most often the first few are too large already."""
    for at in range(0, len(shown), _AT_ONCE):
        room -= sum(on_all_cores(size, shown[at : at + _AT_ONCE]))
        if room < 0:
            return False
    return True


def sheets_of(
    plan: PackPlan, copies: Mapping[str, list[bytes]], numbers: Mapping[str, Numbered], fit: Fit, *, draft: bool = False
) -> tuple[Sheet, ...]:
    """The sheets in the order of their numbers; of a draft, which is only laid out, without the pictures themselves."""
    sheets: list[Sheet] = []
    every = [copy for exhibit in plan.exhibits for copy in copies.get(exhibit.number, [])[: fit.most]]
    sources = iter([_DOT] * len(every) if draft else on_all_cores(partial(_source, fit.made or Shrunk(fit.step)), every))
    for exhibit in plan.exhibits:
        made = copies.get(exhibit.number, [])
        shown = made[: fit.most]
        for page, (copy, source) in enumerate(zip(shown, sources, strict=False), 1):
            width, height = _sides(copy, half=_is_photo(plan, exhibit))
            number = numbers[exhibit.number].page(page)
            sheets.append(Sheet(exhibit, page, len(made), number, source, width, height))
        if shown and len(made) > len(shown):
            first = written(numbers[exhibit.number].first + len(shown))
            left = (
                f"{len(made) - len(shown)} more pages of {exhibit.number}, from {first} on, are in its folder in the pack."
            )
            sheets[-1] = replace(sheets[-1], more=left)
    return tuple(sheets)


def _is_photo(plan: PackPlan, exhibit: Exhibit) -> bool:
    file = plan.file(exhibit)
    return file is not None and not file.media_type.startswith("application/pdf")


def _sides(copy: bytes, *, half: bool) -> tuple[int, int]:
    """Width and height in pixels of CSS: as wide as the sheet, unless it would be too tall."""
    with Image.open(io.BytesIO(copy)) as image:
        width, height = image.size
    wide = min(WIDE, (HALF if half and width > 0.9 * height else TALL) * width / height)
    return round(wide * _MM), round(wide * _MM * height / width)


def _resampled(copy: bytes, step: int) -> bytes:
    scale, quality = LADDER[step]
    if quality is None:
        return copy
    with Image.open(io.BytesIO(copy)) as image:
        picture = image.convert("RGB")
    if scale < 1:
        sides = round(picture.width * scale), round(picture.height * scale)
        picture = picture.resize(sides, Image.Resampling.LANCZOS)
    made = as_jpeg(picture, quality)
    return min(copy, made, key=len) if copy.startswith(b"\xff\xd8") else made


def _source(made: Shrunk, copy: bytes) -> str:
    """The copy at a step of the ladder, as a data: address."""
    copy = made.taken(copy)
    kind = "jpeg" if copy.startswith(b"\xff\xd8") else "png"
    return f"data:image/{kind};base64,{base64.b64encode(copy).decode()}"
