"""What a zip from anybody may do to whoever opens it: the errors of the standard library, and its files."""

from __future__ import annotations

import lzma
import zipfile
import zlib

BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What `zipfile` raises at bytes that only begin like a zip, at an unknown packing, and at a lock."""


def files_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """All but folders; `ZipInfo.is_dir` fails at a file without a name."""
    return [one for one in archive.infolist() if not one.filename.endswith("/")]
