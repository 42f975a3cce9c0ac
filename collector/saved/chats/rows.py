"""JSON and CSV that tools write: rows with a time, a sender and a text under one of their usual names."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from collector.model import Printed
from collector.saved.chats.clocks import exactly, without_zone
from collector.saved.chats.conversation import Chat, Given, conversation, message

_WHEN = ("sent_at", "date", "time", "timestamp", "datetime", "createtime", "create_time", "created_at", "strtime", "when")
_WHO = ("from", "sender", "name", "nickname", "talker", "author", "user", "sender_name", "who")
_WHAT = ("text", "message", "content", "strcontent", "body", "msg", "caption")
_SENT_BY_THE_OWNER = ("issender", "is_sender", "isself", "is_self", "issend", "is_send", "fromme", "from_me", "is_from_me")
_OWNER = "the account that exported it"  # no name stands there
_THE_OTHER_SIDE = ("talker", "nickname", "name")
_DAY, _CLOCK = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{1,2}:\d\d(?::\d\d)?")
_KAKAOTALK = ["Date", "User", "Message"]  # of its program for the computer


def read_json(given: Given) -> Chat | None:
    """The conversation in JSON: a list of objects, or the longest list in an object."""
    value = json_of(given.text)
    rows = value if isinstance(value, list) else _longest_list(value)
    return _rows("JSON", rows)


def read_csv(given: Given) -> Chat | None:
    """The conversation in a table with a head that names its columns."""
    head = given.text[:2000].lstrip("\ufeff").partition("\n")[0]
    if not any(mark in head for mark in ",;\t"):
        return None
    mark = max(",;\t", key=head.count)
    try:
        table = csv.DictReader(io.StringIO(given.text.lstrip("\ufeff"), newline=""), delimiter=mark)
        names = [str(name).strip().lower() for name in table.fieldnames or ()]
        if not all(any(name in names for name in known) for known in (_WHEN, _WHAT)):
            return None
        return _rows("KakaoTalk" if list(table.fieldnames or ()) == _KAKAOTALK else "CSV", list(table))
    except csv.Error:
        return None


def json_of(text: str) -> Any:
    """What the text says as JSON; None where it is none."""
    if text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _longest_list(value: Any) -> list[Any]:
    lists = [v for v in value.values() if isinstance(v, list)] if isinstance(value, dict) else []
    return max(lists, key=len, default=[])


def _rows(app: str, rows: Iterable[Any]) -> Chat | None:
    messages = []
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        low = {str(key).strip().lower(): item for key, item in row.items()}
        when, what = _when(low), _first(low, _WHAT)
        text, who = "".join(texts_in(what)), _name(low)
        if text and (when or who):
            messages.append(message(app, who, str(when)[:100], stated(when), text))
    return conversation(app, messages)


def _first(row: Mapping[str, Any], keys: Iterable[str]) -> Any:
    return next((row[key] for key in keys if row.get(key) not in (None, "")), "")


def _when(row: Mapping[str, Any]) -> Any:
    """When it was sent; of a day and a time in columns of their own both."""
    day, clock = row.get("date"), row.get("time")
    if isinstance(day, str) and isinstance(clock, str) and _DAY.fullmatch(day.strip()) and _CLOCK.fullmatch(clock.strip()):
        return f"{day.strip()} {clock.strip().zfill(5 if clock.count(':') == 1 else 8)}"
    return _first(row, _WHEN)


def _name(row: Mapping[str, Any]) -> str:
    """Who sent it: WeChat's tools name the other side (`talker`) in every row, whoever wrote it."""
    own = str(_first(row, _SENT_BY_THE_OWNER)).strip().lower() in ("1", "true", "yes")
    who = _first(row, [key for key in _WHO if not (own and key in _THE_OTHER_SIDE)]) or (_OWNER if own else "")
    return str(_first({str(k).lower(): v for k, v in who.items()}, _WHO) if isinstance(who, Mapping) else who)


def texts_in(value: Any) -> Iterator[str]:
    """Text, or Telegram's list of texts and marked-up parts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part.get("text") if isinstance(part, dict) else part)


def stated(when: Any) -> Printed | None:
    """An ISO time, or a Unix time in seconds or milliseconds; one without a zone is a range."""
    text = str(when).strip()
    try:
        if re.fullmatch(r"1\d{9}(?:\d{3})?", text):
            return exactly(text, datetime.fromtimestamp(int(text[:10]), UTC))
        if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", text):
            return None
        moment = datetime.fromisoformat(text)
        return exactly(text, moment) if moment.tzinfo is not None else without_zone(text, moment)
    except (ValueError, OverflowError, OSError):
        return None
