"""The pages of a PDF as pictures, drawn by a process of its own: a PDF comes from anybody.

Drawn, nothing of it can act: no script runs, nothing is launched, asked for or opened, and what is embedded stays behind.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from collector.saved.apart import bound, heard, run_apart, told
from collector.saved.stills import as_jpeg

if TYPE_CHECKING:
    from PIL import Image
    from pypdfium2 import PdfPage

MOST_LEAVES = 60  # pages of one PDF that are drawn
_WIDTH, _LONGEST = 1600, 3200  # pixels: 190 to an inch of A4, at which small print is read
_QUALITY = 92
_SECONDS = 180
_MOST_PAGES = 2_000

LOCKED = "It is locked with a password"
NOT_A_PDF = "It is damaged, too large, or no PDF that can be drawn"


@dataclass(frozen=True, slots=True)
class PdfLeaves:
    """The first pages as JPEG, `count` of how many there are, or why there are none."""

    pictures: tuple[bytes, ...] = field(default=(), repr=False)
    count: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the process that draws says first; then the pictures follow, each so many bytes."""

    sizes: tuple[int, ...] = ()
    count: int = 0
    problem: str = ""


def leaves_of(pdf: bytes, seconds: float = _SECONDS) -> PdfLeaves:
    """The pages of a PDF as pictures, at most MOST_LEAVES, up to one that cannot be drawn."""
    try:
        answer, pictures = heard(run_apart("collector.saved.leaves", "draw", pdf, seconds), _Answer)
    except (ValueError, RecursionError):
        return PdfLeaves(problem=NOT_A_PDF)  # killed before it could answer
    return PdfLeaves(tuple(pictures), answer.count, answer.problem)


# -- inside the process that draws -------------------------------------------------------------------------------------


def main() -> None:
    """Reads a PDF from standard input, writes what came of it."""
    bound()
    pictures: list[bytes] = []
    count, problem = 0, ""
    try:
        count = _drawn(sys.stdin.buffer.read(), pictures)
    except Exception as error:  # noqa: BLE001 - what hostile files make of a parser can be anything
        problem = LOCKED if "password" in str(error).lower() else NOT_A_PDF
    answer = _Answer(tuple(map(len, pictures)), max(count, len(pictures)), problem if not pictures else "")
    sys.stdout.buffer.write(told(answer, pictures))


def _drawn(data: bytes, pictures: list[bytes]) -> int:
    """Draws page after page into `pictures`, and gives how many the PDF has."""
    from pypdfium2 import PdfDocument

    document = PdfDocument(data)
    count = len(document)
    if not 0 < count <= _MOST_PAGES:
        raise ValueError("no pages, or too many")
    for number in range(min(count, MOST_LEAVES)):
        try:
            pictures.append(as_jpeg(_picture(document[number]), _QUALITY))
        except Exception:  # noqa: BLE001 - as above; the pages before it are whole
            break
    return count


def _picture(page: PdfPage) -> Image.Image:
    wide, tall = page.get_size()
    scale = min(_WIDTH / wide, _LONGEST / tall)
    picture: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    return picture


if __name__ == "__main__":
    main()
