"""The conversation with a seller on msg.aliexpress.com, as the page draws it. Its parts are little known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bs4 import Tag

from collector.canonical import sha256
from collector.model import Fact
from collector.reading.markup import Frame
from collector.reading.readings import Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text, classes, text_of
from collector.reading.times import read_time
from collector.site import Messenger

READER = "aliexpress.thread/1"
MESSENGER = Messenger(
    message=".message-view .message-item", ident="data-message-id", key="", start=".message-view .no-more-message",
    waiting=".message-view .message-loading",
)  # fmt: skip
CONTACTS = ".session-list .session-item"
_TITLE = ".message-view-title__content"


def read_thread(frame: Frame) -> tuple[Fact, ...]:
    """With whom, every message oldest first, and whether these are all from the start: false where the page does not say."""
    scribe = Scribe(frame, READER, thorough=False)
    tags = frame.soup.select(MESSENGER.message)
    place = frame.place(tags[0].parent or tags[0]) if tags else None
    messages = tuple(message_of(tag) for tag in tags)
    start = frame.soup.select_one(MESSENGER.start)
    whole = Reading(start is not None, frame.place(start) if start is not None else place) if place is not None else None
    return (
        scribe.fact("thread.with", *partners(frame)),
        scribe.fact("thread.messages", Reading(messages, place) if place is not None else None),
        scribe.fact("thread.complete", whole),
    )


def partners(frame: Frame) -> tuple[Reading | None, ...]:
    """The store that the conversation is with."""
    return (frame.read(frame.soup.select_one(_TITLE), as_text),)


def message_of(tag: Tag) -> Mapping[str, Any]:
    """One message, in the shape that every conversation has."""
    printed, text = (text_of(found) if (found := tag.select_one(part)) is not None else "" for part in (".time", ".content"))
    side = "buyer" if "right" in classes(tag) else "supplier" if "left" in classes(tag) else "system"
    said = {"from": side, "printed": printed, "text": text}
    ident = str(tag.get("data-message-id") or "") or "x" + sha256(repr(sorted(said.items())).encode())[:16]
    return {
        "id": ident, "from": side, "name": "", "printed": printed, "sent_at": read_time(printed) if printed else None,
        "text": text, "translation": None, "recalled": False, "attachments": (),
    }  # fmt: skip
