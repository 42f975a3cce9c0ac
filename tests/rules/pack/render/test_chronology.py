"""The chronology as a picture: every moment once, in order, apart from each other, and inert."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from rules.pack.plan.plan import PackPlan
from rules.pack.render.chronology import MOST, drawn
from rules.pack.render.report import key_rows


def test_what_happened_stands_in_the_picture_in_order_and_apart(made: PackPlan) -> None:
    picture = drawn(made, key_rows(made)[0])
    days = re.findall(r'<text class="day" x="\d+" y="([\d.]+)">([^<]+)</text>', picture)
    places = [float(y) for y, _ in days]
    assert 2 <= len(days) <= MOST
    assert all(after - before >= 26.9 for before, after in itertools.pairwise(places))
    assert "Agreed ship date" in picture
    assert re.search(r"\d+ days late", picture)


def test_hostile_words_are_text_in_the_picture(made: PackPlan) -> None:
    rows = tuple(replace(row, text="<script>x</script>\u202e", source="<b>") for row in key_rows(made)[0])
    picture = drawn(made, rows)
    assert "<script" not in picture
    assert "<b>" not in picture
    assert "\u202e" not in picture


def test_one_moment_alone_is_no_picture(made: PackPlan) -> None:
    assert drawn(replace(made, timeline=()), key_rows(made)[0][:1]) == ""
