"""A browser in memory: a `Tab` whose page is given, and whose faults are too; a store and a page reader to go with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from collector.canonical import sha256
from collector.capture.runner import OpenTab
from collector.capture.tab import (
    Arrival,
    Body,
    ConsoleLine,
    Credential,
    Exchange,
    FrameSource,
    NetworkTraffic,
    Picture,
    Stretch,
    Tab,
)  # fmt: skip
from collector.model import Fact, Target
from collector.site import Attachment, Box, ExchangeContent, Identity, ListedOrder, Messenger, Recognition, StoredPage

ORDER = "250861947301028446"
URL = f"https://biz.shop.example/order?id={ORDER}"
HTML = f"<!DOCTYPE html><html><body class='order'><b class='number'>{ORDER}</b></body></html>"
SCREEN = (1280, 2048)


@dataclass
class FakeTab:
    """Shows one page. `faults` maps a method's name to what it raises; "forever" is a method that never answers."""

    html: str = HTML
    visible: str = f"Order {ORDER}"
    status: int = 200
    final: str = ""
    redirects: tuple[str, ...] = ()
    height: int = 1500
    width: int = 1280
    unsettled: str = ""
    frames: tuple[FrameSource, ...] = ()
    cookies: tuple[Credential, ...] = ()
    seen: tuple[Exchange, ...] = (Exchange("GET", URL, "Document", 200, "text/html", 9, ""),)
    stretches: tuple[Stretch, ...] = ()
    mhtml_file: bytes = b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>page</p>"
    pdf_file: bytes = b"%PDF-1.4\n%%EOF"
    faults: Mapping[str, Exception] = field(default_factory=dict)
    forever: frozenset[str] = frozenset()
    moved: int = 0
    calls: list[str] = field(default_factory=list)
    told: tuple[str, ...] = ()
    browser: Mapping[str, str] = field(default_factory=lambda: {"name": "Fake", "how": "launched"})
    options: Mapping[str, Any] = field(default_factory=lambda: {"viewport": {"width": 1280, "height": 2048}})

    async def _called(self, name: str) -> None:
        self.calls.append(name)
        if name in self.forever:
            await asyncio.Event().wait()
        if name in self.faults:
            raise self.faults[name]

    async def open(self, url: str, within_ms: int) -> Arrival:
        await self._called("open")
        self.final = self.final or url
        return await self.arrival()

    async def arrival(self) -> Arrival:
        return Arrival(self.final, self.redirects, self.status, "Sun, 22 Nov 2026 21:47:41 GMT")

    async def glimpse(self, within_ms: int) -> str:
        await self._called("glimpse")
        return self.html

    async def settle(self, within_ms: int) -> str:
        await self._called("settle")
        return self.unsettled

    async def expand(self, within_ms: int) -> str:
        await self._called("expand")
        return ""

    async def watch(self) -> None:
        await self._called("watch")

    async def changes(self) -> int:
        return self.moved

    async def pictures(self, overlap: int, most: int) -> AsyncIterator[Picture]:
        await self._called("pictures")
        width, screen = SCREEN
        top = 0
        for _ in range(most):
            picture = BytesIO()
            Image.new("RGB", (8, 8), (top % 255, 0, 0)).save(picture, "PNG")
            yield Picture(picture.getvalue(), 0, top, width, screen)
            if top + screen >= self.height:
                return
            top = min(top + screen - overlap, self.height - screen)

    async def measure(self) -> tuple[int, int]:
        return self.width, self.height

    async def documents(self) -> tuple[FrameSource, ...]:
        await self._called("documents")
        return (FrameSource(self.final, self.html), *self.frames)

    async def text(self) -> str:
        await self._called("text")
        return self.visible

    async def mhtml(self) -> bytes:
        await self._called("mhtml")
        return self.mhtml_file

    async def pdf(self) -> bytes:
        await self._called("pdf")
        return self.pdf_file

    async def boxes(self, most: int) -> tuple[Box, ...]:
        return (Box("html > body", 0, 0, 100, 20, self.visible),)

    async def walk(self, messenger: Messenger, older_ms: int, within_ms: int, most: int) -> AsyncIterator[Stretch]:
        await self._called("walk")
        for stretch in self.stretches:
            yield stretch

    async def fetch(self, url: str, most: int) -> Exchange:
        await self._called("fetch")
        return Exchange("GET", url, "Attachment", 200, "image/png", 3, "", body=Body("bytes", b"png"))

    async def traffic(self) -> NetworkTraffic:
        await self._called("traffic")
        return NetworkTraffic(self.seen)

    def console(self) -> tuple[ConsoleLine, ...]:
        return ()

    async def credentials(self) -> tuple[Credential, ...]:
        await self._called("credentials")
        return self.cookies

    def incidents(self) -> tuple[str, ...]:
        return self.told


