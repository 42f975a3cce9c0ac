"""Messages as the server sent them, in JSON answers and socket messages: found by their keys, wherever they stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_plus

from collector.model import Place
from collector.site import Document

_DEEPEST = 12
_ID_KEYS = ("messageId", "msgId", "uuid")
_TIME_KEYS = ("sendTime", "createAt", "sentAt", "gmtCreate")
_CONVERSATION_KEYS = ("conversationCode", "cid", "conversationId")
_LIST_KEYS = frozenset({"messageList", "list", "messages", "userMessageModels", "messageModels"})
_CODE = re.compile(r"[\w.-]{1,60}#\d{1,8}(?:@\w{1,20})?")  # "<a>-<b>#11011@icbu"; some services leave "@icbu" out
_SERVICE = re.compile(r"/(?:listRecentMessage|getChatMessageList)\.")
_POINT = re.compile(r'"?(?:pointTimeStamp|timeStamp)"?\s*[:=]\s*"?(\d{10,13})')
_FORWARD = re.compile(r'"?forward"?\s*[:=]\s*"?(true|1)\b', re.IGNORECASE)
_SELF = re.compile(r'"?selfAliId"?\s*[:=]\s*"?(\d{4,24})')
_CONTACT = re.compile(r'"?(?:contactAliId|aliId|contactAccountId)"?\s*[:=]\s*"?(\d{4,24})')
_SENDER_KEY = re.compile(r"^(?:sender|from)(?:[A-Z_]\w*)?$")
_OWN_KEYS = ("selfSend", "isSelf", "self", "fromSelf", "isSelfSend", "mine", "isSender", "isMine")
_WAYS = {"sent": True, "send": True, "out": True, "received": False, "rec": False, "receive": False, "in": False}
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One message as it was sent to the page; `sent_ms` is milliseconds since 1970 or None.

    `senders` are the numbers under which its sender stands in it; `own` says whether it states that the account itself
    sent it, None where it does not. `content` is what it carries, `kind` the site's number for that; the site's own message
    is a `system` one.
    """

    id: str
    text: str
    sent_ms: Any
    conversation: str
    senders: frozenset[str] = frozenset()
    own: bool | None = None
    content: Any = None
    kind: str = ""
    system: bool = False

    @property
    def instant(self) -> int:
        """When it was sent, in milliseconds; 0 where that is not known."""
        digits = str(self.sent_ms)
        return int(digits) if re.fullmatch(r"[0-9]{13}", digits) else 0


@dataclass(frozen=True, slots=True)
class MessageList:
    """One list of messages that the page was given, oldest first, and what it had asked for.

    `more` says whether there are further ones in the direction that was asked for, None where the answer does not say;
    `older` whether that was back in time; `before` the instant from which, 0 where none was named; `onward` the one from
    which to ask on, as the answer gives it. `understood` is False where an entry of the list is no message that is known.
    """

    messages: tuple[SentMessage, ...]
    conversation: str
    more: bool | None
    older: bool
    before: int
    selves: frozenset[str]
    contacts: frozenset[str]
    place: Place
    onward: int = 0
    understood: bool = True

    @property
    def oldest(self) -> int:
        """The instant of its oldest message, 0 where it has none."""
        return min((told.instant for told in self.messages), default=0)

    @property
    def newest(self) -> int:
        """The instant of its newest message; of an empty answer the one before which it was asked."""
        return max((told.instant for told in self.messages), default=self.before)


def heard_messages(told: Iterable[Document]) -> dict[str, SentMessage]:
    """The messages of the conversation that most of them belong to, by id; the first telling of each."""
    found: dict[str, SentMessage] = {}
    for document in told:
        asked = _asked_for(document.asked)
        for _, value in _values(document):
            for item in _within(value, 0):
                if (said := _message(item, asked)) is not None:
                    found.setdefault(said.id, said)
    codes = [said.conversation for said in found.values()]
    own = max(sorted(set(codes)), key=codes.count, default="")
    return {ident: said for ident, said in found.items() if said.conversation == own}


def answers(told: Iterable[Document]) -> tuple[MessageList, ...]:
    """Every list of messages that the page was given, in the order in which it was; of a message service that gave none
    that is known, an empty one that is not understood.
    """
    found: list[MessageList] = []
    for document in told:
        given = [one for number, value in _values(document) for one in _lists(value, document, f"answer[{number}]")]
        found += given or _without_list(document)
    return tuple(found)


