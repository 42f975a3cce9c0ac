"""Conversations as the messengers' data tell them: which there are, which one is open, who the account is, what was said.

`window.__conversationListFullData__` (message.alibaba.com) and `window.__VMFsConv__cache__` (onetalk.alibaba.com) list them;
`listRecentMessage`, `getChatMessageList` and the socket bring their messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote

from bs4 import Tag

from collector.address import parts_of
from collector.model import Printed
from collector.reading.leaves import text_in
from collector.reading.markup import Frame
from collector.reading.message_lists import (
    MessageList,
    SentMessage,
    answers,
    answers_in,
    begins,
    chained,
    of_one,
    plain_code,
)
from collector.reading.readings import Node, Reading
from collector.reading.texts import squeezed, text_of
from collector.reading.times import read_epoch
from collector.site import Attachment
from collector.sites.alibaba.addresses import absolute

CONTACT = ".contact-item-container"  # one in the list beside the messages; the open one is selected, or active
OPEN_CONTACT = f"{CONTACT}.selected, {CONTACT}.active"
COMPANY = ".contact-company, [class*=company]"

_LISTED = frozenset({"cid", "companyName", "contactAccountId", "contactAliId", "loginId", "accountId", "selfAliId", "name"})
_PARTIES = re.compile(r"([\w.]{1,40})-([\w.]{1,40})#")
_OWN_IDS = ("aliId", "selfAliId", "selfAccountId", "selfId")
_KINDS = {"60": "image", "2000": "image", "50": "product", "63": "product", "61": "file", "53": "file", "57": "card"}
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp)(?:$|[?_])", re.IGNORECASE)
_RECALLED = frozenset({"recall", "recalled", "withdraw", "withdrawn"})
Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Conversation:
    """The open conversation as it was told: its messages oldest first, where they stand, what shows that it begins there."""

    code: str
    messages: tuple[SentMessage, ...]
    selves: frozenset[str]
    contacts: frozenset[str]
    place: Reading
    begins: MessageList | None

    def sender(self, told: SentMessage) -> str:
        """buyer for what the account itself sent, supplier for what came, system for the site's own, else unknown."""
        if told.system:
            return "system"
        if told.own is not None:
            return "buyer" if told.own else "supplier"
        if told.senders & self.selves:
            return "buyer"
        return "supplier" if told.senders & self.contacts else "unknown"


def contacts_data(frame: Frame) -> Node:
    """The list of conversations in the page's data; a node holding None where it has none."""
    for root in frame.roots:
        for node in root.walk():
            if isinstance(node.value, list) and node.value and all(_is_contact(entry) for entry in node.value):
                return node
    return Node(frame.digest, "", "", None, there=False)


def _is_contact(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("cid"), str) and len(_LISTED & entry.keys()) > 1


def listed_contacts(frame: Frame) -> tuple[Node, ...]:
    """Every conversation that the page's data list."""
    return tuple(contacts_data(frame).items())


def company_in(contact: Node) -> Reading | None:
    """The company of a listed conversation; its person where no company stands there."""
    keys = ("companyName", "contactCompanyName", "name", "contactNick", "contactName", "displayName", "loginId")
    readings = (text_in(contact[key]) for key in keys)
    return next((reading for reading in readings if reading is not None and reading.value), None)


def open_contact(frame: Frame, code: str) -> Node | None:
    """The listed conversation of that code; without one the one whose row is selected."""
    rows = listed_contacts(frame)
    if code:
        return next((row for row in rows if plain_code(row["cid"].text) == code), None)
    tag = frame.soup.select_one(OPEN_CONTACT)
    if tag is None:
        return None
    shown = {squeezed(text).casefold() for text in (*tag.stripped_strings, *_companies(tag))}
    fits = [
        row
        for row in rows
        if any(
            row[key].text.casefold() in shown for key in ("companyName", "name", "contactNick", "loginId") if row[key].text
        )
    ]
    return fits[0] if len(fits) == 1 else None


def _companies(tag: Tag) -> list[str]:
    return [text_of(company) for company in tag.select(COMPANY)]


def told_answers(frame: Frame) -> tuple[MessageList, ...]:
    """Every list of messages that the page was given, in its own data and in answers to its requests."""
    own = (answer for root in frame.roots if root not in frame.answers for answer in _of_root(root))
    return (*own, *(answers(frame.page.told) if frame.part == 0 else ()))


def _of_root(root: Node) -> tuple[MessageList, ...]:
    return answers_in(root.variable, root.value, root.digest)


def open_code(frame: Frame, spoken: set[str], given: tuple[MessageList, ...]) -> str:
    """The code of the conversation that is open, "" where nothing tells or two things say different ones.

    By its own drawn messages, the address, the page's state, the selected row; else the only one of which it was told.
    """
    if len(spoken) == 1:
        return plain_code(next(iter(spoken)))
    named = [plain_code(code) for code in (_addressed(frame), _active(frame)) if code]
    if named:
        return named[0] if len(set(named)) == 1 else ""
    told = {told.conversation for answer in given for told in answer.messages} | {a.conversation for a in given}
    told -= {""}
    contact = frame.own.contact
    meant = {code for code in told if contact and contact in re.split(r"[-#]", code)}
    if len(meant) == 1:
        return meant.pop()
    row = open_contact(frame, "")
    if row is not None:
        return plain_code(row["cid"].text)
    return told.pop() if len(told) == 1 else ""


