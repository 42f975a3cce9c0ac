"""All that an archive holds, checked: every line, object, checkpoint, signature and token, each fault at its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from collector.archive.archive import Archive
from collector.archive.index import ReadFacts, ReadSaved
from collector.archive.records import keys_of, shape_fault
from collector.canonical import canonical, sha256_file
from collector.errors import DamagedArchive
from collector.ledger.anchor import Anchor, disagreements
from collector.ledger.checkpoint import Checkpoint
from collector.ledger.disk import systems_hint
from collector.ledger.log import OF_THE_SEAL, Entry, parse_entry
from collector.model import Problem
from collector.progress import CountProgress
from collector.seal.standing import ProofTerm, furthest
from collector.seal.timestamp import TokenReport
from collector.verify.checking import Checking, checked
from collector.verify.clocks import clock_notes, time_problems
from collector.verify.derived import check_catalogue, check_index
from collector.verify.seals import check_checkpoints, check_tokens, terms_of, token_name, trusted_roots
from collector.verify.stored import SealedArtefact, check_objects

_MOST_BYTES = 2 << 30  # of the ledger: some two million records
_MOST_LINE, _LEAST_LINE = 32 << 20, 64  # a record is never as long, nor are many as short
_MOST_WRONG = 1000  # lines that are no records: nobody reads more of them
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """`seal` is timestamped, pending or unsigned; `key` the fingerprint relied on; `tokens` those that hold.

    `notes` are findings that break nothing, such as a clock that was wrong. `terms` say until when each of the tokens proves
    its time.
    """

    problems: tuple[Problem, ...]
    seal: str
    key: str
    entries: int
    objects: int
    tokens: tuple[TokenReport, ...]
    notes: tuple[str, ...]
    terms: tuple[ProofTerm, ...] = ()

    @property
    def term(self) -> ProofTerm | None:
        """That of the newest checkpoint with a token, by the one that reaches furthest; it carries on those before."""
        newest = max((int(term.name.partition(".")[0]) for term in self.terms), default=0)
        return furthest(term for term in self.terms if int(term.name.partition(".")[0]) == newest)


def verify_archive(
    archive: Archive,
    progress: CountProgress = lambda *_: None,
    *,
    against: Anchor | None = None,
    readers: tuple[ReadFacts, ReadSaved] | None = None,
) -> ArchiveReport:
    """Checks all that the archive holds, and against what somebody else holds of it. WrongRequest when there is none.

    With `readers`, the index's facts are read again from the stored bytes.
    """
    try:
        archive.require()
    except DamagedArchive as error:
        return ArchiveReport((Problem("ledger/entries.jsonl", error.message),), "unsigned", "", 0, 0, (), ())
    archive = archive.unwritten()
    if unreadable := tuple(_unreadable(archive)):
        return ArchiveReport(unreadable, "unsigned", "", 0, 0, (), ())
    found, problems = checked(_check(archive, progress, against, readers))
    seal = _seal(found, problems, archive.clock.now())
    return ArchiveReport(
        tuple(dict.fromkeys(problems)), seal, found.keys[-1][1] if found.keys else "", len(found.entries),
        found.objects, tuple(found.tokens.values()), found.notes, found.terms,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _ArchiveContents:
    """What was read while it was checked; `tokens` are those that hold, by file name, `terms` until when they prove it."""

    entries: tuple[Entry, ...]
    keys: tuple[tuple[int, str], ...]
    objects: int
    checkpoints: tuple[Checkpoint, ...]
    tokens: Mapping[str, TokenReport]
    notes: tuple[str, ...]
    terms: tuple[ProofTerm, ...]


def _check(
    archive: Archive, progress: CountProgress, against: Anchor | None, readers: tuple[ReadFacts, ReadSaved] | None
) -> Checking[_ArchiveContents]:
    lines = archive.ledger.lines()
    entries = yield from _entries(archive, lines)
    keys = tuple(keys_of(entries))
    sealed = yield from _sealed(archive, entries)
    counted, stray = yield from check_objects(archive.objects.folders, sealed, progress)
    yield from _strays(archive)
    set_aside = yield from _set_aside(archive, entries)
    checkpoints = yield from check_checkpoints(archive, lines, keys)
    roots = yield from trusted_roots(archive, entries)
    tokens = yield from check_tokens(archive, checkpoints, entries, roots)
    received = {e.seq: tokens[name] for e in entries if e.kind == "timestamp.received" and (name := token_name(e)) in tokens}
    yield from time_problems(entries, received)
    terms = terms_of(tokens, entries)
    yield from _ended(checkpoints, terms, archive.clock.now())
    if against is not None:
        yield from disagreements(against, lines, keys)
    unsure = yield from check_index(archive, *(readers or ()))
    yield from check_catalogue(archive)
    notes = (*clock_notes(entries, received), *_key_notes(keys), *_stray_notes(stray), *set_aside, *unsure)
    return _ArchiveContents(tuple(entries), keys, counted, tuple(checkpoints), tokens, notes, terms)


def _unreadable(archive: Archive) -> Iterator[Problem]:
    """What cannot be read as a file of a ledger without leaving the archive, waiting for ever, or filling the memory."""
    ledger = archive.ledger
    folders = (ledger.folder, ledger.checkpoints, *archive.objects.folders)
    for path in (*folders, ledger.entries_path, ledger.openings_path):
        where = path.relative_to(archive.root).as_posix()
        if path.is_symlink():
            yield Problem(where, "is a link: nothing outside the archive is read")
        elif path.exists() and path.suffix == ".jsonl" and not path.is_file():
            yield Problem(where, "is not a plain file")
        elif path.is_file() and path.stat().st_size > _MOST_BYTES:
            yield Problem(where, f"is too large to be one ({path.stat().st_size:,} bytes)")
        elif path.suffix == ".jsonl" and path.is_file() and not _has_records(path):
            yield Problem(where, "is no list of records: its lines are too long, or too many")


def _has_records(path: Path) -> bool:
    """Whether a file's lines have a length that records have: others, made to fill the memory, are never read."""
    lines = size = alone = 0
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            ends = piece.count(b"\n")
            lines, size, alone = lines + ends, size + len(piece), 0 if ends else alone + len(piece)
            if alone > _MOST_LINE or lines > _MOST_WRONG + size // _LEAST_LINE:
                return False
    return True


