"""What capture asks of a browser's tab, as a Protocol: a real Chromium implements it, and so does a fake one in tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class TabError(Exception):
    """The tab could not do what was asked; the message is one plain sentence without a full stop."""


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
class Exchange:
    """One request and what came back. `size` is the body's bytes on the wire, `remote` "address:port"; "" or 0 unknown.

    `failure` is the browser's own word for a request that brought nothing, else "".
    """

    method: str
    url: str
    resource: str
    status: int
    media_type: str
    size: int
    remote: str
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Credential:
    """A cookie or request header of the visit that may be secret; `kind` is cookie or header."""

    kind: str
    name: str
    value: str


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

    async def mhtml(self) -> bytes:
        """The page and its resources in one MHTML file."""
        ...

    async def pdf(self) -> bytes:
        """The page as it prints on A4."""
        ...

    async def exchanges(self) -> tuple[Exchange, ...]:
        """Every request of the visit so far, in the order in which they were made."""
        ...

    async def credentials(self) -> tuple[Credential, ...]:
        """Cookies that the visited pages could see, and request headers that may carry a secret."""
        ...

    def incidents(self) -> tuple[str, ...]:
        """What was refused or lost on the way, one sentence each: dialogs, downloads, new windows."""
        ...
