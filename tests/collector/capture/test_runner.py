from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from collector.alias import Alias
from collector.capture.pace import Pace
from collector.capture.runner import OpenTab, visits
from collector.capture.tab import Arrival, Tab, TabError
from collector.capture.visit import VisitSetup
from collector.errors import BrowserError, BrowserGone
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
    async def open_tab(account: str, _more: bool) -> AsyncIterator[Tab]:
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


def test_a_tab_is_asked_for_with_word_whether_its_account_needs_another() -> None:
    """So that the browser makes none that nobody takes."""
    asked: list[tuple[str, bool]] = []

    @asynccontextmanager
    async def open_tab(account: str, more: bool) -> AsyncIterator[Tab]:
        asked.append((account, more))
        yield FakeTab()

    run([order_target(account=account, ident=ident) for account, ident in ("a1", "b2", "a3", "a4")], open_tab)
    assert sorted(asked) == [("a", False), ("a", True), ("a", True), ("b", False)]


def test_a_browser_that_goes_away_is_an_error_after_what_was_kept_was_handed_on() -> None:
    given = iter([FakeTab()])

    @asynccontextmanager
    async def open_tab(account: str, _more: bool) -> AsyncIterator[Tab]:
        tab = next(given, None)
        if tab is None:
            raise BrowserError("The browser went away.")
        yield tab

    done: list[Snapshot] = []
    with pytest.raises(BrowserError):
        asyncio.run(collect([order_target(ident="1"), order_target(ident="2")], open_tab, done))
    assert [s.target.id for s in done] == ["1"]


def patient(targets: list[Target], open_tab: OpenTab, tries: int = 3) -> list[Snapshot]:
    """The visits of who tries again what passes by itself, without waiting for it."""

    async def all_of() -> list[Snapshot]:
        setup = VisitSetup(MemoryStore(), FixedClock(), Alias(), lambda text: None)
        pace = Pace(tries=tries, wait_s=0)
        return [s async for s in visits(targets, open_tab=open_tab, site_named=lambda _: FakeSite(), setup=setup, pace=pace)]

    return asyncio.run(all_of())


def test_what_passes_by_itself_is_tried_again_and_every_try_is_told() -> None:
    def down() -> FakeTab:
        return FakeTab(faults={"open": TabError("the server closed the connection")})

    done = patient([order_target(ident="1"), order_target(ident="2")], tabs_of([down(), down(), FakeTab(), FakeTab()]))
    assert [(s.target.id, s.outcome) for s in done] == [
        ("1", "failed"),
        ("1", "failed"),
        ("1", "complete"),
        ("2", "complete"),
    ]


def test_what_stays_broken_is_tried_three_times_and_then_left() -> None:
    done = patient([order_target()], tabs_of(lambda _: FakeTab(faults={"open": TabError("the server did not answer")})))
    assert [s.outcome for s in done] == ["failed"] * 3


def test_a_wall_is_never_tried_again() -> None:
    done = patient([order_target()], tabs_of(lambda _: FakeTab(final=LOGIN)))
    assert [s.outcome for s in done] == ["blocked"]


def test_a_browser_that_ended_is_asked_for_again_and_what_it_was_to_show_is_visited() -> None:
    asked: list[str] = []

    @asynccontextmanager
    async def open_tab(account: str, _more: bool) -> AsyncIterator[Tab]:
        asked.append(account)
        if len(asked) == 1:
            raise BrowserGone("The browser went away.")
        yield FakeTab()

    assert [s.outcome for s in patient([order_target()], open_tab)] == ["complete"]


def test_no_visit_begins_that_is_not_to_begin() -> None:
    async def all_of() -> list[str]:
        setup = VisitSetup(MemoryStore(), FixedClock(), Alias(), lambda text: None)
        pace = Pace(begins=lambda target: target.id not in ("2", "4"))
        targets = [order_target(ident=str(n)) for n in range(1, 5)]
        tab = tabs_of(lambda _: FakeTab())
        going = visits(targets, open_tab=tab, site_named=lambda _: FakeSite(), setup=setup, pace=pace)
        return [s.target.id async for s in going]

    assert asyncio.run(all_of()) == ["1", "3"]
