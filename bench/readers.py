"""Reading a large search page, offers and all, beside a bare BeautifulSoup(lxml) parse of the same bytes."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from bs4 import BeautifulSoup

from collector.canonical import sha256
from collector.site import Document, StoredPage
from collector.sites.alibaba import Alibaba
from fixtures.marketplace.pages import render
from fixtures.marketplace.scenarios import ORIGIN, SCENARIOS

RUNS = 15
MARK = 1.5
URL = "https://www.alibaba.com/trade/search?SearchText=led+fan&ta=y"
SEEN = datetime(2026, 11, 1, tzinfo=UTC)


def page() -> tuple[str, bytes]:
    """Name and bytes: the saved page of 2024 from TRADEWITNESS_REAL_PAGES, else the marketplace's largest search page."""
    saved = Path(os.environ.get("TRADEWITNESS_REAL_PAGES", "")) / "search-2024.html"
    if os.environ.get("TRADEWITNESS_REAL_PAGES") and saved.is_file():
        return saved.name, saved.read_bytes()
    bodies = {name: render(name, 0, "search", base=date(2026, 7, 1), origin=ORIGIN) for name in SCENARIOS}
    name = max(bodies, key=lambda scenario: len(bodies[scenario]))
    return f"search page of {name}", bodies[name]


def read(body: bytes) -> str:
    """The first offer's title, from reading the whole page; every offer must have a title and a supplier."""
    stored = StoredPage(URL, 200, (Document(0, sha256(body), body),), "", SEEN)
    (fact,) = Alibaba().read("search", stored)
    assert fact.state == "read", "the reader found no offers"
    assert all(offer["title"] and offer["supplier"] for offer in fact.value), "an offer has no title or no supplier"
    return str(fact.value[0]["title"])


def parse(body: bytes) -> str:
    """The page's title, from a bare parse."""
    title = BeautifulSoup(body, "lxml").title
    assert title is not None, "the parser found no title"
    assert title.get_text(strip=True), "the page's title is empty"
    return title.get_text(strip=True)


def took(work: Callable[[bytes], str], body: bytes) -> float:
    """Seconds that one run took; it must have found what it looked for."""
    began = time.perf_counter()
    found = work(body)
    seconds = time.perf_counter() - began
    assert found
    return seconds


def measure(body: bytes, runs: int = RUNS) -> tuple[float, float]:
    """The medians, in seconds, of reading and of parsing, in turns, after one run of each to warm up."""
    # A comment at the end makes each run's page another one, so that none is answered from memory.
    pages = [body + f"<!-- {run} -->".encode() for run in range(runs + 1)]
    pairs = [(took(read, page), took(parse, page)) for page in pages][1:]
    ours, theirs = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(theirs)


def main() -> int:
    """Prints the ratio beside its mark; 0 when it is met, else 1."""
    name, body = page()
    ours, theirs = measure(body)
    ratio = ours / theirs
    print(
        f"{name} ({len(body) // 1000} kB): reading {ours * 1000:.0f} ms, bare parse {theirs * 1000:.0f} ms: "
        f"ratio {ratio:.2f} (at most {MARK})"
    )
    return 0 if ratio <= MARK else 1


if __name__ == "__main__":
    sys.exit(main())
