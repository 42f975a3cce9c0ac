"""Stamping an archive anew before the proof of its time ends (RFC 4998, 5.2), and until when that proof stands.

Each token of the newest checkpoint, the certificates up to its root and what is said of them now go into the ledger. The
checkpoint over that, with tokens of its own, carries on all that earlier ones proved. So a checkpoint of any day renews
those before it: its tree holds the digest of every token that the ledger had received by then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from collector.archive.archive import Archive
from collector.archive.revoked import RENEWED, kept_answers
from collector.archive.roots import known_roots
from collector.archive.sealing import SealState, is_there, received_for, seal, token_path
from collector.errors import DamagedArchive
from collector.ledger.checkpoint import checkpoint_name
from collector.ledger.log import Entry
from collector.progress import Progress
from collector.seal.ask.revocation import ask
from collector.seal.keys import SigningKey
from collector.seal.standing import WARNED, token_end
from collector.seal.timestamp import TokenReport, verify_token


@dataclass(frozen=True, slots=True)
class ArchiveTerm:
    """Until when (UTC) the time of an archive is proven, and by which authority's token."""

    until: datetime
    authority: str

    def ends_soon(self, at: datetime) -> bool:
        """Whether it ends so soon that it is said every day."""
        return self.until - at < WARNED


def renew(archive: Archive, key: SigningKey, progress: Progress = lambda _: None) -> SealState:
    """Seals what is new, keeps what is needed to check the newest tokens for ever, and has all of it stamped anew.

    Where no authority answers, that is left as "not yet timestamped", as after any command that keeps something. Raises
    DamagedArchive where none of the newest tokens holds.
    """
    sealed = seal(archive, key, progress)
    newest = archive.ledger.newest()
    if newest is None or sealed.word != "timestamped":
        return sealed
    progress("asking whether the authorities' certificates were revoked")
    holding = list(_holding(archive, newest.size))
    if not holding:
        raise DamagedArchive("None of its newest timestamps holds, so none can be stamped anew.", "Run: tradewitness verify")
    for entry, report in holding:
        _keep_for_ever(archive, entry, report)
    return seal(archive, key, progress)


def archive_term(archive: Archive) -> ArchiveTerm | None:
    """Until when the archive's time is proven: by the token that reaches furthest, of the newest checkpoint that has one.

    None where nothing is timestamped. That checkpoint carries on those before it. Entries say when their tokens end; where
    an earlier version wrote them, the tokens are read.
    """
    newest = next(archive.ledger.latest("timestamp.received"), None)
    if newest is None:
        return None
    size = int(newest.body["checkpoint"])
    received = [entry for entry in received_for(archive, checkpoint_name(size)) if is_there(archive, entry)]
    if all("until" in entry.body for entry in received):
        ends = [(datetime.fromisoformat(entry.body["until"]), entry) for entry in received]
    else:
        ends = [(token_end(report).at, entry) for entry, report in _holding(archive, size)]
    terms = (ArchiveTerm(until, str(entry.body["authority"])) for until, entry in ends)
    return max(terms, key=lambda term: term.until, default=None)


def _holding(archive: Archive, size: int) -> Iterator[tuple[Entry, TokenReport]]:
    """The entries of a checkpoint's tokens that hold, and what each says."""
    checkpoint = archive.ledger.checkpoint(size)
    signature = archive.ledger.checkpoints / f"{checkpoint_name(size)}.p7s"
    if checkpoint is None or not signature.is_file():
        return
    roots = known_roots(archive.config.authorities, archive.ledger.entries(kinds=(RENEWED,)))
    for entry in received_for(archive, checkpoint.name):
        if is_there(archive, entry):
            token = token_path(archive, checkpoint, str(entry.body["authority"])).read_bytes()
            report = verify_token(token, signature.read_bytes(), roots)
            if not report.problems:
                yield entry, report


def _keep_for_ever(archive: Archive, received: Entry, report: TokenReport) -> None:
    """An entry with the certificates above a token, and what is said of them now."""
    assert report.time is not None  # it holds
    answers = ask(report.path, report.time)
    with archive.writing():
        openings, parts = kept_answers(archive, answers)
        body = {name: received.body[name] for name in ("checkpoint", "authority", "token")}
        body |= {"certificates": list(report.certificates_pem), "parts": parts}
        archive.ledger.append(RENEWED, body, archive.clock.now(), openings)
