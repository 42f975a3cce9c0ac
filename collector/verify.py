"""Verification of an archive: every object, line, checkpoint, signature and token; the answer is a list of Problems.

Nothing is changed and nothing is opened outside the archive's folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from collector.archive.archive import Archive
from collector.archive.objects import read_object
from collector.archive.records import keys_of, shape_fault
from collector.canonical import canonical, sha256
from collector.errors import DamagedArchive, TradewitnessError
from collector.ledger import merkle
from collector.ledger.log import Checkpoint, Entry, parse_checkpoint, parse_entry
from collector.model import Problem
from collector.seal.signature import verify_signature
from collector.seal.timestamp import TokenReport, verify_token


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """`seal` is timestamped, pending or unsigned; `key` the fingerprint relied on; `tokens` those that hold.

    `notes` are observations that break nothing, such as a clock that went back.
    """

    problems: tuple[Problem, ...]
    seal: str
    key: str
    entries: int
    objects: int
    tokens: tuple[TokenReport, ...]
    notes: tuple[str, ...]


def verify_archive(archive: Archive, progress: Callable[[str, int, int], None] = lambda *_: None) -> ArchiveReport:
    """Checks all that the archive holds. Raises WrongRequest only when there is no archive."""
    try:
        archive.require()
    except DamagedArchive as error:
        return ArchiveReport((Problem("ledger/entries.jsonl", error.message),), "unsigned", "", 0, 0, (), ())
    problems: list[Problem] = []
    entries = _entries(archive, problems)
    digests = _openings(archive, entries, problems)
    counted = _objects(archive, digests, problems, progress)
    keys = keys_of(entries)
    checkpoints = _checkpoints(archive, entries, keys, problems)
    roots = _roots(archive, problems)
    tokens = _tokens(archive, checkpoints, entries, roots, problems)
    seal = _seal(archive, checkpoints, entries, tokens)
    key = keys[-1][1] if keys else ""
    notes = (*_clock_notes(entries), *_key_notes(keys), *_stray_notes(archive, digests))
    return ArchiveReport(tuple(problems), seal, key, len(entries), counted, tuple(tokens.values()), notes)


def _key_notes(keys: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """A changed key is allowed and must be seen: somebody else's copy of the archive would go on with another key."""
    return tuple(
        f"line {after[0] + 1}: the signing key changed from {before[1][:16]}… to {after[1][:16]}…"
        for before, after in pairwise(keys)
    )


def _stray_notes(archive: Archive, digests: Mapping[str, str]) -> tuple[str, ...]:
    """Objects without a record: left by a visit that was cut short, or by records that were cut off the end."""
    names = {path.parent.name + path.name.removesuffix(".zst") for path in archive.objects.files()}
    stray = len(names - set(digests))
    text = f"{stray} kept files are named by no record: visits that were cut short, or records that were taken off the end"
    return (text,) if stray else ()


def _clock_notes(entries: Sequence[Entry]) -> tuple[str, ...]:
    """A machine's clock may be set back; order is what the ledger proves, so this is told and breaks nothing."""
    return tuple(
        f"line {after.seq + 1}: the machine's clock went back from {before.at} to {after.at}"
        for before, after in pairwise(entries)
        if after.at < before.at
    )


def _entries(archive: Archive, problems: list[Problem]) -> list[Entry]:
    """Every entry that parses; each fault is named by its line."""
    entries: list[Entry] = []
    data = archive.ledger.entries_path.read_bytes()
    if data and not data.endswith(b"\n"):
        problems.append(
            Problem("ledger/entries.jsonl", "the last line is torn: a write was cut short; the next one sets it aside")
        )
    for seq, line in enumerate(archive.ledger.lines()):
        where = f"ledger/entries.jsonl line {seq + 1}"
        try:
            entry = parse_entry(line, seq)
        except DamagedArchive as error:
            problems.append(Problem(where, error.message))
            continue
        if _canonical_or_none(line) != line:
            problems.append(Problem(where, "is not in canonical form: it was re-encoded"))
        fault = shape_fault(entry)
        if fault:
            problems.append(Problem(where, fault))
        else:
            entries.append(entry)
    if not entries or entries[0].kind != "archive.created":
        problems.append(Problem("ledger/entries.jsonl", "does not begin with the archive's creation"))
    return entries


