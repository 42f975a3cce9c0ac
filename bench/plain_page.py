"""What somebody would write in an hour to keep pages: a plain async Playwright script, alone in its process or called.

Network idle, fonts, pictures; full-page PNG, source, text, MHTML, PDF and a list of exchanges; written to files named by
their SHA-256. Run by itself (`python -m bench.plain_page BROWSER FOLDER SHOWN ADDRESS...`) it also scrolls down each
page, as crawlers such as Browsertrix do by default.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from playwright.async_api import BrowserContext, Response, async_playwright

WIDTH, HEIGHT = 1280, 2048
_READY = (
    "async () => { await document.fonts.ready;"
    " await Promise.allSettled([...document.images].map(image => image.decode())); }"
)
_SCROLL = (
    "async () => { for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {"
    " scrollTo(0, y); await new Promise(done => setTimeout(done, 100)); } scrollTo(0, 0); }"
)


async def plain(context: BrowserContext, pages: Iterable[tuple[str, str]], folder: Path, *, scrolls: bool = False) -> float:
    """Seconds for the plain script over these addresses; each page must have loaded and show the text beside its address."""
    began = time.perf_counter()
    for number, (url, shown) in enumerate(pages):
        page = await context.new_page()
        exchanges: list[str] = []
        page.on("response", partial(_note, exchanges))
        response = await page.goto(url, wait_until="networkidle")
        if scrolls:
            await page.evaluate(_SCROLL)
        await page.evaluate(_READY)
        session = await context.new_cdp_session(page)
        png = await page.screenshot(full_page=True)
        source, text = await page.content(), await page.inner_text("body")
        mhtml = (await session.send("Page.captureSnapshot", {"format": "mhtml"}))["data"]
        pdf = await page.pdf(format="A4", print_background=True)
        network = "\n".join(exchanges)
        assert response is not None
        assert response.ok
        assert shown in text
        made = {"png": png, "html": source.encode(), "txt": text.encode(), "mhtml": mhtml.encode(), "pdf": pdf}
        for suffix, data in {**made, "network": network.encode()}.items():
            digest = hashlib.sha256(data).hexdigest()
            (folder / f"{number:02d}-{digest[:12]}.{suffix}").write_bytes(data)
        await page.close()
    return time.perf_counter() - began


def _note(exchanges: list[str], response: Response) -> None:
    exchanges.append(f"{response.request.method} {response.status} {response.url}")


async def main(browser: str, folder: str, shown: str, *urls: str) -> None:
    """Keeps the pages in a browser of its own."""
    as_root = getattr(os, "geteuid", lambda: 1)() == 0
    async with async_playwright() as playwright:
        native = await playwright.chromium.launch(executable_path=browser, chromium_sandbox=not as_root)
        context = await native.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-US")
        await plain(context, [(url, shown) for url in urls], Path(folder), scrolls=True)
        await native.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
