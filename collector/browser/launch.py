"""Starts a browser of its own for public pages, fixtures and printing: sandboxed, headless, and open about what it is."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collector.browser.find import find_browser
from collector.errors import BrowserError, BrowserGone

if TYPE_CHECKING:
    from playwright.async_api import Browser as NativeBrowser
    from playwright.async_api import BrowserContext, Playwright, Route

    from collector.browser.tab import ChromiumTab

_LOG = logging.getLogger(__name__)

LOCALE = "en-US"
VIEWPORT = (1280, 2048)
_START_MS = 30_000
_CLOSE_S = 5
_TAB_S = 60
_PRINT_MS = 120_000
# The browser speaks to the watched pages only: no updates, no sync, no reports to its maker.
_QUIET_FLAGS = (
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
)
# Chromium heeds only the last list of features, so what Playwright turns off stands here too; a test holds it against
# the installed Playwright.
_PLAYWRIGHTS_FEATURES_OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "msForceBrowserSignIn",
    "msEdgeUpdateLaunchServicesPreferredVersion",
)
# What drops down below the address bar is a page of the browser's own, loaded anew for each context, where nobody types: it
# costs ten times what the first page of a visit does.
_ADDRESS_BAR_OFF = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
FEATURES_OFF = (*_PLAYWRIGHTS_FEATURES_OFF, *_ADDRESS_BAR_OFF)


def sandbox_state(platform: str = sys.platform, user_id: int | None = None) -> str:
    """ "on", or "off: " and why: Chromium refuses its sandbox to root on Linux."""
    user = user_id if user_id is not None else getattr(os, "geteuid", lambda: -1)()
    return "off: running as root" if platform.startswith("linux") and user == 0 else "on"


def went_away() -> BrowserGone:
    """What is said when a browser closes or crashes in the middle of a visit."""
    return BrowserGone(
        "The browser went away in the middle of the work.", "Run the command again: what was kept stays kept."
    )


class Browser:
    """A running browser: one context an account, fresh tabs in it. `about` is what each visit records of it."""

    def __init__(self, native: NativeBrowser, about: Mapping[str, str], viewport: tuple[int, int]) -> None:
        self._native = native
        self._viewport = viewport
        self._contexts: dict[str, BrowserContext] = {}
        self._next: dict[str, asyncio.Task[ChromiumTab]] = {}
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        native.on("disconnected", self._on_ended)
        self.about = about

    def _on_ended(self, _: NativeBrowser) -> None:
        if not self._ended.done():
            self._ended.set_result(None)

    @property
    def has_ended(self) -> bool:
        """Whether it has closed or crashed."""
        return self._ended.done()

    @property
    def options(self) -> Mapping[str, Any]:
        """What every page is shown with."""
        width, height = self._viewport
        return {"viewport": {"width": width, "height": height}, "locale": LOCALE, "motion": "reduced", "scale": 1}

    async def context(self, account: str = "") -> BrowserContext:
        """The account's context, made when first asked for. Raises BrowserError when the browser has gone."""
        from playwright.async_api import Error as PlaywrightError

        width, height = self._viewport
        if account not in self._contexts:
            try:
                self._contexts[account] = await self._native.new_context(
                    viewport={"width": width, "height": height},
                    locale=LOCALE,
                    reduced_motion="reduce",
                    accept_downloads=False,
                )
            except PlaywrightError as error:
                raise went_away() from error
        return self._contexts[account]

    @asynccontextmanager
    async def tab(self, account: str = "", more: bool = False) -> AsyncIterator[ChromiumTab]:
        """A fresh tab of that account, closed afterwards; `more`: another is asked for after it.

        Raises BrowserError when the browser has gone.
        """
        tab = await self._blank(account)
        if more:  # a tab takes as long to make as a page to draw: the next one is made while this one waits for its page
            tab.beside = self.make_ahead(account)
        try:
            yield tab
        finally:
            await tab.close()

    def make_ahead(self, account: str = "") -> asyncio.Task[ChromiumTab]:
        """Makes the tab that is given to whoever asks next for one of that account."""
        self._next[account] = asyncio.create_task(self._new(account))
        return self._next[account]

    async def _blank(self, account: str) -> ChromiumTab:
        """The tab made ahead, if it is there and alive, else a new one."""
        ahead = self._next.pop(account, None)
        if ahead is not None:
            with suppress(BrowserError):
                tab = await ahead
                if not tab.is_gone and self._native.is_connected():
                    return tab
        return await self._new(account)

    async def _new(self, account: str) -> ChromiumTab:
        """A new tab. A browser that ends while it makes one may never answer: it is not waited for."""
        from playwright.async_api import Error as PlaywrightError

        from collector.capture.tab import TabError

        made = asyncio.create_task(self._made(account))
        either: tuple[asyncio.Future[Any], ...] = (made, self._ended)
        try:
            await asyncio.wait(either, timeout=_TAB_S, return_when=asyncio.FIRST_COMPLETED)
            if not made.done():
                raise went_away()
            return made.result()
        except (PlaywrightError, TabError) as error:
            raise went_away() from error
        finally:
            made.cancel()

    async def _made(self, account: str) -> ChromiumTab:
        from collector.browser.tab import ChromiumTab

        return await ChromiumTab.new(await self.context(account), self.about, self.options)

    async def close(self) -> None:
        """Ends the browser, and the making of tabs that nobody asked for in the end."""
        for ahead in self._next.values():
            ahead.cancel()
        await asyncio.gather(*self._next.values(), return_exceptions=True)
        await self._native.close()

    async def print_pdf(self, page: Path, *, page_numbers: bool = True) -> bytes:
        """A local HTML file as A4 PDF; its scripts do not run and nothing is fetched but local files and data: addresses."""
        from playwright.async_api import Error as PlaywrightError

        async def only_local(route: Route) -> None:
            local = route.request.url.startswith(("file:", "data:"))
            await (route.continue_() if local else route.abort())

        try:
            context = await self._native.new_context(locale=LOCALE, java_script_enabled=False, offline=True)
            try:
                await context.route("**/*", only_local)
                sheet = await context.new_page()
                await sheet.goto(page.absolute().as_uri(), wait_until="load", timeout=_PRINT_MS)
                async with asyncio.timeout(_PRINT_MS / 1000):
                    return await sheet.pdf(
                        format="A4",
                        print_background=True,
                        prefer_css_page_size=True,
                        tagged=True,
                        outline=True,
                        display_header_footer=page_numbers,
                        header_template="<span></span>",
                        footer_template=_FOOTER,
                        margin={"top": "16mm", "bottom": "18mm", "left": "16mm", "right": "16mm"},
                    )
            finally:
                await context.close()
        except PlaywrightError as error:
            raise BrowserError(
                "The browser could not print the page.",
                "Run the command again; if that does not help, see whether the disk is full.",
            ) from error
        except TimeoutError as error:
            raise BrowserError("The browser did not finish printing the page.", "Run the command again.") from error


