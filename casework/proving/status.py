"""The seal as a person asks for it: what is sealed and timestamped by now, asking again, and a checkpoint to give away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from casework.workspace import Workspace
from collector.archive.records import KEY_KINDS, keys_of
from collector.archive.renewal import ArchiveTerm, archive_term, renew
from collector.archive.revoked import KIND as REVOKED
from collector.archive.revoked import counts, known_revocations
from collector.archive.sealing import (
    NOBODY_ASKED,
    SealState,
    is_signed,
    received_for,
    seal,
    signature_of,
    signing_key,
    stamped_by,
    token_path,
)
from collector.archive.witness import is_witness, witness_file
from collector.capture.masking import RULES
from collector.errors import ArchiveError, DamagedArchive, WrongRequest
from collector.ledger.checkpoint import Checkpoint
from collector.ledger.disk import write_file
from collector.ledger.log import OF_THE_SEAL, Entry
from collector.progress import Progress
from collector.seal.revocation import RevocationStatement
from collector.verify.clocks import clock_note

_KEPT = ("snapshot", "file.added", "fact.asserted", "pack.made")


@dataclass(frozen=True, slots=True)
class StampedCheckpoint:
    """A checkpoint: how many records it covers, its root, when it was made, and authority and time (ISO) of its tokens.

    `unknown` are the authorities of which it is not known whether their certificates were revoked by then.
    """

    size: int
    root: str
    at: str
    tokens: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SnapshotSeal:
    """Line `number` of the ledger, counted from 0, names a visit; `checkpoint` seals it, None where none does yet."""

    number: int
    checkpoint: StampedCheckpoint | None


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """What is sealed. `seal` is the weakest of what `counts` has: timestamped, pending (signed, no token), unsigned.

    `waiting` are what was kept and is not timestamped yet: word, description. `missing` names authorities that have not
    answered for the newest checkpoint; `notes` are findings about the clock; `signer` whom the certificates of its
    signature name: the holder, then who certified whom. `term` says until when the time of what is timestamped is proven.
    """

    archive: Path
    seal: str
    counts: Mapping[str, int]
    waiting: tuple[tuple[str, str], ...]
    newest: StampedCheckpoint | None
    missing: tuple[str, ...]
    key: str
    notes: tuple[str, ...]
    signer: tuple[str, ...] = ()
    term: ArchiveTerm | None = None
    soon: bool = False


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """What asking again brought; `path` is the checkpoint written for a third party, None where none was asked for.

    Where all was stamped anew, `before` says until when its time was proven until then.
    """

    seal: SealState
    status: StatusAnswer
    path: Path | None = None
    before: ArchiveTerm | None = None


def status(ws: Workspace) -> StatusAnswer:
    """What is timestamped, what waits for a timestamp, and what is not sealed; nothing is asked for or changed.

    It tells what the records say; whether they are whole, `verify` tells.
    """
    ws.archive.require()
    ledger = ws.archive.ledger
    refused = list(ledger.entries(kinds=(REVOKED,)))
    signed = _signed_newest_first(ws, known_revocations(ws.archive))
    newest = next(signed, None)
    sealed = newest.size if newest else 0
    stamped = next((c.size for c in chain([newest] if newest else [], signed) if c.tokens), 0)
    stretches = {"timestamped": (0, stamped), "pending": (stamped, sealed), "unsigned": (sealed, ledger.size)}
    counts = {word: ledger.count(*stretch, but=OF_THE_SEAL) for word, stretch in stretches.items()}
    waiting = tuple(
        (word, _described(e)) for word in ("pending", "unsigned") for e in ledger.entries(*stretches[word], kinds=_KEPT)
    )
    overall = next((word for word in ("unsigned", "pending", "timestamped") if counts[word]), "unsigned")
    missing = tuple(a.name for a in ws.archive.config.authorities if newest and a.name not in dict(newest.tokens))
    keys = keys_of(ledger.entries(kinds=KEY_KINDS))
    notes = (
        *(clock_note(seq, fault) for seq, fault in ledger.clock_faults()),
        *(f"line {e.seq + 1}: {e.body['why']}" for e in refused),
        *(f"ledger/checkpoints/{name} is damaged: run `tradewitness verify`" for name in ws.archive.ledger.damaged()),
        *_masked_before(ws),
        *(() if ws.archive.config.authorities else (NOBODY_ASKED.format(ws.archive.config_path),)),
    )
    key, signer = keys[-1][1] if keys else "", _signer(ws)
    term = archive_term(ws.archive)
    soon = term is not None and term.ends_soon(ws.clock.now())
    return StatusAnswer(ws.archive.root, overall, counts, waiting, newest, missing, key, notes, signer, term, soon)


def _masked_before(ws: Workspace) -> Iterator[str]:
    """What was kept when less was known to be a secret."""
    if waiting := ws.index.masked_before(RULES):
        yield (
            f"{len(waiting)} kept visit(s) were masked by earlier rules and may hold what this version would mask: "
            "run `tradewitness remask` before you hand over a pack"
        )


def _signer(ws: Workspace) -> tuple[str, ...]:
    """Whom the certificates of the newest checkpoint's signature name; nobody where it is gone, which `verify` tells."""
    from collector.seal.signature import verify_signature

    newest = ws.archive.ledger.newest()
    path = ws.archive.ledger.checkpoints / f"{newest.name if newest else ''}.p7s"
    return verify_signature(newest.data, path.read_bytes()).names if newest and path.is_file() else ()


