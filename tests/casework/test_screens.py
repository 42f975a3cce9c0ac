"""How facts are told to a person."""

from __future__ import annotations

from typing import Any

import pytest

from casework.screens import Screen
from casework.terminal import value_text
from collector.model import Fact, Place


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (True, "yes"),
        ((), "none"),
        (("late", "damaged"), "late, damaged"),
        (({"name": "fan"},), "1 entry"),
        (({"name": "fan"}, {"name": "box"}), "2 entries"),
        ({"quality": "as the sample", "packaging": "foam"}, "quality: as the sample; packaging: foam"),
    ],
)
def test_a_value_is_told_in_words_and_not_as_a_program_writes_it(value: Any, words: str) -> None:
    assert value_text(value) == words


def test_the_table_of_facts_says_in_words_where_each_stands(capsys: pytest.CaptureFixture[str]) -> None:
    place = Place("0" * 64, "json", "window.pageData#/orderInfoVO/orderId", "250861947301028446")
    Screen(as_json=False, quiet=False).facts(
        [
            Fact("order.number", "250861947301028446", "read", "20261125T101831Z-717fdf", "alibaba.order/2", place),
            Fact("dispute.offer", None, "not_shown", "20261125T101843Z-29b441", "alibaba.dispute/2"),
        ],
        [None, None],
    )
    shown = capsys.readouterr().out
    assert "the page's data" in shown
    assert "not shown" in shown
    assert "orderInfoVO" not in shown
