"""The text in a picture as a machine reads it (optical character recognition), where the extra "ocr" is installed.

RapidOCR brings its models in its wheel: nothing is fetched, and nothing leaves the machine. It reads in a process of its
own, with bounds, and on one thread, so that the same version gives the same text. What it runs together ("payto") is parted
again where the picture shows a gap.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from collector.canonical import as_json, made
from collector.model import AddedFile, Area, FileText, Passage, PictureLine, PictureReading, SeenPicture
from collector.saved.apart import bound, run_apart

if TYPE_CHECKING:
    from PIL import Image

READ_IN_PICTURE = "read by a machine in the picture"
READ_IN_FRAME = "read by a machine in the frame at second {}"

_READER, _PACKAGE = "rapidocr_onnxruntime", "rapidocr-onnxruntime"
_MEMORY = 3 << 30  # what its models take of a large picture
_SECONDS = 180
_LINES, _LETTERS = 400, 20_000
_SURE = 0.6  # below which a line is more often wrong than right
_GAP = 0.22  # of a line's height: a space is wider, what stands between two letters is narrower
_LEVEL = 0.15  # of a line's length: by how much it may rise or fall
_INK = 60  # of 255: by how much a letter is darker or lighter than what is behind it
_SPACED_BELOW = "\u2e80"  # before the scripts that are written without spaces


def can_read() -> bool:
    """Whether the extra is installed."""
    return find_spec(_READER) is not None


def reader_name() -> str:
    """What reads here, with its version."""
    return f"{_PACKAGE} {version(_PACKAGE)}"


def words_in(picture: bytes) -> SeenPicture | None:
    """What is written in a JPEG, from the top down; None where it was not read: without the extra, or it took too much."""
    if not can_read():
        return None
    try:
        return made(SeenPicture, json.loads(run_apart("collector.saved.ocr", "", picture, _SECONDS)))
    except (ValueError, RecursionError):
        return None


def text_in(file: AddedFile, reading: PictureReading) -> FileText:
    """What was read in a photo or video as passages: lines that stand close below each other are one, as in a bubble of a
    chat.
    """
    passages = []
    for picture in reading.pictures:
        where = READ_IN_PICTURE if picture.at_ms is None else READ_IN_FRAME.format(picture.at_ms // 1000)
        passages += [Passage(where, " ".join(line.text for line in lines)) for lines in _blocks(picture.lines)]
    return FileText(file.id, file.name, file.kind, tuple(passages))


def _blocks(lines: Iterable[PictureLine]) -> Iterator[list[PictureLine]]:
    block: list[PictureLine] = []
    for line in lines:
        if block and not _goes_on(block[-1].area, line.area):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _goes_on(above: Area, below: Area) -> bool:
    """Whether a line stands under another, no more than a line's height below it."""
    gap = below[1] - (above[1] + above[3])
    return -above[3] < gap < above[3] and below[0] < above[0] + above[2] and above[0] < below[0] + below[2]


# -- inside the process that reads -------------------------------------------------------------------------------------


def main() -> None:
    """Reads a picture from standard input, writes what stands in it as JSON."""
    bound(_MEMORY)
    from io import BytesIO

    from PIL import Image
    from rapidocr_onnxruntime import RapidOCR

    data = sys.stdin.buffer.read()
    with Image.open(BytesIO(data)) as image:
        grey = image.convert("L")
    found, _ = RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)(data, return_word_box=True)
    lines = tuple(_bounded(line for row in found or () if (line := _line(grey, row)) is not None))
    sys.stdout.write(json.dumps(as_json(SeenPicture(grey.width, grey.height, lines))))


def _bounded(lines: Iterator[PictureLine]) -> Iterator[PictureLine]:
    letters = 0
    for number, line in enumerate(lines):
        letters += len(line.text)
        if number >= _LINES or letters > _LETTERS:
            return
        yield line


def _line(grey: Image.Image, row: Sequence[Any]) -> PictureLine | None:
    """A line of the reader's answer: corners, text, how sure it is, and where each sign stands."""
    corners, text, sure = row[0], str(row[1]), float(row[2])
    across, down = [float(x) for x, _ in corners], [float(y) for _, y in corners]
    left, top = max(0, int(min(across))), max(0, int(min(down)))
    area = left, top, min(grey.width, int(max(across)) + 1) - left, min(grey.height, int(max(down)) + 1) - top
    if sure < _SURE or area[2] < 1 or area[3] < 1:
        return None
    if len(row) > 4 and abs(down[1] - down[0]) < _LEVEL * area[2]:
        middles = [(min(x for x, _ in box) + max(x for x, _ in box)) / 2 for box in row[3]]
        text = _parted(grey, area, "".join(map(str, row[4])), middles) if len(middles) == len(row[4]) else text
    text = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    return PictureLine(text, area) if text else None


def _parted(grey: Image.Image, area: Area, text: str, middles: Sequence[float]) -> str:
    """The text with a space wherever the picture shows a wide gap between two letters."""
    gaps = _gaps(grey, area)
    if len(text) != len(middles) or not text:
        return text
    pieces = [text[0]]
    for (before, own), (left, right) in zip(pairwise(text), pairwise(middles), strict=True):
        wide = any(left < gap < right for gap in gaps) and before < _SPACED_BELOW > own
        pieces.append(f" {own}" if wide and before != " " != own else own)
    return "".join(pieces)


def _gaps(grey: Image.Image, area: Area) -> list[float]:
    """The middles of the stretches of a line in which nothing is drawn and which are as wide as a space, in pixels."""
    left, top, width, height = area
    behind = grey.crop((left, top, left + width, top + height))
    level = sorted(behind.tobytes())[width * height // 2]
    found, began = [], 0
    for at, drawn in enumerate((*_drawn(behind, level), True)):
        if drawn:
            if at - began > _GAP * height:
                found.append(left + (began + at) / 2)
            began = at + 1
    return found


def _drawn(line: Image.Image, level: int) -> Iterator[bool]:
    """Of each column whether something is drawn in it."""
    values, width = line.tobytes(), line.width
    return (any(abs(value - level) > _INK for value in values[at::width]) for at in range(width))


if __name__ == "__main__":
    main()
