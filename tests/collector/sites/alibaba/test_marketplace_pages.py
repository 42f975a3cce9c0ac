"""Pages of the local marketplace read as the story that made them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

import pytest
from bs4 import BeautifulSoup

from collector.canonical import as_json
from collector.model import Fact, Printed
from collector.reading.readings import same
from fixtures.marketplace.scenarios import SCENARIOS
from rules.policy.fact_names import FACTS, shown_by
from tests.collector.sites.alibaba.stored import (
    ALIBABA,
    KINDS,
    address,
    atoms,
    days_with,
    facts,
    market,
    market_page,
    pointed_at,
    standing,
    stands,
    stored,
    without_scripts,
)

STORY = SCENARIOS["led-fans"]
EVERY_PAGE = [(kind, day) for kind in KINDS for day in days_with(kind)]
# What a page of that kind shows only in its data, or only with a sign that needs the data ("$45.50").
ONLY_IN_DATA = {"product.price_tiers", "supplier.country", "supplier.transactions", "dispute.action_needed"}


@cache
def told(kind: str, day: int) -> Mapping[str, Fact]:
    """The facts of a day's page."""
    return facts(kind, market_page(kind, day))


@pytest.mark.stories
@pytest.mark.parametrize(("kind", "day"), EVERY_PAGE)
def test_every_core_fact_is_given_with_a_state_and_what_is_not_shown_has_no_value(kind: str, day: int) -> None:
    read = told(kind, day)
    assert shown_by(kind) <= read.keys() <= FACTS
    for fact in read.values():
        assert fact.state != "unreadable", fact
        assert (fact.value is None) == (fact.state == "not_shown") == (fact.place is None)
        assert fact.snapshot == "snap-1"
        assert re.fullmatch(rf"alibaba\.{kind}/[1-9][0-9]?", fact.reader)
        as_json(fact)


@pytest.mark.stories
@pytest.mark.parametrize(("kind", "day"), EVERY_PAGE)
def test_every_place_leads_to_its_quote_and_every_value_stands_on_the_page(kind: str, day: int) -> None:
    body = market(kind, day)
    soup = BeautifulSoup(body, "lxml")
    all_of_it = standing(body, soup)
    for fact in told(kind, day).values():
        assert all(stands(atom, all_of_it) for atom in atoms(fact.value)), fact
        if fact.place is not None and fact.place.scheme == "json":
            value = pointed_at(body, fact.place)
            assert isinstance(value, dict | list | bool | None) or str(value) == fact.place.quote
        elif fact.place is not None:
            (found,) = soup.select(fact.place.path)
            assert fact.place.quote in " ".join(found.get_text(" ").split())


@pytest.mark.stories
@pytest.mark.parametrize(("kind", "day"), EVERY_PAGE)
def test_the_page_without_its_data_says_the_same(kind: str, day: int) -> None:
    with_data, shown = told(kind, day), facts(kind, stored(without_scripts(market(kind, day)), address(kind)))
    for name in with_data.keys() - ONLY_IN_DATA:
        assert shown[name].state == with_data[name].state, name
        assert same(shown[name].value, with_data[name].value), name


@pytest.mark.parametrize("kind", KINDS)
def test_advertisements_counters_and_seeds_change_no_fact(kind: str) -> None:
    day = days_with(kind)[-1]
    quiet = {name: fact.value for name, fact in facts(kind, market_page(kind, day, noise=False)).items()}
    for seed in (1, 2):
        assert {name: fact.value for name, fact in facts(kind, market_page(kind, day, seed=seed)).items()} == quiet


def test_the_order_is_the_storys_order() -> None:
    read = facts("order", market_page("order", 0))
    terms = STORY.order
    assert read["order.number"].value == terms.id
    assert read["order.total"].value.amount == terms.total
    assert read["order.supplier"].value == STORY.supplier.company
    assert read["order.trade_assurance"].value is True
    assert date.fromisoformat(read["order.ship_by"].value)
    assert {read[name].state for name in ("order.shipped_at", "order.received_at", "tracking.first_scan")} == {"not_shown"}


def test_tracking_begins_with_its_first_scan_and_ends_with_the_delivery() -> None:
    read = facts("order", market_page("order", days_with("order")[-1]))
    first, end = read["tracking.first_scan"].value, read["tracking.delivered_at"].value
    assert read["tracking.number"].value == STORY.order.tracking
    assert first.earliest < end.earliest
    assert end.text.startswith(read["order.received_at"].value.text[:16])


