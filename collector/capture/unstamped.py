"""What the browser puts anew into each file it writes, such as the time, taken out: an unchanged page is kept once.

When a page was kept is said by its sealed record. Nothing that the page itself holds is touched.
"""

from __future__ import annotations

import hashlib
import re

# Chromium writes `Date:` into the head, a random boundary between the parts, and a random name for each frame and sheet of
# styles that has no address (RFC 2557).
_HEAD_DATE = re.compile(rb"^Date: [^\r\n]*\r?\n", re.MULTILINE)
_BOUNDARY = re.compile(rb'boundary="(----MultipartBoundary--([A-Za-z0-9]{20,80})----)"')
_NAME = re.compile(rb"^Content-(?:ID: <|Location: cid:)\w+-([0-9A-Fa-f-]{32,36})@mhtml\.blink", re.MULTILINE)
_LETTERS = 42  # as many as Chromium's; a boundary has 70 characters at most (RFC 2046)
_HEX = re.compile(rb"[0-9A-Fa-f]")
_SOFT_BREAK = rb"(?:=\r?\n)?"  # quoted-printable may break a line anywhere

_PDF_TIME = re.compile(rb"/(CreationDate|ModDate) \(D:[0-9'+Z-]*\)")
_INFO = 65_536  # bytes from a PDF's start within which the browser writes what is said about it


def mhtml_without_stamps(data: bytes) -> bytes:
    """A page as one MHTML file, by its content alone; bytes that are no such file of Chromium's come back as they are.

    The new boundary is made of all that the file holds, so that no page can hold it.
    """
    head, gap, body = data.partition(b"\r\n\r\n")
    found = _BOUNDARY.search(head)
    if not gap or found is None:
        return data
    boundary, random = found.groups()
    text = _HEAD_DATE.sub(b"", head, count=1) + gap + body
    # Only the heads of the parts give names: what stands in a page may look like one.
    heads = re.findall(rb"^--" + re.escape(boundary) + rb"\r\n((?:[^\r\n]+\r\n)+)", text, re.MULTILINE)
    for number, name in enumerate(dict.fromkeys(_NAME.findall(b"".join(heads)))):
        text = _renamed(text, name, number)
    made = hashlib.sha256(text.replace(random, b"")).hexdigest()[:_LETTERS].encode()
    return text.replace(random, made)


def _renamed(text: bytes, name: bytes, number: int) -> bytes:
    """A frame or sheet of styles by its number, wherever it is named, with the line breaks that stand in its name."""
    digits = iter(f"{number:0{len(_HEX.findall(name))}x}")
    new = _HEX.sub(lambda _: next(digits).encode(), name)
    letters = re.compile(_SOFT_BREAK.join(re.escape(name[i : i + 1]) for i in range(len(name))))

    def written(found: re.Match[bytes]) -> bytes:
        rest = iter(new[i : i + 1] for i in range(len(new)))
        return re.sub(rb"=\r?\n|[0-9A-Fa-f-]", lambda one: one[0] if one[0][:1] == b"=" else next(rest), found[0])

    return letters.sub(written, text)


def pdf_without_stamps(data: bytes) -> bytes:
    """A printed page without the times of its printing: blanks in their place, so that all else stands where it did."""
    start = _PDF_TIME.sub(lambda found: b" " * len(found[0]), data[:_INFO])
    return start + data[_INFO:]
