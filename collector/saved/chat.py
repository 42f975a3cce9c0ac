"""Conversations that were exported or mailed: WhatsApp and WeChat text, JSON, CSV and e-mail, as messages with their times.

None of them is the platform's Message Center. A printed time has no zone: it is the telephone's, and a range says so.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from collector.canonical import sha256
from collector.model import Printed

# A wall clock of unknown zone: the first and the last place where it can be that time.
_FIRST_ZONE, _LAST_ZONE = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202c\ufeff"))
_CLOCK = r"(?P<h>\d{1,2})[:.](?P<min>\d{2})(?:[:.](?P<sec>\d{2}))?(?:[\s\u202f]?(?P<half>[AaPp])\.?[\s\u202f]?[Mm]\.?)?"
# WhatsApp's "export chat": Android "24/09/2026, 18:02 - Name: text", iPhone "[24.09.26, 18:02:11] Name: text".
_WHATSAPP = re.compile(
    rf"^\[?(?P<a>\d{{1,4}})[./-](?P<b>\d{{1,2}})[./-](?P<c>\d{{2,4}}),?[\s\u202f]{{1,2}}{_CLOCK}(?:\]|[\s\u202f]-)[\s\u202f](?P<rest>.*)$"
)
# WeChat has no export of its own; what tools write has the name beside a full date, and the text below.
_WECHAT = re.compile(
    rf"^(?:(?P<before>\S.{{0,60}}?)[\s(（]{{1,3}})?(?P<y>\d{{4}})[-/年](?P<m>\d{{1,2}})[-/月](?P<d>\d{{1,2}})日?\s{{1,2}}{_CLOCK}[)）]?"
    r"(?:[\s:：]{1,3}(?P<after>\S.{0,60}))?$"
)
_ATTACHED = re.compile(
    r"<attached: (?P<ios>[^>]{1,200})>"
    r"|^(?P<android>\S.{0,200}\.\w{2,5}) \((?:file attached|Datei angehängt|archivo adjunto)\)"
)
_WHEN = ("sent_at", "date", "time", "timestamp", "datetime", "createtime", "create_time", "created_at", "strtime", "when")
_WHO = ("from", "sender", "name", "nickname", "talker", "author", "user", "sender_name", "who")
_WHAT = ("text", "message", "content", "strcontent", "body", "msg", "caption")
_MOST = 100_000
Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation: `app` is WhatsApp, WeChat, e-mail, JSON or CSV; `messages` in the file's order.

    Each is {"id","from","name","printed","sent_at","text","translation","recalled","attachments"} as in a thread, `from`
    being the app's name (who is whose is not known) and `sent_at` a Printed or None; `line`, from 1, is the first one's.
    """

    app: str
    messages: tuple[Message, ...]
    line: int = 1


def read_chat(name: str, data: bytes) -> Chat | None:
    """The conversation in a file, or None where none is understood. Never raises on strange bytes."""
    suffix = Path(name).suffix.lower()
    if suffix == ".eml" or re.match(rb"(?:[A-Za-z-]{2,40}: [^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){3}", data[:4000]):
        mail = _mail(data)
        if mail is not None:
            return mail
    text = _decoded(data)
    if suffix == ".json" or text.lstrip()[:1] in ("{", "["):
        found = _json(text)
        if found is not None or suffix == ".json":
            return found
    if suffix == ".csv":
        return _csv(text)
    return _whatsapp(text) or _wechat(text)


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _message(app: str, name: str, printed: str, sent_at: Printed | None, text: str, attached: Sequence[str] = ()) -> Message:
    kind = {"jpg": "image", "jpeg": "image", "png": "image", "webp": "image", "mp4": "video", "opus": "audio"}
    files = tuple(
        {"name": file, "kind": kind.get(file.rpartition(".")[2].lower(), "file"), "digest": None} for file in attached
    )
    identity = "c" + sha256(json.dumps([name, printed, text, list(attached)], ensure_ascii=False).encode())[:16]
    return {
        "id": identity, "from": app, "name": name, "printed": printed, "sent_at": sent_at, "text": text, "translation": None,
        "recalled": False, "attachments": files,
    }  # fmt: skip


def _at(year: int, month: int, day: int, match: re.Match[str]) -> tuple[datetime, datetime] | None:
    """The first and last instant that a wall clock without a zone can mean."""
    hour = int(match["h"])
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    try:
        wall = datetime(year if year > 99 else 2000 + year, month, day, hour, int(match["min"]), int(match["sec"] or 0))  # noqa: DTZ001
        return wall.replace(tzinfo=_FIRST_ZONE).astimezone(UTC), wall.replace(tzinfo=_LAST_ZONE).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# -- WhatsApp -----------------------------------------------------------------------------------------------------------


def _whatsapp(text: str) -> Chat | None:
    lines = text.translate(_MARKS).splitlines()
    heads = [(n, match) for n, line in enumerate(lines) if (match := _WHATSAPP.match(line))]
    if not heads or len(heads) * 50 < len(lines):
        return None
    orders = _day_orders([match for _, match in heads])
    ends = [n for n, _ in heads[1:]] + [len(lines)]
    messages = []
    for (start, match), end in list(zip(heads, ends, strict=True))[:_MOST]:
        name, colon, first = match["rest"].partition(": ")
        body = "\n".join([first if colon else match["rest"], *lines[start + 1 : end]]).strip()
        printed = match[0][: match.start("rest")].strip(" -[]\u202f")
        files = [m["ios"] or m["android"] for m in _ATTACHED.finditer(body)]
        sent = _whatsapp_time(match, orders, printed)
        messages.append(
            _message("WhatsApp", name if colon else "", printed, sent, _ATTACHED.sub("", body).strip() or body, files)
        )
    return Chat("WhatsApp", tuple(messages), heads[0][0] + 1)


