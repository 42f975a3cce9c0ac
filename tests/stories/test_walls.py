"""What is never called complete: walls, challenges, missing pages, other orders, servers that are down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.authority import Served
from tests.stories.desk import Desk, desk

pytestmark = pytest.mark.browser


@pytest.fixture
def table(tmp_path: Path, authority: Served) -> Iterator[Desk]:
    with desk(tmp_path, authority) as made:
        made.init()
        yield made


WALLS = {
    "a sign-in page": ("login", "blocked", 3),
    "a challenge": ("challenge", "blocked", 3),
    "a missing page": ("not_found", "partial", 4),
    "a question of consent": ("consent", "blocked", 3),
    "a question of region": ("region", "blocked", 3),
    "an order that is not there": ("no_order", "partial", 4),
    "a site being worked on": ("503", "partial", 4),
    "a broken server": ("500", "partial", 4),
    "a connection that breaks": ("reset", "failed", 4),
}


@pytest.mark.parametrize("name", WALLS)
def test_what_is_not_the_page_is_never_complete(table: Desk, name: str) -> None:
    fault, outcome, code = WALLS[name]
    table.market.faults["order"] = fault
    table.run("case", "open", table.order, "--order", table.pages["order"])
    said = table.run("capture", "--json")
    snapshot = said.json["snapshots"][0]
    assert (snapshot["outcome"], said.code) == (outcome, code)
    assert snapshot["why"].endswith(".")
    assert not [f for f in table.run("facts", table.order, "--json").json["facts"] if f["state"] == "read"]
    assert table.run("verify", "--json").json["ok"] is True


def test_another_orders_page_is_not_this_orders(table: Desk) -> None:
    table.run("case", "open", "250861947301020000", "--order", table.pages["order"])
    said = table.run("capture", "--json")
    assert said.json["snapshots"][0]["outcome"] == "partial"
    assert table.order in said.json["snapshots"][0]["why"]


def test_a_wall_stops_only_its_own_account_and_the_night_goes_on(table: Desk) -> None:
    table.open_case("--account", "main")
    table.run("case", "open", "250861947301020000", "--product", table.pages["product"], "--account", "other")
    table.market.faults["order"] = "challenge"
    said = table.run("nightly", "--json")
    outcomes = {(s["case"], s["kind"]): s["outcome"] for s in said.json["snapshots"]}
    assert outcomes[table.order, "order"] == "blocked"
    assert (table.order, "dispute") not in outcomes
    assert outcomes["250861947301020000", "product"] == "complete"
    assert said.code == 3
    assert "stopped since" in table.run().out
    again = table.run("nightly", "--json")
    assert all("main is paused" in text for text in again.json["skipped"])
    assert len(again.json["skipped"]) == 5


def test_a_persons_own_capture_ends_the_pause(table: Desk) -> None:
    table.run("case", "open", table.order, "--order", table.pages["order"])
    table.market.faults["order"] = "login"
    assert table.run("capture").code == 3
    table.market.faults.clear()
    assert table.run("capture").code == 0
    assert table.run("nightly", "--json").json["skipped"] == []


def test_without_a_browser_the_sentence_says_what_to_do_and_nothing_is_lost(table: Desk) -> None:
    table.open_case()
    table.environment["TRADEWITNESS_BROWSER"] = "/nowhere/chrome"
    said = table.run("capture")
    assert said.code == 3
    assert "/nowhere/chrome" in said.err
    assert table.run("verify", "--json").json["ok"] is True


def test_one_page_can_be_kept_without_a_case(table: Desk) -> None:
    said = table.run("capture", "--url", table.pages["product"], "--json")
    assert said.code == 0
    assert said.json["snapshots"][0]["kind"] == "product"
    read = table.run("facts", said.json["snapshots"][0]["id"], "--json").json["facts"]
    assert any(f["name"] == "product.title" and f["state"] == "read" for f in read)


def test_two_nights_at_once_are_refused(table: Desk) -> None:
    from filelock import FileLock

    table.open_case()
    with FileLock(table.archive / ".nightly.lock"):
        said = table.run("nightly")
    assert said.code == 2
    assert "Another night" in said.err
