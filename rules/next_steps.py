"""What to press next: the most urgent deadline of a case, in words for its buyer, with the page to open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from collector.model import Deadline
from rules.calendars import left, local
from rules.casefile import CaseFile
from rules.moments import address

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
    """What the buyer can do about each deadline that runs, most urgent first: theirs before the others'."""
    running = [d for d in deadlines if d.state in _URGENCY and d.act_by is not None]
    running.sort(key=lambda d: (d.who != "you", not d.must, _URGENCY[d.state], d.act_by, d.id, d.round))
    return tuple(_step(casefile, d) for d in running)


def _step(casefile: CaseFile, deadline: Deadline) -> NextStep:
    return NextStep(deadline, deadline.todo, when(casefile, deadline), deadline.page, address(casefile, deadline.page))


def when(casefile: CaseFile, deadline: Deadline) -> str:
    """By when, in the buyer's local time, with what a passed date means. Empty when there is no date."""
    if deadline.act_by is None or deadline.latest is None:
        return ""
    date = local(deadline.act_by, casefile.zone)
    if deadline.state == "act_now":
        return f"our safe date, {date}, has passed; it may still be open: do it now"
    if deadline.state == "undetermined":
        return f"by {date} at the earliest; dates contradict each other: correct {' or '.join(deadline.needs)}"
    if deadline.opening:
        return f"from {date}; surely from {local(deadline.latest, casefile.zone)}"
    if deadline.state == "overdue":
        return f"the last day we know of ended {local(deadline.latest, casefile.zone)}"
    return f"by {date}, {left(deadline.act_by, casefile.as_of)}"
