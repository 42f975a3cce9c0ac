"""Where a fact stands in the picture, on pages of the marketplace in real Chromium."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from PIL import Image
from PIL.ImageStat import Stat

from collector.alias import Alias
from collector.browser.launch import Browser
from collector.capture.visit import VisitSetup, visit
from collector.clock import SystemClock
from collector.model import Area, Fact, Snapshot, Target
from collector.reading.boxes import picture_of
from collector.reading.stored import stored_page
from collector.sites.alibaba import Alibaba
from fixtures.marketplace.app import Marketplace
from fixtures.marketplace.scenarios import SCENARIOS, addresses
from fixtures.marketplace.server import serve
from tests.collector.capture.fake import MemoryStore

pytestmark = pytest.mark.browser

# What stands in each definition list, as the page itself lays it out: {label: [x, y, width, height, text]} of the value.
LAID_OUT = """() => Object.fromEntries([...document.querySelectorAll('dt, .deadline-text')].map(node => {
  const listed = node.localName === 'dt', value = listed ? node.nextElementSibling : node.parentElement;
  const box = value.getBoundingClientRect();
  return [listed ? node.innerText : 'timer', [box.x + scrollX, box.y + scrollY, box.width, box.height, value.innerText]];
}))"""
LABELS = {
    "order.number": "Order number", "order.total": "Order total", "order.paid": "Paid", "order.ship_by": "Ship by (agreed)",
    "order.shipped_at": "Shipped", "order.received_at": "Delivered", "order.ship_terms": "Trade terms",
    "tracking.number": "Tracking number", "dispute.id": "Application number", "dispute.order": "Order",
    "dispute.amount": "Refund amount", "dispute.submitted_at": "Submitted", "dispute.deadline": "timer",
    "dispute.reason": "Reasons",
}  # fmt: skip


@dataclass
class Seen:
    """One page: its snapshot and store, the facts read from it, and where it laid out its values."""

    snapshot: Snapshot
    store: MemoryStore
    facts: dict[str, Fact]
    laid_out: dict[str, Any]

    def crop(self, box: Area) -> Image.Image:
        """What the picture shows there."""
        picture = picture_of(box, self.snapshot.artefacts)
        assert picture is not None
        assert picture.area is not None
        x, y = box[0] - picture.area[0], box[1] - picture.area[1]
        return Image.open(io.BytesIO(self.store.get(picture.digest))).convert("L").crop((x, y, x + box[2], y + box[3]))


@pytest.fixture(scope="module")
def pages(runner: asyncio.Runner, browser: Browser) -> Iterator[dict[str, Seen]]:
    day = SCENARIOS["led-fans"].today
    with serve(Marketplace("led-fans", date(2026, 7, 1), day)) as port:
        urls = addresses("led-fans", f"http://alibaba.localhost:{port}")
        alias = Alias.parse(f"alibaba.localhost:{port}=alibaba.com")
        assert alias is not None
        yield {kind: runner.run(_see(browser, kind, urls[kind], alias)) for kind in ("order", "dispute")}


async def _see(browser: Browser, kind: str, url: str, alias: Alias) -> Seen:
    store, site = MemoryStore(), Alibaba()
    async with browser.tab(f"boxes-{kind}") as tab:
        snapshot = await visit(
            Target(kind, "", kind, url), tab=tab, site=site, setup=VisitSetup(store, SystemClock(), alias, lambda text: None)
        )
        laid_out = await tab._ask(LAID_OUT)
    read = site.read(kind, stored_page(snapshot, store.get, alias))
    return Seen(snapshot, store, {fact.name: fact for fact in read}, laid_out)


def test_the_box_of_a_fact_lies_in_the_element_that_shows_it_and_the_picture_has_ink_there(pages: dict[str, Seen]) -> None:
    found = [(name, page, page.facts[name]) for page in pages.values() for name in LABELS if name in page.facts]
    assert {name for name, _, _ in found} == LABELS.keys()
    for name, page, fact in found:
        assert fact.place is not None
        assert fact.place.box is not None, name
        x, y, width, height = fact.place.box
        left, top, wide, high, text = page.laid_out[LABELS[name]]
        assert left - 1 <= x <= x + width <= left + wide + 1, name
        assert top - 1 <= y <= y + height <= top + high + 1, name
        assert text
        ((darkest, lightest),) = Stat(page.crop(fact.place.box)).extrema
        assert lightest - darkest > 60, name


def test_a_fact_that_the_page_does_not_show_by_itself_has_no_box(pages: dict[str, Seen]) -> None:
    terms = pages["order"].facts["order.terms"]
    assert (terms.state, terms.place is not None and terms.place.box) == ("read", None)


def test_a_value_that_stands_twice_is_boxed_where_its_own_label_stands(pages: dict[str, Seen]) -> None:
    order = pages["order"]
    total, paid = (order.facts[name].place for name in ("order.total", "order.paid"))
    assert total is not None
    assert paid is not None
    assert total.quote == paid.quote
    assert total.box != paid.box
