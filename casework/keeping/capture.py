"""Capture: visit a case's pages in a real browser, keep each as soon as it is read, seal them together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace

from casework.cases import cases, find_case, require_address, targets_of
from casework.keeping.discovery import discovered
from casework.workspace import Workspace, keep
from collector.archive.records import entry_body
from collector.archive.sealing import SealState, seal_if_possible
from collector.browser.ahead import Ahead
from collector.browser.browsers import AccountsInUse, browsers
from collector.capture.pace import Pace
from collector.errors import BrowserError, WrongRequest
from collector.kinds import case_kinds, page_kind
from collector.ledger.log import about_account
from collector.model import ALIBABA, Snapshot, Target
from collector.progress import Progress
from collector.site import SIGNED_IN_AS


@dataclass(frozen=True, slots=True)
class Captured:
    """The snapshots of one capture, and what seals them. `notes` name accounts whose pages could not be visited."""

    snapshots: tuple[Snapshot, ...]
    seal: SealState
    notes: tuple[str, ...] = ()


def capture_pages(
    ws: Workspace, wanted: str, urls: tuple[str, ...], progress: Progress, ahead: Ahead | None = None
) -> Captured:
    """Visits a case's pages, or the addresses given, and seals what they showed. Raises WrongRequest before any visit.

    `ahead` is a browser that is being started already.
    """
    targets = _chosen(ws, wanted, urls)
    keep(ws)
    # The token on what is there already says "not before" of every visit that follows it in the ledger.
    seal_if_possible(ws.archive, ws.user, progress)
    in_use = AccountsInUse(stay=False)
    try:
        snapshots = keep_snapshots(ws, targets, progress, in_use=in_use, ahead=ahead)
    finally:
        sealed = seal_if_possible(ws.archive, ws.user, progress)  # also what was kept before a browser went away
    if in_use.failed and not snapshots:
        raise next(iter(in_use.failed.values()))
    return Captured(snapshots, sealed, in_use.notes())


def _chosen(ws: Workspace, wanted: str, urls: tuple[str, ...]) -> tuple[Target, ...]:
    addresses = [require_address(url) for url in urls]
    if addresses and not wanted:
        return tuple(_loose_target(ws, address, "") for address in addresses)
    if not wanted:
        ws.archive.require()
        known = [case.order for case in cases(ws) if not case.closed]
        if len(known) != 1:
            raise WrongRequest(
                "Say which case to capture." if known else "There is no case yet.",
                f"The cases are: {', '.join(known)}"
                if known
                else "Open one: tradewitness case open ORDER_NUMBER --order ADDRESS",
            )
        wanted = known[0]
    ws.archive.require()
    case = find_case(ws, wanted)
    targets = tuple(targets_of(ws, case.order))
    if addresses:
        standing = {t.url: t for t in targets}
        return tuple(standing.get(a) or _loose_target(ws, a, case.order) for a in addresses)
    if not targets:
        raise WrongRequest(
            f"Case {case.order} has no pages to visit.", f"Name one: tradewitness case set {case.order} --order ADDRESS"
        )
    return targets


def _loose_target(ws: Workspace, url: str, case: str) -> Target:
    """A page outside a case's own list: its kind is read from its address."""
    site = ws.site_at(url) or ALIBABA
    kind = ws.site_named(site).kind_of(ws.alias.to_real(url)) or "page"
    return Target("", case, kind, url, site=site)


def keep_snapshots(
    ws: Workspace,
    targets: Iterable[Target],
    progress: Progress,
    *,
    pace: Pace = Pace(),  # noqa: B008 - frozen
    in_use: AccountsInUse | None = None,
    wanted: frozenset[str] | None = None,
    kept: Callable[[Snapshot], None] = lambda _: None,
    ahead: Ahead | None = None,
) -> tuple[Snapshot, ...]:
    """Visits the targets and appends each snapshot when it is done, so that a crash loses at most what is in flight.

    Pages of the `wanted` kinds (without any named: of those that come into being later) that an order page leads to, and
    that its case does not have yet, join the case and are visited too. `in_use` is what the command knows of its accounts
    from runs before; `kept` is told of each snapshot once it is in the ledger; `ahead` is a browser that is being started
    already. Raises BrowserError when the browser goes away, and UnknownSite before any visit.
    """
    targets = tuple(targets)
    for target in targets:
        ws.site_of(target)
    kinds = wanted if wanted is not None else frozenset(kind.name for kind in case_kinds() if kind.later)
    try:
        going = _visit_all(ws, targets, progress, pace, in_use or AccountsInUse(stay=False), kinds, kept, ahead)
        return ahead.run(going) if ahead else asyncio.run(going)
    finally:
        ws.refresh()


