"""Dispute pages: the application's own data where embedded, then labels. The printed timer is read before anything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bs4 import Tag

from collector.model import Fact, Printed
from collector.reading.blocks import recommended
from collector.reading.leaves import moment_in, money_in, text_in
from collector.reading.markup import Frame
from collector.reading.money import read_money
from collector.reading.readings import Node, Reading, agreed
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text, text_of
from collector.reading.times import moment, read_deadline, read_epoch
from collector.sites.alibaba.assurance import is_lit
from collector.sites.alibaba.labels import DISPUTE

READER = "alibaba.dispute/4"

_NUMBER = re.compile(r"[0-9]{5,24}")
_OWN_KEYS = frozenset({"issueId", "issueStatus", "needBuyerAction", "nextStepHint"})
_KEYS = _OWN_KEYS | {"orderId", "refundAmount", "submitTime", "currentOperator", "deadline", "refundMethod", "viewDetailUrl"}
_NO_ANSWER = re.compile(
    r"\bnot (?:yet )?(?:responded|answered|replied)\b|\bno (?:response|answer|reply)\b|尚未(?:回复|响应)"
    r"|\bno ha (?:respondido|contestado)\b|\bbelum (?:menjawab|merespons?)\b",
    re.IGNORECASE,
)
_NONE = re.compile(r"(?:none|null|no (?:offer|proposal)\b.{0,30}|sin (?:oferta|respuesta)|无)", re.IGNORECASE)
_NO_ACTION = re.compile(r"(?:false|no|not|none|n|0|off|sin|tidak|无需|不需要)\b.*|(?:无需|不需要|无).*", re.IGNORECASE)
_DUE = re.compile(
    r"\b(?:before|by|until|no later than|deadline|due)\b.{0,20}[0-9]{4}|\b(?:left|remaining|quedan?|sisa)\b|剩余"
    r"|\b(?:antes del?|sebelum)\b.{0,20}[0-9]{4}|截止.{0,20}[0-9]{4}",
    re.IGNORECASE,
)
_MOST_TIMERS = 40
_TIMER_CLASS = re.compile(r"(?:^|-)(?:deadline|countdown|timer|time-left|remaining)(?:-|$)", re.IGNORECASE)


def read_dispute(frame: Frame) -> tuple[Fact, ...]:
    """Every fact of one refund application."""
    scribe, data = Scribe(frame, READER, thorough=False), dispute_data(frame)
    block = _block(frame)

    def fact(name: str, *readings: Reading | None) -> Fact:
        return scribe.fact(name, *readings, block)

    return (
        fact("dispute.id", *application_numbers(frame)),
        fact("dispute.order", *order_numbers(frame)),
        fact("dispute.status", text_in(data["issueStatus"]), _status(frame)),
        fact("dispute.reason", *_reason(frame, data)),
        fact("dispute.amount", money_in(data["refundAmount"]), _label(frame, "dispute.amount", read_money)),
        fact("dispute.submitted_at", moment_in(data["submitTime"]), _label(frame, "dispute.submitted_at", moment)),
        fact("dispute.deadline", *_deadline(frame, data)),
        fact("dispute.action_needed", *_action(frame, data)),
        fact("dispute.hint", text_in(data["nextStepHint"]), _hint(frame)),
        fact("dispute.supplier_answer", _given(data["supplierAnswer"]), _label(frame, "dispute.supplier_answer", _answer)),
        fact("dispute.offer", _given(data["offer"]), _label(frame, "dispute.offer", as_text)),
    )


def dispute_data(frame: Frame) -> Node:
    """The object that describes the application, wherever the page carries it; one not there where it carries none.

    Two of its keys, one of them a word of its own, are enough: what does not apply yet may be left out. Of several the
    page's own number tells, else the one that says most.
    """
    found = [node for node in frame.having(_KEYS, 2) if _OWN_KEYS & node.value.keys()]
    if not found:
        return Node(frame.digest, "", "", None, there=False)
    own = frame.own.dispute
    named = [node for node in found if own and node["issueId"].text == own]
    return max(named or found, key=lambda node: len(_KEYS & node.value.keys()))


def _block(frame: Frame) -> Reading | None:
    """A blank reading where the page has the block of a refund application, in which each of its facts would stand."""
    module = frame.module("disputeStatus", "dispute-status", "disputeDetail")
    return Reading(None, frame.place(module), blank=True) if module is not None else None


def application_numbers(frame: Frame) -> tuple[Reading | None, ...]:
    """The application's own number, from data and from the page."""
    return dispute_data(frame)["issueId"].read(_number), _label(frame, "dispute.id", _number)


