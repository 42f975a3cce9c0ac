"""What a tab asks of the network: requests under way, those made, and the chain of main documents."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Request, Response

from collector.capture.secrets import kind_of_name
from collector.capture.tab import Arrival, Credential, Exchange

# They stay open for as long as the page does, so they say nothing about its having loaded.
_NEVER_ENDING = {"eventsource", "websocket", "media", "ping"}


class Recorder:
    """Listens to one page from before its first request."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._made: list[Request] = []
        self._answers: dict[Request, Response] = {}
        self._ended: set[Request] = set()
        self._open: set[Request] = set()
        self._stirred = asyncio.Event()
        self._last = asyncio.get_running_loop().time()
        page.on("request", self._on_request)
        page.on("response", self._on_response)
        page.on("requestfinished", self._on_end)
        page.on("requestfailed", self._on_end)

    def _on_request(self, request: Request) -> None:
        self._made.append(request)
        if request.resource_type not in _NEVER_ENDING:
            self._open.add(request)
        self._stir()

    def _on_response(self, response: Response) -> None:
        self._answers[response.request] = response

    def _on_end(self, request: Request) -> None:
        self._ended.add(request)
        if request in self._open:
            self._open.discard(request)
            self._stir()

    def _stir(self) -> None:
        self._last = asyncio.get_running_loop().time()
        self._stirred.set()

    @property
    def made(self) -> int:
        """How many requests there have been."""
        return len(self._made)

    async def quiet(self, quiet_ms: int, within_ms: int) -> bool:
        """Waits until no request has been under way for so long; False when that was not reached in time."""
        clock = asyncio.get_running_loop().time
        end = clock() + within_ms / 1000
        while True:
            still_for = 0 if self._open else clock() - self._last
            if still_for * 1000 >= quiet_ms:
                return True
            left = end - clock()
            if left <= 0:
                return False
            self._stirred.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left if self._open else min(left, quiet_ms / 1000 - still_for)):
                    await self._stirred.wait()

    def arrival(self, final: str) -> Arrival:
        """Where the chain of main documents stands; `final` is the address shown."""
        chain = [self._answers[request] for request in self._main_documents() if request in self._answers]
        if not chain:
            return Arrival(final, (), 0, "")
        passed = tuple(response.url for response in chain[:-1])
        return Arrival(final, passed, chain[-1].status, chain[-1].headers.get("date", ""))

    def _main_documents(self) -> Iterator[Request]:
        for request in self._made:
            # A request of a service worker or of a frame not yet made has no frame to ask for.
            with suppress(PlaywrightError):
                if request.is_navigation_request() and request.frame == self._page.main_frame:
                    yield request

    async def exchanges(self) -> tuple[Exchange, ...]:
        """Every request so far with what is known of its answer."""
        return tuple(await asyncio.gather(*(self._exchange(request) for request in list(self._made))))

    async def _exchange(self, request: Request) -> Exchange:
        response = self._answers.get(request)
        if response is None:
            return Exchange(request.method, request.url, request.resource_type, 0, "", 0, "", request.failure or "no answer")
        size, remote = 0, ""
        with suppress(PlaywrightError):
            address = await response.server_addr()
            remote = f"{address['ipAddress']}:{address['port']}" if address else ""
            if request in self._ended:
                size = (await request.sizes())["responseBodySize"]
        media_type = response.headers.get("content-type", "")
        failure = request.failure or ""
        return Exchange(
            request.method, request.url, request.resource_type, response.status, media_type, size, remote, failure
        )

    def headers(self) -> tuple[Credential, ...]:
        """Secret-named headers of the requests made."""
        named = ((name, value) for request in self._made for name, value in request.headers.items())
        return tuple(Credential("header", name, value) for name, value in named if name != "cookie" and kind_of_name(name))
