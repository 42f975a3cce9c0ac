"""What happened in a case and what is still to come, in one order, as its pack tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from casework.cases import case_with_deadlines, find_case
from casework.workspace import Workspace
from rules.pack.plan.timeline import TimelineRow, timeline_of

_RUNNING = ("open", "due_soon", "act_now", "overdue")


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that happened, or an end that is to come (`due`). Instants are UTC, `when` is for people."""

    first: datetime
    when: str
    text: str
    due: bool = False


@dataclass(frozen=True, slots=True)
class CaseTimeline:
    """The moments of a case, oldest first; when pages were kept and messages sent; as of an instant, in the case's zone."""

    moments: tuple[Milestone, ...]
    visits: tuple[datetime, ...]
    messages: tuple[datetime, ...]
    as_of: datetime
    zone: str


def timeline(ws: Workspace, wanted: str) -> CaseTimeline:
    """The timeline of a case, without what only the ledger saw. Raises WrongRequest."""
    case, now = find_case(ws, wanted), ws.clock.now()
    file, found = case_with_deadlines(ws, case, now)
    running = {f"{one.id}#{one.round}": one.label for one in found if one.state in _RUNNING}
    rows = timeline_of(file, found, {})
    told = [row for row in rows if row.kind == "event" and not row.source.startswith("ledger")]
    ends = [row for row in rows if row.kind == "deadline" and row.ref in running]
    ended = {row.first for row in ends}  # a timer that is still to run out is an end, and no event
    told = [row for row in told if row.first <= now or row.first not in ended]
    moments = [Milestone(row.first, row.when, row.text, due=row.first > now) for row in _once_each(told)]
    moments += [Milestone(row.first, row.when, running[row.ref], due=True) for row in ends]
    return CaseTimeline(
        tuple(sorted(moments, key=lambda one: one.first)), _times(rows, "visit"), _times(rows, "message", "chat"), now,
        case.zone,
    )  # fmt: skip


def _once_each(rows: list[TimelineRow]) -> list[TimelineRow]:
    """What several sources say of one moment stands there once."""
    return [next(same) for _, same in groupby(rows, lambda row: (row.text, row.first))]


def _times(rows: tuple[TimelineRow, ...], *kinds: str) -> tuple[datetime, ...]:
    return tuple(row.first for row in rows if row.kind in kinds)
