"""The night: what is due to be looked at, politely and one run at a time, and then what came of it.

Every run is the same: it visits what is due, so one that was killed, or never came, is made up for by the next.
"""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from casework.asking.changes import ChangesAnswer, changes
from casework.asking.today import TodayAnswer, today
from casework.cases import machine_zone
from casework.keeping.account_lists import AccountLists
from casework.keeping.capture import keep_snapshots
from casework.keeping.night_plan import plan_lists, plan_night
from casework.keeping.night_report import last_tries, write_report
from casework.keeping.sign_in import holding
from casework.workspace import Workspace
from collector.archive.queries import PausedAccount
from collector.archive.records import ListRecord
from collector.archive.sealing import SealState, seal_if_possible
from collector.browser.browsers import AccountsInUse
from collector.capture.pace import Pace
from collector.errors import ArchiveError, TradewitnessError, WrongRequest
from collector.model import Snapshot, Target
from collector.progress import Progress
from rules.language.facts import page_words
from rules.language.words import age_words
from rules.night.plan import LeftOut, NightPlan, PlannedVisit

_CUT_SHORT = TradewitnessError("It ended in the middle.", "What was kept so far is kept; the next run goes on.")
_TRIES, _WAIT_S = 3, 4.0
_JITTER = 0.5
_CLOCK_MOVED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NightAnswer:
    """One run: what was planned and why, visited and left out, and Today after it; whether an account needs a person.

    `walls` are the accounts that rest until a person has acted, `failure` what ended the run before its end, `notes` what
    else must be known of it. `resting` pages are not due yet; the first of them is at `next_due`. `changes` are those that
    this run was the first to show, None where they were not compared; `report` is the page that tells all this.
    """

    planned: tuple[PlannedVisit, ...]
    snapshots: tuple[Snapshot, ...]
    left_out: tuple[LeftOut, ...]
    seal: SealState | None
    today: TodayAnswer
    began: datetime
    ended: datetime
    walls: tuple[PausedAccount, ...] = ()
    notes: tuple[str, ...] = ()
    person_needed: bool = False
    dry_run: bool = False
    resting: int = 0
    next_due: datetime | None = None
    failure: TradewitnessError | None = None
    changes: ChangesAnswer | None = None
    report: Path | None = None

    @property
    def skipped(self) -> tuple[str, ...]:
        """A sentence for each page that was due and was not visited, and for each account that could not be had."""
        return tuple(f"{named(one.target)}: not visited, {one.why}" for one in self.left_out) + self.notes


def named(target: Target) -> str:
    """A page as its case and its own name; a list as what it is and whose."""
    return f"{target.case} {target.id}".strip() or f"{page_words(target.kind)} of {target.account}"


def night(ws: Workspace, *, dry_run: bool, progress: Progress, minutes: int | None = None) -> NightAnswer:
    """Visits what is due, lists first, seals, and says what came of it; no visit begins after so many `minutes`.

    Raises WrongRequest when another night is running. What ends a run before its end is told with what was kept by then.
    """
    ws.archive.require()
    began = ws.clock.now()
    if dry_run:
        plan, walls = plan_night(ws), tuple(ws.index.paused().values())
        whole = (plan.visits, (), plan.left_out, None, today(ws), began, began, walls)
        return NightAnswer(*whole, dry_run=True, resting=plan.resting, next_due=plan.next_due)
    with _alone(ws), _stoppable():
        run = _Run(ws, progress, began, ws.clock.ticks_ms(), ws.archive.config.minutes if minutes is None else minutes)
        seal_if_possible(ws.archive, ws.user, progress)  # its token says "not before" of every visit of this night
        try:
            ws.archive.record("run.started", {"run": run.id})
            with holding(ws, run.in_use):
                run.visit(plan_lists(ws))
                run.visit(plan_night(ws))
            run.failure = None
        except TradewitnessError as error:
            run.failure = error
        except KeyboardInterrupt:
            run.failure = TradewitnessError("It was stopped.", "What was kept so far is kept; the next run goes on.")
            raise
        finally:
            answer = _ended(run)
    return answer