def _canonical_or_none(line: bytes) -> bytes | None:
    import json

    try:
        return canonical(json.loads(line))
    except (ValueError, TypeError, RecursionError):
        return None


def commitments_of(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The commitments that an entry's body names, each with what it stands for."""
    if "commitment" in body:
        yield str(body["commitment"]), str(body.get("name", "file"))
    for part in ("artefacts", "renderings"):
        for record in body.get(part, ()):
            yield str(record["commitment"]), str(record.get("role") or record.get("path"))


def _openings(archive: Archive, entries: Sequence[Entry], problems: list[Problem]) -> dict[str, str]:
    """Digest → what it is, for every sealed artefact; a commitment that nothing opens is a problem."""
    openings = archive.ledger.openings()
    digests: dict[str, str] = {}
    for entry in entries:
        for commitment, what in commitments_of(entry.body):
            opening = openings.get(commitment)
            if opening is None:
                where = f"ledger/openings.jsonl for line {entry.seq + 1}"
                problems.append(Problem(where, f"the opening of its {what} is missing or changed"))
            else:
                digests.setdefault(opening.digest, f"{what} of ledger line {entry.seq + 1}")
    return digests


def _objects(
    archive: Archive, digests: Mapping[str, str], problems: list[Problem], progress: Callable[[str, int, int], None]
) -> int:
    """Reads every stored object once and compares its hash with its name."""
    present: set[str] = set()
    paths = list(archive.objects.files())
    with ThreadPoolExecutor(2) as pool:
        for done, (path, digest) in enumerate(zip(paths, pool.map(_digest_of, paths), strict=True), 1):
            name = path.parent.name + path.name.removesuffix(".zst")
            where = f"objects/{path.parent.name}/{path.name}"
            if path.suffix == ".damaged":
                problems.append(Problem(where, "was found damaged and set aside; a whole copy was kept again since"))
            elif digest != name:
                what = digests.get(name, "nothing in the ledger")
                problems.append(Problem(where, f"has changed: its bytes no longer match their name ({what})"))
                present.add(name)
            else:
                present.add(digest)
            progress("objects", done, len(paths))
    for digest, what in digests.items():
        if digest not in present:
            problems.append(Problem(f"objects/{digest[:2]}/{digest[2:]}", f"is missing ({what})"))
    return len(paths)


def _digest_of(path: Path) -> str:
    try:
        data = read_object(path)
    except OSError:
        return ""
    return "" if data is None else sha256(data)


def _checkpoints(
    archive: Archive, entries: Sequence[Entry], keys: Sequence[tuple[int, str]], problems: list[Problem]
) -> list[Checkpoint]:
    leaves = archive.ledger.leaves()
    found: list[Checkpoint] = []
    previous = ""
    paths = sorted(archive.ledger.checkpoints.glob("*.json")) if archive.ledger.checkpoints.exists() else []
    for path in paths:
        where = f"ledger/checkpoints/{path.name}"
        data = path.read_bytes()
        try:
            checkpoint = parse_checkpoint(data)
        except (ValueError, KeyError, TypeError):
            problems.append(Problem(where, "is not a checkpoint in canonical form"))
            continue
        if path.stem != checkpoint.name:
            problems.append(Problem(where, f"is named {path.stem} and speaks of {checkpoint.size} lines"))
        if checkpoint.size > len(leaves):
            problems.append(
                Problem(where, f"covers {checkpoint.size} lines, and the ledger has {len(leaves)}: lines are missing")
            )
        elif merkle.root(leaves[: checkpoint.size]).hex() != checkpoint.root:
            problems.append(Problem(where, "its root does not fit the ledger's lines: a line was changed, added or removed"))
        if checkpoint.previous != previous:
            problems.append(Problem(where, "does not follow the checkpoint before it: one is missing or was replaced"))
        previous = sha256(data)
        found.append(checkpoint)
        expected = next((key for seq, key in reversed(keys) if seq < checkpoint.size), "")
        problems += _signature_problems(path, data, expected)
    named = {path.stem for path in paths}
    if archive.ledger.checkpoints.exists():
        for stray in sorted(archive.ledger.checkpoints.iterdir()):
            name, _, rest = stray.name.partition(".")
            # A crash between signature and checkpoint leaves the newest signature alone: nothing rests on it yet.
            unfinished = rest == "p7s" and name > max(named, default="")
            if name not in named and not unfinished and not stray.name.startswith("."):
                problems.append(Problem(f"ledger/checkpoints/{stray.name}", "belongs to a checkpoint that is not there"))
    return found


def _signature_problems(path: Path, data: bytes, expected_key: str) -> list[Problem]:
    signature = path.with_suffix(".p7s")
    where = f"ledger/checkpoints/{signature.name}"
    if not signature.exists():
        return [Problem(where, "is missing: the checkpoint is not signed")]
    report = verify_signature(data, signature.read_bytes())
    problems = [Problem(where, text) for text in report.problems]
    if not problems and report.fingerprint != expected_key:
        problems.append(
            Problem(where, f"is signed by key {report.fingerprint[:16]}…, and the ledger names {expected_key[:16]}…")
        )
    return problems


def _roots(archive: Archive, problems: list[Problem]) -> list[str]:
    from collector.seal.authorities import PUBLIC

    try:
        configured = [authority.root_pem for authority in archive.config.authorities]
    except TradewitnessError as error:
        problems.append(Problem("config.toml", error.message))
        configured = []
    return [*configured, *(authority.root_pem for authority in PUBLIC)]


def _tokens(
    archive: Archive,
    checkpoints: Sequence[Checkpoint],
    entries: Sequence[Entry],
    roots: Sequence[str],
    problems: list[Problem],
) -> dict[str, TokenReport]:
    """Valid tokens by file name, each checked against the signature it stamps and the entry that received it."""
    valid: dict[str, TokenReport] = {}
    received = {
        f"{e.body['checkpoint']:06d}.{e.body['authority']}.tsr": e for e in entries if e.kind == "timestamp.received"
    }
    present: set[str] = set()
    for checkpoint in checkpoints:
        signature = archive.ledger.checkpoints / f"{checkpoint.name}.p7s"
        for path in sorted(archive.ledger.checkpoints.glob(f"{checkpoint.name}.*.tsr")):
            present.add(path.name)
            where = f"ledger/checkpoints/{path.name}"
            token = path.read_bytes()
            report = verify_token(token, signature.read_bytes() if signature.exists() else b"", roots)
            problems += [Problem(where, text) for text in report.problems]
            entry = received.get(path.name)
            if entry is not None and entry.body["token"] != sha256(token):
                problems.append(Problem(where, f"is not the token that ledger line {entry.seq + 1} received"))
            elif not report.problems:
                valid[path.name] = report
    for name, entry in received.items():
        if name not in present:
            problems.append(Problem(f"ledger/checkpoints/{name}", f"is missing; ledger line {entry.seq + 1} received it"))
    return valid


def _seal(
    archive: Archive, checkpoints: Sequence[Checkpoint], entries: Sequence[Entry], tokens: Mapping[str, TokenReport]
) -> str:
    """What the newest lines have: a line that no signed checkpoint covers makes the whole answer `unsigned`."""
    if not checkpoints:
        return "unsigned"
    newest = checkpoints[-1]
    if any(e.seq >= newest.size and e.kind != "timestamp.received" for e in entries):
        return "unsigned"
    if not (archive.ledger.checkpoints / f"{newest.name}.p7s").exists():
        return "unsigned"
    return "timestamped" if any(name.startswith(newest.name + ".") for name in tokens) else "pending"
