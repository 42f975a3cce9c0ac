"""What a tab and all it starts ask of the network: requests under way, exchanges, bodies, sockets, certificates."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from collector.browser.channels import Channel, Channels
from collector.capture.tab import Arrival, Body, Certificate, Exchange, Headers, Heard, Socket, SocketFrame

# They stay open for as long as the page does, so they say nothing about its having loaded.
_NEVER_ENDING = {"EventSource", "WebSocket", "Media", "Ping"}
_LARGEST = 32 << 20  # a body of 200 MB ends Playwright's driver
_ALL = 192 << 20
_FRAMES = 64 << 20
_BUFFERS = {"maxTotalBufferSize": _ALL, "maxResourceBufferSize": _LARGEST + (1 << 20), "maxPostDataSize": _LARGEST}
_BODIES_S = 10
_NO_BODY = {204, 205, 304}
_EVENTS = """
    requestWillBeSent requestWillBeSentExtraInfo responseReceived responseReceivedExtraInfo dataReceived
    requestServedFromCache loadingFinished loadingFailed webSocketCreated webSocketWillSendHandshakeRequest
    webSocketHandshakeResponseReceived webSocketFrameSent webSocketFrameReceived webSocketFrameError webSocketClosed"""
EVENTS = tuple("Network." + name for name in _EVENTS.split())


_UNENDED = Body("absent", why="it had not ended when the visit did")


@dataclass
class _Asked:
    """One request under way, or ended; each hop of a redirect is one of its own."""

    id: str
    channel: Channel
    request: Mapping[str, Any]
    resource: str
    frame: str
    wall: float
    start: float
    answer: Mapping[str, Any] = field(default_factory=dict)
    has_extra: bool = True
    cached: bool = False
    length: int = 0
    wire: int = 0
    ended: float = 0.0
    failure: str = ""
    body: Body = _UNENDED


@dataclass
class _Speech:
    """One WebSocket as it goes on."""

    url: str
    channel: Channel
    request: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] = field(default_factory=dict)
    wall: float = 0.0
    start: float = 0.0
    closed: bool = False
    failure: str = ""
    frames: list[SocketFrame] = field(default_factory=list)


class Recorder:
    """Listens to one tab from before its first request."""

    def __init__(self, session: CDPSession, frame: str) -> None:
        self._frame = frame
        self._channels = Channels(session, self._hear, _BUFFERS)
        self._asked: list[_Asked] = []
        self._latest: dict[str, _Asked] = {}
        self._sockets: dict[str, _Speech] = {}
        self._extra: dict[str, tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]] = {}
        self._open: set[str] = set()
        self._bodies: set[asyncio.Task[None]] = set()
        self._kept = self._spoken = 0
        self._unseen: set[str] = set()
        self._stirred = asyncio.Event()
        self._last = asyncio.get_running_loop().time()

    async def listen(self, context: str) -> None:
        """Begins to hear; `context` is the id of the tab's browser context. Raises playwright's Error."""
        await self._channels.listen(context, EVENTS)

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
        asked = _Asked(said["requestId"], channel, said["request"], resource, frame, said["wallTime"], said["timestamp"])
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
            asked = _Asked(said["requestId"], channel, {"method": "GET", "url": said["response"]["url"], "headers": {}},
                           said.get("type", "Other"), said.get("frameId", ""), 0.0, said["timestamp"])  # fmt: skip
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
        if asked is not None and not asked.ended:
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

    def _webSocketCreated(self, channel: Channel, said: dict[str, Any]) -> None:
        self._sockets[said["requestId"]] = _Speech(said["url"], channel)

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
        at = _instant(speech.wall + said["timestamp"] - speech.start)
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

    async def _take_body(self, asked: _Asked, channel: Channel) -> None:
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

    async def _body(self, asked: _Asked, channel: Channel) -> Body:
        for told in dict.fromkeys((channel, asked.channel, self._channels.page)):
            with suppress(PlaywrightError):
                given = await told.send("Network.getResponseBody", {"requestId": asked.id})
                return _marked(given, asked.length)
        worker = asked.channel.kind not in ("page", "iframe") or channel.kind not in ("page", "iframe")
        return Body("absent", why="the browser gives no worker's own script" if worker else "the browser had let go of it")

    # -- what was heard -------------------------------------------------------------------------------------------------

    @property
    def made(self) -> int:
        """How many requests there have been, and socket messages."""
        return len(self._asked) + sum(len(s.frames) for s in self._sockets.values())

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
        chain = [asked for asked in self._main_documents() if asked.answer]
        if not chain:
            return Arrival(final, (), 0, "")
        passed = tuple(asked.request["url"] for asked in chain[:-1])
        date = next((v for n, v in chain[-1].answer["headers"].items() if n.lower() == "date"), "")
        return Arrival(final, passed, int(chain[-1].answer["status"]), date)

    def _main_documents(self) -> Iterator[_Asked]:
        return (asked for asked in self._asked if asked.resource == "Document" and asked.frame == self._frame)

    async def heard(self) -> Heard:
        """Everything so far; bodies under way are waited for, bounded."""
        if self._bodies:
            await asyncio.wait(set(self._bodies), timeout=_BODIES_S)
        sent, got = self._wired()
        exchanges = tuple(_exchange(a, sent.get(id(a)), got.get(id(a))) for a in self._asked if _is_web(a.request["url"]))
        return Heard(
            exchanges,
            tuple(map(_socket, self._sockets.values())),
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

    async def _certificates(self) -> tuple[Certificate, ...]:
        found: dict[str, Mapping[str, Any]] = {}
        for asked in self._asked:
            if details := asked.answer.get("securityDetails"):
                found.setdefault("{0.scheme}://{0.netloc}".format(urlsplit(asked.request["url"])), details)
        chains: dict[str, tuple[str, ...]] = {}
        for origin in found:
            with suppress(PlaywrightError):
                given = await self._channels.page.send("Network.getCertificate", {"origin": origin})
                chains[origin] = tuple(given["tableNames"])
        return tuple(_certificate(origin, details, chains.get(origin, ())) for origin, details in found.items())


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _marked(given: Mapping[str, Any], length: int) -> Body:
    """The browser gives bytes as base64; text is what came only when nothing in it was replaced and no byte is missing."""
    if given["base64Encoded"]:
        return Body("bytes", base64.b64decode(given["body"]))
    data = str(given["body"]).encode("utf-8", "surrogatepass")
    same = len(data) == length and "\ufffd".encode() not in data
    return Body("bytes" if same else "re-encoded", data)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _pairs(headers: Mapping[str, str]) -> Headers:
    return tuple((name, line) for name, value in headers.items() for line in str(value).split("\n"))


def _sent(request: Mapping[str, Any]) -> bytes:
    entries = request.get("postDataEntries") or []
    return b"".join(base64.b64decode(entry.get("bytes", "")) for entry in entries)


def _exchange(asked: _Asked, sent: Mapping[str, Any] | None, got: Mapping[str, Any] | None) -> Exchange:
    answer, request = asked.answer, asked.request
    address = str(answer.get("remoteIPAddress", "")).strip("[]")
    return Exchange(
        method=request["method"],
        url=request["url"],
        resource=asked.resource,
        status=int((got or {}).get("statusCode") or answer.get("status", 0)),
        media_type=_media_type(answer),
        size=asked.wire,
        remote=f"{address}:{answer.get('remotePort', 0)}" if address else "",
        failure=asked.failure,
        asked_by=asked.channel.kind,
        came_from=_source(asked),
        status_text=str(answer.get("statusText", "")),
        protocol=str(answer.get("protocol", "")),
        request_headers=_pairs((sent or {}).get("headers") or answer.get("requestHeaders") or request["headers"]),
        response_headers=_pairs((got or {}).get("headers") or answer.get("headers", {})),
        began=_instant(asked.wall) if asked.wall else None,
        timing=_timing(asked),
        sent=_sent(request),
        body=asked.body,
    )


def _media_type(answer: Mapping[str, Any]) -> str:
    stated = next((v for n, v in answer.get("headers", {}).items() if n.lower() == "content-type"), "")
    return str(stated or answer.get("mimeType", "")).partition("\n")[0]


def _source(asked: _Asked) -> str:
    answer = asked.answer
    if answer.get("fromServiceWorker"):
        return "service worker"
    if answer.get("fromPrefetchCache"):
        return "prefetch"
    if answer.get("fromDiskCache"):
        return "disk cache"
    return "memory cache" if asked.cached else "network"


def _timing(asked: _Asked) -> Mapping[str, int]:
    """Milliseconds since the request began; what the browser did not do (a lookup it knew) is left out."""
    told = asked.answer.get("timing") or {}
    base = told.get("requestTime", 0.0)
    names = {
        "dns": "dnsEnd",
        "connected": "connectEnd",
        "secured": "sslEnd",
        "sent": "sendEnd",
        "answered": "receiveHeadersEnd",
    }
    marks = {name: base - asked.start + told[key] / 1000 for name, key in names.items() if told.get(key, -1) >= 0}
    if asked.ended:
        marks["ended"] = asked.ended - asked.start
    return {name: round(seconds * 1000) for name, seconds in marks.items()}


def _socket(speech: _Speech) -> Socket:
    return Socket(
        url=speech.url,
        asked_by=speech.channel.kind,
        status=int(speech.answer.get("status", 0)),
        request_headers=_pairs(speech.answer.get("requestHeaders") or speech.request.get("headers", {})),
        response_headers=_pairs(speech.answer.get("headers", {})),
        began=_instant(speech.wall) if speech.wall else None,
        closed=speech.closed,
        failure=speech.failure,
        frames=tuple(speech.frames),
    )


def _certificate(origin: str, told: Mapping[str, Any], chain: tuple[str, ...]) -> Certificate:
    return Certificate(
        origin=origin,
        protocol=str(told["protocol"]),
        cipher=" ".join(
            filter(None, (told.get("keyExchange"), told.get("keyExchangeGroup"), told["cipher"], told.get("mac")))
        ),
        subject=str(told["subjectName"]),
        issuer=str(told["issuer"]),
        names=tuple(told["sanList"]),
        valid_from=_instant(told["validFrom"]),
        valid_to=_instant(told["validTo"]),
        chain=chain,
    )
