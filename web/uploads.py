"""Files that a form brought: put on the disk under their own names, for what takes paths, and gone afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

from starlette.datastructures import FormData, UploadFile

from casework.workspace import Workspace
from collector.inert import opens_a_device
from web.handover import new_place

_LONGEST_NAME = 120


@contextmanager
def received(ws: Workspace, form: FormData) -> Iterator[list[Path]]:
    """The form's files, each in a folder of its own; none where none was chosen. What a crash leaves goes after a day."""
    sent = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    folder = new_place(ws)
    try:
        paths = []
        for number, one in enumerate(sent):
            place = folder / str(number)
            place.mkdir()
            path = place / file_name(one.filename or "")
            with path.open("wb") as stream:
                shutil.copyfileobj(one.file, stream, 1 << 20)
            paths.append(path)
        yield paths
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def file_name(given: str) -> str:
    """The last part of a name as a browser sends it, without what a file system would take for more than a name."""
    name = PureWindowsPath(PurePosixPath(given).name).name
    name = "".join(sign for sign in name if sign.isprintable() and sign not in '<>:"/\\|?*').strip(". ")
    stem, dot, ending = name.rpartition(".")
    name = (f"{stem[: _LONGEST_NAME - len(ending)]}{dot}{ending}" if dot else name[:_LONGEST_NAME]) or "file"
    return f"file-{name}" if opens_a_device(name) else name
