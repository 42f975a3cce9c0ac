"""What an archive knows of revoked authorities: kept when a token of theirs is refused, and held against earlier ones."""

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


def note_revoked(archive: Archive, refused: TokenFailure) -> None:
    """Keeps what was said of the certificates of a refused token, once; the entry calls for no new checkpoint."""
    with archive.writing():
        if any(e.body["why"] == refused.message for e in archive.ledger.entries(kinds=(KIND,))):
            return
        openings, parts = [], []
        for answer in refused.answers:
            opening = Opening(archive.objects.put(answer.data), new_salt())
            openings.append(opening)
            size, kind = len(answer.data), "application/octet-stream"
            parts.append({"name": answer.name, "media_type": kind, "size": size, "commitment": opening.commitment})
        body = {
            "authority": refused.authority.name,
            "certificates": list(refused.certificates_pem),
            "parts": parts,
            "why": refused.message,
        }
        archive.ledger.append(KIND, body, archive.clock.now(), openings)


def known_revocations(
    archive: Archive, entries: Iterable[Entry], opened: Callable[[str], Opening | None]
) -> tuple[RevocationStatement, ...]:
    """What was said of revoked certificates; what cannot be read any more is left out, and named by `verify`."""
    said = []
    for entry in entries:
        for part in entry.body["parts"] if entry.kind == KIND else ():
            opening = opened(part["commitment"])
            with suppress(MalformedDer, DamagedArchive):
                path = [Certificate.read_pem(pem) for pem in entry.body["certificates"]]
                if opening:
                    said.append(read_answer(RevocationInfo(part["name"], archive.objects.get(opening.digest)), path))
    return tuple(one for one in said if one.revoked)


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
