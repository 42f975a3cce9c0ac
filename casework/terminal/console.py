"""Where a terminal is written to, and text from pages, files and people made safe for it: it cannot act on it."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

# Escape sequences, line ends, and the marks that turn the order of writing round.
_ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def inert(text: str) -> str:
    """The text with every sign that would act on a terminal or turn its order round replaced by a space, one for one."""
    return _ACTING.sub(" ", text)


def console(*, error: bool = False) -> Console:
    """Standard output or error as rich prints to it."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    # Off a terminal nothing may be cut or wrapped at an invented 80 columns.
    width = None if stream.isatty() else 160
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=False)
