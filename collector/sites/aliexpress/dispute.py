"""Dispute pages: what stands under the labels of the help pages. No page of today's layout is known from public code."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from collector.model import Fact, Printed
from collector.reading.markup import Frame
from collector.reading.money import read_money
from collector.reading.readings import Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text
from collector.reading.times import moment, read_deadline, read_epoch
from collector.sites.aliexpress.labels import DISPUTE

READER = "aliexpress.dispute/1"

_NUMBER = re.compile(r"[0-9]{6,24}")
_NONE = re.compile(r"^(?:none|no response(?: yet)?|not yet|the seller has not responded)\W*$", re.IGNORECASE)


def read_dispute(frame: Frame) -> tuple[Fact, ...]:
    """Every dispute fact."""
    scribe = Scribe(frame, READER, thorough=False)
    labelled: dict[str, Callable[[str], Any]] = {
        "dispute.id": _number, "dispute.order": _number, "dispute.reason": as_text, "dispute.amount": read_money,
        "dispute.offer": read_money, "dispute.supplier_answer": as_text, "dispute.submitted_at": moment,
        "dispute.hint": as_text,
    }  # fmt: skip
    status = frame.read(frame.soup.select_one(".dispute-status, .issue-status"), as_text)
    needed = frame.read(frame.soup.select_one(".dispute-action, .action-required"), as_text)
    return (
        *(scribe.fact(name, _label(frame, name, parse)) for name, parse in labelled.items()),
        scribe.fact("dispute.status", status or _label(frame, "dispute.status", as_text)),
        scribe.fact("dispute.deadline", _label(frame, "dispute.deadline", lambda text: _ends(frame, text))),
        scribe.fact("dispute.action_needed", needed),
    )


def applications(frame: Frame) -> tuple[Reading | None, ...]:
    """The dispute's own number."""
    return (_label(frame, "dispute.id", _number),)


def disputed_orders(frame: Frame) -> tuple[Reading | None, ...]:
    """The order that is disputed."""
    return (_label(frame, "dispute.order", _number),)


def _label(frame: Frame, name: str, parse: Callable[[str], Any]) -> Reading | None:
    reading = frame.labelled(DISPUTE[name], parse, blanks=True)
    if reading is not None and _NONE.match(reading.place.quote):
        return Reading(None, reading.place, blank=True)
    return reading


def _number(text: str) -> str | None:
    found = set(_NUMBER.findall(text))
    return found.pop() if len(found) == 1 else None


def _ends(frame: Frame, text: str) -> Printed | None:
    return read_epoch(text) or read_deadline(text, frame.page.seen_at)
