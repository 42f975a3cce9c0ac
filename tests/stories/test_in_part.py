"""A conversation whose older messages stop coming is read, flagged, found and packed, and never said to be whole."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.authority import Served
from tests.stories.desk import Desk, desk

pytestmark = pytest.mark.browser
# Why differs with how fast the machine is: no older messages came, or the list could not be moved any more.
UNREACHED = "its start was not reached: "


@pytest.fixture(scope="module")
def stalled(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("stalled"), authority, "thread-of-120") as table:
        table.init()
        table.pages = {kind: table.pages[kind] for kind in ("order", "thread")}
        table.open_case()
        table.market.stalls_after = 1
        said = table.run("capture", "fans", "--json")
        outcomes = {s["kind"]: s["outcome"] for s in said.json["snapshots"]}
        assert (said.code, outcomes["thread"], outcomes["order"]) == (4, "partial", "complete")
        yield table


def thread(table: Desk) -> dict[str, Any]:
    return {f["name"]: f for f in table.run("facts", "fans", "--json").json["facts"] if f["name"].startswith("thread.")}


def test_the_messages_that_came_are_facts_and_the_conversation_is_not_called_whole(stalled: Desk) -> None:
    facts = thread(stalled)
    assert 40 < len(facts["thread.messages"]["value"]) < 120
    assert facts["thread.complete"]["value"] is False
    assert all(UNREACHED in fact["lacks"] for fact in facts.values())
    alone = stalled.run("facts", facts["thread.messages"]["snapshot"], "--json").json["facts"]
    assert next(f for f in alone if f["name"] == "thread.messages") == facts["thread.messages"]


def test_check_search_and_today_say_that_its_start_was_not_reached(stalled: Desk) -> None:
    findings = stalled.run("check", "fans", "--reason", "late", "--json").json["findings"]
    resting = [f for f in findings if "thread.messages" in f["facts"]]
    assert resting
    assert all(UNREACHED in f["text"] for f in resting)
    assert next(f for f in findings if f["id"] == "late.thread")["verdict"] == "undetermined"
    word = re.findall(r"[A-Za-z]{6,}", thread(stalled)["thread.messages"]["value"][-1]["text"])[0]
    hits = [h for h in stalled.run("search", word, "--json").json["hits"] if h["source"] == "message"]
    assert hits
    assert all(UNREACHED in hit["lacks"] for hit in hits)
    assert (
        f"the Message Center conversation was kept in part: the conversation is not whole: {UNREACHED}" in stalled.run().out
    )


def test_a_pack_holds_its_messages_and_pictures_and_says_what_is_missing_and_is_verified(
    stalled: Desk, tmp_path: Path
) -> None:
    out = tmp_path / "stalled.zip"
    said = stalled.run("pack", "fans", "--reason", "late", "-o", out)
    assert said.code == 0, said.err
    assert stalled.run("verify", out, "--deep").code == 0
    with zipfile.ZipFile(out) as bag:
        members = {name.partition("/")[2]: bag.read(name) for name in bag.namelist()}
    page = members["data/index.html"].decode()
    conversation = page[page.index('id="conversation"') : page.index('id="deadlines"')]
    assert UNREACHED in conversation.partition("<table")[0]
    assert conversation.count('class="when small"') == len(thread(stalled)["thread.messages"]["value"])
    assert UNREACHED in members["data/timeline.csv"].decode()
    assert any(re.fullmatch(r"data/exhibits/A02-thread/copy-\d+\.png", name) for name in members)
