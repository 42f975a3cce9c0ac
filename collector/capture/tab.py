"""What capture asks of a browser's tab, as a Protocol: a real Chromium implements it, and so does a fake one in tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from collector.model import Area
from collector.network_record import Headers, ServerCertificate, SocketFrame
from collector.site import Box, Messenger


class TabError(Exception):
    """The tab could not do what was asked; the message is one plain sentence without a full stop."""


GONE = "the tab closed or crashed"


class TabGone(TabError):
    """The tab or its browser has closed or crashed: nothing more can be read from it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where the tab stands: `redirects` are the addresses passed on the way, oldest first, `final` the one shown now.

    `status` and `server_date` (the Date header as sent) are those of the last main document.
    """

    final: str
    redirects: tuple[str, ...]
    status: int
    server_date: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One PNG of the viewport and where it stood on the page, in CSS pixels."""

    png: bytes
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class FrameSource:
    """The serialised DOM of one frame, open shadow roots in it as templates; the first is the page itself."""

    url: str
    html: str


@dataclass(frozen=True, slots=True)
class Body:
    """What an answer carried, after its transfer and content encodings. `mark` is bytes, re-encoded or absent.

    bytes: what the server sent; re-encoded: text that the browser gives as UTF-8 only, so that another charset, a byte
    order mark or a byte that is no text may be lost; absent: nothing, and `why`.
    """

    mark: str
    data: bytes = b""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back. Headers are those on the wire where the browser tells them.

    `asked_by` is page, iframe, worker, service_worker, shared_worker, or tradewitness for an attachment that it fetched;
    `came_from` is network, disk cache, memory cache, prefetch or service worker. `size` is the answer's bytes on the wire,
    `remote` "address:port"; "" or 0 unknown. `timing` holds milliseconds since `began`. `failure` is the browser's own word
    for a request that brought nothing, else "". `sent` is the request's body.
    """

    method: str
    url: str
    resource: str
    status: int
    media_type: str
    size: int
    remote: str
    failure: str = ""
    asked_by: str = "page"
    came_from: str = "network"
    status_text: str = ""
    protocol: str = ""
    request_headers: Headers = ()
    response_headers: Headers = ()
    began: datetime | None = None
    timing: Mapping[str, int] = field(default_factory=dict)
    sent: bytes = b""
    body: Body = Body("absent", why="not asked for")


@dataclass(frozen=True, slots=True)
class Socket:
    """One WebSocket: its handshake and its messages in order. `closed` says whether it was closed during the visit."""

    url: str
    asked_by: str
    status: int
    request_headers: Headers
    response_headers: Headers
    began: datetime | None
    closed: bool
    failure: str
    frames: tuple[SocketFrame, ...]


@dataclass(frozen=True, slots=True)
class NetworkTraffic:
    """All that a tab asked of the network, in the order in which it was asked. `unseen` says what could not be heard."""

    exchanges: tuple[Exchange, ...] = ()
    sockets: tuple[Socket, ...] = ()
    certificates: tuple[ServerCertificate, ...] = ()
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a conversation showed at one stop: its messages' markup, their ids from the top, and a picture.

    `joins` says whether it shares a message with the stretch before it (below it), `start` whether the page shows that the
    conversation begins here, `late` what had not come, or "". `pane` is the part of the picture in which the messages stand
    and nothing else does, None where that is not certain; `moved` how many pixels lower the messages stand in it that it
    shares with the stretch before, None where it shares none. `adjoins` is False where messages between its picture and the
    one before may stand in neither. `layout` is where each text of the stretch stands in the picture, also beyond its edges;
    () where that is not certain.
    """

    html: str
    ids: tuple[str, ...]
    picture: Picture
    joins: bool
    start: bool
    late: str = ""
    pane: Area | None = None
    moved: int | None = None
    adjoins: bool = True
    layout: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsoleLine:
    """A line of the page's console: `kind` as the browser names it (log, warning, error…)."""

    at: datetime
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Credential:
    """A cookie, header or stored item of the visit that may be secret; `kind` is cookie, header or storage.

    `hidden` is true of what scripts cannot read (an HttpOnly cookie): that is always a secret.
    """

    kind: str
    name: str
    value: str
    hidden: bool = False


class Tab(Protocol):
    """A fresh tab of one account. Every call ends in a bounded time; each may raise TabError, TabGone is the end."""

    @property
    def browser(self) -> Mapping[str, str]:
        """Name, version, product, user_agent, sandbox, headless and how it was reached (launched)."""
        ...

    @property
    def options(self) -> Mapping[str, Any]:
        """What the page was shown with: viewport (width, height), locale, timezone, motion."""
        ...

    async def open(self, url: str, within_ms: int) -> Arrival:
        """Goes there. Raises TabError when nothing was shown: no connection, no answer in time, a download."""
        ...

    async def glimpse(self, within_ms: int) -> str:
        """The DOM as soon as it has been parsed, to see early whether this is a wall."""
        ...

    async def settle(self, within_ms: int) -> str:
        """Waits for load, fonts, pictures, a still DOM and a quiet network; "" or what had not come to rest."""
        ...

    async def expand(self, within_ms: int) -> str:
        """One slow scroll down and back, for what loads only in view; "" or why it was cut short."""
        ...

    async def arrival(self) -> Arrival:
        """Where the tab stands now; pages may have moved on by script since `open`."""
        ...

    async def watch(self) -> None:
        """Starts to count changes of the DOM."""
        ...

    async def changes(self) -> int:
        """Changes of the DOM since `watch` or the last call."""
        ...

    def pictures(self, overlap: int, most: int) -> AsyncIterator[Picture]:
        """Overlapping pictures of the viewport from the top of the page down, `most` at the most, then back to the top."""
        ...

    async def measure(self) -> tuple[int, int]:
        """Width and height of the whole page, in CSS pixels."""
        ...

    async def documents(self) -> tuple[FrameSource, ...]:
        """The DOM of every frame that can be read, the page itself first."""
        ...

    async def text(self) -> str:
        """The visible text of the main frame."""
        ...

    async def boxes(self, most: int) -> tuple[Box, ...]:
        """Every element of the main frame with text of its own, `most` at the most, in the page's order."""
        ...

    async def mhtml(self) -> bytes:
        """The page and its resources in one MHTML file."""
        ...

    async def pdf(self) -> bytes:
        """The page as it prints on A4."""
        ...

    def walk(self, messenger: Messenger, older_ms: int, within_ms: int, most: int) -> AsyncIterator[Stretch]:
        """The open conversation from where it stands up to its start, `most` stops at the most; nothing without one.

        Older messages are waited for up to `older_ms` at each stop.
        """
        ...

    async def fetch(self, url: str, most: int) -> Exchange:
        """Asks once for a file that the page links to, as the page itself would; not kept when longer than `most` bytes."""
        ...

    async def traffic(self) -> NetworkTraffic:
        """Every exchange of the visit so far, with the bodies that had ended."""
        ...

    def console(self) -> tuple[ConsoleLine, ...]:
        """What the page wrote to its console."""
        ...

    async def credentials(self) -> tuple[Credential, ...]:
        """Cookies that the visited pages could see, what they stored in the browser, and headers that may carry a secret."""
        ...

    def incidents(self) -> tuple[str, ...]:
        """What was refused or lost on the way, one sentence each: dialogs, downloads, new windows."""
        ...