class MemoryStore:
    """An object store in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        self.objects[sha256(data)] = data
        return sha256(data)

    def get(self, digest: str) -> bytes:
        return self.objects[digest]

    def has(self, digest: str) -> bool:
        return digest in self.objects


class FixedClock:
    """Every reading is a second after the last, and the ticks are its own."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 21, 47, 41, tzinfo=UTC)
        self.ticks = 0

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def ticks_ms(self) -> int:
        self.ticks += 1
        return self.ticks


@dataclass
class FakeSite:
    """Knows pages by a class on their body; a wall says so in its address. Keeps what it was shown."""

    shown: list[StoredPage] = field(default_factory=list)
    told: bool = False
    empty: bool = False

    def recognise(self, page: StoredPage) -> Recognition:
        self.shown.append(page)
        html = page.documents[0].html
        if "/login" in page.url:
            return Recognition("", "login", "This is the sign-in page.")
        if b"captcha" in html:
            return Recognition("", "challenge", "This is a challenge page.")
        if page.status == 404:
            return Recognition("", "not_found")
        return Recognition(next((kind for kind in ("order", "supplier") if kind.encode() in html), ""))

    def identity(self, page: StoredPage, target: Target) -> Identity:
        wanted = target.expects.get("order", "")
        if wanted.encode() in page.documents[0].html:
            return Identity(True)
        shown = b"class='number'" in page.documents[0].html or b'class="number"' in page.documents[0].html
        return Identity(False, f"This is not order {wanted}.") if shown else Identity(None, "No order number is shown.")

    def read(self, kind: str, page: StoredPage) -> tuple[Fact, ...]:
        return ()

    def text(self, page: StoredPage) -> str:
        return page.text

    def shows_others(self, page: StoredPage) -> bool:
        return False

    def own_stretches(self, page: StoredPage) -> frozenset[int]:
        return frozenset()

    def tells_others(self, page: StoredPage, carried: ExchangeContent, crowded: bool) -> bool:
        return crowded

    def messenger(self, kind: str) -> Messenger | None:
        return Messenger(".m", "id", "", ".start", "") if kind == "thread" else None

    def unfilled(self, kind: str, page: StoredPage) -> bool:
        return self.empty or b"not-yet" in page.documents[0].html

    def told_whole(self, page: StoredPage) -> bool:
        return self.told

    def orders_in_all(self, page: StoredPage) -> int:
        return 0

    def attachments(self, page: StoredPage) -> tuple[Attachment, ...]:
        return ()

    def discover(self, page: StoredPage) -> Mapping[str, str]:
        return {}

    def signed_in_as(self, page: StoredPage) -> str:
        return ""

    def listed(self, page: StoredPage) -> tuple[ListedOrder, ...]:
        return ()

    def lists(self, page: StoredPage) -> Mapping[str, str]:
        return {}

    def conversation(self, page: StoredPage, supplier: str) -> str:
        return ""


def order_target(url: str = URL, account: str = "", ident: str = "order") -> Target:
    return Target(ident, "c1", "order", url, account, {"order": ORDER})


def tabs_of(tabs: Callable[[str], Tab] | Iterable[Tab]) -> OpenTab:
    """An `open_tab` that hands out the given tabs, in order or by account."""
    rest = iter(()) if callable(tabs) else iter(tabs)

    @asynccontextmanager
    async def open_tab(account: str, _more: bool) -> AsyncIterator[Tab]:
        yield tabs(account) if callable(tabs) else next(rest)

    return open_tab
