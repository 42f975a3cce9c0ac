"""Pictures on all cores: while Pillow decodes, resizes or encodes one, other threads work on others."""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import BinaryIO, TypeVar

from PIL import Image

T = TypeVar("T")
R = TypeVar("R")
_CORES = os.cpu_count() or 1


@contextmanager
def all_cores() -> Iterator[Executor]:
    """A thread for each core. When the block ends, also by an error, what has not begun never does."""
    pool = ThreadPoolExecutor(_CORES)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def on_all_cores(make: Callable[[T], R], things: Iterable[T]) -> list[R]:
    """What `make` gives for each, in their order. A thing is taken when a core is about to be free: few are in memory."""
    done: list[R] = []
    begun: deque[Future[R]] = deque()
    with all_cores() as pool:
        for thing in things:
            begun.append(pool.submit(make, thing))
            if len(begun) > _CORES:
                done.append(begun.popleft().result())
        return done + [one.result() for one in begun]


def as_jpeg(picture: Image.Image, quality: int, subsampling: int = -1) -> bytes:
    """The picture as JPEG; `subsampling` as Pillow has it: 0 keeps all colours, -1 is its own choice."""
    with _file() as out:
        picture.save(out, "JPEG", quality=quality, optimize=True, subsampling=subsampling)
        out.seek(0)
        return out.read()


def _file() -> BinaryIO:
    """A file in memory: as the system's own where it has such, for Pillow lets others work only while it writes to these."""
    return os.fdopen(os.memfd_create("picture"), "w+b") if hasattr(os, "memfd_create") else io.BytesIO()