@dataclass
class _Run:
    """A run under way: what it planned, kept and left out so far."""

    ws: Workspace
    progress: Progress
    began: datetime
    ticks: int
    minutes: int
    planned: list[PlannedVisit] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    in_use: AccountsInUse = field(default_factory=AccountsInUse)
    size: int = 0  # of the ledger, when the pages that are visited now were planned
    plan: NightPlan = NightPlan()  # noqa: RUF009 - frozen
    failure: TradewitnessError | None = _CUT_SHORT  # until it has come to its end

    @property
    def id(self) -> str:
        return f"{self.began:%Y%m%dT%H%M%SZ}"

    def visit(self, plan: NightPlan) -> None:
        """Visits what is planned; whatever keeps it from being done is found out from what was not kept."""
        self.planned += plan.visits
        self.plan, self.size = plan, self.ws.archive.ledger.size
        config = self.ws.archive.config
        if plan.visits:
            pace = Pace(config.pause_s, _JITTER, _TRIES, _WAIT_S, begins=self._begins)
            targets = [one.target for one in plan.visits]
            keep_snapshots(self.ws, targets, self.progress, pace=pace, in_use=self.in_use, kept=self.snapshots.append)

    def _begins(self, target: Target) -> bool:
        """Whether a visit is to begin: not where the time is over, or where somebody else has just looked."""
        if self.minutes and self.ws.clock.ticks_ms() - self.ticks > self.minutes * 60_000:
            return False
        self.ws.refresh()
        looked = self.ws.index.histories(target.case).get(target.id) if target.id else None
        return target.account not in self.ws.index.paused() and (looked is None or looked.seq < self.size)

    def not_reached(self) -> Iterator[LeftOut]:
        """What was planned and not visited, and why."""
        seen = {(s.target.case, s.target.id or s.target.kind, s.target.account) for s in self.snapshots}
        for target in (one.target for one in self.planned):
            if (target.case, target.id or target.kind, target.account) in seen:
                continue
            failed = self.in_use.failed.get(target.account)
            looked = self.ws.index.histories(target.case).get(target.id) if target.id else None
            if failed is not None:
                yield LeftOut(target, failed.message, person=True)
            elif target.account in self.ws.index.paused():
                yield LeftOut(target, "its account was stopped before", person=True)
            elif looked is not None and looked.seq >= self.size:
                continue  # somebody else looked at it meanwhile
            elif self.failure is not None:
                yield LeftOut(target, f"the run ended before: {self.failure.message}")
            else:
                yield LeftOut(target, f"the time of {self.minutes} minutes was over")


def _ended(run: _Run) -> NightAnswer:
    """What came of a run, written down and sealed; of one that a full disk ended, as far as there is room."""
    ws = run.ws
    ws.refresh()
    left_out = (*run.plan.left_out, *run.not_reached())
    notes = (*run.in_use.notes(), *_clock_notes(run))
    seal, changed, failure = None, None, run.failure
    try:
        ws.archive.record("run.finished", _record(run, left_out, notes))
        seal = seal_if_possible(ws.archive, ws.user, run.progress)
        ws.refresh()
        changed = changes(ws, None, run.began, run.progress)
    except ArchiveError as error:
        failure = failure or error
    walls = tuple(ws.index.paused().values())
    person = any(one.person for one in left_out) or bool(run.in_use.failed)
    answer = NightAnswer(
        tuple(run.planned), tuple(run.snapshots), left_out, seal, today(ws), run.began, ws.clock.now(), walls, notes, person,
        resting=run.plan.resting, next_due=run.plan.next_due, failure=failure, changes=changed,
    )  # fmt: skip
    try:
        return replace(answer, report=write_report(ws.archive.root, answer, machine_zone()))
    except ArchiveError as error:
        return replace(answer, failure=failure or error)


def _record(run: _Run, left_out: tuple[LeftOut, ...], notes: tuple[str, ...]) -> dict[str, object]:
    return {
        "run": run.id,
        "planned": len(run.planned),
        "snapshots": [s.id for s in run.snapshots],
        "outcomes": Counter(snapshot.outcome for snapshot in last_tries(run.snapshots)),
        "skipped": [*(f"{named(one.target)}: not visited, {one.why}" for one in left_out), *notes],
        "failure": run.failure.message if run.failure else "",
        "lists": _lists_read(run),
    }


def _lists_read(run: _Run) -> list[ListRecord]:
    """How many orders each list showed that was kept whole: one that is empty tomorrow is an alarm."""
    lists = AccountLists(run.ws)
    kept = {(s.target.kind, s.target.account) for s in run.snapshots if not s.target.case and s.outcome == "complete"}
    return [
        ListRecord(kind, account, len(lists.rows(look)))
        for kind, account in sorted(kept)
        for look in lists.looks(kind, account)[-1:]
    ]


def _clock_notes(run: _Run) -> tuple[str, ...]:
    """What this computer's clock did besides going on."""
    passed = timedelta(milliseconds=run.ws.clock.ticks_ms() - run.ticks)
    moved = run.ws.clock.now() - run.began - passed
    if abs(moved) < _CLOCK_MOVED:
        return ()
    by = age_words(run.began, run.began + abs(moved))
    if moved > timedelta(0):
        return (f"This computer was asleep, or its clock was put forward, by {by} during the run.",)
    return (f"This computer's clock was put back by {by} during the run.",)


@contextmanager
def _alone(ws: Workspace) -> Iterator[None]:
    """One run at a time. Raises WrongRequest where another one is under way."""
    lock = FileLock(ws.archive.root / ".nightly.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise WrongRequest("Another night is running on this archive.", "Wait until it is done.") from error
    except OSError as error:
        raise ArchiveError(
            f"{ws.archive.root} cannot be written to ({error.strerror}).", "Choose another folder with --archive."
        ) from error
    with lock:
        yield


@contextmanager
def _stoppable() -> Iterator[None]:
    """A scheduler that ends the run is taken for a person who stops it: what was kept is sealed, and browsers end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
