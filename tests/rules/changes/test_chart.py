"""A value over the days as a drawing."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.changes.chart import Point, Series, by_day, drawn

DAY = date(2026, 10, 1)
values = st.one_of(st.none(), st.floats(0, 10**9, allow_nan=False))


def series(*known: float | None, title: str = "The limit") -> Series:
    return Series(title, tuple(Point(DAY + timedelta(days=n), value, f"USD {value}") for n, value in enumerate(known)))


@given(st.lists(values, min_size=1, max_size=40))
def test_every_series_that_shows_something_is_drawn_within_its_frame(known: list[float | None]) -> None:
    picture = drawn(series(*known))
    if any(value is not None for value in known):
        root = ElementTree.fromstring(picture)
        wide, tall = map(float, root.attrib["viewBox"].split()[2:])
        for dot in root.iter("circle"):
            assert 0 <= float(dot.attrib["cx"]) <= wide
            assert 0 <= float(dot.attrib["cy"]) <= tall
    else:
        assert picture == ""


def test_what_a_page_says_cannot_leave_the_drawing() -> None:
    assert "<script>" not in drawn(series(1.0, 2.0, title='"><script>alert(1)</script>'))


def test_of_each_day_the_last_look_counts() -> None:
    points = (Point(DAY, 1.0, "1"), Point(DAY, 2.0, "2"), Point(DAY + timedelta(days=1), 3.0, "3"))
    assert [point.value for point in by_day(points)] == [2.0, 3.0]
    assert not Series("x", points[:1]).moved
    assert Series("x", points).moved
