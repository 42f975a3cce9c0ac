"""Messages as the messenger draws them: their blocks, and what each says of itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from bs4 import Tag
from bs4.element import NavigableString
from lxml.html import fromstring

from collector.canonical import sha256
from collector.model import Printed
from collector.reading.embedded import parsed
from collector.reading.markup import Frame
from collector.reading.readings import Reading
from collector.reading.texts import classes, text_of
from collector.reading.times import read_epoch, read_time
from collector.site import Attachment, Document, Messenger
from collector.sites.alibaba.addresses import absolute
from collector.sites.alibaba.conversation import CONTACT

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


def begins_here(frame: Frame) -> Reading | None:
    """True where the page says that the conversation starts here; else the page does not say."""
    marks = [*frame.soup.find_all(class_=_START), *(text.parent for text in frame.soup.find_all(string=_START_TEXT))]
    tag = next((mark for mark in marks if isinstance(mark, Tag) and _marks_messages(mark)), None)
    return Reading(True, frame.place(tag)) if tag is not None else None


def _marks_messages(mark: Tag) -> bool:
    """Whether a mark belongs to the messages: the end of a list of contacts looks the same."""
    contacts = f"{CONTACT}, .contact-list"
    near = next((p for p in mark.parents if p.select_one(f"{MESSENGER.message}, {contacts}") is not None), None)
    return near is None or near.select_one(contacts) is None


def ident_of(tag: Tag) -> str:
    return str(_json(tag, "data-expinfo").get("messageId") or "")


def message_of(tag: Tag, frame: Frame) -> Message:
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


def oldest_first(messages: list[Message]) -> list[Message]:
    """The page's order, turned round where its printed times fall from top to bottom; an id that repeats stands once."""
    stamps = [m["sent_at"].earliest for m in messages if m["sent_at"] is not None]
    ordered = messages[::-1] if stamps and stamps == sorted(stamps, reverse=True) and stamps[0] != stamps[-1] else messages
    return list({message["id"]: message for message in ordered}.values())
