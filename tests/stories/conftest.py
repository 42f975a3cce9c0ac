"""One event loop, one driver and one launched browser for all stories of a worker: what a command starts, it is lent.

Each command has contexts of its own in the browser, and they are closed when it ends, as a browser of its own would be.
That browsers start, ahead of the work too, and end is told in tests/collector/browser/test_launch.py and test_ahead.py, and
by the stories that run as processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Playwright

from collector.browser import launch


class _LentBrowser:
    """The browser as one command has it: at the end what was made in it is closed, and the browser stays."""

    def __init__(self, native: Browser) -> None:
        self._native = native
        self._made: list[BrowserContext] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._native, name)

    async def new_context(self, **options: Any) -> BrowserContext:
        self._made.append(await self._native.new_context(**options))
        return self._made[-1]

    async def close(self) -> None:
        for context in self._made:
            await context.close()


class _Lender:
    """What is started once; the functions stand for those of `collector.browser.launch`."""

    def __init__(self) -> None:
        self.started = AsyncExitStack()
        self._really_driver, self._really_start = launch.driver, launch._start
        self._playwright: Playwright | None = None
        self._browsers: dict[Path, tuple[Browser, str]] = {}

    @asynccontextmanager
    async def driver(self) -> AsyncIterator[Playwright]:
        if self._playwright is None:
            self._playwright = await self.started.enter_async_context(self._really_driver())
        yield self._playwright

    async def start(self, playwright: Playwright, path: Path) -> tuple[_LentBrowser, str]:
        if path not in self._browsers or not self._browsers[path][0].is_connected():
            self._browsers[path] = native, _ = await self._really_start(playwright, path)
            self.started.push_async_callback(native.close)
        native, sandbox = self._browsers[path]
        return _LentBrowser(native), sandbox


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def lender(loop: asyncio.Runner) -> Iterator[_Lender]:
    lender = _Lender()
    yield lender
    loop.run(lender.started.aclose())


@pytest.fixture(scope="module", autouse=True)
def one_browser(loop: asyncio.Runner, lender: _Lender) -> Iterator[None]:
    """In the module's stories. A module that tells of browsers that end has a fixture of this name of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "run", loop.run)
        patch.setattr(launch, "_start", lender.start)
        for module in ("launch", "browsers"):
            patch.setattr(f"collector.browser.{module}.driver", lender.driver)
        patch.setattr("casework.keeping.ahead.browser_ahead", nullcontext)  # which has an event loop of its own
        yield