async def _visit_all(
    ws: Workspace,
    targets: tuple[Target, ...],
    progress: Progress,
    pace: Pace,
    in_use: AccountsInUse,
    wanted: frozenset[str],
    told: Callable[[Snapshot], None],
    ahead: Ahead | None,
) -> tuple[Snapshot, ...]:
    from collector.capture.runner import visits
    from collector.capture.visit import VisitSetup

    kept: list[Snapshot] = []
    async with browsers(ws.accounts, in_use, ahead) as running:
        queue, planned = with_accounts(ws, targets), len(targets)
        while True:
            await running.open(target.account for target in queue)
            queue = tuple(target for target in queue if target.account not in in_use.failed)
            if not queue:
                break
            setup = VisitSetup(
                ws.archive.objects,
                ws.clock,
                ws.alias,
                lambda text: progress(f"page {len(kept) + 1} of {planned}, {text}"),  # noqa: B023
            )
            going = visits(queue, open_tab=running.tab, site_named=ws.site_named, setup=setup, pace=pace)
            further: list[Target] = []
            async with aclosing(going):
                async for snapshot in going:
                    found = asyncio.to_thread(_take, ws, snapshot, wanted, told)  # the next visits go on meanwhile
                    further += await found
                    kept.append(snapshot)
                    _note(in_use, snapshot)
            queue = with_accounts(ws, [t for t in further if t.account not in in_use.lost])
            planned += len(queue)
    return tuple(kept)


def close_windows(ws: Workspace, in_use: AccountsInUse) -> None:
    """Ends the windows that stayed open between a command's runs; sessions are kept or not by what their pages proved."""
    in_use.stay = False
    if in_use.windows:
        asyncio.run(_close(ws, in_use))


async def _close(ws: Workspace, in_use: AccountsInUse) -> None:
    async with browsers(ws.accounts, in_use) as running:
        for name in sorted(in_use.windows):
            with suppress(BrowserError):  # the person closed it: there is nothing left to end
                await running.browser(name)


def _take(ws: Workspace, snapshot: Snapshot, wanted: frozenset[str], told: Callable[[Snapshot], None]) -> tuple[Target, ...]:
    """Writes a snapshot down and takes it into the index; gives the pages of its case that it leads to."""
    _append(ws, snapshot)
    told(snapshot)  # here, so that also of a command that is stopped meanwhile it is known
    found = discovered(ws, snapshot, wanted)
    ws.refresh()  # at once: what was parsed to tell which page it is is read for its facts too
    return found


def _note(in_use: AccountsInUse, snapshot: Snapshot) -> None:
    """What the page says of its account: seen signed in, or stopped by a wall."""
    if snapshot.outcome == "blocked":
        in_use.lost.add(snapshot.target.account)
    elif snapshot.outcome == "complete" and page_kind(snapshot.target.kind).private:
        in_use.proved.add(snapshot.target.account)


def with_accounts(ws: Workspace, targets: Iterable[Target]) -> tuple[Target, ...]:
    """Each target with its account: the case's own, else the only one there is; with the name that its pages must show."""
    return tuple(
        _with_account(ws, target, target.account or (ws.accounts.only(target.site) if target.case else ""))
        for target in targets
    )


def _with_account(ws: Workspace, target: Target, name: str) -> Target:
    label = ws.accounts.read(name).label if name and page_kind(target.kind).private else ""
    expects = {**target.expects, **({SIGNED_IN_AS: label} if label else {})}
    return replace(target, account=name, expects=expects)


def _append(ws: Workspace, snapshot: Snapshot) -> None:
    """The snapshot's entry; a wall pauses its account until a person's own capture shows that it is gone."""
    body, openings = entry_body(snapshot)
    account = snapshot.target.account
    with ws.archive.writing():
        ws.archive.ledger.append("snapshot", body, ws.clock.now(), openings)
        if snapshot.outcome == "blocked":
            pause = {"account": account, "why": snapshot.why, "snapshot": snapshot.id}
            ws.archive.ledger.append("account.paused", pause, ws.clock.now())
        elif snapshot.outcome == "complete" and _is_paused(ws, account):
            resume = {"account": account, "snapshot": snapshot.id}
            ws.archive.ledger.append("account.resumed", resume, ws.clock.now())


def _is_paused(ws: Workspace, account: str) -> bool:
    last = next(ws.archive.ledger.latest("account.paused", "account.resumed", about=about_account(account)), None)
    return last is not None and last.kind == "account.paused"
