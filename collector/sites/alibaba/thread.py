"""Message threads: the conversation as the messenger draws it; embedded message state where a page has it."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from bs4 import Tag
from bs4.element import NavigableString
from lxml.html import fromstring

from collector.canonical import sha256
from collector.model import Fact, Place, Printed
from collector.reading.embedded import parsed
from collector.reading.markup import Frame
from collector.reading.message_lists import SentMessage, heard_messages
from collector.reading.readings import Node, Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text, classes, squeezed, text_of
from collector.reading.times import read_epoch, read_time
from collector.site import Attachment, Document, Messenger
from collector.sites.alibaba.addresses import absolute
from collector.sites.alibaba.conversation import (
    COMPANY,
    CONTACT,
    OPEN_CONTACT,
    Conversation,
    as_message,
    company_in,
    conversation,
    open_contact,
)

READER = "alibaba.thread/5"
MESSAGE_CLASSES = ("message-item-wrapper", "flow-message-item-wrapper")

_START = re.compile(r"^(?:history-start|no-more(?:-message)?|message-list-start|conversation-start)$")
_START_TEXT = re.compile(
    r"^\s*(?:this is the start of your conversation|no more messages|没有更多消息了?"
    r"|este es el inicio de la conversación|no hay más mensajes"
    r"|ini adalah awal percakapan anda|会话从这里开始)\W*$",
    re.IGNORECASE,
)
_RECALLED = re.compile(
    r"\b(?:recalled|withdrew|unsent) a message\b|撤回了一条消息|\bretir(?:ó|ado) un mensaje\b|\bmenarik (?:sebuah )?pesan\b",
    re.IGNORECASE,
)
_KINDS = {"60": "image", "2000": "image", "50": "product", "63": "product", "61": "file", "57": "card"}
Message = Mapping[str, Any]
MESSENGER = Messenger(
    message=", ".join("." + name for name in MESSAGE_CLASSES),
    ident="data-expinfo",
    key="messageId",
    start=".history-start, .no-more, .no-more-message, .message-list-start, .conversation-start",
    waiting=".history-loading, .message-loading, .loading-more",
)
_MINUTE = timedelta(minutes=1)


def read_thread(frame: Frame) -> tuple[Fact, ...]:
    """With whom, every message oldest first, and whether these are all from the start: false where that is not known.

    What was drawn is read from the page and from the stretches of its walk, joined by message id; what the page was told
    and did not draw stands among it by its time. `thread.disagreements` names the ids where text or time of both differ,
    `thread.unshown` those that no stretch showed.
    """
    scribe = Scribe(frame, READER, thorough=False)
    walked = frame.part == 0 and bool(frame.page.stretches)
    shown = _Shown(frame)
    for document in frame.page.stretches if walked else ():
        shown.add(Frame(document, frame.page, frame.addresses))
    opened = conversation(frame, frozenset(spoken_in(frame)))
    told = {said.id: said for said in opened.messages} if opened else {}
    told |= heard_messages(frame.page.told) if walked else {}
    listed = shown.listed(told, frame.page.files)
    place = shown.place or (opened.place.place if opened else None)
    every = _by_time(listed, [_with_files(m, frame.page.files) for m in _unshown(opened, listed, frame)])
    facts = [
        scribe.fact("thread.with", *partners(frame)),
        scribe.fact("thread.messages", Reading(tuple(every), place) if every and place else None),
        scribe.fact("thread.complete", _whole(shown.whole, opened)),
    ]
    if walked and shown.place:
        differing = tuple({"id": m["id"], "shown": m["text"], "told": m["differs"]} for m in listed if "differs" in m)
        missing = tuple(sorted(told.keys() - {m["id"] for m in listed}))
        facts.append(scribe.fact("thread.disagreements", Reading(differing, shown.place)))
        facts.append(scribe.fact("thread.unshown", Reading(missing, shown.place)))
    return tuple(facts)


def _whole(drawn: Reading | None, opened: Conversation | None) -> Reading | None:
    """Whether these are all messages: the page draws where the conversation begins, or was told that none are older."""
    if drawn is not None and drawn.value:
        return drawn
    if opened is not None and opened.begins is not None:
        return Reading(True, opened.begins.place)
    return drawn or (Reading(False, opened.place.place) if opened is not None and opened.messages else None)


def _unshown(opened: Conversation | None, listed: list[Message], frame: Frame) -> list[Message]:
    """What was told of the conversation and was not drawn; a drawn message without an id is known by what it says."""
    if opened is None:
        return []
    shown = {message["id"] for message in listed}
    nameless = [m for m in listed if m["id"].startswith("x")]
    missing = [said for said in opened.messages if said.id not in shown and not any(_is_same(said, m) for m in nameless)]
    return [as_message(said, opened.sender(said), frame.page.url) for said in missing]


def _is_same(said: SentMessage, message: Message) -> bool:
    sent, printed = read_epoch(said.sent_ms), message["sent_at"]
    near = sent is None or printed is None or printed.earliest <= sent.earliest <= printed.latest + _MINUTE
    return near and squeezed(said.text) == squeezed(message["text"])


def _by_time(listed: list[Message], more: list[Message]) -> list[Message]:
    """The drawn messages in their order, each of the others before the first that was sent after it."""
    every = list(listed)
    for message in more:
        sent = message["sent_at"]
        later = (n for n, one in enumerate(every) if sent and one["sent_at"] and one["sent_at"].earliest > sent.earliest)
        every.insert(next(later, len(every)), message)
    return every


def _with_files(message: Message, files: Mapping[str, str]) -> Message:
    """A message with the digests of its files that were kept."""
    attachments = tuple(
        {key: value for key, value in a.items() if key != "url"} | {"digest": a["digest"] or files.get(a.get("url") or "")}
        for a in message["attachments"]
    )
    return {**message, "attachments": attachments}


class _Shown:
    """The messages of a page and of the stretches above it, oldest first, each once."""

    def __init__(self, frame: Frame) -> None:
        self._order: deque[str] = deque()
        self._known: dict[str, Message] = {}
        self.gap = False
        self.start: Reading | None = None
        self.place: Place | None = None
        self.add(frame)

    def add(self, frame: Frame) -> None:
        """Joins what another stretch shows; one that shares no message with those before leaves a gap."""
        self.start = self.start or _complete(frame)
        tags = message_tags(frame)
        if not tags:
            return
        self.place = self.place or frame.place(tags[0].parent or tags[0])
        messages = _oldest_first([self._known.get(_ident(tag)) or _message(tag, frame) for tag in tags])
        idents = [m["id"] for m in messages]
        first = next((n for n, ident in enumerate(idents) if ident in self._known), len(idents))
        self.gap = self.gap or (bool(self._known) and first == len(idents))
        self._order.extendleft(reversed(idents[:first]))
        for before, ident in pairwise(idents[first:]):  # what came in while the stretch was read
            if ident not in self._known:
                self._order.insert(self._order.index(before) + 1, ident)
                self._known[ident] = messages[idents.index(ident)]
        self._known |= {m["id"]: m for m in messages if m["id"] not in self._known}

    @property
    def whole(self) -> Reading | None:
        """Whether these are all messages from the start; None where there are none, and nothing says that it starts here."""
        if self.place and (self.gap or not self.start):
            return Reading(False, self.place)
        return self.start

    def listed(self, told: Mapping[str, SentMessage], files: Mapping[str, str]) -> list[Message]:
        """The messages with what they were told to be, and the digests of their files."""
        return [_joined(self._known[ident], told.get(ident), files) for ident in self._order]


def _joined(message: Message, told: SentMessage | None, files: Mapping[str, str]) -> Message:
    joined = dict(_with_files(message, files))
    if told is None:
        return joined
    if told.text and message["text"] and not message["recalled"] and squeezed(told.text) != squeezed(message["text"]):
        joined["differs"] = told.text
    exact = read_epoch(told.sent_ms)
    if exact is not None:
        printed = message["sent_at"]
        if printed is None or printed.earliest <= exact.earliest <= printed.latest + _MINUTE:
            joined["sent_at"] = replace(exact, text=message["printed"] or exact.text)
        else:
            joined["differs"] = f"{joined.get('differs', '')} sent {exact.earliest:%Y-%m-%d %H:%M} UTC".strip()
    return joined


def attachments(document: Document, base: str) -> Iterator[Attachment]:
    """The files that a stretch's messages carry, at full size; `base` is the page's address.

    A long conversation has hundreds of stretches and this is asked while the page waits: lxml alone, without soup.
    """
    if not document.html.strip():
        return
    for tag in fromstring(document.html.decode("utf-8", "replace")).iter("div", "img", "video"):
        parent = tag.getparent()
        if tag.get("data-exp") == "card-file":
            query = _decoded(str(tag.get("data-query") or ""))
            address = str(query.get("fileUrl") or next((link.get("href") for link in tag.iter("a") if link.get("href")), ""))
            name = str(query.get("fileName") or "")
        elif tag.tag != "div" and parent is not None and "media" in str(parent.get("class") or "").split():
            address = _full_size(str(tag.get("data-original") or tag.get("src") or ""))
            name = str(tag.get("alt") or "")
        else:
            continue
        if address:
            yield Attachment(absolute(address, base), name)


def message_tags(frame: Frame) -> list[Tag]:
    """The message blocks in the page's order, each once."""
    found = frame.soup.find_all(lambda tag: any(name in MESSAGE_CLASSES for name in classes(tag)))
    return [tag for tag in found if not any(name in MESSAGE_CLASSES for p in tag.parents for name in classes(p))]


