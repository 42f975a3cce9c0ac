"""Which readers work on the site's public pages today: a few are visited, read in memory, and nothing of them is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from casework.cases import require_address
from casework.workspace import Workspace
from collector.capture.tab import Tab
from collector.capture.visit import VisitSetup, visit
from collector.errors import WrongRequest
from collector.kinds import page_kind
from collector.model import ALIBABA, Fact, Outcome, Target
from collector.objects import MemoryObjects
from collector.progress import Progress
from collector.reading.reader import read_stored
from collector.reading.stored import stored_page

PUBLIC = ("search", "product", "supplier")  # each leads to the next
_PAUSE_S = 2.0  # between two visits
OpenTab = Callable[[], AbstractAsyncContextManager[Tab]]


@dataclass(frozen=True, slots=True)
class SitePage:
    """One page that was visited, "" for one that could not be found; `facts` are what its reader gave."""

    kind: str
    url: str
    outcome: Outcome
    why: str
    facts: tuple[Fact, ...] = ()

    @property
    def works(self) -> bool:
        """Whether the page was had whole and its reader read something of it."""
        return self.outcome == "complete" and any(fact.state == "read" for fact in self.facts)


def site_today(
    ws: Workspace, given: tuple[str, ...], progress: Progress, open_tab: OpenTab | None = None, pause_s: float = _PAUSE_S
) -> tuple[SitePage, ...]:
    """Visits the addresses given; without any, a page of each public kind: the archive's own, else what a search leads to.

    A wall ends the visits. `open_tab` gives a fresh tab, by default of a browser started for this. Raises WrongRequest
    before any visit, and BrowserError.
    """
    wanted = [(_kind(ws, require_address(url)), url.strip()) for url in given] or [
        (kind, _known(ws, kind)) for kind in PUBLIC
    ]
    return asyncio.run(_visit_all(ws, wanted, progress, open_tab, pause_s))


def _kind(ws: Workspace, url: str) -> str:
    kind = ws.site_named(ws.site_at(url) or ALIBABA).kind_of(ws.alias.to_real(url))
    if kind not in PUBLIC:
        what = "is shown to one account alone" if page_kind(kind).private else "is no product, supplier or search page"
        raise WrongRequest(f"{url} {what}.", "Give the address of a product, of a supplier's page or of a search.")
    return kind


def _known(ws: Workspace, kind: str) -> str:
    """The address of such a page that was visited last, else where the site has one; "" where neither is known."""
    visited = ws.index.snapshots_of_kind(kind) if ws.archive.exists else []
    newest = max(visited, key=lambda snapshot: snapshot.visit.machine_time, default=None)
    return newest.target.url if newest is not None else ws.alias.to_local(ws.site.address(kind))


async def _visit_all(
    ws: Workspace, wanted: list[tuple[str, str]], progress: Progress, open_tab: OpenTab | None, pause_s: float
) -> tuple[SitePage, ...]:
    if open_tab is None:
        from collector.browser.launch import launch

        async with launch() as browser:
            return await _visit_all(ws, wanted, progress, browser.tab, pause_s)
    found: list[SitePage] = []
    leads: dict[str, str] = {}
    for kind, known in wanted:
        url = known or leads.get(kind, "")
        if any(page.outcome == "blocked" for page in found):
            found.append(SitePage(kind, url, "failed", "It was not visited: a site that puts up a wall is not asked again."))
        elif not url:
            found.append(SitePage(kind, "", "failed", "No such page is known. Name one: tradewitness doctor --site ADDRESS"))
        else:
            if found:
                await asyncio.sleep(pause_s)
            page, further = await _visit(ws, kind, url, progress, open_tab)
            found.append(page)
            leads |= further
    return tuple(found)


async def _visit(
    ws: Workspace, kind: str, url: str, progress: Progress, open_tab: OpenTab
) -> tuple[SitePage, dict[str, str]]:
    """One page and, by kind, the addresses that it leads to."""
    store, target = MemoryObjects(), Target("", "", kind, url, site=ws.site_at(url) or ALIBABA)
    site = ws.site_of(target)
    async with open_tab() as tab:
        setup = VisitSetup(store, ws.clock, ws.alias, progress)
        snapshot = await visit(target, tab=tab, site=site, setup=setup)
    facts = read_stored(snapshot, store, site, ws.alias)
    leads = dict(site.discover(stored_page(snapshot, store.get, ws.alias))) if snapshot.artefacts else {}
    offers = next((fact.value for fact in facts if fact.name == "search.offers" and fact.state == "read"), ())
    for offer in offers:
        if site.kind_of(str(offer.get("url"))) == "product":
            leads.setdefault("product", site.canonical(str(offer["url"])))
    return SitePage(kind, url, snapshot.outcome, snapshot.why, facts), {k: ws.alias.to_local(u) for k, u in leads.items()}
