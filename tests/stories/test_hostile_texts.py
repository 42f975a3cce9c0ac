"""A supplier writes links with tokens and a password into chat and title: the case loses no word and no figure by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.authority import serve
from fixtures.marketplace.led_fans import LED_FANS
from fixtures.marketplace.scenarios import SCENARIOS
from fixtures.marketplace.story import At, Message
from tests.stories.desk import Desk, desk

pytestmark = pytest.mark.browser
MESSAGES = (
    "see http://x.test/?token=single-wall,&sid=Sep%2028,%202026&auth=broken%20blades",
    "password='6,880.00'",
    "see http://x.test/?token=aB3xK9qLm2Zt7Yw",  # this one alone may be masked, where it stands
)
TITLE = f"{LED_FANS.product.title} ?token=USD%208,600.00&auth=USD%206,020.00"
HOSTILE = replace(
    LED_FANS,
    name="hostile",
    product=replace(LED_FANS.product, title=TITLE),
    messages=(*LED_FANS.messages, *(Message(At(70, f"09:1{n}:00"), "supplier", text) for n, text in enumerate(MESSAGES))),
)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("hostile")
    SCENARIOS[HOSTILE.name] = HOSTILE
    try:
        with serve(folder / "authority") as authority, desk(folder, authority, HOSTILE.name) as table:
            table.init()
            table.open_case()
            said = table.run("capture", "fans", "--json")
            assert said.code == 0, said.out + said.err
            yield table
    finally:
        del SCENARIOS[HOSTILE.name]


def test_every_message_amount_and_word_of_the_others_stays(table: Desk) -> None:
    facts = {f["name"]: f for f in table.run("facts", "fans", "--json").json["facts"]}
    said = [m["text"] for m in facts["thread.messages"]["value"]]
    assert said[-3:-1] == list(MESSAGES[:2])
    assert said[-1].startswith("see http://x.test/?token=[redacted:token:")
    assert not any("redacted" in text for text in said[:-1])
    assert any("They are single-wall, there is no foam" in text for text in said)
    assert any("(broken blades, cracked housings)" in text and "USD 6,880.00" in text for text in said)
    assert facts["product.title"]["value"] == TITLE
    for name in ("order.total", "order.paid"):
        assert (facts[name]["state"], facts[name]["value"]) == ("read", {"amount": "8600.00", "currency": "USD"})


def test_the_statement_names_total_and_paid(table: Desk) -> None:
    said = table.run("draft", "fans", "statement", "--reason", "late", "--reason", "damaged")
    assert said.code == 0, said.err
    assert "Total USD 8,600.00, paid USD 8,600.00." in said.out
    assert "redacted" not in said.out


def test_the_pack_holds_the_conversation_as_mhtml_and_pdf(table: Desk, tmp_path: Path) -> None:
    said = table.run("pack", "fans", "--all", "--with-originals", "-o", tmp_path / "all.zip", "--json")
    assert said.code == 0, said.err
    for exhibit in said.json["exhibits"]:
        names = {path.rpartition("/")[2] for path in exhibit["files"]}
        assert names >= {"page.mhtml.txt", "page.pdf", "dom.html.txt", "text.txt"}, exhibit["kind"]