def stated_in(frame: Frame) -> list[Mapping[str, Any]]:
    """What each message block of the frame says of itself, {} for one that says nothing."""
    return [_json(tag, "data-expinfo") for tag in message_tags(frame)]


def spoken_in(frame: Frame) -> set[str]:
    """The conversations that the frame's messages belong to, as they state it."""
    return {str(code) for info in stated_in(frame) if (code := info.get("conversationCode"))}


def partners(frame: Frame) -> tuple[Reading | None, ...]:
    """The other party's company, from the selected contact and from the conversation's head."""
    row = frame.soup.select_one(OPEN_CONTACT)
    selected = row.select_one(COMPANY) if row is not None else None
    head = frame.soup.select_one(".conversation-header .contact-company, .conversation-head .contact-company")
    drawn = frame.read(selected, as_text), frame.read(head, as_text)
    if any(reading is not None for reading in drawn):
        return drawn
    opened = conversation(frame, frozenset(spoken_in(frame)))
    contact = open_contact(frame, opened.code if opened is not None else "")
    return (company_in(contact) if contact is not None else None,)


def is_list(frame: Frame) -> bool:
    """Whether the frame shows contacts with no conversation open."""
    shown = message_tags(frame) or conversation(frame) is not None
    return not shown and all(reading is None for reading in partners(frame))


