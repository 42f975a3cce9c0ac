"""A night with somebody to tell: what is urgent before the visits, all that is new after them, and how it went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from casework.keeping.nightly import NightAnswer, night
from casework.notices.remind import known_concerns
from casework.notices.sending import Stage
from casework.notices.telling import TellingAnswer, ping_of, tell
from casework.workspace import Workspace
from collector.errors import TradewitnessError, WrongRequest
from collector.progress import Progress

# What went wrong may name the buyer, an order or his folders: a dead-man's service need not know.
_FAILED = "The night could not do its work. The machine that it runs on says why: tradewitness schedule status"


@dataclass(frozen=True, slots=True)
class ToldNight:
    """A night, and what was told of it; `unheard` is why the dead-man's service did not hear of it, or ""."""

    night: NightAnswer
    told: TellingAnswer
    unheard: str = ""

    @property
    def untold(self) -> bool:
        """Whether somebody should have been told something, and was not."""
        return self.told.failed or bool(self.unheard)


def told_night(ws: Workspace, progress: Progress, minutes: int | None = None) -> ToldNight:
    """One night, with its notices: what is urgent does not wait for the visits. What the night raises is told to the
    dead-man's service, too; a night that runs already is none of it.
    """
    ws.archive.require()
    _ping(ws, "start")
    _tell(ws, progress, urgent=True)
    try:
        answer = night(ws, dry_run=False, progress=progress, minutes=minutes)
    except WrongRequest:
        raise
    except TradewitnessError:
        _ping(ws, "fail", _FAILED)
        raise
    told = _tell(ws, progress)
    return ToldNight(answer, told, _ping(ws, "fail" if answer.failure is not None else "success", _in_short(answer)))


def _tell(ws: Workspace, progress: Progress, *, urgent: bool = False) -> TellingAnswer:
    """What is told; a list of who is told that cannot be read or written keeps no page from being looked at."""
    try:
        return tell(ws, known_concerns(ws, progress), progress, urgent=urgent)
    except TradewitnessError as error:
        return TellingAnswer((), (), notes=(f"Nobody could be told. {error.message} {error.hint}".strip(),))


def _ping(ws: Workspace, stage: Stage, text: str = "") -> str:
    try:
        return ping_of(ws, stage, text)
    except TradewitnessError as error:
        return error.message.rstrip(".")


def _in_short(answer: NightAnswer) -> str:
    """How it went, for a service that need not know of whom: numbers alone."""
    outcomes = Counter(snapshot.outcome for snapshot in answer.snapshots)
    kept = ", ".join(f"{number} {name}" for name, number in sorted(outcomes.items())) or "nothing was due"
    told = f"{kept}; {len(answer.left_out)} left out; {len(answer.walls)} accounts stopped"
    return told if answer.failure is None else f"{_FAILED}\n{told}"
