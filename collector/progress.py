"""How whoever waits is told what is being done: a function handed down by the command, called at each step."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], None]  # what begins now, in words
CountProgress = Callable[[str, int, int], None]  # what is gone through, how many are done, and of how many
_MB = 1_000_000


def silent(_: str) -> None:
    """Nobody waits."""


def megabytes(what: str, progress: Progress) -> Callable[[int, int], None]:
    """A function that is told how many bytes of how many are done, and tells of each megabyte."""
    told = 0

    def so_far(done: int, of: int) -> None:
        nonlocal told
        if done // _MB > told:
            told = done // _MB
            progress(f"{what}: {told} of {-(-of // _MB)} MB")

    return so_far