def _addressed(frame: Frame) -> str:
    """The conversation that the page's address names, in its query or behind the hash."""
    parts = parts_of(frame.page.url)
    for text in (parts.query, parts.fragment.partition("?")[2], parts.fragment.lstrip("/")):
        asked = parse_qs(text)
        for key in ("cid", "conversationId", "conversationCode"):
            if key in asked:
                return unquote(asked[key][0])
    return ""


def _active(frame: Frame) -> str:
    named = (root["cid"].text for root in frame.roots if "active" in root.variable.casefold())
    tag = frame.soup.select_one(f":is({OPEN_CONTACT})[data-cid]")
    return next((code for code in named if code), str(tag["data-cid"]) if tag is not None else "")


@lru_cache(maxsize=4)
def conversation(frame: Frame, spoken: frozenset[str]) -> Conversation | None:
    """The open conversation as the page was told it; None where it was not, or it is not certain which one is open."""
    given = told_answers(frame)
    if not given:
        return None
    code = open_code(frame, set(spoken), given)
    named = {told.conversation for answer in given for told in answer.messages} - {""}
    if not code and (named or len({a.conversation for a in given}) > 1):
        return None
    chain = chained(of_one(given, code))
    own = of_one(given, code)
    understood = all(answer.understood for answer in own)
    messages = {told.id: told for answer in own for told in answer.messages}
    if not own or (not messages and begins(own) is None):
        return None
    ordered = sorted(messages.values(), key=lambda told: told.instant)
    selves, contacts = _people(frame, code, own)
    place = next((answer.place for answer in own if answer.messages), own[0].place)
    return Conversation(code, tuple(ordered), selves, contacts, Reading(None, place), begins(chain) if understood else None)


def _people(frame: Frame, code: str, given: tuple[MessageList, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The numbers of the account and of the contact: as asked for, as the page states them, as the code joins them."""
    row = open_contact(frame, code)
    selves = {number for answer in given for number in answer.selves}
    contacts = {number for answer in given for number in answer.contacts} - selves
    if row is not None:
        selves |= {row["selfAliId"].text, row["selfAccountId"].text}
        contacts |= {row[key].text for key in ("contactAliId", "contactAccountId", "accountId")}
    selves |= {frame.scalars.get(key, "") for key in _OWN_IDS}
    selves |= {root[key].text for root in frame.roots if root not in frame.answers for key in _OWN_IDS}
    contacts |= {frame.own.contact}
    selves, contacts = selves - {""}, contacts - {""}
    contacts -= selves
    if match := _PARTIES.match(code):
        a, b = match[1], match[2]
        for one, other in ((a, b), (b, a)):
            if one in selves and other not in selves:
                contacts.add(other)
            elif one in contacts and other not in contacts:
                selves.add(other)
    if selves and not contacts:  # the only other one who wrote
        others = {number for answer in given for told in answer.messages for number in told.senders} - selves
        contacts |= others if len(others) == 1 else set()
    return frozenset(selves), frozenset(contacts)


def as_message(told: SentMessage, sender: str, base: str) -> Message:
    """A message that was told and not drawn: nothing of it was printed, its time is exact."""
    exact: Printed | None = read_epoch(told.sent_ms)
    if exact is not None:  # nothing was printed: the instant in words
        exact = replace(exact, text=f"{exact.earliest:%Y-%m-%d %H:%M:%S} UTC")
    state = told.content if isinstance(told.content, Mapping) else {}
    recalled = str(state.get("type", "")).casefold() in _RECALLED or str(state.get("status", "")).casefold() in _RECALLED
    files = tuple(_files(told, base))
    return {
        "id": told.id,
        "from": sender,
        "name": "",
        "printed": "",
        "sent_at": exact,
        "text": "" if files and told.text == files[0]["url"] else told.text,
        "translation": None,
        "recalled": recalled,
        "attachments": files,
    }


def told_files(opened: Conversation | None, base: str) -> Iterator[Attachment]:
    """The files of the messages that were told, at full size; products and cards are none."""
    for told in opened.messages if opened is not None else ():
        for file in _files(told, base):
            if file["url"] and file["kind"] in ("image", "file"):
                yield Attachment(file["url"], file["name"])


def _files(told: SentMessage, base: str) -> list[Mapping[str, Any]]:
    """Pictures and files that a message carries: {"name","kind","digest","url"}."""
    content = told.content
    if isinstance(content, str) and told.kind in _KINDS and re.match(r"(?:https?:)?//\S+$", content.strip()):
        content = {"url": content.strip()}
    if not isinstance(content, Mapping):
        return []
    named = ("fileUrl", "imgUrl", "imageUrl", "url", "downloadUrl", "pictureUrl")
    stated = (content[key] for key in (*named, *content) if isinstance(content.get(key), str))
    address = next((text for text in stated if re.match(r"(?:https?:)?//\S+$", text)), "")
    name = next((str(content[k]) for k in ("fileName", "name", "title") if isinstance(content.get(k), str)), "")
    if not address and not (name and told.kind in _KINDS):
        return []
    kind = _KINDS.get(told.kind) or ("image" if _IMAGE.search(address) else "file")
    shown = name or address.rpartition("/")[2].partition("?")[0]
    return [{"name": shown, "kind": kind, "digest": None, "url": absolute(address, base) if address else ""}]
