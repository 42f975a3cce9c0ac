"""One visit of one page: open, glimpse, settle, expand, read, store, identify. It receives a Site and a tab."""

from __future__ import annotations

import asyncio
import platform
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

from collector.alias import Alias
from collector.canonical import canonical
from collector.capture.judge import WALLS, judge
from collector.capture.keep import Keeping
from collector.capture.secrets import Mask, mhtml_holds, pdf_holds, secrets_of
from collector.capture.tab import Arrival, Exchange, Tab, TabError, TabGone
from collector.clock import Clock
from collector.errors import WrongRequest
from collector.model import Artefact, Outcome, Snapshot, Step, Target, Visit
from collector.objects import ObjectStore
from collector.site import Document, Identity, Recognition, Site, StoredPage

Progress = Callable[[str], None]
Done = tuple[str, str]  # a step's outcome and why

_OK: Done = ("ok", "")
_HTML = "text/html; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
MASKED = "masked at capture"


@dataclass(frozen=True, slots=True)
class VisitOptions:
    """Bounds of a visit: milliseconds for steps and for the whole, pixels of overlap, number of pictures."""

    open_ms: int = 30_000
    glimpse_ms: int = 5_000
    settle_ms: int = 15_000
    wall_ms: int = 3_000
    expand_ms: int = 15_000
    whole_ms: int = 180_000
    overlap: int = 100
    pictures: int = 60


async def visit(
    target: Target,
    *,
    tab: Tab,
    site: Site,
    store: ObjectStore,
    clock: Clock,
    alias: Alias,
    options: VisitOptions,
    progress: Progress,
) -> Snapshot:
    """Visits the target's page and keeps what it shows. A page that cannot be reached gives a Snapshot too: outcome failed.

    Raises WrongRequest for an address that is not http(s), ArchiveError when the disk refuses.
    """
    if urlsplit(target.url).scheme not in ("http", "https"):
        raise WrongRequest(f"{target.url} is not a web address.", "It must begin with http:// or https://")
    going = _Going(target, tab, site, store, clock, alias, options, progress)
    await going.step("open", going.open)
    await going.step("glimpse", going.glimpse)
    await going.step("settle", going.settle)
    await going.step("expand", going.expand)
    await going.step("tiles", going.tiles)
    await going.step("dom", going.dom)
    await going.step("text", going.text)
    await going.step("mhtml", going.mhtml)
    await going.step("pdf", going.pdf)
    await going.step("network", going.network)
    await going.step("store", going.put, of_tab=False)
    await going.step("identify", going.identify, of_tab=False)
    return going.snapshot()


def snapshot_id(clock: Clock) -> str:
    """Short, unique, and sorted by time: 20261122T214741Z-7f3a9c."""
    return f"{clock.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


