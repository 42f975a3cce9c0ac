"""Conversations in a messenger that keeps only what is near the view in the document, walked by a real Chromium."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import pytest

from casework.withholding import private_of
from collector.alias import Alias
from collector.browser.launch import Browser
from collector.capture.stored import stored_page
from collector.capture.visit import VisitOptions, visit
from collector.clock import SystemClock
from collector.model import Fact, Snapshot, Target
from collector.site import StoredPage
from collector.sites.alibaba import Alibaba
from collector.wacz import write_wacz
from fixtures.marketplace.app import DOMAIN, NEWS_TEXT, Marketplace
from fixtures.marketplace.neighbours import CONTACTS
from fixtures.marketplace.pages import history
from fixtures.marketplace.scenarios import addresses
from fixtures.marketplace.server import serve
from tests.collector.capture.fake import MemoryStore
from tests.decoded import holding

pytestmark = pytest.mark.browser
BASE = date(2026, 7, 1)
BUSY = "thread-of-120"


@dataclass
class Walk:
    """What came of one visit to the thread, and the marketplace that was asked."""

    snapshot: Snapshot
    page: StoredPage
    market: Marketplace
    store: MemoryStore

    @property
    def facts(self) -> dict[str, Fact]:
        return {fact.name: fact for fact in Alibaba().read("thread", self.page)}

    @property
    def ids(self) -> list[str]:
        return [message["id"] for message in self.facts["thread.messages"].value]

    def step(self, name: str) -> tuple[str, str]:
        return next((s.outcome, s.why) for s in self.snapshot.steps if s.name == name)


def walk(runner: asyncio.Runner, browser: Browser, market: Marketplace, account: str, **bounds: int) -> Walk:
    """Visits the market's thread as an account of its own."""

    async def go(port: int) -> Walk:
        alias, store = Alias(f"{DOMAIN}:{port}", "alibaba.com"), MemoryStore()
        url = addresses(market.scenario, "https://alibaba.com")["thread"]
        async with browser.tab(account) as tab:
            snapshot = await visit(
                Target("thread", "c", "thread", url, account), tab=tab, site=Alibaba(), store=store, clock=SystemClock(),
                alias=alias, options=VisitOptions(**bounds), progress=lambda text: None,
            )  # fmt: skip
        return Walk(snapshot, stored_page(snapshot, store.get, alias), market, store)

    with serve(market) as port:
        return runner.run(go(port))


def told(market: Marketplace) -> list[str]:
    """The server's own list."""
    count = len(market.story.messages)
    messages = history(market.scenario, market.day, -1, count, base=BASE, origin="http://alibaba.localhost")["messages"]
    return [m["messageId"] for m in messages]


@pytest.fixture(scope="module")
def busy(runner: asyncio.Runner, browser: Browser) -> Walk:
    return walk(runner, browser, Marketplace(BUSY, BASE, 0), "busy")


def test_every_message_is_there_once_in_the_servers_order(busy: Walk) -> None:
    assert (busy.snapshot.outcome, busy.snapshot.why) == ("complete", "")
    assert busy.ids == told(busy.market)
    assert busy.facts["thread.complete"].value is True


def test_no_single_stretch_holds_the_conversation(busy: Walk) -> None:
    """Else the test above would say nothing of joining."""
    assert len(busy.page.stretches) > 3
    assert max(s.html.count(b"messageId") for s in busy.page.stretches) < 60


def test_each_stretch_has_its_picture(busy: Walk) -> None:
    count = Counter(artefact.role for artefact in busy.snapshot.artefacts)
    assert count["screen"] == count["stretch"] == len(busy.page.stretches)
    assert len({a.digest for a in busy.snapshot.artefacts if a.role == "screen"}) == count["screen"]


def test_what_the_server_said_agrees_with_what_was_shown_and_gives_the_exact_time(busy: Walk) -> None:
    assert busy.facts["thread.disagreements"].value == ()
    assert busy.facts["thread.unshown"].value == ()
    sent = [message["sent_at"] for message in busy.facts["thread.messages"].value]
    assert all(time.earliest == time.latest for time in sent)
    assert [time.earliest for time in sent] == sorted(time.earliest for time in sent)


def test_files_are_kept_at_full_size_and_each_was_asked_for_once(busy: Walk) -> None:
    carried = [a for m in busy.facts["thread.messages"].value for a in m["attachments"] if a["kind"] in ("image", "file")]
    assert carried
    for attachment in carried:
        data = busy.store.get(attachment["digest"])
        assert data.startswith(b"%PDF" if attachment["kind"] == "file" else b"\x89PNG")
    paths = Counter(r.path for r in busy.market.log)
    assert max(paths.values()) == 1
    assert {r.user_agent for r in busy.market.log} == {busy.snapshot.visit.browser["user_agent"]}


def test_nothing_is_asked_for_that_the_page_itself_would_not_ask_for_but_files(busy: Walk) -> None:
    asked = {r.path.partition("?")[0] for r in busy.market.log}
    page = {"/message/messenger.htm", "/favicon.ico", "/api/panel.json", "/api/messages.json", "/socket"}
    page |= {"/api/contacts.json"}
    page |= {f"/assets/{name}" for name in ("site.css", "site.js", "messenger.js")}
    assert all(path.startswith("/kf/") for path in asked - page)
    ours = [path for path in asked if path.endswith((".png", ".pdf"))]
    assert len([p for p in ours if "_220x220" not in p]) == len({a["digest"] for m in busy.facts["thread.messages"].value
                                                                for a in m["attachments"] if a["digest"]})  # fmt: skip


def test_other_conversations_beside_it_are_marked(busy: Walk) -> None:
    assert "shows other conversations too" in busy.step("identify")[1]
    assert Alibaba().shows_others(busy.page)


def test_of_a_web_archive_for_others_eyes_nothing_of_the_conversations_beside_it_is_left(busy: Walk) -> None:
    """Its own messages are, as they were sent; without the judgement everybody's are."""
    private = private_of(Alibaba(), busy.store, Alias(), [busy.snapshot])
    own, everything = BytesIO(), BytesIO()
    assert write_wacz([busy.snapshot], busy.store.get, own, private) < write_wacz(
        [busy.snapshot], busy.store.get, everything
    )
    words = {NEWS_TEXT, CONTACTS[0].name, CONTACTS[1].company}
    message = busy.facts["thread.messages"].value[-1]["id"]
    assert holding([("own", own.getvalue())], words | {message}) == {("own", message)}
    assert {word for _, word in holding([("everything", everything.getvalue())], words | {message})} == words | {message}


def test_no_token_of_the_socket_or_the_page_is_stored(busy: Walk) -> None:
    stored = b"".join(busy.store.objects.values())
    assert not [secret for secret in busy.market.secrets_sent() if secret.encode() in stored]


def test_a_walk_that_is_interrupted_is_partial_and_keeps_the_stretch_that_is_there(
    runner: asyncio.Runner, browser: Browser
) -> None:
    seen = walk(runner, browser, Marketplace(BUSY, BASE, 0, stalls_after=1), "cut", older_ms=1_000)
    whole = told(seen.market)
    assert seen.snapshot.outcome == "partial"
    assert "its start was not reached: no older messages came" in seen.snapshot.why
    assert seen.ids == whole[-len(seen.ids) :]
    assert 40 < len(seen.ids) < len(whole)
    assert seen.facts["thread.complete"].state == "not_shown"
