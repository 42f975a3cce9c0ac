"""The walk up messengers of every shape, and the part of its pictures that is the conversation's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from collector.browser.launch import Browser
from collector.capture.tab import Stretch, TabError
from collector.site import Messenger
from tests.collector.browser.messengers import APART, BLOCK, COUNT, COVERED, CUT, WALKED

pytestmark = pytest.mark.browser
MARKS = Messenger(".m", "id", "", ".start", "")
CHEAP = {"column-reverse", "the page scrolls under bars", "only what is near, thrown to its end", "open in the middle"}
Walk = Callable[[str], tuple[list[Stretch], str]]


def some(shapes: dict[str, str], cheap: set[str]) -> list[object]:
    """Each shape; those that are not cheap in the long run only."""
    return [pytest.param(name, marks=() if name in cheap else pytest.mark.proof) for name in shapes]


@pytest.fixture
def walk(runner: asyncio.Runner, browser: Browser, origin: str) -> Walk:
    """The stops of a walk up the thread of that name, and why it broke off, "" when it did not."""

    async def one(name: str) -> tuple[list[Stretch], str]:
        stops: list[Stretch] = []
        async with browser.tab("messengers") as tab:
            await tab.open(f"{origin}/thread/{name.replace(' ', '-')}", 5_000)
            await tab.settle(3_000)
            try:
                async for stretch in tab.walk(MARKS, 1_500, 60_000, 60):
                    stops.append(stretch)
            except TabError as error:
                return stops, str(error)
        return stops, ""

    return lambda name: runner.run(one(name))


def drawn(stops: list[Stretch]) -> set[tuple[int, ...]]:
    """The colours of the blocks that lie whole in a picture."""
    found: set[tuple[int, ...]] = set()
    for stop in stops:
        column = Image.open(BytesIO(stop.picture.png)).convert("RGB").crop((300, 0, 301, stop.picture.height))
        pixels = column.tobytes()
        colours, run = [tuple(pixels[at : at + 3]) for at in range(0, len(pixels), 3)], 0
        for n, colour in enumerate(colours):
            run = run + 1 if n and colour == colours[n - 1] else 1
            if run == BLOCK:
                found.add(colour)
    return found


def blocks(name: str) -> set[tuple[int, ...]]:
    count = 3 if name == "fits the view" else COUNT
    high = [17 if name == "taller than the view" and i % 9 == 0 else 1 + i * 7 % 4 for i in range(count)]
    keys = [i * 32 + k for i in range(count) for k in range(high[i])]
    return {(8 + 16 * (key >> 10), 2 + 8 * (key >> 5 & 31), 2 + 8 * (key & 31)) for key in keys}


@pytest.mark.parametrize("name", some(WALKED, CHEAP))
def test_a_walk_reaches_the_start_and_every_message_lies_whole_in_a_picture(walk: Walk, name: str) -> None:
    stops, why = walk(name)
    assert (why, stops[-1].late, stops[-1].start) == ("", "", True)
    assert all(stop.joins and stop.adjoins for stop in stops)
    assert all(stop.moved for stop in stops[1:])
    assert blocks(name) <= drawn(stops)


@pytest.mark.parametrize("name", some(CUT, {"a mark of another list", "another conversation comes up"}))
def test_a_walk_that_cannot_have_seen_the_whole_says_so(walk: Walk, name: str) -> None:
    stops, why = walk(name)
    whole = not why and stops[-1].start and all(stop.joins and stop.adjoins for stop in stops)
    assert not whole
    assert why or not all(stop.joins for stop in stops) or stops[-1].late


def test_of_a_conversation_in_a_frame_it_is_said_where_it_stands(walk: Walk) -> None:
    assert walk("framed") == ([], "it stands in a frame of the page, where it is not walked")


@pytest.mark.parametrize("name", some(COVERED, {"words after the body", "a closed shadow root"}))
def test_where_something_else_is_drawn_no_part_of_a_picture_is_the_conversations_own(walk: Walk, name: str) -> None:
    stops, _ = walk(name)
    assert {stop.pane for stop in stops} == {None}


@pytest.mark.parametrize("name", some(APART, {"a list of others"}))
def test_what_is_beside_the_messages_or_shows_nothing_takes_nothing_away(walk: Walk, name: str) -> None:
    stops, _ = walk(name)
    assert all(stop.pane for stop in stops)
