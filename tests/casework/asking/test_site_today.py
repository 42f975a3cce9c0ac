"""Public pages are looked at without keeping anything, and a private one is refused before any visit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from casework import views
from casework.asking.site_today import SitePage, site_today
from casework.workspace import Workspace
from collector.errors import DONE, PARTIAL, PERSON_NEEDED, WrongRequest
from fixtures.marketplace.scenarios import addresses
from tests.paper_desk import ORIGIN, SCENARIO, PaperTab, quiet

PAGES = addresses(SCENARIO, ORIGIN, whole=True)


class WalledTab(PaperTab):
    """Shows the site's challenge in place of every page."""

    def changed(self, kind: str) -> None:
        self.html = "<html><body><div id='nc-container'></div></body></html>"


def looked(ws: Workspace, *urls: str, tab: type[PaperTab] = PaperTab) -> tuple[SitePage, ...]:
    @asynccontextmanager
    async def open_tab() -> AsyncIterator[PaperTab]:
        yield tab()

    return site_today(ws, urls, quiet, open_tab, pause_s=0)


def test_each_page_tells_what_its_reader_reads_and_nothing_is_appended(ws: Workspace) -> None:
    before = ws.archive.ledger.size
    pages = looked(ws, PAGES["product"], PAGES["supplier"])
    assert [(page.kind, page.outcome, page.works) for page in pages] == [
        ("product", "complete", True), ("supplier", "complete", True),
    ]  # fmt: skip
    assert "supplier.on_time_delivery" in {fact.name for fact in pages[1].facts if fact.state == "read"}
    assert ws.archive.ledger.size == before
    assert views.site_today(pages).code == DONE


def test_a_wall_needs_a_person_and_ends_the_visits(ws: Workspace) -> None:
    first, second = looked(ws, PAGES["product"], PAGES["supplier"], tab=WalledTab)
    assert (first.outcome, first.facts) == ("blocked", ())
    assert (second.outcome, "not visited" in second.why) == ("failed", True)
    assert views.site_today((first, second)).code == PERSON_NEEDED


def test_a_page_on_which_nothing_is_read_does_not_work_though_it_is_whole() -> None:
    page = SitePage("product", "https://www.alibaba.com/product-detail/x_1.html", "complete", "")
    assert not page.works
    assert views.site_today((page,)).code == PARTIAL


@pytest.mark.parametrize("kind", ["order", "thread"])
def test_a_private_page_is_refused_before_any_visit(ws: Workspace, kind: str) -> None:
    with pytest.raises(WrongRequest, match="shown to one account alone"):
        looked(ws, PAGES["product"], PAGES[kind])


@pytest.mark.parametrize("url", ["https://example.org/", "not an address"])
def test_what_is_no_public_page_of_the_site_is_refused(ws: Workspace, url: str) -> None:
    with pytest.raises(WrongRequest):
        looked(ws, url)