def order_numbers(frame: Frame) -> tuple[Reading | None, ...]:
    """The number of the order in dispute, from data and from the page."""
    return dispute_data(frame)["orderId"].read(_number), _label(frame, "dispute.order", _number)


def _number(text: str) -> str | None:
    found = set(_NUMBER.findall(text))
    return found.pop() if len(found) == 1 else None


def _label(frame: Frame, name: str, parse: Callable[[str], Any]) -> Reading | None:
    reading = frame.labelled(DISPUTE[name], parse, but_not=recommended, blanks=True)
    if reading is not None and reading.value is None and _NO_ANSWER.search(reading.place.quote):
        return replace(reading, blank=True)
    return reading


def _given(node: Node) -> Reading | None:
    """An answer or an offer in data; words that say there is none are none."""
    reading = text_in(node)
    if reading is None or reading.value is None:
        return reading
    none = _NO_ANSWER.search(reading.value) or _NONE.fullmatch(reading.value)
    return Reading(None, reading.place, blank=True) if none else reading


def _answer(text: str) -> str | None:
    return None if _NO_ANSWER.search(text) else as_text(text)


def _status(frame: Frame) -> Reading | None:
    module = frame.module("disputeStatus", "dispute-status", "issueStatus")
    heading = module.find(["h1", "h2"]) if module is not None else None
    if not isinstance(heading, Tag):
        heading = frame.soup.find(class_="dispute-status")
    return frame.read(heading, as_text) if isinstance(heading, Tag) else _label(frame, "dispute.status", as_text)


def _reason(frame: Frame, data: Node) -> tuple[Reading | None, ...]:
    """The reason, or several joined by "; " in the page's order."""
    names = [node.first("name", "reasonName").text or node.text for node in data["reasons"].items()]
    listed = Reading("; ".join(names), data["reasons"].place()) if any(names) else None
    stated = listed or text_in(next((data[k] for k in ("reason", "reasonName", "reasons") if data[k].there), data["reason"]))
    label = frame.labelled(DISPUTE["dispute.reason"], as_text, blanks=True)
    if label is None or label.blank:
        return stated, label
    tag = frame.soup.select_one(label.place.path)
    parts = list(tag.stripped_strings) if tag is not None else []
    joined = "; ".join(parts) if len(parts) > 1 else label.value
    return stated, Reading(joined, label.place)


def _deadline(frame: Frame, data: Node) -> tuple[Reading | None, ...]:
    """The running timer: a date and time first, a countdown where nothing else is printed. Both are never mixed."""

    def ends(text: str) -> Printed | None:
        return read_epoch(text) or read_deadline(text, frame.page.seen_at)

    stated = _due(data["deadline"], ends)
    nothing = stated is None or stated.blank
    shown = _timer(frame, ends) or (_sentence(frame, ends) if nothing else None)
    if nothing and shown is None:
        return data["remaining"].read(ends), _label(frame, "dispute.deadline", ends), stated
    if (
        stated is not None
        and shown is not None
        and isinstance(shown.value, Printed)
        and not re.search(r"[0-9]{4}", shown.value.text)
    ):
        return (stated,)
    return stated, shown