_FOOTER = (
    '<div style="width:100%;font:8pt sans-serif;color:#555;text-align:center">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'
)


@asynccontextmanager
async def driver() -> AsyncIterator[Playwright]:
    """What drives browsers, for the block. Raises BrowserError when it does not start."""
    from playwright.async_api import Error as PlaywrightError
    from playwright.async_api import async_playwright

    try:
        playwright = await async_playwright().start()
    except (OSError, PlaywrightError) as error:
        raise BrowserError("The part that drives the browser did not start.", "Install tradewitness again.") from error
    try:
        yield playwright
    finally:
        with suppress(TimeoutError, PlaywrightError):
            await asyncio.wait_for(playwright.stop(), _CLOSE_S)


@asynccontextmanager
async def launched(
    playwright: Playwright, executable: Path | None = None, *, viewport: tuple[int, int] = VIEWPORT
) -> AsyncIterator[Browser]:
    """A headless browser for the block, gone afterwards with every process of it.

    `viewport` is width and height in CSS pixels, at most 8192. Raises BrowserError when it is missing or does not start.
    """
    from playwright.async_api import Error as PlaywrightError

    path = executable or find_browser()
    native, sandbox = await _start(playwright, path)
    browser = Browser(native, await _about(native, path, sandbox), viewport)
    _LOG.info("browser started: %s %s, sandbox %s", browser.about["name"], browser.about["version"], sandbox)
    try:
        yield browser
    finally:
        with suppress(TimeoutError, PlaywrightError):
            await asyncio.wait_for(browser.close(), _CLOSE_S)


