"""Writing so that a crash leaves either the old or the new: temporary file, fsync, rename, fsync of the folder."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from collector.errors import ArchiveError, DiskFull
from collector.platform import sync_file, too_long, while_held

_HELD = (32, 33)  # of Windows: another program has the file, or a part of it, open


def _refused(path: Path, error: OSError, platform: str = sys.platform) -> ArchiveError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            "The disk is full: not everything could be kept. What was kept before is whole.",
            "Free some space and run the command again.",
        )
    if error.errno == errno.ENAMETOOLONG or (
        error.errno in (errno.ENOENT, errno.EINVAL) and too_long(path.parent.absolute() / _longest(path), platform)
    ):
        return ArchiveError(
            f"{path} was not kept: its path is too long for this system.",
            "Move the archive into a folder with a short path, such as one in your own folder, and name it with --archive.",
        )
    # Windows does not take away what another program has open; a file that is closed to us it does not let us see.
    if platform == "win32" and (
        getattr(error, "winerror", None) in _HELD or (error.errno == errno.EACCES and path.exists())
    ):
        return ArchiveError(
            f"{path} was not written: another program has it open, such as a viewer, a virus scanner or OneDrive.",
            "Close that program, or wait a moment, and run the command again; keep the archive out of synchronised folders.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ArchiveError(
            f"{path.parent} cannot be written to.", "Choose another folder with --archive, or change its permissions."
        )
    return ArchiveError(f"{path.name} was not kept: {error.strerror or error}.", "Check the disk and run the command again.")


def _longest(path: Path) -> str:
    """The longest name under which a file is written: its own, or that of the unfinished one beside it."""
    return max(path.name, _unfinished(path).name, key=len)


def _unfinished(path: Path) -> Path:
    return path.parent / f".{path.name[:40]}.{uuid4().hex[:8]}.part"


def systems_hint(path: str) -> str:
    """What more to say of an added file that systems put into folders which were looked at; "" of any other."""
    left = re.fullmatch(r"(.*/)?(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]+)", path)
    return "; systems put it into folders that were looked at: delete it, and check again" if left else ""


def make_folder(folder: Path) -> None:
    """The folder and its parents. Raises ArchiveError with a plain sentence."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(folder / "folder", error) from error


def sync_folder(folder: Path, platform: str = sys.platform) -> None:
    """Makes a rename durable; Windows has no such call and needs none. Raises ArchiveError."""
    if platform == "win32":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise _refused(folder / "folder", error) from error


def put_in_place(made: Path, path: Path) -> None:
    """A whole file under its own name, in place of what was there. Raises OSError."""
    while_held(lambda: made.replace(path))


def write_file(path: Path, data: bytes) -> None:
    """Writes a whole file, or leaves what was there. Raises ArchiveError."""
    with writing(path) as stream:
        stream.write(data)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A stream to write a whole file with; whatever goes wrong leaves what was there. Raises ArchiveError."""
    make_folder(path.parent)
    temporary = _unfinished(path)
    try:
        with temporary.open("wb") as stream:
            yield stream
            stream.flush()
            sync_file(stream.fileno())
        put_in_place(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        drop(temporary)
        raise _refused(path, error) from error
    except BaseException:
        drop(temporary)
        raise


def drop(temporary: Path) -> None:
    """Removes what was not finished. A disk that cannot be written to refuses this too; what went wrong before is said."""
    with suppress(OSError):
        while_held(lambda: temporary.unlink(missing_ok=True))


def append_line(path: Path, data: bytes) -> None:
    """Appends whole lines and waits for the disk. On failure the file is cut back to what it was. Raises ArchiveError."""
    make_folder(path.parent)
    try:
        new = not path.exists()
        with while_held(lambda: path.open("ab")) as stream:
            before = stream.tell()
            try:
                stream.write(data)
                stream.flush()
                sync_file(stream.fileno(), all_before=True)  # what the line names was written before it
            except OSError:
                os.ftruncate(stream.fileno(), before)
                raise
        if new:
            sync_folder(path.parent)
    except OSError as error:
        raise _refused(path, error) from error
