"""A story day by day without a browser: each day's pages are kept as a visit would keep them, then the tool is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from casework.asking.dossier import check_cases, deadlines_of
from casework.asking.today import TodayLine, today
from casework.cases import open_case, set_case, targets_of
from casework.workspace import Workspace
from collector.alias import Alias
from collector.model import Deadline, Finding
from collector.sites.table import site_named
from fixtures.marketplace.pages import render, shows
from fixtures.marketplace.scenarios import ORIGIN, SCENARIOS, addresses
from tests.archives import TestClock, archive_at, keep_snapshot, snapshot_for

BASE = date(2026, 7, 1)
HOME = "Europe/Amsterdam"
KINDS = ("order", "thread", "supplier", "dispute")


def instant(day: int, hours: float = 15) -> datetime:
    """An hour of a day of the story, by the site's clock in China; its pages are made at 15:00."""
    return (
        datetime.combine(BASE, datetime.min.time(), ZoneInfo("Asia/Shanghai")) + timedelta(days=day, hours=hours)
    ).astimezone(UTC)


@dataclass(frozen=True)
class Page:
    """What the tool says on one day: Today's line, every deadline, every finding of the check."""

    day: int
    line: TodayLine
    deadlines: Mapping[str, Deadline]
    findings: Mapping[str, Finding]
    code: int

    @property
    def heard(self) -> str:
        """Everything that the buyer hears first, as one text."""
        return " ".join([self.line.headline, self.line.todo, *self.line.alarms])

    @cached_property
    def moments(self) -> set[str]:
        """The moments that are spoken of."""
        return {id.removeprefix("moment.") for id in self.findings if id.startswith("moment.")}


class Diary:
    """One buyer, one order, one archive; `look` keeps the pages of a day and asks, `keep` asks nothing."""

    def __init__(self, folder: Path, scenario: str, *, kinds: tuple[str, ...] = KINDS) -> None:
        self.scenario = scenario
        self.story = SCENARIOS[scenario]
        self.clock = TestClock(instant(0))
        archive = archive_at(folder / "archive", [], self.clock)
        self.ws = Workspace(archive, site_named, Alias(), self.clock, folder / "configuration")
        known = addresses(scenario)
        real = {kind: _real(known[kind]) for kind in kinds if kind in known}
        open_case(self.ws, self.order, {kind: (url,) for kind, url in real.items()}, zone=HOME)

    @property
    def order(self) -> str:
        return self.story.order.id

    def look(self, day: int, *said: str) -> Page:
        """The pages of that day are kept, what the buyer says is entered, and the tool is asked."""
        self.keep(day)
        return self.ask(day, *said)

    def keep(self, day: int) -> None:
        """The pages of that day are kept, and nobody asks."""
        self.clock.at = instant(day)
        for target in targets_of(self.ws, self.order):
            if shows(self.scenario, day, target.kind):
                body = render(self.scenario, day, target.kind, base=BASE, origin=ORIGIN, settled=True)
                keep_snapshot(
                    self.ws.archive, snapshot_for(self.ws.archive, target, body, identifier=f"{target.kind}-{day}")
                )
        self.ws.refresh()

    def night(self, day: int) -> None:
        """A scheduled run of that day is noted, whatever it could see."""
        self.clock.at = instant(day)
        self.ws.archive.record("run.finished", {"planned": 0, "snapshots": [], "outcomes": {}, "skipped": []})
        self.ws.refresh()

    def ask(self, day: int, *said: str, hours: float = 15) -> Page:
        """The tool is asked without a new look."""
        self.clock.at = instant(day, hours)
        if said:
            set_case(self.ws, self.order, said, {})
        answer = deadlines_of(self.ws, (self.order,))
        found = {f"{d.id}#{d.round}": d for d in answer.deadlines}
        newest = {d.id: d for d in sorted(answer.deadlines, key=lambda d: d.round)}
        findings = {f.id: f for a in check_cases(self.ws, (self.order,), False, (), "", _silent) for f in a.findings}
        line = today(self.ws).lines[0]
        return Page(day, line, {**found, **newest}, findings, 6 if answer.due else 0)

    def play(self) -> Iterator[Page]:
        """Every day of the story, one look a day."""
        for day in self.story.days:
            yield self.look(day)


def _silent(_: str) -> None:
    """Progress that nobody watches."""


def _real(url: str) -> str:
    return url.replace(ORIGIN.partition("//")[2], "alibaba.com").replace("http://", "https://")
