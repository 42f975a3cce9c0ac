"""Deadlines: a table a case, each with its local time and a bar of time left, then what to do about yours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from casework.blocks import Bar, Block, Cell, Span, Table, Tone, View, hint, line, warnings
from collector.canonical import as_json
from collector.errors import DONE, DUE
from collector.model import ALIBABA, ORIGINS, kept_in_part
from rules.language.facts import fact_words, plain_words
from rules.language.words import time_left, time_words
from rules.policy.platform import load_policy

if TYPE_CHECKING:
    from casework.asking.dossier import DeadlineAnswer
    from collector.model import Deadline

_STATES: dict[str, tuple[Tone, str]] = {
    "not_started": ("aside", "not started"), "open": ("good", "open"), "due_soon": ("warning", "due soon"),
    "act_now": ("urgent", "act now"), "overdue": ("urgent", "overdue"), "met": ("aside", "done"),
    "undetermined": ("unsure", "cannot say"),
}  # fmt: skip
_SURE = {"printed": "printed timer", "copied": "timer you copied", "sources differ": "sources differ"}
_PRESSING = ("act_now", "overdue", "due_soon")
# A full cell for each of these that is still left: hours count at the end, weeks at the beginning.
_CELLS_H = (0, 3, 12, 24, 48, 72, 120, 168, 336, 720)


def deadlines(answer: DeadlineAnswer) -> View:
    """Every deadline; the exit code says whether something of the buyer's is due."""
    rows = [{**as_json(d), "origin": ORIGINS.get(d.origin, "")} for d in answer.deadlines]
    value = {"deadlines": rows, "as_of": answer.as_of, "needs": answer.needs, "notes": answer.notes}
    return View(as_json(value), tuple(_blocks(answer)), DUE if answer.due else DONE)


def bar(instant: datetime, as_of: datetime, tone: Tone = "") -> Bar:
    """The time left as ten cells: seven are a week, one is less than three hours, none when it has passed."""
    hours = (instant - as_of).total_seconds() / 3600
    return Bar(sum(hours > cell for cell in _CELLS_H), len(_CELLS_H), tone)


def _blocks(answer: DeadlineAnswer) -> Iterator[Block]:
    yield from warnings(answer.notes)
    for case, found in groupby(answer.deadlines, key=lambda d: d.case):
        yield from _of_case(case, list(found), answer)
    if not any(d.act_by for d in answer.deadlines):
        yield line("No deadline is running yet. Enter what you know: tradewitness case set CASE received_at=2026-09-30")
    else:
        yield line(Span(f"Times are yours ({answer.zone}); where readings differ, act by the earliest.", "aside"))
    if answer.ics:
        yield hint(f"Calendar file: {answer.ics}")


def _of_case(case: str, found: list[Deadline], answer: DeadlineAnswer) -> Iterator[Block]:
    live = [d for d in found if d.act_by is not None]
    if live:
        columns = ("Deadline", "Who", "Act by", "Time left", "State")
        yield Table(columns, tuple(_row(d, answer) for d in live), f"Case {case}" if case else "")
    yield from warnings(
        f"A page that this rests on was {kept_in_part(lacks)}." for lacks in dict.fromkeys(d.lacks for d in live if d.lacks)
    )
    for deadline in live:
        if deadline.who == "you" and (deadline.state in _PRESSING or deadline.near):
            yield from _what_to_do(deadline)
    for deadline in found:
        if deadline.state == "undetermined":
            why = f" ({plain_words(deadline.basis, answer.zone)})" if deadline.basis else ""
            yield line(Span("?", "unsure"), f" {_name(deadline)}: cannot say{why}.")
            yield from (line(text, indent=4) for text in _to_enter(deadline))


def _to_enter(deadline: Deadline) -> Iterator[str]:
    """What to type where a fact would decide more."""
    for name in deadline.needs:
        command = f"case set {deadline.case}" if deadline.case else "deadlines …"
        yield f"Enter {fact_words(name)}: tradewitness {command} {name}=DAY"


def _what_to_do(deadline: Deadline) -> Iterator[Block]:
    tone, word = _STATES[deadline.state]
    yield line(Span("!", tone), f" {_name(deadline)}: {word}. {deadline.todo}")
    if deadline.state == "act_now":
        yield line("The safe date has passed, but it may still be open: do it now.", indent=4)
    yield line(Span(f"If missed: {deadline.if_missed}", "aside"), indent=4)


def _name(deadline: Deadline) -> str:
    name = deadline.label or deadline.id
    return f"{name} ({deadline.round})" if deadline.round > 1 else name


def _row(deadline: Deadline, answer: DeadlineAnswer) -> tuple[Cell, ...]:
    tone, word = _STATES[deadline.state]
    saved = ORIGINS["saved"] if deadline.origin == "saved" else ""
    part = "page kept in part" if deadline.lacks else ""
    said = ", ".join(filter(None, (_SURE.get(deadline.sure, ""), saved, part)))
    name = (_name(deadline), Span(said, "aside")) if said else _name(deadline)
    who = "you, may" if deadline.who == "you" and not deadline.must else deadline.who
    if who == "platform":
        who = load_policy(answer.sites.get(deadline.case, ALIBABA)).words.name
    state = Span(deadline.outcome or word, tone)
    return name, who, _when(deadline, answer.zone), _left(deadline, answer.as_of, tone), state


def _when(deadline: Deadline, zone: str) -> str:
    """The act-by time where the user is, with weekday; of an opening, the time from which it is surely open."""
    if deadline.act_by is None or deadline.latest is None:
        return "–"
    text = time_words(deadline.latest if deadline.opening else deadline.act_by, zone)
    text = text.removesuffix(f" ({zone})")  # said once, below the table
    return f"surely open from {text}" if deadline.opening else text


def _left(deadline: Deadline, as_of: datetime, tone: Tone) -> Cell:
    """How long is left, as a bar and in words."""
    if deadline.act_by is None or deadline.state == "met" or deadline.opening:
        return "–"
    return bar(deadline.act_by, as_of, tone), time_left(deadline.act_by, as_of)
