"""Telegram Desktop's "Export chat history": result.json, and messages.html with what follows it (messages2.html…).

In JSON `date_unixtime` is the instant, `date` the computer's clock; in HTML the title of a message's time has its zone, in
exports before 2022 it has none (telegramdesktop/tdesktop, Telegram/SourceFiles/export/output).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from typing import Any

from collector.model import Printed
from collector.saved.chats.clocks import exactly, without_zone
from collector.saved.chats.conversation import Chat, Given, Message, NotRead, attached, conversation, message
from collector.saved.chats.rows import json_of, stated, texts_in

_KINDS = ("personal_chat", "private_group", "private_supergroup", "public_supergroup", "bot_chat", "saved_messages",
          "private_channel", "public_channel")  # fmt: skip
_FILES = ("photo", "file")
_TITLE = re.compile(
    r"^(?P<d>\d\d)\.(?P<m>\d\d)\.(?P<y>\d{4}) (?P<time>\d\d:\d\d:\d\d)(?: (?:UTC|GMT)(?P<zone>[+-]\d\d:?\d\d)?)?$"
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_DEEPEST = 200


def read_telegram_json(given: Given) -> Chat | NotRead | None:
    """The conversation in result.json, or None; NotRead for an export of a whole account."""
    value = json_of(given.text)
    if not isinstance(value, Mapping):
        return None
    whole = value.get("chats")
    if isinstance(whole, Mapping) and isinstance(whole.get("list"), list):
        return NotRead(
            f"It is an export of a whole Telegram account ({len(whole['list'])} conversations), and a pack is about one. "
            "Export the conversation with this supplier alone (its menu, “Export chat history”), and add that file.",
            others=True,
        )
    rows = value.get("messages")
    if not isinstance(rows, list) or value.get("type") not in _KINDS:
        return None
    return conversation("Telegram", (_row(row, given) for row in rows if isinstance(row, Mapping)))


def _row(row: Mapping[str, Any], given: Given) -> Message:
    printed = str(row.get("date") or "")[:100]
    moment = stated(row.get("date_unixtime") or printed)
    sent = Printed(printed or moment.text, moment.earliest, moment.latest, moment.zone) if moment else None
    name = str(row.get("from") or row.get("actor") or "")
    text = "".join(texts_in(row.get("text")))
    if row.get("type") == "service":
        text = f"{str(row.get('action') or '').replace('_', ' ')} {text}".strip()
    if row.get("forwarded_from"):
        text = f"{_forwarded(str(row['forwarded_from']))}{text}"
    names = [str(row[key]) for key in _FILES if isinstance(row.get(key), str)]
    kept = [f"{row.get('file_name') or 'a file'} (not in the export)" if one.startswith("(") else one for one in names]
    words = text or _other(row) or ("" if kept else "(a message without words)")
    return message("Telegram", name, printed, sent, words, attached(kept, given))


def _other(row: Mapping[str, Any]) -> str:
    """What a message without words is: a sticker, a contact, a place, a poll."""
    contact, place, poll = (row.get(kind) for kind in ("contact_information", "location_information", "poll"))
    if isinstance(contact, Mapping):
        said = (contact.get(key) for key in ("first_name", "last_name", "phone_number"))
        return f"contact: {' '.join(str(part) for part in said if part)}"
    if isinstance(place, Mapping):
        return f"place: {row.get('place_name') or ''} {place.get('latitude')}, {place.get('longitude')}".replace("  ", " ")
    if isinstance(poll, Mapping):
        return f"poll: {poll.get('question')}"
    return str(row.get("sticker_emoji") or "")


def _forwarded(name: str) -> str:
    return f"[forwarded from {name}] "


def read_telegram_html(given: Given) -> Chat | None:
    """The conversation in messages.html, or None."""
    if not re.match(r"\s*(?:\ufeff)?\s*<!doctype html", given.text[:200], re.IGNORECASE):
        return None
    if 'class="message ' not in given.text or "pull_right date details" not in given.text:
        return None
    page = _Page()
    page.feed(given.text)
    page.close()
    return conversation("Telegram", (_drawn(part, given) for part in page.messages()))


def _drawn(part: Mapping[str, Any], given: Given) -> Message:
    text = "\n".join(line.strip() for line in "".join(part["text"]).split("\n")).strip()
    return message("Telegram", part["name"], part["when"], _title(part["when"]), text, attached(part["files"], given))


def _title(when: str) -> Printed | None:
    match = _TITLE.match(when)
    if match is None:
        return None
    try:
        wall = datetime.fromisoformat(f"{match['y']}-{match['m']}-{match['d']}T{match['time']}")
        if " " not in when[11:]:
            return without_zone(when, wall)
        hours, minutes = (match["zone"] or "+00:00").replace(":", "")[:3], (match["zone"] or "+00:00")[-2:]
        away = timedelta(hours=int(hours), minutes=int(minutes) * (-1 if hours[0] == "-" else 1))
        return exactly(when, wall.replace(tzinfo=timezone(away)))
    except (ValueError, OverflowError):
        return None


class _Page(HTMLParser):
    """Messages as they are drawn: `{"name","when","text","files"}`; a message that is joined has the name above it.

    A day above messages is drawn as a message with a number below zero; a notice has no time but that day.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.drawn: list[dict[str, Any]] = []
        self.open: list[frozenset[str]] = []
        self.name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: value or "" for key, value in attrs}
        classes = frozenset(said.get("class", "").split())
        if "message" in classes and tag == "div":
            name = "" if "service" in classes else self.name
            day = said.get("id", "").startswith("message-")
            self.drawn.append({"name": name, "when": "", "text": [], "files": [], "day": day})
        if self.drawn:
            self._take(self.drawn[-1], tag, classes, said)
        if tag not in _VOID and len(self.open) < _DEEPEST:
            self.open.append(classes)

    def _take(self, part: dict[str, Any], tag: str, classes: frozenset[str], said: Mapping[str, str]) -> None:
        if "date" in classes and "details" in classes and not part["when"] and not self._within("forwarded"):
            part["when"] = said.get("title", "")
        if tag == "a" and self._within("media_wrap") and said.get("href") and "://" not in said["href"]:
            part["files"].append(said["href"])
        if tag == "br" and self._within("text"):
            part["text"].append("\n")
        if "from_name" in classes and not self._within("forwarded"):
            part["name"] = self.name = ""

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.drawn or (self._within("forwarded") and self._within("date")):
            return
        part = self.drawn[-1]
        if self._within("from_name") and self._within("forwarded"):
            part["text"].append(_forwarded(data.strip()) if data.strip() else "")
        elif self._within("from_name"):
            part["name"] = self.name = (self.name + data).strip()
        elif self._within("text") or (self._within("service") and self._within("details")):
            part["text"].append(data)

    def _within(self, name: str) -> bool:
        return any(name in classes for classes in self.open)

    def messages(self) -> Iterator[Mapping[str, Any]]:
        """What was drawn but for the days, each notice with the day above it."""
        day = ""
        for part in self.drawn:
            if part["day"]:
                day = "".join(part["text"]).strip()
            else:
                yield part if part["when"] else {**part, "when": day}


def part_of_page(name: str) -> int:
    """The place of messages.html (1), messages2.html (2)… in an export; 0 for another file."""
    match = re.fullmatch(r"messages(\d{0,5})\.html", name.rpartition("/")[2])
    return int(match[1] or 1) if match else 0


def joined(pages: Iterator[Chat]) -> Chat | None:
    """One conversation of several files, in their order."""
    found = list(pages)
    return conversation("Telegram", (said for page in found for said in page.messages), found[0].line) if found else None
