"""An order of another site, from its page's address to a pack that verifies: with its own readers, words and deadlines."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.aliexpress.market import DOMAIN, Market
from fixtures.aliexpress.story import DISPUTE, ORDER, STORE, Story
from fixtures.authority import Served
from fixtures.marketplace.server import serve
from tests.stories.desk import Commands

pytestmark = pytest.mark.browser


@pytest.fixture
def table(tmp_path: Path, authority: Served) -> Iterator[tuple[Commands, str]]:
    with serve(Market(Story(datetime.now(UTC).date()))) as port:
        made = Commands(tmp_path, authority, f"{DOMAIN}:{port}=aliexpress.com")
        made.init()
        yield made, f"http://www.{DOMAIN}:{port}"


def test_an_order_of_the_second_site_goes_from_its_address_to_a_pack_that_verifies(table: tuple[Commands, str]) -> None:
    desk, origin = table
    watched = desk.run("watch", f"{origin}/p/order/detail.html?orderId={ORDER}", "--yes", "--json")
    assert watched.code == 0, watched.out + watched.err
    found = watched.json
    assert {s["kind"]: s["outcome"] for s in found["snapshots"]} == dict.fromkeys(
        ("order", "supplier", "product", "thread", "dispute"), "complete"
    )
    assert found["orders"][0]["supplier"] == STORE
    assert desk.run("capture", ORDER, "--url", f"{origin}/p/tracking/index.html?tradeOrderId={ORDER}").code == 0

    read = {f["name"]: f["value"] for f in desk.run("facts", ORDER, "--all", "--json").json["facts"] if f["state"] == "read"}
    assert read["dispute.id"] == DISPUTE
    assert read["tracking.delivered_at"]

    due = {d["id"]: d for d in desk.run("deadlines", ORDER, "--json").json["deadlines"]}
    assert due["claim"]["state"] == "met"
    assert due["supplier_answer"]["printed"], "the timer on the dispute page is the seller's"
    assert due["return_goods"]["state"] == "not_started"
    told = desk.run("deadlines", ORDER).out
    assert "AliExpress" in told
    assert "Alibaba" not in told

    checked = {f["id"]: f for f in desk.run("check", ORDER, "--reason", "not_as_described", "--json").json["findings"]}
    assert checked["coverage.order"]["text"] == "The order is a Buyer Protection order."
    assert checked["contact.not_as_described"]["verdict"] == "ok"
    assert not [id for id in checked if id.startswith(("contract.", "coverage.limit"))]

    made = desk.run("pack", ORDER, "--reason", "not_as_described", "-o", desk.folder, "--json")
    assert made.code == 0, made.err
    path = Path(made.json["path"])
    assert desk.run("verify", path, "--json").json["problems"] == []
    with zipfile.ZipFile(path) as pack:
        shown = next(name for name in pack.namelist() if name.endswith("data/index.html"))
        page = pack.read(shown).decode()
        read_there = [json.loads(pack.read(name)) for name in pack.namelist() if name.endswith("/facts.json")]
    assert "Buyer Protection" in page
    assert "Alibaba" not in page
    assert "Trade Assurance" not in page
    assert read_there
    assert all(fact["reader"].startswith("aliexpress.") for each in read_there for fact in each["facts"])
