"""What a list says anew of an order is said in words; an order that is not on it may stand on a further page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.keeping.account_lists import news_words
from collector.site import ListedOrder

ROW = ListedOrder("250861947301028446", "https://x.test/1", "In production", "Fans Ltd.", "USD 6,880.00", "", "")
NEWS = {
    "a status": ({"status": "Shipped"}, "the order list says “Shipped” now, and said “In production” before"),
    "an amount": ({"total": "USD 6,000.00"}, "the order list says USD 6,000.00 now, and said USD 6,880.00 before"),
    "a timer": ({"timer": "2026-10-12 18:00:00"}, "the order list shows a timer until 2026-10-12 18:00:00 now"),
    "a dispute": ({"dispute": "https://x.test/2"}, "the order list shows another dispute than before"),
}


@pytest.mark.parametrize("what", NEWS)
def test_what_is_new_of_an_order_is_said_in_words(what: str) -> None:
    changed, words = NEWS[what]
    assert news_words("order_list", ROW, replace(ROW, **changed)) == words


def test_a_row_that_says_the_same_and_one_that_is_not_there_are_no_news() -> None:
    assert news_words("order_list", ROW, ROW) == ""
    assert news_words("order_list", ROW, None) == news_words("order_list", None, ROW) == ""
