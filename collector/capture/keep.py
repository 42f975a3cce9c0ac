"""Stores what a visit reads as soon as it is read, in threads, and makes the artefacts of its record."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace

from collector.model import Artefact
from collector.objects import ObjectStore


class Keeping:
    """The artefacts of one visit, in the order in which they were read. Storing goes on while the next one is read."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._kept: list[tuple[Artefact, asyncio.Task[str]]] = []

    def keep(self, role: str, media_type: str, data: bytes, note: str = "") -> None:
        """Begins to store the bytes; the part is the count of that role so far."""
        part = sum(1 for artefact, _ in self._kept if artefact.role == role)
        artefact = Artefact(role, part, media_type, len(data), "", secrets.token_hex(16), note=note)
        self._kept.append((artefact, asyncio.create_task(asyncio.to_thread(self._store.put, data))))

    async def artefacts(self) -> tuple[Artefact, ...]:
        """Every artefact, now safely on disk. Raises ArchiveError when the disk refused one."""
        digests = await asyncio.gather(*(stored for _, stored in self._kept))
        return tuple(replace(artefact, digest=digest) for (artefact, _), digest in zip(self._kept, digests, strict=True))