def test_the_supplier_shows_its_badge_and_its_limit_apart() -> None:
    read = facts("supplier", market_page("supplier", 0))
    assert read["supplier.badge"].value is True
    assert read["supplier.limit"].value.amount == STORY.supplier.limit
    assert (read["supplier.name"].value, read["supplier.years"].value) == (STORY.supplier.company, STORY.supplier.years)


def test_a_supplier_that_shows_no_limit_has_none_that_is_shown() -> None:
    body = market("supplier", 0).replace(b'"tradeAssuranceLimit": "USD 6,000"', b'"tradeAssuranceLimit": null')
    soup = BeautifulSoup(body, "lxml")
    for tag in soup.select(".ta-limit, .ta-limit-label"):
        tag.decompose()
    read = facts("supplier", stored(str(soup), address("supplier")))
    assert (read["supplier.limit"].state, read["supplier.limit"].value) == ("not_shown", None)
    assert read["supplier.badge"].value is True


def test_a_suppliers_own_words_are_no_badge() -> None:
    body = market("product", 0)
    assert b"Trade Assurance" in body
    bare = body.replace(b'{"privateData": {"show": true}}', b"null")
    soup = BeautifulSoup(bare, "lxml")
    for tag in soup.select('[data-module-name="module_ta_plus"]'):
        tag.clear()
    assert facts("product", stored(str(soup), address("product")))["product.badge"].state == "not_shown"


def test_data_and_page_that_disagree_leave_the_fact_unreadable_with_both_quotes() -> None:
    body = market("dispute", days_with("dispute")[-1]).replace(
        b'"refundAmount": "USD 6,880.00"', b'"refundAmount": "USD 8,600.00"'
    )
    fact = facts("dispute", stored(body, address("dispute")))["dispute.amount"]
    assert (fact.state, fact.value) == ("unreadable", None)
    assert fact.place is not None
    assert "8,600.00" in fact.place.quote
    assert "6,880.00" in fact.place.quote


def test_the_thread_is_whole_oldest_first_and_keeps_original_and_translation() -> None:
    day = days_with("thread")[-1]
    read = facts("thread", market_page("thread", day))
    messages = read["thread.messages"].value
    assert len({message["id"] for message in messages}) == len(messages) > 20
    assert [m["sent_at"].earliest for m in messages] == sorted(m["sent_at"].earliest for m in messages)
    assert {message["from"] for message in messages} == {"buyer", "supplier", "system"}
    assert read["thread.complete"].value is True
    translated = [message for message in messages if message["translation"]]
    assert all(any("\u4e00" <= c <= "\u9fff" for c in m["text"]) and m["translation"].isascii() for m in translated)
    assert sum(message["recalled"] for message in messages) == 1
    kinds = {attachment["kind"] for message in messages for attachment in message["attachments"]}
    assert kinds == {"image", "file"}
    assert not any(noise in m["text"] for m in messages for noise in ("Local Time", "translating", "Read\n"))


def test_a_thread_without_its_start_is_not_called_complete() -> None:
    body = (
        market("thread", days_with("thread")[-1])
        .replace(b"history-start", b"x")
        .replace(b"This is the start of your conversation", b"")
    )
    assert facts("thread", stored(body, address("thread")))["thread.complete"].value is False


def test_a_running_timer_is_read_and_the_buyers_turn_is_known() -> None:
    seen: dict[bool, int] = {True: 0, False: 0}
    for day in days_with("dispute"):
        read = facts("dispute", market_page("dispute", day))
        needed, deadline = read["dispute.action_needed"].value, read["dispute.deadline"]
        seen[needed] += 1
        if needed:
            assert isinstance(deadline.value, Printed)
            assert deadline.value.zone == ""
            assert deadline.value.earliest < deadline.value.latest
    assert all(seen.values())


def test_a_countdown_alone_is_a_range_around_the_moment_it_was_seen() -> None:
    page = stored('<div class="timer">2 days 3 hours left</div><h1>Refund</h1>', address("dispute"))
    deadline = facts("dispute", page)["dispute.deadline"].value
    assert (deadline.earliest - page.seen_at).total_seconds() == 50 * 3600
    assert (deadline.latest - page.seen_at).total_seconds() == 52 * 3600


def test_an_unknown_kind_and_an_empty_page_have_no_values() -> None:
    assert ALIBABA.read("page", market_page("order", 0)) == ()
    assert all(fact.value is None for kind in KINDS for fact in ALIBABA.read(kind, stored("", address(kind))))
    assert {fact.state for fact in ALIBABA.read("order", stored("", address("order")))} == {"unreadable"}
