"""What counts as a change of a fact, which way it went, and whether it harms the buyer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Money, Printed
from rules.changes.policy import load_change_policy
from tests.rules.cases import printed
from tests.rules.changes.looks import HIDDEN, UNREAD, between, look, usd

LIMIT, BADGE, SHIP_BY, TIMER = "supplier.limit", "supplier.badge", "order.ship_by", "dispute.deadline"
money = st.builds(Money, st.decimals(0, 10**6, places=2), st.sampled_from(["USD", "EUR"]))
days = st.dates(date(2026, 1, 1), date(2027, 1, 1)).map(lambda day: day.isoformat())
attributes = st.fixed_dictionaries({"name": st.text(max_size=4), "value": st.text(max_size=4)})
values = st.one_of(
    st.tuples(st.just(LIMIT), money | st.just(HIDDEN)),
    st.tuples(st.just(BADGE), st.booleans() | st.just(HIDDEN)),
    st.tuples(st.just(SHIP_BY), days),
    st.tuples(st.just("product.title"), st.text(max_size=20)),
    st.tuples(st.just("product.attributes"), st.lists(attributes).map(tuple)),
)  # fmt: skip
readings = st.lists(values).map(dict)


@given(readings)
def test_a_page_that_says_the_same_has_not_changed(said: dict[str, Any]) -> None:
    assert between(look(1, said), look(2, said)) == ()


@given(readings, readings)
def test_the_way_back_changes_the_same_facts_with_before_and_after_swapped(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    there, back = between(look(1, one), look(2, other)), between(look(1, other), look(2, one))
    assert [(c.name, c.before, c.after) for c in there] == [(c.name, c.after, c.before) for c in back]


@given(readings, readings)
def test_what_harms_one_way_does_not_harm_on_the_way_back(one: dict[str, Any], other: dict[str, Any]) -> None:
    for name in (LIMIT, BADGE, SHIP_BY):
        looks = [{name: said[name]} for said in (one, other) if name in said]
        if len(looks) == 2:
            there, back = between(look(1, looks[0]), look(2, looks[1])), between(look(1, looks[1]), look(2, looks[0]))
            assert not (any(c.adverse for c in there) and any(c.adverse for c in back))


@pytest.mark.parametrize(
    ("name", "before", "after", "way", "adverse"),
    [
        (LIMIT, usd(10000), usd(6000), "lower", True),
        (LIMIT, usd(6000), usd(10000), "higher", False),
        (LIMIT, usd(6000), HIDDEN, "gone", True),
        (LIMIT, usd(6000), Money(usd(6000).amount, "CNY"), "other", False),
        (BADGE, True, False, "gone", True),
        (BADGE, True, HIDDEN, "gone", True),
        (BADGE, HIDDEN, True, "set", False),
        (SHIP_BY, "2026-10-25", "2026-11-09", "later", True),
        (SHIP_BY, "2026-10-25", "2026-10-20", "earlier", False),
        (TIMER, printed("2026-10-20 18:00:00"), printed("2026-10-18 18:00:00"), "earlier", True),
        (TIMER, printed("2026-10-20 18:00:00"), printed("2026-10-22 18:00:00"), "later", False),
        (TIMER, HIDDEN, printed("2026-10-22 18:00:00"), "set", False),
        ("order.total", usd(8600), usd(9000), "higher", True),
        ("order.status", "Waiting for supplier to ship", "Order cancelled", "other", True),
        ("order.status", "Waiting for supplier to ship", "Shipment started", "other", False),
        ("dispute.status", "Platform is reviewing", "Refund rejected", "other", True),
        ("dispute.status", "Refund rejected", "Platform is reviewing", "other", False),
        ("supplier.name", "Foshan Brightwing Co., Ltd.", "Foshan Other Co., Ltd.", "other", True),
        ("supplier.rating", "4.6", "4.1", "other", False),
    ],
)
def test_each_way_of_changing_is_known_and_judged(name: str, before: Any, after: Any, way: str, adverse: bool) -> None:
    (change,) = between(look(1, {name: before}), look(2, {name: after}))
    assert (change.way, change.adverse) == (way, adverse)
    assert bool(change.why and change.todo) is adverse


SIX = datetime(2026, 10, 20, 18, tzinfo=UTC)
ONE, TWO = {"name": "A", "value": "1"}, {"name": "B", "value": "2"}


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (LIMIT, usd("6000"), usd("6000.00")),
        (BADGE, False, HIDDEN),
        ("product.title", "LED  Fan", "led fan"),
        (TIMER, printed("2026-10-20 18:00:00"), Printed("2026-10-20 18:00:00 UTC", SIX, SIX, "UTC")),
        ("product.attributes", (ONE, TWO), (TWO, ONE)),
        ("order.items", ({"name": "Fan", "url": "https://a.example/?t=1"},), ({"name": "Fan", "url": "https://a.example/?t=2"},)),
    ],
)  # fmt: skip
def test_another_way_of_saying_the_same_is_no_change(name: str, before: Any, after: Any) -> None:
    assert between(look(1, {name: before}), look(2, {name: after})) == ()


def test_a_countdown_that_counts_on_has_not_moved_and_one_that_jumps_has() -> None:
    def left(hours: int) -> Printed:
        end = datetime(2026, 10, 20, 18, tzinfo=UTC)
        return Printed(f"{hours} hours left", end - timedelta(hours=1), end + timedelta(hours=1))

    early = Printed("3 hours left", datetime(2026, 10, 18, 2, tzinfo=UTC), datetime(2026, 10, 18, 4, tzinfo=UTC))
    assert between(look(1, {TIMER: left(60)}), look(2, {TIMER: left(36)}), kind="dispute") == ()
    (change,) = between(look(1, {TIMER: left(60)}), look(2, {TIMER: early}), kind="dispute")
    assert change.adverse


def test_a_flip_and_back_are_two_changes_each_between_the_looks_next_to_it() -> None:
    shown = [True, True, HIDDEN, HIDDEN, True]
    gone, back = between(*(look(number, {BADGE: value}) for number, value in enumerate(shown)))
    assert (gone.first.snapshot, gone.then.snapshot, gone.adverse) == ("S1", "S2", True)
    assert (back.first.snapshot, back.then.snapshot, back.adverse) == ("S3", "S4", False)


def test_what_cannot_be_read_is_no_change_and_is_held_against_the_next_look_that_tells() -> None:
    assert between(look(1, {LIMIT: usd(10)}), look(2, {LIMIT: UNREAD})) == ()
    (change,) = between(look(1, {LIMIT: usd(10)}), look(2, {LIMIT: UNREAD}, whole=False), look(3, {LIMIT: usd(6)}))
    assert (change.first.snapshot, change.then.snapshot) == ("S1", "S3")


def test_another_version_of_a_reader_makes_no_change_of_the_page() -> None:
    old, new = look(1, {LIMIT: usd(10)}, reader="shop/1"), look(2, {LIMIT: usd(6)}, reader="shop/2")
    assert between(old, new) == ()
    (change,) = between(old, new, look(3, {LIMIT: usd(5)}, reader="shop/2"))
    assert (change.before, change.after) == (usd(6), usd(5))


def test_a_sentence_says_what_it_was_and_is_in_plain_words() -> None:
    said = [
        between(look(1, {LIMIT: usd(10000)}), look(2, {LIMIT: usd(6000)})),
        between(look(1, {BADGE: True}), look(2, {BADGE: HIDDEN})),
        between(look(1, {SHIP_BY: "2026-10-25"}), look(2, {SHIP_BY: "2026-11-09"}), kind="order"),
        between(look(1, {TIMER: HIDDEN}), look(2, {TIMER: printed("2026-10-22 18:00:00")}), kind="dispute"),
        between(look(1, {"dispute.action_needed": False}), look(2, {"dispute.action_needed": True}), kind="dispute"),
    ]
    assert [change.text for found in said for change in found] == [
        "The supplier's Trade Assurance limit went down from USD 10,000.00 to USD 6,000.00.",
        "The supplier page no longer shows the Trade Assurance badge.",
        "The ship date on the order page was moved 15 days later: from Sun 25 Oct 2026 to Mon 9 Nov 2026.",
        "The dispute page now shows its timer: Thu 22 Oct 2026, 18:00.",
        "The dispute page now shows that something is asked of you.",
    ]


def test_of_a_list_only_what_differs_is_told() -> None:
    before = ({"name": "Battery", "value": "7200 mAh"}, {"name": "Colour", "value": "white"})
    after = ({"name": "Battery", "value": "4000 mAh"}, {"name": "Colour", "value": "white"}, {"name": "Mark", "value": "CE"})
    (change,) = between(look(1, {"product.attributes": before}), look(2, {"product.attributes": after}), kind="product")
    assert change.text.endswith("Battery was “7200 mAh” and is now “4000 mAh”; Mark is new: “CE”.")


def test_every_adverse_row_of_the_policy_says_why_and_what_to_do() -> None:
    policy = load_change_policy()
    assert len({rule.name for rule in policy.facts}) == len(policy.facts)
    assert all(rule.why.endswith(".") and rule.todo.endswith(".") for rule in policy.facts if rule.adverse or rule.says)


def test_prices_in_the_currency_of_another_visitor_are_a_change_that_harms_nobody() -> None:
    one, other = ({"from": 50, "to": 199, "price": Money(usd(45).amount, currency)} for currency in ("USD", "EUR"))
    (change,) = between(look(1, {"product.price_tiers": (one,)}), look(2, {"product.price_tiers": (other,)}), kind="product")
    assert not change.adverse
