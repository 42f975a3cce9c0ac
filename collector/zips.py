"""What a zip from anybody may do to whoever opens it: the errors of the standard library, and its files."""

from __future__ import annotations

import lzma
import zipfile
import zlib

# What `zipfile` raises at bytes that only begin like a zip, at a packing that it does not know, and at a lock.
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def files_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """All but folders; `ZipInfo.is_dir` fails at a file without a name."""
    return [one for one in archive.infolist() if not one.filename.endswith("/")]
