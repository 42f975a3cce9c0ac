"""A page saved by hand: MHTML, complete HTML with its folder, a single file, a web archive. What the file says of itself.

Where the address comes from and when the page was saved is what the file states (see `read_page`), never the file system's
dates: a copy has others.
"""

from __future__ import annotations

import plistlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote
from xml.parsers.expat import ExpatError

from collector.platform import composed

_HEAD = 6000  # bytes in which a saving program writes its own comment
# Chrome and Edge write it first (the "mark of the web"), with the address's length: learn.microsoft.com, ms537628.
_MARK = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!doctype[^>]{0,300}>\s*)?"
    rb"<!--\s*saved from url=\((\d{4})\)(\S{1,4000})",
    re.IGNORECASE,
)
_SINGLE_FILE = re.compile(
    rb"<!--\s*Page saved with SingleFile\s+url:\s*(\S{1,4000})\s+saved date:\s*([^\r\n]{10,80})", re.IGNORECASE
)
_SAVE_PAGE = re.compile(rb'<meta name="savepage-(url|date)" content="([^"]{1,4000})"', re.IGNORECASE)
_SCRIPT_DATE = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT([+-]\d{4})")
_REFERENCE = re.compile(rb"""\b(?:src|href)\s*=\s*["'](?:\./)?([^"'/?#<>]{1,250})/[^"'<>]{1,400}["']""", re.IGNORECASE)
_HTML_NAMES = (".html", ".htm", ".xhtml")


@dataclass(frozen=True, slots=True)
class PageFile:
    """A saved page: `form` is mhtml, html or webarchive; `documents` the page's HTML, then its frames', each with the
    name of the part that holds it ("" for the file itself).

    `url` and `saved_at` (UTC) are what the file states of itself, "" and None where it does not; `said_by` names what in
    the file gives the time.
    """

    form: str
    url: str
    saved_at: datetime | None
    said_by: str
    documents: tuple[tuple[str, bytes], ...]


def read_page(name: str, data: bytes, parts: Mapping[str, bytes]) -> PageFile | None:
    """The page in a file, or None where there is none in it. `parts` are the files of its folder, by name.

    MHTML: `Snapshot-Content-Location` and `Date` of its head (RFC 2557, RFC 5322). HTML: the comment of Chrome and Edge
    ("saved from url"), which has no time; that of SingleFile and Save Page WE, which have both. Never raises.
    """
    suffix = Path(name).suffix.lower()
    if data[:8] == b"bplist00" or suffix == ".webarchive":
        return _web_archive(data)
    if suffix in (".mhtml", ".mht") or _is_mhtml(data):
        return _mhtml(data)
    if suffix in _HTML_NAMES or re.match(
        rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|!--)", data[:_HEAD], re.IGNORECASE
    ):
        return _html(data, parts)
    return None


def folder_of(page: Path, data: bytes) -> Path | None:
    """The folder that a browser saved beside the page ("page_files", "page-Dateien"), as the page itself names it."""
    stem = composed(page.stem)[:40]
    for reference in dict.fromkeys(_REFERENCE.findall(data)):
        name = unquote(reference.decode("utf-8", "replace"))
        if composed(name).startswith(stem) and name not in (".", "..") and "\\" not in name:
            ways = (name, composed(name), unicodedata.normalize("NFD", name))
            beside = next((folder for way in ways if (folder := page.parent / way).is_dir()), None)
            if beside is not None:
                return beside
    return None


def _is_mhtml(data: bytes) -> bool:
    head = data[:_HEAD].split(b"\r\n\r\n", 1)[0].split(b"\n\n", 1)[0].lower()
    return b"multipart/related" in head and (b"snapshot-content-location:" in head or b"mime-version:" in head)


def _mhtml(data: bytes) -> PageFile | None:
    message = message_from_bytes(data, policy=policy.compat32)
    pages = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    documents = tuple(("", _document(part)) for part in pages)
    if not documents:
        return None
    url = _header(message, "Snapshot-Content-Location") or _header(pages[0], "Content-Location")
    saved_at = _mail_date(_header(message, "Date"))
    return PageFile("mhtml", url, saved_at, "the Date in the file's head" if saved_at else "", documents)


def _header(message: Message, name: str) -> str:
    return re.sub(r"\s+", "", str(message.get(name, ""))) if "Location" in name else str(message.get(name, "")).strip()


def _document(part: Message) -> bytes:
    """A part's HTML; a declared encoding is applied here, because the markup need not repeat it."""
    body = part.get_payload(decode=True)
    data = body if isinstance(body, bytes) else b""
    declared = part.get_content_charset()
    if not declared:
        return data
    try:
        return b"\xef\xbb\xbf" + data.decode(declared, "replace").encode("utf-8", "replace")
    except LookupError:
        return data


def _mail_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)  # "-0000" is UTC: RFC 5322, 3.3
    except (ValueError, OverflowError):
        return None


def _html(data: bytes, parts: Mapping[str, bytes]) -> PageFile:
    head = data[:_HEAD]
    url, saved_at, said_by = "", None, ""
    if mark := _MARK.match(head):
        length, text = int(mark[1]), mark[2]
        url = text[:length].decode("utf-8", "replace").replace("%2D%2D", "--") if len(text) >= length else ""
    elif single := _SINGLE_FILE.search(head):
        url, saved_at = single[1].decode("utf-8", "replace"), _script_date(single[2].decode("utf-8", "replace"))
        said_by = "SingleFile's comment in the file" if saved_at else ""
    else:
        stated = {m[0].lower(): m[1].decode("utf-8", "replace") for m in _SAVE_PAGE.findall(data)}
        url, saved_at = stated.get(b"url", ""), _script_date(stated.get(b"date", ""))
        said_by = "Save Page WE's note in the file" if saved_at else ""
    frames = tuple((name, part) for name, part in sorted(parts.items()) if name.lower().endswith(_HTML_NAMES))
    return PageFile("html", url if url.startswith(("http://", "https://")) else "", saved_at, said_by, (("", data), *frames))


def _script_date(text: str) -> datetime | None:
    """JavaScript's "Tue Nov 24 2026 18:26:14 GMT+0100 (…)" as an instant."""
    match = _SCRIPT_DATE.search(text)
    try:
        return datetime.strptime(" ".join(match.groups()), "%b %d %Y %H:%M:%S %z").astimezone(UTC) if match else None
    except (ValueError, OverflowError):
        return None


def _web_archive(data: bytes) -> PageFile | None:
    """Safari's web archive: a property list with WebMainResource and WebSubframeArchives. It states no time."""
    try:
        top = plistlib.loads(data)
        main = top["WebMainResource"]
        documents = [("", bytes(main["WebResourceData"]))]
        for frame in top.get("WebSubframeArchives", ()):
            documents.append(("", bytes(frame["WebMainResource"]["WebResourceData"])))
        url = str(main.get("WebResourceURL", ""))
    except (
        plistlib.InvalidFileException,
        ExpatError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OverflowError,
    ):
        return None
    return PageFile("webarchive", url, None, "", tuple(documents))
