"""The one zip form of a pack: paths in byte order, stored, 1980-01-01, UTF-8 flag, mode 0644, nothing else.

A zip has many bytes that no content hash covers (headers, gaps, comments, a second directory). Here every one of them
follows from the members' paths and data, so a single changed byte is seen. Format: APPNOTE.TXT 6.3.10.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from collector.ledger.disk import drop, put_in_place, sync_folder
from collector.model import Problem
from rules.pack.bag.beside import taken_beside

MOST_MEMBERS = 100_000
_16, _32 = 0xFFFF, 0xFFFFFFFF
_LOCAL, _CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
_UTF8, _STORED, _TIME, _DATE = 0x0800, 0, 0, 0x0021
_UNIX, _MODE = 3 << 8, 0o100644 << 16
_PIECE = 1 << 20
_AT_ONCE = 32 << 20  # bytes that the disk is asked to take together

Done = Callable[[int, int], None]  # how many bytes are written, or read, and of how many


def nobody(_done: int, _of: int) -> None:
    """Nobody waits."""


@dataclass(frozen=True, slots=True)
class Member:
    """What goes into a zip: its path, its size in bytes, and a function that gives its data in pieces."""

    path: str
    size: int
    chunks: Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class PlacedMember:
    """A member where it stands in a zip: `header` and `start` are the offsets of its local header and of its data."""

    path: str
    size: int
    crc: int
    header: int
    start: int
    sha256: str = ""


def local_header(path: str, size: int, crc: int) -> bytes:
    """The bytes before a member's data."""
    name, big = _name(path), size >= _32
    extra = struct.pack("<HHQQ", 1, 16, size, size) if big else b""
    short = _32 if big else size
    fields = (_version(big), _UTF8, _STORED, _TIME, _DATE, crc, short, short, len(name), len(extra))
    return _LOCAL + struct.pack("<HHHHHIIIHH", *fields) + name + extra


def directory(members: Iterable[PlacedMember], offset: int) -> Iterator[bytes]:
    """The central directory that begins at `offset`, and the records that end a zip, in pieces."""
    count = size = 0
    for member in members:
        piece = _central_header(member)
        count, size = count + 1, size + len(piece)
        yield piece
    if count >= _16 or size >= _32 or offset >= _32:
        end = offset + size
        yield b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, _UNIX | 45, 45, 0, 0, count, count, size, offset)
        yield b"PK\x06\x07" + struct.pack("<IQI", 0, end, 1)
    short = min(count, _16)
    yield b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, short, short, min(size, _32), min(offset, _32), 0)


def write_zip(out: Path, members: Iterable[Member], done: Done = nobody) -> None:
    """Writes the zip beside `out`, makes it durable, then moves it into place. OSError when the disk refuses.

    Memory stays at one piece of one member. ValueError when a member's data is not as long as it says.
    """
    ordered = sorted(members, key=lambda m: _name(m.path))
    of = sum(member.size for member in ordered)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream, ThreadPoolExecutor(1) as core:
            disk = _Disk(stream, core)

            def reached(at: int) -> None:
                disk.reached(at)
                done(at, of)

            placed = [_write_member(stream, member, reached) for member in ordered]
            for piece in directory(placed, stream.tell()):
                stream.write(piece)
            disk.take_all()
        put_in_place(part, out)
    finally:
        drop(part)
    sync_folder(out.parent)


def read_zip(stream: BinaryIO, done: Done = nobody) -> tuple[tuple[PlacedMember, ...], tuple[Problem, ...]]:
    """Walks a zip from its first byte to its last: every stored member with its SHA-256, and all that is not canonical.

    Nothing is inflated, extracted or believed: a size counts only as far as the file reaches, the directory is not
    read but computed and compared. Memory stays at two pieces of one member.
    """
    with ThreadPoolExecutor(1) as core:
        return _ZipReading(stream, core, done).run()


class _Disk:
    """Makes a file durable while it is written, so that little is left to wait for at its end."""

    def __init__(self, stream: BinaryIO, core: Executor) -> None:
        self._stream, self._core = stream, core
        self._asked = 0
        self._taking: Future[None] | None = None

    def reached(self, at: int) -> None:
        """So many bytes were written. OSError when the disk refused some of them: it says so once."""
        if at - self._asked >= _AT_ONCE and (self._taking is None or self._taking.done()):
            self._wait()
            self._asked, self._taking = at, self._core.submit(os.fsync, self._stream.fileno())

    def take_all(self) -> None:
        """Returns when all of it is on the disk. OSError likewise."""
        self._wait()
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def _wait(self) -> None:
        if self._taking is not None:
            self._taking.result()


