"""The buyer's own files: kept as they are, sealed, and never witnessed. Pages saved by hand are read as well.

What was said of a file is corrected by adding it again; `withdraw` takes it out of its case. Nothing is erased.
"""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casework.cases import find_case, require_address
from casework.keeping.pictures import keep_readings
from casework.workspace import Workspace
from collector.archive.queries import Case
from collector.archive.sealing import SealState, seal_if_possible
from collector.canonical import sha256
from collector.errors import WrongRequest
from collector.kinds import file_kind, file_kind_of, file_names, in_words
from collector.ledger.log import Opening, new_salt
from collector.media import media_type_of
from collector.model import AddedFile
from collector.progress import Progress
from collector.saved.chats.conversation import Chat
from collector.saved.chats.table import read_chat
from collector.saved.page import folder_of
from rules.case.chronology import time_of

_WITH_A_FOLDER = ("text/html", "application/xhtml+xml")  # a browser saves the files of such a page beside it
_MOST_PARTS = 2000
_LARGEST_LOOKED_INTO = 200 * 1024 * 1024
_HEAD = 64 << 20  # bytes
DATES = {"day-first": "day_first", "month-first": "month_first"}


@dataclass(frozen=True, slots=True)
class FileDetails:
    """What the buyer says of the files: their `kind` ("" to be told by the file), a `note` (None: nothing; "" takes back
    what it said), and of a page saved by hand the `url` it was saved from and when (`saved`), where the file does not say
    so itself; of a conversation whether day or month stands first in its `dates` (a name of DATES).
    """

    kind: str = ""
    note: str | None = None
    url: str = ""
    saved: str = ""
    dates: str = ""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it stands in its case, and as it stood before where it was kept already; `again`: it had been withdrawn.

    `unread` names the application of a conversation that it holds and that nobody asked to have read, or "".
    """

    file: AddedFile
    before: AddedFile | None = None
    again: bool = False
    unread: str = ""

    @property
    def corrected(self) -> bool:
        """Whether something else is said of it now."""
        return self.before is not None and self.before != self.file


def add_and_seal(
    ws: Workspace, wanted: str, paths: Iterable[Path], said: FileDetails, progress: Progress
) -> tuple[list[KeptFile], SealState]:
    """Keeps the buyer's files and seals them."""
    progress("keeping your files")
    added = add_files(ws, wanted, paths, said)
    keep_readings(ws, find_case(ws, wanted).order, progress)
    return added, seal_if_possible(ws.archive, ws.user, progress)


def add_files(ws: Workspace, wanted: str, paths: Iterable[Path], said: FileDetails = FileDetails()) -> list[KeptFile]:
    """Keeps the buyer's files as they are. Everything is checked before the first is kept."""
    case = find_case(ws, wanted)
    chosen = list(paths)
    for path in chosen:
        _require_file(path)
    if said.kind and said.kind not in file_names():
        raise WrongRequest(f"{said.kind!r} is not a kind of file.", "Kinds: " + ", ".join(file_names()))
    withdrawn = {file.digest: file for file in ws.index.withdrawn_files(case.order)}
    standing = withdrawn | {file.digest: file for file in ws.index.added_files(case.order)}
    about = _said_of_page(case, said)
    if about:
        _require_pages(chosen, said, standing)
    identities = {digest: file.id for digest, file in standing.items()}
    kept: dict[str, str] = {}
    for path in chosen:
        digest = ws.archive.objects.put_file(path)
        if digest not in identities:  # the same bytes again are the same exhibit
            identities[digest] = _enter_file(ws, case, path, said, about, digest)
        elif digest in standing and digest not in kept:
            _correct(ws, case, standing[digest], said, about, again=digest in withdrawn)
        kept[digest] = identities[digest]
    ws.refresh()
    by_id = {file.id: file for file in ws.index.added_files(case.order)}
    return [
        KeptFile(file, standing.get(file.digest), file.digest in withdrawn, _unread_conversation(ws, file))
        for file in map(by_id.__getitem__, kept.values())
    ]


def _unread_conversation(ws: Workspace, file: AddedFile) -> str:
    """The application of a conversation in a file of which nobody has said what it is."""
    if file.kind != file_kind_of("") or file.size > _LARGEST_LOOKED_INTO:
        return ""
    talk = read_chat(ws.archive.objects.get(file.digest))
    return talk.app if isinstance(talk, Chat) else ""


def _require_pages(paths: Iterable[Path], said: FileDetails, standing: Mapping[str, AddedFile]) -> None:
    """What is said of a saved page is said of no other file. Raises WrongRequest."""
    for path in paths:
        data = path.read_bytes()
        held = standing.get(sha256(data))
        kind = said.kind or (held.kind if held else file_kind_of(media_type_of(path.name, data)))
        how = f"{path.name} is kept as {in_words(kind)}."
        if said.dates and kind != "chat":
            raise WrongRequest(f"--dates belongs to a conversation; {how}", "Add it with: --as chat")
        if not file_kind(kind).read:
            raise WrongRequest(f"--url and --saved belong to a saved page; {how}", "Add it with: --as page")