def _day_orders(heads: list[re.Match[str]]) -> tuple[str, ...]:
    """In which orders the file's dates can be read: "dmy", "mdy" or "ymd". Never guessed: both stay where both fit."""
    if all(len(m["a"]) == 4 for m in heads):
        return ("ymd",)
    day_first = all(int(m["b"]) <= 12 for m in heads)
    month_first = all(int(m["a"]) <= 12 for m in heads)
    fitting = [order for order, fits in (("dmy", day_first), ("mdy", month_first)) if fits]
    return tuple(order for order in fitting if _rises(heads, order)) or tuple(fitting)


def _rises(heads: list[re.Match[str]], order: str) -> bool:
    """Whether the messages stand in the order of time when their dates are read so."""
    days = [_parts(match, order) for match in heads]
    return days == sorted(days)


def _parts(match: re.Match[str], order: str) -> tuple[int, int, int]:
    a, b, c = int(match["a"]), int(match["b"]), int(match["c"])
    return (a, b, c) if order == "ymd" else (c, b, a) if order == "dmy" else (c, a, b)


def _whatsapp_time(match: re.Match[str], orders: tuple[str, ...], printed: str) -> Printed | None:
    found = [span for order in orders if (span := _at(*_parts(match, order), match))]
    return Printed(printed, min(s for s, _ in found), max(e for _, e in found)) if found else None


# -- WeChat and others ----------------------------------------------------------------------------------------------------


def _wechat(text: str) -> Chat | None:
    lines = text.translate(_MARKS).splitlines()
    heads = [
        (n, m)
        for n, line in enumerate(lines)
        if (m := _WECHAT.match(line.strip())) and bool(m["before"]) != bool(m["after"])
    ]
    if not heads or len(heads) * 50 < len(lines):
        return None
    ends = [n for n, _ in heads[1:]] + [len(lines)]
    messages = []
    for (start, match), end in list(zip(heads, ends, strict=True))[:_MOST]:
        name = (match["before"] or match["after"]).strip(" :：")
        printed = match[0].replace(match["before"] or "\0", "").replace(match["after"] or "\0", "").strip(" :：()（）")
        span = _at(int(match["y"]), int(match["m"]), int(match["d"]), match)
        sent = Printed(printed, *span) if span else None
        messages.append(_message("WeChat", name, printed, sent, "\n".join(lines[start + 1 : end]).strip()))
    return Chat("WeChat", tuple(messages), heads[0][0] + 1)


def _json(text: str) -> Chat | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    rows = value if isinstance(value, list) else _longest_list(value)
    return _rows("JSON", rows)


def _longest_list(value: Any) -> list[Any]:
    lists = [v for v in value.values() if isinstance(v, list)] if isinstance(value, dict) else []
    return max(lists, key=len, default=[])


def _csv(text: str) -> Chat | None:
    try:
        return _rows("CSV", list(csv.DictReader(io.StringIO(text))))
    except csv.Error:
        return None


def _rows(app: str, rows: Sequence[Any]) -> Chat | None:
    """Rows with a time, a sender and a text under one of their usual names."""
    messages = []
    for row in rows[:_MOST]:
        if not isinstance(row, dict):
            continue
        low = {str(key).strip().lower(): item for key, item in row.items()}
        when, who, what = (
            next((low[key] for key in keys if low.get(key) not in (None, "")), "") for keys in (_WHEN, _WHO, _WHAT)
        )
        text = "".join(_pieces(what))
        if text and (when or who):
            messages.append(_message(app, str(who)[:200], str(when)[:100], _stated(when), text))
    return Chat(app, tuple(messages)) if messages else None


def _pieces(value: Any) -> Iterator[str]:
    """Text, or Telegram's list of texts and marked-up parts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _pieces(part.get("text") if isinstance(part, dict) else part)


def _stated(when: Any) -> Printed | None:
    """An ISO time, or a Unix time in seconds or milliseconds; one without a zone is a range."""
    text = str(when).strip()
    try:
        if re.fullmatch(r"1\d{9}(?:\d{3})?", text):
            exact = datetime.fromtimestamp(int(text[:10]), UTC)
            return Printed(text, exact, exact, "UTC")
        if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text):
            return None
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return Printed(text, moment.astimezone(UTC), moment.astimezone(UTC), "UTC")
        return Printed(
            text, moment.replace(tzinfo=_FIRST_ZONE).astimezone(UTC), moment.replace(tzinfo=_LAST_ZONE).astimezone(UTC)
        )
    except (ValueError, OverflowError):
        return None


# -- e-mail ---------------------------------------------------------------------------------------------------------------


def _mail(data: bytes) -> Chat | None:
    """One message of RFC 5322: who, when by its own Date, subject and text, and the names of what is attached."""
    try:
        mail = message_from_bytes(data, policy=policy.default)
        if not isinstance(mail, EmailMessage) or not mail["From"] or not (mail["Date"] or mail["Subject"]):
            return None
        body = mail.get_body(("plain", "html"))
        text = str(body.get_content()) if body is not None else ""
        files = [str(part.get_filename() or "unnamed") for part in mail.iter_attachments()]
        name, printed, subject = str(mail["From"]), str(mail["Date"] or ""), str(mail["Subject"] or "")
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return None
    if body is not None and body.get_content_type() == "text/html":
        text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]{1,2000}>", " ", text)
    words = "\n".join(line.strip() for line in f"{subject}\n{text}".splitlines() if line.strip())
    return Chat("e-mail", (_message("e-mail", name, printed, _mail_time(printed), words, files),))


def _mail_time(printed: str) -> Printed | None:
    try:
        moment = parsedate_to_datetime(printed)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return Printed(printed, moment, moment, "UTC")
