"""Takes a file out of its case: it stays sealed and its history tells of it, but nothing rests on it any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from casework.cases import find_case
from casework.keeping.add import record_said
from casework.workspace import Workspace
from collector.archive.queries import Case
from collector.archive.sealing import SealState, seal_if_possible
from collector.canonical import sha256
from collector.errors import WrongRequest
from collector.model import AddedFile
from collector.platform import composed
from collector.progress import Progress
from rules.policy.fact_names import WORDS


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The files that were taken out of a case, why, where the buyer said so, and what seals that."""

    case: str
    files: tuple[AddedFile, ...]
    why: str
    seal: SealState


def withdraw(ws: Workspace, wanted: str, names: Iterable[str], why: str, progress: Progress) -> Withdrawn:
    """Withdraws files, named by id, by name or by a file that holds the same. All or nothing. Raises WrongRequest."""
    case = find_case(ws, wanted)
    files = tuple(dict.fromkeys(_file(ws, case, name) for name in names))
    for file in files:
        record_said(ws, case, file, {"withdrawn": True, **({"why": why.strip()} if why.strip() else {})})
    ws.refresh()
    return Withdrawn(case.order, files, why.strip(), seal_if_possible(ws.archive, ws.user, progress))


def _file(ws: Workspace, case: Case, name: str) -> AddedFile:
    files = ws.index.added_files(case.order)
    found = [file for file in files if file.id == name] or [file for file in files if composed(file.name) == composed(name)]
    found = found or _same_bytes(files, Path(name).expanduser())
    if len(found) == 1:
        return found[0]
    if found:
        which = ", ".join(file.id for file in found)
        raise WrongRequest(f"{len(found)} files of this case are called {name!r}.", f"Give the id of one: {which}")
    if any(name in (file.id, file.name) for file in ws.index.withdrawn_files(case.order)):
        raise WrongRequest(f"{name!r} is withdrawn already.", f"See: tradewitness case show {case.order}")
    if name.partition("#")[0].partition("=")[0] in WORDS:
        entry = name.partition("=")[0]
        raise WrongRequest(
            f"{entry} is an entry, not a file.", f"Withdraw it with: tradewitness case set {case.order} {entry}="
        )
    raise WrongRequest(f"There is no file {name!r} in this case.", f"See its files: tradewitness case show {case.order}")


def _same_bytes(files: Iterable[AddedFile], path: Path) -> list[AddedFile]:
    if not path.is_file():
        return []
    try:
        digest = sha256(path.read_bytes())
    except OSError as error:
        raise WrongRequest(f"{path} cannot be read ({error.strerror}).", "Check its permissions and try again.") from error
    return [file for file in files if file.digest == digest]
