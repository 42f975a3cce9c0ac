"""A conversation of 10,000 messages walked to its start, beside a bare script that scrolls and pictures the same screens.

Each side runs in a process of its own against the same server in a third, so that the peak of Python's memory is that of the
walk; the driver's and the browser's are told apart. Ours must have every message once, in the server's order.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from collector.alias import Alias
from collector.archive.objects import FolderObjects
from collector.browser.find import find_browser
from collector.browser.launch import VIEWPORT, launch, sandbox_state
from collector.capture.visit import VisitSetup, visit
from collector.clock import SystemClock
from collector.model import Target
from collector.reading.stored import stored_page
from collector.sites.alibaba import Alibaba
from fixtures.marketplace.app import DOMAIN, Marketplace
from fixtures.marketplace.scenarios import SCENARIOS, addresses
from fixtures.marketplace.server import serve
from fixtures.marketplace.unruly import long_thread

MESSAGES = 10_000
MARK, MOST_MB = 2.0, 300
BASE = date(2026, 7, 1)
_SPAWN = multiprocessing.get_context("spawn")
Said = dict[str, Any]


def _market(count: int) -> Marketplace:
    story = long_thread(count)
    SCENARIOS.setdefault(story.name, story)
    return Marketplace(story.name, BASE, 0)


def _serve(count: int, pipe: Connection) -> None:
    with serve(_market(count)) as port:
        pipe.send(port)
        pipe.recv()


@contextlib.contextmanager
def _served(count: int) -> Iterator[int]:
    here, there = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_serve, args=(count, there), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("end")
        process.join(10)


def _peak(process: int) -> int:
    """Peak resident megabytes of a process as it is now; getrusage would count in the one that it was forked from."""
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))


def _peaks(root: int) -> dict[str, int]:
    """Peak resident megabytes of the driver and of the browser's processes together, from /proc."""
    peaks = {"driver": 0, "browser": 0}
    for task in Path(f"/proc/{root}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            with contextlib.suppress(OSError, StopIteration):
                name = Path(f"/proc/{child}/cmdline").read_bytes()
                kind = "driver" if b"playwright" in name and b"chrom" not in name.split(b"\0")[0] else "browser"
                peaks[kind] += _peak(child)
            for kind, more in _peaks(child).items():
                peaks[kind] += more
    return peaks


async def _walk(count: int, port: int, folder: Path, pipe: Connection) -> None:
    """The visit of tradewitness; what it read from the stored bytes is compared with the server's list."""
    market = _market(count)
    alias, store = Alias(f"{DOMAIN}:{port}", "alibaba.com"), FolderObjects(folder)
    url = addresses(market.scenario, "https://alibaba.com")["thread"]
    async with launch() as browser, browser.tab("bench") as tab:
        began = time.perf_counter()
        snapshot = await visit(
            Target("thread", "c", "thread", url, "bench"),
            tab=tab,
            site=Alibaba(),
            setup=VisitSetup(store, SystemClock(), alias, lambda text: None),
        )
        seconds = time.perf_counter() - began

        peaks = _peaks(os.getpid())
    peaks["python"] = _peak(os.getpid())
    began = time.perf_counter()
    page = stored_page(snapshot, store.get, alias)
    facts = {fact.name: fact.value for fact in Alibaba().read("thread", page)}
    reading = time.perf_counter() - began
    ids = [message["id"] for message in facts["thread.messages"]]
    assert snapshot.outcome == "complete", snapshot.why
    assert ids == [f"{3841907260000 + 137 * number}.PNM" for number in range(count)], "not the server's list"
    assert facts["thread.disagreements"] == ()
    took = {step.name: step.took_ms for step in snapshot.steps}
    after = _peak(os.getpid())
    pipe.send(
        {"seconds": seconds, "walk": took["thread"] / 1000, "screens": len(page.stretches), "peaks": peaks,
         "reading": reading, "after": after}
    )  # fmt: skip


async def _scroll(count: int, port: int, folder: Path, pipe: Connection) -> None:
    """The bare script: opens, pictures the view, scrolls up by one view, waits for older messages, until the start shows."""
    from playwright.async_api import async_playwright

    url = addresses(_market(count).scenario, f"http://{DOMAIN}:{port}")["thread"]
    async with async_playwright() as playwright:
        native = await playwright.chromium.launch(executable_path=find_browser(), chromium_sandbox=sandbox_state() == "on")
        page = await native.new_page(viewport={"width": VIEWPORT[0], "height": VIEWPORT[1]})
        began = time.perf_counter()
        await page.goto(url, wait_until="load")
        await page.wait_for_selector(".message-item-wrapper")
        screens, ended = 0, False
        while not ended:
            png = await page.screenshot()
            (folder / f"{screens:04d}-{hashlib.sha256(png).hexdigest()[:12]}.png").write_bytes(png)
            screens += 1
            ended = await page.evaluate(
                """async () => {
                  const box = document.querySelector('.scroll-box');
                  const frame = () => new Promise(done => requestAnimationFrame(done));
                  if (box.scrollTop === 0 && document.querySelector('.history-start')) return true;
                  box.scrollTop -= box.clientHeight - 100;
                  await frame();
                  while (box.scrollTop === 0 && !document.querySelector('.history-start')) await frame();
                  await frame();
                  return false;
                }"""
            )
        seconds = time.perf_counter() - began
        await native.close()
    pipe.send({"seconds": seconds, "screens": screens})


def _run(side: Callable[..., Any], count: int, port: int) -> Said:
    """One side in a process of its own. Raises EOFError when it did not do the work."""
    here, there = _SPAWN.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        process = _SPAWN.Process(target=_child, args=(side, count, port, Path(folder), there))
        process.start()
        there.close()
        try:
            said: Said = here.recv()
        finally:
            process.join()
    return said


def _child(side: Callable[..., Any], count: int, port: int, folder: Path, pipe: Connection) -> None:
    asyncio.run(side(count, port, folder, pipe))


def measure(count: int) -> tuple[Said, Said]:
    """What the walk and the bare script say of themselves."""
    with _served(count) as port:
        return _run(_walk, count, port), _run(_scroll, count, port)


def main() -> int:
    """Prints the table; 0 when time and memory keep within their marks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    ours, bare = measure(asked.messages)
    # The same number of screens: one more or less hangs on where the last one ends.
    ratio = ours["seconds"] / ours["screens"] / (bare["seconds"] / bare["screens"])
    peaks = ours["peaks"]
    if asked.json:
        print(json.dumps({"ours": ours, "bare": bare, "ratio": ratio}))
    print(f"{asked.messages} messages{'':<22}{'seconds':>10}{'screens':>10}")
    print(f"{'tradewitness, the whole visit':<36}{ours['seconds']:>6.1f}{ours['screens']:>10}")
    print(f"{'  of it the walk':<36}{ours['walk']:>6.1f}")
    print(f"{'bare script, pictures only':<36}{bare['seconds']:>6.1f}{bare['screens']:>10}")
    print(f"ratio a screen {ratio:.2f} (at most {MARK}); reading it again takes {ours['reading']:.1f} s")
    print(f"peak memory: Python {peaks['python']} MB (under {MOST_MB}), reading it again {ours['after']} MB;"
          f" driver {peaks['driver']} MB, browser {peaks['browser']} MB")  # fmt: skip
    return 0 if ratio <= MARK and peaks["python"] < MOST_MB else 1


if __name__ == "__main__":
    sys.exit(main())
