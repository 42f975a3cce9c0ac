"""Where the pages of an archive are served just now: a note in the user's settings folder, for the user alone."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from casework.workspace import Workspace
from collector.canonical import as_json, made
from collector.errors import ArchiveError
from collector.platform import keep_private, while_held


@dataclass(frozen=True, slots=True)
class Served:
    """A server of the pages: its port, and the key to it."""

    port: int
    key: str = field(repr=False)


def _file(ws: Workspace) -> Path:
    return ws.user / "serve" / f"{ws.mark[:16]}.json"


def noted(ws: Workspace) -> Served | None:
    """What was noted last, be it running or not; None where there is no note, or none that is understood."""
    try:
        return made(Served, json.loads(_file(ws).read_bytes()))
    except (OSError, ValueError):
        return None


def note(ws: Workspace, served: Served) -> None:
    """Notes it, in a file that nobody else could read at any time. Raises ArchiveError."""
    path = _file(ws)
    begun = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        keep_private(path.parent)
        begun.unlink(missing_ok=True)
        with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            json.dump(as_json(served), stream)
        while_held(lambda: begun.replace(path))
    except OSError as error:
        todo = "Free some space, or make the folder your own."
        raise ArchiveError(f"{path} cannot be written ({error.strerror}).", todo) from error


def forget(ws: Workspace, served: Served | None = None) -> None:
    """Takes the note away, where it is of this server, or of whichever."""
    if served is None or noted(ws) == served:
        with suppress(OSError):
            _file(ws).unlink(missing_ok=True)
