"""The object store on disk: objects/ab/cdef…[.zst], content-addressed by SHA-256 of the plain bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from backports import zstd

from collector.canonical import sha256
from collector.errors import DamagedArchive
from collector.ledger.disk import write_file

_SMALLEST_TO_COMPRESS = 256


class FolderObjects:
    """An `ObjectStore` in a folder. Compressed with zstd where that saves at least a tenth."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path | None:
        """The file that holds the object, or None."""
        plain = self.folder / digest[:2] / digest[2:]
        packed = plain.with_name(plain.name + ".zst")
        return next((p for p in (plain, packed) if p.exists()), None)

    def has(self, digest: str) -> bool:
        return self.path(digest) is not None

    def put(self, data: bytes) -> str:
        digest = sha256(data)
        if self._is_whole(digest):
            return digest
        path = self.folder / digest[:2] / digest[2:]
        packed = zstd.compress(data, 3) if len(data) >= _SMALLEST_TO_COMPRESS else data
        if len(packed) < len(data) * 9 // 10:
            write_file(path.with_name(path.name + ".zst"), packed)
        else:
            write_file(path, data)
        return digest

    def get(self, digest: str) -> bytes:
        path = self.path(digest)
        if path is None:
            raise DamagedArchive(f"The kept file {digest[:12]}… is missing.", "Run: tradewitness verify")
        data = read_object(path)
        if data is None or sha256(data) != digest:
            raise DamagedArchive(f"The kept file {digest[:12]}… has changed since it was kept.", "Run: tradewitness verify")
        return data

    def _is_whole(self, digest: str) -> bool:
        """A damaged copy must not stand for new bytes: it is moved aside, never overwritten, and kept again whole."""
        while (path := self.path(digest)) is not None:
            data = read_object(path)
            if data is not None and sha256(data) == digest:
                return True
            path.replace(path.with_name(path.name + ".damaged"))
        return False

    def files(self) -> Iterator[Path]:
        """Every stored file but unfinished ones, in byte order."""
        if self.folder.exists():
            yield from sorted(p for p in self.folder.rglob("*") if p.is_file() and not p.name.endswith(".part"))


def read_object(path: Path) -> bytes | None:
    """The plain bytes of a stored file, or None when they cannot be unpacked."""
    data = path.read_bytes()
    if path.suffix != ".zst":
        return data
    try:
        return zstd.decompress(data)
    except zstd.ZstdError:
        return None