def _due(node: Node, ends: Callable[[str], Printed | None]) -> Reading | None:
    """The end in data. A bare day ends first in China: that is what to act by. An instant beside a day only widens it."""
    reading = moment_in(node)
    if reading is None or reading.blank or (reading.value is None and isinstance(node.value, dict)):
        return reading
    if not isinstance(node.value, dict):
        return node.read(ends)
    if isinstance(reading.value, str):
        return replace(reading, value=ends(reading.place.quote))
    whole = ends(reading.value.text)  # where a day is printed and an instant stands beside it
    if whole is None:
        return reading
    first, last = (whole.earliest, reading.value.earliest), (whole.latest, reading.value.latest)
    return replace(reading, value=replace(whole, earliest=min(first), latest=max(last)))


def _timer(frame: Frame, ends: Callable[[str], Printed | None]) -> Reading | None:
    """The timer's own block: its printed date and time, else its countdown. Rows of old records are no timer."""
    for tag in frame.soup.find_all(class_=_TIMER_CLASS, limit=_MOST_TIMERS):
        if tag.find_parent(["table", "script"]) is not None:
            continue
        parts = [tag, *(inner for inner in tag.find_all(True, limit=_MOST_TIMERS) if text_of(inner))]
        readings = [reading for part in parts if (reading := frame.read(part, ends)) is not None]
        dated = [r for r in readings if r.value is not None and re.search(r"[0-9]{4}", r.place.quote)]
        understood = dated or [r for r in readings if r.value is not None]
        if understood or readings:
            return (understood or readings)[0]
    return None


def _sentence(frame: Frame, ends: Callable[[str], Printed | None]) -> Reading | None:
    """A timer that is only a sentence ("Please respond before 2026-09-24 18:00"), outside lists and tables."""
    parents = [text.parent for text in frame.soup.find_all(string=_DUE, limit=_MOST_TIMERS) if len(text) <= 300]
    aside = ["table", "ol", "ul", "aside", "footer"]
    tags = [tag for tag in parents if tag is not None and tag.find_parent(aside) is None]
    readings = [reading for tag in tags if (reading := frame.read(tag, ends)) is not None and reading.value is not None]
    return agreed(readings)


def _action(frame: Frame, data: Node) -> tuple[Reading | None, ...]:
    """Whether the page asks the buyer to act: its marker, or the data's own key where it is there and empty."""
    node = data["needBuyerAction"]
    stated = None
    if node.there:
        plain = text_in(node) if isinstance(node.value, dict) else None
        unclear = plain is not None and plain.value is None and not plain.blank
        stated = Reading(None if unclear else _needed(plain.value if plain is not None else node.value), node.place())
    marks = frame.soup.find_all(class_="action-required", limit=_MOST_TIMERS)
    tag = next((mark for mark in marks if is_lit(mark) and not _NO_ACTION.fullmatch(text_of(mark))), None)
    if tag is None and not marks:
        text = frame.soup.find(
            string=re.compile(r"^\s*(?:action required|acción necesaria|perlu tindakan|需要您处理)\s*$", re.IGNORECASE)
        )
        tag = text.parent if text is not None else None
    return stated, (Reading(True, frame.place(tag)) if tag is not None else None)


def _needed(value: object) -> bool | None:
    if value is None or value is False or value == "" or value == 0:
        return False
    return not _NO_ACTION.fullmatch(str(value).strip()) if isinstance(value, str | int) else None


def _hint(frame: Frame) -> Reading | None:
    tag = frame.soup.find(class_="next-step-hint")
    return frame.read(tag, as_text) if isinstance(tag, Tag) else _label(frame, "dispute.hint", as_text)


def order_link(frame: Frame) -> str:
    """The number in the page's link back to its order, or ""."""
    orders = (address.order for address, link in frame.links if address.kind == "order" and _NUMBER.fullmatch(text_of(link)))
    return next(orders, "")
