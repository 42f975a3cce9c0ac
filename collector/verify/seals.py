"""Checkpoints, their signatures and their tokens, held against the ledger's lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from collector.archive.archive import Archive
from collector.archive.records import received_files
from collector.archive.revoked import RENEWED, told_of_certificates
from collector.archive.roots import known_roots
from collector.archive.sealing import STAGED
from collector.canonical import sha256
from collector.errors import TradewitnessError
from collector.ledger import merkle
from collector.ledger.checkpoint import MALFORMED, Checkpoint, checkpoint_name
from collector.ledger.disk import systems_hint
from collector.ledger.log import Entry
from collector.model import Problem
from collector.seal.der import MalformedDer
from collector.seal.revocation import RevocationInfo, RevocationStatement, condensed, read_answer
from collector.seal.signature import verify_signature
from collector.seal.standing import PlacedToken, ProofTerm, proof_terms
from collector.seal.timestamp import TokenReport, verify_token, with_revocation
from collector.verify.checking import Checking, checked

_MOST_BYTES = 1 << 20  # of a checkpoint, a signature or a token; real ones have a few thousand
_RECEIVED = re.compile(r"[a-z0-9][a-z0-9-]*\.(tsr|[1-9]\.(ocsp|crl))")


def check_checkpoints(
    archive: Archive, lines: Sequence[bytes], keys: Sequence[tuple[int, str]]
) -> Checking[list[Checkpoint]]:
    """Returns every checkpoint that is one, smallest first: its root, what it follows, and its signature are checked."""
    folder = archive.ledger.checkpoints
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    found: list[Checkpoint] = []
    for name in names:
        if name.endswith(".json") and (read := (yield from _read(folder / name))) is not None:
            found.append(read)
    found.sort(key=lambda checkpoint: checkpoint.size)
    roots = merkle.roots_at((merkle.leaf_hash(line) for line in lines), [c.size for c in found])
    previous = ""
    for checkpoint in found:
        where = f"ledger/checkpoints/{checkpoint.name}.json"
        if checkpoint.size not in roots:
            text = f"covers {checkpoint.size} lines, and the ledger has {len(lines)}: lines are missing"
            yield Problem(where, text)
        elif roots[checkpoint.size].hex() != checkpoint.root:
            yield Problem(where, "its root does not fit the ledger's lines: a line was changed, added or removed")
        if checkpoint.previous != previous:
            yield Problem(where, "does not follow the checkpoint before it: one is missing or was replaced")
        previous = sha256(checkpoint.data)
        expected = next((key for seq, key in reversed(keys) if seq < checkpoint.size), "")
        yield from _signature_problems(folder / f"{checkpoint.name}.p7s", checkpoint.data, expected)
    yield from _strays(names)
    return found


def _read(path: Path) -> Checking[Checkpoint | None]:
    where = f"ledger/checkpoints/{path.name}"
    data = yield from _bounded(path)
    if data is None:
        return None
    try:
        checkpoint = Checkpoint.parse(data)
    except MALFORMED:
        yield Problem(where, "is not a checkpoint in canonical form")
        return None
    if path.stem != checkpoint.name:
        yield Problem(where, f"is named {path.stem} and speaks of {checkpoint.size} lines")
        return None
    return checkpoint


def _bounded(path: Path) -> Checking[bytes | None]:
    """Returns a small plain file's bytes; None, with a problem, where it is a link, too large, or cannot be read."""
    where = f"ledger/checkpoints/{path.name}"
    try:
        if path.is_symlink() or not path.is_file():
            yield Problem(where, "is not a plain file")
        elif path.stat().st_size > _MOST_BYTES:
            yield Problem(where, "is too large to be what its name says")
        else:
            return path.read_bytes()
    except OSError as error:
        yield Problem(where, f"cannot be read: {error.strerror}")
    return None


def _strays(names: Sequence[str]) -> Iterator[Problem]:
    """Files of the folder that belong to no checkpoint. A crash between a signature and its checkpoint leaves the newest
    signature alone: nothing rests on it yet.
    """
    known = {name.removesuffix(".json") for name in names if name.endswith(".json")}
    newest = max(known, default="", key=lambda stem: (len(stem), stem))
    for name in names:
        stem, _, rest = name.partition(".")
        unfinished = rest == "p7s" and (len(stem), stem) > (len(newest), newest)
        belongs = rest in ("json", "p7s") or _RECEIVED.fullmatch(rest.removesuffix(STAGED))
        if name.startswith(".") and name.endswith(".part"):
            continue
        if not belongs:
            text = f"was added: the archive did not put it there{systems_hint(name)}"
            yield Problem(_where(name), text)
        elif stem not in known and not unfinished:
            yield Problem(_where(name), "belongs to a checkpoint that is not there")


def _signature_problems(signature: Path, data: bytes, expected_key: str) -> Checking[None]:
    where = _where(signature.name)
    if not signature.exists() and not signature.is_symlink():
        yield Problem(where, "is missing: the checkpoint is not signed")
        return
    signed = yield from _bounded(signature)
    if signed is None:
        return
    report = verify_signature(data, signed)
    yield from (Problem(where, text) for text in report.problems)
    if not report.problems and report.fingerprint != expected_key:
        yield Problem(where, f"is signed by key {report.fingerprint[:16]}…, and the ledger names {expected_key[:16]}…")


