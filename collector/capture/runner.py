"""Several visits: a few in flight over different accounts, one at a time within an account."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager

from collector.capture.tab import Tab
from collector.capture.visit import VisitSetup, visit
from collector.model import Snapshot, Target
from collector.site import PageReaderNamed

OpenTab = Callable[[str], AbstractAsyncContextManager[Tab]]
IN_FLIGHT = 3  # measured on two cores: the gain is waiting, and more bring none


async def visits(
    targets: Iterable[Target],
    *,
    open_tab: OpenTab,
    site_named: PageReaderNamed,
    setup: VisitSetup,
    pause_s: float = 0.0,
    in_flight: int = IN_FLIGHT,
) -> AsyncGenerator[Snapshot, None]:
    """Visits each target in a fresh tab from `open_tab(account)` and yields its Snapshot as soon as it is done.

    A blocked visit ends its own account's visits: the account's other targets are not visited and not yielded. `pause_s` is
    the rest in seconds between two visits of one account. Raises what `visit` and `open_tab` raise (BrowserError when the
    browser has gone); visits under way are then stopped.
    """

    async def one(target: Target, first: bool) -> Snapshot:
        if not first:
            await asyncio.sleep(pause_s)
        async with open_tab(target.account) as tab:
            return await visit(target, tab=tab, site=site_named(target.site), setup=setup)

    waiting = deque((queue, True) for queue in _by_account(targets))
    running: dict[asyncio.Task[Snapshot], deque[Target]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < in_flight:
                queue, first = waiting.popleft()
                running[asyncio.create_task(one(queue.popleft(), first))] = queue
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(done, key=lambda ended: ended.exception() is not None):  # what was kept comes before an error
                queue = running.pop(task)
                snapshot = task.result()
                if snapshot.outcome == "blocked":
                    queue.clear()
                if queue:
                    waiting.append((queue, False))
                yield snapshot
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _by_account(targets: Iterable[Target]) -> list[deque[Target]]:
    queues: dict[str, deque[Target]] = {}
    for target in targets:
        queues.setdefault(target.account, deque()).append(target)
    return list(queues.values())
