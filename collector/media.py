"""What a file is, by its first bytes; its name only says what nobody can tell from them.

A telephone that sends a HEIC as a JPEG leaves its name as it was; so does a site that gives a page for a picture.
Signatures: the formats' own specifications; ISO media by the brands of ISO/IEC 14496-12 and 23008-12.
"""

from __future__ import annotations

import mimetypes

_HEAD = 4096
_DOCUMENTS = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_DOCUMENTS}wordprocessingml.document"
OUTLOOK = "application/vnd.ms-outlook"

# What is said of a format, and the endings under which it goes.
_FORMATS: dict[str, tuple[str, str]] = {
    "image/jpeg": ("a JPEG picture", "jpg jpeg jfif jpe"),
    "image/png": ("a PNG picture", "png"),
    "image/gif": ("a GIF picture", "gif"),
    "image/webp": ("a WebP picture", "webp"),
    "image/tiff": ("a TIFF picture", "tif tiff"),
    "image/heic": ("a HEIC picture", "heic heif"),
    "image/avif": ("an AVIF picture", "avif"),
    "video/mp4": ("an MP4 video", "mp4 m4v"),
    "video/quicktime": ("a QuickTime video", "mov qt"),
    "video/3gpp": ("a 3GP video", "3gp 3g2"),
    "video/webm": ("a WebM video", "webm"),
    "video/x-matroska": ("a Matroska video", "mkv"),
    "video/x-msvideo": ("an AVI video", "avi"),
    "audio/mp4": ("an MP4 sound", "m4a"),
    "audio/mpeg": ("an MP3 sound", "mp3"),
    "audio/ogg": ("an Ogg sound", "ogg oga opus"),
    "audio/x-wav": ("a WAV sound", "wav"),
    "audio/amr": ("an AMR sound", "amr"),
    "application/pdf": ("a PDF document", "pdf"),
    DOCX: ("a Word document", "docx"),
    f"{_DOCUMENTS}spreadsheetml.sheet": ("an Excel workbook", "xlsx"),
    f"{_DOCUMENTS}presentationml.presentation": ("a PowerPoint presentation", "pptx"),
    OUTLOOK: ("a mail of Outlook", "msg"),
    "application/rtf": ("an RTF document", "rtf"),
    "application/zip": ("a zip", "zip"),
    "text/html": ("a web page", "html htm xhtml"),
}
_OF_ENDING = {ending: media_type for media_type, (_, endings) in _FORMATS.items() for ending in endings.split()}
_OF_ENDING |= {"mhtml": "multipart/related", "mht": "multipart/related", "eml": "message/rfc822"}
_OF_ENDING |= {"webarchive": "application/x-webarchive", "txt": "text/plain", "doc": "application/msword"}
_BUILT_IN = mimetypes.MimeTypes()  # of Python alone, not of the machine
# Of these a format may be made that goes by a name of its own; not these formats, nor what has no known name.
_HOLD_ANYTHING = ("application/zip", "text/html")
_NEVER_IN_THEM = ("image/", "video/", "audio/", "application/pdf", "application/octet-stream")
# Formats that share a container: an ending of one is no lie about the other.
_ALIKE = (
    frozenset({"video/mp4", "video/quicktime", "video/3gpp", "audio/mp4"}), frozenset({"video/webm", "video/x-matroska"}),
)  # fmt: skip
_ISO_BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"heim": "image/heic", b"heis": "image/heic", b"hevc": "image/heic",
    b"mif1": "image/heic", b"msf1": "image/heic", b"avif": "image/avif", b"avis": "image/avif", b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"3gp4": "video/3gpp", b"3gp5": "video/3gpp", b"3gp6": "video/3gpp",
    b"3g2a": "video/3gpp",
}  # fmt: skip
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"), (b"MM\0*", "image/tiff"), (b"%PDF-", "application/pdf"), (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"), (b"#!AMR", "audio/amr"), (b"{\\rtf", "application/rtf"),
)  # fmt: skip
_RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/x-wav"}
_INNER_FOLDERS = (
    (b"word/", DOCX), (b"xl/", f"{_DOCUMENTS}spreadsheetml.sheet"), (b"ppt/", f"{_DOCUMENTS}presentationml.presentation"),
)  # fmt: skip
_MAIL_STREAM = "__substg1.0_".encode("utf-16-le")


def media_type_of(name: str, data: bytes) -> str:
    """The media type of a file: that of its bytes where they tell, else that of its name."""
    named = type_of_name(name) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    seen = _by_bytes(data)
    if not seen or seen == named or _alike(seen, named):
        return named
    if seen in _HOLD_ANYTHING and not named.startswith(_NEVER_IN_THEM):
        return named
    return seen


def type_of_name(name: str) -> str:
    """The media type of a file's name, or ""; the same on every machine, whatever its own list says."""
    return _OF_ENDING.get(_ending(name)) or _BUILT_IN.guess_type(name)[0] or ""


def belied(name: str, media_type: str) -> str:
    """What is said of a file whose name says it is something else: "Its name ends in .heic, but …"; "" where it does not."""
    ending = _ending(name)
    named = _OF_ENDING.get(ending)
    if named is None or media_type not in _FORMATS or named == media_type or _alike(named, media_type):
        return ""
    return f"Its name ends in .{ending}, but its bytes are {_FORMATS[media_type][0]}."


def _by_bytes(data: bytes) -> str:
    head = data[:_HEAD]
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return _ISO_BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"\x1aE\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    if head[:4] == b"PK\x03\x04":
        return _of_zip(data)
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return OUTLOOK if _MAIL_STREAM in data else ""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    return "text/html" if start.startswith((b"<!doctype html", b"<html")) else ""


def _of_zip(data: bytes) -> str:
    if b"[Content_Types].xml" in data:
        return next((media_type for folder, media_type in _INNER_FOLDERS if folder in data), "application/zip")
    return "application/zip"


def _alike(one: str, other: str) -> bool:
    return any(one in family and other in family for family in _ALIKE)


def _ending(name: str) -> str:
    stem, _, ending = name.rpartition(".")
    return ending.lower() if stem else ""
