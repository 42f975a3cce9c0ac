"""The browsers of one run: a launched one for pages without an account, and each signed-in account's own window."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from collector.browser.accounts import Accounts
from collector.browser.ahead import Ahead
from collector.browser.attach import AttachedBrowser, attach
from collector.browser.launch import Browser, driver, launched, sandbox_state, went_away
from collector.browser.window import ended, find_door, open_window, reached
from collector.errors import BrowserError, BrowserGone, PersonNeeded, TradewitnessError
from collector.redaction import without_quotes

if TYPE_CHECKING:
    from playwright.async_api import Playwright

    from collector.browser.tab import ChromiumTab

_LOG = logging.getLogger(__name__)

BLANK = "about:blank"
_START_S = 60.0


@dataclass(slots=True)
class AccountsInUse:
    """What one command knows of its accounts over several runs.

    `windows` are accounts to be given a window although none ever proved them signed in; `proved` and `lost` say what their
    pages showed, `failed` why a window could not be had. With `stay` the windows outlive a run, for the next one of the same
    command.
    """

    windows: set[str] = field(default_factory=set)
    proved: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    failed: dict[str, TradewitnessError] = field(default_factory=dict)
    stay: bool = True

    def notes(self) -> tuple[str, ...]:
        """A sentence for each account whose window could not be had."""
        return tuple(f"Account {name}: {error.message} {error.hint}" for name, error in self.failed.items())


class Browsers:
    """Gives tabs by account, starting each browser when it is first needed.

    An account that never proved signed in has no window: its pages are asked for by the launched browser, as anybody's.
    At the end of the run a window's session is kept if a page proved it signed in, and thrown away if not.
    """

    def __init__(
        self,
        playwright: Playwright,
        accounts: Accounts,
        stack: AsyncExitStack,
        in_use: AccountsInUse,
        ahead: Ahead | None = None,
    ) -> None:
        self._playwright, self._accounts, self._stack, self._in_use = playwright, accounts, stack, in_use
        self._ahead = ahead
        self._made: dict[str, asyncio.Task[Browser]] = {}
        self._gone: set[str] = set()  # whose browser ended in the middle of the run

    def is_windowed(self, account: str) -> bool:
        """Whether the account's pages are seen in a window of its own."""
        return account in self._in_use.windows or (bool(account) and self._accounts.read(account).signed_in)

    @asynccontextmanager
    async def tab(self, account: str, more: bool = False) -> AsyncIterator[ChromiumTab]:
        """A fresh tab of that account; `more`: another is asked for after it.

        Raises BrowserError when its browser is missing or does not start, and BrowserGone when it has gone: the next tab
        is of another one.
        """
        name = account if self.is_windowed(account) else ""
        browser = await self.browser(name)
        try:
            async with browser.tab(account, more) as tab:
                yield tab
        except BrowserGone:
            self._forget(name, browser)
            raise

    async def browser(self, account: str) -> Browser:
        """The browser of an account with a window, or of all those without ("")."""
        if (started := self._running(account)) is not None and started.has_ended:
            self._forget(account, started)
        if account not in self._made:
            self._made[account] = asyncio.create_task(self._window(account) if account else self._launched())
        made = self._made[account]
        try:
            return await asyncio.shield(made)
        except BrowserError as error:
            if account not in self._gone:
                raise
            if self._made.get(account) is made:
                del self._made[account]
            raise went_away() from error  # it started before: it may start again

    def _running(self, name: str) -> Browser | None:
        """The browser that was started, if it was; it may have ended since."""
        made = self._made.get(name)
        return made.result() if made and made.done() and not made.cancelled() and not made.exception() else None

    def _forget(self, name: str, gone: Browser) -> None:
        """Whoever asks next has a new browser started, once, however many met the one that has gone."""
        if self._running(name) is gone:
            self._gone.add(name)
            del self._made[name]

    async def open(self, accounts: Iterable[str]) -> None:
        """Opens the windows of these accounts; `failed` says of each that could not be had why: the others go on."""
        for name in dict.fromkeys(accounts):
            if self.is_windowed(name):
                try:
                    await self.browser(name)
                except (BrowserError, PersonNeeded) as error:
                    _LOG.info("account %s could not be opened: %s", name, without_quotes(error.message))
                    self._in_use.failed[name] = error

    async def settled(self) -> None:
        """Waits for the browsers that are being started: one that nobody waits for any more must end with the others."""
        if starting := [made for made in self._made.values() if not made.done()]:
            await asyncio.wait(starting, timeout=_START_S)

    async def _launched(self) -> Browser:
        if self._ahead and (browser := await self._ahead.browser()):
            return browser
        return await self._stack.enter_async_context(launched(self._playwright))

    async def _window(self, name: str) -> Browser:
        """The account's window: the one that is open, or one opened on a copy of its session."""
        given = self._accounts.read(name).attach
        if given:
            return await attach(self._playwright, await asyncio.to_thread(find_door, given))
        self._stack.enter_context(self._accounts.in_use(name))
        folder = await asyncio.to_thread(self._accounts.window, name)
        door = reached(folder) or await asyncio.to_thread(open_window, folder, BLANK)
        self._in_use.windows.add(name)
        _LOG.info("the window of account %s is open", name)
        try:
            browser = await attach(self._playwright, door, sandbox_state())
        except BrowserError:
            await asyncio.to_thread(ended, folder, 0.0)
            raise
        if not self._in_use.stay:
            self._stack.push_async_callback(self._end, name, browser)
        return browser

    async def _end(self, name: str, browser: AttachedBrowser) -> None:
        await browser.end()
        if not await asyncio.to_thread(ended, self._accounts.root / name / "window"):
            return  # it could not be ended: its folder is left alone, and the next command finds it
        kept = name in self._in_use.proved and name not in self._in_use.lost
        _LOG.info("the sign-in of account %s is %s", name, "kept" if kept else "thrown away: no page proved it")
        await asyncio.to_thread(self._accounts.keep if kept else self._accounts.drop, name)


@asynccontextmanager
async def browsers(accounts: Accounts, in_use: AccountsInUse, ahead: Ahead | None = None) -> AsyncIterator[Browsers]:
    """The browsers of a run; every one that it started has ended afterwards, but windows that stay. Raises BrowserError.

    What was started `ahead` is used first, in its loop, and begins to end when the run has.
    """
    async with AsyncExitStack() as stack:
        if ahead:
            stack.callback(ahead.let_go)
        playwright = await (ahead.playwright() if ahead else stack.enter_async_context(driver()))
        running = Browsers(playwright, accounts, stack, in_use, ahead)
        try:
            yield running
        finally:
            await running.settled()
