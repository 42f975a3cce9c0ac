"""How whoever waits is told what is being done: a function handed down by the command, called at each step."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], None]  # what begins now, in words
CountProgress = Callable[[str, int, int], None]  # what is gone through, how many are done, and of how many


def silent(_: str) -> None:
    """Nobody waits."""