def _without_list(document: Document) -> list[MessageList]:
    about = _asked_for(document.asked)
    if not about or not _SERVICE.search(document.asked):
        return []
    place = Place(document.digest, "json", "answer[0]#", document.html[:400].decode("utf-8", "replace"))
    return [MessageList((), about, None, True, 0, frozenset(), frozenset(), place, understood=False)]


def answers_in(name: str, value: Any, digest: str) -> tuple[MessageList, ...]:
    """The lists of messages in data that came with the page itself."""
    return tuple(_lists(value, Document(0, digest, b""), name))


def conversations(told: Iterable[Document]) -> set[str]:
    """The conversations that the page was told of."""
    items = (item for document in told for _, value in _values(document) for item in _within(value, 0))
    return {code for item in items if (code := _code(item))}


def _values(document: Document) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(document.html.split(b"\n")):
        if any(
            key in line
            for key in (b"conversationCode", b"essageId", b"essageList", b'"cid"', b"msgId", b'"list"', b'"uuid"')
        ):
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                continue  # a message that is no JSON, or was cut


def _lists(value: Any, document: Document, name: str) -> Iterator[MessageList]:
    """The lists of messages in an answer; an empty one under a name of theirs, where a conversation was asked for."""
    asked, about = unquote_plus(unquote_plus(document.asked)), _asked_for(document.asked)
    point = _POINT.search(asked)
    before = int(point[1].ljust(13, "0")) if point else 0
    selves, contacts = frozenset(_SELF.findall(asked)), frozenset(_CONTACT.findall(asked))
    for holder, key, entries, pointer in _all_lists(value, "", 0):
        messages = tuple(told for entry in entries if (told := _message(_unwrapped(entry), about)) is not None)
        if not messages and (entries or key not in _LIST_KEYS or not about):
            continue
        codes = {told.conversation for told in messages}
        instants = [told.instant for told in messages]
        if instants == sorted(instants, reverse=True):
            messages = messages[::-1]
        yield MessageList(
            messages, codes.pop() if len(codes) == 1 else about if not codes else "", _more(holder),
            not _FORWARD.search(asked), before, selves, contacts,
            Place(document.digest, "json", f"{name}#{pointer}", json.dumps(entries, ensure_ascii=False)[:400]),
            _milliseconds(holder.get("nextPointTimeStamp", holder.get("nextCursor"))), len(messages) == len(entries),
        )  # fmt: skip


def _all_lists(value: Any, pointer: str, depth: int) -> Iterator[tuple[Mapping[str, Any], str, list[Any], str]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, list):
                yield value, key, inner, f"{pointer}/{key}"
            yield from _all_lists(inner, f"{pointer}/{key}", depth + 1)
    elif isinstance(value, list):
        if not pointer:
            yield {}, "", value, ""
        for number, inner in enumerate(value):
            if isinstance(inner, dict) and _message(_unwrapped(inner), "") is None:
                yield from _all_lists(inner, f"{pointer}/{number}", depth + 1)


def _unwrapped(entry: Any) -> Any:
    """The message inside the object that some answers put around it."""
    return entry["message"] if isinstance(entry, dict) and isinstance(entry.get("message"), dict) else entry


def _milliseconds(value: Any) -> int:
    return int(value) if re.fullmatch(r"[0-9]{13}", str(value)) else 0


def _more(holder: Mapping[str, Any]) -> bool | None:
    for key, turned in (("hasMore", False), ("more", False), ("start", True), ("isEnd", True), ("noMore", True)):
        said = str(holder.get(key)).strip().lower()
        if said in _TRUE | _FALSE:
            return (said in _TRUE) is not turned
    return None


