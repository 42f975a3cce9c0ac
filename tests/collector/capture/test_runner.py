from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from collector.alias import Alias
from collector.capture.runner import OpenTab, visits
from collector.capture.tab import Arrival, Tab
from collector.capture.visit import VisitSetup
from collector.errors import BrowserError
from collector.model import Snapshot, Target
from tests.collector.capture.fake import FakeSite, FakeTab, FixedClock, MemoryStore, order_target, tabs_of

LOGIN = "https://login.shop.example/login"


async def collect(targets: list[Target], open_tab: OpenTab, into: list[Snapshot]) -> None:
    async for snapshot in visits(
        targets,
        open_tab=open_tab,
        site_named=lambda _: FakeSite(),
        setup=VisitSetup(MemoryStore(), FixedClock(), Alias(), lambda text: None),
    ):
        into.append(snapshot)


def run(targets: list[Target], open_tab: OpenTab) -> list[Snapshot]:
    done: list[Snapshot] = []
    asyncio.run(collect(targets, open_tab, done))
    return done


def test_every_target_is_visited_once_in_its_accounts_order() -> None:
    targets = [order_target(account=a, ident=f"{a}{n}") for n in range(3) for a in ("x", "y")]
    done = run(targets, tabs_of(lambda account: FakeTab()))
    assert sorted(s.target.id for s in done) == sorted(t.id for t in targets)
    assert [s.target.id for s in done if s.target.account == "x"] == ["x0", "x1", "x2"]


def test_three_accounts_at_most_are_visited_at_once_and_one_page_at_a_time_in_each() -> None:
    under_way: list[str] = []
    most: list[int] = []

    class Slow(FakeTab):
        async def open(self, url: str, within_ms: int) -> Arrival:
            most.append(len(under_way))
            for _ in range(5):
                await asyncio.sleep(0)
            return await super().open(url, within_ms)

    @asynccontextmanager
    async def open_tab(account: str) -> AsyncIterator[Tab]:
        assert account not in under_way
        under_way.append(account)
        yield Slow()
        under_way.remove(account)

    targets = [order_target(account=a, ident=f"{a}{n}") for a in "abcde" for n in range(2)]
    assert len(run(targets, open_tab)) == 10
    assert max(most) == 3


def test_a_wall_ends_the_visits_of_its_own_account_only() -> None:
    targets = [order_target(account=a, ident=f"{a}{n}") for a in ("walled", "free") for n in range(3)]
    done = run(targets, tabs_of(lambda account: FakeTab(final=LOGIN if account == "walled" else "")))
    assert [s.target.id for s in done if s.target.account == "walled"] == ["walled0"]
    assert [s.target.id for s in done if s.target.account == "free"] == ["free0", "free1", "free2"]


def test_a_page_that_is_down_does_not_keep_the_next_from_being_visited() -> None:
    from collector.capture.tab import TabError

    down = FakeTab(faults={"open": TabError("the server refused the connection")})
    done = run([order_target(ident="1"), order_target(ident="2")], tabs_of([down, FakeTab()]))
    assert [s.outcome for s in done] == ["failed", "complete"]


def test_a_browser_that_goes_away_is_an_error_after_what_was_kept_was_handed_on() -> None:
    given = iter([FakeTab()])

    @asynccontextmanager
    async def open_tab(account: str) -> AsyncIterator[Tab]:
        tab = next(given, None)
        if tab is None:
            raise BrowserError("The browser went away.")
        yield tab

    done: list[Snapshot] = []
    with pytest.raises(BrowserError):
        asyncio.run(collect([order_target(ident="1"), order_target(ident="2")], open_tab, done))
    assert [s.target.id for s in done] == ["1"]
