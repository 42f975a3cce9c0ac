"""A supplier turns over night, seen by a real browser: every change is found, framed in the pictures, and packed."""

from __future__ import annotations

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


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("turned"), authority, "supplier-turns") as table:
        table.init()
        table.open_case()
        for day in (75, 75, 76, 77):
            table.market.day = day
            assert table.run("capture", "fans").code == 0
        yield table


def changes(table: Desk) -> list[dict[str, Any]]:
    said = table.run("changes", "fans", "--json")
    assert said.code == 0
    return list(said.json["changes"])


def test_what_the_supplier_did_is_found_and_an_unchanged_view_has_no_change(turned: Desk) -> None:
    found = changes(turned)
    assert sorted(change["name"] for change in found if change["adverse"]) == HARM
    first = min(change["to"]["at"] for change in found)
    looks = [s["at"] for s in sorted((c["from"] for c in found), key=lambda seen: str(seen["at"]))]
    assert looks[0] < first  # the second look is where it still was so: nothing was told between the two equal ones
    assert all(change["sealed"] for change in found)


def test_the_page_frames_each_fact_where_it_stood_before_and_stands_now(turned: Desk, tmp_path: Path) -> None:
    out = tmp_path / "changes.html"
    assert turned.run("changes", "fans", "--html", out).code == 0
    html = out.read_text("utf-8")
    assert asked_for(html) == []
    framed = html.count('alt="Before: ')
    assert framed >= 7  # all but the messages and the lists, whose place is not one box
    assert html.count("Both laid over each other") >= 4
