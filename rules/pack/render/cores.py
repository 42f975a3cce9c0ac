"""Pictures on all cores: while Pillow decodes, resizes or encodes one, other threads work on others."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


@contextmanager
def all_cores() -> Iterator[Executor]:
    """A thread for each core. When the block ends, also by an error, what has not begun never does."""
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def on_all_cores(make: Callable[[T], R], things: Iterable[T]) -> list[R]:
    """What `make` gives for each, in their order."""
    with all_cores() as pool:
        return list(pool.map(make, things))
