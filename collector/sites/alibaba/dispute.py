"""Dispute pages: the application's own data where embedded, then labels. The printed timer is read before anything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bs4 import Tag

from collector.model import Fact, Printed
from collector.reading.blocks import recommended
from collector.reading.markup import Frame
from collector.reading.money import read_money
from collector.reading.readings import Node, Reading, agreed
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text, text_of
from collector.reading.times import moment, read_deadline, read_epoch
from collector.sites.alibaba.assurance import is_lit
from collector.sites.alibaba.labels import DISPUTE
from collector.sites.alibaba.order import money_stated

READER = "alibaba.dispute/3"

_NUMBER = re.compile(r"[0-9]{6,24}")
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
    scribe, data = Scribe(frame, READER), dispute_data(frame)
    return (
        scribe.fact("dispute.id", *application_numbers(frame)),
        scribe.fact("dispute.order", *order_numbers(frame)),
        scribe.fact("dispute.status", data["issueStatus"].read(as_text), _status(frame)),
        scribe.fact("dispute.reason", *_reason(frame, data)),
        scribe.fact("dispute.amount", money_stated(data["refundAmount"]), _label(frame, "dispute.amount", read_money)),
        scribe.fact("dispute.submitted_at", data["submitTime"].read(moment), _label(frame, "dispute.submitted_at", moment)),
        scribe.fact("dispute.deadline", *_deadline(frame, data)),
        scribe.fact("dispute.action_needed", *_action(frame, data)),
        scribe.fact("dispute.hint", data["nextStepHint"].read(as_text), _hint(frame)),
        scribe.fact(
            "dispute.supplier_answer",
            _given(data["supplierAnswer"]),
            _label(frame, "dispute.supplier_answer", _answer),
        ),
        scribe.fact("dispute.offer", _given(data["offer"]), _label(frame, "dispute.offer", as_text)),
    )


def dispute_data(frame: Frame) -> Node:
    """The object that describes the application, wherever the page embeds it."""
    for keys in (("issueId", "issueStatus"), ("issueId", "refundAmount"), ("issueId", "deadline")):
        node = frame.find(*keys)
        if node.value is not None:
            return node
    return frame.root("")


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
    reading = frame.labelled(DISPUTE[name], parse, but_not=recommended)
    if reading is not None and reading.value is None and _NO_ANSWER.search(reading.place.quote):
        return None
    return reading


def _given(node: Node) -> Reading | None:
    """An answer or an offer in data; words that say there is none are none."""
    return None if _NO_ANSWER.search(node.text) or _NONE.fullmatch(node.text) else node.read(as_text)


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
    stated = listed or data.first("reason.name", "reasonName", "reason").read(as_text)
    label = frame.labelled(DISPUTE["dispute.reason"], as_text)
    if label is None:
        return (stated,)
    tag = frame.soup.select_one(label.place.path)
    parts = list(tag.stripped_strings) if tag is not None else []
    joined = "; ".join(parts) if len(parts) > 1 else label.value
    return stated, Reading(joined, label.place)


def _deadline(frame: Frame, data: Node) -> tuple[Reading | None, ...]:
    """The running timer: a date and time first, a countdown where nothing else is printed. Both are never mixed."""

    def ends(text: str) -> Printed | None:
        return read_epoch(text) or read_deadline(text, frame.page.seen_at)

    stated = data["deadline"].read(ends)
    shown = _timer(frame, ends) or (_sentence(frame, ends) if stated is None else None)
    if stated is None and shown is None:
        return data["remaining"].read(ends), _label(frame, "dispute.deadline", ends)
    if (
        stated is not None
        and shown is not None
        and isinstance(shown.value, Printed)
        and not re.search(r"[0-9]{4}", shown.value.text)
    ):
        return (stated,)
    return stated, shown


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
    if isinstance(data.value, dict) and "needBuyerAction" in data.value:
        stated = Reading(_needed(node.value), node.place())
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
