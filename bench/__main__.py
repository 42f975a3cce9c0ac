"""Runs every row of the bench, one process each, and says at the end which of them missed its mark.

A row is a module with a command line of its own: it prints what it measured, and exits 0 when its mark is met.
"""

from __future__ import annotations

import subprocess
import sys

ROWS = {
    "bench.help_speed": "tradewitness --help beside a typer hello-world",
    "bench.capture": "20 order pages beside a plain Playwright script",
    "bench.peers": "one page and 20, whole command, beside Scoop, shot-scraper, single-file and a plain script",
    "bench.masking": "a capture that masks by meaning beside one that masks cookies and headers alone",
    "bench.verifying": "verify's object pass over 5,000 snapshots beside openssl dgst; --deep timed apart",
    "bench.deadlines": "the deadlines of 100,000 cases beside those of 1,000",
    "bench.threads": "a conversation of 10,000 messages beside a bare script that scrolls and pictures it",
    "bench.growth": "everyday commands beside 50,000 records of other cases and beside 100",
    "bench.one_night": "a night of 200 pages, 40 cases and 4 accounts beside a plain Playwright loop",
    "bench.nights": "the nights of a year's last month beside those of its first",
    "bench.pages": "the pages of serve over 300 cases beside Datasette's over the same index",
    "bench.packing": "a pack of 1 GB of photos and videos beside zip -0 and openssl dgst",
    "bench.scales": "how a visit grows with a page's height and a conversation's messages, and a pack with its size",
    "bench.readers": "reading a search page beside a bare BeautifulSoup parse",
}


def main() -> int:
    """Runs all rows in order; 0 when every mark is met, else 1."""
    missed = []
    for module, title in ROWS.items():
        print(f"== {title}", flush=True)
        if subprocess.run([sys.executable, "-m", module], check=False).returncode:
            missed.append(title)
    print(f"== Missed: {'; '.join(missed)}" if missed else f"== All {len(ROWS)} marks met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
