"""Bytes that go on while another core takes their digest: what is read once is hashed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future

_SMALL = 1 << 16  # bytes that are hashed sooner than they are handed over


def taken_beside(core: Executor, take: Callable[[bytes], object], pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces as they come, each handed to `take` in a thread of `core` meanwhile, in their order.

    When they end, all were taken. At most two pieces are held. `core` has one thread, or `take` is given to nobody else.
    """
    taking: Future[object] | None = None
    for piece in pieces:
        if taking is not None:
            taking.result()
        taking = core.submit(take, piece) if len(piece) > _SMALL else None
        if taking is None:
            take(piece)
        yield piece
    if taking is not None:
        taking.result()
