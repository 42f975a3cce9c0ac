"""A year of nights over ten open orders: what a night costs must follow what changed, not how many nights there were.

The real `nightly` in one process on a browser of paper. On most nights one order's page says something new; every page is
visited and its look recorded each night all the same, which is the evidence that nothing changed. Both months of the ratio
visit the same pages and are asked how many they kept. The mark: a night of the last month takes at most 1.3 of one of the
first.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from bench.growth import started
from collector.capture.tab import Arrival
from fixtures.authority import serve
from fixtures.marketplace.pages import render
from fixtures.marketplace.scenarios import addresses
from tests.paper_desk import ORIGIN, SCENARIO, PaperDesk, PaperTab

ORDERS, NIGHTS, MONTH, MARK = 10, 365, 30, 1.3
CHANGES_UNTIL = 180  # nights: in the second half of the year nothing changes any more
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


def year(desk: PaperDesk) -> list[Night]:
    """Every night of a year, each of which must have kept every page whole."""
    desk.begin()
    market = Market(desk.order)
    orders = [desk.order, *(str(int(desk.order) + n) for n in range(1, ORDERS))]
    for order in orders[1:]:
        address = addresses(SCENARIO, ORIGIN)["order"].replace(desk.order, order)
        desk.did("case", "open", order, "--order", address, "--zone", "Europe/Berlin")
    nights = []
    for number in range(NIGHTS):
        if number < CHANGES_UNTIL:
            market.notes[orders[number % ORDERS]] = number
        began = time.perf_counter()
        said = json.loads(desk.run("nightly", "--json", make_tab=market.tab).out)
        took = time.perf_counter() - began
        outcomes = [s["outcome"] for s in said["snapshots"]]
        assert outcomes == ["complete"] * ORDERS, outcomes
        nights.append(Night(took, size_of(desk.archive / "objects"), size_of(desk.archive)))
        if number % MONTH == 0:
            print(f"night {number}: {took:.2f} s, {nights[-1].whole:,} bytes", flush=True)
    assert desk.run("verify", desk.archive).code == 0
    return nights


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())


def middle(nights: Iterable[Night]) -> float:
    """The middle of what these nights took, in seconds."""
    return median(night.took for night in nights)


def page(nights: list[Night], start: float) -> str:
    """The document: one row a month."""
    rows = []
    for first in range(0, NIGHTS - MONTH + 1, MONTH):
        month, last = nights[first : first + MONTH], nights[first + MONTH - 1]
        before = nights[first - 1] if first else Night(0, 0, 0)
        grown = (last.originals - before.originals) / MONTH, (last.whole - before.whole) / MONTH
        kept = " | ".join(f"{each / 1000:,.0f} kB" for each in grown)
        rows.append(f"| {first // MONTH + 1} | {middle(month):.2f} s | {kept} |")
    growth = (middle(nights[-MONTH:]) + start) / (middle(nights[:MONTH]) + start)
    return "\n".join([
        "# What a year of nights costs", "",
        f"Written by `make bench`. {ORDERS} open orders, a page of each a night, {NIGHTS} nights; on each of the",
        f"first {CHANGES_UNTIL} nights one order's page says something new, after that none does. What is measured is",
        "`nightly` without Chromium, the pauses and the start of the program; a row is a month. Each look is recorded and",
        "sealed also when nothing changed, so the archive grows a little every night; originals are kept once.", "",
        "| month | a night takes | originals grow, a night | the archive grows, a night |", "|---|---|---|---|", *rows, "",
        f"A night of the last month beside one of the first, each with the {start:.2f} s that the program takes to start:",
        f"{growth:.2f}; the mark is {MARK}.", "",
    ])  # fmt: skip


def main() -> int:
    """Prints what was measured and writes it down; 0 when the mark is met."""
    start = started()
    with tempfile.TemporaryDirectory() as name, serve(Path(name) / "authority") as authority:
        nights = year(PaperDesk(Path(name), authority, ("order",)))
    growth = (middle(nights[-MONTH:]) + start) / (middle(nights[:MONTH]) + start)
    print(f"growth from the first to the last month: {growth:.2f}")
    DOCUMENT.write_text(page(nights, start), "utf-8")
    return 0 if growth <= MARK else 1


if __name__ == "__main__":
    sys.exit(main())
