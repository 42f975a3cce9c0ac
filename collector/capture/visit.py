"""One visit of one page: open, glimpse, settle, expand, read, store, identify. It receives a site's reader and a tab."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import platform
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

from collector.alias import Alias
from collector.capture.artefact_writer import ArtefactWriter
from collector.capture.judge import WALLS, judge
from collector.capture.masking import RULES, Mask
from collector.capture.pending_artefacts import UNKNOWN, PendingArtefacts
from collector.capture.tab import Arrival, Exchange, Stretch, Tab, TabError, TabGone
from collector.capture.unstamped import mhtml_without_stamps, pdf_without_stamps
from collector.clock import Clock
from collector.errors import WrongRequest
from collector.kinds import page_kind
from collector.model import Artefact, Outcome, Snapshot, Step, Target, Visit
from collector.objects import ObjectStore
from collector.progress import Progress
from collector.reading.boxes import steady
from collector.reading.markup import learn_selectors
from collector.reading.stored import page_from_parts, told_so_far
from collector.redaction import without_quotes
from collector.site import Box, Document, Identity, Messenger, PageReader, Recognition, StoredPage

_LOG = logging.getLogger(__name__)
StepOutcome = tuple[str, str]  # a step's outcome and why

_ROLE_OF = {"thread": "stretch"}
_OK: StepOutcome = ("ok", "")
_HTML = "text/html; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
_LOOK_AGAIN = 0.2  # seconds between two looks at a page that has not filled in
_LEAST_LEFT = 500  # milliseconds for which it is worth looking once more


@dataclass(frozen=True, slots=True)
class VisitOptions:
    """Bounds of a visit: milliseconds for steps and for the whole, pixels of overlap, number of pictures; a source
    longer than `readable_bytes` is kept and not read.
    """

    open_ms: int = 30_000
    glimpse_ms: int = 5_000
    settle_ms: int = 15_000
    wall_ms: int = 3_000
    expand_ms: int = 15_000
    whole_ms: int = 180_000
    walk_ms: int = 900_000
    older_ms: int = 15_000
    overlap: int = 100
    pictures: int = 60
    stops: int = 3_000
    files: int = 500
    file_bytes: int = 32 << 20
    boxes: int = 20_000
    readable_bytes: int = 24 << 20


@dataclass(frozen=True, slots=True)
class VisitSetup:
    """What the visits of one run share: where artefacts go, the clock, whose host stands for the site, and the bounds."""

    store: ObjectStore
    clock: Clock
    alias: Alias
    progress: Progress
    options: VisitOptions = VisitOptions()


# What is being done in each step, for who waits.
_DOING = {
    "open": "opening it", "glimpse": "looking what it is", "settle": "waiting until it has loaded",
    "expand": "opening what is folded", "tiles": "taking pictures", "dom": "keeping its source", "text": "keeping its text",
    "mhtml": "keeping it as one file", "thread": "reading the messages", "attachments": "keeping what is attached",
    "pdf": "printing it",
}  # fmt: skip


async def visit(target: Target, *, tab: Tab, site: PageReader, setup: VisitSetup) -> Snapshot:
    """Visits the target's page and keeps what it shows. A page that cannot be reached gives a Snapshot too: outcome failed.

    Raises WrongRequest for an address that is not http(s), ArchiveError when the disk refuses.
    """
    if urlsplit(target.url).scheme not in ("http", "https"):
        raise WrongRequest(f"{target.url} is not a web address.", "It must begin with http:// or https://")
    run = _VisitRun(target, tab, site, setup)
    await run.step("open", run.open)
    await run.step("glimpse", run.glimpse)
    await run.step("settle", run.settle)
    await run.step("expand", run.expand)
    await run.step("tiles", run.tiles)
    await run.step("dom", run.dom)
    await run.step("text", run.text)
    await run.step("mhtml", run.mhtml)
    if (messenger := site.messenger(target.kind)) is not None:
        await run.step("thread", lambda: run.thread(messenger), more_ms=setup.options.walk_ms)
        await run.step("attachments", run.attachments)
    await run.step("pdf", run.pdf)
    await run.step("network", run.network, of_tab=False)
    await run.step("store", run.put, of_tab=False)
    await run.step("identify", run.identify, of_tab=False)
    return _logged(run.snapshot())


def _logged(snapshot: Snapshot) -> Snapshot:
    """Its outcome and every step's, from the finished record: there secrets are masked already."""
    for step in snapshot.steps:
        if step.why:
            _LOG.debug("%s: %s %s: %s", snapshot.id, step.name, step.outcome, without_quotes(step.why))
    for loss in snapshot.visit.losses:
        _LOG.debug("%s: %s", snapshot.id, without_quotes(loss))
    _LOG.info(
        "%s page: visit %s is %s. %s", snapshot.target.kind, snapshot.id, snapshot.outcome, without_quotes(snapshot.why)
    )
    return snapshot


