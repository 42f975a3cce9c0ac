"""The hourly look at what is due, apart from the nights: it visits nothing, so it also says when nights are missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from casework.asking.changes import changes
from casework.asking.today import TodayLine, today
from casework.cases import cases, targets_of
from casework.notices.book import read_book
from casework.notices.telling import TellingAnswer, tell
from casework.workspace import Workspace
from collector.progress import Progress
from rules.night.blindness import Blind
from rules.notices.concerns import Concern

# A night is missing when none ended for so long, although cases are watched: one may be late, a second is not.
STOPPED_AFTER = timedelta(hours=30)
# For so long a change is told to whom it was not told yet: to a recipient who could not be reached in the night that saw it.
_CHANGES_FOR = timedelta(hours=48)
_MOST_CHANGES = 20  # of one message; the page of changes has them all
_AT_ONCE = ("unseen", "off", "wall")


def remind(ws: Workspace, progress: Progress) -> TellingAnswer:
    """Tells whoever is written down what is due now, what changed to the buyer's harm, what nobody sees, and that the nights
    have stopped or failed.
    """
    ws.archive.require()
    return tell(ws, known_concerns(ws, progress), progress)


def known_concerns(ws: Workspace, progress: Progress) -> tuple[Concern, ...]:
    """All that is to be told besides deadlines. The same is found by each call for as long as it is so: who was told it is
    written down, so that a recipient who could not be reached is told by the next call.
    """
    now = ws.clock.now()
    answer = today(ws, now)
    names = {line.case: line.name for line in answer.lines}
    blind = {concern.key: concern for concern in (_of_blind(one, names, now) for one in answer.blind)}
    changed = _adverse(ws, names, now, progress) if read_book(ws).addresses else ()
    return (*blind.values(), *changed, *(_of_nights(ws, now, answer.lines) if answer.lines else ()))


def _of_blind(blind: Blind, names: dict[str, str], now: datetime) -> Concern:
    """A wall is told once for all the cases behind it; what is not seen is told again each day that it stays so."""
    if blind.kind == "wall":
        return Concern(f"wall {blind.text}", "wall", 1, True, detail=blind.text, link=blind.link)
    days = (now - blind.since) // timedelta(days=1) if blind.since and blind.kind == "unseen" else 0
    urgent = blind.kind in _AT_ONCE
    key = f"blind {blind.kind} {blind.case} {blind.page}"
    name = names.get(blind.case, "")
    return Concern(key, "blind", 1 + days, urgent, blind.case, name, detail=blind.text, link=blind.link)


def _adverse(ws: Workspace, names: dict[str, str], now: datetime, progress: Progress) -> list[Concern]:
    """What changed to the buyer's harm."""
    found = changes(ws, None, now - _CHANGES_FOR, progress).adverse
    return [
        Concern(
            f"changed {one.page.case} {one.page.target} {one.name} {one.then.snapshot}", "changed", 1, False, one.page.case,
            names.get(one.page.case, ""), detail=one.text, todo=one.todo,
        )
        for one in found[-_MOST_CHANGES:]
    ]  # fmt: skip


def _of_nights(ws: Workspace, now: datetime, lines: Iterable[TodayLine]) -> Iterator[Concern]:
    """No night ever ran though orders are watched, the nights have stopped, or the last one could not do its work."""
    last = ws.index.last_night()
    if last is None:
        watched = {line.case for line in lines if targets_of(ws, line.case)}
        since = min((case.opened_at for case in cases(ws) if case.order in watched), default=now)
        if now - since > STOPPED_AFTER:
            days = (now - since) // timedelta(days=1)
            yield Concern("stopped", "unbegun", 1 + days, False, by=since)
    elif now - last.at > STOPPED_AFTER:
        days = (now - last.at) // timedelta(days=1)
        yield Concern("stopped", "stopped", 1 + days, days >= 2, by=last.at)
    elif last.body.get("failure"):
        yield Concern(f"failed {last.seq}", "failed", 1, True, detail=str(last.body["failure"]), by=last.at)
