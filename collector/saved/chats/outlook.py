"""Outlook's .msg: a mail in a compound file (MS-OXMSG), read in a process of its own, for it comes from anybody.

Names of streams and properties: MS-OXMSG section 2.2, MS-OXPROPS. Where the mail kept its heads as they came over the
network, its Date is taken from there, with its zone; else the instant at which it was submitted, which is UTC.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_string, policy
from io import BytesIO
from typing import TYPE_CHECKING

from collector.canonical import Misfit, as_json, made, sha256
from collector.model import Printed
from collector.saved.apart import bound, run_apart
from collector.saved.chats.clocks import exactly
from collector.saved.chats.conversation import (
    NONE,
    Caution,
    Chat,
    Given,
    Message,
    NotRead,
    attachment,
    conversation,
    message,
)
from collector.saved.chats.mail import APP, correspondents, letter, mail_time, text_of_html

if TYPE_CHECKING:
    from olefile import OleFileIO

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LARGEST = 40 * 1024 * 1024
_PROPERTIES = "__properties_version1.0"
_DEEPEST, _MOST_FILES = 5, 500
_SUBJECT, _HEADS, _SENDER, _ADDRESS, _SMTP, _TO, _CC, _BODY, _HTML, _RICH = (
    "0037", "007D", "0C1A", "0C1F", "5D01", "0E04", "0E03", "1000", "1013", "1009",
)  # fmt: skip
_FILE_DATA, _LONG_NAME, _SHORT_NAME, _SHOWN_NAME, _MEDIA_TYPE = "3701", "3707", "3704", "3001", "370E"
_SUBMITTED, _DELIVERED, _CODE_PAGE = 0x0039, 0x0E06, 0x3FFD
_DAMAGED = "The mail cannot be read: the file is damaged. Save it again in Outlook, or as .eml, and add that file."
_TOO_LARGE = "The mail is larger than 40 MB, so it was not read. It is kept as it is."


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that is attached, by name and SHA-256; "" for a mail that is attached."""

    name: str
    digest: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as its properties say: `date` is the head as it came, `submitted` an instant (UTC) or None."""

    sender: str
    subject: str
    date: str
    submitted: datetime | None
    to: str
    cc: str
    text: str
    rich_only: bool
    files: tuple[Enclosed, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the process says: the mail and those it encloses; none for a compound file of another program."""

    is_mail: bool
    letters: tuple[Letter, ...] = ()


def is_compound(data: bytes) -> bool:
    """Whether the bytes are a compound file, by their beginning: a mail, or a document of an old Office."""
    return data.startswith(_COMPOUND)


def read_outlook(given: Given) -> Chat | NotRead | None:
    """The mail in a compound file, and after it those that it encloses; None for another program's file."""
    if len(given.data) > _LARGEST:
        return NotRead(_TOO_LARGE)
    try:
        answer = made(Answer, json.loads(run_apart(__name__, "", given.data)))
    except (ValueError, Misfit, RecursionError):
        return NotRead(_DAMAGED)
    if not answer.is_mail:
        return None
    found = conversation(APP, map(_message, answer.letters), caution=_rich(answer.letters))
    return found or NotRead(_DAMAGED)


def _rich(letters: tuple[Letter, ...]) -> Caution:
    if any(one.rich_only for one in letters):
        return Caution("Its words are kept as rich text alone, which is not read.", "Save it as .eml and add that file too.")
    return NONE


def _message(one: Letter) -> Message:
    sent: Printed | None = mail_time(one.date) if one.date else None
    printed = one.date
    if sent is None and one.submitted:
        printed = f"{one.submitted:%Y-%m-%d %H:%M:%S} UTC"
        sent = exactly(printed, one.submitted)
    files = [attachment(file.name, file.digest or None, file.media_type) for file in one.files]
    who = correspondents(one.sender, one.to, one.cc)
    return message(APP, who, printed, sent, letter(one.subject, one.text), files)


# -- inside the process that reads -------------------------------------------------------------------------------------


