"""What a tab and all it starts ask of the network: requests under way, exchanges, bodies, sockets, certificates."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from collector.browser.channels import Channel, Channels
from collector.browser.exchanges import (
    OWN_SCRIPT,
    OpenSocket,
    PendingRequest,
    certificate_of,
    exchange_of,
    given_body,
    instant_of,
    is_web,
    socket_of,
)
from collector.capture.tab import Arrival, Body, NetworkTraffic
from collector.network_record import ServerCertificate, SocketFrame

# They stay open for as long as the page does, so they say nothing about its having loaded.
_NEVER_ENDING = {"EventSource", "WebSocket", "Media", "Ping"}
_LARGEST = 32 << 20  # a body of 200 MB ends Playwright's driver
_ALL = 192 << 20
_FRAMES = 64 << 20
_BUFFERS = {"maxTotalBufferSize": _ALL, "maxResourceBufferSize": _LARGEST + (1 << 20), "maxPostDataSize": _LARGEST}
_BODIES_S = 10
_LAST_MS = 2_000  # for what was asked at the end: longer than an answer takes, shorter than a question that is held open
_NO_BODY = {204, 205, 304}
_EVENTS = """
    requestWillBeSent requestWillBeSentExtraInfo responseReceived responseReceivedExtraInfo dataReceived
    requestServedFromCache loadingFinished loadingFailed webSocketCreated webSocketWillSendHandshakeRequest
    webSocketHandshakeResponseReceived webSocketFrameSent webSocketFrameReceived webSocketFrameError webSocketClosed"""
EVENTS = tuple("Network." + name for name in _EVENTS.split())


class Recorder:
    """Listens to one tab from before its first request."""

    def __init__(self, session: CDPSession, frame: str) -> None:
        self._session, self._frame = session, frame
        self._channels = Channels(session, self._hear, self._stir, _BUFFERS)
        self._asked: list[PendingRequest] = []
        self._latest: dict[str, PendingRequest] = {}
        self._sockets: dict[str, OpenSocket] = {}
        self._extra: dict[str, tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]] = {}
        self._open: set[str] = set()
        self._bodies: set[asyncio.Task[None]] = set()
        self._kept = self._spoken = 0
        self._unseen: set[str] = set()
        self._unbegun: set[str] = set()  # requests whose end alone was told
        self._stirred = asyncio.Event()
        self._last = asyncio.get_running_loop().time()

    async def listen(self, target: str, context: str) -> None:
        """Begins to hear the tab with that target id, in the browser context of that id. Raises playwright's Error."""
        for event in EVENTS:
            self._session.on(event, lambda values, event=event: self._hear(self._channels.page, event, values))
        await self._channels.listen(target, context)

    # -- hearing --------------------------------------------------------------------------------------------------------

    def _hear(self, channel: Channel, event: str, values: dict[str, Any]) -> None:
        handler = getattr(self, "_" + event.partition(".")[2], None)
        if handler is not None:
            handler(channel, values)

    def _requestWillBeSent(self, channel: Channel, said: dict[str, Any]) -> None:
        before = self._latest.get(said["requestId"])
        if before is not None and "redirectResponse" in said:
            before.answer, before.ended = said["redirectResponse"], said["timestamp"]
            before.has_extra = bool(said.get("redirectHasExtraInfo"))
            before.body = Body("absent", why="the browser gives no body of a redirect")
        elif before is not None and before.channel is not channel:
            return  # one request, told by the page and by the worker that it starts
        resource, frame = said.get("type", "Other"), said.get("frameId", "")
        asked = PendingRequest(
            said["requestId"], channel, said["request"], resource, frame, said["wallTime"], said["timestamp"]
        )
        self._asked.append(asked)
        self._latest[asked.id] = asked
        if resource not in _NEVER_ENDING and not said["request"]["url"].startswith(("data:", "blob:")):
            self._open.add(asked.id)
        self._stir()

    def _requestWillBeSentExtraInfo(self, _: Channel, said: dict[str, Any]) -> None:
        self._extras(said["requestId"])[0].append(said)

    def _responseReceivedExtraInfo(self, _: Channel, said: dict[str, Any]) -> None:
        self._extras(said["requestId"])[1].append(said)

    def _extras(self, ident: str) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
        return self._extra.setdefault(ident, ([], []))

    def _responseReceived(self, channel: Channel, said: dict[str, Any]) -> None:
        asked = self._latest.get(said["requestId"])
        if asked is None:  # a worker's own script: told only when it comes
            sent = {"method": "GET", "url": said["response"]["url"], "headers": {}}
            asked = PendingRequest(
                said["requestId"], channel, sent, said.get("type", "Other"), said.get("frameId", ""), 0.0, said["timestamp"]
            )
            self._asked.append(asked)
            self._latest[asked.id] = asked
        asked.answer, asked.has_extra = said["response"], bool(said.get("hasExtraInfo"))
        if said.get("type"):
            asked.resource = said["type"]
        if asked.resource in _NEVER_ENDING:
            self._end(asked.id)

    def _dataReceived(self, _: Channel, said: dict[str, Any]) -> None:
        if asked := self._latest.get(said["requestId"]):
            asked.length += said["dataLength"]

    def _requestServedFromCache(self, _: Channel, said: dict[str, Any]) -> None:
        if asked := self._latest.get(said["requestId"]):
            asked.cached = True

    def _loadingFinished(self, channel: Channel, said: dict[str, Any]) -> None:
        asked = self._latest.get(said["requestId"])
        if asked is None:
            self._unbegun.add(said["requestId"])
        elif not asked.ended:
            asked.ended, asked.wire = said["timestamp"], round(said["encodedDataLength"])
            task = asyncio.create_task(self._take_body(asked, channel))
            self._bodies.add(task)
            task.add_done_callback(self._bodies.discard)
        self._end(said["requestId"])

    def _loadingFailed(self, _: Channel, said: dict[str, Any]) -> None:
        if asked := self._latest.get(said["requestId"]):
            blocked = said.get("blockedReason") or said.get("corsErrorStatus", {}).get("corsError", "")
            asked.ended, asked.failure = said["timestamp"], said["errorText"] + (f" (blocked: {blocked})" if blocked else "")
            asked.body = Body("absent", why=f"it failed: {asked.failure}")
        self._end(said["requestId"])

    def _joined(self, channel: Channel, _: dict[str, Any]) -> None:
        """A shared worker is joined as it starts, so the end of its own script, which bears its name, may not be told."""
        asked = self._latest.get(channel.target)
        if channel.kind == "shared_worker" and asked is not None and not asked.ended:
            asked.body = OWN_SCRIPT
            self._end(asked.id)

    def _webSocketCreated(self, channel: Channel, said: dict[str, Any]) -> None:
        self._sockets[said["requestId"]] = OpenSocket(said["url"], channel)

    def _webSocketWillSendHandshakeRequest(self, _: Channel, said: dict[str, Any]) -> None:
        if speech := self._sockets.get(said["requestId"]):
            speech.request, speech.wall, speech.start = said["request"], said["wallTime"], said["timestamp"]

    def _webSocketHandshakeResponseReceived(self, _: Channel, said: dict[str, Any]) -> None:
        if speech := self._sockets.get(said["requestId"]):
            speech.answer = said["response"]

    def _webSocketFrameSent(self, _: Channel, said: dict[str, Any]) -> None:
        self._frame_of("sent", said)

    def _webSocketFrameReceived(self, _: Channel, said: dict[str, Any]) -> None:
        self._frame_of("received", said)

    def _frame_of(self, way: str, said: dict[str, Any]) -> None:
        speech = self._sockets.get(said["requestId"])
        if speech is None:
            return
        self._spoken += len(said["response"]["payloadData"])
        if self._spoken > _FRAMES:
            self._unseen.add(f"WebSocket messages beyond {_FRAMES >> 20} MB were not kept.")
            return
        at = instant_of(speech.wall + said["timestamp"] - speech.start)
        frame = said["response"]
        speech.frames.append(SocketFrame(at, way, frame["payloadData"], frame["opcode"] == 2))
        self._stir()

    def _webSocketFrameError(self, _: Channel, said: dict[str, Any]) -> None:
        if speech := self._sockets.get(said["requestId"]):
            speech.failure = said["errorMessage"]

    def _webSocketClosed(self, _: Channel, said: dict[str, Any]) -> None:
        if speech := self._sockets.get(said["requestId"]):
            speech.closed = True

    def _end(self, ident: str) -> None:
        if ident in self._open:
            self._open.discard(ident)
            self._stir()

    def _stir(self) -> None:
        self._last = asyncio.get_running_loop().time()
        self._stirred.set()

    # -- bodies ---------------------------------------------------------------------------------------------------------

    async def _take_body(self, asked: PendingRequest, channel: Channel) -> None:
        """As soon as it has ended: bodies vanish when the page moves on, and when there are many."""
        if asked.request["method"] == "HEAD" or asked.answer.get("status") in _NO_BODY:
            asked.body = Body("bytes")
        elif asked.length > _LARGEST:
            asked.body = Body("absent", why=f"it is {asked.length >> 20} MB long, more than {_LARGEST >> 20} MB")
        elif self._kept + asked.length > _ALL:
            asked.body = Body("absent", why=f"the visit's bodies together passed {_ALL >> 20} MB")
        else:
            self._kept += asked.length
            asked.body = await self._body(asked, channel)

    async def _body(self, asked: PendingRequest, channel: Channel) -> Body:
        for told in dict.fromkeys((channel, asked.channel, self._channels.page)):
            with suppress(PlaywrightError):
                given = await told.send("Network.getResponseBody", {"requestId": asked.id})
                return given_body(given, asked.length)
        worker = asked.channel.kind not in ("page", "iframe") or channel.kind not in ("page", "iframe")
        return OWN_SCRIPT if worker else Body("absent", why="the browser had let go of it")

    # -- the traffic ----------------------------------------------------------------------------------------------------

    @property
    def made(self) -> int:
        """How many requests there have been, and socket messages."""
        return len(self._asked) + sum(len(s.frames) for s in self._sockets.values())

    async def quiet(self, quiet_ms: int, within_ms: int) -> bool:
        """Waits until no request has been under way for so long; False when that was not reached in time."""
        clock = asyncio.get_running_loop().time
        end = clock() + within_ms / 1000
        while True:
            under_way = self._open or self._channels.is_busy
            still_for = 0 if under_way else clock() - self._last
            if still_for * 1000 >= quiet_ms:
                return True
            left = end - clock()
            if left <= 0:
                return False
            self._stirred.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left if under_way else min(left, quiet_ms / 1000 - still_for)):
                    await self._stirred.wait()

    def arrival(self, final: str) -> Arrival:
        """Where the chain of main documents stands; `final` is the address shown."""
        chain = [asked for asked in self._main_documents() if asked.answer]
        if not chain:
            return Arrival(final, (), 0, "")
        passed = tuple(asked.request["url"] for asked in chain[:-1])
        date = next((v for n, v in chain[-1].answer["headers"].items() if n.lower() == "date"), "")
        return Arrival(final, passed, int(chain[-1].answer["status"]), date)

    def _main_documents(self) -> Iterator[PendingRequest]:
        return (asked for asked in self._asked if asked.resource == "Document" and asked.frame == self._frame)

    async def traffic(self) -> NetworkTraffic:
        """Everything so far; answers and bodies under way are waited for, bounded, and targets that have just come up."""
        await self._channels.settled()
        await self.quiet(1, _LAST_MS)
        if self._bodies:
            await asyncio.wait(set(self._bodies), timeout=_BODIES_S)
        if self._unbegun:
            self._unseen.add(
                f"Of {len(self._unbegun)} requests the end was told and not the beginning: they are not recorded."
            )
        sent, got = self._wired()
        exchanges = tuple(exchange_of(a, sent.get(id(a)), got.get(id(a))) for a in self._asked if is_web(a.request["url"]))
        return NetworkTraffic(
            exchanges,
            tuple(map(socket_of, self._sockets.values())),
            await self._certificates(),
            tuple(sorted(self._unseen | self._channels.missed)),
        )

    def _wired(self) -> tuple[dict[int, Mapping[str, Any]], dict[int, Mapping[str, Any]]]:
        """The headers on the wire of each hop: they are told per request, in order, by hops that went over the wire."""
        sent: dict[int, Mapping[str, Any]] = {}
        got: dict[int, Mapping[str, Any]] = {}
        waiting = {ident: (iter(pair[0]), iter(pair[1])) for ident, pair in self._extra.items()}
        for asked in self._asked:
            if asked.id not in waiting or not (asked.has_extra or not asked.answer):
                continue
            for into, rest in zip((sent, got), waiting[asked.id], strict=True):
                if (extra := next(rest, None)) is not None:
                    into[id(asked)] = extra
        return sent, got

    async def _certificates(self) -> tuple[ServerCertificate, ...]:
        found: dict[str, Mapping[str, Any]] = {}
        for asked in self._asked:
            if details := asked.answer.get("securityDetails"):
                found.setdefault("{0.scheme}://{0.netloc}".format(urlsplit(asked.request["url"])), details)
        chains: dict[str, tuple[str, ...]] = {}
        for origin in found:
            with suppress(PlaywrightError):
                given = await self._channels.page.send("Network.getCertificate", {"origin": origin})
                chains[origin] = tuple(given["tableNames"])
        return tuple(certificate_of(origin, details, chains.get(origin, ())) for origin, details in found.items())
