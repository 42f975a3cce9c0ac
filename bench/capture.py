"""A full capture of 20 order pages beside a plain async Playwright script: same pages, same waits, same artefacts.

Three accounts with three visits in flight, and one account in sequence as its own row; in the same run and in turns. The
plain script takes one page after the other, and is what somebody would write in an hour: network idle, fonts, pictures;
full-page PNG, source, text, MHTML, PDF; written to files named by their SHA-256. Both assert that they got the page. Time to
start the browser is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from playwright.async_api import async_playwright

from bench.plain_page import plain
from collector.alias import Alias
from collector.archive.objects import FolderObjects
from collector.browser.find import find_browser
from collector.browser.launch import VIEWPORT, Browser, launch, sandbox_state
from collector.capture.runner import visits
from collector.capture.visit import VisitSetup
from collector.clock import SystemClock
from collector.model import Target
from collector.sites.table import site_named
from fixtures.marketplace.app import DOMAIN, Marketplace
from fixtures.marketplace.scenarios import addresses
from fixtures.marketplace.server import serve

PAGES = 20
ROUNDS = 2
MARK = 0.7  # three accounts, three in flight
MARK_ONE = 1.0  # one account, one page after the other
ACCOUNTS = 3
SCENARIO, DAY = "led-fans", 60
REAL = "alibaba.com"
ROLES = {"tile", "dom", "text", "boxes", "mhtml", "pdf", "network", "body"}


async def ours(browser: Browser, url: str, order: str, alias: Alias, folder: Path, pages: int, accounts: int) -> float:
    """Seconds for the visits of tradewitness over so many accounts; each must be complete, with every artefact."""
    targets = [Target(f"order{n}", order, "order", url, f"bench{n % accounts}", {"order": order}) for n in range(pages)]
    began = time.perf_counter()
    store = FolderObjects(folder)
    going = visits(
        targets,
        open_tab=browser.tab,
        site_named=site_named,
        setup=VisitSetup(store, SystemClock(), alias, lambda text: None),
    )
    done = [snapshot async for snapshot in going]
    seconds = time.perf_counter() - began
    for snapshot in done:
        assert snapshot.outcome == "complete", snapshot.why
        assert {artefact.role for artefact in snapshot.artefacts} >= ROLES
        text = next(a for a in snapshot.artefacts if a.role == "text")
        assert order.encode() in store.get(text.digest)
    assert len(done) == pages
    return seconds


async def measure(pages: int, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """Seconds a round of three accounts, of one account, and of the plain script, after a short one to fill the caches."""
    three: list[float] = []
    one: list[float] = []
    them: list[float] = []
    with tempfile.TemporaryDirectory() as folder, serve(Marketplace(SCENARIO, date.today(), DAY)) as port:  # noqa: DTZ011
        alias = Alias(f"{DOMAIN}:{port}", REAL)
        url = addresses(SCENARIO, f"https://{REAL}")["order"]
        order = url.partition("orderId=")[2]
        async with launch() as browser, async_playwright() as playwright:
            native = await playwright.chromium.launch(
                executable_path=find_browser(), chromium_sandbox=sandbox_state() == "on"
            )
            context = await native.new_context(viewport={"width": VIEWPORT[0], "height": VIEWPORT[1]}, locale="en-US")
            for turn in range(rounds + 1):
                count = pages if turn else ACCOUNTS
                mine, other = Path(folder) / f"ours{turn}", Path(folder) / f"plain{turn}"
                other.mkdir()
                three.append(await ours(browser, url, order, alias, mine, count, ACCOUNTS))
                one.append(await ours(browser, url, order, alias, Path(folder) / f"one{turn}", count, 1))
                them.append(await plain(context, [(alias.to_local(url), order)] * count, other))
            await native.close()
    return three[1:], one[1:], them[1:]


def main() -> int:
    """Prints the table; 0 when ours takes no longer than the plain script, else 1."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    three, one, them = asyncio.run(measure(asked.pages, asked.rounds))
    plainly = statistics.median(them)
    ratio, alone = statistics.median(three) / plainly, statistics.median(one) / plainly
    print(f"{asked.pages} order pages, full capture{'seconds':>12}{'a page':>10}")
    rows = (("three accounts, three in flight", three), ("one account, in sequence", one), ("plain script", them))
    for name, took in rows:
        middle = statistics.median(took)
        print(f"{name:<32}{middle:>10.2f}{middle / asked.pages:>10.2f}")
    print(f"ratio {ratio:.2f} with three in flight (at most {MARK}), {alone:.2f} in sequence (at most {MARK_ONE})")
    return 0 if ratio <= MARK and alone <= MARK_ONE else 1


if __name__ == "__main__":
    sys.exit(main())
