"""A compound file (MS-CFB, version 3) for tests: storages as dicts, streams as bytes, in sectors of 512 bytes."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Union

Storage = Mapping[str, Union[bytes, "Storage"]]
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR, _CUTOFF = 512, 4096


def compound(root: Storage) -> bytes:
    """The file. Streams are padded to the size below which they would lie in the mini stream, which is not made."""
    entries: list[tuple[str, int, int, int, int, bytes]] = []  # name, type, right, child, -, data

    def put(storage: Storage) -> int:
        first = last = _FREE
        for name, value in storage.items():
            number = len(entries)
            entries.append(
                (name, 2 if isinstance(value, bytes) else 1, _FREE, _FREE, 0, value if isinstance(value, bytes) else b"")
            )
            if not isinstance(value, bytes):
                entries[number] = (name, 1, _FREE, put(value), 0, b"")
            if first == _FREE:
                first = number
            else:
                entries[last] = (*entries[last][:2], number, *entries[last][3:])
            last = number
        return first

    entries.append(("Root Entry", 5, _FREE, _FREE, 0, b""))
    entries[0] = ("Root Entry", 5, _FREE, put(root), 0, b"")
    sectors: list[bytes] = []
    fat: list[int] = []

    def lay(data: bytes) -> int:
        start = len(sectors)
        parts = [data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR)]
        sectors.extend(parts)
        fat.extend([*range(start + 1, start + len(parts)), _END])
        return start

    rows = b""
    for name, kind, right, child, _, data in entries:
        start = lay(data.ljust(_CUTOFF, b"\0")) if kind == 2 else (_END if kind == 5 else 0)
        wide = name.encode("utf-16-le")
        size = max(len(data), _CUTOFF) if kind == 2 else 0
        rows += struct.pack(
            "<64sHBBIII16sIQQIQ", wide, len(wide) + 2, kind, 1, _FREE, right, child, b"\0" * 16, 0, 0, 0, start, size
        )
    directory = lay(rows + b"\0" * (-len(rows) % _SECTOR))
    count = -(-(len(fat) + 1) // 127)
    table = [*fat, *[_FAT] * count]
    start = len(sectors)
    table += [_FREE] * (count * 128 - len(table))
    sectors += [struct.pack("<128I", *table[at : at + 128]) for at in range(0, len(table), 128)]
    head = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0" * 16, 0x3E, 3, 0xFFFE, 9, 6, b"\0" * 6, 0,
        count, directory, 0, _CUTOFF, _END, 0, _END, 0,
    )  # fmt: skip
    places = [*range(start, start + count), *[_FREE] * (109 - count)]
    return head + struct.pack("<109I", *places) + b"".join(sectors)


def texts(**said: str) -> dict[str, bytes]:
    """Text properties by their number: `p0037="subject"`."""
    return {f"__substg1.0_{name[1:]}001F": text.encode("utf-16-le") for name, text in said.items()}


def properties(head: int, submitted: datetime | None = None) -> dict[str, bytes]:
    """The stream of fixed properties behind so many bytes of head; with the instant at which a mail was submitted."""
    rows = b""
    if submitted:
        count = int((submitted - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
        rows = struct.pack("<HHIQ", 0x0040, 0x0039, 6, count)
    return {"__properties_version1.0": b"\0" * head + rows}
