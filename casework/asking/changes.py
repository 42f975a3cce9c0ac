"""What changed on the pages of a case, or of all: each change between two sealed visits, read by the same reader.

The index says quickly where something may have changed. What is told rests on the stored bytes of both visits, read just
now: so a reader that was mended since makes no change of a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from casework.cases import cases, find_case
from casework.workspace import Workspace
from collector.archive.queries import Case, Look
from collector.archive.sealing import is_signed, seal_if_possible
from collector.canonical import as_json
from collector.clock import instant
from collector.errors import DamagedArchive, WrongRequest
from collector.model import Fact, Snapshot, StandingPage
from collector.progress import Progress
from collector.reading.reader import read_stored
from collector.reading.stored import stored_page, with_sheets
from rules.changes.change import Change, PageReading, WatchedPage
from rules.changes.facts import NOT_COMPARED, same_reader
from rules.changes.pages import in_order, page_changes
from rules.language.facts import page_words
from rules.policy.calendars import start_of

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ChangesAnswer:
    """The changes seen at visits from `since` on (None: since each case was opened), oldest first.

    `cases` are those that were looked at, open or not; `unsealed` the ids of visits that no signature covers yet: a change
    that rests on one is told, and said to be so. `notes` say what could not be compared, and why.
    """

    changes: tuple[Change, ...]
    cases: tuple[Case, ...]
    since: datetime | None = None
    unsealed: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    def is_sealed(self, change: Change) -> bool:
        """Whether a signature covers both visits."""
        return not {change.first.snapshot, change.then.snapshot} & self.unsealed

    @property
    def adverse(self) -> tuple[Change, ...]:
        """Those that are to the buyer's harm."""
        return tuple(change for change in self.changes if change.adverse)


