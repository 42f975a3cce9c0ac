"""The ledger: one canonical-JSON entry a line, openings beside it, checkpoints over it. It knows nothing of signing.

Layout (design section 4): `entries.jsonl` (leaf = the line's bytes without newline), `openings.jsonl` (digest and salt of
each artefact that a line names by commitment only), `checkpoints/000123.json` (named by the tree's size).
The caller holds the archive's lock while it appends.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from collector.canonical import canonical, commitment, sha256
from collector.clock import instant
from collector.errors import ArchiveError, DamagedArchive
from collector.ledger import merkle
from collector.ledger.disk import append_line, write_file

VERSION = 1
OF_THE_SEAL = ("timestamp.received", "authority.revoked")  # they do not by themselves call for a new checkpoint


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


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree's root at one size. `previous` is the SHA-256 of the checkpoint file before it, or ""."""

    size: int
    root: str
    at: str
    previous: str
    data: bytes

    @property
    def name(self) -> str:
        return f"{self.size:06d}"


def new_salt() -> str:
    """Sixteen random bytes as hexadecimal."""
    return secrets.token_hex(16)


def parse_entry(line: bytes, seq: int) -> Entry:
    """The entry that a line holds. Raises DamagedArchive when it is not one, or of an unknown version."""
    try:
        record = json.loads(line)
        entry = Entry(record["seq"], record["at"], record["kind"], record["body"], line)
        version, nonce = record["v"], record["nonce"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedArchive(f"Line {seq + 1} of the ledger is not an entry.", "Run: tradewitness verify") from error
    if version != VERSION:
        raise DamagedArchive(
            f"Line {seq + 1} of the ledger has version {version}, and this tradewitness reads version {VERSION}.",
            "Install a newer tradewitness: uv tool upgrade tradewitness",
        )
    well_typed = isinstance(entry.body, dict) and all(isinstance(t, str) for t in (entry.at, entry.kind, nonce))
    if not well_typed or entry.seq != seq:
        raise DamagedArchive(f"Line {seq + 1} of the ledger does not carry its own number.", "Run: tradewitness verify")
    return entry


class Ledger:
    """Reads and appends entries, openings and checkpoints in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries_path = folder / "entries.jsonl"
        self.openings_path = folder / "openings.jsonl"
        self.checkpoints = folder / "checkpoints"

    # -- reading ------------------------------------------------------------------------------------------------

    def lines(self) -> list[bytes]:
        """Every whole line without its newline; a torn tail is not a line (the next append sets it aside)."""
        data = self.entries_path.read_bytes() if self.entries_path.exists() else b""
        return data.split(b"\n")[:-1]

    @property
    def torn(self) -> bool:
        """Whether the last line was cut short."""
        if not self.entries_path.exists() or not self.entries_path.stat().st_size:
            return False
        with self.entries_path.open("rb") as stream:
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) != b"\n"

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """Entries from number `start` on. Raises DamagedArchive at the first line that is not one."""
        for seq, line in enumerate(self.lines()[start:], start):
            yield parse_entry(line, seq)

    def openings(self, strange: list[int] | None = None) -> dict[str, Opening]:
        """Opening by commitment. A line that is none is left out, its number put into `strange`; a torn last one is not."""
        found: dict[str, Opening] = {}
        data = self.openings_path.read_bytes() if self.openings_path.exists() else b""
        for number, line in enumerate(data.split(b"\n")[:-1], 1):
            try:
                record = json.loads(line)
                opening = Opening(record["digest"], record["salt"])
                found[opening.commitment] = opening
                sound = record["commitment"] == opening.commitment
            except (ValueError, KeyError, TypeError, RecursionError):
                sound = False
            if not sound and strange is not None:
                strange.append(number)
        return found

    def leaves(self) -> list[bytes]:
        """The Merkle leaf hashes of all lines."""
        return [merkle.leaf_hash(line) for line in self.lines()]

    def checkpoint_list(self) -> list[Checkpoint]:
        """Every checkpoint that is one, smallest first; a damaged file stops nobody from keeping: `damaged` names it."""
        return sorted((c for c in self._checkpoint_files().values() if c is not None), key=lambda c: c.size)

    def damaged(self) -> list[str]:
        """The files that should be checkpoints and are none, or not the one of their name."""
        return sorted(name for name, checkpoint in self._checkpoint_files().items() if checkpoint is None)

    def _checkpoint_files(self) -> dict[str, Checkpoint | None]:
        found: dict[str, Checkpoint | None] = {}
        for path in self.checkpoints.glob("*.json"):
            if not path.stem.isdigit():
                continue  # such as a copy that a synchronising program made: none of ours
            try:
                checkpoint = read_checkpoint(path)
                found[path.name] = checkpoint if checkpoint.name == path.stem else None
            except DamagedArchive:
                found[path.name] = None
        return found

    def covering(self, seq: int) -> Checkpoint | None:
        """The earliest checkpoint that covers entry `seq`."""
        return next((c for c in self.checkpoint_list() if c.size > seq), None)

    # -- appending (the caller holds the lock) ------------------------------------------------------------------

    def append(self, kind: str, body: Mapping[str, Any], at: datetime, openings: Iterable[Opening] = ()) -> Entry:
        """Adds one entry; its openings reach the disk first, so that a sealed name can always be opened."""
        self.set_tail_aside(at)
        return self._append(kind, body, at, openings)

    def set_tail_aside(self, at: datetime) -> None:
        """Moves a torn last line (a write that a crash cut short) out of the log, with an entry that says so."""
        for path in (self.openings_path, self.entries_path):
            data = path.read_bytes() if path.exists() else b""
            if not data or data.endswith(b"\n"):
                continue
            tail = data[data.rfind(b"\n") + 1 :]
            write_file(self.folder / "set-aside" / f"{sha256(tail)[:16]}.bin", tail)
            with path.open("r+b") as stream:
                stream.truncate(len(data) - len(tail))
                os.fsync(stream.fileno())
            body = {"file": path.name, "size": len(tail), "digest": sha256(tail)}
            self._append("tail.set_aside", body, at, ())

    def _append(self, kind: str, body: Mapping[str, Any], at: datetime, openings: Iterable[Opening]) -> Entry:
        lines = self.lines()
        seq = len(lines)
        stamp = instant(at)
        record = {"v": VERSION, "seq": seq, "at": stamp, "kind": kind, "nonce": secrets.token_hex(16), "body": body}
        line = canonical(record)
        opened = b"".join(
            canonical({"commitment": o.commitment, "digest": o.digest, "salt": o.salt}) + b"\n" for o in openings
        )
        if opened:
            append_line(self.openings_path, opened)
        append_line(self.entries_path, line + b"\n")
        return Entry(seq, stamp, kind, json.loads(line)["body"], line)

    def needs_checkpoint(self) -> bool:
        """Whether entries that are not of the seal itself stand after the newest checkpoint."""
        newest = self.checkpoint_list()
        start = newest[-1].size if newest else 0
        return any(entry.kind not in OF_THE_SEAL for entry in self.entries(start))

    def contradicted(self) -> Checkpoint | None:
        """The earliest checkpoint whose root is not that of the lines it covers, or that covers lines which are gone."""
        checkpoints = self.checkpoint_list()
        roots = merkle.roots_at(self.leaves(), (c.size for c in checkpoints))
        return next((c for c in checkpoints if c.size not in roots or roots[c.size].hex() != c.root), None)

    def make_checkpoint(self, at: datetime) -> Checkpoint:
        """Builds the checkpoint over all lines; `keep_checkpoint` writes it once its signature is there."""
        leaves = self.leaves()
        before = self.checkpoint_list()
        previous = sha256(before[-1].data) if before else ""
        root, stamp = merkle.root(leaves).hex(), instant(at)
        data = canonical({"v": VERSION, "size": len(leaves), "root": root, "at": stamp, "previous": previous})
        return Checkpoint(len(leaves), root, stamp, previous, data)

    def keep_checkpoint(self, checkpoint: Checkpoint, signature: bytes) -> None:
        """Writes the signature first, so that a checkpoint that stands is always a signed one.

        A signature that a crash left without its checkpoint goes: nothing rests on it, and the next one has another size.
        """
        newest = max((one.size for one in self.checkpoint_list()), default=0)
        for path in sorted(self.checkpoints.glob("*.p7s")):
            if path.stem.isdigit() and int(path.stem) > newest and not path.with_suffix(".json").exists():
                path.unlink()
        write_file(self.checkpoints / f"{checkpoint.name}.p7s", signature)
        write_file(self.checkpoints / f"{checkpoint.name}.json", checkpoint.data)


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a file. Raises DamagedArchive when it is not one."""
    try:
        return parse_checkpoint(path.read_bytes())
    except OSError as error:
        raise ArchiveError(f"{path.name} cannot be read: {error.strerror}.", "Check the folder's permissions.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedArchive(f"{path.name} is not a checkpoint.", "Run: tradewitness verify") from error


def parse_checkpoint(data: bytes) -> Checkpoint:
    """The checkpoint in canonical bytes. Raises ValueError, KeyError or TypeError when they are none."""
    record = json.loads(data)
    if record["v"] != VERSION or canonical(record) != data or not isinstance(record["size"], int):
        raise ValueError("not the canonical form of a checkpoint")
    return Checkpoint(record["size"], record["root"], record["at"], record["previous"], data)
