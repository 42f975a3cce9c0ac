"""Writing so that a crash leaves either the old or the new: temporary file, fsync, rename, fsync of the folder."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from collector.errors import ArchiveError, DiskFull


def _refused(path: Path, error: OSError) -> ArchiveError:
    if error.errno == errno.ENOSPC:
        return DiskFull(
            "The disk is full: not everything could be kept. What was kept before is whole.",
            "Free some space and run the command again.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ArchiveError(
            f"{path.parent} cannot be written to.", "Choose another folder with --archive, or change its permissions."
        )
    return ArchiveError(f"{path.name} was not kept: {error.strerror or error}.", "Check the disk and run the command again.")


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


def sync_folder(folder: Path) -> None:
    """Makes a rename durable; Windows has no such call and needs none. Raises ArchiveError."""
    if os.name == "nt":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise _refused(folder / "folder", error) from error


def write_file(path: Path, data: bytes) -> None:
    """Writes a whole file, or leaves what was there. Raises ArchiveError."""
    with writing(path) as stream:
        stream.write(data)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A stream to write a whole file with; whatever goes wrong leaves what was there. Raises ArchiveError."""
    make_folder(path.parent)
    temporary = path.parent / f".{path.name[:40]}.{uuid4().hex[:8]}.part"
    try:
        with temporary.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        _drop(temporary)
        raise _refused(path, error) from error
    except BaseException:
        _drop(temporary)
        raise


def _drop(temporary: Path) -> None:
    """A disk that cannot be written to refuses this, too; what went wrong before is the thing to say."""
    with suppress(OSError):
        temporary.unlink(missing_ok=True)


def append_line(path: Path, data: bytes) -> None:
    """Appends whole lines and waits for the disk. On failure the file is cut back to what it was. Raises ArchiveError."""
    make_folder(path.parent)
    try:
        new = not path.exists()
        with path.open("ab") as stream:
            before = stream.tell()
            try:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            except OSError:
                os.ftruncate(stream.fileno(), before)
                raise
        if new:
            sync_folder(path.parent)
    except OSError as error:
        raise _refused(path, error) from error
