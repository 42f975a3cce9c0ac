"""What a kept page leads to joins its case by itself: a later dispute, and a conversation named by its supplier."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.authority import Served
from fixtures.marketplace.scenarios import addresses
from tests.stories.desk import Desk, desk

pytestmark = pytest.mark.browser

BEFORE_THE_DISPUTE = 60


@pytest.fixture
def table(tmp_path: Path, authority: Served) -> Iterator[Desk]:
    with desk(tmp_path, authority, day=BEFORE_THE_DISPUTE) as made:
        made.init()
        yield made


def kinds(table: Desk) -> list[str]:
    said = table.run("capture", "--json")
    assert said.code == 0, said.out
    return [s["kind"] for s in said.json["snapshots"]]


def test_a_dispute_that_is_opened_later_is_found_and_visited_without_being_told(table: Desk) -> None:
    table.run("case", "open", table.order, "--order", table.pages["order"])
    assert kinds(table) == ["order"]
    table.market.day = table.market.story.today
    assert kinds(table) == ["order", "dispute"]
    assert kinds(table) == ["order", "dispute"], "it is one of the case's pages now, and not found twice"
    read = {f["name"] for f in table.run("facts", table.order, "--json").json["facts"] if f["state"] == "read"}
    assert "dispute.deadline" in read
    assert table.run("verify", "--json").json["ok"] is True


def test_off_a_terminal_watch_asks_nothing_and_takes_pages_that_open_without_signing_in(table: Desk) -> None:
    table.market.day = table.market.story.today
    said = table.run("watch", table.order, "--yes", "--json")
    assert said.code == 0, said.err
    assert {s["kind"]: s["outcome"] for s in said.json["snapshots"]} == dict.fromkeys(table.pages, "complete")
    assert said.json["today"][0]["case"] == table.order
    assert said.json["orders"][0]["supplier"] == table.market.story.supplier.company


def test_behind_a_sign_in_page_watch_opens_the_case_all_the_same_and_says_what_to_do(table: Desk) -> None:
    table.market.require_login = True
    said = table.run("watch", table.order, "--yes")
    assert said.code == 3
    assert "tradewitness login main" in said.err
    table.run("case", "set", table.order, "received_at=2026-09-30")
    assert table.run("deadlines", table.order, "--json").json["deadlines"]
    assert table.run("verify", "--json").json["ok"] is True


def test_a_conversation_named_by_its_supplier_is_found_in_the_list_of_conversations(table: Desk) -> None:
    """The list is what the named address shows here; it leads to the one conversation with that company."""
    company = table.market.story.supplier.company
    table.run("case", "open", table.order, "--thread", company)
    listed = addresses("led-fans", table.origin, whole=True)["conversations"]
    table.run("case", "open", "250861947301020000", "--thread", "Nobody Ltd.")
    said = table.run("capture", table.order, "--json")
    assert [(s["kind"], s["outcome"]) for s in said.json["snapshots"]] == [("thread", "complete")]
    other = table.run("capture", "250861947301020000", "--json")
    assert other.json["snapshots"][0]["outcome"] == "partial", "the open conversation is with somebody else"
    assert company in other.json["snapshots"][0]["why"]
    assert table.run("capture", "--url", listed, "--json").json["snapshots"][0]["kind"] == "conversations"
