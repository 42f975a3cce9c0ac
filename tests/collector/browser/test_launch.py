"""Starting, printing and losing a real browser."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import playwright
import pytest

from collector.alias import Alias
from collector.browser.launch import FEATURES_OFF, launch, print_pdf, sandbox_state
from collector.capture.visit import VisitSetup, visit
from collector.clock import SystemClock
from collector.errors import BrowserError
from collector.model import Snapshot
from tests.collector.browser.server import serving
from tests.collector.capture.fake import FakeSite, MemoryStore, order_target

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def test_what_playwright_turns_off_in_the_browser_stays_off() -> None:
    """Chromium heeds the last list alone, and ours is the last."""
    driver = Path(playwright.__file__).parent / "driver" / "package" / "lib" / "coreBundle.js"
    [listed] = re.findall(r"disabledFeatures = \[(.*?)\]", driver.read_text("utf-8"), re.DOTALL)
    theirs = re.findall(r'"(\w+)"', listed)
    assert len(theirs) > 5
    assert set(theirs) <= set(FEATURES_OFF)


@on_linux
@pytest.mark.browser
def test_no_page_of_the_browsers_own_is_loaded_beside_ours() -> None:
    """What drops down below an address bar would cost ten times what the page does."""

    async def look() -> bool:
        with serving() as origin:
            async with launch() as browser, browser.tab() as tab:
                await tab.open(f"{origin}/order", 30_000)
                await tab.settle(30_000)
                return any(b"--top-chrome-webui" in line for line in command_lines(os.getpid()))

    assert not asyncio.run(look())


def command_lines(parent: int) -> Iterator[bytes]:
    """Those of the processes below this one."""
    for process in processes_below(parent):
        with suppress(OSError):
            yield Path(f"/proc/{process}/cmdline").read_bytes()


def processes_below(parent: int) -> set[int]:
    """Every descendant of a process that is alive."""
    below: set[int] = set()
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, task.read_text().split()):
                below |= {child} | processes_below(child)
    return below


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def the_browser(among: set[int]) -> int:
    """The browser's own process: the one with a profile folder and no role given by another."""
    for process in sorted(among):
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        if any(w.startswith(b"--user-data-dir") for w in words) and not any(w.startswith(b"--type=") for w in words):
            return process
    raise AssertionError("no browser runs")


@pytest.mark.parametrize(
    ("platform", "user", "state"),
    [("linux", 0, "off: running as root"), ("linux", 1000, "on"), ("darwin", 0, "on"), ("win32", -1, "on")],
)
def test_the_sandbox_is_off_for_root_on_linux_only(platform: str, user: int, state: str) -> None:
    assert sandbox_state(platform, user) == state


def test_a_program_that_is_no_browser_is_one_sentence_and_leaves_no_process(tmp_path: Path) -> None:
    path = tmp_path / "chrome"
    path.write_text("#!/bin/sh\nexit 7\n")
    path.chmod(0o755)
    before = processes_below(os.getpid())

    async def start() -> None:
        async with launch(path):
            raise AssertionError("it cannot have started")

    with pytest.raises(BrowserError, match="did not start") as caught:
        asyncio.run(start())
    assert "\n" not in caught.value.message
    assert not {p for p in processes_below(os.getpid()) - before if is_alive(p)}


@pytest.mark.browser
@on_linux
def test_nothing_of_the_browser_is_left_when_the_block_ends() -> None:
    before = processes_below(os.getpid())

    async def start() -> set[int]:
        async with launch() as browser, browser.tab():
            return processes_below(os.getpid()) - before

    started = asyncio.run(start())
    assert started
    assert not {p for p in started if is_alive(p)}


@pytest.mark.browser
@on_linux
def test_a_browser_killed_in_the_middle_fails_the_visit_and_then_the_next_tab() -> None:
    before = processes_below(os.getpid())

    async def lose(origin: str) -> Snapshot:
        async with launch() as browser:
            async with browser.tab() as tab:

                def kill_after_opening(text: str) -> None:
                    if text.endswith(": waiting until it has loaded"):
                        os.kill(the_browser(processes_below(os.getpid()) - before), signal.SIGKILL)

                snapshot = await visit(
                    order_target(f"{origin}/order"),
                    tab=tab,
                    site=FakeSite(),
                    setup=VisitSetup(MemoryStore(), SystemClock(), Alias(), kill_after_opening),
                )
            with pytest.raises(BrowserError, match="went away"):
                async with browser.tab("another"):
                    raise AssertionError("there is no browser")
        return snapshot

    with serving() as origin:
        snapshot = asyncio.run(lose(origin))
    assert (snapshot.outcome, snapshot.why) == ("failed", "The tab closed or crashed.")
    assert not {p for p in processes_below(os.getpid()) - before if is_alive(p)}


@pytest.mark.browser
def test_a_report_prints_on_a4_with_its_local_pictures_and_nothing_from_the_network(tmp_path: Path) -> None:
    import pypdf
    from PIL import Image

    Image.new("RGB", (20, 20), (200, 0, 0)).save(tmp_path / "seal.png")
    with socket.create_server(("127.0.0.1", 0)) as ear:
        page = tmp_path / "report.html"
        page.write_text(
            "<meta charset=utf-8><h1>Dispute 不好意思</h1><img src=seal.png>"
            f"<style>p {{ background: url(http://127.0.0.1:{ear.getsockname()[1]}/x) }}</style>"
            "<script>document.body.append('SCRIPTED')</script><p style='break-before:page'>Second page</p>",
            encoding="utf-8",
        )
        (tmp_path / "report.pdf").write_bytes(print_pdf(page))
        ear.setblocking(False)
        with pytest.raises(BlockingIOError):
            ear.accept()
    report = pypdf.PdfReader(tmp_path / "report.pdf")
    text = "\n".join(sheet.extract_text() for sheet in report.pages)
    assert [float(side) for side in report.pages[0].mediabox[2:]] == pytest.approx([595.3, 841.9], abs=1)  # points
    assert "Dispute" in text
    assert "2 / 2" in text
    assert "SCRIPTED" not in text
    assert len(report.pages[0].images) == 1


@pytest.mark.browser
def test_html_given_as_text_prints_too_and_page_numbers_are_a_choice() -> None:
    from io import BytesIO

    import pypdf

    report = pypdf.PdfReader(BytesIO(print_pdf("<h1>Hello</h1>", page_numbers=False)))
    assert report.pages[0].extract_text().strip() == "Hello"
