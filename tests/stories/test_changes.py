"""A supplier turns over night, seen by a real browser: every change is found, framed in the pictures, and packed."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.authority import Served
from tests.rules.changes.looks import asked_for
from tests.stories.desk import Desk, desk

pytestmark = pytest.mark.browser
HARM = [
    "dispute.deadline", "message.edited", "message.recalled", "order.ship_by", "product.attributes", "product.badge",
    "product.price_tiers", "product.title", "supplier.badge", "supplier.limit", "supplier.limit",
]  # fmt: skip


def changes(table: Desk) -> list[dict[str, Any]]:
    said = table.run("changes", "fans", "--json")
    assert said.code == 0
    return list(said.json["changes"])


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("turned"), authority, "supplier-turns") as table:
        table.init()
        table.open_case()
        look(table, 75)
        assert changes(table) == []
        look(table, 76)
        look(table, 77)
        yield table


def look(table: Desk, day: int) -> None:
    table.market.day = day
    assert table.run("capture", "fans").code == 0


@pytest.mark.proof  # without a browser in tests/casework/asking/test_changes_in_noise.py
def test_two_views_of_the_same_pages_each_with_its_own_noise_make_no_change(tmp_path: Path, authority: Served) -> None:
    with desk(tmp_path, authority, "supplier-turns") as table:
        table.init()
        table.open_case()
        look(table, 75)
        look(table, 75)
        assert changes(table) == []


def test_what_the_supplier_did_is_found_and_rests_on_sealed_visits(turned: Desk) -> None:
    found = changes(turned)
    assert sorted(change["name"] for change in found if change["adverse"]) == HARM
    assert all(change["sealed"] for change in found)


def test_check_and_pack_tell_it(turned: Desk, tmp_path: Path) -> None:
    told = {f["id"] for f in turned.run("check", "fans", "--json").json["findings"] if f["verdict"] == "problem"}
    assert {f"change.{name}" for name in HARM} <= told
    out = tmp_path / "fans.zip"
    assert turned.run("pack", "fans", "--reason", "late", "-o", out).code == 0
    assert turned.run("verify", out).code == 0
    with zipfile.ZipFile(out) as bag:
        inside = {name.partition("/")[2]: name for name in bag.namelist()}
        rows = json.loads(bag.read(inside["data/timeline.json"]))["rows"]
        viewer = bag.read(inside["data/index.html"]).decode()
    shown = [row for row in rows if row["kind"] == "change"]
    assert sorted(row["ref"] for row in shown) == HARM
    assert all(len(row["source"].split(", ")) == 2 for row in shown)
    assert "What was changed on the pages" in viewer


def test_the_page_frames_each_fact_where_it_stood_before_and_stands_now(turned: Desk, tmp_path: Path) -> None:
    out = tmp_path / "changes.html"
    assert turned.run("changes", "fans", "--html", out).code == 0
    html = out.read_text("utf-8")
    assert asked_for(html) == []
    framed = html.count('alt="Before: ')
    assert framed >= 7  # all but the messages and the lists, whose place is not one box
    assert html.count("Both laid over each other") >= 4