def stamp(ws: Workspace, witness: Path | None, progress: Progress, *, anew: bool = False) -> WitnessAnswer:
    """Seals what is new, asks again for the tokens that are missing, and writes the newest checkpoint for a third party.

    With `anew` all is stamped anew, whether that is due or not.
    """
    ws.archive.require()
    place = _place(witness) if witness else None
    before = archive_term(ws.archive) if anew else None
    sealed = (renew if anew else seal)(ws.archive, signing_key(ws.archive, ws.user), progress)
    if place is None:
        return WitnessAnswer(sealed, status(ws), before=before)
    newest = ws.archive.ledger.newest()
    if newest is None:
        raise DamagedArchive("No checkpoint of this archive can be read.", "Run: tradewitness verify")
    path = place / f"checkpoint-{newest.name}.json" if place.is_dir() else place
    tokens = {name: token_path(ws.archive, newest, name).read_bytes() for name in stamped_by(ws.archive, newest)}
    answer = status(ws)
    try:
        write_file(path, witness_file(newest, signature_of(ws.archive, newest), tokens, answer.key))
    except ArchiveError as error:
        raise WrongRequest(f"{path} cannot be written to.", "Choose another place for --witness.") from error
    return WitnessAnswer(sealed, answer, path, before)


def _place(witness: Path) -> Path:
    """Where the checkpoint goes: an earlier one is replaced, anything else that stands there is left alone."""
    place = witness.expanduser().absolute()
    if not place.is_dir() and not place.parent.is_dir():
        raise WrongRequest(f"There is no folder {place.parent}.", "Make it first, or choose another place for --witness.")
    if place.exists() and not place.is_dir() and not is_witness(place):
        raise WrongRequest(f"{place} is there already and is not a checkpoint.", "Choose another name for --witness.")
    return place


def seal_of(ws: Workspace, snapshot: str) -> SnapshotSeal | None:
    """How a visit is sealed: by the first checkpoint over it that has a timestamp, else the first that is signed."""
    number = ws.index.number_of(snapshot)
    if number is None:
        return None
    signed = (c for c in ws.archive.ledger.covering(number) if is_signed(ws.archive, c))
    first = next(signed, None)
    if first is None:
        return SnapshotSeal(number, None)
    revoked = known_revocations(ws.archive)
    earliest = _stamped(ws, first, revoked)
    over = chain([earliest], (_stamped(ws, one, revoked) for one in signed))
    return SnapshotSeal(number, next((one for one in over if one.tokens), earliest))


def _signed_newest_first(ws: Workspace, revoked: tuple[RevocationStatement, ...]) -> Iterator[StampedCheckpoint]:
    """The checkpoints that have their signature, each read as it is asked for."""
    for size in reversed(ws.archive.ledger.catalogue.checkpoint_sizes()):
        checkpoint = ws.archive.ledger.checkpoint(size)
        if checkpoint is not None and is_signed(ws.archive, checkpoint):
            yield _stamped(ws, checkpoint, revoked)


def _stamped(ws: Workspace, checkpoint: Checkpoint, revoked: tuple[RevocationStatement, ...]) -> StampedCheckpoint:
    """A checkpoint with the tokens that count."""
    received = {str(e.body["authority"]): e for e in received_for(ws.archive, checkpoint.name)}
    stamped = [
        name
        for name in stamped_by(ws.archive, checkpoint)
        if name not in received or counts(ws.archive, received[name], revoked)
    ]
    tokens = tuple((name, str(received[name].body["time"]) if name in received else "") for name in stamped)
    unknown = tuple(name for name in stamped if name not in received or not received[name].body.get("not_revoked"))
    return StampedCheckpoint(checkpoint.size, checkpoint.root, checkpoint.at, tokens, unknown)


def _described(entry: Entry) -> str:
    body = entry.body
    match entry.kind:
        case "snapshot":
            return f"{body['id']}, the {body['target']['kind']} page{_of(body['target']['case'])}"
        case "file.added":
            return f"{body['name']}{_of(body['case'])}"
        case "pack.made":
            return f"a pack{_of(body['case'])}"
    return f"{body['name']}, entered by you{_of(body['case'])}"


def _of(case: str) -> str:
    return f" of {case}" if case else ""