class _Going:
    """A visit under way. Each step gives its outcome and why; a TabError in it is its failure, and the next one goes on."""

    def __init__(
        self,
        target: Target,
        tab: Tab,
        site: Site,
        store: ObjectStore,
        clock: Clock,
        alias: Alias,
        options: VisitOptions,
        progress: Progress,
    ) -> None:
        self._target, self._tab, self._site, self._store = target, tab, site, store
        self._clock, self._alias, self._options, self._progress = clock, alias, options, progress
        self._id = snapshot_id(clock)
        self._limit = asyncio.get_running_loop().time() + options.whole_ms / 1000
        self._shown: tuple[str, ...] = ()
        self._ended = ""  # why nothing more can be read
        self._wall = False
        self._requested = alias.to_local(target.url)
        self._arrival = Arrival("", (), 0, "")
        self._seen_at = clock.now()
        self._mask: Mask | None = None
        self._exchanges: Sequence[Exchange] = ()
        self._losses: list[str] = []
        self._steps: list[Step] = []
        self._keeping = Keeping(store)
        self._artefacts: tuple[Artefact, ...] = ()
        self._recognition = Recognition("")
        self._identity = Identity(None)

    async def step(self, name: str, act: Callable[[], Awaitable[Done]], *, of_tab: bool = True) -> None:
        """Does one step and records it; steps that need the tab are skipped once it is of no more use."""
        began, ticks = self._clock.now(), self._clock.ticks_ms()
        outcome, why = "skipped", self._ended
        if not of_tab:
            outcome, why = await act()
        elif not self._ended:
            self._progress(f"{self._target.kind.replace('_', ' ')} page: {name}")
            outcome, why = await self._attempt(act)
        self._steps.append(Step(name, outcome, why, began, self._clock.ticks_ms() - ticks))
        if name == "open" and outcome == "failed":
            self._ended = why

    async def _attempt(self, act: Callable[[], Awaitable[Done]]) -> Done:
        try:
            async with asyncio.timeout_at(self._limit) as limit:
                return await act()
        except TabGone as error:
            self._ended = str(error)
            return "failed", self._ended
        except TabError as error:
            return "failed", str(error)
        except TimeoutError:
            if not limit.expired():
                raise
            self._ended = f"the visit took longer than {self._options.whole_ms // 1000} s"
            return "failed", self._ended

    async def open(self) -> Done:
        """Goes to the page, bounded; nothing shown is the end of the visit."""
        try:
            self._arrival = await self._tab.open(self._requested, self._options.open_ms)
        except TabGone:
            raise
        except TabError as error:
            self._arrival = replace(await self._tab.arrival(), final="")  # an error without a body has a status all the same
            status = self._arrival.status
            raise TabError(f"{error} (HTTP {status})" if status >= 400 else str(error)) from error
        finally:
            self._seen_at = self._clock.now()
        return _OK

    async def glimpse(self) -> Done:
        """Looks early whether this is a wall, which is not waited for long. What counts is `identify`."""
        html = await self._tab.glimpse(self._options.glimpse_ms)
        self._arrival = await self._tab.arrival()
        page = self._page((Document(0, "", html.encode("utf-8", "replace")),), "", self._arrival.final)
        recognition = await asyncio.to_thread(self._site.recognise, page)
        self._wall = recognition.barrier in WALLS
        return "ok", recognition.why if recognition.barrier else ""

    async def settle(self) -> Done:
        late = await self._tab.settle(self._options.wall_ms if self._wall else self._options.settle_ms)
        return ("partial", late) if late else _OK

    async def expand(self) -> Done:
        """Makes what loads only in view load, by one scroll; a wall is left as it stands."""
        if self._wall:
            return "skipped", "it is a wall"
        cut = await self._tab.expand(self._options.expand_ms)
        return ("partial", cut) if cut else _OK

    async def tiles(self) -> Done:
        """Pictures of the viewport down the page. Their changes are counted from here on."""
        await self._tab.watch()
        self._arrival = await self._tab.arrival()
        count, right, bottom = 0, 0, 0
        async for shot in self._tab.pictures(self._options.overlap, self._options.pictures):
            place = f"x={shot.x} y={shot.y} width={shot.width} height={shot.height}"
            self._keeping.keep("tile", "image/png", shot.png, place)
            count, right, bottom = count + 1, shot.x + shot.width, shot.y + shot.height
        width, height = await self._tab.measure()
        if width > right:
            self._losses.append(f"The page is {width} px wide; the pictures show {right} px of it.")
        if not count or bottom < height:
            return "partial", f"the page is {height} px high; the pictures end at {bottom} px"
        return "ok", "parts that stay in place while scrolling may repeat" if count > 1 else ""

    async def dom(self) -> Done:
        """The source of every frame. Here the visit's secrets become known: nothing that is text is stored before."""
        changes = await self._tab.changes()
        frames = await self._tab.documents()
        self._exchanges = await self._tab.exchanges()
        arrival = await self._tab.arrival()
        if arrival.final.partition("#")[0] != self._arrival.final.partition("#")[0]:
            self._losses.append("The page moved on to another address between its pictures and its source.")
        self._arrival = arrival
        sources = [frame.html for frame in frames]
        addresses = [*self._addresses(), *(frame.url for frame in frames), *(e.url for e in self._exchanges)]
        secret = await asyncio.to_thread(secrets_of, await self._tab.credentials(), addresses, sources)
        self._mask = Mask(secret, self._target.expects.values())
        for part, frame in enumerate(frames):
            html = await asyncio.to_thread(self._mask.mask, frame.html, f"dom:{part}")
            where = f"frame {self._mask.mask(frame.url, 'address')}" if part else ""
            self._keeping.keep("dom", _HTML, html.encode("utf-8", "replace"), self._note(f"dom:{part}", where))
        return "ok", _changed(changes, "its pictures were taken")

    async def text(self) -> Done:
        changes, text = await self._tab.changes(), await self._tab.text()
        masked = self._masking().mask(text, "text:0")
        self._keeping.keep("text", _TEXT, masked.encode("utf-8", "replace"), self._note("text:0"))
        if self._masking().masked("text:0"):
            self._losses.append("A secret of the session is visible on the page, and so in its pictures.")
        return "ok", _changed(changes, "its source was read")

    async def mhtml(self) -> Done:
        mask, data = self._masking(), await self._tab.mhtml()
        if await asyncio.to_thread(mhtml_holds, mask, data):
            return self._not_kept("MHTML")
        self._keeping.keep("mhtml", "multipart/related", data)
        return _OK

    async def pdf(self) -> Done:
        """Printed last: printing lays the page out anew."""
        mask, data = self._masking(), await self._tab.pdf()
        if mask.masked("text:0") or await asyncio.to_thread(pdf_holds, mask, data):
            return self._not_kept("PDF")
        self._keeping.keep("pdf", "application/pdf", data)
        return _OK

    async def network(self) -> Done:
        """The list of exchanges, addresses masked."""
        listed = self._masking().mask(canonical(self._exchanges).decode(), "network:0")
        self._keeping.keep("network", "application/json", listed.encode(), self._note("network:0"))
        return _OK

    async def put(self) -> Done:
        """Waits until everything that was read is safely on disk."""
        self._artefacts = await self._keeping.artefacts()
        return _OK

    async def identify(self) -> Done:
        """What the page is, and whether it is the right one, from the stored bytes alone."""
        kept = [a for a in self._artefacts if a.role == "dom"]
        if not kept:
            return "skipped", "there is nothing to read it from"
        documents = [Document(a.part, a.digest, await asyncio.to_thread(self._store.get, a.digest)) for a in kept]
        texts = [await asyncio.to_thread(self._store.get, a.digest) for a in self._artefacts if a.role == "text"]
        page = self._page(tuple(documents), b"".join(texts).decode(), self._masked_addresses()[1])
        self._recognition = await asyncio.to_thread(self._site.recognise, page)
        if self._recognition.barrier:
            return "failed", self._recognition.why or self._recognition.barrier
        wanted = replace(self._target, url=self._alias.to_real(self._target.url))
        self._identity = await asyncio.to_thread(self._site.identity, page, wanted)
        return {True: "ok", None: "partial", False: "failed"}[self._identity.ok], self._identity.why

    def snapshot(self) -> Snapshot:
        """The record of what came of it all."""
        outcome: Outcome = "failed"
        why = _sentence(next((s.why for s in self._steps if s.outcome == "failed"), "nothing was read"))
        if self._artefacts:
            outcome, why = judge(self._target, self._arrival.status, self._steps, self._recognition, self._identity)
        requested, final, *passed = self._masked_addresses()
        mask = self._mask_so_far()
        target = replace(self._target, url=mask.mask(self._target.url, "address"))
        losses = tuple(mask.mask(loss, "losses") for loss in (*self._losses, *self._tab.incidents()))
        record = Visit(
            requested=requested,
            final=final,
            redirects=tuple(passed),
            status=self._arrival.status,
            server_date=self._arrival.server_date,
            machine_time=self._seen_at,
            browser=self._tab.browser,
            options=self._tab.options,
            alias=str(self._alias),
            redactions=mask.redactions,
            losses=losses,
            machine=_machine(),
        )
        return Snapshot(1, self._id, target, record, tuple(self._steps), outcome, why, self._artefacts)

    def _page(self, documents: tuple[Document, ...], text: str, final: str) -> StoredPage:
        return StoredPage(self._alias.to_real(final), self._arrival.status, documents, text, self._seen_at, self._id)

    def _addresses(self) -> tuple[str, ...]:
        return (self._requested, self._arrival.final, *self._arrival.redirects)

    def _masked_addresses(self) -> tuple[str, ...]:
        """Requested, final and those passed on the way, masked and counted once."""
        if not self._shown:
            mask = self._mask_so_far()
            self._shown = tuple(mask.mask(address, "address") for address in self._addresses())
        return self._shown

    def _mask_so_far(self) -> Mask:
        """The visit's mask; where its secrets never became known, one for those in the addresses themselves."""
        if self._mask is None:
            self._mask = Mask(secrets_of((), (self._target.url, *self._addresses()), ()), self._target.expects.values())
        return self._mask

    def _masking(self) -> Mask:
        """The mask, once the visit's secrets are known. Raises TabError before: then no text may be stored."""
        if self._mask is None:
            raise TabError("not kept: the session's secrets are not known, so they could not be masked")
        return self._mask

    def _not_kept(self, what: str) -> Done:
        why = "it holds a secret of the session, which cannot be masked in it"
        self._losses.append(f"The {what} was not kept: {why}.")
        return "partial", f"not kept: {why}"

    def _note(self, artefact: str, where: str = "") -> str:
        masked = MASKED if self._masking().masked(artefact) else ""
        return "; ".join(filter(None, (where, masked)))


def _changed(changes: int, since: str) -> str:
    return f"the page changed {changes} times since {since}" if changes else ""


def _sentence(why: str) -> str:
    return why[:1].upper() + why[1:].rstrip(".") + "." if why else ""


@cache
def _machine() -> Mapping[str, str]:
    """What ran this, without names of the machine or its user."""
    try:
        own = version("tradewitness")
    except PackageNotFoundError:
        own = "from a checkout"
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return {"system": system, "python": platform.python_version(), "tradewitness": own}
