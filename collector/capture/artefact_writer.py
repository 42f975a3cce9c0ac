"""Stores what a visit reads as soon as it is read, in threads, and makes the artefacts of its record."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from collector.model import Artefact
from collector.objects import ObjectStore

_THREADS = ThreadPoolExecutor(4, "artefact-writer")


class ArtefactWriter:
    """The artefacts of one visit, in the order in which they were read. Storing goes on while the next one is read."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._parts: Counter[str] = Counter()
        self._kept: list[tuple[Artefact, Future[str]]] = []

    def next_part(self, role: str) -> int:
        """The part that the next one of that role will be: the count of that role so far."""
        return self._parts[role]

    def keep(self, role: str, media_type: str, data: bytes, note: str = "") -> None:
        """Begins to store the bytes as the next part of that role."""
        part = self._parts[role]
        self._parts[role] += 1
        artefact = Artefact(role, part, media_type, len(data), "", secrets.token_hex(16), note=note)
        self._kept.append((artefact, _THREADS.submit(self._store.put, data)))

    async def artefacts(self) -> tuple[Artefact, ...]:
        """Every artefact, now safely on disk. Raises ArchiveError when the disk refused one."""
        digests = await asyncio.gather(*(asyncio.wrap_future(stored) for _, stored in self._kept))
        return tuple(replace(artefact, digest=digest) for (artefact, _), digest in zip(self._kept, digests, strict=True))
