"""Lists state no fact of one case, say whether they list what is wanted, and show conversations with others."""

from __future__ import annotations

import re

import pytest

from collector.model import Target
from fixtures.marketplace.scenarios import SCENARIOS
from tests.collector.sites.alibaba.stored import ALIBABA, address, market, market_page, stored, without_scripts

STORY = SCENARIOS["led-fans"]
DAY = 68
LISTED = {
    "order_list": {"order": STORY.order.id},
    "dispute_list": {"dispute": STORY.dispute.id if STORY.dispute else ""},
    "conversations": {"supplier": STORY.supplier.company},
    "tracking": {"order": STORY.order.id},
}
UNLISTED = {"order": "199999999999999999", "dispute": "60000000000001", "supplier": "Ningbo Otherfan Co., Ltd."}


def target(kind: str, expects: dict[str, str]) -> Target:
    return Target("t1", STORY.order.id, kind, address(kind), expects=expects)


@pytest.mark.parametrize("kind", LISTED)
def test_a_page_that_lists_what_is_wanted_says_so_with_its_data_and_without(kind: str) -> None:
    page = market_page(kind, DAY)
    for seen in (page, stored(without_scripts(page.documents[0].html), page.url)):
        assert ALIBABA.identity(seen, target(kind, LISTED[kind])).ok is True


@pytest.mark.parametrize("kind", ["order_list", "dispute_list", "conversations"])
def test_a_list_that_lacks_what_is_wanted_is_no_contradiction_but_no_yes(kind: str) -> None:
    lacking = {key: UNLISTED[key] for key in LISTED[kind]}
    assert ALIBABA.identity(market_page(kind, DAY), target(kind, lacking)).ok is None


def test_a_list_of_disputes_says_of_each_order_where_its_dispute_stands_and_when_its_timer_ends() -> None:
    own, *others = ALIBABA.listed(market_page("dispute_list", DAY))
    assert (own.order, own.dispute) == (STORY.order.id, address("dispute"))
    assert own.status
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", own.timer)
    assert [(other.order, other.timer) for other in others] == [("250811530967028446", "")]


def test_a_list_leads_to_the_other_lists_of_its_account() -> None:
    assert ALIBABA.lists(market_page("order_list", DAY)) == {kind: address(kind) for kind in ("order_list", "dispute_list")}
    assert ALIBABA.lists(market_page("product", DAY)) == {}


def test_the_tracking_of_another_order_is_not_the_right_page() -> None:
    page = market_page("tracking", DAY)
    assert ALIBABA.identity(page, target("tracking", {"order": UNLISTED["order"]})).ok is False


def test_the_tracking_page_leads_to_its_order() -> None:
    assert ALIBABA.discover(market_page("tracking", DAY))["order"] == address("order")


def test_a_list_of_conversations_shows_others_and_a_thread_alone_does_not() -> None:
    assert ALIBABA.shows_others(market_page("conversations", DAY))
    assert not ALIBABA.shows_others(market_page("thread", DAY))
    assert not ALIBABA.shows_others(market_page("order", DAY))


def test_a_thread_beside_other_contacts_shows_others() -> None:
    day = max(SCENARIOS["nothing-wrong"].days)
    assert ALIBABA.shows_others(market_page("thread", day, scenario="nothing-wrong"))


def test_a_thread_whose_contacts_are_drawn_in_a_new_way_may_show_others() -> None:
    page = market_page("thread", DAY)
    body = page.documents[0].html.replace(b"contact-item-container", b"contact-row")
    assert ALIBABA.shows_others(stored(body, page.url))


def test_the_thread_address_with_no_conversation_open_is_a_list() -> None:
    listed = market_page("conversations", DAY)
    assert ALIBABA.recognise(stored(listed.documents[0].html, address("thread"))).kind == "conversations"
    assert ALIBABA.recognise(stored(market_page("thread", DAY).documents[0].html, address("conversations"))).kind == "thread"


def test_the_end_of_the_list_of_contacts_is_not_the_start_of_the_conversation() -> None:
    body = market("thread", 40, scenario="nothing-wrong").replace(b"history-start", b"x")
    body = body.replace(b"This is the start of your conversation", b"")
    ended = body.replace(b"</nav>", b"<p class='no-more'>No more messages</p></nav>")
    facts = {fact.name: fact for fact in ALIBABA.read("thread", stored(ended, address("thread")))}
    assert facts["thread.complete"].value is False
    assert ended.count(b"no-more") == 2
