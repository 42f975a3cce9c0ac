"""Conversations in a messenger that keeps only what is near the view in the document, walked by a real Chromium."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops

from casework.proving.decoded import seen_in
from collector.alias import Alias
from collector.browser.launch import Browser
from collector.capture.visit import VisitOptions, VisitSetup, visit
from collector.clock import SystemClock
from collector.model import Fact, Snapshot, Target
from collector.reading.stored import stored_page
from collector.reading.withheld import private_of
from collector.site import StoredPage
from collector.sites.alibaba import Alibaba
from collector.sites.table import site_named
from collector.wacz import write_wacz
from fixtures.marketplace.app import DOMAIN, NEWS_TEXT, Marketplace, Receive, Scope, Send
from fixtures.marketplace.neighbours import CONTACTS
from fixtures.marketplace.pages import history
from fixtures.marketplace.scenarios import addresses
from fixtures.marketplace.server import serve
from rules.pack.redact.boxes import DrawnText, covering_of
from rules.pack.redact.redactor import WORD, Known, Redactor
from rules.pack.render.copies import Stamp, conversation_copies
from tests.collector.capture.fake import MemoryStore
from tests.decoding import holding

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


class _Toasting(Marketplace):
    """A marketplace on which news of another conversation lie over the open one."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        toast = b"<div style='position:fixed;left:600px;top:400px;pointer-events:none'>Leo Shen: your boxes are ready</div>"

        async def adding(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [pair for pair in message["headers"] if pair[0] != b"content-length"]
            if message.get("body", b"").rstrip().endswith(b"</html>"):
                message["body"] = message["body"].replace(b"</body>", toast + b"</body>")
            await send(message)

        await super().__call__(scope, receive, adding)


def walk(runner: asyncio.Runner, browser: Browser, market: Marketplace, account: str, **bounds: int) -> Walk:
    """Visits the market's thread as an account of its own."""

    async def go(port: int) -> Walk:
        alias, store = Alias(f"{DOMAIN}:{port}", "alibaba.com"), MemoryStore()
        url = addresses(market.scenario, "https://alibaba.com")["thread"]
        async with browser.tab(account) as tab:
            snapshot = await visit(
                Target("thread", "c", "thread", url, account),
                tab=tab,
                site=Alibaba(),
                setup=VisitSetup(store, SystemClock(), alias, lambda text: None, VisitOptions(**bounds)),
            )
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


def test_each_picture_begins_where_the_one_before_ends_or_sooner(busy: Walk) -> None:
    """Else a message could be in the markup and in no picture."""
    screens = [a for a in busy.snapshot.artefacts if a.role == "screen"]
    assert all(screen.pane for screen in screens)
    assert all(0 < moved < pane[3] for a in screens[1:] if (moved := a.moved) is not None and (pane := a.pane))
    assert len([a for a in screens if a.moved is None]) == 1


def test_what_is_drawn_over_the_conversation_leaves_it_without_a_pane(runner: asyncio.Runner, browser: Browser) -> None:
    """What was there when the picture was taken must not be cut out as the conversation's own."""
    seen = walk(runner, browser, _Toasting(BUSY, BASE, 0), "toast")
    assert seen.snapshot.outcome == "complete"
    assert {a.pane for a in seen.snapshot.artefacts if a.role == "screen"} == {None}


def test_of_a_conversation_beside_others_its_own_stretches_are_shown_and_its_pictures_are_cropped(busy: Walk) -> None:
    """The pictures themselves show the others; what is cut out of them and joined shows every message once."""
    private = private_of(site_named, busy.store, Alias(), [busy.snapshot])[busy.snapshot.id]
    screens = tuple(a for a in busy.snapshot.artefacts if a.role == "screen")
    assert {part for role, part in private.parts if role == "screen"} == {a.part for a in screens} == set(private.cropped)
    assert not any(role == "stretch" for role, _ in private.parts)
    copies = conversation_copies(screens, private.cropped, busy.store.get, lambda used: Stamp("A02", (), ""))
    pictures = [Image.open(BytesIO(copy)) for copy in copies]
    assert {picture.width for picture in pictures} == {pane[2] for a in screens if (pane := a.pane)}
    walked = sum(a.moved or 0 for a in screens) + (screens[-1].pane or (0, 0, 0, 0))[3]
    assert walked <= sum(picture.height for picture in pictures) < walked + 150 * len(pictures)


def test_a_word_of_the_conversation_can_be_blackened_at_every_stop_that_shows_it(busy: Walk) -> None:
    """Each stop's texts are kept with their places, and hold all that its source shows of the word."""
    kept = {(a.role, a.part): busy.store.get(a.digest) for a in busy.snapshot.artefacts if a.role in ("stretch", "layout")}
    stops = range(len(kept) // 2)
    words = [word for message in busy.facts["thread.messages"].value for word in message["text"].split() if word.isalpha()]
    redactor = Redactor((Known(max(words, key=len), WORD),))
    covers = {}
    for stop in stops:
        drawn = [DrawnText(path, text, (x, y, w, h)) for path, x, y, w, h, text in json.loads(kept["layout", stop])]
        covering = covering_of(drawn, [seen_in(kept["stretch", stop].decode())], redactor)
        assert covering.known
        covers[stop] = covering.areas
    assert any(covers.values())
    screens = tuple(a for a in busy.snapshot.artefacts if a.role == "screen")
    plain, black = (
        [Image.open(BytesIO(one)).convert("L") for one in conversation_copies(
            screens, tuple(stops), busy.store.get, lambda used: Stamp("A02", (), ""), own)]
        for own in ({}, covers)
    )  # fmt: skip
    changed = [ImageChops.difference(one, other).getbbox() for one, other in zip(plain, black, strict=True)]
    assert any(changed)
    inked = [one for one, box in zip(black, changed, strict=True) if box and one.crop(box).getextrema()[0] == 0]
    assert len(inked) == len([box for box in changed if box])


def test_other_conversations_beside_it_are_marked(busy: Walk) -> None:
    assert "shows other conversations too" in busy.step("identify")[1]
    assert Alibaba().shows_others(busy.page)


def test_of_a_web_archive_for_others_eyes_nothing_of_the_conversations_beside_it_is_left(busy: Walk) -> None:
    """Its own messages are, as they were sent; without the judgement everybody's are."""
    private = private_of(site_named, busy.store, Alias(), [busy.snapshot])
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
    assert seen.facts["thread.complete"].value is False
