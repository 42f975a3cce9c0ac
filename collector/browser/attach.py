"""Attaches to a browser window that is open already, as a guest: tabs of its own, nobody else's are read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from collector.browser.launch import VIEWPORT, Browser, went_away
from collector.errors import BrowserError

if TYPE_CHECKING:
    from playwright.async_api import Browser as NativeBrowser
    from playwright.async_api import BrowserContext, Playwright

    from collector.browser.tab import ChromiumTab

_ATTACH_MS = 20_000
UNKNOWN = "not known: the window was not started by tradewitness"


class AttachedBrowser(Browser):
    """A window of the person's own. Its tabs are opened one at a time, and shown as tall as pages are pictured."""

    def __init__(self, native: NativeBrowser, about: Mapping[str, str]) -> None:
        super().__init__(native, about, VIEWPORT)
        self._own = native.contexts[0]

    @property
    def options(self) -> Mapping[str, Any]:
        width, height = self._viewport
        # Language, motion and scale are the person's own; the page's own answers are recorded with each visit.
        return {"viewport": {"width": width, "height": height}, "scale": 1}

    async def context(self, account: str = "") -> BrowserContext:
        return self._own

    @asynccontextmanager
    async def tab(self, account: str = "", more: bool = False) -> AsyncIterator[ChromiumTab]:
        tab = await self._new(account)
        try:
            await tab.show_at(*self._viewport)
            yield tab
        finally:
            await tab.close()

    async def end(self) -> None:
        """Ends the window as its own menu would, with nothing left in it to open again."""
        from playwright.async_api import Error as PlaywrightError

        with suppress(PlaywrightError):
            blank = await self._own.new_page()
            for page in self._own.pages:
                if page is not blank:
                    await page.close()
            session = await self._native.new_browser_cdp_session()
            await session.send("Browser.close")


async def attach(playwright: Playwright, door: str, sandbox: str = UNKNOWN) -> AttachedBrowser:
    """The browser behind a door (`collector.browser.window`); `sandbox` is what is known of its sandbox.

    Raises BrowserError when it does not let in.
    """
    from playwright.async_api import Error as PlaywrightError

    try:
        native = await playwright.chromium.connect_over_cdp(door, timeout=_ATTACH_MS)
        return AttachedBrowser(native, await _about(native, sandbox))
    except (PlaywrightError, IndexError) as error:
        raise BrowserError("The browser's window could not be reached.", "Close it and run the command again.") from error


async def _about(native: NativeBrowser, sandbox: str) -> Mapping[str, str]:
    from playwright.async_api import Error as PlaywrightError

    try:
        session = await native.new_browser_cdp_session()
        said = await session.send("Browser.getVersion")
        await session.detach()
    except PlaywrightError as error:
        raise went_away() from error
    agent = str(said["userAgent"])
    return {
        "name": "Microsoft Edge" if "Edg/" in agent else "Chrome or Chromium",
        "version": native.version,
        "product": str(said["product"]),
        "user_agent": agent,
        "sandbox": sandbox,
        "headless": "yes" if "Headless" in str(said["product"]) else "no",
        "how": "attached to a window of the person's own (CDP)",
        "extensions": "unknown",
    }