def main() -> None:
    """Reads standard input, writes what came of it as JSON; nothing for a file that cannot be read."""
    bound()
    from olefile import OleFileIO

    data = sys.stdin.buffer.read()
    try:
        with OleFileIO(BytesIO(data)) as container:
            answer = Answer(False)
            if container.exists(_PROPERTIES):
                answer = Answer(True, tuple(_letters(_Storage(container, (), 32), 0)))
    except Exception:  # noqa: BLE001 - a parser of hostile files raises anything; the process ends here either way
        return
    sys.stdout.write(json.dumps(as_json(answer)))


class _Storage:
    """A storage of the compound file and its properties; `head` bytes stand before them (MS-OXMSG 2.4)."""

    def __init__(self, container: OleFileIO, path: tuple[str, ...], head: int) -> None:
        self.container, self.path = container, path
        data = self.bytes_of(_PROPERTIES)
        rows = [data[at : at + 16] for at in range(head, len(data) - 15, 16)]
        self.fixed = {int.from_bytes(row[2:4], "little"): row[8:16] for row in rows}
        self.names = {
            entry[len(path)] for entry in container.listdir(streams=True, storages=True)
            if len(entry) > len(path) and tuple(entry[: len(path)]) == path
        }  # fmt: skip

    def bytes_of(self, name: str) -> bytes:
        place = [*self.path, name]
        if not self.container.exists("/".join(place)) or self.container.get_type("/".join(place)) != 2:
            return b""
        with self.container.openstream("/".join(place)) as stream:
            return bytes(stream.read())

    def binary(self, number: str) -> bytes:
        return self.bytes_of(f"__substg1.0_{number}0102")

    def text(self, number: str) -> str:
        wide = self.bytes_of(f"__substg1.0_{number}001F")
        if wide:
            return wide.decode("utf-16-le", "replace").strip("\0")
        return self.narrow(self.bytes_of(f"__substg1.0_{number}001E")).strip("\0")

    def narrow(self, data: bytes) -> str:
        """Text in the mail's own code page, where UTF-8 does not fit."""
        page = int.from_bytes(self.fixed.get(_CODE_PAGE, b"")[:4], "little")
        for encoding in ("utf-8", f"cp{page}", "cp1252"):
            try:
                return data.decode(encoding)
            except (UnicodeDecodeError, LookupError):
                continue
        return data.decode("latin-1")

    def instant(self, number: int) -> datetime | None:
        """A FILETIME: so many tenths of microseconds after 1601."""
        count = int.from_bytes(self.fixed.get(number, b""), "little")
        try:
            return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=count // 10) if count else None
        except OverflowError:
            return None

    def inner(self, name: str, head: int) -> _Storage:
        return _Storage(self.container, (*self.path, name), head)


def _letters(mail: _Storage, depth: int) -> Iterator[Letter]:
    files, enclosed = [], []
    for name in sorted(one for one in mail.names if one.startswith("__attach_version1.0_"))[:_MOST_FILES]:
        part = mail.inner(name, 8)
        called = part.text(_LONG_NAME) or part.text(_SHORT_NAME) or part.text(_SHOWN_NAME) or "unnamed"
        if f"__substg1.0_{_FILE_DATA}000D" in part.names:
            inner = part.inner(f"__substg1.0_{_FILE_DATA}000D", 24)
            if inner.bytes_of(_PROPERTIES):
                enclosed.append(inner)
            files.append(Enclosed(called, "", ""))
        else:
            files.append(Enclosed(called, sha256(part.binary(_FILE_DATA)), part.text(_MEDIA_TYPE)))
    heads = message_from_string(mail.text(_HEADS), policy=policy.compat32)
    sender, address = mail.text(_SENDER), mail.text(_SMTP) or mail.text(_ADDRESS)
    whom = f"{sender} <{address}>" if address and "@" in address and address != sender else sender or address
    text = mail.text(_BODY)
    if not text.strip():
        html = mail.narrow(mail.binary(_HTML)) or mail.text(_HTML)
        text = text_of_html(html)
    rich_only = not text.strip() and bool(mail.binary(_RICH))
    yield Letter(
        whom, mail.text(_SUBJECT), " ".join(str(heads["Date"] or "").split()),
        mail.instant(_SUBMITTED) or mail.instant(_DELIVERED), mail.text(_TO), mail.text(_CC), text, rich_only, tuple(files),
    )  # fmt: skip
    if depth < _DEEPEST:
        for one in enclosed:
            yield from _letters(one, depth + 1)


if __name__ == "__main__":
    main()
