"""Where a terminal is written to."""

from __future__ import annotations

import codecs
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console


# What stands in a terminal's or file's place of a sign that its encoding lacks; another sign stands as its escape.
_PLAIN = {
    "✓": "+", "█": "#", "░": ".", "…": "...", "·": "-", "–": "-", "—": "-", "−": "-", "→": "->", "≈": "~", "×": "x",
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u202f": " ",
}  # fmt: skip


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    plain = "".join(_PLAIN.get(sign) or sign.encode("ascii", "backslashreplace").decode("ascii") for sign in lacking)
    return plain, error.end


codecs.register_error("tradewitness.plainly", _plainly)


def take_every_sign() -> None:
    """From here on output into an older encoding (a file of Windows in cp1252, a console in cp437) ends no command: what the
    encoding lacks is written plainly, or as an escape.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="tradewitness.plainly")


def is_unicode(stream: TextIO) -> bool:
    """Whether a stream can be given any sign as it is."""
    return (stream.encoding or "utf-8").lower().replace("_", "-").startswith("utf-")


def console(*, error: bool = False) -> Console:
    """Standard output or error as rich prints to it."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    # Off a terminal nothing may be cut or wrapped at an invented 80 columns.
    width = None if stream.isatty() else 160
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=False)
