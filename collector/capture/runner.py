"""Several visits: a few in flight over different accounts, one at a time within an account."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager

import stamina

from collector.capture.judge import passes
from collector.capture.pace import Pace
from collector.capture.tab import Tab
from collector.capture.visit import VisitSetup, visit
from collector.errors import BrowserGone
from collector.model import Snapshot, Target
from collector.site import PageReaderNamed

OpenTab = Callable[[str, bool], AbstractAsyncContextManager[Tab]]  # an account; whether it is asked for another tab after it
_LONGEST_WAIT_S = 60.0
stamina.instrumentation.set_on_retry_hooks([])  # a visit's own log says what came of each try


class _PassingFault(Exception):
    """A visit met what passes by itself."""


async def visits(
    targets: Iterable[Target],
    *,
    open_tab: OpenTab,
    site_named: PageReaderNamed,
    setup: VisitSetup,
    pace: Pace = Pace(),  # noqa: B008 - frozen
) -> AsyncGenerator[Snapshot, None]:
    """Visits each target in a fresh tab from `open_tab` and yields a Snapshot of every try as soon as it is done.

    A blocked visit ends its own account's visits: the account's other targets are not visited and not yielded. Nor are those
    that `pace` says are not to begin. Raises what `visit` and `open_tab` raise (BrowserGone when the browser has gone, and
    went again at each try); visits under way are then stopped.
    """

    async def one(target: Target, first: bool, more: bool) -> list[Snapshot]:
        if not first:
            await asyncio.sleep(pace.rest())
        made: list[Snapshot] = []
        async for attempt in stamina.retry_context(
            on=(_PassingFault, BrowserGone), attempts=pace.tries, timeout=None,
            wait_initial=pace.wait_s, wait_max=_LONGEST_WAIT_S, wait_jitter=pace.wait_s / 4,
        ):  # fmt: skip
            with attempt:
                async with open_tab(target.account, more) as tab:
                    made.append(await visit(target, tab=tab, site=site_named(target.site), setup=setup))
                if passes(made[-1]) and attempt.num < pace.tries:
                    raise _PassingFault
        return made

    waiting = deque((queue, True) for queue in _by_account(targets))
    running: dict[asyncio.Task[list[Snapshot]], deque[Target]] = {}

    def begin() -> None:
        """Lets visits begin, as many as may be under way."""
        while waiting and len(running) < pace.in_flight:
            queue, first = waiting.popleft()
            while queue and not pace.begins(queue[0]):
                queue.popleft()
            if queue:
                target = queue.popleft()
                running[asyncio.create_task(one(target, first, bool(queue)))] = queue

    try:
        begin()
        while running:
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(done, key=lambda ended: ended.exception() is not None):  # what was kept comes before an error
                queue = running.pop(task)
                made = task.result()
                if made[-1].outcome == "blocked":
                    queue.clear()
                if queue:
                    waiting.append((queue, False))
                begin()  # before whoever keeps this one has done so
                for snapshot in made:
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
