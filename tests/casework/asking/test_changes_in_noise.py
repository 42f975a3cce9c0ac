"""Thirty views of pages on which nothing happened make no change; forty that did happen are each found among the noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from collector.site import Document, StoredPage
from collector.sites.alibaba.site import Alibaba
from fixtures.marketplace.pages import render
from fixtures.marketplace.pictures import address_of
from fixtures.marketplace.scenarios import ORIGIN, addresses
from rules.changes.change import Change, PageReading, WatchedPage
from rules.changes.pages import page_changes
from tests.rules.cases import HOME

SITE, BASE, NIGHTS = Alibaba(), date(2026, 7, 1), 30
FEW = 6
STANDING = ("order", "supplier", "product", "dispute", "tracking")


def night(number: int, scenario: str, day: int, kind: str, edits: Mapping[str, str] | None = None) -> PageReading:
    """What the readers give of one view, each with its own noise."""
    html = render(scenario, day, kind, base=BASE, origin=ORIGIN, seed=number, settled=True).decode()
    for old, new in (edits or {}).items():
        assert old in html, old
        html = html.replace(old, new)
    url = (
        addresses(scenario, ORIGIN, whole=True)[kind]
        .replace("http://", "https://")
        .replace("alibaba.localhost:8123", "alibaba.com")
    )
    seen = datetime(2026, 7, 1, 15, tzinfo=UTC) + timedelta(days=day, minutes=number)
    page = StoredPage(url, 200, (Document(0, "d", html.encode()),), "", seen, f"S{number}")
    return PageReading(f"S{number}", seen, SITE.read(kind, page), True, SITE.standing(page) if SITE.stands(kind) else None)


@cache
def quiet(number: int, scenario: str, day: int, kind: str) -> PageReading:
    """The same of a page as the story has it, read once for all who ask."""
    return night(number, scenario, day, kind)


def between(kind: str, *nights: PageReading) -> tuple[Change, ...]:
    return page_changes(WatchedPage("2508", kind, kind), nights, HOME)


@pytest.mark.parametrize("nights", [FEW, pytest.param(NIGHTS, marks=pytest.mark.proof)])
@pytest.mark.parametrize("kind", [*STANDING, "thread", "search", "order_list", "dispute_list", "conversations", "account"])
def test_thirty_views_of_an_unchanged_page_make_no_change(kind: str, nights: int) -> None:
    """The first of them here, all thirty in the long proofs."""
    assert between(kind, *(quiet(number, "led-fans", 84, kind) for number in range(nights))) == ()


@pytest.mark.parametrize("kind", [*STANDING, "thread"])
def test_days_on_which_only_the_clocks_go_on_make_no_change(kind: str) -> None:
    """The second evidence timer counts down; nobody does anything."""
    assert between(kind, *(night(day, "led-fans", day, kind) for day in (83, 84, 85))) == ()


@dataclass(frozen=True)
class Planted:
    """A change between two days of a story, or made by hand, and what must be told of it."""

    kind: str
    name: str
    adverse: bool = False
    scenario: str = "led-fans"
    days: tuple[int, int] = (84, 84)
    edits: Mapping[str, str] = field(default_factory=dict)


TURNS, OVERNIGHT, DAY_AFTER = "supplier-turns", (75, 76), (76, 77)
MAKER = "Foshan Brightwing Electric Appliance Co., Ltd."
PLANTED = (
    Planted("supplier", "supplier.limit", True, TURNS, OVERNIGHT),
    Planted("supplier", "supplier.limit", True, TURNS, DAY_AFTER),
    Planted("supplier", "supplier.badge", True, TURNS, DAY_AFTER),
    Planted("product", "product.badge", True, TURNS, DAY_AFTER),
    Planted("product", "product.title", True, TURNS, OVERNIGHT),
    Planted("product", "product.attributes", True, TURNS, OVERNIGHT),
    Planted("product", "product.price_tiers", True, TURNS, OVERNIGHT),
    Planted("order", "order.ship_by", True, TURNS, OVERNIGHT),
    Planted("dispute", "dispute.deadline", True, TURNS, OVERNIGHT),
    Planted("thread", "message.edited", True, TURNS, OVERNIGHT),
    Planted("thread", "message.recalled", True, TURNS, OVERNIGHT),
    Planted("supplier", "supplier.name", True, edits={MAKER: "Foshan Brightwind Trading Co., Ltd."}),
    Planted("supplier", "supplier.rating", edits={"4.6": "4.1"}),
    Planted("supplier", "supplier.on_time_delivery", edits={"93.4%": "80.1%"}),
    Planted("supplier", "supplier.response_time", edits={"≤ 4 h": "≤ 48 h"}),
    Planted("supplier", "supplier.limit", edits={"USD 6,000": "USD 9,000"}),
    Planted("supplier", "text", edits={"Order protection": "Order services"}),
    Planted("product", "product.min_order", True, edits={'"moq": 50': '"moq": 500', "Min. order: 50 ": "Min. order: 500 "}),
    Planted("product", "supplier.name", True, edits={MAKER: "Foshan Brightwind Trading Co., Ltd."}),
    Planted("product", "text", edits={"charged over USB-C.": "charged over a cable."}),
    Planted("product", "text", edits={"<h2>Attributes</h2>": "<h2>Particulars</h2>"}),
    Planted("product", "picture", edits={address_of("fan-side"): address_of("carton-crushed")}),
    Planted("order", "order.total", True, edits={"USD 8,600.00": "USD 9,900.00"}),
    Planted("order", "order.terms", True, edits={"Defects at most 2 %": "Defects at most 20 %"}),
    Planted("order", "order.ship_terms", True, edits={"DAP Utrecht": "EXW Foshan"}),
    Planted("order", "order.supplier", True, edits={MAKER: "Foshan Brightwind Trading Co., Ltd."}),
    Planted("order", "order.items", True, edits={"7200 mAh, for Home": "4000 mAh, for Home"}),
    Planted("order", "tracking.number", True, edits={"BX2208846173NL": "BX9999999999NL"}),
    Planted("order", "order.status", days=(54, 55)),
    Planted("order", "order.shipped_at", days=(54, 55)),
    Planted("order", "text", edits={"account ending": "accounts ending"}),
    Planted("dispute", "dispute.status", days=(79, 82)),
    Planted("dispute", "dispute.deadline", days=(79, 82)),
    Planted("dispute", "dispute.action_needed", days=(79, 82)),
    Planted("dispute", "dispute.status", True, edits={"Waiting for buyer evidence": "Refund rejected"}),
    Planted("dispute", "dispute.amount", True, edits={"USD 6,880.00": "USD 880.00"}),
    Planted("dispute", "dispute.hint", edits={"More evidence is needed.": "Evidence is needed."}),
    Planted("dispute", "dispute.supplier_answer", scenario="t-shirts", days=(43, 44)),
    Planted("dispute", "text", edits={"inspection or carrier": "inspection and carrier"}),
    Planted("thread", "message.new", days=(62, 63)),
    Planted("thread", "message.missing", True, edits={"3841907260137.PNM": ""}),
    Planted("tracking", "tracking.delivered_at", days=(61, 62)),
)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda p: f"{p.kind}-{p.name}")
def test_each_planted_change_is_found_among_the_noise_and_judged(planted: Planted) -> None:
    before, after = planted.days
    nights = [quiet(number, planted.scenario, before, planted.kind) for number in range(3)]
    found = between(planted.kind, *nights, night(9, planted.scenario, after, planted.kind, planted.edits))
    told = {change.name: change for change in found}
    assert planted.name in told, [change.text for change in found]
    assert told[planted.name].adverse is planted.adverse
    assert (told[planted.name].first.snapshot, told[planted.name].then.snapshot) == ("S2", "S9")


def test_there_are_forty() -> None:
    assert len(PLANTED) >= 40