@asynccontextmanager
async def launch(executable: Path | None = None, *, viewport: tuple[int, int] = VIEWPORT) -> AsyncIterator[Browser]:
    """A driver and a headless browser of its own for the block (`launched`). Raises BrowserError."""
    path = executable or find_browser()  # said before anything is started
    async with driver() as playwright, launched(playwright, path, viewport=viewport) as browser:
        yield browser


async def _start(playwright: Playwright, path: Path) -> tuple[NativeBrowser, str]:
    """The browser and the state of its sandbox; without one only where the system allows none, and that is recorded."""
    from playwright.async_api import Error as PlaywrightError

    sandbox = sandbox_state()
    for state in dict.fromkeys((sandbox, "off: this system allows no sandbox")):
        try:
            native = await playwright.chromium.launch(
                executable_path=path,
                headless=True,
                chromium_sandbox=state == "on",
                args=[*_QUIET_FLAGS, f"--disable-features={','.join(FEATURES_OFF)}"],
                timeout=_START_MS,
            )
        except PlaywrightError as error:
            if "No usable sandbox" not in error.message:
                raise BrowserError(
                    f"The browser at {path} did not start.", "See what is wrong with it: tradewitness doctor"
                ) from error
        else:
            return native, state
    raise BrowserError(f"The browser at {path} did not start.", "See what is wrong with it: tradewitness doctor")


async def _about(native: NativeBrowser, path: Path, sandbox: str) -> Mapping[str, str]:
    from playwright.async_api import Error as PlaywrightError

    try:
        session = await native.new_browser_cdp_session()
        said = await session.send("Browser.getVersion")
        await session.detach()
    except PlaywrightError as error:
        raise went_away() from error
    return {
        "name": _name(path),
        "version": native.version,
        "product": str(said["product"]),
        "user_agent": str(said["userAgent"]),
        "sandbox": sandbox,
        "headless": "yes",
        "how": "launched",
    }


def _name(path: Path) -> str:
    place = str(path).lower()
    if "edge" in place:
        return "Microsoft Edge"
    return "Chromium" if "chromium" in place else "Google Chrome"


def print_pdf(html: str | Path, again: Callable[[bytes], str] | None = None, *, page_numbers: bool = True) -> bytes:
    """HTML, or a local HTML file with its pictures beside it, as A4 PDF; starts and ends a browser for it.

    `again` makes another page of the first print, such as one with a list of contents; that page's print comes back.
    Nothing is fetched from the network and no script runs. Not to be called inside a running event loop.
    Raises BrowserError.
    """

    with tempfile.TemporaryDirectory(prefix="tradewitness-") as folder:

        def written(text: str) -> Path:
            page = Path(folder) / "page.html"
            page.write_text(text, encoding="utf-8")
            return page

        async def printed() -> bytes:
            async with launch() as browser:
                page = html if isinstance(html, Path) else written(html)
                made = await browser.print_pdf(page, page_numbers=page_numbers)
                return made if again is None else await browser.print_pdf(written(again(made)), page_numbers=page_numbers)

        return asyncio.run(printed())
