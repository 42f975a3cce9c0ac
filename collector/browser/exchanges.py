"""One request or WebSocket as it goes on, as the browser tells of it, and as it is handed over when it is over."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from collector.browser.channels import Channel
from collector.capture.tab import Body, Exchange, Socket
from collector.network_record import Headers, ServerCertificate, SocketFrame

OWN_SCRIPT = Body("absent", why="the browser gives no worker's own script")
_UNENDED = Body("absent", why="it had not ended when the visit did")


@dataclass
class PendingRequest:
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
class OpenSocket:
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


def is_web(url: str) -> bool:
    """Whether an address leads over the network, not into the page itself (data:, blob:)."""
    return url.startswith(("http://", "https://"))


def given_body(given: Mapping[str, Any], length: int) -> Body:
    """The browser gives bytes as base64; text is what came only when nothing in it was replaced and no byte is missing."""
    if given["base64Encoded"]:
        return Body("bytes", base64.b64decode(given["body"]))
    data = str(given["body"]).encode("utf-8", "surrogatepass")
    same = len(data) == length and "\ufffd".encode() not in data
    return Body("bytes" if same else "re-encoded", data)


def instant_of(seconds: float) -> datetime:
    """The instant of so many seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def _pairs(headers: Mapping[str, str]) -> Headers:
    return tuple((name, line) for name, value in headers.items() for line in str(value).split("\n"))


def _sent(request: Mapping[str, Any]) -> bytes:
    entries = request.get("postDataEntries") or []
    return b"".join(base64.b64decode(entry.get("bytes", "")) for entry in entries)


def exchange_of(asked: PendingRequest, sent: Mapping[str, Any] | None, got: Mapping[str, Any] | None) -> Exchange:
    """A request with the headers that went over the wire and those that came, where they were told."""
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
        began=instant_of(asked.wall) if asked.wall else None,
        timing=_timing(asked),
        sent=_sent(request),
        body=asked.body,
    )


def _media_type(answer: Mapping[str, Any]) -> str:
    stated = next((v for n, v in answer.get("headers", {}).items() if n.lower() == "content-type"), "")
    return str(stated or answer.get("mimeType", "")).partition("\n")[0]


def _source(asked: PendingRequest) -> str:
    answer = asked.answer
    if answer.get("fromServiceWorker"):
        return "service worker"
    if answer.get("fromPrefetchCache"):
        return "prefetch"
    if answer.get("fromDiskCache"):
        return "disk cache"
    return "memory cache" if asked.cached else "network"


def _timing(asked: PendingRequest) -> Mapping[str, int]:
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


def socket_of(speech: OpenSocket) -> Socket:
    """A WebSocket with what was said on it so far."""
    return Socket(
        url=speech.url,
        asked_by=speech.channel.kind,
        status=int(speech.answer.get("status", 0)),
        request_headers=_pairs(speech.answer.get("requestHeaders") or speech.request.get("headers", {})),
        response_headers=_pairs(speech.answer.get("headers", {})),
        began=instant_of(speech.wall) if speech.wall else None,
        closed=speech.closed,
        failure=speech.failure,
        frames=tuple(speech.frames),
    )


def certificate_of(origin: str, told: Mapping[str, Any], chain: tuple[str, ...]) -> ServerCertificate:
    """What a secure origin showed, from what an answer told of it; `chain` is DER in base64."""
    return ServerCertificate(
        origin=origin,
        protocol=str(told["protocol"]),
        cipher=" ".join(
            filter(None, (told.get("keyExchange"), told.get("keyExchangeGroup"), told["cipher"], told.get("mac")))
        ),
        subject=str(told["subjectName"]),
        issuer=str(told["issuer"]),
        names=tuple(told["sanList"]),
        valid_from=instant_of(told["validFrom"]),
        valid_to=instant_of(told["validTo"]),
        chain=chain,
    )
