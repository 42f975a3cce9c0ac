"""The timeline's picture numbers what the list tells, in the right place, and stays readable when much happens at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from casework.asking.timeline import CaseTimeline, Milestone, timeline
from casework.workspace import Workspace
from tests.paper_desk import ORDER
from web.timeline import picture

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def told(*days: int, visits: tuple[datetime, ...] = ()) -> CaseTimeline:
    moments = (Milestone(NOW + timedelta(days=day), "then", "It <b>happened</b>", due=day > 0) for day in days)
    return CaseTimeline(tuple(moments), visits, (), NOW, "Europe/Berlin")


def dots(drawn: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn)]


@pytest.mark.parametrize("wide", [380, 900])
@pytest.mark.parametrize("days", [(0,), (-400, -1, 3), tuple(range(-40, 0)), (-1, -1, -1, 1, 1), (-3000, 10)])
def test_no_two_numbers_touch_and_none_leaves_the_picture(days: tuple[int, ...], wide: int) -> None:
    drawn = picture(told(*days, visits=(NOW,)), wide, "its days")
    root = ElementTree.fromstring(drawn)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    placed = dots(drawn)
    assert len(placed) == len(days)
    assert all(11 <= x <= width - 11 and 11 <= y <= height - 11 for x, y in placed)
    assert all(abs(x - a) > 22 or abs(y - b) > 22 for n, (x, y) in enumerate(placed) for a, b in placed[:n])


def test_what_is_to_come_stands_below_the_line_and_after_now() -> None:
    drawn = picture(told(-10, 10), 900, "its days")
    line = float(re.findall(r'class="axis"[^>]*y1="([\d.]+)"', drawn)[0])
    now = float(re.findall(r'class="now" x1="([\d.]+)"', drawn)[0])
    (before, above), (after, below) = dots(drawn)
    assert before < now < after
    assert above < line < below


def test_a_case_tells_its_events_and_ends_once_each_in_order(ws: Workspace) -> None:
    found = timeline(ws, ORDER)
    assert [one.first for one in found.moments] == sorted(one.first for one in found.moments)
    assert len({(one.text, one.first) for one in found.moments}) == len(found.moments)
    assert "Goods shipped" in [one.text for one in found.moments]
    assert {one.text for one in found.moments if one.due} >= {"Provide evidence"}
    assert len(found.visits) == 2
