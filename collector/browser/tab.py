"""A tab of a real Chromium, as capture asks for it (`collector.capture.tab.Tab`)."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TypeVar

from playwright.async_api import BrowserContext, CDPSession, Dialog, Download, Page
from playwright.async_api import Error as PlaywrightError

from collector.browser import scripts, stops
from collector.browser.fetch import fetch
from collector.browser.recorder import Recorder
from collector.browser.words import sound, tab_error
from collector.capture.tab import (
    GONE,
    Arrival,
    ConsoleLine,
    Credential,
    Exchange,
    FrameSource,
    NetworkTraffic,
    Picture,
    Stretch,
    TabError,
    TabGone,
)  # fmt: skip
from collector.model import Area
from collector.site import Box, Messenger

T = TypeVar("T")

_ANSWER_MS = 10_000  # one question to the page
_READ_MS = 30_000  # one picture, one file made of the page
_STORED_MS = 1_500  # what workers put away
_QUIET_MS = 500
_STILL_MS = 100
_DRAWN_MS = 3_000  # a window that a person made small draws nothing
_BUSY_MS = 5_000  # a page that stands still but never stops asking is not waited for any longer
_AT_A_STOP_MS = 1_000
_A4 = {"paperWidth": 8.27, "paperHeight": 11.69}
_ATTEMPTS = 5
_MOST_TEXTS = 20_000  # of a stop
_STEADY = 3  # pictures of one stop whose messages move
_CONSOLE, _LINE = 1_000, 4_000  # lines kept, and characters of each
_INCIDENTS = 50  # different ones
_MOVED = ("Cannot find context", "context was destroyed", "navigated or closed", "uniqueContextId", "Promise was collected")


class ChromiumTab:
    """One page of one account's context; made by `Browser.tab`, which also closes it."""

    def __init__(
        self, page: Page, session: CDPSession, browser: Mapping[str, str], options: Mapping[str, Any], frame: str
    ) -> None:
        self._page = page
        self._session = session
        self._browser = browser
        self._options = options
        self._frame = frame
        self._world: int | None = None
        self.beside: asyncio.Task[ChromiumTab] | None = None  # a tab that is being made next to this one
        self._incidents: Counter[str] = Counter()
        self._deafened: asyncio.Future[None] | None = None
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._recorder = Recorder(session, frame)
        self._console: list[ConsoleLine] = []
        session.on("Runtime.consoleAPICalled", self._on_console)
        page.on("dialog", self._on_dialog)
        page.on("download", self._on_download)
        page.on("popup", self._on_popup)
        page.on("crash", self._on_gone)
        page.on("close", self._on_gone)

    @classmethod
    async def new(cls, context: BrowserContext, browser: Mapping[str, str], options: Mapping[str, Any]) -> ChromiumTab:
        """A fresh, blank tab. Raises playwright's Error or TabGone when the browser has gone."""
        page = await context.new_page()
        session = await context.new_cdp_session(page)
        tree = await session.send("Page.getFrameTree")
        tab = cls(page, session, browser, options, tree["frameTree"]["frame"]["id"])
        about = (await session.send("Target.getTargetInfo"))["targetInfo"]
        await tab._recorder.listen(about["targetId"], about["browserContextId"])
        await session.send("Runtime.enable")  # its console: Playwright's own events hold every object that a page writes
        zone = await tab._ask(scripts.ZONE)
        tab._options = MappingProxyType({**options, "timezone": str(zone)})
        return tab

    @property
    def is_gone(self) -> bool:
        """Whether it has closed or crashed."""
        return self._gone.done()

    @property
    def browser(self) -> Mapping[str, str]:
        return self._browser

    @property
    def options(self) -> Mapping[str, Any]:
        return self._options

    async def show_at(self, width: int, height: int) -> None:
        """Shows pages at that size (CSS pixels). Before the first page is opened: then none ever sees its window change."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self._send("Emulation.setDeviceMetricsOverride", size)

    async def open(self, url: str, within_ms: int) -> Arrival:
        going = self._page.goto(url, wait_until="commit", timeout=within_ms)
        await self._bounded(going, within_ms + 1_000, "opening the page")
        return await self.arrival()

    async def glimpse(self, within_ms: int) -> str:
        return str(await self._ask(scripts.PARSED, within_ms=within_ms))

    async def _to_front(self) -> None:
        """Behind another tab a page is not drawn: a picture would show what stood there before."""
        if self.beside is not None:
            await asyncio.wait({self.beside}, timeout=_ANSWER_MS / 1000)
        await self._quietly(self._bounded(self._page.bring_to_front(), _ANSWER_MS, "bringing the tab to the front"))

    async def settle(self, within_ms: int) -> str:
        await self._to_front()
        clock = asyncio.get_running_loop().time
        end = clock() + within_ms / 1000

        def left() -> int:
            return max(1, round((end - clock()) * 1000))

        late = str(await self._ask(scripts.STILL, _STILL_MS, left(), _DRAWN_MS, within_ms=left() + 1_000))
        if not late and not await self._ask(scripts.LOADED, left(), within_ms=left() + 1_000):
            return f"the page still said that it was loading after {within_ms / 1000:g} s"
        if late:
            return f"{late} within {within_ms / 1000:g} s"
        # What comes in last may bring pictures or changes of its own: looked at again in the last part of the quiet time.
        for quiet_ms in (_QUIET_MS - _STILL_MS // 2, _QUIET_MS):
            if not await self._recorder.quiet(quiet_ms, min(left(), _BUSY_MS)):
                return "the page stood still but went on asking the server for more"
            if quiet_ms < _QUIET_MS:
                late = str(await self._ask(scripts.STILL, _STILL_MS // 2, left(), _DRAWN_MS, within_ms=left() + 1_000))
        return f"{late} within {within_ms / 1000:g} s" if late else ""

    async def expand(self, within_ms: int) -> str:
        clock = asyncio.get_running_loop().time
        end = clock() + within_ms / 1000
        asked, top = self._recorder.made, 0
        _, height = await self.measure()
        screen = int(self._options["viewport"]["height"])
        if height <= screen:
            return ""
        while top + screen < height and clock() < end:
            top += screen
            await self._ask(scripts.SCROLL, top)
            await self._recorder.quiet(50, _AT_A_STOP_MS)
            _, height = await self.measure()
        cut = "the page went on growing while it was scrolled" if top + screen < height else ""
        await self._ask(scripts.SCROLL, 0)
        if self._recorder.made > asked:
            return cut or await self.settle(max(1_000, round((end - clock()) * 1000)))
        return cut

    async def arrival(self) -> Arrival:
        return self._recorder.arrival(self._page.url)

    async def watch(self) -> None:
        await self._ask(scripts.WATCH)

    async def changes(self) -> int:
        return int(await self._ask(scripts.CHANGES))

    async def measure(self) -> tuple[int, int]:
        width, height = await self._ask(scripts.SIZE)
        return int(width), int(height)

    async def pictures(self, overlap: int, most: int) -> AsyncIterator[Picture]:
        wanted, last = 0, -1
        for _ in range(most):
            x, y, width, height = await self._ask(scripts.SCROLL, wanted)
            if y <= last:
                break
            yield Picture(await self._picture(), x, y, width, height)
            last, wanted = y, y + height - overlap
            if y + height >= (await self.measure())[1]:
                break
        if last > 0:
            await self._ask(scripts.SCROLL, 0)

    async def _picture(self) -> bytes:
        # Neither full-page nor captureBeyondViewport: both resize the page, and it sees that and re-renders.
        shot = await self._send("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True}, within_ms=_READ_MS)
        return base64.b64decode(shot["data"])

    async def documents(self) -> tuple[FrameSource, ...]:
        main = FrameSource(self._page.url, str(await self._ask(scripts.SOURCE, within_ms=_READ_MS)))
        others = [frame for frame in self._page.frames if frame != self._page.main_frame and not frame.is_detached()]
        sources = [main]
        for frame in others:
            try:
                html = await self._bounded(frame.evaluate(scripts.SOURCE), _ANSWER_MS, "reading a frame")
            except TabGone:
                raise
            except TabError as error:
                self._happened(f"A frame of the page could not be read: {error}.")
            else:
                sources.append(FrameSource(frame.url, sound(str(html))))
        return tuple(sources)

    async def text(self) -> str:
        return str(await self._ask(scripts.TEXT, within_ms=_READ_MS))

    async def mhtml(self) -> bytes:
        made = await self._send("Page.captureSnapshot", {"format": "mhtml"}, within_ms=_READ_MS)
        return str(made["data"]).encode("utf-8", "replace")

    async def pdf(self) -> bytes:
        made = await self._send("Page.printToPDF", {"printBackground": True, **_A4}, within_ms=_READ_MS)
        return base64.b64decode(made["data"])

    async def walk(self, messenger: Messenger, older_ms: int, within_ms: int, most: int) -> AsyncIterator[Stretch]:
        clock = asyncio.get_running_loop().time
        end = clock() + within_ms / 1000
        marks, world = asdict(messenger), None
        blind = await self._hides_parts()
        for stop in range(most):
            read = await self._stop(marks, "up" if stop else "newest", older_ms)
            if read is None:
                rolled = not stop and await self._ask(stops.ROLL, within_ms // 4, within_ms=within_ms // 4 + _READ_MS)
                raise TabError(await self._no_messages(messenger, stop, rolled))
            if world not in (None, self._world):
                raise TabError("the page was loaded anew during the walk")
            world = self._world
            read, shot, pane, layout = await self._pictured(read, marks, older_ms)
            pane = None if blind else pane
            late = str(read["late"])
            if not late and not read["start"] and (clock() > end or stop == most - 1):
                late = f"the walk was ended after {stop + 1} stops"
            moved = None if read["moved"] is None else int(read["moved"])
            ids = tuple(map(str, read["ids"]))
            joins, start, adjoins = read["joins"], read["start"], read["adjoins"]
            yield Stretch(str(read["html"]), ids, shot, joins, start, late, pane, moved, adjoins, layout)
            if read["start"] or late:
                return

    async def _hides_parts(self) -> bool:
        """Whether something on the page is closed to scripts, so that nobody can say what it draws and where."""
        try:
            shown = await self._send("DOMSnapshot.captureSnapshot", {"computedStyles": []}, within_ms=_READ_MS)
        except TabGone:
            raise
        except TabError:
            return True
        kinds = {kind for page in shown["documents"] for kind in page["nodes"].get("shadowRootType", {}).get("value", ())}
        return "closed" in {shown["strings"][kind] for kind in kinds}

    async def _stop(self, marks: Mapping[str, str], way: str, older_ms: int) -> dict[str, Any] | None:
        read: dict[str, Any] | None = await self._ask(stops.STRETCH, marks, way, older_ms, within_ms=older_ms + _READ_MS)
        return read

    async def _pictured(
        self, read: dict[str, Any], marks: Mapping[str, str], older_ms: int
    ) -> tuple[dict[str, Any], Picture, Area | None, tuple[Box, ...]]:
        """The stop with its picture, and where its texts stand in it; read and pictured again where the messages moved
        meanwhile, a few times.
        """
        screen = self._options["viewport"]
        for _ in range(_STEADY):
            stood, pane = await self._ask(stops.PANE)
            png = await self._picture()
            layout = _boxes(await self._ask(stops.LAYOUT, _MOST_TEXTS, within_ms=_READ_MS))
            stands, still = await self._ask(stops.PANE)
            shot = Picture(png, 0, int(read["top"]), int(screen["width"]), int(screen["height"]))
            if read["place"] == stood == stands:
                break
            read = await self._stop(marks, "again", older_ms) or read
        else:
            read["adjoins"], layout = False, ()
        if not pane or (stood, pane) != (stands, still):
            return read, shot, None, layout
        left, top, width, height = map(int, pane)
        return read, shot, (left, top, width, height), layout

    async def _no_messages(self, messenger: Messenger, stop: int, rolled: bool) -> str:
        """Why there are no messages to read."""
        if stop:
            return "the conversation went away during the walk"
        for frame in self._page.frames[1:]:
            with suppress(TabError):
                asked = frame.evaluate("marks => !!document.querySelector(marks)", messenger.message)
                if await self._bounded(asked, _ANSWER_MS, "a frame's answer"):
                    return "it stands in a frame of the page, where it is not walked"
        return (
            "no messages were found drawn; all that scrolls was scrolled to its older end"
            if rolled
            else "no conversation was open"
        )

    async def fetch(self, url: str, most: int) -> Exchange:
        return await fetch(self._send, self._frame, url, most)

    async def boxes(self, most: int) -> tuple[Box, ...]:
        given = await self._ask(scripts.BOXES, most, within_ms=_READ_MS)
        return _boxes(given)

    async def traffic(self) -> NetworkTraffic:
        return await self._recorder.traffic()  # bounded, and good for a tab that has gone

    async def credentials(self) -> tuple[Credential, ...]:
        jar = await self._bounded(self._page.context.cookies(), _ANSWER_MS, "reading the cookies")
        cookies = (Credential("cookie", c.get("name", ""), c.get("value", ""), c.get("httpOnly", False)) for c in jar)
        rows = await self._ask(scripts.STORED, _STORED_MS)
        stored = (Credential("header" if kind == "header" else "storage", str(key), str(value)) for kind, key, value in rows)
        return (*cookies, *stored)

    def console(self) -> tuple[ConsoleLine, ...]:
        return tuple(self._console)

    def incidents(self) -> tuple[str, ...]:
        return tuple(f"{what[:-1]}, {n} times." if n > 1 else what for what, n in self._incidents.items())

    def _happened(self, what: str) -> None:
        if what in self._incidents or len(self._incidents) < _INCIDENTS:
            self._incidents[sound(what)] += 1

    async def _ask(self, script: str, *values: Any, within_ms: int = _ANSWER_MS) -> Any:
        """Runs a function in the main frame's own world; asks again when the page moves on meanwhile."""
        call = f"({script})({','.join(map(json.dumps, values))})"
        for attempt in range(_ATTEMPTS):
            try:
                return await self._ask_once(call, within_ms)
            except TabGone:
                raise
            except TabError as error:
                self._world = None
                if attempt == _ATTEMPTS - 1 or not any(sign in str(error) for sign in _MOVED):
                    raise
        raise TabError("the page kept moving on to other pages")

    async def _ask_once(self, call: str, within_ms: int) -> Any:
        if self._world is None:
            made = await self._send("Page.createIsolatedWorld", {"frameId": self._frame, "worldName": "tradewitness"})
            self._world = int(made["executionContextId"])
        asked: dict[str, Any] = {"expression": call, "contextId": self._world, "awaitPromise": True, "returnByValue": True}
        answer = await self._send("Runtime.evaluate", asked, within_ms=within_ms)
        if "exceptionDetails" in answer:
            raise TabError("the page's document could not be read")
        return sound(answer["result"].get("value"))

    async def _send(self, method: str, values: dict[str, Any], within_ms: int = _ANSWER_MS) -> dict[str, Any]:
        return await self._bounded(self._session.send(method, values), within_ms, "the browser's answer")

    async def _bounded(self, work: Awaitable[T], within_ms: int, what: str) -> T:
        """The result, or TabGone as soon as the tab goes, or TabError when it takes too long."""
        task = asyncio.ensure_future(work)
        try:
            either: tuple[asyncio.Future[Any], ...] = (task, self._gone)
            await asyncio.wait(either, timeout=within_ms / 1000, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        except PlaywrightError as error:
            raise tab_error(error) from error
        finally:
            task.cancel()
        if self._gone.done():
            raise TabGone(GONE)
        raise TabError(f"{what} took longer than {within_ms / 1000:g} s")

    def _on_gone(self, _page: Page) -> None:
        if not self._gone.done():
            self._gone.set_result(None)

    def _on_console(self, said: dict[str, Any]) -> None:
        if len(self._console) == _CONSOLE:
            return
        words = (str(one.get("value", one.get("description", one["type"]))) for one in said["args"])
        text = sound(" ".join(words)[:_LINE])
        self._console.append(ConsoleLine(datetime.fromtimestamp(said["timestamp"] / 1000, UTC), said["type"], text))
        if len(self._console) == _CONSOLE:  # what is written without end would hold up everything else
            self._deafened = asyncio.ensure_future(self._quietly(self._send("Runtime.disable", {})))

    async def _on_dialog(self, dialog: Dialog) -> None:
        self._happened(f'A dialog ({dialog.type}) was dismissed: "{dialog.message[:200]}".')
        await self._quietly(dialog.dismiss())

    async def _on_download(self, download: Download) -> None:
        self._happened(f"A download was refused: {download.suggested_filename[:200]}.")
        await self._quietly(download.cancel())

    async def _on_popup(self, popup: Page) -> None:
        self._happened("A new window that the page opened was closed.")
        await self._quietly(popup.close())

    async def _quietly(self, work: Awaitable[Any]) -> None:
        try:
            await work
        except (PlaywrightError, TabError):
            return  # it went away by itself

    async def crash(self) -> None:
        """Ends the page's process, as a page that is too much for it does: for trying what a visit then keeps."""
        await self._quietly(self._send("Page.crash", {}))

    async def close(self) -> None:
        """Closes the tab; one that has gone already is fine."""
        if not self._page.is_closed():
            await asyncio.wait({asyncio.ensure_future(self._quietly(self._page.close()))}, timeout=5)


def _boxes(given: Iterable[tuple[Any, ...]]) -> tuple[Box, ...]:
    """Texts and where they stand, as a script of ours gives them."""
    return tuple(Box(str(path), int(x), int(y), int(w), int(h), str(text)) for path, x, y, w, h, text in given)