def messages_data(frame: Frame) -> Node:
    """What the page was told of the open conversation; a node holding None where it was told nothing of it."""
    opened = conversation(frame, frozenset(spoken_in(frame)))
    value = [said.id for said in opened.messages] if opened is not None else None
    return Node(frame.digest, "", "", value, there=opened is not None)


def contact_names(frame: Frame) -> set[str]:
    """The name of the person, as the selected contact and the conversation's head give it."""
    tags = frame.soup.select(f":is({OPEN_CONTACT}) .contact-name, .conversation-header .contact-name")
    return {text for tag in tags if (text := text_of(tag))}


def contact_ids(frame: Frame) -> set[str]:
    """The contact's account number, as the selected contact states it."""
    tag = frame.soup.select_one(f":is({OPEN_CONTACT})[data-contact-id]")
    if tag is not None:
        return {str(tag["data-contact-id"])}
    opened = conversation(frame, frozenset(spoken_in(frame)))
    # An account has numbers of several sorts: only one of the address's sort can be held against it.
    return {frame.own.contact} if opened is not None and frame.own.contact in opened.contacts else set()


def _complete(frame: Frame) -> Reading | None:
    """True where the page says that the conversation starts here; else the page does not say."""
    marks = [*frame.soup.find_all(class_=_START), *(text.parent for text in frame.soup.find_all(string=_START_TEXT))]
    tag = next((mark for mark in marks if isinstance(mark, Tag) and _marks_messages(mark)), None)
    return Reading(True, frame.place(tag)) if tag is not None else None


