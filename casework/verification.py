"""Verification for a person: a pack or an archive, recognised by what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from casework.answers import VerifyAnswer
from casework.workspace import Workspace
from collector.archive.archive import Archive
from collector.errors import WrongRequest
from collector.seal.timestamp import TokenReport
from collector.verify import verify_archive

Progress = Callable[[str], None]


def verify_path(ws: Workspace, path: Path | None, progress: Progress) -> VerifyAnswer:
    """Checks the archive in use, another archive's folder, a pack, or an unpacked pack. Raises WrongRequest."""
    if path is None:
        return _archive(ws.archive, progress)
    chosen = path.expanduser().absolute()
    if not (chosen.is_file() or chosen.is_dir()):
        what = "no file or folder" if chosen.exists() else "nothing"
        raise WrongRequest(f"There is {what} at {chosen}.", "Give the path of a pack (a .zip) or of an archive folder.")
    if chosen.is_dir() and not (chosen / "bagit.txt").exists() and _looks_like_archive(chosen):
        return _archive(Archive(chosen, ws.clock), progress)
    return _pack(chosen, progress)


def _looks_like_archive(folder: Path) -> bool:
    if (folder / "ledger").is_dir():
        return True
    bags = [p for p in folder.iterdir() if (p / "bagit.txt").exists()]
    if not bags and not (folder / "data").exists():
        raise WrongRequest(
            f"{folder} is neither an archive nor a pack.", "Give the path of a pack (a .zip) or of an archive folder."
        )
    return False


def _archive(archive: Archive, progress: Progress) -> VerifyAnswer:
    report = verify_archive(archive, lambda what, done, of: progress(f"checking {what}: {done} of {of}"))
    summary = f"{report.entries} records and {report.objects} kept files agree"
    return VerifyAnswer(
        "archive", archive.root, report.problems, report.seal, report.key, summary,
        tuple(_token_line(token, "this archive") for token in report.tokens), report.notes,
    )  # fmt: skip


def _pack(path: Path, progress: Progress) -> VerifyAnswer:
    from rules.pack.verify import verify_pack

    progress("checking every file of the pack")
    report = verify_pack(path)
    summary = "every file is listed, unchanged and proven by the ledger"
    tokens = tuple(f"{name}: {_token_line(token, 'this pack')}" for name, token in report.tokens)
    return VerifyAnswer("pack", path, report.problems, report.seal, report.signer_fingerprint, summary, tokens)


def _token_line(token: TokenReport, where: str) -> str:
    """Who stamped when, and whether that authority is one that anybody can look up."""
    from collector.seal.authorities import KNOWN_ROOTS

    root = KNOWN_ROOTS.get(token.root_fingerprint)
    known = f"leads to {root}, publicly known" if root else f"an authority known only from {where}"
    return f"{token.authority}, {token.time:%Y-%m-%d %H:%M:%S} UTC; {known}"
