"""The night: every open case's pages once, politely, one run at a time; then what is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from filelock import FileLock, Timeout

from casework.asking.today import TodayAnswer, today
from casework.cases import cases, targets_of
from casework.keeping.capture import keep_snapshots, with_accounts
from casework.workspace import Workspace
from collector.archive.sealing import SealState, seal_if_possible
from collector.browser.browsers import AccountsInUse
from collector.errors import ArchiveError, WrongRequest
from collector.model import Snapshot, Target
from collector.progress import Progress


@dataclass(frozen=True, slots=True)
class NightAnswer:
    """One night: what was planned, visited and left out, and Today after it; whether an account needs a person."""

    planned: tuple[Mapping[str, str], ...]
    snapshots: tuple[Snapshot, ...]
    skipped: tuple[str, ...]
    seal: SealState | None
    today: TodayAnswer
    person_needed: bool = False
    dry_run: bool = False


def night(ws: Workspace, *, dry_run: bool, progress: Progress) -> NightAnswer:
    """Visits, seals, and reports. Raises WrongRequest when another night is running."""
    ws.archive.require()
    planned, skipped, stopped = plan_night(ws)
    shown = tuple({"case": t.case, "kind": t.kind, "url": t.url, "account": t.account} for t in planned)
    if dry_run:
        return NightAnswer(shown, (), skipped, None, today(ws), dry_run=True)
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
        pause_s = ws.archive.config.pause_s
        in_use = AccountsInUse(stay=False)
        seal_if_possible(ws.archive, ws.user, progress)  # its token says "not before" of every visit of this night
        try:
            snapshots = keep_snapshots(ws, planned, progress, pause_s, in_use=in_use) if planned else ()
            skipped += in_use.notes()
            ws.archive.record("run.finished", _record(planned, snapshots, skipped))
        finally:
            sealed = seal_if_possible(ws.archive, ws.user, progress)  # also what was kept before a browser went away
        ws.refresh()
    left_out = _left_out(planned, snapshots)
    person_needed = stopped or bool(in_use.failed)
    return NightAnswer(shown, snapshots, (*skipped, *left_out), sealed, today(ws), person_needed)


def plan_night(ws: Workspace) -> tuple[tuple[Target, ...], tuple[str, ...], bool]:
    """The pages to visit; what is left out and why (paused accounts, a spent budget); whether an account is paused."""
    paused, budget = ws.index.paused(), ws.archive.config.budget
    planned: list[Target] = []
    skipped: list[str] = []
    spent: dict[str, int] = {}
    stopped = False
    for case in cases(ws):
        for target in () if case.closed else with_accounts(ws, targets_of(ws, case.order)):
            name = f"{target.account or 'no account'}"
            if target.account in paused:
                stopped = True
                skipped.append(f"{case.order} {target.id}: not visited, {name} is paused ({paused[target.account].why})")
            elif spent.get(target.account, 0) >= budget:
                skipped.append(f"{case.order} {target.id}: not visited, the budget of {budget} pages for {name} is spent")
            else:
                spent[target.account] = spent.get(target.account, 0) + 1
                planned.append(target)
    return tuple(planned), tuple(skipped), stopped


def _left_out(planned: tuple[Target, ...], snapshots: tuple[Snapshot, ...]) -> tuple[str, ...]:
    """Targets that an account's wall kept the run from reaching."""
    seen = {(s.target.case, s.target.id) for s in snapshots}
    return tuple(
        f"{t.case} {t.id}: not visited, its account was stopped before" for t in planned if (t.case, t.id) not in seen
    )


def _record(planned: tuple[Target, ...], snapshots: tuple[Snapshot, ...], skipped: tuple[str, ...]) -> dict[str, object]:
    outcomes: dict[str, int] = {}
    for snapshot in snapshots:
        outcomes[snapshot.outcome] = outcomes.get(snapshot.outcome, 0) + 1
    return {
        "planned": len(planned),
        "snapshots": [s.id for s in snapshots],
        "outcomes": outcomes,
        "skipped": [*skipped, *_left_out(planned, snapshots)],
    }
