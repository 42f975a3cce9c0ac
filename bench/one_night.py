"""A night of 200 pages beside a plain Playwright loop over the same pages: 40 cases, 4 accounts, pauses 0.

What is timed is the whole run of `nightly`, from its plan to its report, the start of the browser and the seal included.
The plain loop (`bench.plain_page.plain`) takes one page after the other, waits for network and pictures as visits do,
and writes what it took to files; the start of its browser is not counted. The mark: the night takes at most 0.6 of the time.
Memory is this process's own, without the browser: after a quarter of the pages, and the most that it came to afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from playwright.async_api import async_playwright

from bench.plain_page import plain
from casework.keeping.nightly import night
from casework.workspace import workspace
from collector.browser.find import find_browser
from collector.browser.launch import VIEWPORT, sandbox_state
from fixtures.authority import serve as serve_authority
from tests.stories.fleet import KINDS, FleetDesk, fleet

CASES, ACCOUNTS, MARK = 40, 4, 0.6
OWN = ("order", "dispute")  # they show the order's number
MOST_GROWTH = 1.2  # of memory, from the first quarter of the pages on


class Memory:
    """Looks at this process's memory at each step that is told; `early` is the most by a quarter of the pages."""

    def __init__(self, pages: int) -> None:
        self.pages, self.early, self.most = pages, 0, 0

    def __call__(self, text: str) -> None:
        now = psutil.Process().memory_info().rss
        self.most = max(self.most, now)
        number = text.removeprefix("page ").partition(" ")[0]
        if number.isdecimal() and int(number) <= self.pages // 4:
            self.early = self.most


def ours(desk: FleetDesk, pages: int, progress: Callable[[str], None]) -> float:
    """Seconds for the night; every page must be complete."""
    began = time.perf_counter()
    answer = night(workspace(), dry_run=False, progress=progress)
    took = time.perf_counter() - began
    assert [s.why for s in answer.snapshots if s.outcome != "complete"] == []
    assert len(answer.snapshots) == pages
    return took


async def theirs(desk: FleetDesk, cases: int, folder: Path) -> float:
    """Seconds for the plain loop."""
    company = desk.market.story.supplier.company
    pages = [
        (desk.market.pages_of(n, desk.origin)[kind], desk.market.number(n) if kind in OWN else company)
        for n in range(cases)
        for kind in KINDS
    ]
    async with async_playwright() as playwright:
        native = await playwright.chromium.launch(executable_path=find_browser(), chromium_sandbox=sandbox_state() == "on")
        context = await native.new_context(viewport={"width": VIEWPORT[0], "height": VIEWPORT[1]}, locale="en-US")
        took = await plain(context, pages, folder)
        await native.close()
    return took


def main() -> int:
    """Prints what was measured; 0 when the marks are met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=CASES)
    cases = parser.parse_args().cases
    pages = cases * len(KINDS)
    with tempfile.TemporaryDirectory() as name, serve_authority(Path(name) / "authority") as authority:
        folder = Path(name)
        (folder / "plain").mkdir()
        with fleet(folder / "desk", authority, ACCOUNTS) as desk, desk.as_environment():
            desk.open_cases(cases)
            memory = Memory(pages)
            mine = ours(desk, pages, memory)
            other = asyncio.run(theirs(desk, cases, folder / "plain"))
    grown = memory.most / memory.early
    took = f"nightly {mine:.1f} s, plain loop {other:.1f} s, ratio {mine / other:.2f} (mark {MARK})"
    print(f"{pages} pages of {cases} cases: {took}")
    print(f"memory {memory.early >> 20} MB after a quarter of the pages, {memory.most >> 20} MB at most: {grown:.2f} times")
    return 0 if mine / other <= MARK and grown <= MOST_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
