"""Sealing an archive: checkpoint, signature, tokens of every configured authority; what is pending stays visible."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from collector.archive.archive import Archive
from collector.archive.records import KEY_KINDS, keys_of, received_files
from collector.archive.revoked import note_revoked
from collector.canonical import sha256
from collector.clock import instant
from collector.errors import DamagedArchive, SealError
from collector.ledger.checkpoint import Checkpoint, checkpoint_name
from collector.ledger.disk import put_in_place, sync_folder, write_file
from collector.ledger.log import Entry, about_checkpoint
from collector.progress import Progress
from collector.seal.ask.request import Token, request_all
from collector.seal.keyring import load_or_create
from collector.seal.keys import SigningKey
from collector.seal.revocation import RevocationInfo
from collector.seal.signature import sign
from collector.seal.standing import token_end

TIMEOUT_S = 8.0
NOBODY_ASKED = "{} names no timestamp authority, so none is asked. `tradewitness init` writes a new one where it is gone."
STAGED = ".received"  # of a token, or an answer on revocation, that is written, and whose entry is about to be


@dataclass(frozen=True, slots=True)
class SealState:
    """`word` is timestamped, pending (signed, some token missing) or unsigned; `failures` says why tokens are missing."""

    word: str
    size: int
    failures: tuple[str, ...] = ()


def signing_key(archive: Archive, user_folder: Path) -> SigningKey:
    """The user's key, made at first use. Raises ArchiveError or SealError with what to do when it is lost."""
    return load_or_create(user_folder / "keys", archive.clock.now())


def seal(archive: Archive, key: SigningKey, progress: Progress = lambda _: None) -> SealState:
    """Makes a checkpoint over new entries, signs it, and asks for every token that is still missing."""
    warnings = archive.warnings
    with archive.writing():
        if replaced := _note_key(archive, key):
            warnings.append(
                f"ATTENTION: a new key ({key.fingerprint[:16]}…) signs from now on; until now it was {replaced[:16]}…. If "
                "you did not mean to change it, put the old keys folder back and make a note of when this happened."
            )
        if damaged := archive.ledger.damaged():
            warnings.append(
                f"ATTENTION: {', '.join(damaged[:5])} in the ledger's checkpoints cannot be read any more. Run: "
                "tradewitness verify   It names what to put back from a copy."
            )
        if _needs_checkpoint(archive):
            if broken := archive.ledger.contradicted():
                warnings.append(
                    f"ATTENTION: the first {broken.size} records are not those that were sealed on {broken.at[:10]}: "
                    "something changed them since. Run: tradewitness verify   It names what to put back from a copy."
                )
            checkpoint = archive.ledger.make_checkpoint(archive.clock.now())
            archive.ledger.keep_checkpoint(checkpoint, sign(checkpoint.data, key, archive.clock.now()))
    sealed = stamp_pending(archive, progress)
    return SealState(sealed.word, sealed.size, (*dict.fromkeys(warnings), *sealed.failures))


def seal_if_possible(archive: Archive, user_folder: Path, progress: Progress = lambda _: None) -> SealState:
    """`seal`, for visits: a page may be gone tomorrow, so without a key that can sign it is kept all the same, unsealed."""
    try:
        return seal(archive, signing_key(archive, user_folder), progress)
    except SealError as error:
        return SealState("unsigned", 0, (f"{error.message} {error.hint}",))


def is_signed(archive: Archive, checkpoint: Checkpoint) -> bool:
    """Whether a checkpoint's signature lies beside it; whether it holds, `verify` tells."""
    return (archive.ledger.checkpoints / f"{checkpoint.name}.p7s").is_file()


def _needs_checkpoint(archive: Archive) -> bool:
    """Whether lines are not sealed yet, or not any more because the newest signature is gone; and a new checkpoint would
    not take the place of a file that is there, damaged as it may be.
    """
    newest = archive.ledger.newest()
    lost = newest is not None and not is_signed(archive, newest)
    free = not (archive.ledger.checkpoints / f"{checkpoint_name(archive.ledger.size)}.json").exists()
    return free and (archive.ledger.needs_checkpoint() or lost)


def stamp_pending(archive: Archive, progress: Progress = lambda _: None) -> SealState:
    """Retries the missing tokens of the newest checkpoint: it covers all that earlier ones cover."""
    newest = archive.ledger.newest()
    if newest is None:
        return SealState("unsigned", 0)
    _finish_received(archive)
    authorities = archive.config.authorities
    if not authorities:
        return SealState(_word(archive, newest), newest.size, (NOBODY_ASKED.format(archive.config_path),))
    wanted = tuple(a for a in authorities if not token_path(archive, newest, a.name).exists())
    failures: list[str] = []
    if wanted:
        progress("asking the timestamp authorities")
        signature = signature_of(archive, newest)
        for authority, answer in zip(
            wanted, request_all(wanted, signature, timeout_s=TIMEOUT_S, now=archive.clock.now), strict=True
        ):
            if isinstance(answer, Token):
                _keep_token(archive, newest, authority.name, answer)
            else:
                if answer.answers:
                    note_revoked(archive, answer)
                failures.append(f"{authority.name}: {answer.message}")
    return SealState(_word(archive, newest), newest.size, tuple(failures))


