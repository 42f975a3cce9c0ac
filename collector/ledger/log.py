"""The ledger: one canonical-JSON entry a line, openings beside it, checkpoints over it. It knows nothing of signing.

Layout (design section 4): `entries.jsonl` (leaf = the line's bytes without newline), `openings.jsonl` (digest and salt of
each artefact that a line names by commitment only), `checkpoints/000123.json` (named by the tree's size). Where each line
stands, and the tree over them, is kept in the catalogue. The caller holds the archive's lock while it appends.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from collector.canonical import canonical, commitment, made, sha256
from collector.clock import instant
from collector.errors import DamagedArchive
from collector.ledger.catalogue import Catalogue, LineSummary, OpeningRecord, Row, opening_in
from collector.ledger.checkpoint import VERSION, Checkpoint, checkpoint_name, checkpoint_or_none
from collector.ledger.clock_faults import clock_fault
from collector.ledger.disk import append_line, write_file
from collector.ledger.merkle import Tree, leaf_hash

_LOG = logging.getLogger(__name__)

OF_THE_SEAL = ("timestamp.received", "authority.revoked")  # they do not by themselves call for a new checkpoint


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """What a line holds, in canonical JSON. `nonce`: 16 random bytes as hexadecimal."""

    v: int
    seq: int
    at: str
    kind: str
    nonce: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. `at` is ISO 8601 UTC in milliseconds; `line` the bytes that are the Merkle leaf."""

    seq: int
    at: str
    kind: str
    body: Mapping[str, Any]
    line: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a commitment: the artefact's SHA-256 and the 16-byte salt, as hexadecimal."""

    digest: str
    salt: str

    @property
    def commitment(self) -> str:
        return commitment(self.salt, self.digest)


def new_salt() -> str:
    """Sixteen random bytes as hexadecimal."""
    return secrets.token_hex(16)


def parse_entry(line: bytes, seq: int) -> Entry:
    """The entry that a line holds. Raises DamagedArchive when it is not one, or of an unknown version."""
    try:
        record = made(EntryRecord, json.loads(line))
    except (ValueError, RecursionError) as error:
        raise DamagedArchive(f"Line {seq + 1} of the ledger is not an entry.", "Run: tradewitness verify") from error
    if record.v != VERSION:
        raise DamagedArchive(
            f"Line {seq + 1} of the ledger has version {record.v}, and this tradewitness reads version {VERSION}.",
            "Install a newer tradewitness: uv tool upgrade tradewitness",
        )
    if record.seq != seq:
        raise DamagedArchive(f"Line {seq + 1} of the ledger does not carry its own number.", "Run: tradewitness verify")
    return Entry(record.seq, record.at, record.kind, record.body, line)


_CASE = "case "


def about_case(order: str) -> str:
    """What entries of a case are about."""
    return f"{_CASE}{order}" if order else ""


def about_account(name: str) -> str:
    """What the pauses of an account are about."""
    return f"account {name}"


def about_checkpoint(size: int) -> str:
    """What received tokens are about."""
    return f"checkpoint {size}"


def _about(entry: Entry) -> str:
    body = entry.body
    if entry.kind == "timestamp.received":
        return about_checkpoint(body.get("checkpoint", 0))
    if entry.kind in ("account.paused", "account.resumed"):
        return about_account(str(body.get("account", "")))
    target = body.get("target")
    case = target.get("case") if isinstance(target, dict) else body.get("case")
    return about_case(case) if isinstance(case, str) else ""


def _described(line: bytes, seq: int, before: str) -> LineSummary:
    """What the catalogue notes of a line; one that is no entry stands there without a kind."""
    try:
        entry = parse_entry(line, seq)
    except DamagedArchive:
        return LineSummary("", "", "", "")
    return LineSummary(entry.kind, _about(entry), entry.at, clock_fault(entry.kind, entry.at, entry.body, before))


