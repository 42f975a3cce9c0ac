"""One case as of an instant: what its pages said, what the buyer asserted, what files were added. Pure values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from collector.model import ALIBABA, AddedFile, Fact, FileText, Snapshot, kept_in_part
from rules.case.suppliers import without_others

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """A snapshot, file or assertion's place in the ledger: sequence number, kind, time and one sentence."""

    seq: int
    kind: str
    at: datetime
    text: str


@dataclass(slots=True)
class Turning:
    """When what was said of a case may turn by time alone: at the `soonest` (UTC) of the instants that it was judged by and
    that are still to come; None for never.
    """

    soonest: datetime | None = None

    def note(self, instant: datetime) -> None:
        self.soonest = min(self.soonest or instant, instant)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case as of `as_of` (UTC), on a `site`. `zone` is the case's IANA zone; `facts` are all facts, oldest first, read
    and asserted.

    `snapshots` are those made by `as_of`, oldest first, with their ledger numbers in `events`. `texts` are those of the
    files, and `pictures` what a machine read in photos and videos, where a question needs them. `is_known`: it is what
    `known` gives.

    Rules ask the case itself whether an instant has come and which day it is, and never compare `as_of`: so `turning` knows
    how long their answers hold.
    """

    order: str
    name: str
    zone: str
    as_of: datetime
    opened_at: datetime
    facts: tuple[Fact, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    files: tuple[AddedFile, ...] = ()
    events: tuple[LedgerEvent, ...] = ()
    account: str = ""
    texts: tuple[FileText, ...] = ()
    pictures: tuple[FileText, ...] = ()
    site: str = ALIBABA
    is_known: bool = field(default=False, compare=False, repr=False)
    turning: Turning = field(default_factory=Turning, compare=False, repr=False)
    _named: dict[str, tuple[Fact, ...]] = field(default_factory=dict, init=False, compare=False, repr=False)
    _known: list[CaseFile] = field(default_factory=list, init=False, compare=False, repr=False)

    def at(self, as_of: datetime) -> CaseFile:
        """The same at another time, while nothing turns."""
        return replace(self, as_of=as_of, turning=Turning())

    def has_come(self, instant: datetime) -> bool:
        """Whether it is that instant, or later."""
        if instant > self.as_of:
            self.turning.note(instant)
        return instant <= self.as_of

    def is_past(self, instant: datetime) -> bool:
        """Whether it is later than that."""
        if instant >= self.as_of:
            self.turning.note(instant)
        return instant < self.as_of

    def by_now(self, instant: datetime | None) -> datetime:
        """That instant, and of one that is not known or still to come, now."""
        if instant is None or not self.has_come(instant):
            self.turning.note(instant or self.as_of)
            return self.as_of
        return instant

    def today(self, zone: str) -> date:
        """Which day it is in a zone."""
        day = self.as_of.astimezone(ZoneInfo(zone)).date()
        self.turning.note(datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)))
        return day

    def days_left(self, end: datetime) -> int:
        """How many whole days there are until then."""
        days = (end - self.as_of).days
        self.turning.note(end - timedelta(days=days))
        return days

    def named(self, name: str) -> tuple[Fact, ...]:
        """Every fact of that name, in any state, oldest first."""
        if not self._named:  # looked up a hundred times a case: once through all facts is enough
            by_name: dict[str, list[Fact]] = {"": []}
            for fact in self.facts:
                by_name.setdefault(fact.name, []).append(fact)
            self._named.update((key, tuple(facts)) for key, facts in by_name.items())
        return self._named.get(name, ())

    def read(self, name: str) -> Fact | None:
        """The newest fact of that name that a page showed (state read), or None; one that was seen before a saved one."""
        return self.seen(name) or self.saved(name)

    def seen(self, name: str) -> Fact | None:
        """The newest fact of that name that a witnessed page showed (state read), or None.

        Where a page that was kept in part only repeats what one kept whole had shown, that one is given.
        """
        read = [f for f in reversed(self.named(name)) if f.state == "read" and not f.saved]
        same = takewhile(lambda f: f.value == read[0].value, read)
        return next((f for f in same if not f.lacks), read[0] if read else None)

    def unseen(self, name: str) -> str:
        """How the newest page that should show the fact falls short, where nothing tells it; "" otherwise."""
        looked = [f for f in self.named(name) if not f.saved and f.state != "asserted"]
        unseen = looked and looked[-1].unseen and self.fact(name) is None
        return (kept_in_part(looked[-1].lacks) or "understood in part") if unseen else ""

    def saved(self, name: str) -> Fact | None:
        """The newest fact of that name that a page saved by the buyer shows; one that says when it was saved goes first."""
        found = [f for f in self.named(name) if f.state == "read" and f.saved]
        return max(found, key=lambda f: f.at or _LONG_AGO, default=None)

    def asserted(self, name: str) -> tuple[Fact, ...]:
        """Every standing assertion of that name, by round."""
        return tuple(sorted((f for f in self.named(name) if f.state == "asserted"), key=lambda f: f.round))

    def fact(self, name: str) -> Fact | None:
        """The fact in force: printed before asserted; None when neither is known."""
        return self.read(name) or next(iter(reversed(self.asserted(name))), None)

    def value(self, name: str) -> Any:
        """The value in force: printed before asserted; None when neither is known."""
        fact = self.fact(name) if self.named(name) else None
        return fact.value if fact else None

    @property
    def goods(self) -> list[Mapping[str, Any]]:
        """The rows of the order's goods, as the order page lists them; [] where none are known."""
        items = self.value("order.items")
        return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list | tuple) else []

    def looked_at(self, name: str) -> Fact | None:
        """The newest fact of that name in any state: also a page that does not show it, or shows it illegibly.

        What a page that was kept in part does not show says nothing.
        """
        found = [f for f in self.named(name) if not f.unseen]
        return next((f for f in reversed(found) if not f.saved), found[-1] if found else None)

    def known(self) -> CaseFile:
        """The same case with its facts in one order, oldest first, and nothing seen or added after `as_of`.

        What a page saved by hand says of another company than the order's supplier is left out.
        Assertions stay, whenever they were recorded: what counts is the day they tell of. Done once: a case that is
        known gives itself.
        """
        if not self._known:
            self._known.append(self if self.is_known else self._as_known())
        return self._known[0]

    def _as_known(self) -> CaseFile:
        facts = without_others(f for f in self.facts if f.state == "asserted" or f.at is None or self.has_come(f.at))
        files = tuple(file for file in self.files if self.has_come(file.added_at))
        return replace(
            self,
            is_known=True,
            facts=tuple(_in_order(facts)),
            files=files,
            texts=tuple(text for text in self.texts if text.file in {file.id for file in files}),
            pictures=tuple(text for text in self.pictures if text.file in {file.id for file in files}),
            snapshots=tuple(s for s in self.snapshots if self.has_come(s.visit.machine_time)),
        )


def _in_order(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Oldest first, whatever order they come in. Only where nothing else tells two apart is a whole fact written out."""

    def place(fact: Fact) -> tuple[datetime, str, str, int]:
        return (fact.at or _LONG_AGO, fact.snapshot, fact.name, fact.round)

    for _, alike in groupby(sorted(facts, key=place), key=place):
        same = list(alike)
        yield from sorted(same, key=repr) if len(same) > 1 else same
