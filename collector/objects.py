"""The object store as a Protocol: bytes by the SHA-256 of their plain form."""

from __future__ import annotations

from typing import Protocol

from collector.canonical import sha256
from collector.errors import DamagedArchive


class ObjectStore(Protocol):
    """Content-addressed and append-only. `put` returns only when the bytes are safely on disk."""

    def put(self, data: bytes) -> str:
        """Keeps the bytes and gives their SHA-256 (hex). Raises ArchiveError when the disk refuses."""
        ...

    def get(self, digest: str) -> bytes:
        """The plain bytes. Raises DamagedArchive when missing or changed."""
        ...

    def has(self, digest: str) -> bool:
        """Whether the object is there (not whether it is whole)."""
        ...


class MemoryObjects:
    """An `ObjectStore` of which nothing outlives the command."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        digest = sha256(data)
        self._held[digest] = data
        return digest

    def get(self, digest: str) -> bytes:
        if digest not in self._held:
            raise DamagedArchive(f"{digest[:12]}… is not there.", "Run the command again.")
        return self._held[digest]

    def has(self, digest: str) -> bool:
        return digest in self._held
