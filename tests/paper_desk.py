"""A browser of paper: the real commands in process, the marketplace's pages in a fake tab, and a printer of nothing.

Everything but the browser is real: readers, ledger, objects, seal, pack. A case is kept and packed in about a second.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import cli
from collector.capture.tab import Arrival
from fixtures.authority import Served
from fixtures.marketplace.pages import render
from fixtures.marketplace.scenarios import SCENARIOS, addresses
from tests.collector.capture.fake import FakeTab
from tests.stories.desk import Said

SCENARIO = "led-fans"
ORIGIN = "http://alibaba.localhost:8123"
ORDER = SCENARIOS[SCENARIO].order.id
PAGES = ("order", "dispute")
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n"
    b"trailer<</Root 1 0 R/Size 3>>\nstartxref\n96\n%%EOF\n"
)


def quiet(text: str) -> None:
    """Progress that nobody hears."""


@dataclass
class PaperTab(FakeTab):
    """A tab that shows the page of the story that stands at the address, on the story's day of today or another."""

    scenario: str = SCENARIO
    day: int | None = None
    seed: int = 0

    def changed(self, kind: str) -> None:
        """What a test changes of the page, or of how it can be kept."""

    async def open(self, url: str, within_ms: int) -> Arrival:
        story = SCENARIOS[self.scenario]
        known = addresses(self.scenario, ORIGIN).items()
        kind = next(kind for kind, address in known if url in (address, address.partition("?to=")[0]))
        base = (datetime.now(UTC) - timedelta(days=story.today)).date()
        day = story.today if self.day is None else self.day
        self.html = render(self.scenario, day, kind, base=base, origin=ORIGIN, settled=True, seed=self.seed).decode()
        self.changed(kind)
        self.visible = _text(self.html)
        return await super().open(url, within_ms)


def _text(html: str) -> str:
    shown = re.sub(r"(?s)<(script|style|textarea)\b.*?</\1>|<!--.*?-->|<[^>]+>", " ", html)
    return " ".join(unescape(shown).split())


class _PaperBrowsers:
    """Stands for `Browsers`: nobody is signed in, and every tab is of paper."""

    def __init__(self, make_tab: Callable[[], PaperTab]) -> None:
        self._make_tab = make_tab

    async def open(self, accounts: Iterable[str]) -> None:
        assert not any(accounts)

    @asynccontextmanager
    async def tab(self, account: str, _more: bool = False) -> AsyncIterator[PaperTab]:
        yield self._make_tab()


@contextmanager
def paper_browser(make_tab: Callable[[], PaperTab] = PaperTab, *, prints: bool = False) -> Iterator[None]:
    """In the block, commands use the browser of paper; where it `prints`, a real one makes the PDF."""

    @asynccontextmanager
    async def _browsers(*_: Any) -> AsyncIterator[_PaperBrowsers]:
        yield _PaperBrowsers(make_tab)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("casework.keeping.capture.browsers", _browsers)
        patch.setattr("casework.keeping.ahead.browser_ahead", nullcontext)
        if not prints:
            patch.setattr("collector.browser.launch.print_pdf", lambda *_, **__: PDF)
        yield


@dataclass(frozen=True)
class PaperDesk:
    """One user's archive and configuration, and the commands as typed."""

    folder: Path
    authority: Served
    pages: tuple[str, ...] = PAGES

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    @property
    def order(self) -> str:
        return ORDER

    @property
    def environment(self) -> dict[str, str]:
        return {
            "TRADEWITNESS_ARCHIVE": str(self.archive),
            "TRADEWITNESS_CONFIG": str(self.folder / "configuration"),
            "TRADEWITNESS_LOG": str(self.folder / "log"),
            "TRADEWITNESS_ALIAS": "alibaba.localhost:8123=alibaba.com",
        }

    def run(self, *arguments: str | Path, make_tab: Callable[[], PaperTab] = PaperTab, prints: bool = False) -> Said:
        out, err = io.StringIO(), io.StringIO()
        before = {name: os.environ.get(name) for name in self.environment}
        os.environ.update(self.environment)
        try:
            with paper_browser(make_tab, prints=prints), redirect_stdout(out), redirect_stderr(err):
                code = cli.run([str(a) for a in arguments])
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
        assert "Traceback" not in out.getvalue() + err.getvalue()
        return Said(code, out.getvalue(), err.getvalue())

    def did(self, *arguments: str | Path) -> Any:
        """A command that must succeed, with what it says as JSON."""
        said = self.run(*arguments, "--json")
        assert said.code in (0, 6), f"{arguments}: {said.out}{said.err}"
        return json.loads(said.out)

    def begin(self) -> None:
        """An archive and a case."""
        self.did("init", "--authority", f"test={self.authority.url}", "--authority-root", self.authority.root_file)
        config = self.archive / "config.toml"
        config.write_text(config.read_text().replace("pause_seconds = 2", "pause_seconds = 0"))
        given = [part for kind in self.pages for part in (f"--{kind}", addresses(SCENARIO, ORIGIN)[kind])]
        self.did("case", "open", self.order, *given, "--zone", "Europe/Berlin")

    def keep(self) -> None:
        """A file, what the buyer knows, and the pages."""
        photo = self.folder / "carton.txt"
        photo.write_text("a carton, wet on one side\n")
        self.did("add", self.order, photo, "--as", "photo")
        self.did("case", "set", self.order, "units_defective=160")
        self.did("capture", self.order)

    def pack(self, name: str = "case.zip") -> Path:
        out = self.folder / name
        self.did("pack", self.order, "--reason", "damaged", "--with-originals", "-o", out)
        return out

    def elsewhere(self, folder: Path) -> PaperDesk:
        return replace(self, folder=folder)
