"""What is made here to be taken away (packs, drawn pages): in folders of the user alone, gone again after a day."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from pathlib import Path

from casework.workspace import Workspace
from collector.errors import ArchiveError
from collector.platform import keep_private

_FOR_S = 24 * 3600
_NUMBER = re.compile(r"[0-9a-f]{24}")


def new_place(ws: Workspace) -> Path:
    """A folder for one thing that is made; older ones go. Raises ArchiveError where none can be made."""
    folder = ws.user / "packs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        keep_private(folder)
        for old in folder.iterdir():
            if old.is_dir() and time.time() - old.stat().st_mtime > _FOR_S:
                shutil.rmtree(old, ignore_errors=True)
        place = folder / secrets.token_hex(12)
        place.mkdir()
    except OSError as error:
        raise ArchiveError(
            f"{folder} cannot be written to ({error.strerror}).",
            "See whether the disk is full, or that folder closed to you.",
        ) from error
    return place


def made_at(ws: Workspace, number: str, ending: str) -> Path | None:
    """The file with that ending that was made under this number; None where there is none (any more)."""
    return next(iter(all_made_at(ws, number, ending)), None)


def all_made_at(ws: Workspace, number: str, ending: str) -> list[Path]:
    """Every such file, by name."""
    return sorted((ws.user / "packs" / number).glob(f"*{ending}")) if _NUMBER.fullmatch(number) else []
