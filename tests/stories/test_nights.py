"""A night over many orders, with every fault on its way: what can be kept is kept, nothing twice, the report is right."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from collector.browser.tab import ChromiumTab
from collector.capture.tab import Arrival
from fixtures.authority import Served
from tests.stories.fleet import KINDS, FleetDesk, fleet

_LENT: set[psutil.Process] = set()  # to the other stories of this worker: not ours to end


@pytest.fixture(scope="module", autouse=True)
def one_browser() -> Iterator[None]:
    """These stories are lent no browser: they kill their own, and look whether it is gone."""
    _LENT.update(browsers())
    yield
    _LENT.clear()


def browsers() -> list[psutil.Process]:
    """The browsers that these stories started, without their helpers."""
    found = []
    for process in psutil.Process().children(recursive=True):
        line = process.cmdline() if process.status() != psutil.STATUS_ZOMBIE else []
        if any("--headless" in word for word in line) and not any(word.startswith("--type=") for word in line):
            found.append(process)
    return [process for process in found if process not in _LENT]


def end_browsers() -> None:
    for process in browsers():
        os.kill(process.pid, signal.SIGKILL)


def once(wanted: tuple[str, int], act: Callable[[], None]) -> Callable[[str, int], None]:
    """What is done at the first request of one page, and never again."""
    left = [act]

    def called(kind: str, n: int) -> None:
        if (kind, n) == wanted and left:
            left.pop()()

    return called


@contextmanager
def crashing(*wanted: str) -> Iterator[None]:
    """The tab crashes once at each address that holds one of these, as soon as the page is there."""
    left, real = list(wanted), ChromiumTab.open

    async def opened(self: ChromiumTab, url: str, within_ms: int) -> Arrival:
        arrival = await real(self, url, within_ms)
        if found := [each for each in left if each in url]:
            left.remove(found[0])
            await self.crash()
        return arrival

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ChromiumTab, "open", opened)
        yield


def accounted(report: dict[str, Any], planned: list[dict[str, str]]) -> None:
    """Every planned page stands in exactly one part of the report."""
    told = Counter((row["case"], row["kind"]) for part in ("kept", "failed", "left_out") for row in report[part])
    assert told == Counter((page["case"], page["kind"]) for page in planned)


def clean(table: FleetDesk) -> None:
    """Nothing is left behind: no browser, no half-written file; and the archive verifies."""
    assert psutil.wait_procs(browsers(), timeout=30)[1] == []  # one that ends takes its time
    assert [p for p in (table.archive / "objects").rglob("*") if p.is_file() and p.suffix not in ("", ".zst")] == []
    assert table.run("verify", "--json").json["problems"] == []


@pytest.mark.browser
def test_eight_pages_with_every_fault_on_their_way(tmp_path: Path, authority: Served) -> None:
    """The first account meets what passes; the sign-in of the second ends midway."""
    with fleet(tmp_path / "desk", authority, accounts=2) as table:
        table.open_cases(2, ("order", "dispute", "supplier", "product"))
        free, walled = table.market.number(0), table.market.number(1)
        table.market.strikes = {
            ("order", 0): ["slow"], ("supplier", 0): ["500"], ("product", 0): ["reset", "reset", "reset"],
            ("dispute", 1): ["login…"],
        }  # fmt: skip
        table.market.called = once(("dispute", 0), end_browsers)
        with crashing(f"orderId={free}"):
            said, report = table.night()
        assert said.code == 3
        accounted(report, said.json["planned"])
        assert [row["kind"] for row in report["kept"] if row["case"] == free] == ["order", "dispute", "supplier", "product"]
        tries = {row["kind"]: row["tries"] for row in report["kept"] if row["case"] == free}
        assert min(tries["order"], tries["dispute"], tries["supplier"]) == 2
        assert [(row["kind"], row["outcome"]) for row in report["failed"]] == [("dispute", "blocked")]
        assert {row["why"] for row in report["left_out"]} == {"its account was stopped before"}
        assert {one["case"] for one in report["blind"]} == {walled}
        whole = Counter((s["case"], s["kind"]) for s in said.json["snapshots"] if s["outcome"] == "complete")
        assert set(whole.values()) == {1}
        clean(table)
        table.market.strikes.clear()
        assert table.run("capture", walled).code == 0  # a person signed in again
        again, _ = table.night()
        assert (again.json["planned"], again.json["snapshots"], again.json["blind"]) == ([], [], [])


@pytest.mark.proof
@pytest.mark.browser
def test_two_hundred_pages_of_forty_cases_and_four_accounts_with_faults_on_their_way(
    tmp_path: Path, authority: Served
) -> None:
    """Two accounts meet what passes; of two the sign-in ends, or the site asks for a person, after some of their pages."""
    chance = random.Random(2026)
    with fleet(tmp_path / "desk", authority, accounts=4) as table:
        table.open_cases(40)
        free = [(kind, n) for n in range(40) for kind in KINDS if n % 4 < 2]
        struck = chance.sample(free, 36)
        faults = [["slow"]] * 8 + [["500"]] * 10 + [["reset"] * 4] * 8 + [["500…"]] * 2
        table.market.strikes = dict(zip(struck, map(list, faults), strict=False))
        table.market.strikes |= {("thread", 14): ["login…"], ("thread", 15): ["challenge…"]}
        calls = [once(page, end_browsers) for page in struck[28:30]]

        def called(kind: str, n: int) -> None:
            for call in calls:
                call(kind, n)

        table.market.called = called
        crashed = [f"orderId={table.market.number(n)}" for kind, n in struck[30:] if kind == "order"]
        with crashing(*crashed):
            said, report = table.night()
        assert said.code == 3
        assert len(said.json["planned"]) == 200
        accounted(report, said.json["planned"])
        whole = Counter((s["case"], s["kind"]) for s in said.json["snapshots"] if s["outcome"] == "complete")
        assert set(whole.values()) == {1}
        broken = {(table.market.number(n), kind) for kind, n in struck[26:28]}
        assert {(table.market.number(n), kind) for kind, n in free} - whole.keys() == broken
        stopped = {paused["name"] for paused in report["walls"]}
        assert stopped == {"account2", "account3"}
        assert {row["account"] for row in report["left_out"]} == stopped
        clean(table)
        table.market.strikes.clear()
        for n in (14, 15):  # a person signed in again, and answered
            assert table.run("capture", table.market.number(n)).code == 0
        again, last = table.night()
        accounted(last, again.json["planned"])
        assert not last["failed"] + last["left_out"]
        seen = {(row["case"], row["kind"]) for row in last["kept"]}
        assert seen & whole.keys() == set()
        assert table.run("nightly", "--dry-run", "--json").json["planned"] == []
        clean(table)
