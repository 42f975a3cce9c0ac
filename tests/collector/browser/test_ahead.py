"""A browser that starts while the program does other things."""

from __future__ import annotations

import _thread
import asyncio

import pytest

from collector.browser.ahead import Ahead
from collector.browser.launch import Browser


async def _first_and_second(ahead: Ahead) -> tuple[Browser | None, Browser | None]:
    browser, second = await ahead.browser(), await ahead.browser()
    assert browser is not None
    async with browser.tab() as tab:
        await tab.open("about:blank", 10_000)
        assert await tab.text() == ""
    return browser, second


@pytest.mark.browser
def test_a_browser_started_ahead_is_given_once_and_ends_with_its_block() -> None:
    with Ahead() as ahead:
        browser, second = ahead.run(_first_and_second(ahead))
        assert browser is not None
        assert not browser.has_ended
    assert second is None
    assert browser.has_ended


def test_work_that_the_person_stops_is_cancelled_and_waited_for() -> None:
    ended = []

    async def work() -> None:
        try:
            _thread.interrupt_main()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("work")

    with Ahead(wanted=lambda: False) as ahead:
        with pytest.raises(KeyboardInterrupt):
            ahead.run(work())
        assert ended == ["work"]
