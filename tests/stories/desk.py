"""A desk for the stories: the real commands in process, on a marketplace and an authority on loopback."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cli
from fixtures.authority import Served
from fixtures.marketplace.app import Marketplace
from fixtures.marketplace.scenarios import SCENARIOS, addresses
from fixtures.marketplace.server import serve


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class _Running:
    """Who types commands: into `folder`'s archive and configuration, by the `environment`."""

    folder: Path
    authority: Served
    environment: dict[str, str]
    printed: list[str]

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    def run(self, *arguments: str | Path) -> Said:
        """One command, as typed."""
        out, err = io.StringIO(), io.StringIO()
        before = {name: os.environ.get(name) for name in self.environment}
        os.environ.update(self.environment)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = cli.run([str(a) for a in arguments])
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
        self.printed.append(out.getvalue() + err.getvalue())
        assert "Traceback" not in self.printed[-1]
        return Said(code, out.getvalue(), err.getvalue())

    def init(self) -> None:
        said = self.run("init", "--authority", f"test={self.authority.url}", "--authority-root", self.authority.root_file)
        assert said.code == 0, said.err
        config = self.archive / "config.toml"
        config.write_text(config.read_text().replace("pause_seconds = 2", "pause_seconds = 0"))


@dataclass
class Commands(_Running):
    """One user's archive and configuration, before whatever the `alias` names; what was `printed` so far."""

    folder: Path
    authority: Served
    alias: str
    environment: dict[str, str] = field(default_factory=dict)
    printed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.environment = environment_of(self.folder, self.alias)


@dataclass
class Desk(_Running):
    """One user's archive and configuration, and the marketplace that stands in for the site; what was `printed` so far."""

    folder: Path
    market: Marketplace
    origin: str
    pages: dict[str, str]
    authority: Served
    environment: dict[str, str] = field(default_factory=dict)
    printed: list[str] = field(default_factory=list)

    @property
    def order(self) -> str:
        return self.market.story.order.id

    def open_case(self, *options: str) -> None:
        given = [part for kind, url in self.pages.items() for part in (f"--{kind}", url)]
        said = self.run("case", "open", self.order, *given, "--name", "fans", "--zone", "Europe/Berlin", *options)
        assert said.code == 0, said.err


def environment_of(folder: Path, alias: str) -> dict[str, str]:
    """Where a user's own things are, and what stands in for the site."""
    return {
        "TRADEWITNESS_ARCHIVE": str(folder / "archive"),
        "TRADEWITNESS_CONFIG": str(folder / "configuration"),
        "TRADEWITNESS_LOG": str(folder / "log"),
        "TRADEWITNESS_ALIAS": alias,
    }


@contextmanager
def desk(folder: Path, authority: Served, scenario: str = "led-fans", day: int | None = None) -> Iterator[Desk]:
    """The desk on the day of the story that is today."""
    story = SCENARIOS[scenario]
    day = story.today if day is None else day
    market = Marketplace(scenario, (datetime.now(UTC) - timedelta(days=day)).date(), day)
    with serve(market) as port:
        origin = f"http://alibaba.localhost:{port}"
        environment = environment_of(folder, f"alibaba.localhost:{port}=alibaba.com")
        yield Desk(folder, market, origin, addresses(scenario, origin), authority, environment)
