"""A full capture of order pages as it masks, beside the same capture with the masking that came first.

That one replaced the values of cookies and of secret-named headers where they stood as they were, and nothing else. In the
same run and in turns, one account in sequence: in flight, one visit's masking would hide in another's waiting. Both assert
that every page is complete, that no token that the site sent is in what was kept, and which masking it was.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from unittest.mock import patch

from bench.capture import DAY, REAL, ROLES, SCENARIO
from collector.alias import Alias
from collector.archive.objects import FolderObjects
from collector.browser.launch import Browser, launch
from collector.capture import pending_artefacts
from collector.capture.machinery import VisitText
from collector.capture.masking import Mask
from collector.capture.runner import visits
from collector.capture.secret_names import Secret, kind_of_name, long_enough
from collector.capture.tab import Credential
from collector.capture.visit import VisitSetup
from collector.clock import SystemClock
from collector.model import Target
from collector.sites.table import site_named
from fixtures.marketplace.app import DOMAIN, Marketplace
from fixtures.marketplace.scenarios import addresses
from fixtures.marketplace.server import serve

PAGES, ROUNDS, MARK = 10, 5, 1.05


class FirstMask(Mask):
    """Known values alone, as they are."""

    def __init__(self, secrets: Iterable[Secret], keep: Iterable[str] = ()) -> None:
        super().__init__((), keep)
        self._values = [secret.value for secret in secrets]

    def mask(self, text: str, artefact: str) -> str:
        for value in self._values:
            text = text.replace(value, "[redacted:secret:0]")
        return text

    def found_in(self, text: str) -> bool:
        return any(value in text for value in self._values)


def first_secrets(
    credentials: Iterable[Credential], addresses: Iterable[str], documents: Iterable[VisitText]
) -> tuple[Secret, ...]:
    """What was a secret then: cookies, and headers of a secret's name."""
    named = (c for c in credentials if c.kind == "cookie" or kind_of_name(c.name))
    return tuple(Secret("secret", c.value) for c in named if long_enough(c.value))


async def captured(
    browser: Browser, market: Marketplace, url: str, alias: Alias, folder: Path, pages: int, *, first: bool
) -> float:
    """Seconds for the visits, one after the other."""
    order = url.partition("orderId=")[2]
    targets = [Target(f"order{n}", order, "order", url, "", {"order": order}) for n in range(pages)]
    store = FolderObjects(folder)
    secrets, mask = (
        patch.object(pending_artefacts, "secrets_of", first_secrets),
        patch.object(pending_artefacts, "Mask", FirstMask),
    )
    with secrets if first else nullcontext(), mask if first else nullcontext():
        began = time.perf_counter()
        setup = VisitSetup(store, SystemClock(), alias, lambda _: None)
        done = [s async for s in visits(targets, open_tab=browser.tab, site_named=site_named, setup=setup)]
        seconds = time.perf_counter() - began
    assert len(done) == pages
    for snapshot in done:
        assert snapshot.outcome == "complete", snapshot.why
        assert {artefact.role for artefact in snapshot.artefacts} >= ROLES
    kept = [(a.role, store.get(a.digest)) for s in done for a in s.artefacts if a.role in ("dom", "network", "body", "text")]
    assert not [secret for secret in market.secrets_sent() if any(secret.encode() in text for _, text in kept)]
    by_meaning = any(b"[redacted:csrf:" in text for role, text in kept if role == "dom")
    assert by_meaning != first
    return seconds


async def measure(pages: int, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each round as it masks now and as it did first, after a short one to fill the caches."""
    ours: list[float] = []
    before: list[float] = []
    market = Marketplace(SCENARIO, date.today(), DAY)  # noqa: DTZ011
    with tempfile.TemporaryDirectory() as folder, serve(market) as port:
        alias = Alias(f"{DOMAIN}:{port}", REAL)
        url = addresses(SCENARIO, f"https://{REAL}")["order"]
        async with launch() as browser:
            for turn in range(rounds + 1):
                for first in (True, False) if turn % 2 else (False, True):
                    place = Path(folder) / f"{turn}-{first}"
                    took = await captured(browser, market, url, alias, place, pages if turn else 2, first=first)
                    (before if first else ours).append(took)
    return ours[1:], before[1:]


def main() -> int:
    """Prints the table; 0 when the capture takes no longer than 1.05 of what it took, else 1."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    ours, before = asyncio.run(measure(asked.pages, asked.rounds))
    print(f"{asked.pages} order pages, full capture{'seconds':>12}{'a page':>10}")
    for name, took in (("masked by meaning", ours), ("cookies and headers alone", before)):
        middle = statistics.median(took)
        print(f"{name:<32}{middle:>10.2f}{middle / asked.pages:>10.3f}")
    ratio = statistics.median(mine / theirs for mine, theirs in zip(ours, before, strict=True))
    print(f"ratio {ratio:.3f}, the middle of {asked.rounds} rounds (at most {MARK})")
    return 0 if ratio <= MARK else 1


if __name__ == "__main__":
    sys.exit(main())
