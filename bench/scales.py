"""How a visit grows with the height of a page and the messages of a conversation, and a pack with what is in it.

Each beside what a plain script, or `zip -0` and `openssl dgst -sha256`, takes for the same. Prints the tables of
docs/speed.md, which `python -m scripts.curves` draws; there is no mark: a curve that bends is seen.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from playwright.async_api import async_playwright

from bench import packing, threads
from bench.plain_page import plain
from collector.alias import Alias
from collector.archive.objects import FolderObjects
from collector.browser.find import find_browser
from collector.browser.launch import VIEWPORT, launch, sandbox_state
from collector.capture.visit import VisitSetup, visit
from collector.clock import SystemClock
from collector.model import Target
from collector.sites.alibaba import Alibaba
from fixtures.marketplace.app import DOMAIN, Marketplace
from fixtures.marketplace.scenarios import SCENARIOS, addresses
from fixtures.marketplace.server import serve
from fixtures.marketplace.unruly import long_page

PICTURES = (0, 14, 40, 84)  # of the product, in its details: to near the sixty screens that are pictured
MESSAGES = (100, 1_000, 3_000, 10_000)
PHOTOS = (4, 20, 40)  # of some 5 MB, and a video of 200 MB for every ten of them


async def _height(pictures: int) -> tuple[int, float, float]:
    """Screens of a product page with so many pictures, and seconds that the visit and the plain script take."""
    story = long_page(pictures)
    SCENARIOS.setdefault(story.name, story)
    with tempfile.TemporaryDirectory() as name, serve(Marketplace(story.name, date.today(), 0)) as port:  # noqa: DTZ011
        alias, store = Alias(f"{DOMAIN}:{port}", "alibaba.com"), FolderObjects(Path(name) / "objects")
        url = addresses(story.name, "https://alibaba.com")["product"]
        setup = VisitSetup(store, SystemClock(), alias, lambda text: None)
        async with launch() as browser, browser.tab("") as tab:
            began = setup.clock.ticks_ms()
            snapshot = await visit(Target("product", "c", "product", url), tab=tab, site=Alibaba(), setup=setup)
            ours = (setup.clock.ticks_ms() - began) / 1000
        assert snapshot.outcome == "complete", snapshot.why
        screens = sum(artefact.role == "tile" for artefact in snapshot.artefacts)
        async with async_playwright() as playwright:
            sandboxed = sandbox_state() == "on"
            native = await playwright.chromium.launch(executable_path=find_browser(), chromium_sandbox=sandboxed)
            context = await native.new_context(viewport={"width": VIEWPORT[0], "height": VIEWPORT[1]})
            theirs = await plain(context, [(alias.to_local(url), story.product.title)], Path(name), scrolls=True)
            await native.close()
    return screens, ours, theirs


def heights() -> Iterator[str]:
    yield "| screens of a page | tradewitness | plain script |\n|---|---|---|"
    for pictures in PICTURES:
        screens, ours, theirs = asyncio.run(_height(pictures))
        yield f"| {screens} | {ours:.1f} s | {theirs:.1f} s |"


def conversations() -> Iterator[str]:
    yield "| messages in a conversation | tradewitness | bare script, pictures only |\n|---|---|---|"
    for count in MESSAGES:
        ours, bare = threads.measure(count)
        yield f"| {count:,} | {ours['seconds']:.1f} s | {bare['seconds']:.1f} s |"


def packs() -> Iterator[str]:
    yield "| MB in a pack | made from nothing | made again | zip and openssl |\n|---|---|---|---|"
    for photos in PHOTOS:
        with packing.desk_with(photos, photos // 10) as (desk, folder, files):
            as_of, out = datetime.now(UTC).isoformat(), folder / "pack.zip"
            first, again = (packing.told_of_pack(desk, out, as_of)["took"] for _ in range(2))
            theirs = packing.plain(files, folder / "plain.zip")
            yield f"| {out.stat().st_size / 1e6:,.0f} | {first:.1f} s | {again:.1f} s | {theirs:.1f} s |"


def main() -> int:
    """Prints the tables; an assertion ends it where a side did not do the work."""
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load before: {os.getloadavg()[0]:.1f}")
    for table in (heights, conversations, packs):
        for row in table():
            print(row, flush=True)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