def _finish_received(archive: Archive) -> None:
    """Ends what a crash cut short: a token with its entry gets its name, as what came with it; the rest is asked again."""
    files = archive.ledger.catalogue.checkpoint_files()
    staged = [archive.ledger.checkpoints / name for name in files if name.endswith(STAGED)]
    if not staged:
        return
    with archive.writing():
        for path in staged:
            name = path.name.removesuffix(STAGED)
            received = [received_files(e) for e in received_for(archive, path.name.partition(".")[0])]
            if path.exists() and any(files.get(name) == sha256(path.read_bytes()) for files in received):
                put_in_place(path, path.with_name(name))
            else:
                path.unlink(missing_ok=True)
        sync_folder(archive.ledger.checkpoints)


def state(archive: Archive) -> SealState:
    """What is sealed now, without asking anybody."""
    newest = archive.ledger.newest()
    if newest is None or archive.ledger.needs_checkpoint():
        return SealState("unsigned", newest.size if newest else 0)
    return SealState(_word(archive, newest), newest.size)


def received_for(archive: Archive, name: str) -> list[Entry]:
    """The entries of the tokens that a checkpoint of that name received, oldest first."""
    if not name.isdigit():
        return []
    return list(archive.ledger.entries(kinds=("timestamp.received",), about=about_checkpoint(int(name))))


def signature_of(archive: Archive, checkpoint: Checkpoint) -> bytes:
    """The checkpoint's signature, which tokens stamp. Raises DamagedArchive when it is gone."""
    path = archive.ledger.checkpoints / f"{checkpoint.name}.p7s"
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise DamagedArchive(
            f"The signature {path.name} of the newest checkpoint is gone.", "Put the file back from a copy of the archive."
        ) from error


def token_path(archive: Archive, checkpoint: Checkpoint, authority: str) -> Path:
    return archive.ledger.checkpoints / f"{checkpoint.name}.{authority}.tsr"


def answers_of(archive: Archive, entry: Entry) -> tuple[RevocationInfo, ...]:
    """What was said of revocation when the token that an entry names arrived, but for what is gone or was changed since."""
    answers = []
    for name, digest in received_files(entry).items():
        path = archive.ledger.checkpoints / name
        if not name.endswith(".tsr") and path.is_file() and sha256(data := path.read_bytes()) == digest:
            answers.append(RevocationInfo(name.split(".", 2)[2], data))
    return tuple(answers)


def is_there(archive: Archive, entry: Entry) -> bool:
    """Whether the token that an entry received is still there, unchanged."""
    name, digest = next(iter(received_files(entry).items()))
    path = archive.ledger.checkpoints / name
    return path.is_file() and sha256(path.read_bytes()) == digest


def stamped_by(archive: Archive, checkpoint: Checkpoint) -> tuple[str, ...]:
    """The authorities whose tokens lie beside a checkpoint."""
    parts = [name.split(".") for name in archive.ledger.catalogue.checkpoint_files(f"{checkpoint.name}.")]
    return tuple(sorted(part[1] for part in parts if len(part) == 3 and part[2] == "tsr"))


def _word(archive: Archive, checkpoint: Checkpoint) -> str:
    if not is_signed(archive, checkpoint):
        return "unsigned"
    return "timestamped" if stamped_by(archive, checkpoint) else "pending"


def _keep_token(archive: Archive, checkpoint: Checkpoint, authority: str, token: Token) -> None:
    """The token's bytes and what was said of its certificates, the entry that says so, then their names: the token last.

    A file without an entry is none of ours. The entry calls for no new checkpoint.
    """
    path = token_path(archive, checkpoint, authority)
    answers = {f"{checkpoint.name}.{authority}.{answer.name}": answer.data for answer in token.answers}
    body = {
        "checkpoint": checkpoint.size,
        "authority": authority,
        "token": sha256(token.tsr),
        "time": instant(token.time),
        "offset_ms": token.offset_ms,
        "policy": token.report.policy,
        "revocation": {answer.name: sha256(answer.data) for answer in token.answers},
        "not_revoked": token.report.not_revoked,
        "until": instant(token_end(token.report).at),
    }
    with archive.writing():
        if path.exists():
            return  # another process was given one meanwhile
        staged = {path.with_name(name + STAGED): data for name, data in {**answers, path.name: token.tsr}.items()}
        for file, data in staged.items():
            write_file(file, data)
        archive.ledger.append("timestamp.received", body, archive.clock.now())
        for file in staged:
            put_in_place(file, file.with_name(file.name.removesuffix(STAGED)))
        sync_folder(path.parent)


def key_at(archive: Archive, size: int) -> str:
    """The fingerprint of the key that the first `size` entries name last, or ""."""
    named = keys_of(archive.ledger.entries(stop=size, kinds=KEY_KINDS))
    return named[-1][1] if named else ""


def _note_key(archive: Archive, key: SigningKey) -> str:
    """A changed key is itself an entry, made before the first checkpoint that it signs. Gives the key it replaced, or ""."""
    current = key_at(archive, archive.ledger.size)
    if current == key.fingerprint:
        return ""
    body = {"key": key.fingerprint, "certificate": key.certificate_pem, "previous": current}
    archive.ledger.append("key.changed", body, archive.clock.now())
    return current
