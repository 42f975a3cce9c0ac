"""Messengers in the real site's shapes in a real Chromium: their messages are read from the requests that they make."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date

import pytest

from collector.alias import Alias
from collector.browser.launch import Browser
from collector.capture.visit import VisitOptions, VisitSetup, visit
from collector.clock import SystemClock
from collector.model import Fact, Snapshot, Target
from collector.reading.stored import stored_page
from collector.sites.alibaba import Alibaba
from fixtures.marketplace.app import DOMAIN
from fixtures.marketplace.private import SUPPLIER, TICKET
from fixtures.marketplace.server import serve
from fixtures.marketplace.services import SHAPES, Services
from tests.collector.capture.fake import MemoryStore

pytestmark = pytest.mark.browser


@dataclass
class Seen:
    """What came of one visit."""

    snapshot: Snapshot
    facts: dict[str, Fact]
    store: MemoryStore


def look(runner: asyncio.Runner, browser: Browser, market: Services, account: str) -> Seen:
    async def go(port: int) -> Seen:
        alias, store = Alias(f"{DOMAIN}:{port}", "alibaba.com"), MemoryStore()
        url = market.thread("https://alibaba.com")
        target = Target("thread", "c", "thread", url, account, expects={"supplier": SUPPLIER})
        async with browser.tab(account) as tab:
            snapshot = await visit(
                target,
                tab=tab,
                site=Alibaba(),
                setup=VisitSetup(
                    store, SystemClock(), alias, lambda text: None, VisitOptions(walk_ms=60_000, older_ms=5_000)
                ),
            )
        page = stored_page(snapshot, store.get, alias)
        return Seen(snapshot, {fact.name: fact for fact in Alibaba().read("thread", page)}, store)

    with serve(market) as port:
        return runner.run(go(port))


@pytest.mark.parametrize("shape", SHAPES)
def test_every_message_is_read_from_the_pages_own_requests(runner: asyncio.Runner, browser: Browser, shape: str) -> None:
    market = Services("thread-of-120", date(2026, 7, 1), 0, shape=shape)
    seen = look(runner, browser, market, f"services-{shape}")
    assert (seen.snapshot.outcome, seen.snapshot.why) == ("complete", "")
    told, messages = market.said(), seen.facts["thread.messages"].value
    assert [m["id"] for m in messages] == [m["messageId"] for m in told]
    assert [m["text"].split() for m in messages] == [m["content"].split() for m in told]
    assert [int(m["sent_at"].earliest.timestamp() * 1000) for m in messages] == [m["sendTime"] for m in told]
    sides = {m["id"]: m["from"] for m in messages}
    assert {sides[m["messageId"]] for m in told if m["senderAliId"] == "2200418837755"} == {"buyer"}
    assert seen.facts["thread.complete"].value is True
    assert seen.facts["thread.with"].value == SUPPLIER
    assert not [body for body in seen.store.objects.values() if TICKET.encode() in body]


@pytest.mark.parametrize("shape", SHAPES)
def test_one_whose_older_messages_do_not_come_is_partial_and_read_all_the_same(
    runner: asyncio.Runner, browser: Browser, shape: str
) -> None:
    market = Services("thread-of-120", date(2026, 7, 1), 0, shape=shape, short=True)
    seen = look(runner, browser, market, f"short-{shape}")
    messages = seen.facts["thread.messages"].value
    assert [m["id"] for m in messages] == [m["messageId"] for m in market.said()][-20:]
    # An empty answer to a request for older ones is the end, unless the answer itself says that there is more.
    assert (seen.snapshot.outcome == "complete") is (shape == "weblite")
    assert seen.facts["thread.complete"].value is (shape == "weblite")
