"""Before an order, from the real pages in a real browser: what is covered of the amount; afterwards, a text to copy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fixtures.authority import Served
from fixtures.marketplace.scenarios import addresses
from tests.stories.desk import Desk, desk

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("before"), authority) as made:
        made.init()
        yield made


def test_search_product_and_supplier_pages_are_held_against_the_amount(table: Desk) -> None:
    """One visit each, kept; then the kept supplier page answers alone, and a wrong amount visits nothing."""
    search = addresses("led-fans", table.origin, whole=True)["search"]
    said = table.run(
        "check",
        search,
        table.pages["product"],
        table.pages["supplier"],
        "--before-order",
        "--amount",
        "USD 15,000",
        "--json",
    )
    assert said.code == 0, said.out + said.err
    found = {f["id"]: f for f in said.json["findings"]}
    assert found["before.filter"]["verdict"] == "ok"
    assert found["before.badge"]["verdict"] == "ok"
    assert "USD 9,000.00 would not be covered" in found["before.limit"]["text"]
    assert {o["covered"] for o in said.json["offers"]} >= {"in part", "no", "unknown"}
    supplier = said.json["snapshots"][2]
    again = table.run("check", supplier, "--before-order", "--amount", "$5,000", "--json")
    assert {f["id"]: f["verdict"] for f in again.json["findings"]}["before.limit"] == "ok"
    assert again.json["snapshots"] == []
    assert table.run("check", search, "--before-order", "--amount", "15,000").code == 2


def test_a_draft_is_printed_alone_and_said_not_to_be_sent(table: Desk) -> None:
    """Standard output is the text; what to fill in stands beside it."""
    table.open_case()
    said = table.run("draft", "fans", "question")
    assert said.code == 0, said.err
    assert said.out.startswith("Hello ")
    assert "Nothing was sent." in said.err
    assert table.run("draft", "fans", "question", "--lang", "zh", "--json").json["sent"] is False
    assert table.run("draft", "fans", "letter").code == 2
