"""What to press next: the most urgent deadline of a case, in words for its buyer, with the page to open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.model import Deadline
from rules.case.casefile import CaseFile
from rules.deadlines.moments import address
from rules.language.facts import fact_words
from rules.language.words import time_left, time_words

_FAR = timedelta(days=14)
_URGENCY = {"overdue": 0, "act_now": 1, "due_soon": 2, "undetermined": 3, "open": 4}


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do: for which deadline, what to press, by when in the buyer's time, and the page (kind and address)."""

    deadline: Deadline
    press: str
    when: str
    page: str
    url: str


def next_steps(casefile: CaseFile, deadlines: Iterable[Deadline]) -> tuple[NextStep, ...]:
    """What the buyer can do about each deadline that runs, most urgent first: theirs before the others'.

    What they may do, and not before two weeks from now, stands last.
    """
    running = [(d, d.act_by) for d in deadlines if d.state in _URGENCY and d.act_by is not None and not d.over]

    def rank(item: tuple[Deadline, datetime]) -> tuple[object, ...]:
        due, act_by = item
        far = not due.must and due.who == "you" and act_by - casefile.as_of > _FAR
        return far, due.who != "you", not due.must, _URGENCY[due.state], act_by, due.id, due.round

    return tuple(_step(casefile, due) for due, _ in sorted(running, key=rank))


def _step(casefile: CaseFile, deadline: Deadline) -> NextStep:
    press = deadline.if_missed if deadline.state == "overdue" else deadline.todo
    return NextStep(deadline, press, due_words(casefile, deadline), deadline.page, address(casefile, deadline.page))


def due_words(casefile: CaseFile, deadline: Deadline) -> str:
    """By when, in the buyer's local time, with what a passed date means. Empty when there is no date."""
    if deadline.act_by is None or deadline.latest is None:
        return ""
    date = time_words(deadline.act_by, casefile.zone)
    if deadline.state == "act_now":
        return f"the safe date, {date}, has passed; it may still be open: do it now"
    if deadline.state == "undetermined":
        wrong = " or ".join(map(fact_words, deadline.needs))
        return f"by {date} at the earliest; dates contradict each other: correct {wrong}"
    if deadline.opening:
        return f"from {date}; surely from {time_words(deadline.latest, casefile.zone)}"
    if deadline.state == "overdue":
        return f"by {time_words(deadline.latest, casefile.zone)} at the latest: {time_left(deadline.latest, casefile.as_of)}"
    return f"by {date}, {time_left(deadline.act_by, casefile.as_of)}"
