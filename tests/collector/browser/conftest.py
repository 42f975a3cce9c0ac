"""One browser and one event loop for all tests of a worker; a fresh context (account) a test."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from collector.alias import Alias
from collector.browser.launch import Browser, launch
from collector.capture.visit import VisitOptions, VisitSetup, visit
from collector.clock import SystemClock
from collector.model import Snapshot
from tests.collector.browser.server import serving
from tests.collector.capture.fake import FakeSite, MemoryStore, order_target

_accounts = itertools.count()


@dataclass
class Look:
    """A snapshot and the store that holds its artefacts."""

    snapshot: Snapshot
    store: MemoryStore

    def bytes_of(self, role: str, part: int = 0) -> bytes:
        return self.store.get(next(a.digest for a in self.snapshot.artefacts if (a.role, a.part) == (role, part)))

    def step(self, name: str) -> tuple[str, str]:
        return next((s.outcome, s.why) for s in self.snapshot.steps if s.name == name)


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def browser(runner: asyncio.Runner) -> Iterator[Browser]:
    launching = launch()
    yield runner.run(launching.__aenter__())
    runner.run(launching.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def origin() -> Iterator[str]:
    with serving() as origin:
        yield origin


@pytest.fixture
def look(runner: asyncio.Runner, browser: Browser, origin: str) -> Callable[..., Look]:
    """Visits a path of the server (or a whole address) as an account of its own."""

    async def one(path: str, options: VisitOptions) -> Look:
        store, account = MemoryStore(), f"test{next(_accounts)}"
        url = path if path.startswith("http") else origin + path
        async with browser.tab(account) as tab:
            snapshot = await visit(
                order_target(url, account),
                tab=tab,
                site=FakeSite(),
                setup=VisitSetup(store, SystemClock(), Alias(), lambda text: None, options),
            )
        return Look(snapshot, store)

    def run(path: str, **bounds: int) -> Look:
        return runner.run(one(path, VisitOptions(**bounds)))

    return run
