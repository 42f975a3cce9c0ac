"""What stands at a place: values inside a page's data, and readings that agree with each other or do not."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from collector.model import Place
from collector.reading.embedded import parsed
from collector.reading.texts import is_blank, squeezed

QUOTE_LIMIT = 400
LOOKED_AT = 200_000  # values visited when a key is looked for in embedded data
_OPENS = frozenset({'{"', "[{", '["', "{\n", "{ "})


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands at a place: the value, or None where something stands there that is not understood.

    `blank` says that the place itself is there and nothing stands in it: then, and only then, is a fact not shown.
    """

    value: Any
    place: Place
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A value inside embedded data, with its script variable and JSON pointer. Absent values are nodes holding None.

    `there` is False where the data has no such key: an empty value under a key says more than no key.
    """

    digest: str
    variable: str
    pointer: str
    value: Any
    there: bool = True

    def __getitem__(self, key: str | int) -> Node:
        value, there = None, False
        if isinstance(self.value, dict) and isinstance(key, str):
            value, there = self.value.get(key), key in self.value
        elif isinstance(self.value, list) and isinstance(key, int) and -len(self.value) <= key < len(self.value):
            value, there = self.value[key], True
        step = str(key).replace("~", "~0").replace("/", "~1")
        return Node(self.digest, self.variable, f"{self.pointer}/{step}", value, there)

    @property
    def field(self) -> Node:
        """The value inside the wrapper {"fieldName", "title", "value", …} that shops put around it; else itself."""
        return (
            self["value"] if isinstance(self.value, dict) and not isinstance(self.value.get("value"), dict | list) else self
        )

    def first(self, *paths: str) -> Node:
        """The first of several dotted paths that holds something; else the node of the last path."""
        node = self
        for path in paths:
            node = self
            for key in path.split("."):
                node = node[key]
            if node.value not in (None, "", [], {}):
                return node
        return node

    def items(self) -> Iterator[Node]:
        """The entries of a list or of an object's values, each as a node."""
        if isinstance(self.value, list):
            yield from (self[index] for index in range(len(self.value)))
        elif isinstance(self.value, dict):
            yield from (self[str(key)] for key in self.value)

    @property
    def opened(self) -> Node:
        """The JSON that a text holds in place of the text, where it is one; else itself."""
        if isinstance(self.value, str) and self.value.lstrip()[:2] in _OPENS:
            value = parsed(self.value)
            return replace(self, value=value) if isinstance(value, dict | list) else self
        return self

    def walk(self) -> Iterator[Node]:
        """Every object and list in it, the shallowest first, texts that hold JSON opened; bounded."""
        queue, looked = deque([self.opened]), 0
        while queue and looked < LOOKED_AT:
            node = queue.popleft()
            looked += 1
            yield node
            queue.extend(o for child in node.items() if isinstance((o := child.opened).value, dict | list))

    def having(self, keys: Set[str], least: int = 1) -> list[Node]:
        """Every object in it that has so many of the keys, the shallowest first; none inside another."""
        found: list[Node] = []
        queue, looked = deque([self.opened]), 0
        while queue and looked < LOOKED_AT:
            node = queue.popleft()
            looked += 1
            if isinstance(node.value, dict) and len(keys & node.value.keys()) >= least:
                found.append(node)
            else:
                queue.extend(o for child in node.items() if isinstance((o := child.opened).value, dict | list))
        return found

    def seek(self, *keys: str) -> Node:
        """The value of the first of the keys that stands in it exactly once, at whatever depth; else one not there."""
        for key in keys:
            held = [node for node in self.walk() if isinstance(node.value, dict) and key in node.value]
            if len(held) == 1:
                return held[0][key]
        return Node(self.digest, self.variable, self.pointer, None, there=False)

    @property
    def text(self) -> str:
        """The value as text where it is text or a number; else ""."""
        return squeezed(str(self.value)) if isinstance(self.value, str | int) and not isinstance(self.value, bool) else ""

    def place(self, quote: str = "") -> Place:
        stands = quote or self.text or json.dumps(self.value, ensure_ascii=False)
        return Place(self.digest, "json", f"{self.variable}#{self.pointer}", stands[:QUOTE_LIMIT])

    def read(self, parse: Callable[[str], Any]) -> Reading | None:
        """The value through a parser; None where nothing stands here, or a dash."""
        text = self.text
        return None if is_blank(text) else Reading(parse(text), self.place())


def agreed(readings: list[Reading]) -> Reading | None:
    """The first reading that is understood, if every understood one says the same; else one that quotes them all."""
    understood = [reading for reading in readings if reading.value is not None]
    if not understood:
        return next((reading for reading in readings if not reading.blank), readings[0] if readings else None)
    first = understood[0]
    others = [reading for reading in understood[1:] if not same(first.value, reading.value)]
    if not others:
        return first
    quotes = " ≠ ".join(dict.fromkeys(reading.place.quote for reading in (first, *others)))
    place = first.place
    return Reading(None, Place(place.digest, place.scheme, place.path, quotes[: 2 * QUOTE_LIMIT]))


def same(a: Any, b: Any) -> bool:
    """Whether two readings say the same: texts by letters, printed times by what they can mean, lists entry by entry.

    Entries of lists are compared by the keys that both have and know.
    """
    if isinstance(a, str) and isinstance(b, str):
        return squeezed(a).casefold() == squeezed(b).casefold()
    if hasattr(a, "earliest") and hasattr(b, "earliest"):
        return (a.earliest, a.latest) == (b.earliest, b.latest)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        shared = [key for key in a if a[key] is not None and b.get(key) is not None]
        return all(same(a[key], b[key]) for key in shared)
    return bool(a == b)
