"""What a file may do when its own program opens it: macros, scripts, programs, other files in it. Bytes in, words out.

Such a file of the buyer's is evidence and stays as he gave it; whoever opens it is told beside it.
"""

from __future__ import annotations

import io
import re
import zipfile

from collector.capture.unpacking import texts_in
from collector.zips import BROKEN

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .doc, .xls, .ppt, and of macros
_MACROS = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "Macros", "_VBA_PROJECT_CUR"))
# ISO 32000-1, 7.3.5: any sign of a name may be written as # and two digits.
_HEX = re.compile(r"#([0-9A-Fa-f]{2})")
_IN_PDF = (
    (re.compile(r"/(?:JavaScript|JS)\b"), "scripts"),
    (re.compile(r"/Launch\b"), "a command that starts a program"),
    (re.compile(r"/EmbeddedFiles?\b"), "other files in it"),
    (re.compile(r"/(?:OpenAction|AA)\s*(?:<<(?:(?!>>).){0,400}?/URI\b)", re.DOTALL), "an address that it opens by itself"),
)
_IN_OFFICE = (
    (re.compile(r"(?:^|/)vbaProject\.bin$", re.IGNORECASE), "macros"),
    (re.compile(r"(?:^|/)activeX/", re.IGNORECASE), "programs (ActiveX)"),
    (re.compile(r"(?:^|/)embeddings/", re.IGNORECASE), "other files in it"),
)
_OFFICE = re.compile(r"^(?:word|xl|ppt)/|^\[Content_Types\]\.xml$|^META-INF/manifest\.xml$")
_BASIC = re.compile(r"^(?:Basic|Scripts)/")  # of an OpenDocument file


def may_do(data: bytes) -> tuple[str, ...]:
    """What a file holds that acts, in words ("macros", "scripts"); () for nothing known."""
    if data.startswith(b"%PDF-"):
        return _in_pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return _in_office(data)
    return ("macros",) if data.startswith(_OLE) and any(name in data for name in _MACROS) else ()


def _in_pdf(data: bytes) -> tuple[str, ...]:
    found = dict.fromkeys(
        what for text in texts_in(data) for pattern, what in _IN_PDF if pattern.search(_HEX.sub(_letter, text))
    )
    return tuple(what for _, what in _IN_PDF if what in found)


def _letter(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _in_office(data: bytes) -> tuple[str, ...]:
    """Of an office document; a zip of somebody's files is looked into as such, and not taken for one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except BROKEN:
        return ()
    if not any(map(_OFFICE.search, names)):
        return ()
    found = dict.fromkeys(what for name in names for pattern, what in _IN_OFFICE if pattern.search(name))
    return (*found, *(["macros"] if any(map(_BASIC.search, names)) and "macros" not in found else []))
