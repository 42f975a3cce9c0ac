"""E-mail as a file (.eml, RFC 5322): who wrote to whom, when by its own Date, subject and text, and what was attached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

from collector.canonical import sha256
from collector.model import Printed
from collector.saved.chats.clocks import exactly, without_zone
from collector.saved.chats.conversation import Chat, Given, Message, attachment, conversation, message

APP = "e-mail"
_HEAD = re.compile(rb"(?:From |[A-Za-z-]{2,40}: ?)[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n|[A-Za-z0-9-]{2,60}:[^\r\n]*\r?\n){2}")
# What stands behind the time of a Date, asctime's year and comments left out: "+0200", "GMT+0800", "+08:00", "EST".
_BEHIND = re.compile(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?P<rest>(?![\d:.]).*)$")
_OFFSET = re.compile(r"(?:(?:GMT|UTC?)\s?)?(?P<sign>[+-])(?P<hours>0\d|1[0-4]):?(?P<minutes>[0-5]\d)$")
_HALF_OF_A_DAY = re.compile(r"\b[AP]\.?M\b", re.IGNORECASE)
# Hours from UTC, RFC 5322 section 4.3. CST is left out: a mail from China means its own by it, 14 hours from America's.
_NAMED = {
    "GMT": 0, "UT": 0, "UTC": 0, "Z": 0, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
_DEEPEST = 5
# The parser's own on hostile heads.
_FAULTS = (ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError)


def read_mail(given: Given) -> Chat | None:
    """The message in a file, and after it those that it encloses; None for anything else, a saved page (MHTML) too."""
    if not _HEAD.match(given.data[:8000]):
        return None
    try:
        mail = message_from_bytes(given.data, policy=policy.default)
        if not isinstance(mail, EmailMessage) or not _is_mail(mail):
            return None
        return conversation(APP, _messages(mail, 0))
    except _FAULTS:
        return None


def files_attached(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of what a mail, and each that it encloses, brought; nothing of a file that is none."""
    try:
        mail = message_from_bytes(data, policy=policy.default)
        if isinstance(mail, EmailMessage) and _is_mail(mail):
            yield from _files_of(mail, 0)
    except _FAULTS:
        return


def _files_of(mail: EmailMessage, depth: int) -> Iterator[tuple[str, bytes]]:
    for part in _leaves(mail, mail.get_body(("plain", "html"))):
        inner = part.get_content() if part.get_content_type() == "message/rfc822" else None
        data = None if inner is not None else part.get_payload(decode=True)
        if isinstance(data, bytes):
            yield _named(part), data
        elif isinstance(inner, EmailMessage) and depth < _DEEPEST:
            yield from _files_of(inner, depth + 1)


def _is_mail(mail: EmailMessage) -> bool:
    saved_page = mail["Snapshot-Content-Location"] or "Saved by" in str(mail["From"] or "")
    return bool(mail["From"] and (mail["Date"] or mail["Subject"]) and not saved_page)


def _messages(mail: EmailMessage, depth: int) -> Iterator[Message]:
    body = mail.get_body(("plain", "html"))
    files, enclosed = [], []
    for part in _leaves(mail, body):
        inner = part.get_content() if part.get_content_type() == "message/rfc822" else None
        if isinstance(inner, EmailMessage):
            enclosed.append(inner)
            files.append(attachment(part.get_filename() or f"{_line(inner, 'Subject') or 'message'}.eml"))
        else:
            data = part.get_payload(decode=True)
            digest = sha256(data) if isinstance(data, bytes) else None
            files.append(attachment(_named(part), digest, part.get_content_type()))
    printed = _date(mail)
    who = correspondents(_line(mail, "From"), _line(mail, "To"), _line(mail, "Cc"))
    yield message(APP, who, printed, mail_time(printed), letter(_line(mail, "Subject"), _text(body)), files)
    if depth < _DEEPEST:
        for one in enclosed:
            yield from _messages(one, depth + 1)


def _leaves(mail: EmailMessage, body: object) -> Iterator[EmailMessage]:
    """What is attached or stands in the text as a picture: every part that is neither the text nor another form of it."""
    for part in mail.iter_parts() if mail.is_multipart() and mail.get_content_type() != "message/rfc822" else ():
        if not isinstance(part, EmailMessage) or part is body:
            continue
        if part.get_content_maintype() == "multipart":
            yield from _leaves(part, body)
        elif part.get_content_type() not in ("text/plain", "text/html") or part.get_filename() or _is_attached(part):
            yield part


def _is_attached(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment"


def _named(part: EmailMessage) -> str:
    return str(part.get_filename() or f"unnamed ({part.get_content_type()})")


def _line(mail: EmailMessage, name: str) -> str:
    return " ".join(str(mail[name] or "").split())


def _date(mail: EmailMessage) -> str:
    """The Date as it stands: as the library gives it, one without a zone has one."""
    return next((" ".join(str(value).split()) for name, value in mail.raw_items() if name.lower() == "date"), "")


def _text(body: object) -> str:
    """The body's words, of HTML without its markup."""
    if not isinstance(body, EmailMessage):
        return ""
    try:
        text = str(body.get_content())
    except LookupError:  # an unknown charset
        data = body.get_payload(decode=True)
        text = data.decode("utf-8", "replace") if isinstance(data, bytes) else ""
    return text_of_html(text) if body.get_content_type() == "text/html" else text


def letter(subject: str, text: str) -> str:
    """A mail's words as a message has them: its subject, then its text without blank lines."""
    return "\n".join(line for line in (subject, *(line.strip() for line in text.splitlines())) if line)


def correspondents(sender: str, to: str, cc: str) -> str:
    """Who wrote a mail and to whom, in place of a message's name: they are no words of the mail."""
    return sender + "".join(f", {how} {whom}" for how, whom in (("to", to), ("copy to", cc)) if whom)


def mail_time(printed: str) -> Printed | None:
    """A Date header: an instant only where all that stands behind its time is a zone that is known ("-0000" is UTC,
    section 3.3), else a range. None where it is none, and beside a mark of half a day, which no Date has.
    """
    behind = _BEHIND.search(printed)
    rest = re.sub(r"\([^()]*\)|(?<![\d+-])\d{4}$", " ", behind["rest"]).strip() if behind else ""
    if _HALF_OF_A_DAY.search(rest):
        return None
    try:
        wall = parsedate_to_datetime(printed).replace(tzinfo=None)
        zone = _zone(rest)
        return exactly(printed, wall.replace(tzinfo=zone)) if zone else without_zone(printed, wall)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _zone(said: str) -> timezone | None:
    if said.upper() in _NAMED:
        return timezone(timedelta(hours=_NAMED[said.upper()]))
    offset = _OFFSET.match(said)
    if offset is None:
        return None
    ahead = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"]))
    return timezone(ahead if offset["sign"] == "+" else -ahead)


class _Words(HTMLParser):
    _BREAKS = frozenset("p br div tr li h1 h2 h3 h4 table blockquote".split())
    _UNSEEN = frozenset("script style head title".split())

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in self._UNSEEN
        if tag in self._BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._UNSEEN and self.unseen:
            self.unseen -= 1
        if tag in self._BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.words.append(" ".join(data.split()) + (" " if data[-1:].isspace() else ""))


def text_of_html(html: str) -> str:
    """The words of a mail's HTML, a line for each block."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return "".join(reader.words)