def _said_of_page(case: Case, said: FileDetails) -> dict[str, str]:
    """Where and when a page was saved, as the buyer says: optional keys of its entry. Raises WrongRequest."""
    if said.dates and said.dates not in DATES:
        how = "Write --dates day-first or --dates month-first."
        raise WrongRequest(f"{said.dates!r} does not say how dates are written.", how)
    about = {"url": require_address(said.url)} if said.url else {}
    about |= {"dates": DATES[said.dates]} if said.dates else {}
    if said.saved:
        moment = time_of(said.saved, case.zone)
        if not isinstance(moment, datetime):
            raise WrongRequest(
                f"{said.saved!r} does not say when the page was saved.", "Write day and time, as: --saved 2026-10-04T18:00"
            )
        about["saved_at"] = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return about


def _correct(
    ws: Workspace, case: Case, file: AddedFile, said: FileDetails, about: Mapping[str, str], *, again: bool
) -> None:
    """Enters what is now said of a file that was added before: another kind, another note, that it stands again.

    What is not said again stands.
    """
    now: dict[str, Any] = {**about}
    if said.kind and said.kind != file.kind:
        now["kind"] = said.kind
        if file_kind(said.kind).read and str(ws.alias):
            now["alias"] = str(ws.alias)
    if said.note is not None and _writable(said.note) != file.note:
        now["note"] = _writable(said.note)
    if again:
        now["withdrawn"] = False
    if now:
        record_said(ws, case, file, now)


def record_said(ws: Workspace, case: Case, file: AddedFile, said: Mapping[str, Any]) -> None:
    """One entry that says something else of a file, and names the entry that it corrects."""
    before = max([file.seq, *(one.seq for one in ws.index.descriptions(case.order) if one.file == file.id)])
    ws.archive.record("file.described", {"case": case.order, "id": file.id, "corrects": before, **said})


def _enter_file(ws: Workspace, case: Case, path: Path, said: FileDetails, about: dict[str, str], digest: str) -> str:
    # Of what was kept, not of the file, which may have changed by now. What it is stands at its beginning, and no page or
    # mail is so large.
    size, data = ws.archive.objects.head(digest, _HEAD)
    media_type = media_type_of(path.name, data)
    kind = said.kind or file_kind_of(media_type)
    opening = Opening(digest, new_salt())
    parts, openings = _folder(ws, path, data) if kind == "page" and media_type in _WITH_A_FOLDER else ([], [])
    body: dict[str, Any] = {
        "case": case.order, "id": f"F-{secrets.token_hex(4)}", "name": _writable(path.name), "kind": kind,
        "media_type": media_type, "size": size, "note": _writable(said.note or ""),
        "commitment": opening.commitment, **about,
    }  # fmt: skip
    if parts:
        body["parts"] = parts
    if file_kind(kind).read and str(ws.alias):
        body["alias"] = str(ws.alias)
    ws.archive.record("file.added", body, (opening, *openings))
    return str(body["id"])


def _folder(ws: Workspace, page: Path, data: bytes) -> tuple[list[dict[str, Any]], list[Opening]]:
    """The files that a browser saved beside the page, each kept and named by commitment."""
    folder = folder_of(page, data)
    if folder is None:
        return [], []
    parts, openings = [], []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())[:_MOST_PARTS]:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise WrongRequest(
                f"{path} cannot be read ({error.strerror}).", "Check its permissions and try again."
            ) from error
        opening = Opening(ws.archive.objects.put(content), new_salt())
        openings.append(opening)
        parts.append(
            {
                "name": _writable(f"{folder.name}/{path.relative_to(folder).as_posix()}"), "size": len(content),
                "media_type": mimetypes.guess_type(path.name)[0] or "application/octet-stream",
                "commitment": opening.commitment,
            }
        )  # fmt: skip
    return parts, openings


def _writable(text: str) -> str:
    """The text as Unicode can hold it: a file's name may be any bytes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _require_file(path: Path) -> None:
    try:
        if not path.exists():
            raise WrongRequest(
                f"There is no file {path}.", "Check the name; a file can be dragged into the terminal window."
            )
        if path.is_dir():
            raise WrongRequest(
                f"{path} is a folder, not a file.",
                "Give the files in it one by one, or with a * pattern; of a saved page the .html file is enough.",
            )
        if not path.is_file():
            raise WrongRequest(f"{path} is not an ordinary file.", "Give a photo, a video or a document.")
        if path.stat().st_size == 0:
            raise WrongRequest(f"{path} is empty.", "Copy it again from the phone or camera.")
        with path.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        raise WrongRequest(f"{path} cannot be read ({error.strerror}).", "Check its permissions and try again.") from error
