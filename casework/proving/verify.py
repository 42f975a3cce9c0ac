"""Verification for a person: a pack or an archive, alone or held against what somebody else was given before."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from casework.workspace import Workspace
from collector.archive.archive import Archive
from collector.errors import WrongRequest
from collector.ledger.anchor import Anchor
from collector.model import Problem
from collector.progress import Progress, megabytes

if TYPE_CHECKING:
    from collector.seal.standing import ProofTerm
    from collector.seal.timestamp import TokenReport
    from rules.pack.bag.proof import SealedElsewhere

_GIVE = "Give a checkpoint (from `tradewitness timestamp --witness FILE`), an earlier pack, or a key's SHA-256 fingerprint."
_CHECKING = "checking every file of the pack"
_NOT_ASKED = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class VerifyAnswer:
    """What verification of a pack or an archive found; `against` names what it was held against, `deep` means facts too.

    `withheld` are the originals that a pack commits to and does not show. `term` says until when its time is proven, `terms`
    the same of each timestamp in it, and `at` (UTC) is when that was asked.
    """

    what: str
    path: Path
    problems: tuple[Problem, ...]
    seal: str
    key: str
    summary: str
    tokens: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    against: str = ""
    deep: bool = False
    withheld: tuple[SealedElsewhere, ...] = ()
    term: ProofTerm | None = None
    terms: tuple[ProofTerm, ...] = ()
    at: datetime = _NOT_ASKED


def verify_path(
    ws: Workspace, path: Path | None, progress: Progress, *, deep: bool = False, against: str = ""
) -> VerifyAnswer:
    """Checks the archive in use, another archive's folder, a pack, or an unpacked pack. Raises WrongRequest.

    `deep` reads the facts again from the stored bytes. `against` is a checkpoint's or pack's path, or a fingerprint.
    """
    chosen = ws.archive.root if path is None else path.expanduser().absolute()
    if path is not None and not (chosen.is_file() or chosen.is_dir()):
        what = "no file or folder" if chosen.exists() else "nothing"
        raise WrongRequest(f"There is {what} at {chosen}.", "Give the path of a pack (a .zip) or of an archive folder.")
    anchor = anchor_at(against) if against else None
    if path is None:
        answer = _archive(ws, ws.archive, progress, deep, anchor)
    elif chosen.is_dir() and not (chosen / "bagit.txt").exists() and _looks_like_archive(chosen):
        answer = _archive(ws, Archive(chosen, ws.clock), progress, deep, anchor)
    else:
        answer = _pack(ws, chosen, progress, deep, anchor)
    return replace(answer, against=anchor.name if anchor else "", deep=deep, at=ws.clock.now())


def anchor_at(given: str) -> Anchor:
    """What the user holds the archive or pack against: a fingerprint, a checkpoint or a pack. Raises WrongRequest."""
    digits = re.sub(r"(?i)^sha-?256( fingerprint)?=|[:\s]", "", given).lower()
    if re.fullmatch(r"[0-9a-f]{64}", digits):
        return Anchor("the fingerprint given", digits, exact=True)
    path = Path(given).expanduser()
    if not path.exists():
        if re.fullmatch(r"[0-9a-f…]{8,}", digits):
            raise WrongRequest(f"A fingerprint has 64 hexadecimal digits, and {given!r} has {len(digits)}.", _GIVE)
        raise WrongRequest(f"There is nothing at {given}.", _GIVE)
    if path.is_dir() and (path / "ledger" / "checkpoints").is_dir():
        path = max((path / "ledger" / "checkpoints").glob("*.json"), default=path, key=lambda p: (len(p.name), p.name))
    if path.is_dir() or path.suffix.lower() == ".zip":
        return _anchor_of_pack(path)
    from collector.archive.witness import read_anchor

    return read_anchor(path)


def _anchor_of_pack(path: Path) -> Anchor:
    from rules.pack.bag.bag import open_bag
    from rules.pack.bag.proof import anchor_of
    from rules.pack.bag.verify import verify_pack

    report = verify_pack(path)
    if not report.ok:
        raise WrongRequest(
            f"{path.name} is not whole itself, so nothing can be compared with it.", f"Run: tradewitness verify {path}"
        )
    return replace(anchor_of(open_bag(path), path.name), key=report.signer_fingerprint)


def _looks_like_archive(folder: Path) -> bool:
    if (folder / "ledger").is_dir():
        return True
    bags = [p for p in folder.iterdir() if (p / "bagit.txt").exists()]
    if not bags and not (folder / "data").exists():
        raise WrongRequest(
            f"{folder} is neither an archive nor a pack.", "Give the path of a pack (a .zip) or of an archive folder."
        )
    return False


def _archive(ws: Workspace, archive: Archive, progress: Progress, deep: bool, anchor: Anchor | None) -> VerifyAnswer:
    from collector.verify import verify_archive

    if deep:
        progress("reading the facts again from the stored bytes")
    report = verify_archive(
        archive,
        lambda what, done, of: progress(f"checking {what}: {done} of {of}"),
        against=anchor,
        readers=replace(ws, archive=archive).readers if deep else None,
    )
    summary = f"{report.entries} records and {report.objects} kept files agree"
    return VerifyAnswer(
        "archive", archive.root, report.problems, report.seal, report.key, summary,
        tuple(_token_line(token, "this archive") for token in report.tokens), report.notes,
        term=report.term, terms=report.terms,
    )  # fmt: skip


def _pack(ws: Workspace, path: Path, progress: Progress, deep: bool, anchor: Anchor | None) -> VerifyAnswer:
    from rules.pack.bag.verify import verify_pack

    progress(_CHECKING)
    report = verify_pack(path, against=anchor, at=ws.clock.now(), done=megabytes(_CHECKING, progress))
    problems = report.problems
    notes = report.notes
    if deep:
        from casework.proving.packed_facts import check_facts

        progress("reading the facts again from the originals")
        wrong, more = check_facts(path, ws.site_named, ws.alias)
        problems, notes = (*problems, *wrong), (*notes, *more)
    summary = "every file is listed, unchanged and proven by the ledger"
    tokens = tuple(f"{name}: {_token_line(token, 'this pack')}" for name, token in report.tokens)
    return VerifyAnswer(
        "pack", path, problems, report.seal, report.signer_fingerprint, summary, tokens, notes, withheld=report.withheld,
        term=report.term, terms=report.terms,
    )  # fmt: skip


def _token_line(token: TokenReport, where: str) -> str:
    """Who stamped when, and whether that authority is one that anybody can look up."""
    from collector.seal.ask.authorities import KNOWN_ROOTS

    root = KNOWN_ROOTS.get(token.root_fingerprint)
    known = f"leads to {root}, publicly known" if root else f"an authority known only from {where}"
    revoked = "not revoked then" if token.not_revoked else "revocation not known"
    return f"{token.authority}, {token.time:%Y-%m-%d %H:%M:%S} UTC; {known}; {revoked}"
