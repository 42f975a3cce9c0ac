"""A year of nights over ten open orders: what a night costs must follow what changed, not how many nights there were.

The real `nightly` in one process on a browser of paper. On most nights one order's page says something new; every page is
visited and its look recorded each night all the same, which is the evidence that nothing changed. For the ratio the archive
as it was after a month and as it is after the year take turns: the same pages, of which neither has anything new to keep.
The mark: a night after the year takes at most 1.3 of one after a month.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from bench.growth import started
from collector.capture.tab import Arrival
from collector.clock import SystemClock
from fixtures.authority import serve
from fixtures.marketplace.pages import render
from fixtures.marketplace.scenarios import addresses
from scripts import curves
from tests.paper_desk import ORIGIN, SCENARIO, PaperDesk, PaperTab

ORDERS, NIGHTS, MONTH, TURNS, MARK = 10, 365, 30, 15, 1.3
CHANGES_UNTIL = 180  # nights: in the second half of the year nothing changes any more
MEASURED = "## What a year of nights costs"  # what stands above it is written by hand
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "nights.md"
_TERMS = "Defects at most 2 %."  # of the order page
_SHIPPED = 56  # days of the story: goods are on their way, and no dispute is open
_NUMBER = re.compile(r"\d{18}")


@dataclass
class Market:
    """Pages of any order, made from those of one, with what was last written into its terms."""

    own: str
    notes: dict[str, int] = field(default_factory=dict)

    def tab(self) -> PaperTab:
        market = self

        class Tab(PaperTab):
            async def open(self, url: str, within_ms: int) -> Arrival:
                found = _NUMBER.search(url)
                self.order = found[0] if found else market.own
                arrival = await super().open(url.replace(self.order, market.own), within_ms)
                self.final = url
                return replace(arrival, final=url)

            def changed(self, kind: str) -> None:
                base = (datetime.now(UTC) - timedelta(days=_SHIPPED)).date()
                page = render(SCENARIO, _SHIPPED, kind, base=base, origin=ORIGIN, settled=True).decode()
                terms = f"{_TERMS} Note {market.notes.get(self.order, 0)}."
                self.html = page.replace(market.own, self.order).replace(_TERMS, terms)

        return Tab()


@dataclass(frozen=True, slots=True)
class Night:
    """What one night took, in seconds, and the size of the archive after it, in bytes: of originals and in all."""

    took: float
    originals: int
    whole: int


class LaterClock(SystemClock):
    """This machine's clock, set forward by a day each night: a page that was kept last night is due again."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return super().now() + LaterClock.ahead


def night_of(desk: PaperDesk, market: Market) -> float:
    """Seconds that a night took, which must have kept every page whole."""
    LaterClock.ahead += timedelta(days=1)
    began = time.perf_counter()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("casework.workspace.SystemClock", LaterClock)
        said = json.loads(desk.run("nightly", "--json", make_tab=market.tab).out)
    took = time.perf_counter() - began
    outcomes = [s["outcome"] for s in said["snapshots"]]
    assert outcomes == ["complete"] * ORDERS, outcomes
    return took


def year(desk: PaperDesk, market: Market, young: PaperDesk) -> list[Night]:
    """Every night of a year; `young` is left as a copy of what was there after the first month."""
    desk.begin()
    orders = [desk.order, *(str(int(desk.order) + n) for n in range(1, ORDERS))]
    for order in orders[1:]:
        address = addresses(SCENARIO, ORIGIN)["order"].replace(desk.order, order)
        desk.did("case", "open", order, "--order", address, "--zone", "Europe/Berlin")
    nights = []
    for number in range(NIGHTS):
        if number < CHANGES_UNTIL:
            market.notes[orders[number % ORDERS]] = number
        if number == MONTH:
            shutil.copytree(desk.folder, young.folder)
        took = night_of(desk, market)
        nights.append(Night(took, size_of(desk.archive / "objects"), size_of(desk.archive)))
        if number % MONTH == 0:
            print(f"night {number}: {took:.2f} s, {nights[-1].whole:,} bytes", flush=True)
    assert desk.run("verify", desk.archive).code == 0
    return nights


def in_turns(young: PaperDesk, old: PaperDesk, market: Market) -> tuple[float, float]:
    """The middle of what a night takes in each archive, after one that keeps what is new to it."""
    pairs = [(night_of(young, market), night_of(old, market)) for _ in range(TURNS + 1)][1:]
    early, late = zip(*pairs, strict=True)
    return median(early), median(late)


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())


def middle(nights: Iterable[Night]) -> float:
    """The middle of what these nights took, in seconds."""
    return median(night.took for night in nights)


def page(nights: list[Night], early: float, late: float, start: float) -> str:
    """The document: one row a month."""
    rows = []
    for first in range(0, NIGHTS - MONTH + 1, MONTH):
        month, last = nights[first : first + MONTH], nights[first + MONTH - 1]
        before = nights[first - 1] if first else Night(0, 0, 0)
        grown = (last.originals - before.originals) / MONTH, (last.whole - before.whole) / MONTH
        kept = " | ".join(f"{each / 1000:,.0f} kB" for each in grown)
        rows.append(f"| {first // MONTH + 1} | {middle(month):.2f} s | {kept} |")
    return "\n".join([
        MEASURED, "",
        f"Written by `make bench`. {ORDERS} open orders, a page of each a night, {NIGHTS} nights; on each of the",
        f"first {CHANGES_UNTIL} nights one order's page says something new, after that none does. What is measured is",
        "`nightly` without Chromium, the pauses and the start of the program; a row is a month. Each look is recorded and",
        "sealed also when nothing changed, so the archive grows a little every night; originals are kept once.", "",
        "| month | a night takes | originals grow, a night | the archive grows, a night |", "|---|---|---|---|", *rows, "",
        f"A night after the year takes {late:.2f} s, one after the first month {early:.2f} s, the two measured in",
        f"turns; each with the {start:.2f} s that the program takes to start: {growth(early, late, start):.2f} times; the",
        f"mark is {MARK}.", "",
    ])  # fmt: skip


def growth(early: float, late: float, start: float) -> float:
    """How many times as long a late night takes as an early one, the start of the program counted in both."""
    return (late + start) / (early + start)


def main() -> int:
    """Prints what was measured and writes it down; 0 when the mark is met."""
    start = started()
    with tempfile.TemporaryDirectory() as name, serve(Path(name) / "authority") as authority:
        old = PaperDesk(Path(name) / "desk", authority, ("order",))
        old.folder.mkdir()
        young, market = old.elsewhere(Path(name) / "young"), Market(old.order)
        nights = year(old, market, young)
        early, late = in_turns(young, old, market)
    grown = growth(early, late, start)
    print(f"a night after a month {early:.2f} s, after the year {late:.2f} s: growth {grown:.2f}")
    told = DOCUMENT.read_text("utf-8").partition(MEASURED)[0]
    DOCUMENT.write_text(f"{told}{page(nights, early, late, start)}", "utf-8")
    curves.main()
    return 0 if grown <= MARK else 1


if __name__ == "__main__":
    sys.exit(main())
