"""A program that dies at a change to its files that was chosen beforehand: the Nth from when it is told to count."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def die_when_told(order: Path) -> None:
    """From when the file `order` is there, each change to a file (opened to write, renamed, deleted, synced) counts; the
    program is killed before the one whose number stands in it. How many there were is the size of `counted(order)`.
    """
    numbers, sync = itertools.count(1), os.fsync
    counter = os.open(counted(order), os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def count() -> None:
        if not os.path.exists(order):  # noqa: PTH110 - called within every call that opens a file
            return
        os.write(counter, b".")
        if next(numbers) == int(order.read_text() or 0):
            os.kill(os.getpid(), signal.SIGKILL)

    def hear(event: str, told: tuple[Any, ...]) -> None:
        if event in _CHANGES or (event == "open" and isinstance(told[2], int) and told[2] & _WRITES):
            count()

    def synced(fd: Any) -> None:
        count()
        sync(fd)

    os.fsync = synced
    sys.addaudithook(hear)


def counted(order: Path) -> Path:
    """Where the changes are counted."""
    return order.with_name(f"{order.name}.counted")
