"""The hourly look at what is due, apart from the nights: it visits nothing, so it also says when nights are missing."""

from __future__ import annotations

from datetime import timedelta

from casework.asking.today import today
from casework.notices.telling import TellingAnswer, tell
from casework.workspace import Workspace
from collector.progress import Progress
from rules.notices.concerns import Concern

# A night is missing when none ended for so long, although cases are watched: one may be late, a second is not.
STOPPED_AFTER = timedelta(hours=30)


def remind(ws: Workspace, progress: Progress) -> TellingAnswer:
    """Tells whoever is written down what is due now, what nobody looks at, and that the nights have stopped."""
    ws.archive.require()
    return tell(ws, watched_concerns(ws), progress)


def watched_concerns(ws: Workspace) -> tuple[Concern, ...]:
    """Whether anybody looks: alarms of Today, and nights that are missing."""
    now = ws.clock.now()
    answer = today(ws, now)
    found = []
    for each in answer.lines:
        for number, alarm in enumerate(each.alarms):
            found.append(
                Concern(f"alarm {each.case} {number}", "blind", 1, False, each.case, each.name, detail=alarm, link=each.link)
            )
    last = ws.index.last_night()
    if answer.lines and last is not None and now - last.at > STOPPED_AFTER:
        days = (now - last.at) // timedelta(days=1)
        found.append(Concern("stopped", "stopped", 1 + days, days >= 2, by=last.at))
    return tuple(found)
