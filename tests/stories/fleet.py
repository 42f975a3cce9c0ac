"""A desk with many orders of several accounts, for nights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.keeping import nightly
from fixtures.authority import Served
from fixtures.marketplace.fleet import Fleet
from fixtures.marketplace.scenarios import SCENARIOS
from fixtures.marketplace.server import serve
from tests.stories.desk import Desk, Said

SCENARIO = "led-fans"
KINDS = ("order", "thread", "supplier", "product", "dispute")


@dataclass
class FleetDesk(Desk):
    """A desk with many orders; the nth belongs to account n % `accounts`."""

    market: Fleet
    accounts: int = 2

    @contextmanager
    def as_environment(self) -> Iterator[None]:
        """What this process does in the block it does at this desk."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            yield

    def open_cases(self, count: int, kinds: tuple[str, ...] = KINDS) -> None:
        for n in range(count):
            pages = self.market.pages_of(n, self.origin)
            given = [part for kind in kinds for part in (f"--{kind}", pages[kind])]
            account = ("--account", f"account{n % self.accounts}", "--zone", "Europe/Berlin")
            said = self.run("case", "open", self.market.number(n), *given, *account)
            assert said.code == 0, said.err

    def night(self, *options: str) -> tuple[Said, dict[str, Any]]:
        """A run, and its report."""
        said = self.run("nightly", "--json", *options)
        report = json.loads(Path(said.json["report"]).with_suffix(".json").read_text("utf-8"))
        return said, report


@contextmanager
def fleet(folder: Path, authority: Served, accounts: int) -> Iterator[FleetDesk]:
    day = SCENARIOS[SCENARIO].today
    market = Fleet(SCENARIO, (datetime.now(UTC) - timedelta(days=day)).date(), day, slow_seconds=0.5)
    folder.mkdir(exist_ok=True)
    with serve(market) as port, pytest.MonkeyPatch.context() as patch:
        patch.setattr(nightly, "_WAIT_S", 0.3)
        environment = {
            "TRADEWITNESS_ARCHIVE": str(folder / "archive"),
            "TRADEWITNESS_CONFIG": str(folder / "configuration"),
            "TRADEWITNESS_LOG": str(folder / "log"),
            "TRADEWITNESS_ALIAS": f"alibaba.localhost:{port}=alibaba.com",
        }
        origin = f"http://alibaba.localhost:{port}"
        made = FleetDesk(folder, market, origin, {}, authority, environment, accounts=accounts)
        made.init()
        yield made