def _message(item: Any, about: str) -> SentMessage | None:
    """A message by its id and time; one that names no conversation is of the one that was asked for."""
    if not isinstance(item, dict):
        return None
    ident = next((item[key] for key in _ID_KEYS if isinstance(item.get(key), str | int) and item[key] != ""), None)
    sent = next((item[key] for key in _TIME_KEYS if key in item), None)
    if ident is None or isinstance(ident, bool) or not any(key in item for key in _TIME_KEYS):
        return None
    own = next((said for key in _OWN_KEYS if (said := str(item.get(key)).strip().lower()) in _TRUE | _FALSE), "")
    way = next((str(item[key]) for key in ("direction", "messageSendType", "sendType") if key in item), "")
    mine = own in _TRUE if own else _WAYS.get(way.strip().lower())
    kind = next((str(item[key]) for key in ("messageType", "msgType", "type") if isinstance(item.get(key), str | int)), "")
    content = _opened(item.get("content", item.get("text")))
    system = kind == "9999" or item.get("systemMessage") is True
    senders = frozenset(_senders(item))
    return SentMessage(str(ident), _text(content), sent, _code(item) or about, senders, mine, content, kind, system)


def _code(item: Mapping[str, Any]) -> str:
    return plain_code(next((str(item[key]) for key in _CONVERSATION_KEYS if isinstance(item.get(key), str)), ""))


def plain_code(code: str) -> str:
    """A conversation's code without the name of the network at its end, which some services leave out."""
    return code.partition("@")[0]


def _senders(item: Mapping[str, Any]) -> Iterator[str]:
    for key, value in item.items():
        if not _SENDER_KEY.match(key):
            continue
        for inner in value.values() if isinstance(value, dict) else (value,):
            if isinstance(inner, str | int) and (match := re.match(r"[0-9]{4,24}(?=@|$)", str(inner))):
                yield match[0]


def _asked_for(asked: str) -> str:
    """The one conversation that a request names, or ""."""
    found = set(map(plain_code, _CODE.findall(unquote_plus(unquote_plus(asked))))) if asked else set()
    return found.pop() if len(found) == 1 else ""


def _opened(content: Any) -> Any:
    """What a message carries; a text that is a JSON object is that object."""
    if isinstance(content, str) and content.lstrip()[:1] == "{":
        try:
            inner = json.loads(content)
        except (ValueError, RecursionError):
            return content
        return inner if isinstance(inner, dict) else content
    return content


def _text(content: Any) -> str:
    if isinstance(content, Mapping):
        content = next((content[key] for key in ("text", "content", "summary") if isinstance(content.get(key), str)), "")
    return content if isinstance(content, str) else ""


def _within(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _within(inner, depth + 1)


def chained(given: Iterable[MessageList]) -> tuple[MessageList, ...]:
    """The answers from the newest back in time, as far as each continues the one before it without a gap."""
    rest = sorted(given, key=lambda answer: (-answer.newest, not answer.messages))
    chain: list[MessageList] = []
    for answer in rest:
        if not chain or _continues(chain, answer):
            chain.append(answer)
    return tuple(chain)


def _continues(chain: list[MessageList], answer: MessageList) -> bool:
    """Whether an answer shares a message with those before it, or was asked for from their oldest one on."""
    known = {told.id for one in chain for told in one.messages}
    oldest = min((one.oldest for one in chain if one.messages), default=0)
    if any(told.id in known for told in answer.messages) or (answer.before and answer.before in {o.onward for o in chain}):
        return True
    return answer.older and bool(answer.before) and oldest - 1 <= answer.before


def begins(chain: Iterable[MessageList]) -> MessageList | None:
    """The answer that shows that the conversation begins with its oldest message: none older follow, or none came."""
    parts = tuple(chain)
    oldest = min((one.oldest for one in parts if one.messages), default=0)
    if not all(one.understood for one in parts):
        return None
    for answer in parts:
        asked_on = answer.before in {one.onward for one in parts}
        at_end = (
            answer.oldest == oldest if answer.messages else 0 < answer.before <= oldest or (asked_on and bool(answer.before))
        )
        if (
            answer.older
            and at_end
            and oldest
            and (answer.more is False or (not answer.messages and answer.more is not True))
        ):
            return answer
    return None


def of_one(given: Iterable[MessageList], conversation: str) -> tuple[MessageList, ...]:
    """The answers of one conversation; those that name none are its own where no answer names another."""
    parts = tuple(given)
    named = {answer.conversation for answer in parts} - {""}
    alone = named <= {conversation}
    return tuple(
        replace(answer, messages=tuple(m for m in answer.messages if m.conversation in (conversation, *([""] * alone))))
        for answer in parts
        if answer.conversation == conversation or (alone and not answer.conversation)
        or any(m.conversation == conversation for m in answer.messages)
    )  # fmt: skip
