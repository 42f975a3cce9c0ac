"""The object store on disk: objects/ab/cdef…[.zst], content-addressed by SHA-256 of the plain bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

from backports import zstd

from collector.canonical import sha256
from collector.errors import ArchiveError, DamagedArchive
from collector.ledger.disk import make_folder, put_in_place, sync_folder, write_file, writing

MOST_BYTES = 1 << 30  # of a packed object; what is larger (a long video) is kept as it is
_SMALLEST_TO_COMPRESS = 256
_LEVEL = 3
_PIECE = 1 << 20
_LARGE = 32 << 20


class FolderObjects:
    """An `ObjectStore` in a folder. Compressed with zstd where that saves at least a tenth.

    `private` is a folder beside it for what is sealed and never shown again: originals of which a masked copy is shown.
    """

    def __init__(self, folder: Path, private: Path | None = None) -> None:
        self.folder = folder
        self.private = private

    def path(self, digest: str) -> Path | None:
        """The file that holds the object, or None."""
        return next((p for folder in self.folders for p in _paths(folder, digest) if p.exists()), None)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where objects lie."""
        return (self.folder,) if self.private is None else (self.folder, self.private)

    def put_away(self, digest: str) -> bool:
        """Moves an object among the private ones, unless it is there or nowhere; its bytes stay. Raises ArchiveError."""
        path = next((p for p in _paths(self.folder, digest) if p.exists()), None)
        if path is None or self.private is None:
            return False
        place = self.private / digest[:2] / path.name
        try:
            self.private.mkdir(mode=0o700, exist_ok=True)
            make_folder(place.parent)
            put_in_place(path, place)
            sync_folder(place.parent)
        except OSError as error:
            raise ArchiveError(f"{path} cannot be moved ({error.strerror}).", "Look at the folder's permissions.") from error
        return True

    def has(self, digest: str) -> bool:
        return self.path(digest) is not None

    def put(self, data: bytes) -> str:
        digest = sha256(data)
        if self._is_whole(digest):
            return digest
        path = self.folder / digest[:2] / digest[2:]
        packed = zstd.compress(data, _LEVEL) if _is_worth_packing(data) else data
        if _saves(data, packed):
            write_file(path.with_name(path.name + ".zst"), packed)
        else:
            write_file(path, data)
        return digest

    def put_file(self, path: Path) -> str:
        """Keeps a file as `put` keeps its bytes; a large one is never in memory. Raises ArchiveError where it changes
        meanwhile.
        """
        size = path.stat().st_size
        if size <= _LARGE:
            return self.put(path.read_bytes())
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            stream.seek(size // 2)
            middle = stream.read(_PIECE)
        if self._is_whole(digest):
            return digest
        packed = size <= MOST_BYTES and _saves(middle, zstd.compress(middle, _LEVEL))
        place = _paths(self.folder, digest)[packed]
        with path.open("rb") as stream, writing(place) as kept:
            if _copied(stream, kept, zstd.ZstdCompressor(level=_LEVEL) if packed else None) != digest:
                raise ArchiveError(f"{path} changed while it was kept.", "Wait until it is written, then add it again.")
        return digest

    def get(self, digest: str) -> bytes:
        path = self.path(digest)
        if path is None:
            raise DamagedArchive(f"The kept file {digest[:12]}… is missing.", "Run: tradewitness verify")
        data = read_object(path)
        if data is None or sha256(data) != digest:
            raise DamagedArchive(f"The kept file {digest[:12]}… has changed since it was kept.", "Run: tradewitness verify")
        return data

    def head(self, digest: str, most: int) -> tuple[int, bytes]:
        """How many bytes a kept file has, and the first of them, at most so many; a large one is never in memory."""
        path = self.path(digest)
        if path is None:
            raise DamagedArchive(f"The kept file {digest[:12]}… is missing.", "Run: tradewitness verify")
        with zstd.open(path, "rb") if path.suffix else path.open("rb") as stream:
            first = stream.read(most)
            return len(first) + sum(len(piece) for piece in iter(lambda: stream.read(_PIECE), b"")), first

    def pieces(self, digest: str) -> Iterator[bytes]:
        """A kept file's bytes, a large one's never in memory whole; whoever takes them looks whether they are its own."""
        with self.open(digest) as stream:
            try:
                while piece := stream.read(_PIECE):
                    yield piece
            except (EOFError, zstd.ZstdError) as error:
                text = f"The kept file {digest[:12]}… has changed since it was kept."
                raise DamagedArchive(text, "Run: tradewitness verify") from error

    def open(self, digest: str) -> IO[bytes]:
        """A kept file to be read in pieces, with seeking; whether its bytes are whole is not looked at."""
        path = self.path(digest)
        if path is None:
            raise DamagedArchive(f"The kept file {digest[:12]}… is missing.", "Run: tradewitness verify")
        return cast(IO[bytes], zstd.open(path, "rb")) if path.suffix else path.open("rb")

    def _is_whole(self, digest: str) -> bool:
        """A damaged copy must not stand for new bytes: it is moved aside, never overwritten, and kept again whole."""
        while (path := self.path(digest)) is not None:
            if hash_object(path) == digest:
                return True
            put_in_place(path, path.with_name(path.name + ".damaged"))
        return False

    def files(self) -> Iterator[Path]:
        """Every stored file but unfinished ones, in byte order; links are not followed."""
        if self.folder.exists():
            yield from sorted(
                p for p in self.folder.rglob("*") if not p.is_symlink() and p.is_file() and not p.name.endswith(".part")
            )


def _paths(folder: Path, digest: str) -> tuple[Path, Path]:
    plain = folder / digest[:2] / digest[2:]
    return plain, plain.with_name(plain.name + ".zst")


def _is_worth_packing(data: bytes) -> bool:
    """Of what is large (a video, a web archive) a piece of its middle decides: packing it in vain costs three times it."""
    if not _SMALLEST_TO_COMPRESS <= len(data) <= MOST_BYTES:
        return False
    middle = data[len(data) // 2 :][:_PIECE]
    return len(data) <= _LARGE or _saves(middle, zstd.compress(middle, _LEVEL))


def _copied(source: BinaryIO, kept: BinaryIO, packer: zstd.ZstdCompressor | None) -> str:
    """Copies a file piece by piece, packed or as it is; gives the SHA-256 of what was read."""
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
        kept.write(packer.compress(piece) if packer else piece)
    kept.write(packer.flush() if packer else b"")
    return digest.hexdigest()


def _saves(data: bytes, packed: bytes) -> bool:
    return len(packed) < len(data) * 9 // 10


def read_object(path: Path) -> bytes | None:
    """The plain bytes of a stored file, or None when they cannot be unpacked."""
    data = path.read_bytes()
    if path.suffix != ".zst":
        return data
    unpacker = zstd.ZstdDecompressor()
    try:
        plain = unpacker.decompress(data, max_length=MOST_BYTES)
    except zstd.ZstdError:
        return None
    # What follows the one frame, or does not fit, is not what was kept.
    return plain if unpacker.eof and not unpacker.unused_data else None


def hash_object(path: Path, most: int = MOST_BYTES) -> str:
    """SHA-256 of a stored file's plain bytes, read in pieces; "" when they cannot be unpacked or are more than `most`."""
    with path.open("rb", buffering=0) as stream:
        if path.suffix == ".zst":
            return _hash_packed(stream, most)
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _hash_packed(stream: BinaryIO, most: int) -> str:
    digest, unpacker, total = hashlib.sha256(), zstd.ZstdDecompressor(), 0
    packed = piece = stream.read(_PIECE)
    plain = b""
    try:
        while not unpacker.eof:
            if unpacker.needs_input and not piece:
                return ""  # the frame is torn
            plain = unpacker.decompress(piece, max_length=_PIECE)
            digest.update(plain)
            total += len(plain)
            piece = stream.read(_PIECE) if unpacker.needs_input and not unpacker.eof else b""
            if total > most:
                return ""
    except zstd.ZstdError:
        return ""
    if unpacker.unused_data or stream.read(1):
        return ""
    # Some bits of a frame change nothing when it is unpacked: a flipped one shall be found there too.
    small = total == len(plain)
    return "" if small and _one_byte_differs(packed, zstd.compress(plain, _LEVEL)) else digest.hexdigest()


def _one_byte_differs(stored: bytes, anew: bytes) -> bool:
    """Another version of the library may pack otherwise; it would not differ in exactly one byte."""
    differ = int.from_bytes(stored) ^ int.from_bytes(anew)
    lowest = (differ & -differ).bit_length() - 1  # bit that is not the same
    return len(stored) == len(anew) and differ > 0 and differ >> (lowest // 8 * 8) < 256
