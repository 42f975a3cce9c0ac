"""Capture: visit a case's pages in a real browser, keep each as soon as it is read, seal them together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import aclosing

from casework.answers import Captured
from casework.cases import cases, find_case, require_address, targets_of
from casework.workspace import Workspace, keep
from collector.archive.records import body_of
from collector.archive.sealing import seal, signing_key
from collector.errors import WrongRequest
from collector.model import Snapshot, Target

Progress = Callable[[str], None]


def capture_pages(ws: Workspace, wanted: str, urls: tuple[str, ...], progress: Progress) -> Captured:
    """Visits a case's pages, or the addresses given, and seals what they showed. Raises WrongRequest before any visit."""
    targets = _chosen(ws, wanted, urls)
    keep(ws)
    key = signing_key(ws.archive, ws.user)
    # The token on what is there already says "not before" of every visit that follows it in the ledger.
    seal(ws.archive, key, progress)
    try:
        snapshots = keep_snapshots(ws, targets, progress)
    finally:
        sealed = seal(ws.archive, key, progress)  # what was kept before a browser went away is sealed all the same
    return Captured(snapshots, sealed)


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
    kind = ws.site.kind_of(ws.alias.to_real(url)) or "page"
    return Target("", case, kind, url)


def keep_snapshots(
    ws: Workspace, targets: Iterable[Target], progress: Progress, pause_s: float = 0.0
) -> tuple[Snapshot, ...]:
    """Visits the targets and appends each snapshot when it is done, so that a crash loses at most what is in flight.

    `pause_s` is the rest in seconds between two visits of one account. Raises BrowserError when the browser goes away.
    """
    try:
        return asyncio.run(_visit_all(ws, tuple(targets), progress, pause_s))
    finally:
        ws.refresh()


async def _visit_all(ws: Workspace, targets: tuple[Target, ...], progress: Progress, pause_s: float) -> tuple[Snapshot, ...]:
    from collector.browser.launch import launch
    from collector.capture.runner import visits

    kept: list[Snapshot] = []
    async with launch() as browser:
        going = visits(
            targets, open_tab=browser.tab, site=ws.site, store=ws.archive.objects, clock=ws.clock, alias=ws.alias,
            progress=lambda text: progress(f"page {len(kept) + 1} of {len(targets)}, {text}"), pause_s=pause_s,
        )  # fmt: skip
        async with aclosing(going):
            async for snapshot in going:
                await asyncio.to_thread(_append, ws, snapshot)
                kept.append(snapshot)
    return tuple(kept)


def _append(ws: Workspace, snapshot: Snapshot) -> None:
    """The snapshot's entry; a wall pauses its account until a person's own capture shows that it is gone."""
    body, openings = body_of(snapshot)
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
    paused = False
    for entry in ws.archive.ledger.entries():
        if entry.kind in ("account.paused", "account.resumed") and entry.body["account"] == account:
            paused = entry.kind == "account.paused"
    return paused