class Ledger:
    """Reads and appends entries, openings and checkpoints in one folder; the catalogue lies beside it, or in memory."""

    def __init__(self, folder: Path, *, catalogued: bool = True) -> None:
        self.folder = folder
        self.entries_path = folder / "entries.jsonl"
        self.openings_path = folder / "openings.jsonl"
        self.checkpoints = folder / "checkpoints"
        place = folder.parent / "catalogue.sqlite" if catalogued else None
        self.catalogue = Catalogue(place, self.entries_path, self.openings_path, self.checkpoints, _described)

    # -- entries ------------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many whole lines there are; a torn tail is not a line (the next append sets it aside)."""
        return self.catalogue.size

    def entries(
        self, start: int = 0, stop: int | None = None, *, kinds: Iterable[str] = (), about: str = ""
    ) -> Iterator[Entry]:
        """Entries from number `start` up to, not including, `stop`; only of these kinds, only about this.

        Raises DamagedArchive at the first line that is not what it was, or is no entry at all: what a line that cannot be
        read was about, nobody knows, so it is never passed over.
        """
        kinds = tuple(kinds)
        where, values = ["seq >= ?"], [start]
        if stop is not None:
            where, values = [*where, "seq < ?"], [*values, stop]
        narrow: list[str] = []
        wanted: list[Any] = []
        if kinds:
            narrow, wanted = [f"kind in ({', '.join('?' * len(kinds))})"], [*kinds]
        if about:
            narrow, wanted = [*narrow, "about = ?"], [*wanted, about]
        chosen = self.catalogue.rows(" and ".join([*where, *narrow]) + " order by seq", *values, *wanted)
        if narrow:
            self._require_readable(" and ".join(where), values)
        return self._read(chosen)

    def _require_readable(self, where: str, values: Iterable[Any]) -> None:
        for entry in self._read(self.catalogue.rows(f"kind = '' and {where} order by seq limit 1", *values)):
            raise DamagedArchive(f"Line {entry.seq + 1} of the ledger changed while it was read.", "Run the command again.")

    def entry(self, seq: int) -> Entry:
        """One entry by its number. Raises DamagedArchive when it is not there or not what it was."""
        found = next(self._read(self.catalogue.rows("seq = ?", seq)), None)
        if found is None:
            raise DamagedArchive(f"The ledger has no line {seq + 1}.", "Run: tradewitness verify")
        return found

    def entries_at(self, numbers: Iterable[int]) -> list[Entry]:
        """The entries of these numbers, in that order. Raises DamagedArchive where one is not there or not what it was."""
        wanted = list(numbers)
        rows = self.catalogue.rows("seq in (select value from json_each(?))", json.dumps(wanted))
        found = {entry.seq: entry for entry in self._read(rows)}
        return [found.get(seq) or self.entry(seq) for seq in wanted]

    def latest(self, *kinds: str, about: str = "", before: int | None = None) -> Iterator[Entry]:
        """Entries of these kinds, newest first, read one by one as they are asked for."""
        where = f"kind in ({', '.join('?' * len(kinds))}) and seq < ?" + (" and about = ?" if about else "")
        values: list[Any] = [*kinds, self.size if before is None else before, *([about] if about else [])]
        self._require_readable("1", ())
        while rows := self.catalogue.rows(f"{where} order by seq desc limit 1", *values):
            yield from self._read(rows)
            values[len(kinds)] = rows[0].seq

    def count(self, start: int = 0, stop: int | None = None, *, but: Iterable[str] = ()) -> int:
        """How many entries there are from `start` up to `stop`, other than of the kinds in `but`."""
        but = tuple(but)
        marks = ", ".join("?" * len(but))
        return self.catalogue.count(
            f"seq >= ? and seq < ? and kind not in ({marks})", start, self.size if stop is None else stop, *but
        )

    def _read(self, rows: Iterable[Row]) -> Iterator[Entry]:
        """Each line from the file, held against its leaf."""
        for row, line in self._in_file(rows):
            if leaf_hash(line) != row.leaf:
                text = f"Line {row.seq + 1} of the ledger has changed since it was written."
                raise DamagedArchive(text, "Run: tradewitness verify   It names what to put back from a copy.")
            yield parse_entry(line, row.seq)

    def _in_file(self, rows: Iterable[Row]) -> Iterator[tuple[Row, bytes]]:
        """What stands in the file now where each line was."""
        if rows := list(rows):
            with self.entries_path.open("rb") as stream:
                for row in rows:
                    stream.seek(row.place)
                    yield row, stream.read(row.length)

    def newest_about_cases(self, size: int) -> dict[str, str]:
        """By case the leaf of the newest of the first `size` entries that is about it, as hexadecimal."""
        newest = self.catalogue.newest_about(_CASE, size)
        return {about.removeprefix(_CASE): leaf.hex() for about, leaf in newest.items()}

    def clock_faults(self) -> list[tuple[int, str]]:
        """Number of the entry, and what its own time says of the machine's clock, for every entry that says something."""
        return self.catalogue.notes()

    def leaf(self, seq: int) -> str:
        """The leaf hash of a line, as hexadecimal."""
        return self.catalogue.leaf(seq).hex()

    def opening(self, named: str) -> Opening | None:
        """What opens a commitment, or None."""
        return self.openings([named]).get(named)

    def openings(self, names: Iterable[str]) -> dict[str, Opening]:
        """What opens these commitments; those that nothing opens are left out."""
        return {name: Opening(digest, salt) for name, digest, salt in self.catalogue.openings(names)}

    def tree(self, size: int | None = None) -> Tree:
        """The Merkle tree of the first `size` lines (of all), for its root and proofs of it."""
        return self.catalogue.tree(self.size if size is None else size)

    # -- the files themselves, for who verifies them -------------------------------------------------------------

    def lines(self) -> list[bytes]:
        """Every whole line of the file without its newline, read now and held against nothing."""
        data = self.entries_path.read_bytes() if self.entries_path.exists() else b""
        return data.split(b"\n")[:-1]

    def opening_lines(self) -> tuple[dict[str, Opening], list[int]]:
        """Each opening in the file by its commitment, and the numbers of the lines that are none."""
        found, strange = {}, []
        data = self.openings_path.read_bytes() if self.openings_path.exists() else b""
        for number, line in enumerate(data.split(b"\n")[:-1], 1):
            read = opening_in(line)
            if read is not None:
                found[read[0]] = Opening(read[1], read[2])
            if read is None or not read[3]:
                strange.append(number)
        return found, strange

    @property
    def torn(self) -> bool:
        """Whether the last line was cut short."""
        return bool(_torn_tail(self.entries_path))

    # -- checkpoints --------------------------------------------------------------------------------------------

    def checkpoint_list(self) -> list[Checkpoint]:
        """Every checkpoint that is one, smallest first; a damaged file stops nobody from keeping: `damaged` names it."""
        return [Checkpoint.kept(data) for data in self.catalogue.checkpoints().values() if data]

    def damaged(self) -> list[str]:
        """The files that should be checkpoints and are none, or not the one of their name."""
        return sorted(self.catalogue.damaged_checkpoints())

    def covering(self, seq: int) -> Iterator[Checkpoint]:
        """The checkpoints that cover entry `seq`, the earliest first, each read as it is asked for."""
        later = (size for size in self.catalogue.checkpoint_sizes() if size > seq)
        return (one for size in later if (one := self.checkpoint(size)) is not None)

    def checkpoint(self, size: int) -> Checkpoint | None:
        """The checkpoint of that size; None where there is none that is one."""
        return checkpoint_or_none(self.checkpoints / f"{checkpoint_name(size)}.json")

    def newest(self) -> Checkpoint | None:
        """The largest checkpoint that is one, or None."""
        sizes = reversed(self.catalogue.checkpoint_sizes())
        return next((one for size in sizes if (one := self.checkpoint(size)) is not None), None)

    # -- appending (the caller holds the lock) ------------------------------------------------------------------

    def append(self, kind: str, body: Mapping[str, Any], at: datetime, openings: Iterable[Opening] = ()) -> Entry:
        """Adds one entry; its openings reach the disk first, so that a sealed name can always be opened."""
        self._set_tails_aside(at)
        return self._append(kind, body, at, openings)

    def _set_tails_aside(self, at: datetime) -> None:
        """Moves a torn last line (a write that a crash cut short) out of the log, with an entry that says so."""
        for path in (self.openings_path, self.entries_path):
            tail = _torn_tail(path)
            if not tail:
                continue
            write_file(self.folder / "set-aside" / f"{sha256(tail)[:16]}.bin", tail)
            with path.open("r+b") as stream:
                stream.truncate(path.stat().st_size - len(tail))
                os.fsync(stream.fileno())
            body = {"file": path.name, "size": len(tail), "digest": sha256(tail)}
            self._append("tail.set_aside", body, at, ())

    def _append(self, kind: str, body: Mapping[str, Any], at: datetime, openings: Iterable[Opening]) -> Entry:
        seq, stamp = self.size, instant(at)
        line = canonical(EntryRecord(VERSION, seq, stamp, kind, secrets.token_hex(16), body))
        opened = b"".join(canonical(OpeningRecord(o.commitment, o.digest, o.salt)) + b"\n" for o in openings)
        if opened:
            append_line(self.openings_path, opened)
        append_line(self.entries_path, line + b"\n")
        self.catalogue.appended()
        _LOG.debug("entry %d: %s", seq, kind)
        return Entry(seq, stamp, kind, json.loads(line)["body"], line)

    def needs_checkpoint(self) -> bool:
        """Whether entries that are not of the seal itself stand after the newest checkpoint."""
        newest = self.newest()
        return self.count(newest.size if newest else 0, but=OF_THE_SEAL) > 0

    def contradicted(self) -> Checkpoint | None:
        """The earliest checkpoint whose root is not that of the lines it covers, or that covers lines which are gone.

        The newest covers all lines before it: where it fits, they are those that were sealed, and no other is looked at.
        """
        newest = self.newest()
        if newest is None or self._fits(newest):
            return None
        self.catalogue.forget()  # the files decide, and not what was noted of them
        return next((one for one in self.checkpoint_list() if not self._fits(one)), None)

    def _fits(self, checkpoint: Checkpoint) -> bool:
        size = checkpoint.size
        return 0 <= size <= self.size and self.tree(size).frontier.root.hex() == checkpoint.root

    def make_checkpoint(self, at: datetime) -> Checkpoint:
        """Builds the checkpoint over all lines; `keep_checkpoint` writes it once its signature is there.

        Its root rests on the right edge that the newest checkpoint sealed and on the lines since, read from the file; where
        the edge is not the sealed one, on all lines.
        """
        newest, size = self.newest(), self.size
        sealed = newest if newest is not None and self._fits(newest) else None
        frontier = self.tree(sealed.size if sealed else 0).frontier
        for _, line in self._in_file(self.catalogue.rows("seq >= ? order by seq", frontier.size)):
            frontier.push(leaf_hash(line))
        if frontier.size != size:
            raise DamagedArchive("The ledger changed while it was sealed.", "Run the command again.")
        previous = sha256(newest.data) if newest else ""
        return Checkpoint.made(size, frontier.root.hex(), instant(at), previous)

    def keep_checkpoint(self, checkpoint: Checkpoint, signature: bytes) -> None:
        """Writes the signature first, so that a checkpoint that stands is always a signed one.

        A signature that a crash left without its checkpoint goes: nothing rests on it, and the next one has another size.
        """
        newest = self.newest()
        sizes = (name[:-4] for name in self.catalogue.checkpoint_files() if name.endswith(".p7s") and name[:-4].isdigit())
        for stem in (size for size in sizes if int(size) > (newest.size if newest else 0)):
            if not (self.checkpoints / f"{stem}.json").exists():
                (self.checkpoints / f"{stem}.p7s").unlink()
        write_file(self.checkpoints / f"{checkpoint.name}.p7s", signature)
        write_file(self.checkpoints / f"{checkpoint.name}.json", checkpoint.data)


def _torn_tail(path: Path) -> bytes:
    """What follows the last newline of a file; b"" where nothing does, or there is no file."""
    tail = b""
    if not path.exists():
        return tail
    with path.open("rb") as stream:
        place = stream.seek(0, os.SEEK_END)
        while place and b"\n" not in tail:
            step = min(place, len(tail) or 1)  # of a whole file one byte is enough
            place -= step
            stream.seek(place)
            tail = stream.read(step) + tail
    return tail[tail.rfind(b"\n") + 1 :]