def _entries(archive: Archive, lines: Sequence[bytes]) -> Checking[list[Entry]]:
    """Returns every entry that parses; each fault is named by its line."""
    entries: list[Entry] = []
    wrong = int(archive.ledger.torn)
    if wrong:
        yield Problem("ledger/entries.jsonl", "the last line is torn: a write was cut short; the next one sets it aside")
    for seq, line in enumerate(lines):
        if wrong > _MOST_WRONG:
            yield Problem("ledger/entries.jsonl", f"was not read beyond line {seq}: too much is wrong")
            break
        entry, faults = _entry(line, seq)
        wrong += len(faults)
        yield from (Problem(f"ledger/entries.jsonl line {seq + 1}", fault) for fault in faults)
        if entry is not None:
            entries.append(entry)
    if not entries or entries[0].kind != "archive.created":
        yield Problem("ledger/entries.jsonl", "does not begin with the archive's creation")
    return entries


def _entry(line: bytes, seq: int) -> tuple[Entry | None, list[str]]:
    """The entry of a line, None where it is none, and what is wrong with it."""
    try:
        entry = parse_entry(line, seq)
    except DamagedArchive as error:
        return None, [error.message]
    faults = [] if _canonical_or_none(line) == line else ["is not in canonical form: it was re-encoded"]
    fault = shape_fault(entry)
    return (None, [*faults, fault]) if fault else (entry, faults)


def _canonical_or_none(line: bytes) -> bytes | None:
    try:
        return canonical(json.loads(line))
    except (ValueError, TypeError, RecursionError):
        return None


def commitments_of(body: Mapping[str, Any]) -> Iterator[tuple[str, SealedArtefact]]:
    """The commitments that an entry's body names, each with what it stands for."""
    if "commitment" in body:
        yield str(body["commitment"]), SealedArtefact(str(body.get("name", "file")), _size(body))
    for part in ("artefacts", "renderings", "parts"):
        for record in body.get(part, ()):
            what = record.get("role") or record.get("path") or record.get("name")
            yield str(record["commitment"]), SealedArtefact(str(what), _size(record))


def _size(record: Mapping[str, Any]) -> int:
    size = record.get("size")
    return size if isinstance(size, int) and size >= 0 else -1


