"""Order, dispute and tracking pages in no layout that is known: what stands under labels, on the page and in its data.

A label is one of the table's (`labels`), as a text of its own or as a key of the data ("orderTotal"). Only what a label
names is read: no badge, no limit, no list. What is not found there may stand anywhere, and stays unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from collector.model import Fact
from collector.reading.leaves import day_in_data, moment_in, money_in, text_in
from collector.reading.markup import Frame
from collector.reading.readings import Node, Reading, agreed
from collector.reading.scribe import Scribe
from collector.reading.texts import label_of
from collector.reading.times import read_deadline
from collector.sites.alibaba.labels import DISPUTE, ORDER, TRACKING
from collector.sites.alibaba.order_data import read_number

READER = "generic/1"
KINDS = ("order", "dispute", "tracking")

_LABEL_KEYS = ("label", "title", "name", "fieldName", "key", "text", "displayName")
_VALUE_KEYS = ("value", "content", "displayValue", "text", "desc", "data")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")
_FEWEST = 3  # facts by which a page without an address is taken for one of its kind, its number among them
_NUMBERS = {"order": "order.number", "dispute": "dispute.order", "tracking": "tracking.number"}
_FLAGS = frozenset({"order.trade_assurance", "dispute.action_needed"})  # drawn as marks, which a layout gives their meaning
Leaf = Callable[[Node], Reading | None]


def _number_in(node: Node) -> Reading | None:
    reading = text_in(node)
    return replace(reading, value=read_number(reading.value)) if reading is not None and reading.value else reading


_ORDER_LEAVES: Mapping[str, Leaf] = {
    "order.number": _number_in, "order.status": text_in, "order.total": money_in, "order.paid": money_in,
    "order.ship_by": day_in_data, "order.ship_terms": text_in, "order.shipped_at": moment_in,
    "order.received_at": moment_in, "order.supplier": text_in,
}  # fmt: skip
_LEAVES: Mapping[str, Mapping[str, Leaf]] = {
    "order": {**_ORDER_LEAVES, "tracking.number": text_in},
    "dispute": {
        "dispute.id": _number_in, "dispute.order": _number_in, "dispute.status": text_in, "dispute.reason": text_in,
        "dispute.amount": money_in, "dispute.submitted_at": moment_in, "dispute.hint": text_in,
    },
    "tracking": {"tracking.number": text_in},
}  # fmt: skip
_LABELS: Mapping[str, tuple[str, ...]] = {**ORDER, **DISPUTE, "tracking.number": TRACKING}


def read_generic(kind: str, frame: Frame, known: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The facts of a kind of page, `known` being what its reader gives: with what stands under labels in the page's data.

    Each says that it was read so. Flags are left out: what a mark means, only a layout says.
    """
    scribe, leaves = Scribe(frame, READER, thorough=False), _LEAVES.get(kind, {})
    found = []
    for fact in known:
        drawn = fact if fact.state == "read" and fact.name not in _FLAGS else None
        told = agreed(list(_in_data(frame, fact.name, leaves[fact.name]))) if fact.name in leaves else None
        if fact.name == "dispute.deadline":
            told = agreed(list(_in_data(frame, fact.name, lambda node: _deadline_in(frame, node))))
        if told is None:
            found.append(replace(drawn or _unfound(fact), reader=READER))
        else:
            shown = Reading(drawn.value, drawn.place) if drawn is not None and drawn.place is not None else None
            found.append(scribe.fact(fact.name, told, shown))
    return tuple(found)


def numbers(kind: str, frame: Frame) -> set[str]:
    """The number that stands under a label of the kind's in the page's data."""
    reading = agreed(list(_in_data(frame, _NUMBERS[kind], _number_in)))
    return {reading.value} if reading is not None and reading.value else set()


def tells(kind: str, facts: tuple[Fact, ...]) -> bool:
    """Whether so much was read by labels alone that a page without an address may be taken for one of that kind."""
    read = {fact.name for fact in facts if fact.state == "read"}
    return _NUMBERS[kind] in read and len(read) >= _FEWEST


def _unfound(fact: Fact) -> Fact:
    return replace(fact, value=None, state="unreadable", place=fact.place if fact.state == "unreadable" else None)


def _deadline_in(frame: Frame, node: Node) -> Reading | None:
    reading = text_in(node)
    if reading is None or not reading.value:
        return reading
    return replace(reading, value=read_deadline(reading.value, frame.page.seen_at))


def _in_data(frame: Frame, name: str, leaf: Leaf) -> Iterator[Reading]:
    """What stands under a label of the fact in the page's data: {"label", "value"}, or a key that says the label."""
    labels = frozenset(_LABELS[name])
    for node in (node for root in frame.roots for node in root.walk() if isinstance(node.value, dict)):
        under = next((k for k in _LABEL_KEYS if _is_label(node.value.get(k), labels)), "")
        values = [node[k] for k in _VALUE_KEYS if k != under and k in node.value] if under else []
        keyed = [node[key] for key in node.value if " " in _words(key) and _words(key) in labels]
        for held in (*values[:1], *keyed):
            reading = leaf(held)
            if reading is not None and not reading.blank:
                yield reading


def _is_label(text: Any, labels: frozenset[str]) -> bool:
    return isinstance(text, str) and label_of(text) in labels


def _words(key: str) -> str:
    """A key as words: "orderTotal" is "order total"."""
    return _CAMEL.sub(" ", key).lower()