def _marks_messages(mark: Tag) -> bool:
    """Whether a mark belongs to the messages: the end of a list of contacts looks the same."""
    contacts = f"{CONTACT}, .contact-list"
    near = next((p for p in mark.parents if p.select_one(f"{MESSENGER.message}, {contacts}") is not None), None)
    return near is None or near.select_one(contacts) is None


def _ident(tag: Tag) -> str:
    return str(_json(tag, "data-expinfo").get("messageId") or "")


def _message(tag: Tag, frame: Frame) -> Message:
    info = _json(tag, "data-expinfo")
    system = "flow-message-item-wrapper" in classes(tag)
    printed = _child_text(tag, "flow-time", "time") or _printed_in(tag)
    content = tag.select_one(".session-rich-content")
    recalled = bool(content and ("recalled" in classes(content) or _RECALLED.search(text_of(content))))
    text, translation = _system_text(tag) if system else _texts(content)
    name = "" if system else _child_text(tag, "name")
    message = {
        "from": "system" if system else _side(tag),
        "name": name,
        "printed": printed,
        "sent_at": _sent_at(info, printed),
        "text": text,
        "translation": translation,
        "recalled": recalled,
        "attachments": tuple(_attachments(content or tag, str(info.get("messageType", "")), frame.page.url)),
    }
    return {"id": str(info.get("messageId") or _own_id(message)), **message}


def _side(tag: Tag) -> str:
    """buyer for a message on the right, supplier on the left; one on neither side is the site's own."""
    near = [tag, *tag.find_all(True, recursive=False), *([tag.parent] if tag.parent else [])]
    for box in near:
        if "item-right" in classes(box):
            return "buyer"
        if "item-left" in classes(box):
            return "supplier"
    return "system"


def _sent_at(info: Mapping[str, Any], printed: str) -> Printed | None:
    """The message's own time. `showTime` is the clock of the page when it was drawn, and is never used."""
    exact = read_epoch(info.get("sendTime")) or read_epoch(info.get("createAt"))
    return exact or (read_time(printed) if printed else None)


def _texts(content: Tag | None) -> tuple[str, str | None]:
    """(text as sent, translation or None) of a message's content."""
    if content is None:
        return "", None
    source = content.select_one(".source-text, .original-text, .origin-content")
    translated = content.select_one(".translate-text, .translation-text, .translated-text, .translate-content")
    if source is not None or translated is not None:
        if source is not None:
            original = _lines(source)
        else:
            original = _lines(content).replace(text_of(translated) if translated else "", "").strip()
        return original, (_lines(translated) if translated is not None else None)
    return ("" if content.select_one("[data-exp='card-file'], [data-exp='card-product']") else _lines(content)), None


def _system_text(tag: Tag) -> tuple[str, None]:
    parts = [_child_text(tag, "flow-title"), _child_text(tag, "flow-content")]
    return ": ".join(part for part in parts if part) or text_of(tag), None


