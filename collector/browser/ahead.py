"""A browser that starts while the program still does other things, in an event loop of a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, TypeVar

from collector.browser.launch import Browser, driver, launched

if TYPE_CHECKING:
    from types import TracebackType

    from playwright.async_api import Playwright

T = TypeVar("T")
_LOOK_S = 0.2  # between two looks whether the person stops the program: not every system wakes a longer wait for it


class Ahead:
    """Starts what drives browsers, and where one is `wanted` a browser with a blank tab, as soon as its block begins.

    `run` does work in that loop; there `playwright` and `browser` give what was started. At the end of the block all of it
    has ended, asked for or not; `let_go` begins with that and does not wait.
    """

    def __init__(self, wanted: Callable[[], bool] = lambda: True) -> None:
        self._wanted = wanted
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="browser", daemon=True)
        self._stack = AsyncExitStack()
        self._driver: asyncio.Task[Playwright]
        self._launched: asyncio.Task[Browser | None]
        self._closed: asyncio.Task[None] | None = None
        self._given = False

    def __enter__(self) -> Ahead:
        self._thread.start()
        self._do(self._begin())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work gives. Where the person stops it, it is cancelled and waited for, as `asyncio.run` does."""
        ended, tasks = threading.Event(), list[asyncio.Task[T]]()

        def begin() -> None:
            tasks.append(self._loop.create_task(work))
            tasks[0].add_done_callback(lambda _: ended.set())

        self._loop.call_soon_threadsafe(begin)
        try:
            while not ended.wait(_LOOK_S):
                pass
        except BaseException:
            self._loop.call_soon_threadsafe(lambda: tasks[0].cancel())  # after `begin`, however early the person stops it
            ended.wait()
            self._do(self._loop.shutdown_default_executor())
            raise
        return tasks[0].result()

    async def playwright(self) -> Playwright:
        """What drives browsers. Raises BrowserError when it did not start."""
        return await asyncio.shield(self._driver)

    async def browser(self) -> Browser | None:
        """The browser, to the first who asks; None when none was wanted. Raises BrowserError when it did not start."""
        if self._given:
            return None
        self._given = True
        return await asyncio.shield(self._launched)

    def let_go(self) -> None:
        """Nothing more is asked for: what was started may end."""
        self._closed = self._closed or asyncio.create_task(self._close())

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _begin(self) -> None:
        self._driver = asyncio.create_task(self._stack.enter_async_context(driver()))
        self._launched = asyncio.create_task(self._launch())

    async def _launch(self) -> Browser | None:
        playwright = await asyncio.shield(self._driver)
        if not self._wanted():
            return None
        browser = await self._stack.enter_async_context(launched(playwright))
        browser.make_ahead()
        return browser

    async def _close(self) -> None:
        await asyncio.gather(self._launched, return_exceptions=True)  # what is still being started ends when it has
        await self._stack.aclose()

    async def _end(self) -> None:
        self.let_go()
        if self._closed:
            await asyncio.gather(self._closed, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()