def _sealed(archive: Archive, entries: Sequence[Entry]) -> Checking[dict[str, SealedArtefact]]:
    """Returns digest → what it is, for every sealed artefact; a commitment that nothing opens is a problem."""
    openings, strange = archive.ledger.opening_lines()
    text = "is not an opening as it was written: it was added or changed"
    yield from (Problem(f"ledger/openings.jsonl line {number}", text) for number in strange[:_MOST_WRONG])
    digests: dict[str, SealedArtefact] = {}
    for entry in entries:
        for commitment, record in commitments_of(entry.body):
            opening = openings.get(commitment)
            if opening is None:
                where = f"ledger/openings.jsonl for line {entry.seq + 1}"
                yield Problem(where, f"the opening of its {record.what} is missing or changed")
            else:
                digests.setdefault(
                    opening.digest, SealedArtefact(f"{record.what} of ledger line {entry.seq + 1}", record.size)
                )
    return digests


def _strays(archive: Archive) -> Iterator[Problem]:
    """What lies in the ledger's folder and is no part of it. A write that was cut short is none: nothing rests on it."""
    ledger = archive.ledger
    known = (ledger.entries_path.name, ledger.openings_path.name, ledger.checkpoints.name, "set-aside")
    for name in sorted(path.name for path in ledger.folder.iterdir()):
        if name not in known and not (name.startswith(".") and name.endswith(".part")):
            yield Problem(f"ledger/{name}", f"was added: the archive did not put it there{systems_hint(name)}")


def _set_aside(archive: Archive, entries: Sequence[Entry]) -> Checking[list[str]]:
    """Torn tails that were moved out of the log are held against the entries that say so. Returns notes on those without."""
    folder = archive.ledger.folder / "set-aside"
    there = {path.name: path for path in folder.iterdir()} if folder.is_dir() and not folder.is_symlink() else {}
    said = {f"{str(e.body.get('digest', ''))[:16]}.bin": e for e in entries if e.kind == "tail.set_aside"}
    for name, entry in said.items():
        where = f"ledger/set-aside/{name}"
        path = there.get(name)
        if path is None:
            yield Problem(where, f"is missing; ledger line {entry.seq + 1} set it aside")
        elif path.is_symlink() or not path.is_file() or sha256_file(path) != entry.body.get("digest"):
            yield Problem(where, f"has changed since ledger line {entry.seq + 1} set it aside")
    unsaid = [name for name in there if name not in said and not name.endswith(".part")]
    return [f"ledger/set-aside/{name}: no record says when it was set aside" for name in sorted(unsaid)]


def _key_notes(keys: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """A changed key is allowed and must be seen: somebody else's copy of the archive would go on with another key."""
    return tuple(
        f"line {after[0] + 1}: the signing key changed from {before[1][:16]}… to {after[1][:16]}…"
        for before, after in pairwise(keys)
    )


def _stray_notes(stray: int) -> tuple[str, ...]:
    """Objects without a record: left by a visit that was cut short, or by records that were cut off the end."""
    text = f"{stray} kept files are named by no record: visits that were cut short, or records that were taken off the end"
    return (text,) if stray else ()


def _of_newest(found: Sequence[Checkpoint], terms: Sequence[ProofTerm]) -> list[ProofTerm]:
    return [term for term in terms if term.name.partition(".")[0] == found[-1].name] if found else []


def _ended(checkpoints: Sequence[Checkpoint], terms: Sequence[ProofTerm], at: datetime) -> Iterator[Problem]:
    """The newest checkpoint's timestamps, where none proves its time any more.

    Of an earlier checkpoint whose own have ended, a later one's still say by when it was there.
    """
    newest = _of_newest(checkpoints, terms)
    if newest and not any(term.stands(at) for term in newest):
        last = max(newest, key=lambda term: term.until)
        yield Problem(f"ledger/checkpoints/{last.name}", last.ended)


def _seal(found: _ArchiveContents, problems: Sequence[Problem], at: datetime) -> str:
    """What the newest lines have: one that no checkpoint with a signature that holds covers makes it all `unsigned`."""
    if not found.checkpoints:
        return "unsigned"
    newest = found.checkpoints[-1]
    if any(e.seq >= newest.size and e.kind not in OF_THE_SEAL for e in found.entries):
        return "unsigned"
    seal = {f"ledger/checkpoints/{newest.name}{suffix}" for suffix in (".json", ".p7s")}
    if seal & {problem.where for problem in problems}:
        return "unsigned"
    return "timestamped" if any(term.stands(at) for term in _of_newest(found.checkpoints, found.terms)) else "pending"
