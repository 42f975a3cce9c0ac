"""What nobody sees of the open cases while it matters, from what was kept of them and from the nights that ran."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from casework.cases import targets_of
from casework.keeping.capture import with_accounts
from casework.workspace import Workspace
from collector.archive.queries import Case, NightRecord
from collector.archive.records import ListRecord
from collector.canonical import made
from collector.kinds import page_kind
from collector.model import Deadline, PageTrace
from rules.case.casefile import CaseFile
from rules.night.blindness import LOOKED_BACK, Blind, Watching, emptied_list, faded, off, site_changed, unseen, wall
from rules.night.running import running

_EmptiedList = tuple[str, str, int, datetime]


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """A case with its deadlines, as Today has it."""

    case: Case
    file: CaseFile
    deadlines: tuple[Deadline, ...]


def blindness(ws: Workspace, judged: Iterable[JudgedCase], now: datetime) -> tuple[Blind, ...]:
    """Every kind of blindness of these cases, in their order, each with the page to look at by hand."""
    nights = ws.index.nights()
    ran, emptied = [night.at for night in nights], tuple(_emptied_lists(nights))
    found: list[Blind] = []
    traces: list[PageTrace] = []
    for one in judged:
        told = ws.index.traces(one.case.order)
        traces += told
        found += (_linked(ws, blind) for blind in (*_of_case(ws, one, ran, emptied, now), *faded(one.case.order, told)))
    return site_changed(found, traces)


def _of_case(
    ws: Workspace, one: JudgedCase, nights: Sequence[datetime], emptied: Iterable[_EmptiedList], now: datetime
) -> Iterator[Blind]:
    case, targets = one.case, with_accounts(ws, targets_of(ws, one.case.order))
    kinds, runs = {target.kind for target in targets}, running(one.file, one.deadlines)
    # A look at another page says nothing of a dispute's timer.
    seen = ws.index.last_whole(case.order, "dispute" if runs.in_dispute and "dispute" in kinds else "")
    passed = any(d.act_by and d.act_by <= now for d in one.deadlines)
    looks = ws.index.whole_since(case.order, now - LOOKED_BACK) if passed else []
    watching = Watching(case.order, case.zone, runs, bool(targets), "dispute" in kinds, seen, looks)
    yield from unseen(watching, now)
    yield from off(watching, one.deadlines, nights, now)
    accounts = {target.account for target in targets}
    for paused in ws.index.paused().values():
        if paused.name in accounts:
            link = ws.index.address_of(paused.snapshot)
            yield replace(wall(case.order, case.zone, paused.name, paused.why, paused.at), link=link)
    private = {target.account for target in targets if page_kind(target.kind).private}
    for kind, account, rows, at in emptied:
        if account in private:
            yield emptied_list(case.order, kind, account, rows, at)


def _emptied_lists(nights: Iterable[NightRecord]) -> Iterator[_EmptiedList]:
    """The lists that showed no order when a night last read them, and did before: kind, account, how many, and when."""
    newest: dict[tuple[str, str], tuple[int, datetime]] = {}
    before: dict[tuple[str, str], int] = {}
    for night in nights:
        for told in made(tuple[ListRecord, ...], night.body.get("lists", [])):
            where = (told.kind, told.account)
            before[where] = told.rows or before.get(where, 0)
            newest[where] = (told.rows, night.at)
    for (kind, account), (rows, at) in newest.items():
        if not rows and before[kind, account]:
            yield kind, account, before[kind, account], at


def _linked(ws: Workspace, blind: Blind) -> Blind:
    return replace(blind, link=blind.link or link_of(ws, blind.case, blind.page))


def link_of(ws: Workspace, case: str, kind: str) -> str:
    """The address of the page to open: of the kind wanted, or the order's."""
    urls = {t.kind: t.url for t in reversed(targets_of(ws, case))}
    return urls.get(kind) or urls.get("order", "")
