"""Where a terminal is written to."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def console(*, error: bool = False) -> Console:
    """Standard output or error as rich prints to it."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    # Off a terminal nothing may be cut or wrapped at an invented 80 columns.
    width = None if stream.isatty() else 160
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=False)
