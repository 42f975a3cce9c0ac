"""Message threads: what the messenger drew, over all stretches of a walk, joined with what the page was told."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise

from collector.model import Fact, Place
from collector.reading.markup import Frame
from collector.reading.message_lists import SentMessage, heard_messages
from collector.reading.readings import Node, Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text, squeezed, text_of
from collector.reading.times import read_epoch
from collector.sites.alibaba.conversation import (
    COMPANY,
    OPEN_CONTACT,
    Conversation,
    as_message,
    company_in,
    conversation,
    open_contact,
)
from collector.sites.alibaba.drawn import (
    Message,
    begins_here,
    ident_of,
    message_of,
    message_tags,
    oldest_first,
    spoken_in,
)

READER = "alibaba.thread/5"
_MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=4)  # as many as the pages that are kept parsed: recognition, identity and reading ask for it
def open_conversation(frame: Frame) -> Conversation | None:
    """The open conversation as the page was told it, its messages' own codes among what says which one is open."""
    return conversation(frame, frozenset(spoken_in(frame)))


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
    opened = open_conversation(frame)
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
        self.start = self.start or begins_here(frame)
        tags = message_tags(frame)
        if not tags:
            return
        self.place = self.place or frame.place(tags[0].parent or tags[0])
        messages = oldest_first([self._known.get(ident_of(tag)) or message_of(tag, frame) for tag in tags])
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


def partners(frame: Frame) -> tuple[Reading | None, ...]:
    """The other party's company, from the selected contact and from the conversation's head."""
    row = frame.soup.select_one(OPEN_CONTACT)
    selected = row.select_one(COMPANY) if row is not None else None
    head = frame.soup.select_one(".conversation-header .contact-company, .conversation-head .contact-company")
    drawn = frame.read(selected, as_text), frame.read(head, as_text)
    if any(reading is not None for reading in drawn):
        return drawn
    opened = open_conversation(frame)
    contact = open_contact(frame, opened.code if opened is not None else "")
    return (company_in(contact) if contact is not None else None,)


def is_list(frame: Frame) -> bool:
    """Whether the frame shows contacts with no conversation open."""
    shown = message_tags(frame) or open_conversation(frame) is not None
    return not shown and all(reading is None for reading in partners(frame))


def messages_data(frame: Frame) -> Node:
    """What the page was told of the open conversation; a node holding None where it was told nothing of it."""
    opened = open_conversation(frame)
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
    opened = open_conversation(frame)
    # An account has numbers of several sorts: only one of the address's sort can be held against it.
    return {frame.own.contact} if opened is not None and frame.own.contact in opened.contacts else set()
