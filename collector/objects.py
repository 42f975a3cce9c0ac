"""The object store as a Protocol: bytes by the SHA-256 of their plain form."""

from __future__ import annotations

from typing import Protocol


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
