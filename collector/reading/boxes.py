"""Where a text that was read from a page stands in the page's pictures: found among the stored boxes, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from collector.model import Area, Artefact
from collector.site import Box

_NEAR = 4  # page pixels that a line in the middle moves by when a timer in it counts on
_LONG_ENOUGH = 10  # letters and figures of a text that is not taken for another one
_REPEATED = 50  # a text that more elements show than this stands more than once
_SPACES = re.compile(r"[\s\u00a0\u200b\u200e\u200f]+")
_FIGURES = re.compile(r"\d+")


class Layout:
    """The boxes of one page. Paths are CSS paths as the readers of facts write them."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._boxes = tuple(boxes)

    def at(self, path: str, quote: str, *, counts_on: bool = False) -> Area | None:
        """What the element takes up that shows the quoted text; None where it shows no such text, or was not seen.

        `counts_on`: what is quoted is a time, which may count on between two readings: its figures may differ.
        """
        within = [box for box in self._boxes if box.path == path or box.path.startswith(path + " > ")]
        above = {box.path for box in within}
        outermost = [box for box in within if not any(higher in above for higher in _ancestors(box.path, path))]
        shown, said = _bare("".join(box.text for box in outermost)), _bare(quote)
        if counts_on:
            shown, said = _FIGURES.sub("0", shown), _FIGURES.sub("0", said)
        return _around(outermost) if said and said in shown else None

    def of_text(self, quote: str) -> Area | None:
        """Where a text stands that the page shows exactly once; None for a short one, which may mean something else."""
        said = _bare(quote)
        if len(said) < _LONG_ENOUGH:
            return None
        showing = [box for box in self._boxes if said in _bare(box.text)][:_REPEATED]
        innermost = [box for box in showing if not any(other.path.startswith(box.path + " > ") for other in showing)]
        once = len(innermost) == 1 and _bare(innermost[0].text).count(said) == 1
        return _around(innermost) if once else None


def steady(before: Iterable[Box], after: Iterable[Box]) -> tuple[Box, ...]:
    """Of boxes measured after the pictures were taken those that stood there with that text before, too; figures may count
    on meanwhile. The pictures can only be trusted to show these where they say.
    """
    then = {box.path: box for box in before}
    return tuple(now for now in after if (old := then.get(now.path)) is not None and _stayed(old, now))


def picture_of(box: Area, artefacts: Iterable[Artefact]) -> Artefact | None:
    """The uppermost picture that shows all of a box; None where none does."""
    x, y, width, height = box
    for artefact in sorted((a for a in artefacts if a.role == "tile"), key=lambda a: a.part):
        area = artefact.area
        if area and area[0] <= x and area[1] <= y and x + width <= area[0] + area[2] and y + height <= area[1] + area[3]:
            return artefact
    return None


def _stayed(old: Box, now: Box) -> bool:
    moved = max(abs(old.x - now.x), abs(old.y - now.y), abs(old.height - now.height))
    return moved <= _NEAR and _FIGURES.sub("0", old.text) == _FIGURES.sub("0", now.text)


def _ancestors(path: str, end: str) -> Iterable[str]:
    """The paths above one, up to `end`."""
    while path != end:
        path = path.rpartition(" > ")[0]
        yield path


def _around(boxes: Iterable[Box]) -> Area | None:
    found = tuple(boxes)
    if not found:
        return None
    left, top = min(b.x for b in found), min(b.y for b in found)
    right, bottom = max(b.x + b.width for b in found), max(b.y + b.height for b in found)
    return left, top, right - left, bottom - top


def _bare(text: str) -> str:
    """The text without spaces or case: a page's own style breaks lines and writes capitals."""
    return _SPACES.sub("", text).casefold()
