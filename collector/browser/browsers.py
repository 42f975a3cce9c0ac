"""The browsers of one run: a launched one for pages without an account, and each signed-in account's own window."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from collector.browser.accounts import Accounts
from collector.browser.attach import AttachedBrowser, attach
from collector.browser.launch import Browser, driver, launched
from collector.browser.window import ended, find_door, open_window, reached
from collector.errors import BrowserError

if TYPE_CHECKING:
    from playwright.async_api import Playwright

    from collector.browser.tab import ChromiumTab

BLANK = "about:blank"


class Browsers:
    """Gives tabs by account, starting each browser when it is first needed.

    An account that never proved signed in has no window: its pages are asked for by the launched browser, as anybody's.
    What an account's pages proved is told by `proved` and `lost`; at the end of the run its session is kept or not by that.
    """

    def __init__(self, playwright: Playwright, accounts: Accounts, stack: AsyncExitStack) -> None:
        self._playwright, self._accounts, self._stack = playwright, accounts, stack
        self._made: dict[str, asyncio.Task[Browser]] = {}
        self._proved: set[str] = set()
        self._lost: set[str] = set()

    @asynccontextmanager
    async def tab(self, account: str) -> AsyncIterator[ChromiumTab]:
        """A fresh tab of that account. Raises BrowserError when its browser is missing, does not start or has gone."""
        windowed = bool(account) and self._accounts.read(account).signed_in
        browser = await self._one(account if windowed else "")
        async with browser.tab(account) as tab:
            yield tab

    def proved(self, account: str) -> None:
        """A page of the account was seen signed in."""
        self._proved.add(account)

    def lost(self, account: str) -> None:
        """The account met a wall: its session is not kept as this run leaves it."""
        self._lost.add(account)

    async def _one(self, account: str) -> Browser:
        if account not in self._made:
            self._made[account] = asyncio.create_task(self._window(account) if account else self._launched())
        return await asyncio.shield(self._made[account])

    async def _launched(self) -> Browser:
        return await self._stack.enter_async_context(launched(self._playwright))

    async def _window(self, name: str) -> Browser:
        """The account's window: the one that is open, or one opened on a copy of its session."""
        given = self._accounts.read(name).attach
        if given:
            return await attach(self._playwright, await asyncio.to_thread(find_door, given))
        self._stack.enter_context(self._accounts.in_use(name))
        folder = await asyncio.to_thread(self._accounts.window, name)
        door = reached(folder) or await asyncio.to_thread(open_window, folder, BLANK)
        try:
            browser = await attach(self._playwright, door)
        except BrowserError:
            await asyncio.to_thread(ended, folder, 0.0)
            raise
        self._stack.push_async_callback(self._end, name, browser)
        return browser

    async def _end(self, name: str, browser: AttachedBrowser) -> None:
        await browser.end()
        gone = await asyncio.to_thread(ended, self._accounts.root / name / "window")
        if gone and name in self._proved and name not in self._lost:
            await asyncio.to_thread(self._accounts.keep, name)
        elif gone:
            await asyncio.to_thread(self._accounts.drop, name)


@asynccontextmanager
async def browsers(accounts: Accounts) -> AsyncIterator[Browsers]:
    """The browsers of a run; every one that it started has ended afterwards. Raises BrowserError."""
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(driver())
        yield Browsers(playwright, accounts, stack)