def trusted_roots(archive: Archive, entries: Sequence[Entry]) -> Checking[list[str]]:
    """Returns the root certificates that tokens may lead to: those in config.toml, the public ones, and kept ones."""
    path = archive.config_path
    if path.is_symlink() or (path.exists() and not path.is_file()):
        yield Problem("config.toml", "is not a plain file: nothing outside the archive is read")
        return known_roots((), entries)
    try:
        return known_roots(archive.config.authorities, entries)
    except TradewitnessError as error:
        yield Problem("config.toml", error.message)
        return known_roots((), entries)


def check_tokens(
    archive: Archive,
    checkpoints: Sequence[Checkpoint],
    entries: Sequence[Entry],
    roots: Sequence[str],
) -> Checking[dict[str, TokenReport]]:
    """Returns the tokens that hold, by file name: each stamps the signature beside it, is the one that a record received,
    and by what was said then and since no certificate above it was revoked.
    """
    received = {token_name(entry): entry for entry in entries if entry.kind == "timestamp.received"}
    digests = {name: (digest, e) for e in received.values() for name, digest in received_files(e).items()}
    files, foreign = checked(_received_files(archive, digests, {checkpoint.name for checkpoint in checkpoints}))
    reports: dict[str, TokenReport] = {}
    for name, data in files.items():
        signature = archive.ledger.checkpoints / f"{name.partition('.')[0]}.p7s"
        if not name.endswith(".tsr") or not signature.is_file():
            continue
        reports[name] = verify_token(data, signature.read_bytes(), roots)
        yield from (Problem(_where(name), text) for text in reports[name].problems)
    said = yield from _said(files, reports)
    said = condensed((*said, *told_of_certificates(archive, entries, archive.ledger.opening)))
    yield from foreign
    yield from _renewed(entries, received)
    valid: dict[str, TokenReport] = {}
    for name, report in reports.items():
        if name not in received or sha256(files[name]) != received[name].body["token"] or report.problems:
            continue
        valid[name] = with_revocation(report, said)
        yield from (Problem(_where(name), f"does not count: {text}") for text in valid[name].problems)
    return {name: report for name, report in valid.items() if not report.problems}


def _renewed(entries: Sequence[Entry], received: Mapping[str, Entry]) -> Iterator[Problem]:
    """What says that a token was stamped anew must name the one that a record before it received."""
    for entry in entries:
        if entry.kind != RENEWED:
            continue
        name = f"{checkpoint_name(entry.body['checkpoint'])}.{entry.body['authority']}.tsr"
        token = received.get(name)
        if token is None or token.seq > entry.seq or token.body["token"] != entry.body["token"]:
            text = f"says that {name} was stamped anew, and names another token than the ledger received"
            yield Problem(f"ledger/entries.jsonl line {entry.seq + 1}", text)


def terms_of(reports: Mapping[str, TokenReport], entries: Sequence[Entry]) -> tuple[ProofTerm, ...]:
    """Until when the tokens that hold are proven, by file name, each by itself or by those that stamped it anew."""
    placed = []
    for entry in entries:
        if entry.kind == "timestamp.received" and (name := token_name(entry)) in reports:
            size = int(entry.body["checkpoint"])
            placed.append(PlacedToken(name, size, max(entry.seq, size), reports[name]))
    return proof_terms({token.name: token for token in placed}.values())


def _received_files(
    archive: Archive, digests: Mapping[str, tuple[str, Entry]], stems: set[str]
) -> Checking[dict[str, bytes]]:
    """Returns the bytes of every token, and of every answer on revocation; one that no record received is named."""
    names = sorted(path.name for path in archive.ledger.checkpoints.iterdir()) if stems else []
    found = {name: name for name in names if _RECEIVED.fullmatch(name.partition(".")[2])}
    # A crash may leave a file whose entry is written under its staged name; without an entry nothing rests on it.
    staged = {name.removesuffix(STAGED): name for name in names if name.endswith(STAGED)}
    found |= {name: file for name, file in staged.items() if name not in found and name in digests}
    files: dict[str, bytes] = {}
    for name, file in sorted(found.items()):
        if name.partition(".")[0] not in stems:
            continue  # named already: its checkpoint is not there
        data = yield from _bounded(archive.ledger.checkpoints / file)
        if data is None:
            continue
        files[name] = data
        if name not in digests:
            text = "was added, or the ledger's end was cut off: no line says that it was received"
            yield Problem(_where(file), text)
        elif digests[name][0] != sha256(data):
            kind = "token" if name.endswith(".tsr") else "answer"
            yield Problem(_where(file), f"is not the {kind} that ledger line {digests[name][1].seq + 1} received")
    for name, (_, entry) in digests.items():
        if name not in found:
            yield Problem(_where(name), f"is missing; ledger line {entry.seq + 1} received it")
    return files


def _said(files: Mapping[str, bytes], reports: Mapping[str, TokenReport]) -> Checking[tuple[RevocationStatement, ...]]:
    """Returns what all answers say of the certificates above the tokens beside them; a later one speaks of earlier tokens,
    too.
    """
    said: list[RevocationStatement] = []
    for name, data in files.items():
        stem, authority, *answer = name.split(".")
        report = reports.get(f"{stem}.{authority}.tsr")
        if name.endswith(".tsr") or report is None or not report.certificates_pem:
            continue
        try:
            said.append(read_answer(RevocationInfo(".".join(answer), data), report.path))
        except MalformedDer as error:
            yield Problem(_where(name), f"says nothing of the certificates of the token beside it: {error}")
    return tuple(said)


def _where(name: str) -> str:
    return f"ledger/checkpoints/{name}"


def token_name(entry: Entry) -> str:
    """The file of the token that an entry says was received."""
    return next(iter(received_files(entry)))