def snapshot_id(clock: Clock) -> str:
    """Short, unique, and sorted by time: 20261122T214741Z-7f3a9c."""
    return f"{clock.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


class _VisitRun:
    """A visit under way. Each step gives its outcome and why; a TabError in it is its failure, and the next one goes on."""

    def __init__(self, target: Target, tab: Tab, site: PageReader, setup: VisitSetup) -> None:
        self._target, self._tab, self._site = target, tab, site
        self._store, self._clock, self._alias = setup.store, setup.clock, setup.alias
        self._progress, self._options = setup.progress, setup.options
        self._id = snapshot_id(setup.clock)
        self._limit = asyncio.get_running_loop().time() + setup.options.whole_ms / 1000
        self._shown: tuple[str, ...] = ()
        self._ended = ""  # why nothing more can be read
        self._wall = False
        self._before: tuple[Box, ...] = ()  # where its texts stood before its pictures were taken
        self._requested = setup.alias.to_local(target.url)
        self._arrival = Arrival("", (), 0, "")
        self._seen_at = setup.clock.now()
        self._losses: list[str] = []
        self._steps: list[Step] = []
        self._writer = ArtefactWriter(setup.store)
        self._pending = PendingArtefacts(self._writer, target.expects.values())
        self._fetched: list[Exchange] = []
        self._artefacts: tuple[Artefact, ...] = ()
        self._recognition = Recognition("")
        self._identity = Identity(None)
        self._late = ""  # what of the page had not come to rest
        self._unsettled = ""  # what of the conversation only the answers that were kept can tell

    async def step(
        self, name: str, act: Callable[[], Awaitable[StepOutcome]], *, of_tab: bool = True, more_ms: int = 0
    ) -> None:
        """Does one step and records it; steps that need the tab are skipped once it is of no more use.

        `more_ms` is time that this step may take beyond the bound of the whole visit.
        """
        began, ticks = self._clock.now(), self._clock.ticks_ms()
        loop = asyncio.get_running_loop()
        rest = self._limit - loop.time()
        self._limit += more_ms / 1000
        outcome, why = "skipped", self._ended
        if not of_tab:
            outcome, why = await act()
        elif not self._ended:
            self._progress(f"{page_kind(self._target.kind).title}: {_DOING.get(name, 'reading it')}")
            outcome, why = await self._attempt(act)
        if more_ms:
            self._limit = loop.time() + rest
        self._steps.append(Step(name, outcome, why, began, self._clock.ticks_ms() - ticks))
        _LOG.info("%s page: %s %s, %d ms", self._target.kind, name, outcome, self._steps[-1].took_ms)
        if name == "open" and outcome == "failed":
            self._ended = why

    async def _attempt(self, act: Callable[[], Awaitable[StepOutcome]]) -> StepOutcome:
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

    async def open(self) -> StepOutcome:
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

    async def glimpse(self) -> StepOutcome:
        """Looks early whether this is a wall, which is not waited for long. What counts is `identify`."""
        html = await self._tab.glimpse(self._options.glimpse_ms)
        self._arrival = await self._tab.arrival()
        if len(html) > self._options.readable_bytes:
            return "partial", "the page's source is too long to be looked into"
        page = self._page((Document(0, "", html.encode("utf-8", "replace")),), "", self._arrival.final)
        recognition = await asyncio.to_thread(self._site.recognise, page)
        self._wall = recognition.barrier in WALLS
        return "ok", recognition.why if recognition.barrier else ""

    async def settle(self) -> StepOutcome:
        """Waits for the page to come to rest; one that shows nothing of its kind yet is waited for to the end."""
        asyncio.get_running_loop().run_in_executor(None, learn_selectors)  # nothing else is to do meanwhile
        within = self._options.wall_ms if self._wall else self._options.settle_ms
        clock = asyncio.get_running_loop().time
        end = clock() + within / 1000
        late = await self._tab.settle(within)
        while (
            late and not self._wall and (left := round((end - clock()) * 1000)) > _LEAST_LEFT and await self._is_unfilled()
        ):
            late = await self._tab.settle(left)
        self._late = late
        return ("partial", late) if late else _OK

    async def _is_unfilled(self) -> bool:
        await asyncio.sleep(_LOOK_AGAIN)
        try:
            html = await self._tab.glimpse(self._options.glimpse_ms)
            self._arrival = await self._tab.arrival()
        except TabGone:
            raise
        except TabError:
            return False
        if len(html) > self._options.readable_bytes:
            return False
        page = self._page((Document(0, "", html.encode("utf-8", "replace")),), "", self._arrival.final)
        return await asyncio.to_thread(self._site.unfilled, self._target.kind, page)

    async def expand(self) -> StepOutcome:
        """Makes what loads only in view load, by one scroll; a wall is left as it stands."""
        if self._wall:
            return "skipped", "it is a wall"
        cut = await self._tab.expand(self._options.expand_ms)
        return ("partial", cut) if cut else _OK

    async def tiles(self) -> StepOutcome:
        """Pictures of the viewport down the page. Their changes are counted from here on."""
        await self._tab.watch()
        self._arrival = await self._tab.arrival()
        with suppress(TabError):
            self._before = await self._tab.boxes(self._options.boxes)
        count, right, bottom = 0, 0, 0
        async for shot in self._tab.pictures(self._options.overlap, self._options.pictures):
            place = f"x={shot.x} y={shot.y} width={shot.width} height={shot.height}"
            self._writer.keep("tile", "image/png", shot.png, place)
            count, right, bottom = count + 1, shot.x + shot.width, shot.y + shot.height
        width, height = await self._tab.measure()
        if width > right:
            self._losses.append(f"The page is {width} px wide; the pictures show {right} px of it.")
        if not count or bottom < height:
            return "partial", f"the page is {height} px high; the pictures end at {bottom} px"
        return "ok", "parts that stay in place while scrolling may repeat" if count > 1 else ""

    async def dom(self) -> StepOutcome:
        """The source of every frame."""
        changes = await self._tab.changes()
        frames = await self._tab.documents()
        arrival = await self._tab.arrival()
        if arrival.final.partition("#")[0] != self._arrival.final.partition("#")[0]:
            self._losses.append("The page moved on to another address between its pictures and its source.")
        self._arrival = arrival
        for part, frame in enumerate(frames):
            self._pending.text("dom", _HTML, frame.html, f"frame {frame.url}" if part else "")
        self._pending.learn(await self._tab.credentials())
        return "ok", _changed(changes, "its pictures were taken")

    async def text(self) -> StepOutcome:
        """The visible text, and where each piece of it stands in the pictures, so that a fact can be pointed at there."""
        changes = await self._tab.changes()
        self._pending.text("text", _TEXT, await self._tab.text())
        shown = await self._tab.boxes(self._options.boxes)
        stayed = steady(self._before, shown)
        self._pending.values("boxes", [dataclasses.astuple(box) for box in stayed])
        moved = len(shown) - len(stayed)
        whys = (
            _changed(changes, "its source was read"),
            f"{moved} texts moved or changed while it was pictured" if moved else "",
        )
        return "ok", "; ".join(filter(None, whys))

    async def mhtml(self) -> StepOutcome:
        self._pending.file("mhtml", "multipart/related", mhtml_without_stamps(await self._tab.mhtml()))
        return _OK

    async def thread(self, messenger: Messenger) -> StepOutcome:
        """Every stretch of the open conversation up to its start: markup and a picture at each stop."""
        if self._wall:
            return "skipped", "it is a wall"
        bounds = self._options.older_ms, self._options.walk_ms, self._options.stops
        last: Stretch | None = None
        gaps = apart = 0
        try:
            async for stretch in self._tab.walk(messenger, *bounds):
                self._keep_stretch(stretch)
                gaps += not stretch.joins
                apart += not stretch.adjoins
                last = stretch
        except TabGone:
            raise
        except TabError as error:
            self._unsettled = "" if last else str(error)
            raise
        if last is None:
            self._unsettled = "no conversation was open"
            return "partial", self._unsettled
        lacks = [f"{gaps} times the messages above could not be joined to those below"] if gaps else []
        if apart:
            lacks.append(f"{apart} times messages between two pictures may stand in neither")
        if not last.start:
            late = f"its start was not reached: {last.late or 'the page does not say that it starts here'}"
            self._unsettled = "" if lacks else late
            lacks.append(late)
        return ("partial", "; ".join(lacks)) if lacks else _OK

    def _settle_thread(self, page: StoredPage) -> None:
        """The conversation is whole where the page was told all of it, though its start was not drawn."""
        if not self._unsettled or not self._site.told_whole(page):
            return
        why = f"the page was told every message from the first on; {self._unsettled}"
        self._steps = [replace(s, outcome="ok", why=why) if s.name == "thread" else s for s in self._steps]

    def _keep_stretch(self, stretch: Stretch) -> None:
        shot = stretch.picture
        where = f"messages={len(stretch.ids)} joins={'yes' if stretch.joins else 'no'}"
        self._pending.text("stretch", _HTML, stretch.html, where)
        pane = f" pane={','.join(map(str, stretch.pane))}" if stretch.pane else ""
        moved = f" moved={stretch.moved}" if stretch.moved is not None else ""
        self._writer.keep("screen", "image/png", shot.png, where + pane + moved)
        self._pending.values("layout", [dataclasses.astuple(box) for box in stretch.layout])

    async def attachments(self) -> StepOutcome:
        """Each file that the messages carry, at full size, once: what the page did not fetch itself is asked for."""
        heard = (await self._tab.traffic()).exchanges
        had = {e.url for e in heard if e.body.mark != "absent"}
        shown = self._page(self._pending.documents("dom"), "", self._arrival.final, self._pending.documents("stretch"))
        carried = self._site.attachments(replace(shown, told=told_so_far(heard, self._alias)))
        wanted = [a for a in carried if self._alias.to_local(a.url) not in had]
        failed = 0
        for attachment in wanted[: self._options.files]:
            exchange = await self._tab.fetch(self._alias.to_local(attachment.url), self._options.file_bytes)
            self._fetched.append(exchange)
            failed += exchange.body.mark == "absent"
        lacks = [f"{failed} of {len(carried)} files could not be fetched"] if failed else []
        if len(wanted) > self._options.files:
            lacks.append(f"{len(wanted) - self._options.files} files were left out, more than {self._options.files}")
        return ("partial", "; ".join(lacks)) if lacks else ("ok", f"{len(carried)} files" if carried else "")

    async def pdf(self) -> StepOutcome:
        """Printed last: printing lays the page out anew."""
        self._pending.file("pdf", "application/pdf", pdf_without_stamps(await self._tab.pdf()))
        return _OK

    async def network(self) -> StepOutcome:
        """Every exchange and the console. A tab that has gone was heard too; a visit that read nothing keeps nothing."""
        if self._ended and self._pending.is_empty and not self._writer.next_part("tile"):
            return "skipped", self._ended
        if not self._ended:
            with suppress(TabError):
                self._pending.learn(await self._tab.credentials())
        traffic, self._pending.incidents = await self._tab.traffic(), self._tab.incidents()
        self._pending.traffic = replace(traffic, exchanges=(*traffic.exchanges, *self._fetched))
        if console := self._tab.console():
            self._pending.values("console", console)
        return ("partial", " ".join(traffic.unseen)) if traffic.unseen else _OK

    async def put(self) -> StepOutcome:
        """Masks what was read, and waits until everything is safely on disk."""
        refused = await self._pending.store(self._addresses())
        self._steps = [
            replace(s, outcome="failed" if why == UNKNOWN else "partial", why=why)
            if (why := refused.get(_ROLE_OF.get(s.name, s.name), "")) and s.outcome != "failed"
            else s
            for s in self._steps
        ]
        self._losses += self._pending.losses
        self._artefacts = await self._writer.artefacts()
        return _OK

    async def identify(self) -> StepOutcome:
        """What the page is, and whether it is the right one, from the stored bytes alone."""
        if not any(a.role in ("dom", "stretch") for a in self._artefacts):
            return "skipped", "there is nothing to read it from"
        final, status = self._masked_addresses()[1], self._arrival.status
        kept = (self._artefacts, self._store.get, self._alias, final, status, self._seen_at, self._id)
        if why := _unreadable(final, self._artefacts, self._options.readable_bytes):
            self._recognition = Recognition("", "elsewhere", why)
            return "failed", why
        page = await asyncio.to_thread(page_from_parts, *kept)
        self._recognition = await asyncio.to_thread(self._site.recognise, page)
        if self._recognition.barrier:
            return "failed", self._recognition.why or self._recognition.barrier
        if (
            self._late
            and not self._recognition.lacks
            and await asyncio.to_thread(self._site.unfilled, self._target.kind, page)
        ):
            lacks = f"The page had not filled in: {self._late}."
            self._recognition = replace(self._recognition, lacks=lacks)
        await asyncio.to_thread(self._settle_thread, page)
        wanted = replace(self._target, url=self._alias.to_real(self._target.url))
        self._identity = await asyncio.to_thread(self._site.identity, page, wanted)
        others = " It shows other conversations too." if self._site.shows_others(page) else ""
        return {True: "ok", None: "partial", False: "failed"}[self._identity.ok], self._identity.why + others

    def snapshot(self) -> Snapshot:
        """The record of what came of it all."""
        outcome: Outcome = "failed"
        why = _sentence(next((s.why for s in self._steps if s.outcome == "failed"), "nothing was read"))
        if self._artefacts:
            outcome, why = judge(self._target, self._arrival.status, self._steps, self._recognition, self._identity)
        requested, final, *passed = self._masked_addresses()
        mask = self._mask()
        target = replace(self._target, url=mask.mask(self._target.url, "address"))
        steps = tuple(replace(step, why=mask.mask(step.why, "steps")) for step in self._steps)
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
            mask=RULES,
        )
        return Snapshot(1, self._id, target, record, steps, outcome, mask.mask(why, "steps"), self._artefacts)

    def _page(
        self, documents: tuple[Document, ...], text: str, final: str, stretches: tuple[Document, ...] = ()
    ) -> StoredPage:
        status, final = self._arrival.status, self._alias.to_real(final)
        return StoredPage(final, status, documents, text, self._seen_at, self._id, stretches)

    def _addresses(self) -> tuple[str, ...]:
        return (self._requested, self._arrival.final, *self._arrival.redirects)

    def _masked_addresses(self) -> tuple[str, ...]:
        """Requested, final and those passed on the way, masked and counted once."""
        if not self._shown:
            mask = self._mask()
            self._shown = tuple(mask.mask(address, "address") for address in self._addresses())
        return self._shown

    def _mask(self) -> Mask:
        return self._pending.mask((self._target.url, *self._addresses()))


def _unreadable(final: str, artefacts: tuple[Artefact, ...], most: int) -> str:
    """Why what was kept is no page to be read; "" when it is one."""
    if urlsplit(final).scheme not in ("http", "https"):
        return f"The page went on to {final[:60]}, which is no page of the web."
    long = sum(a.size for a in artefacts if a.role == "dom") > most
    return f"The page's source is longer than {most >> 20} MB: too long to be read." if long else ""


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
