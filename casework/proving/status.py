"""The seal as a person asks for it: what is sealed and timestamped by now, asking again, and a checkpoint to give away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from casework.answers import StampedCheckpoint, StatusAnswer, WitnessAnswer
from casework.workspace import Workspace
from collector.archive.records import keys_of
from collector.archive.revoked import KIND as REVOKED
from collector.archive.revoked import counts, known_revocations
from collector.archive.sealing import NOBODY_ASKED, is_signed, seal, signature_of, signing_key, stamped_by, token_path
from collector.archive.witness import is_witness, witness_file
from collector.errors import ArchiveError, WrongRequest
from collector.ledger.disk import write_file
from collector.ledger.log import OF_THE_SEAL, Checkpoint, Entry
from collector.seal.revocation import Said
from collector.verify.clocks import clock_notes

Progress = Callable[[str], None]
_KEPT = ("snapshot", "file.added", "fact.asserted", "pack.made")


def status(ws: Workspace) -> StatusAnswer:
    """What is timestamped, what waits for a timestamp, and what is not sealed; nothing is asked for or changed.

    It tells what the records say; whether they are whole, `verify` tells.
    """
    ws.archive.require()
    entries = list(ws.archive.ledger.entries())
    revoked = known_revocations(ws.archive, entries)
    signed = (c for c in ws.archive.ledger.checkpoint_list() if is_signed(ws.archive, c))
    checkpoints = tuple(_stamped(ws, c, revoked) for c in signed)
    sealed = checkpoints[-1].size if checkpoints else 0
    stamped = max((c.size for c in checkpoints if c.tokens), default=0)
    words = {e.seq: "timestamped" if e.seq < stamped else "pending" if e.seq < sealed else "unsigned" for e in entries}
    counted = [e for e in entries if e.kind not in OF_THE_SEAL]
    counts = {word: sum(words[e.seq] == word for e in counted) for word in ("timestamped", "pending", "unsigned")}
    waiting = tuple((words[e.seq], _described(e)) for e in counted if e.kind in _KEPT and words[e.seq] != "timestamped")
    overall = next((word for word in ("unsigned", "pending") if counts[word]), "timestamped" if counted else "unsigned")
    newest = checkpoints[-1] if checkpoints else None
    missing = tuple(a.name for a in ws.archive.config.authorities if newest and a.name not in dict(newest.tokens))
    keys = keys_of(entries)
    notes = (
        *clock_notes(entries, {}),
        *(f"line {e.seq + 1}: {e.body['why']}" for e in entries if e.kind == REVOKED),
        *(f"ledger/checkpoints/{name} is damaged: run `tradewitness verify`" for name in ws.archive.ledger.damaged()),
        *(() if ws.archive.config.authorities else (NOBODY_ASKED.format(ws.archive.config_path),)),
    )
    key, signer = keys[-1][1] if keys else "", _signer(ws)
    return StatusAnswer(ws.archive.root, overall, counts, waiting, newest, missing, key, notes, signer)


def _signer(ws: Workspace) -> tuple[str, ...]:
    """Whom the certificates of the newest checkpoint's signature name; nobody where it is gone, which `verify` tells."""
    from collector.seal.signature import verify_signature

    for newest in ws.archive.ledger.checkpoint_list()[-1:]:
        path = ws.archive.ledger.checkpoints / f"{newest.name}.p7s"
        if path.is_file():
            return verify_signature(newest.data, path.read_bytes()).names
    return ()


def stamp(ws: Workspace, witness: Path | None, progress: Progress) -> WitnessAnswer:
    """Seals what is new, asks again for the tokens that are missing, and writes the newest checkpoint for a third party."""
    ws.archive.require()
    place = _place(witness) if witness else None
    sealed = seal(ws.archive, signing_key(ws.archive, ws.user), progress)
    if place is None:
        return WitnessAnswer(sealed, status(ws))
    newest = ws.archive.ledger.checkpoint_list()[-1]
    path = place / f"checkpoint-{newest.name}.json" if place.is_dir() else place
    tokens = {name: token_path(ws.archive, newest, name).read_bytes() for name in stamped_by(ws.archive, newest)}
    answer = status(ws)
    try:
        write_file(path, witness_file(newest, signature_of(ws.archive, newest), tokens, answer.key))
    except ArchiveError as error:
        raise WrongRequest(f"{path} cannot be written to.", "Choose another place for --witness.") from error
    return WitnessAnswer(sealed, answer, path)


def _place(witness: Path) -> Path:
    """Where the checkpoint goes: an earlier one is replaced, anything else that stands there is left alone."""
    place = witness.expanduser().absolute()
    if not place.is_dir() and not place.parent.is_dir():
        raise WrongRequest(f"There is no folder {place.parent}.", "Make it first, or choose another place for --witness.")
    if place.exists() and not place.is_dir() and not is_witness(place):
        raise WrongRequest(f"{place} is there already and is not a checkpoint.", "Choose another name for --witness.")
    return place


def _stamped(ws: Workspace, checkpoint: Checkpoint, revoked: tuple[Said, ...]) -> StampedCheckpoint:
    """A checkpoint with the tokens that count."""
    received = {
        str(e.body["authority"]): e
        for e in ws.archive.ledger.entries(checkpoint.size)
        if e.kind == "timestamp.received" and e.body["checkpoint"] == checkpoint.size
    }
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