def _lines(tag: Tag) -> str:
    """Text with the page's own line breaks kept."""
    pieces = [
        "\n"
        if isinstance(child, Tag) and child.name == "br"
        else re.sub(r"\s+", " ", child)
        if isinstance(child, NavigableString)
        else ""
        for child in tag.descendants
    ]
    return "\n".join(line.strip() for line in "".join(pieces).split("\n")).strip()


def _attachments(content: Tag, kind: str, base: str) -> list[Mapping[str, Any]]:
    """Pictures and files of a message: {"name","kind","digest","url"}; the digest is that of the bytes kept with it."""
    found: list[Mapping[str, Any]] = []
    for card in content.select("[data-exp='card-file']"):
        query, link = _json(card, "data-query"), card.select_one("a[href]")
        name = str(query.get("fileName") or _child_text(card, "file-name"))
        address = str(query.get("fileUrl") or (link["href"] if link is not None else ""))
        found.append({"name": name, "kind": "file", "digest": None, "url": absolute(address, base) if address else ""})
    for image in content.select(".media img, .media video"):
        source = str(image.get("data-original") or image.get("src", ""))
        name = str(image.get("alt") or source.rpartition("/")[2].partition("?")[0])
        kind_of = "video" if image.name == "video" else "image"
        found.append({"name": name, "kind": kind_of, "digest": None, "url": _full_size(absolute(source, base))})
    if not found and kind in {"50", "63", "57"}:
        found.append({"name": text_of(content), "kind": _KINDS[kind], "digest": None, "url": ""})
    return found


def _full_size(address: str) -> str:
    """The address of a picture itself: the media host makes smaller ones under `name.jpg_220x220.jpg`."""
    return re.sub(r"(\.(?:jpe?g|png|gif|webp))_[0-9]+x[0-9]+[^/?]*", r"\1", address, flags=re.IGNORECASE)


def _decoded(raw: str) -> Mapping[str, Any]:
    """An attribute's data: JSON, percent-encoded JSON, or pairs as in an address."""
    value = parsed(raw)
    if value is None and "%7B" in raw:
        value = parsed(unquote(raw))
    if value is None and "=" in raw and not raw.startswith("{"):
        value = {key: unquote(part) for key, _, part in (pair.partition("=") for pair in raw.split("&"))}
    return value if isinstance(value, dict) else {}


def _json(tag: Tag, attribute: str) -> Mapping[str, Any]:
    value: Any = _decoded(str(tag.get(attribute, "")))
    if not value and attribute == "data-expinfo" and (inner := tag.select_one(f"[{attribute}]")) is not None:
        value = parsed(str(inner.get(attribute, "")))
    return value if isinstance(value, dict) else {}


def _child_text(tag: Tag, *names: str) -> str:
    for name in names:
        child = tag.find(class_=name)
        if isinstance(child, Tag) and text_of(child):
            return text_of(child)
    return ""


def _printed_in(tag: Tag) -> str:
    """The time in a message's head line, where it has no block of its own."""
    head = tag.find(class_="item-base-info")
    match = (
        re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(?::[0-9]{2})?", text_of(head))
        if isinstance(head, Tag)
        else None
    )
    return match[0] if match else ""


def _own_id(message: Mapping[str, Any]) -> str:
    """A stable name for a message that the page gives none: from who, when and what, as printed."""
    content = [message[key] for key in ("from", "name", "printed", "text")] + [a["name"] for a in message["attachments"]]
    return "x" + sha256(json.dumps(content, ensure_ascii=False).encode())[:16]


def _oldest_first(messages: list[Message]) -> list[Message]:
    """The page's order, turned round where its printed times fall from top to bottom; an id that repeats stands once."""
    stamps = [m["sent_at"].earliest for m in messages if m["sent_at"] is not None]
    ordered = messages[::-1] if stamps and stamps == sorted(stamps, reverse=True) and stamps[0] != stamps[-1] else messages
    return list({message["id"]: message for message in ordered}.values())
