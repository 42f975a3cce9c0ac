"""A page that was kept in part is read, searched, flagged and packed, with words for what is missing; a gap is no claim."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from collector.capture.tab import Picture, Stretch, TabError
from fixtures.authority import Served
from tests.paper_desk import PaperDesk, PaperTab

pytestmark = pytest.mark.stories

OTHER = "199999999999999999"
START = re.compile(r"<div class=\"history-start\">[^<]*</div>")
UNPROVEN = "its start was not reached: the page does not say that it starts here"
TIMER = re.compile(
    r'"deadline": "[^"]*", "deadlineLabel": "[^"]*", "remaining": "[^"]*", |<div class="dispute-deadline.*?</div>', re.S
)
NO_PICTURES = TabError("the browser's answer took longer than 30 s")


@dataclass
class _Thread(PaperTab):
    """A messenger that shows its messages and never says that the conversation starts here."""

    def changed(self, kind: str) -> None:
        if kind == "thread":
            self.html = START.sub("", self.html)
            picture = Picture(b"\x89PNG a picture", 0, 0, 1280, 2048)
            self.stretches = (Stretch(self.html, ("1",), picture, joins=True, start=False),)


@dataclass
class _NamelessThread(_Thread):
    """The same, and nothing on it says with whom it is."""

    def changed(self, kind: str) -> None:
        super().changed(kind)
        self.html = self.html.replace("contact-company", "x").replace("data-contact-id", "data-x")


def tab_of(kind: str, change: Callable[[PaperTab], None]) -> type[PaperTab]:
    """Tabs on which the page of that kind is changed so."""

    class Changed(PaperTab):
        def changed(self, shown: str) -> None:
            if shown == kind:
                change(self)

    return Changed


def without_pictures(tab: PaperTab) -> None:
    tab.faults = {"pictures": NO_PICTURES}


def without_timer(tab: PaperTab) -> None:
    tab.html = TIMER.sub("", tab.html)


def in_part_without_timer(tab: PaperTab) -> None:
    without_timer(tab)
    without_pictures(tab)


@pytest.fixture
def desk(tmp_path: Path, authority: Served) -> PaperDesk:
    made = PaperDesk(tmp_path, authority)
    made.begin()
    return made


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> PaperDesk:
    """A case whose conversation was kept in part."""
    made = PaperDesk(tmp_path_factory.mktemp("thread"), authority, ("order", "thread", "dispute"))
    made.begin()
    assert made.run("capture", made.order, make_tab=_Thread).code == 4
    return made


def facts(desk: PaperDesk, what: str = "") -> list[dict[str, Any]]:
    return list(desk.did("facts", what or desk.order)["facts"])


def named(desk: PaperDesk, name: str, what: str = "") -> list[dict[str, Any]]:
    return [fact for fact in facts(desk, what) if fact["name"] == name]


def captured(desk: PaperDesk, tab: type[PaperTab], kind: str) -> dict[str, Any]:
    said = desk.run("capture", desk.order, "--json", make_tab=tab)
    return next(snapshot for snapshot in said.json["snapshots"] if snapshot["kind"] == kind)


def finding(desk: PaperDesk, id: str, *options: str) -> dict[str, Any]:
    answer = desk.did("check", desk.order, *options)
    return next(f for f in answer["findings"] if f["id"] == id)


# -- a conversation whose start cannot be proven reached ------------------------------------------------------------------


def test_a_conversation_whose_start_is_not_proven_gives_its_messages_and_says_that_it_is_not_whole(told: PaperDesk) -> None:
    messages, complete = named(told, "thread.messages")[0], named(told, "thread.complete")[0]
    assert (messages["state"], complete["state"], complete["value"]) == ("read", "read", False)
    assert len(messages["value"]) > 20
    assert UNPROVEN in messages["lacks"]
    assert named(told, "thread.messages", messages["snapshot"])[0]["value"] == messages["value"]
    assert UNPROVEN in told.run("facts", told.order).out.replace("\n", " ")


def test_its_messages_are_flagged_and_each_finding_says_that_the_start_was_not_reached(told: PaperDesk) -> None:
    findings = told.did("check", told.order, "--reason", "damaged")["findings"]
    heard = [f for f in findings if f["id"].startswith(("redflag.", "admission.", "own."))]
    assert heard
    assert all(UNPROVEN in f["text"] for f in findings if "thread.messages" in f["facts"])


def test_its_messages_are_found_with_what_is_missing_beside_them(told: PaperDesk) -> None:
    hit = next(hit for hit in told.did("search", "sample", "approved")["hits"] if hit["source"] == "message")
    assert UNPROVEN in hit["lacks"]
    assert UNPROVEN in told.run("search", "sample", "approved").out


def test_today_and_next_say_which_page_was_kept_in_part_and_what_is_missing(told: PaperDesk) -> None:
    for command in ((), ("next", told.order)):
        said = f"the Message Center conversation was kept in part: the conversation is not whole: {UNPROVEN}"
        assert said in told.run(*command).out


def test_that_no_delay_was_agreed_is_not_concluded_from_it(told: PaperDesk) -> None:
    found = finding(told, "late.thread", "--reason", "late")
    assert found["verdict"] == "undetermined"
    assert UNPROVEN in found["text"]


def test_a_pack_shows_its_messages_and_says_beside_them_that_the_start_was_not_reached(told: PaperDesk) -> None:
    out = told.folder / "thread.zip"
    told.did("pack", told.order, "--reason", "late", "-o", out)
    assert told.run("verify", out, "--deep").code == 0
    with zipfile.ZipFile(out) as bag:
        members = {name.partition("/")[2]: bag.read(name).decode("utf-8", "replace") for name in bag.namelist()}
    page = members["data/index.html"]
    conversation = page[page.index('id="conversation"') : page.index('id="deadlines"')]
    assert f"The conversation is not whole: {UNPROVEN}. More may have been written" in conversation
    assert "The sample is approved" in conversation
    exhibit = page[page.index('id="A02"') : page.index('id="A03"')]
    assert f"The page was kept in part: the conversation is not whole: {UNPROVEN}." in exhibit
    assert "The first message that is kept; the conversation is not whole" in members["data/timeline.csv"]
    assert "A02 message center conversation (kept in part)" in members["data/submission/statement.txt"]
    assert UNPROVEN in members["data/certificate.md"]
    assert '"lacks":"The conversation is not whole' in members["data/exhibits/A02-thread/facts.json"]


def test_a_conversation_that_does_not_say_with_whom_it_is_is_read_and_says_so(tmp_path: Path, authority: Served) -> None:
    desk = PaperDesk(tmp_path, authority, ())
    desk.begin()
    desk.did("case", "set", desk.order, "--thread", "Foshan Brightwing Electric Appliance Co., Ltd.")
    assert captured(desk, _NamelessThread, "thread")["outcome"] == "partial"
    [messages] = named(desk, "thread.messages")
    assert messages["state"] == "read"
    assert "does not say which one it is" in messages["lacks"]
    assert UNPROVEN in messages["lacks"]


def test_messages_are_read_where_the_source_of_the_page_around_them_was_not_to_be_had(
    tmp_path: Path, authority: Served
) -> None:
    class Sourceless(_Thread):
        def changed(self, kind: str) -> None:
            super().changed(kind)
            self.faults = {"documents": NO_PICTURES}

    desk = PaperDesk(tmp_path, authority, ("thread",))
    desk.begin()
    assert captured(desk, Sourceless, "thread")["outcome"] == "partial"
    [messages] = named(desk, "thread.messages")
    assert len(messages["value"]) > 20
    assert "Missing: the page's source" in messages["lacks"]
    desk.did("pack", desk.order, "-o", tmp_path / "sourceless.zip")
    assert desk.run("verify", tmp_path / "sourceless.zip", "--deep").code == 0


def test_another_suppliers_conversation_gives_nothing(tmp_path: Path, authority: Served) -> None:
    desk = PaperDesk(tmp_path, authority, ("thread",))
    desk.begin()
    other = tab_of("thread", lambda tab: setattr(tab, "html", tab.html.replace("200418837755", "200418837000")))
    assert captured(desk, other, "thread")["outcome"] == "partial"
    assert facts(desk) == []


# -- an order page that only its address names ----------------------------------------------------------------------------


def test_an_order_page_known_by_its_address_only_is_read_and_says_so(desk: PaperDesk) -> None:
    silent = tab_of("order", lambda tab: setattr(tab, "html", tab.html.replace(desk.order, "")))
    seen = captured(desk, silent, "order")
    assert "the page itself shows no order number" in seen["why"]
    assert named(desk, "order.status")[0]["state"] == "read"
    assert named(desk, "order.number")[0]["state"] != "read"
    desk.did("pack", desk.order, "-o", desk.folder / "order.zip")
    with zipfile.ZipFile(desk.folder / "order.zip") as bag:
        index = next(name for name in bag.namelist() if name.endswith("data/index.html"))
        assert "the page itself shows no order number" in bag.read(index).decode()


def test_an_order_page_that_has_not_filled_in_is_not_complete_though_its_address_is_right(desk: PaperDesk) -> None:
    empty = tab_of("order", lambda tab: setattr(tab, "html", "<body><div id='order-detail'></div>Loading</body>"))
    assert captured(desk, empty, "order")["outcome"] == "partial"
    assert not [fact for fact in facts(desk) if fact["name"].startswith("order.") and fact["state"] in ("read", "not_shown")]


@pytest.mark.parametrize("page", ["another order's", "a wall's", "a missing page's"])
def test_what_another_page_says_is_no_fact(desk: PaperDesk, page: str) -> None:
    def change(tab: PaperTab) -> None:
        if page == "another order's":
            tab.html = tab.html.replace(desk.order, OTHER)
        else:
            tab.html = tab.html.replace(desk.order, "")
            tab.status = 401 if page == "a wall's" else 404

    captured(desk, tab_of("order", change), "order")
    assert not [fact for fact in facts(desk) if fact["name"].startswith("order.")]


def test_an_order_page_kept_in_part_still_leads_to_its_dispute(tmp_path: Path, authority: Served) -> None:
    desk = PaperDesk(tmp_path, authority, ("order",))
    desk.begin()
    assert captured(desk, tab_of("order", without_pictures), "order")["outcome"] == "partial"
    assert named(desk, "dispute.deadline")[0]["state"] == "read"


# -- a timer --------------------------------------------------------------------------------------------------------------


def test_a_timer_that_only_a_later_partial_visit_shows_counts_and_says_so_everywhere(desk: PaperDesk) -> None:
    whole = captured(desk, tab_of("dispute", without_timer), "dispute")
    part = captured(desk, tab_of("dispute", without_pictures), "dispute")
    assert (whole["outcome"], part["outcome"]) == ("complete", "partial")
    timers = named(desk, "dispute.deadline")
    assert [(f["state"], f["snapshot"]) for f in timers] == [("read", part["id"])]
    assert "Missing: pictures" in timers[-1]["lacks"]
    assert {f["snapshot"] for f in named(desk, "dispute.status")} == {whole["id"]}
    evidence = next(d for d in desk.did("deadlines", desk.order)["deadlines"] if d["id"] == "evidence")
    assert (evidence["printed"], evidence["state"]) == (True, "due_soon")
    assert "Missing: pictures" in evidence["lacks"]
    assert "kept in part: missing: pictures" in evidence["basis"]
    assert "kept in part: missing: pictures" in desk.run("deadlines", desk.order).out
    today = desk.run()
    assert today.code == 6
    assert "(from a page kept in part)" in today.out
    assert "the dispute page was kept in part: missing: pictures" in today.out
    desk.did("pack", desk.order, "-o", desk.folder / "timer.zip")
    with zipfile.ZipFile(desk.folder / "timer.zip") as bag:
        members = {name.partition("/")[2]: bag.read(name).decode("utf-8", "replace") for name in bag.namelist()}
    page = members["data/index.html"]
    assert {"data/exhibits/A02-dispute/snapshot.json", "data/exhibits/A03-dispute/snapshot.json"} <= members.keys()
    assert "A03, kept in part" in page
    assert "page kept in part: missing: pictures" in page


def test_a_partial_visit_that_does_not_show_the_timer_takes_nothing_away(desk: PaperDesk) -> None:
    captured(desk, PaperTab, "dispute")
    before = desk.did("deadlines", desk.order)["deadlines"]
    part = captured(desk, tab_of("dispute", in_part_without_timer), "dispute")
    assert part["outcome"] == "partial"
    assert named(desk, "dispute.deadline", part["id"])[0]["state"] == "unreadable"
    assert not [f for f in facts(desk, part["id"]) if f["state"] == "not_shown"]
    after = desk.did("deadlines", desk.order)["deadlines"]
    assert [(d["id"], d["act_by"], d["state"]) for d in after] == [(d["id"], d["act_by"], d["state"]) for d in before]
    assert not [f for f in desk.did("check", desk.order)["findings"] if f["id"] == "timer.unreadable"]


def test_the_newest_whole_visit_counts_before_a_later_partial_one_that_says_the_same(desk: PaperDesk) -> None:
    whole = captured(desk, PaperTab, "dispute")
    captured(desk, tab_of("dispute", without_pictures), "dispute")
    assert {fact["snapshot"] for fact in facts(desk) if fact["name"].startswith("dispute.")} == {whole["id"]}
    assert not [fact for fact in facts(desk) if fact["lacks"]]
