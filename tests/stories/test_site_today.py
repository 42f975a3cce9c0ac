"""`doctor --site` in a real browser: which readers work on the site's public pages today, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.authority import Served
from fixtures.marketplace.scenarios import addresses
from tests.stories.desk import Desk, desk

pytestmark = pytest.mark.browser


@pytest.fixture
def table(tmp_path: Path, authority: Served) -> Iterator[Desk]:
    with desk(tmp_path, authority) as made:
        yield made


def files(table: Desk) -> dict[Path, int]:
    """All but the log and the index, which is derived and catches up with the ledger when it is asked."""
    kept = (path for path in table.folder.rglob("*") if path.is_file() and "log" not in path.parts)
    return {path: path.stat().st_mtime_ns for path in kept if not path.name.startswith("index.sqlite")}


def test_the_archives_own_pages_are_looked_at_and_a_product_leads_to_its_supplier(table: Desk) -> None:
    """The supplier's page was never visited; nothing of the three visits stays."""
    table.init()
    search = addresses("led-fans", table.origin, whole=True)["search"]
    assert table.run("capture", "--url", search, "--url", table.pages["product"]).code == 0
    before = files(table)
    said = table.run("doctor", "--site", "--json")
    assert said.code == 0, said.out + said.err
    pages = said.json["site"]
    assert [(page["kind"], page["outcome"], page["works"]) for page in pages] == [
        ("search", "complete", True), ("product", "complete", True), ("supplier", "complete", True),
    ]  # fmt: skip
    assert {"name": "supplier.name", "state": "read"} in pages[2]["facts"]
    assert files(table) == before


def test_without_an_archive_none_is_made_and_a_page_that_is_not_found_is_said(table: Desk) -> None:
    """The stand-in has no such search."""
    said = table.run("doctor", "--site", "--json")
    assert said.code == 4
    search, product, _ = said.json["site"]
    assert "HTTP 404" in search["why"]
    assert "Name one" in product["why"]
    assert not table.archive.exists()


def test_a_wall_is_said_and_the_site_is_not_asked_again(table: Desk) -> None:
    table.market.faults["product"] = "challenge"
    said = table.run("doctor", table.pages["product"], table.pages["supplier"], "--json")
    assert said.code == 3
    product, supplier = said.json["site"]
    assert (product["outcome"], product["works"], product["facts"]) == ("blocked", False, [])
    assert "not visited" in supplier["why"]


def test_a_site_that_does_not_answer_is_said(table: Desk) -> None:
    table.market.faults["supplier"] = "reset"
    said = table.run("doctor", "--site", table.pages["supplier"])
    assert said.code == 4
    assert "nothing" in said.out
    assert "Traceback" not in said.out + said.err
