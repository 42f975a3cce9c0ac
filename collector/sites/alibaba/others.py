"""What of a page, and of what its visit heard, shows conversations with others: a pack holds its own case only."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from bs4 import Tag

from collector.address import parts_of
from collector.reading.markup import Frame
from collector.reading.message_lists import conversations, plain_code
from collector.reading.texts import classes, text_of
from collector.site import ExchangeContent, StoredPage
from collector.sites.alibaba import addresses
from collector.sites.alibaba.conversation import CONTACT, OPEN_CONTACT, listed_contacts
from collector.sites.alibaba.drawn import attachments, message_tags, spoken_in, stated_in
from collector.sites.alibaba.pages import PAGES

_MESSENGERS = frozenset({"thread", "conversations"})
_LISTS = _MESSENGERS | {"account", *(page.kind for page in PAGES if page.many)}
# Data by which a conversation is told: quoted keys, so that a program which only names them passes. Markup that tells one.
_QUOTE = rb"""(?:\\*["']|&quot;)"""
_DATA = re.compile(
    _QUOTE + rb"(?:conversation\w*|contact(?:List|s|Id)|message(?:Id|s|List))" + _QUOTE + rb"\s*:", re.IGNORECASE
)
_MARKUP = re.compile(rb"data-(?:contact-id|expinfo)|contact-(?:item|company)", re.IGNORECASE)
_STATIC = ("image/", "font/", "audio/", "video/", "text/css", "text/javascript", "application/javascript",
           "application/x-javascript")  # fmt: skip
_STATES = frozenset({"type", "status", "code", "success", "action", "way"})
_STATE = re.compile(r"[A-Za-z_]{1,20}\Z")
_MASKED = re.compile(r"(?:Bearer )?\[redacted:[a-z]+:\d+\]\Z")
_LARGEST = 10**9  # a count or a place; ids of accounts and times have more digits
_DEEPEST = 40


def page_shows_others(page: StoredPage, frames: Iterable[Frame]) -> bool:
    """Whether a page with a conversation on it shows, or may show, others beside the open one.

    A list with none open, and a layout in which no contact is the open one, may show any.
    """
    shown = [frame for frame in frames if _is_messenger(frame)]
    if addresses.kind_of(page.url) not in _MESSENGERS and not shown:
        return False
    opened = any(frame.soup.select_one(OPEN_CONTACT) is not None for frame in shown)
    return not opened or any(_shows_others(frame) for frame in shown)


def own_stretches(page: StoredPage, frames: tuple[Frame, ...]) -> frozenset[int]:
    """The stretches in which every message says that it is of the open conversation and nobody else is shown or named.

    None where the list of contacts is not understood: one of them must be the open one, and the others' names are looked
    for in each stretch.
    """
    spoken = {code for frame in frames for code in spoken_in(frame)}
    contacts = [tag for frame in frames for tag in frame.soup.select(CONTACT)]
    opened = [tag for tag in contacts if {"selected", "active"} & set(classes(tag))]
    if len(spoken) != 1 or len(opened) != 1:
        return frozenset()
    own = {name for tag in opened for name in _names(tag)}
    others = {name for tag in contacts if tag not in opened for name in _names(tag)} - own
    return frozenset(
        document.part
        for document in page.stretches
        if _is_alone(Frame(document, page, addresses), spoken) and not any(_is_named(name, document.html) for name in others)
    )


def tells_others(page: StoredPage, frames: tuple[Frame, ...], carried: ExchangeContent, crowded: bool) -> bool:
    """Whether an exchange or socket tells, or may tell, of others (see `collector.site.Site`).

    What can be shown to be of the open conversation: its files, by their addresses, and JSON in which every word belongs
    to a message that names it. Programs and pictures of a page that shows no others are taken to be the page's own.
    """
    kind = addresses.kind_of(page.url)
    if _is_own(page, frames, carried):
        return False
    if crowded or carried.resource == "WebSocket":
        return True
    if carried.resource == "Document":  # a page or frame; what it shows was judged with the page
        return carried.url != page.url.partition("#")[0] and addresses.kind_of(carried.url) in _LISTS
    if carried.media_type.lower().startswith(_STATIC):
        return any(_DATA.search(text) for text in carried.texts)
    if kind in _MESSENGERS or addresses.kind_of(carried.url) in _LISTS:
        return any(text.strip() for text in carried.texts)
    return any(_DATA.search(text) or _MARKUP.search(text) for text in carried.texts)


def _is_messenger(frame: Frame) -> bool:
    drawn = frame.soup.select_one(f"{CONTACT}, .conversation-header") or message_tags(frame)
    return bool(drawn or listed_contacts(frame))


def _shows_others(frame: Frame) -> bool:
    """Whether a frame names more than the one contact whose conversation is open, in its list or beside its messages."""
    listed = frame.soup.select(f"{CONTACT}, [data-contact-id]")
    contacts = {str(tag.get("data-contact-id") or text_of(tag)) for tag in listed}
    companies = {text_of(tag).casefold() for tag in frame.soup.select(".contact-company") if text_of(tag)}
    spoken = {plain_code(code) for code in spoken_in(frame)} | conversations(frame.page.told)
    return len(contacts) > 1 or len(spoken) > 1 or len(companies) > 1 or len(listed_contacts(frame)) > 1


def _is_alone(stretch: Frame, own: set[str]) -> bool:
    """Whether every message states the one conversation, and nothing there is a contact or a page of its own."""
    stated = stretch.soup.select_one(f"{CONTACT}, [data-contact-id], .contact-company, iframe, object, embed") is None
    return stated and bool(stated_in(stretch)) and all(_codes(info) == own for info in stated_in(stretch))


def _names(contact: Tag) -> set[str]:
    """How a contact is called in the list: person, company, number, each as it would be written elsewhere."""
    said = {text_of(tag) for tag in contact.select(".contact-name, .contact-company")}
    return {name.casefold() for name in (*said, str(contact.get("data-contact-id") or "")) if name}


def _is_named(name: str, stretch: bytes) -> bool:
    """Whether a name stands in the stretch, its markup included, and not as a part of a longer word."""
    markup = stretch.decode("utf-8", "replace").casefold()
    before, after = (r"(?<!\w)", r"(?!\w)") if name.isascii() else ("", "")
    return any(re.search(f"{before}{re.escape(form)}{after}", markup) for form in {name, html.escape(name)})


def _is_own(page: StoredPage, frames: tuple[Frame, ...], carried: ExchangeContent) -> bool:
    """Whether it can be shown to be of the conversation that is open, and of that alone."""
    spoken = {code for frame in frames for code in spoken_in(frame)}
    if len(spoken) != 1:
        return False
    own = spoken.pop()
    if carried.resource == "Attachment":
        documents = page.stretches or page.documents
        return any(carried.url == file.url for document in documents for file in attachments(document, page.url))
    if carried.resource != "WebSocket" and not _is_json(carried.media_type):
        return False
    asked = dict(parse_qsl(parts_of(carried.url).query, keep_blank_values=True))
    return bool(carried.texts) and _only(own, asked) and all(_text_only(own, text) for text in carried.texts)


def _is_json(media_type: str) -> bool:
    plain = media_type.partition(";")[0].strip().lower()
    return plain == "application/json" or plain.endswith("+json")


def _text_only(own: str, text: bytes) -> bool:
    try:
        return _only(own, json.loads(text))
    except (ValueError, RecursionError):
        return False


def _only(own: str, value: Any, key: str = "", depth: int = 0) -> bool:
    """Whether every word of a JSON value belongs to a message of the conversation `own`, is part of that code, or says a
    state ("type": "history"). A message is an object with that code and an id, and none inside it names another code.
    """
    if depth > _DEEPEST:
        return False
    if isinstance(value, dict):
        if value.get("conversationCode") and value.get("messageId"):
            return _codes(value) == {own}
        return all(_only(own, inner, str(name), depth + 1) for name, inner in value.items())
    if isinstance(value, list):
        return all(_only(own, inner, key, depth + 1) for inner in value)
    if isinstance(value, str):
        if value.lstrip("-").isdigit():
            return value in own or len(value) < 10
        return value in own or bool(_MASKED.match(value)) or (key in _STATES and bool(_STATE.match(value)))
    return value is None or abs(value) < _LARGEST


def _codes(value: Any) -> set[str]:
    """Every conversation that a value names, at any depth."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = {str(value["conversationCode"])} if isinstance(value, dict) and value.get("conversationCode") else set()
    return found.union(*map(_codes, inner))
