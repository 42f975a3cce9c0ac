"""Draws the pages of `serve` over the demo's archive, and of its pack, into docs/pictures/. First: make demo.

`python -m scripts.pictures pack` draws the pack alone. Its report is turned into pictures by pdftoppm (poppler-utils).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from collector.browser.find import find_browser

ROOT = Path(__file__).resolve().parent.parent
DEMO, PICTURES = ROOT / "demo", ROOT / "docs" / "pictures"
SIZES = {"wide": (1180, 820), "phone": (390, 780)}
REPORT_PAGES = (1, 2, 4, 6, 8, 9)  # of the demo's report: cover, contents, chronology; conversation, an exhibit
_COLOURS = 128


@contextmanager
def served() -> Iterator[str]:
    """The address of the demo's pages."""
    told = {**os.environ, "TRADEWITNESS_CONFIG": str(DEMO / "configuration"), "TRADEWITNESS_LOG": str(DEMO / "log")}
    command = [sys.executable, "-m", "cli", "serve", "--no-open", "--json", "--archive", str(DEMO / "archive")]
    with subprocess.Popen(command, cwd=ROOT, env=told, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield str(json.loads(server.stdout.readline())["url"])
        finally:
            server.terminate()


def draw(browser: Browser, address: str, size: str) -> None:
    """Each page at one size, as it is seen without scrolling."""
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    page.goto(address)
    keep(page, f"today-{size}")
    origin = page.url.rstrip("/")
    case = page.get_attribute("article.case h2 a", "href") or ""
    page.goto(origin + case)
    keep(page, f"case-{size}")
    page.evaluate("document.getElementById('when').scrollIntoView({behavior: 'instant'})")
    keep(page, f"when-{size}")
    visit = page.get_attribute("a.visit", "href") or ""
    others = (
        ("changes", f"{case}/changes"),
        ("search", "/search?q=carton"),
        ("nights", "/nights"),
        ("settings", "/settings"),
    )
    for name, path in (("visit", visit), ("messages", f"{case}/thread"), ("pack", f"{case}/pack?look=1"), *others):
        page.goto(origin + path, wait_until="networkidle")
        keep(page, f"{name}-{size}")
    page.close()


def draw_chinese(browser: Browser, address: str, size: str) -> None:
    """A case as a Chinese reader sees it."""
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light", locale="zh-CN")
    page.goto(address)
    page.click("article.case h2 a")
    keep(page, f"chinese-{size}")
    page.close()


def draw_pack(browser: Browser, folder: Path) -> None:
    """index.html at each size, and the report's first pages and an exhibit of it, side by side."""
    for size, (width, height) in SIZES.items():
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
        page.goto((folder / "index.html").as_uri())
        keep(page, f"index-{size}")
        page.close()
    subprocess.run(["pdftoppm", "-r", "60", "-png", folder / "report.pdf", folder / "page"], check=True)
    pages = sorted(folder.glob("page-*.png"))
    for name, numbers in (("report", REPORT_PAGES[:3]), ("report-exhibits", REPORT_PAGES[3:])):
        shown = [Image.open(pages[number - 1]) for number in numbers]
        strip = Image.new("RGB", (sum(one.width for one in shown) + 8 * (len(shown) - 1), shown[0].height), "#8b929b")
        for place, one in enumerate(shown):
            strip.paste(one, (place * (one.width + 8), 0))
        store(strip, name)


@contextmanager
def unpacked() -> Iterator[Path]:
    """The data of the demo's newest pack in a folder."""
    newest = max(DEMO.glob("*.zip"), key=lambda path: path.stat().st_mtime)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(newest) as pack:
        pack.extractall(folder)
        yield next(Path(folder).iterdir()) / "data"


def keep(page: Page, name: str) -> None:
    """One picture of a page."""
    store(Image.open(BytesIO(page.screenshot())), name)


def store(image: Image.Image, name: str) -> None:
    """In few colours: it is looked at in a document."""
    few = image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(PICTURES / f"{name}.png", optimize=True)


def main() -> None:
    if not (DEMO / "archive").is_dir():
        raise SystemExit("There is no demo to draw. First: make demo")
    PICTURES.mkdir(exist_ok=True)
    rooted = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as driver, unpacked() as pack:
        browser = driver.chromium.launch(executable_path=str(find_browser()), args=rooted)
        draw_pack(browser, pack)
        if sys.argv[1:] != ["pack"]:
            with served() as address:
                for size in SIZES:
                    draw(browser, address, size)
                    draw_chinese(browser, address, size)
        browser.close()


if __name__ == "__main__":
    main()
