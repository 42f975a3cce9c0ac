"""What an archive was told of revoked authorities: when a token of theirs was refused, or all was stamped anew.

It is held against the tokens that are there already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from collector.archive.archive import Archive
from collector.archive.records import received_files
from collector.errors import DamagedArchive
from collector.ledger.log import Entry, Opening, new_salt
from collector.seal.ask.request import TokenFailure
from collector.seal.certificate import Certificate
from collector.seal.der import MalformedDer
from collector.seal.revocation import RevocationInfo, RevocationStatement, read_answer, revocation_status
from collector.seal.timestamp import verify_token

KIND = "authority.revoked"
RENEWED = "timestamp.renewed"
TOLD_IN = (KIND, RENEWED)  # the entries that hold what was said of certificates, as files of their own


def note_revoked(archive: Archive, refused: TokenFailure) -> None:
    """Keeps what was said of the certificates of a refused token, once; the entry calls for no new checkpoint."""
    with archive.writing():
        if any(e.body["why"] == refused.message for e in archive.ledger.entries(kinds=(KIND,))):
            return
        openings, parts = kept_answers(archive, refused.answers)
        body = {
            "authority": refused.authority.name,
            "certificates": list(refused.certificates_pem),
            "parts": parts,
            "why": refused.message,
        }
        archive.ledger.append(KIND, body, archive.clock.now(), openings)


def kept_answers(
    archive: Archive, answers: Iterable[RevocationInfo]
) -> tuple[tuple[Opening, ...], list[dict[str, str | int]]]:
    """Keeps what was said of certificates: the openings, and what an entry says of each (`parts`)."""
    openings: list[Opening] = []
    parts: list[dict[str, str | int]] = []
    for answer in answers:
        opening = Opening(archive.objects.put(answer.data), new_salt())
        openings.append(opening)
        size, kind = len(answer.data), "application/octet-stream"
        parts.append({"name": answer.name, "media_type": kind, "size": size, "commitment": opening.commitment})
    return tuple(openings), parts


def told_of_certificates(
    archive: Archive, entries: Iterable[Entry], opened: Callable[[str], Opening | None]
) -> tuple[RevocationStatement, ...]:
    """What such entries hold; what cannot be read any more is left out, and named by `verify`."""
    said = []
    for entry in entries:
        for part in entry.body["parts"] if entry.kind in TOLD_IN else ():
            opening = opened(part["commitment"])
            with suppress(MalformedDer, DamagedArchive):
                path = [Certificate.read_pem(pem) for pem in entry.body["certificates"]]
                if opening:
                    said.append(read_answer(RevocationInfo(part["name"], archive.objects.get(opening.digest)), path))
    return tuple(said)


def known_revocations(archive: Archive) -> tuple[RevocationStatement, ...]:
    """What the archive was told of certificates that were revoked."""
    ledger = archive.ledger
    told = told_of_certificates(archive, ledger.entries(kinds=TOLD_IN), ledger.opening)
    return tuple(one for one in told if one.revoked)


def counts(archive: Archive, received: Entry, said: Sequence[RevocationStatement]) -> bool:
    """Whether the token that an entry received counts, for all that is known of revoked certificates."""
    from collector.seal.ask.authorities import PUBLIC

    if not said:
        return True
    folder = archive.ledger.checkpoints
    token, signature = folder / next(iter(received_files(received))), folder / f"{received.body['checkpoint']:06d}.p7s"
    if not (token.is_file() and signature.is_file()):
        return True
    roots = [authority.root_pem for authority in (*archive.config.authorities, *PUBLIC)]
    report = verify_token(token.read_bytes(), signature.read_bytes(), roots)
    return report.time is None or not revocation_status(report.path, said, report.time).revoked
