"""A web archive of real visits, played back by ReplayWeb.page in a real browser: the outside judge of `export --wacz`."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from collector.alias import Alias
from collector.browser.launch import Browser
from collector.capture.visit import VisitSetup, visit
from collector.clock import SystemClock
from collector.model import Target
from collector.sites.alibaba import Alibaba
from collector.wacz import write_wacz
from fixtures.authority import Served
from fixtures.marketplace.app import DOMAIN, Marketplace
from fixtures.marketplace.scenarios import addresses
from fixtures.marketplace.server import serve
from tests.collector.capture.fake import MemoryStore
from tests.stories.desk import desk

pytestmark = [pytest.mark.browser, pytest.mark.proof]
TOOLS = Path(__file__).parents[3] / ".tools" / "replaywebpage"
KINDS = ("order", "product", "supplier", "dispute")


@pytest.fixture(scope="module")
def player() -> Path:
    """ReplayWeb.page's two files. A plain install of it fails, so they are taken out of its package."""
    npm = shutil.which("npm")
    if not (TOOLS / "sw.js").exists():
        if npm is None:
            pytest.skip("npm is not on this machine, so ReplayWeb.page cannot be fetched")
        TOOLS.mkdir(parents=True, exist_ok=True)
        subprocess.run([npm, "pack", "replaywebpage"], cwd=TOOLS, check=True, capture_output=True, timeout=120)
        with tarfile.open(next(TOOLS.glob("*.tgz"))) as package:
            for name in ("ui.js", "sw.js"):
                (TOOLS / name).write_bytes(package.extractfile(f"package/{name}").read())  # type: ignore[union-attr]
    return TOOLS


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


async def visited(browser: Browser) -> bytes:
    """The web archive of one visit to each page; the marketplace is gone afterwards."""
    store, snapshots = MemoryStore(), []
    with serve(Marketplace("led-fans", date(2026, 7, 1), 85)) as port:
        alias = Alias(f"{DOMAIN}:{port}", "alibaba.com")
        for kind in KINDS:
            url = addresses("led-fans", "https://alibaba.com")[kind]
            async with browser.tab("replay") as tab:
                snapshots.append(
                    await visit(
                        Target(kind, "c", kind, url, "replay"),
                        tab=tab,
                        site=Alibaba(),
                        setup=VisitSetup(store, SystemClock(), alias, lambda text: None),
                    )
                )
    out = BytesIO()
    write_wacz(snapshots, store.get, out)
    return out.getvalue()


SHOWN = """() => ({
  text: document.body.innerText,
  pictures: [...document.images].map(i => { i.loading = 'eager'; return [i.currentSrc, i.naturalWidth, i.complete]; }),
  panels: [...document.querySelectorAll('[data-panel]')].map(p => [p.dataset.panelState, p.textContent.trim()]),
})"""


async def replayed(browser: Browser, origin: str, folder: Path, page: dict[str, Any]) -> dict[str, Any]:
    """What the page shows when it is played back."""
    stamp = "".join(c for c in page["ts"] if c.isdigit())
    (folder / "index.html").write_text(
        f"<!doctype html><script src='ui.js'></script><replay-web-page embed='replayonly' deepLink='false'"
        f" source='/visits.wacz' url='{page['url']}' ts='{stamp}'></replay-web-page>"
    )
    context = await browser.context("player")
    sheet = await context.new_page()
    try:
        await sheet.goto(f"{origin}/")
        async with asyncio.timeout(60):
            while True:
                frame = next((f for f in sheet.frames if "mp_/" in f.url), None)
                if frame is not None and await frame.evaluate("document.readyState") == "complete":
                    shown: dict[str, Any] = await frame.evaluate(SHOWN)
                    settled = all(whole for *_, whole in shown["pictures"])  # those below the view come when they are asked
                    if settled and shown["panels"] and all(state == "ready" for state, _ in shown["panels"]):
                        return shown
                await asyncio.sleep(0.1)
    finally:
        await sheet.close()


WORDS = {"order": "250861947301028446", "product": "12 Inch", "supplier": "Foshan Brightwing", "dispute": "60048817352946"}


def played_back(
    runner: asyncio.Runner, browser: Browser, player: Path, folder: Path, data: bytes
) -> dict[str, dict[str, Any]]:
    """What each page of a web archive shows in the player, by its kind."""
    (folder / "replay").mkdir()
    shutil.copy(player / "ui.js", folder)
    shutil.copy(player / "sw.js", folder / "replay")
    (folder / "visits.wacz").write_bytes(data)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        pages = [json.loads(line) for line in archive.read("pages/pages.jsonl").splitlines()][1:]
    with serving(folder) as origin:
        return {
            page["title"].partition(" ")[0]: runner.run(replayed(browser, origin, folder, page))
            for page in pages if not page["title"].startswith("thread")  # its messages come by a socket: none plays that
        }  # fmt: skip


def test_visits_play_back_with_text_pictures_and_what_scripts_asked_for(
    runner: asyncio.Runner, browser: Browser, player: Path, tmp_path: Path
) -> None:
    shown = played_back(runner, browser, player, tmp_path, runner.run(visited(browser)))
    assert shown.keys() == WORDS.keys()
    for kind, words in WORDS.items():
        assert words in shown[kind]["text"]
        assert all(width > 0 for _, width, _ in shown[kind]["pictures"])
        assert shown[kind]["pictures"] or kind == "dispute"
        assert all(len(text) > 10 for _, text in shown[kind]["panels"])


def test_a_packs_web_archive_plays_back(
    runner: asyncio.Runner,
    browser: Browser,
    player: Path,
    authority: Served,
    tmp_path: Path,
) -> None:
    """Made by the real commands, of a case whose messenger shows others: the pages play, the conversation is not in it.

    Of the account's pages those that were opened.
    """
    with desk(tmp_path, authority, "nothing-wrong") as table:
        table.init()
        table.open_case()
        # In a process of its own: in this one another event loop has a browser already.
        known = {**os.environ, **table.environment}
        subprocess.run([sys.executable, "-m", "cli", "capture", "fans"], check=True, capture_output=True, env=known)
        assert table.run("pack", "fans", "--open", "A01/body", "-o", tmp_path / "case.zip").code == 0
    with zipfile.ZipFile(tmp_path / "case.zip") as pack:
        data = next(pack.read(name) for name in pack.namelist() if name.endswith("/data/archive.wacz"))
    (tmp_path / "player").mkdir()
    shown = played_back(runner, browser, player, tmp_path / "player", data)
    assert shown.keys() == {"order", "product", "supplier"}
    for kind in shown:
        words = {"order": table.order}.get(kind, WORDS[kind])
        assert words in shown[kind]["text"]
        assert all(width > 0 for _, width, _ in shown[kind]["pictures"])
