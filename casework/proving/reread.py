"""Stored bytes to facts: what the index runs over every snapshot, so that a mended reader mends the past."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from collector.archive.index import SavedReading
from collector.archive.records import AddedRecord
from collector.canonical import as_json
from collector.errors import DamagedArchive
from collector.model import Fact, Snapshot, Target
from collector.progress import Progress
from collector.reading.reader import read_stored

if TYPE_CHECKING:
    from casework.workspace import Workspace

Origin = tuple[str, str, str, datetime]  # a snapshot's or saved file's id, case, kind of page, time


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact of one page that is read otherwise now: `what` is changed, added (no `before`) or vanished (no `after`).

    `snapshot` is the id of the visit, or of the file that the buyer saved.
    """

    snapshot: str
    case: str
    kind: str
    at: datetime
    name: str
    what: str
    before: Fact | None
    after: Fact | None


@dataclass(frozen=True, slots=True)
class RereadAnswer:
    """What reading again brought: snapshots, saved pages and facts read, what changed, and how many facts only moved.

    `moved` facts have the same value and state, but another place, quote or reader. `readers` names readers that others
    replaced: before ("alibaba.order/1"), now, and of how many snapshots. `unread` names snapshots whose kept files are
    damaged: their facts stay.
    """

    snapshots: int
    facts: int
    changes: tuple[FactChange, ...]
    moved: int
    readers: tuple[tuple[str, str, int], ...]
    unread: tuple[str, ...]
    saved: int = 0


# -- reading again ------------------------------------------------------------------------------------------------------


def reread(ws: Workspace, wanted: str, progress: Progress) -> RereadAnswer:
    """Reads every stored page (of one case, or of all) with this version's readers, and says what that changes.

    Pages and conversations that the buyer saved are read again too. Only the index is written. A page whose kept files are
    damaged keeps the facts that the index held.
    """
    from casework.cases import find_case

    case = find_case(ws, wanted).order if wanted else ""
    counts: Counter[str] = Counter()
    readers: Counter[tuple[str, str]] = Counter()
    changes: list[FactChange] = []
    unread: list[str] = []

    def note(origin: Origin, held: tuple[Fact, ...], read: tuple[Fact, ...]) -> None:
        counts.update(facts=len(read), moved=_moved(held, read))
        readers.update(_other_readers(held, read))
        changes.extend(_changes(origin, held, read))

    def revise_saved(file: AddedRecord, targets: tuple[Target, ...], held: tuple[Fact, ...]) -> SavedReading:
        reading = ws.readers[1](file, targets)
        if (case and file.case != case) or not (reading.page or held):
            return replace(reading, facts=held)
        if reading.page is None:
            unread.append(file.id)
            return replace(reading, facts=held)
        counts.update(saved=1)
        note((file.id, file.case, reading.page.kind or file.kind, file.added_at), held, reading.facts)
        return reading

    def revise(snapshot: Snapshot, held: tuple[Fact, ...]) -> tuple[Fact, ...]:
        if case and snapshot.target.case != case:
            return held
        try:
            read = read_stored(snapshot, ws.archive.objects, ws.site_of(snapshot.target), ws.alias)
        except DamagedArchive:
            unread.append(snapshot.id)
            return held
        counts.update(snapshots=1)
        note((snapshot.id, snapshot.target.case, snapshot.target.kind, snapshot.visit.machine_time), held, read)
        progress(f"read {counts['snapshots']} snapshots again")
        return read

    with ws.archive.writing():
        ws.index.reread(ws.archive, revise, revise_saved)
    replaced = tuple((*pair, number) for pair, number in sorted(readers.items()))
    read, facts, moved = (counts[key] for key in ("snapshots", "facts", "moved"))
    return RereadAnswer(read, facts, tuple(changes), moved, replaced, tuple(unread), counts["saved"])


def _changes(origin: Origin, held: tuple[Fact, ...], read: tuple[Fact, ...]) -> list[FactChange]:
    """Facts that differ in value or state, in the readers' order; those that no reader gives any more last."""

    before, after = {f.name: f for f in held}, {f.name: f for f in read}
    found = []
    for name in dict.fromkeys((*after, *before)):
        old, new = before.get(name), after.get(name)
        if old is None or new is None or _said(old) != _said(new):
            what = "added" if old is None else "vanished" if new is None else "changed"
            found.append(FactChange(*origin, name, what, old, new))
    return found


def _moved(held: tuple[Fact, ...], read: tuple[Fact, ...]) -> int:
    """How many facts say the same as before, read in another place or by another reader."""
    before = {f.name: f for f in held}
    same = [(before[f.name], f) for f in read if f.name in before and _said(before[f.name]) == _said(f)]
    return sum((as_json(old.place), old.reader) != (as_json(new.place), new.reader) for old, new in same)


def _other_readers(held: tuple[Fact, ...], read: tuple[Fact, ...]) -> list[tuple[str, str]]:
    """The readers of one snapshot before and now, where they are not the same."""
    old, new = {f.reader for f in held}, {f.reader for f in read}
    return [(", ".join(sorted(old - new)), ", ".join(sorted(new - old)))] if old != new else []


def _said(fact: Fact) -> object:
    return fact.state, as_json(fact.value)
