"""Sealing an archive: checkpoint, signature, tokens of every configured authority; what is pending stays visible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from collector.archive.archive import Archive
from collector.archive.records import keys_of
from collector.canonical import sha256
from collector.clock import instant
from collector.ledger.disk import write_file
from collector.ledger.log import Checkpoint
from collector.seal.keys import SigningKey, load_or_create
from collector.seal.signature import sign
from collector.seal.timestamp import Token, request_all

TIMEOUT_S = 8.0


@dataclass(frozen=True, slots=True)
class SealState:
    """`word` is timestamped, pending (signed, some token missing) or unsigned; `failures` says why tokens are missing."""

    word: str
    size: int
    failures: tuple[str, ...] = ()


def signing_key(archive: Archive, user_folder: Path) -> SigningKey:
    """The user's key, made at first use. Raises ArchiveError or SealError with what to do when it is lost."""
    return load_or_create(user_folder / "keys", archive.clock.now())


def seal(archive: Archive, key: SigningKey, progress: Callable[[str], None] = lambda _: None) -> SealState:
    """Makes a checkpoint over new entries, signs it, and asks for every token that is still missing."""
    with archive.writing():
        replaced = _note_key(archive, key)
        if archive.ledger.needs_checkpoint():
            checkpoint = archive.ledger.make_checkpoint(archive.clock.now())
            archive.ledger.keep_checkpoint(checkpoint, sign(checkpoint.data, key, archive.clock.now()))
    sealed = stamp_pending(archive, progress)
    if not replaced:
        return sealed
    warning = (
        f"ATTENTION: a new key ({key.fingerprint[:16]}…) signs from now on; until now it was {replaced[:16]}…. If you did "
        "not mean to change it, put the old keys folder back and make a note of when this happened."
    )
    return SealState(sealed.word, sealed.size, (warning, *sealed.failures))


def stamp_pending(archive: Archive, progress: Callable[[str], None] = lambda _: None) -> SealState:
    """Retries the missing tokens of the newest checkpoint: it covers all that earlier ones cover."""
    checkpoints = archive.ledger.checkpoint_list()
    if not checkpoints:
        return SealState("unsigned", 0)
    newest = checkpoints[-1]
    authorities = archive.config.authorities
    wanted = tuple(a for a in authorities if not token_path(archive, newest, a.name).exists())
    failures: list[str] = []
    if wanted:
        progress("asking the timestamp authorities")
        signature = (archive.ledger.checkpoints / f"{newest.name}.p7s").read_bytes()
        for authority, answer in zip(
            wanted, request_all(wanted, signature, timeout_s=TIMEOUT_S, now=archive.clock.now), strict=True
        ):
            if isinstance(answer, Token):
                _keep_token(archive, newest, authority.name, answer)
            else:
                failures.append(f"{authority.name}: {answer.message}")
    return SealState(_word(archive, newest), newest.size, tuple(failures))


def state(archive: Archive) -> SealState:
    """What is sealed now, without asking anybody."""
    checkpoints = archive.ledger.checkpoint_list()
    if not checkpoints or archive.ledger.needs_checkpoint():
        return SealState("unsigned", checkpoints[-1].size if checkpoints else 0)
    return SealState(_word(archive, checkpoints[-1]), checkpoints[-1].size)


def token_path(archive: Archive, checkpoint: Checkpoint, authority: str) -> Path:
    return archive.ledger.checkpoints / f"{checkpoint.name}.{authority}.tsr"


def _word(archive: Archive, checkpoint: Checkpoint) -> str:
    return "timestamped" if any(archive.ledger.checkpoints.glob(f"{checkpoint.name}.*.tsr")) else "pending"


def _keep_token(archive: Archive, checkpoint: Checkpoint, authority: str, token: Token) -> None:
    """The token's bytes first, then the entry that says it was received; the entry calls for no new checkpoint."""
    with archive.writing():
        write_file(token_path(archive, checkpoint, authority), token.tsr)
        body = {
            "checkpoint": checkpoint.size,
            "authority": authority,
            "token": sha256(token.tsr),
            "time": instant(token.time),
            "offset_ms": token.offset_ms,
        }
        archive.ledger.append("timestamp.received", body, archive.clock.now())


def _note_key(archive: Archive, key: SigningKey) -> str:
    """A changed key is itself an entry, made before the first checkpoint that it signs. Gives the key it replaced, or ""."""
    named = keys_of(archive.ledger.entries())
    current = named[-1][1] if named else ""
    if current == key.fingerprint:
        return ""
    body = {"key": key.fingerprint, "certificate": key.certificate_pem, "previous": current}
    archive.ledger.append("key.changed", body, archive.clock.now())
    return current
