"""The text in a picture as a machine reads it (optical character recognition), where the extra "ocr" is installed.

RapidOCR brings its models in its wheel: nothing is fetched, and nothing leaves the machine. It reads in a process of its
own, with bounds, and on one thread, so that the same version gives the same text.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec

from collector.canonical import made
from collector.saved.apart import bound, run_apart

_READER = "rapidocr_onnxruntime"
_MEMORY = 3 << 30  # what its models take of a large picture
_SECONDS = 180
_LINES, _LETTERS = 400, 20_000
_SURE = 0.6  # below which a line is more often wrong than right


def can_read() -> bool:
    """Whether the extra is installed."""
    return find_spec(_READER) is not None


def lines_of(picture: bytes) -> tuple[str, ...]:
    """The lines of text in a JPEG, from the top down; () where there are none, or reading took too much."""
    if not can_read():
        return ()
    try:
        return made(tuple[str, ...], json.loads(run_apart("collector.saved.ocr", "", picture, _SECONDS)))
    except (ValueError, RecursionError):
        return ()


def main() -> None:
    """Reads a picture from standard input, writes its lines as JSON."""
    bound(_MEMORY)
    from rapidocr_onnxruntime import RapidOCR

    found, _ = RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)(sys.stdin.buffer.read())
    lines = [" ".join(str(text).split()) for _, text, sure in found or () if float(sure) >= _SURE]
    kept: list[str] = []
    for line in filter(None, lines[:_LINES]):
        if sum(map(len, kept)) + len(line) <= _LETTERS:
            kept.append(line)
    sys.stdout.write(json.dumps(kept))


if __name__ == "__main__":
    main()
