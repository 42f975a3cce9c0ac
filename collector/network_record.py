"""What a visit heard of the network, as it is stored: one record, and the bodies and messages that it names.

The record is canonical JSON, each WebSocket's messages one JSON text a line. These are the only writer and reader of either.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from collector.canonical import canonical, made
from collector.errors import DamagedArchive
from collector.model import Artefact

Get = Callable[[str], bytes]
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SocketFrame:
    """One WebSocket message: `way` is sent or received; `data` its text, or base64 where `binary`."""

    at: datetime
    way: str
    data: str
    binary: bool = False


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """What a secure origin showed. The browser tells it by origin, not by exchange. `chain` is DER in base64, leaf first."""

    origin: str
    protocol: str
    cipher: str
    subject: str
    issuer: str
    names: tuple[str, ...]
    valid_from: datetime
    valid_to: datetime
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SentText:
    """A request's body, secrets masked."""

    text: str


@dataclass(frozen=True, slots=True)
class SentBytes:
    """A request's body that is no text, in base64."""

    base64: str


@dataclass(frozen=True, slots=True)
class NotKept:
    """A request's body that was not kept: why (`absent`), and its bytes."""

    absent: str
    size: int


Sent = SentText | SentBytes | NotKept


@dataclass(frozen=True, slots=True)
class KeptBody:
    """An answer's body: the `part` of the artefact "body" that holds it, its `length` as it came, whether it was `masked`.

    `mark` is bytes, or re-encoded: text that the browser gives as UTF-8 only.
    """

    mark: str
    part: int
    length: int
    masked: bool


@dataclass(frozen=True, slots=True)
class NoBody:
    """An answer of which nothing was kept, and why."""

    mark: Literal["absent"]
    why: str


@dataclass(frozen=True, slots=True)
class EmptyBody:
    """An answer that carried nothing."""

    mark: str
    length: Literal[0] = 0


BodyRecord = KeptBody | NoBody | EmptyBody


@dataclass(frozen=True, slots=True)
class ExchangeRecord:
    """One request and what came back, as `capture.tab.Exchange` heard it, secrets masked and the bodies put away."""

    method: str
    url: str
    resource: str
    status: int
    media_type: str
    size: int
    remote: str
    failure: str
    asked_by: str
    came_from: str
    status_text: str
    protocol: str
    request_headers: Headers
    response_headers: Headers
    began: datetime | None
    timing: Mapping[str, int]
    sent: Sent | None
    body: BodyRecord

    @property
    def part(self) -> int:
        """Which artefact "body" holds what came back; -1 where nothing was kept."""
        return self.body.part if isinstance(self.body, KeptBody) else -1


@dataclass(frozen=True, slots=True)
class SocketRecord:
    """One WebSocket, as `capture.tab.Socket` heard it; its `messages` stand in the artefact "frames" number `part`."""

    url: str
    asked_by: str
    status: int
    request_headers: Headers
    response_headers: Headers
    began: datetime | None
    closed: bool
    failure: str
    messages: int
    part: int


@dataclass(frozen=True, slots=True)
class NetworkRecord:
    """All that a visit asked of the network, in the order in which it was asked. `unseen` says what could not be heard."""

    exchanges: tuple[ExchangeRecord, ...] = ()
    sockets: tuple[SocketRecord, ...] = ()
    certificates: tuple[ServerCertificate, ...] = ()
    unseen: tuple[str, ...] = ()
    v: Literal[1] = 1


def network_record(artefacts: Iterable[Artefact], get: Get) -> NetworkRecord:
    """The record of a visit, an empty one where it kept none. Raises DamagedArchive."""
    kept = next((artefact for artefact in artefacts if artefact.role == "network"), None)
    return read_record(get(kept.digest)) if kept else NetworkRecord()


def read_record(data: bytes) -> NetworkRecord:
    """The record in its stored bytes. Raises DamagedArchive when they are none."""
    try:
        found = json.loads(data)
        return NetworkRecord() if isinstance(found, list) else made(NetworkRecord, found)  # a list: bodies were not kept yet
    except (ValueError, RecursionError) as error:
        raise _strange("The record of what a visit heard of the network cannot be read.") from error


def read_frames(data: bytes) -> tuple[SocketFrame, ...]:
    """A socket's messages in their stored bytes. Raises DamagedArchive when they are none."""
    try:
        return tuple(made(SocketFrame, json.loads(line)) for line in data.splitlines())
    except (ValueError, RecursionError) as error:
        raise _strange("The messages of a WebSocket cannot be read.") from error


def frames_data(frames: Iterable[SocketFrame]) -> bytes:
    """The messages as they are stored."""
    return b"".join(canonical(frame) + b"\n" for frame in frames)


def _strange(text: str) -> DamagedArchive:
    return DamagedArchive(text, "Put the file back from a copy of the archive. Then run: tradewitness verify")
