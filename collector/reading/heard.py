"""Messages as the server sent them, in JSON answers and socket messages: found by their keys, wherever they stand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from collector.site import Document

_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Told:
    """One message as it was sent to the page; `sent_ms` is milliseconds since 1970 or None."""

    id: str
    text: str
    sent_ms: Any
    conversation: str


def heard_messages(told: Iterable[Document]) -> dict[str, Told]:
    """The messages of the conversation that most of them belong to, by id; the first telling of each."""
    found: dict[str, Told] = {}
    for item in _objects(told):
        ident = item.get("messageId")
        if isinstance(ident, str | int) and "sendTime" in item:
            said = Told(str(ident), _text(item), item.get("sendTime"), str(item.get("conversationCode", "")))
            found.setdefault(said.id, said)
    codes = [said.conversation for said in found.values()]
    own = max(sorted(set(codes)), key=codes.count, default="")
    return {ident: said for ident, said in found.items() if said.conversation == own}


def conversations(told: Iterable[Document]) -> set[str]:
    """The conversations that the page was told of."""
    return {str(item["conversationCode"]) for item in _objects(told) if item.get("conversationCode")}


def _text(item: Mapping[str, Any]) -> str:
    content = item.get("content")
    if isinstance(content, Mapping):
        content = content.get("text", "")
    return content if isinstance(content, str) else ""


def _objects(told: Iterable[Document]) -> Iterator[Mapping[str, Any]]:
    for document in told:
        for line in document.html.split(b"\n"):
            if b"conversationCode" in line or b"messageId" in line:
                try:
                    yield from _within(json.loads(line), 0)
                except (ValueError, RecursionError):
                    continue  # a message that is no JSON, or was cut


def _within(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _within(inner, depth + 1)