def _name(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")  # a name that is no UTF-8 still has to be read and refused


def _version(big: bool) -> int:
    return 45 if big else 20


def _central_header(member: PlacedMember) -> bytes:
    name = _name(member.path)
    wide = [value for value in (member.size, member.size, member.header) if value >= _32]
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    size, version = min(member.size, _32), _version(bool(wide))
    fields = (_UNIX | version, version, _UTF8, _STORED, _TIME, _DATE, member.crc, size, size, len(name), len(extra))
    tail = struct.pack("<HHHII", 0, 0, 0, _MODE, min(member.header, _32))
    return _CENTRAL + struct.pack("<HHHHHHIIIHH", *fields) + tail + name + extra


def _write_member(stream: BinaryIO, member: Member, reached: Callable[[int], None]) -> PlacedMember:
    header = stream.tell()
    stream.write(local_header(member.path, member.size, 0))
    start, crc, size = stream.tell(), 0, 0
    for piece in member.chunks():
        stream.write(piece)
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        reached(start + size)
    if size != member.size:
        raise ValueError(f"{member.path} has {size} bytes, not {member.size}")
    end = stream.tell()
    stream.seek(header)
    stream.write(local_header(member.path, size, crc))
    stream.seek(end)
    return PlacedMember(member.path, size, crc, header, start)


@dataclass(frozen=True, slots=True)
class _LocalHeader:
    """A local header as it stands: what it says and its bytes."""

    path: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    raw: bytes


class _ZipReading:
    """One pass over a zip that may have been made by anybody."""

    def __init__(self, stream: BinaryIO, core: Executor, done: Done) -> None:
        self.stream = stream
        self.core, self.done = core, done
        self.length = stream.seek(0, os.SEEK_END)
        self.members: list[PlacedMember] = []
        self.problems: list[Problem] = []
        self.seen: set[str] = set()

    def run(self) -> tuple[tuple[PlacedMember, ...], tuple[Problem, ...]]:
        offset: int | None = 0
        while offset is not None and self._bytes(offset, 4) == _LOCAL and len(self.members) < MOST_MEMBERS:
            offset = self._member(offset)
        if offset is not None:
            self._check_end(offset)
        return tuple(self.members), tuple(self.problems)

    def _member(self, offset: int) -> int | None:
        """Takes in the member at `offset` and gives the offset after it, or None when there is no going on."""
        local = self._local(offset)
        if local is None:
            self._note(self._last(), "the zip is torn: it ends inside a member's header")
            return None
        end = offset + len(local.raw) + local.packed
        if local.flags & 8:
            self._note(local.path, "does not say its size where it stands: this is not the zip as it was made")
            return None
        if end > self.length:
            self._note(local.path, "the zip is torn: it ends inside this member")
            return None
        if local.path in self.seen:
            self._note(local.path, "stands twice in the zip")
        elif self.members and _name(local.path) < _name(self.members[-1].path):
            self._note(local.path, "stands out of order in the zip")
        self.seen.add(local.path)
        if local.method != _STORED or local.flags & 1 or local.packed != local.size:
            self._note(local.path, "is compressed or encrypted: a pack's members are stored as they are")
            return end
        self._take(offset, local)
        return end

    def _take(self, offset: int, local: _LocalHeader) -> None:
        start = offset + len(local.raw)
        digest, crc = self._hash(start, local.size)
        if crc != local.crc:
            self._note(local.path, "its bytes do not match the zip's own checksum")
        elif local.raw != local_header(local.path, local.size, crc):
            self._note(local.path, "its zip header is not in the canonical form")
        self.members.append(PlacedMember(local.path, local.size, local.crc, offset, start, digest))

    def _local(self, offset: int) -> _LocalHeader | None:
        head = self._bytes(offset, 30)
        if len(head) < 30:
            return None
        _, flags, method, _, _, crc, packed, size, name_size, extra_size = struct.unpack("<HHHHHIIIHH", head[4:])
        rest = self._bytes(offset + 30, name_size + extra_size)
        if len(rest) < name_size + extra_size:
            return None
        extra = rest[name_size:]
        if size == packed == _32 and len(extra) >= 20 and extra[:4] == struct.pack("<HH", 1, 16):
            size, packed = struct.unpack("<QQ", extra[4:20])
        path = rest[:name_size].decode("utf-8", "surrogateescape")
        return _LocalHeader(path, flags, method, crc, packed, size, head + rest)

    def _check_end(self, offset: int) -> None:
        """Compares all that follows the last member with the only directory that fits the members."""
        if not self.members:
            what = "is not a zip" if offset == 0 else "holds no member that can be read"
            self._note("", what)
            return
        if self._bytes(offset, 4) != _CENTRAL:
            torn = offset >= self.length
            self._note(
                self._last(), "the zip is torn after this member" if torn else "bytes follow that belong to no member"
            )
            return
        position = offset
        for piece in directory(self.members, offset):
            if self._bytes(position, len(piece)) != piece:
                if not self.problems:
                    self._note("", "the zip's directory differs from the one its members call for")
                return
            position += len(piece)
        if position != self.length:
            self._note("", f"{self.length - position} bytes follow the end of the zip")

    def _hash(self, start: int, size: int) -> tuple[str, int]:
        digest, crc = hashlib.sha256(), 0
        for piece in taken_beside(self.core, digest.update, self._pieces(start, size)):
            crc, start = zlib.crc32(piece, crc), start + len(piece)
            self.done(start, self.length)
        return digest.hexdigest(), crc

    def _pieces(self, start: int, size: int) -> Iterator[bytes]:
        self.stream.seek(start)
        while size > 0 and (piece := self.stream.read(min(size, _PIECE))):
            yield piece
            size -= len(piece)

    def _bytes(self, offset: int, size: int) -> bytes:
        self.stream.seek(offset)
        return self.stream.read(size)

    def _last(self) -> str:
        return self.members[-1].path if self.members else ""

    def _note(self, where: str, what: str) -> None:
        self.problems.append(Problem(where, what))
