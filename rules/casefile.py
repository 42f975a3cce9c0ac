"""One case as of an instant: what its pages said, what the buyer asserted, what files were added. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from collector.model import Fact, Snapshot

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AddedFile:
    """A file the buyer put in by hand: never witnessed by the tool. `kind` is photo, video, contract…; times UTC."""

    id: str
    name: str
    kind: str
    media_type: str
    size: int
    digest: str
    salt: str
    added_at: datetime
    seq: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """A snapshot, file or assertion's place in the ledger: sequence number, kind, time and one sentence."""

    seq: int
    kind: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case as of `as_of` (UTC). `zone` is the case's IANA zone; `facts` are all facts, oldest first, read and asserted.

    `snapshots` are those made by `as_of`, oldest first, with their ledger numbers in `events`.
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

    def read(self, name: str) -> Fact | None:
        """The newest fact of that name that a page showed (state read), or None."""
        return next((f for f in reversed(self.facts) if f.name == name and f.state == "read"), None)

    def asserted(self, name: str) -> tuple[Fact, ...]:
        """Every standing assertion of that name, by round."""
        return tuple(sorted((f for f in self.facts if f.name == name and f.state == "asserted"), key=lambda f: f.round))

    def fact(self, name: str) -> Fact | None:
        """The fact in force: printed before asserted; None when neither is known."""
        return self.read(name) or next(iter(reversed(self.asserted(name))), None)

    def value(self, name: str) -> Any:
        """The value in force: printed before asserted; None when neither is known."""
        fact = self.fact(name)
        return fact.value if fact else None

    def looked_at(self, name: str) -> Fact | None:
        """The newest fact of that name in any state: also a page that does not show it, or shows it illegibly."""
        return next((f for f in reversed(self.facts) if f.name == name), None)

    def known(self) -> CaseFile:
        """The same case with its facts in one order, oldest first, and nothing seen or added after `as_of`.

        Assertions stay, whenever they were recorded: what counts is the day they tell of.
        """
        facts = [f for f in self.facts if f.state == "asserted" or f.at is None or f.at <= self.as_of]
        return replace(
            self,
            facts=tuple(sorted(facts, key=lambda f: (f.at or _LONG_AGO, f.snapshot, f.name, f.round, repr(f)))),
            files=tuple(file for file in self.files if file.added_at <= self.as_of),
            snapshots=tuple(s for s in self.snapshots if s.visit.machine_time <= self.as_of),
        )