def day_given(text: str) -> date | None:
    """A day as typed, None for nothing. Raises WrongRequest."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise WrongRequest(f"{text!r} is not a day.", "Write it as 2026-10-04.") from error


def changes(
    ws: Workspace, case: str | None = None, since: date | datetime | None = None, progress: Progress = lambda _: None
) -> ChangesAnswer:
    """What changed on the pages of one case (by number, ending or name), or of every case that is open.

    `since` is an instant, or a day in each case's zone: the changes that a visit from then on was the first to show. Without
    it, all since the case was opened. What is not sealed yet is sealed first, where that is possible. Raises WrongRequest.
    """
    chosen = (find_case(ws, case),) if case else tuple(c for c in cases(ws) if not c.closed)
    unsealed, why = _sealed_first(ws, chosen, progress)
    found: list[Change] = []
    notes = [*why]
    for one in chosen:
        told = _CaseChanges(ws, one, _instant(since, one.zone))
        for page, looks in told.pages():
            progress(f"comparing the {page_words(page.kind)} of {one.order}")
            found += told.of_page(page, looks)
        notes += told.notes
    first = min((_instant(since, one.zone) for one in chosen), default=None) if since else None
    return ChangesAnswer(in_order(found), chosen, first, unsealed, tuple(dict.fromkeys(notes)))


def _instant(since: date | datetime | None, zone: str) -> datetime:
    if isinstance(since, datetime):
        return since.astimezone(UTC)
    return start_of(since, zone) if since is not None else _LONG_AGO


def _sealed_first(ws: Workspace, chosen: Iterable[Case], progress: Progress) -> tuple[frozenset[str], tuple[str, ...]]:
    """The visits that no signature covers, after one was tried to be made, and why none could be."""
    waiting, why = _unsealed(ws, chosen), tuple[str, ...]()
    if waiting:
        progress("sealing what is new")
        why = seal_if_possible(ws.archive, ws.user, progress).failures
        ws.refresh()
        waiting = _unsealed(ws, chosen)
    return waiting, why if waiting else ()


def _unsealed(ws: Workspace, chosen: Iterable[Case]) -> frozenset[str]:
    newest = ws.archive.ledger.newest()
    size = newest.size if newest is not None and is_signed(ws.archive, newest) else 0
    return frozenset(one for case in chosen for one in ws.index.kept_after(size, case.order))


class _CaseChanges:
    """One case's pages, compared from an instant on. `notes` are what had to be left out."""

    def __init__(self, ws: Workspace, case: Case, since: datetime) -> None:
        self.notes: list[str] = []
        self._ws, self._case, self._since = ws, case, since
        self._pages: dict[tuple[str, str, str], list[Look]] = {}
        self._snapshots: dict[str, Snapshot] = {}
        for look in ws.index.looks_from(case.order, instant(since) if since > _LONG_AGO else ""):
            if look.outcome in ("complete", "partial"):
                self._pages.setdefault((look.target, look.kind, look.url), []).append(look)

    def pages(self) -> Iterator[tuple[WatchedPage, list[Look]]]:
        """Those that were looked at twice, with their looks. A target that was given a new address is another page."""
        for (target, kind, _), looks in self._pages.items():
            if len(looks) > 1:
                yield WatchedPage(self._case.order, target, kind, self._case.site), looks

    def of_page(self, page: WatchedPage, looks: list[Look]) -> Iterator[Change]:
        """What a look from the instant on was the first to show."""
        return (change for change in self._compared(page, looks) if change.then.at >= self._since)

    def _compared(self, page: WatchedPage, looks: list[Look]) -> tuple[Change, ...]:
        standing = self._standing(looks)
        told = _told_apart(looks)
        said = self._facts(page, looks) if told else {}
        readings = [_reading(look, said.get(look.snapshot, ()), standing.get(look.snapshot)) for look in looks]
        if earlier := self._earlier(page, looks, said) if told else None:
            readings.insert(0, earlier)
        return page_changes(page, readings, self._case.zone)

    # -- what the visits say ------------------------------------------------------------------------------------------

    def _facts(self, page: WatchedPage, looks: list[Look]) -> Mapping[str, tuple[Fact, ...]]:
        """The facts of each look. Where the index tells a change, or another version of a reader read one of them, those
        that tell it are read again from what was stored.
        """
        held: dict[str, tuple[Fact, ...]] = {}
        for fact in self._ws.index.facts_among(self._case.order, frozenset(look.snapshot for look in _ends_of_runs(looks))):
            held[fact.snapshot] = (*held.get(fact.snapshot, ()), fact)
        readings = [_reading(look, held[look.snapshot]) for look in looks if look.snapshot in held]
        apart = page_changes(page, readings, self._case.zone)
        doubted = {seen.snapshot for change in apart for seen in (change.first, change.then)}
        again = {one: self._read_again(one, held[one]) for one in sorted(doubted | _of_other_readers(held))}
        return held | again

    def _read_again(self, snapshot: str, held: tuple[Fact, ...]) -> tuple[Fact, ...]:
        kept = self._kept(snapshot)
        if kept is None:
            return held
        try:
            read = read_stored(kept, self._ws.archive.objects, self._ws.site_of(kept.target), self._ws.alias)
        except DamagedArchive:
            self.notes.append(
                f"{self._case.order}: a file of the visit {snapshot} ({page_words(kept.target.kind)}) is damaged, so what it"
                " said is taken from the index. Run: tradewitness verify"
            )
            return held
        told = {fact.name: _said(fact) for fact in read}
        if any(told.get(fact.name) != _said(fact) for fact in held):
            self.notes.append(
                f"{self._case.order}: the {page_words(kept.target.kind)} is read otherwise than by the version that kept it."
                " That is no change of the page. To bring the facts up to date: tradewitness reread"
            )
        return tuple(replace(fact, at=kept.visit.machine_time, lacks=held[0].lacks if held else "") for fact in read)

    def _earlier(self, page: WatchedPage, looks: list[Look], said: Mapping[str, tuple[Fact, ...]]) -> PageReading | None:
        """What visits before the first look told of facts that it could not tell: a change is not lost by one bad night."""
        if self._since == _LONG_AGO:
            return None
        now = {f.name: f for facts in said.values() for f in facts if f.name not in NOT_COMPARED}
        sure = {f.name for f in said.get(looks[0].snapshot, ()) if f.state in ("read", "not_shown")}
        first = instant(looks[0].at)
        held = (self._ws.index.last_said(self._case.order, page.target, name, first) for name in sorted(now.keys() - sure))
        found = (self._by_reader_of(now[fact.name], fact) for fact in held if fact is not None)
        facts = tuple(fact for fact in found if fact is not None and fact.at is not None)
        newest = max(facts, key=lambda f: f.at or _LONG_AGO, default=None)
        if newest is None or newest.at is None:
            return None
        return PageReading(newest.snapshot, newest.at, facts, whole=False)

    def _by_reader_of(self, now: Fact, held: Fact) -> Fact | None:
        """What an earlier visit told of a fact, by the reader that reads it now."""
        if same_reader(now, held):
            return held
        return next((fact for fact in self._read_again(held.snapshot, (held,)) if fact.name == held.name), None)

    # -- what stands on the pages -------------------------------------------------------------------------------------

    def _standing(self, looks: list[Look]) -> Mapping[str, StandingPage]:
        """The words and pictures of each whole look; read once where page and pictures are byte for byte the same."""
        found: dict[str, StandingPage] = {}
        known: dict[tuple[str, ...], StandingPage] = {}
        for look in looks:
            kept = self._kept(look.snapshot) if look.outcome == "complete" else None
            if kept is None or not self._ws.site_of(kept.target).stands(kept.target.kind):
                continue
            sources = tuple(
                a.digest
                for a in kept.artefacts
                if a.role == "dom" or (a.role == "body" and a.media_type.startswith(("image/", "text/css")))
            )
            if sources not in known and (standing := self._stands(kept)) is not None:
                known[sources] = standing
            if sources in known:
                found[look.snapshot] = known[sources]
        return found

    def _stands(self, kept: Snapshot) -> StandingPage | None:
        try:
            get = self._ws.archive.objects.get
            page = with_sheets(stored_page(kept, get, self._ws.alias), kept, get)
        except DamagedArchive:
            return None  # `verify` names it
        return self._ws.site_of(kept.target).standing(page)

    def _kept(self, snapshot: str) -> Snapshot | None:
        if not self._snapshots:
            wanted = frozenset(look.snapshot for looks in self._pages.values() for look in looks if len(looks) > 1)
            self._snapshots = {one.id: one for _, one in self._ws.index.snapshots_among(self._case.order, wanted)}
        return self._snapshots.get(snapshot) or self._ws.index.snapshot(snapshot)


def _reading(look: Look, facts: tuple[Fact, ...], standing: StandingPage | None = None) -> PageReading:
    return PageReading(look.snapshot, look.at, facts, look.outcome == "complete", standing)


def _told_apart(looks: list[Look]) -> bool:
    """Whether the looks did not all say the same."""
    return len({look.says for look in looks}) > 1


def _ends_of_runs(looks: Iterable[Look]) -> list[Look]:
    """The first and the last of those looks that followed each other and said the same."""
    given = list(looks)
    return [
        look
        for n, look in enumerate(given)
        if n in (0, len(given) - 1) or given[n - 1].says != look.says or given[n + 1].says != look.says
    ]


def _of_other_readers(held: Mapping[str, tuple[Fact, ...]]) -> set[str]:
    """The looks of which another version of a reader than that of the newest look read a fact."""
    newest = {fact.name: fact for facts in held.values() for fact in facts}
    return {one for one, facts in held.items() if any(not same_reader(fact, newest[fact.name]) for fact in facts)}


def _said(fact: Fact) -> object:
    return fact.state, as_json(fact.value)
