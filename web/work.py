"""What takes long goes on in the background: a page shows how far it is, survives a reload, and answers its questions."""

from __future__ import annotations

import asyncio
import errno
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Literal

from casework.blocks import View
from collector.errors import DiskFull, TradewitnessError
from collector.progress import Progress

_MOST_STEPS = 500  # of one piece of work; a capture of a night's pages says fewer
_MOST_KEPT = 100  # pieces that are done, for who comes back to them
_ANSWER_S = 3600  # somebody signs in by hand meanwhile
_LOOK_S = 0.2

State = Literal["running", "asking", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a piece of work: its view, and where to go from there (a path of ours and its words)."""

    view: View
    onward: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the person: a line of text, or yes or no."""

    number: int
    text: str
    yes_or_no: bool = False


class Stopped(Exception):
    """Nobody answered, or the server ends."""


@dataclass
class Work:
    """One piece of work: what it is, what was said of it so far, what it asks, and what came of it."""

    id: str
    title: str
    back: str
    steps: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    question: Question | None = None
    outcome: Outcome | None = None
    error: TradewitnessError | None = None
    changed: threading.Condition = field(default_factory=threading.Condition)
    _answer: str | None = None
    _asked: int = 0

    @property
    def state(self) -> State:
        if self.error is not None:
            return "failed"
        if self.outcome is not None:
            return "done"
        return "asking" if self.question is not None else "running"

    @property
    def over(self) -> bool:
        return self.state in ("done", "failed")

    def say(self, text: str) -> None:
        """What is being done now."""
        with self.changed:
            if not self.steps or self.steps[-1] != text:
                self.steps = [*self.steps[-_MOST_STEPS:], text]
                self.changed.notify_all()

    def ask(self, text: str, *, yes_or_no: bool = False) -> str:
        """Waits for the person's answer. Raises Stopped where none came."""
        with self.changed:
            self._asked += 1
            self.question, self._answer = Question(self._asked, text, yes_or_no), None
            self.changed.notify_all()
            if not self.changed.wait_for(lambda: self._answer is not None, _ANSWER_S):
                raise Stopped
            answer, self.question = self._answer or "", None
            self.changed.notify_all()
            return answer

    def answer(self, number: int, text: str) -> bool:
        """The person's answer to a question; False where it is not asked any more."""
        with self.changed:
            if self.question is None or self.question.number != number:
                return False
            self._answer = text
            self.changed.notify_all()
            return True

    def tell(self, text: str) -> None:
        """Something to read before a question."""
        with self.changed:
            self.told = [*self.told, text]
            self.changed.notify_all()


class WebPerson:
    """The person in front of the page. Implements `casework.keeping.sign_in.Person`."""

    present = True

    def __init__(self, work: Work) -> None:
        self._work = work

    def tell(self, text: str) -> None:
        self._work.tell(text)

    def ask(self, question: str) -> str:
        return self._work.ask(question).strip()

    def agrees(self, question: str, *, unless_no: bool = False) -> bool:
        return self._work.ask(question, yes_or_no=True) == "yes"


Run = Callable[[Progress, WebPerson], Outcome]


class Workshop:
    """Every piece of work of this server, by id. Two at once are the archive's own affair: it has locks."""

    def __init__(self) -> None:
        self._works: dict[str, Work] = {}
        self._lock = threading.Lock()

    def start(self, title: str, back: str, run: Run) -> Work:
        """Begins it in a thread of its own; the page that shows it is at `/work/ID`."""
        work = Work(secrets.token_urlsafe(9), title, back)
        with self._lock:
            for old in [one for one in self._works.values() if one.over][:-_MOST_KEPT]:
                del self._works[old.id]
            self._works[work.id] = work
        threading.Thread(target=self._go, args=(work, run), name=f"work-{work.id}", daemon=True).start()
        return work

    def find(self, identifier: str) -> Work | None:
        return self._works.get(identifier)

    @property
    def running(self) -> list[Work]:
        with self._lock:
            return [work for work in self._works.values() if not work.over]

    def _go(self, work: Work, run: Run) -> None:
        error: TradewitnessError | None = None
        outcome: Outcome | None = None
        try:
            outcome = run(work.say, WebPerson(work))
        except TradewitnessError as told:
            error = told
        except Stopped:
            error = TradewitnessError("Nobody answered, so it was stopped.", "What was kept so far is kept. Begin again.")
        except Exception as other:  # noqa: BLE001 - the last door: a person never sees a traceback, and it is kept
            error = unexpected(other)
        with work.changed:
            work.error, work.outcome, work.question = error, outcome, None
            work.changed.notify_all()


def unexpected(error: Exception) -> TradewitnessError:
    """An error that nothing here expects, as a sentence; its details are written down for a report."""
    from casework.logfile import keep_details

    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):  # while an upload came in
        return DiskFull("The disk is full.", "Make room, then begin again. Nothing that was kept is lost.")
    return TradewitnessError(
        f"Something unexpected happened ({type(error).__name__}).", f"Nothing that was kept is lost. {keep_details(error)}"
    )


async def states(work: Work, within_s: float = 15) -> AsyncIterator[tuple[str, str]]:
    """State and newest step, each time one of them changes, until it is over; a sign of life when nothing does.

    It holds no thread while it waits: every page that is open on a piece of work would hold one that others need.
    """
    before: tuple[str, str] | None = None
    told_at = 0.0
    while True:
        now, at = (work.state, work.steps[-1] if work.steps else ""), time.monotonic()
        if now != before or at - told_at >= within_s:
            yield now
            before, told_at = now, at
        if now[0] in ("done", "failed"):
            return
        await asyncio.sleep(_LOOK_S)
