"""Pages of PDFs: counted, taken out, put together and numbered. In a process of its own, as a PDF comes from anybody."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from collector.canonical import as_json, made
from collector.saved.apart import bound, run_apart

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader, PdfWriter

_MODULE = "collector.saved.sheets"
_A4 = (595, 842)
_MARGIN, _FOOT = 18, 26
_MOST_PAGES = 2_000


@dataclass(frozen=True, slots=True)
class PageRange:
    """Pages `first` to `last` of the PDF of that place in a list, counted from 0, the last one left out."""

    pdf: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Task:
    """What the other process is to do with PDFs of these sizes, which follow; `over` is laid over the pages in turn."""

    sizes: tuple[int, ...]
    ranges: tuple[PageRange, ...] = ()
    over: bool = False


def page_counts(pdfs: Sequence[bytes]) -> tuple[int, ...]:
    """How many pages each has; 0 for one that is locked, damaged, or takes too much time or memory."""
    if not pdfs:
        return ()
    counts = [int(line) for line in _asked("count", _Task(tuple(map(len, pdfs))), pdfs).split()]
    return tuple(counts) if len(counts) == len(pdfs) else (0,) * len(pdfs)


def bind(pdfs: Sequence[bytes], ranges: Sequence[PageRange], over: bytes = b"") -> bytes:
    """The pages as one PDF; b"" where it cannot be made. With `over`, each on A4, the pages of that PDF laid over them."""
    blobs = [*pdfs, *([over] if over else [])]
    return _asked("bind", _Task(tuple(map(len, blobs)), tuple(ranges), bool(over)), blobs)


def _asked(what: str, task: _Task, blobs: Sequence[bytes]) -> bytes:
    return run_apart(_MODULE, what, json.dumps(as_json(task)).encode() + b"\n" + b"".join(blobs))


# -- inside the process that reads -------------------------------------------------------------------------------------


def main(what: str) -> None:
    """Reads task and PDFs from standard input, writes the numbers or the PDF; nothing where it cannot be done."""
    import logging

    bound()
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    task = made(_Task, json.loads(head))
    blobs, start = [], 0
    for size in task.sizes:
        blobs.append(data[start : start + size])
        start += size
    if what == "count":
        sys.stdout.write("\n".join(str(_count(blob)) for blob in blobs))
        return
    try:
        sys.stdout.buffer.write(_bound(blobs, task))
    except Exception:  # noqa: BLE001 - parsers of hostile files raise anything; nothing is written, and that is the answer
        return


def _count(data: bytes) -> int:
    try:
        number = len(_opened(data).pages)
    except Exception:  # noqa: BLE001 - as above
        return 0
    return number if number <= _MOST_PAGES else 0


def _opened(data: bytes) -> PdfReader:
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("locked")
    return reader


def _bound(blobs: Sequence[bytes], task: _Task) -> bytes:
    from pypdf import PdfWriter

    readers = [_opened(blob) for blob in blobs]
    writer, number = PdfWriter(), 0
    for one in task.ranges:
        pages = readers[one.pdf].pages
        if not 0 <= one.first < one.last <= len(pages):
            raise ValueError("no such pages")
        for at in range(one.first, one.last):
            if task.over:
                _lay(writer, pages[at], readers[-1].pages[number])
            else:
                writer.add_page(pages[at])
            number += 1
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _lay(writer: PdfWriter, page: PageObject, over: PageObject) -> None:
    """Adds the page upright on A4, above a foot that is free for what is laid over it."""
    from pypdf import PdfWriter, Transformation

    held = PdfWriter().add_page(page)
    if held.rotation:
        held.transfer_rotation_to_content()
    box = held.cropbox
    wide, tall = float(box.width), float(box.height)
    scale = min((_A4[0] - 2 * _MARGIN) / wide, (_A4[1] - _MARGIN - _FOOT) / tall)
    left, bottom = (_A4[0] - wide * scale) / 2, _A4[1] - _MARGIN - tall * scale
    place = Transformation().translate(-float(box.left), -float(box.bottom)).scale(scale).translate(left, bottom)
    sheet = writer.add_blank_page(width=_A4[0], height=_A4[1])
    sheet.merge_transformed_page(held, place)
    sheet.merge_page(over)


if __name__ == "__main__":
    main(sys.argv[1])
