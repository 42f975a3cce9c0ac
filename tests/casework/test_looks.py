"""What is due is the same whether every look counts or only those that tell something."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.cases import casefile, cases
from casework.keeping.capture import capture_pages
from casework.workspace import Workspace
from collector.archive.archive import Archive
from collector.archive.index import Index, unread
from collector.archive.records import entry_body
from collector.ledger.log import Entry, Ledger
from collector.model import Fact, Snapshot, Target, Visit
from fixtures.marketplace.pages import render
from fixtures.marketplace.scenarios import SCENARIOS
from rules.deadlines.counting import deadlines
from rules.policy.platform import load_policy
from tests.archives import TestClock
from tests.paper_desk import ORIGIN, SCENARIO, PaperTab, paper_browser, quiet
from tests.rules.cases import case, instant, printed, shown

DAY = timedelta(days=1)
FIRST = instant("2026-10-01T02:00Z")
STAGES: tuple[dict[str, object], ...] = (
    {},
    {"dispute.status": "Waiting for your response"},
    {"dispute.status": "Waiting for your response", "dispute.deadline": printed("2026-10-12 18:00:00")},
    {"dispute.status": "Waiting for supplier response", "dispute.deadline": printed("2026-10-09 10:00:00")},
    {"dispute.status": "Platform is reviewing"},
)
ORDERS: tuple[dict[str, object], ...] = (
    {"order.status": "Waiting for supplier to ship", "order.ship_by": "2026-10-05"},
    {"order.status": "Shipped", "order.ship_by": "2026-10-05", "order.shipped_at": printed("2026-10-04 09:00:00")},
    {"order.status": "Delivered", "order.shipped_at": printed("2026-10-04 09:00:00"),
     "order.received_at": printed("2026-10-08 11:00:00")},
)  # fmt: skip
EVENTS = (
    "received_at=2026-10-03", "dispute_opened_at=2026-10-04", "buyer_answered_at=2026-10-06",
    "supplier_answered_at=2026-10-07",
    "offer_made_at=2026-10-08", "escalated_at=2026-10-09", "decided_at=2026-10-14", "evidence_submitted_at=2026-10-06",
)  # fmt: skip
nights = st.lists(st.tuples(st.sampled_from(ORDERS), st.sampled_from(STAGES), st.integers(1, 4)), min_size=1, max_size=6)


class Book(Ledger):
    """A ledger of looks that are on no disk, so that a thousand of them are written in no time."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"), catalogued=False)
        self.looks: list[Entry] = []

    def entries(self, *_: object, kinds: Iterable[str] = (), **__: object) -> Iterator[Entry]:
        return iter(() if "snapshot.masked" in kinds else self.looks)

    def leaf(self, seq: int) -> str:
        return str(seq)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    made = Archive(tmp_path_factory.mktemp("looks"), TestClock())
    made.ledger = Book()
    return made


def taken_in(archive: Archive, index: Index, facts: Mapping[str, list[Fact]]) -> None:
    """The looks that said this, each by its kind and time, in their order."""
    assert isinstance(archive.ledger, Book)
    archive.ledger.looks.clear()
    for seq, name in enumerate(facts):
        kind, at = name.split()
        target, seen = Target(kind, "1", kind, f"https://x.test/{kind}"), datetime.fromisoformat(at)
        visit = Visit(target.url, target.url, (), 200, "", seen, {}, {}, "", (), (), {})
        body, _ = entry_body(Snapshot(1, name, target, visit, (), "complete", "", ()))
        archive.ledger.looks.append(Entry(seq, at, "snapshot", body, b""))
    index.take_all(archive, 0, len(facts), lambda snapshot: tuple(facts[snapshot.id]), unread)


@given(nights, st.lists(st.sampled_from(EVENTS), unique=True), st.integers(0, 40))
def test_nothing_is_due_otherwise_because_what_repeats_another_look_is_left_out(
    archive: Archive, stretches: list[tuple[dict[str, object], dict[str, object], int]], events: list[str], later: int
) -> None:
    facts, at = {}, FIRST
    for order, stage, times in stretches:
        for _ in range(times):
            for kind, said in (("order", order), ("dispute", stage)):
                name = f"{kind} {at.isoformat()}"
                facts[name] = [shown(fact, value, at, name) for fact, value in said.items()]
            at += DAY
    index = Index(sqlite3.connect(":memory:", isolation_level=None), archive.ledger, texts=False)
    taken_in(archive, index, facts)
    now = at + later * timedelta(hours=12)
    looks = [look.snapshot for look in index.looks_that_tell("1", now, "dispute.")]

    def due(read: list[Fact]) -> list[object]:
        return list(deadlines(case(*events, *read, as_of=now), load_policy()))

    told = index.facts_that_tell(looks, ("dispute.", "thread."))
    assert due(told) == due([fact for each in facts.values() for fact in each])


def test_the_nights_of_a_case_are_told_by_their_changes(ws: Workspace) -> None:
    def kept(day: int) -> Callable[[], PaperTab]:
        class Then(PaperTab):
            def changed(self, kind: str) -> None:
                base = (ws.clock.now() - timedelta(days=today)).date()
                self.html = render(SCENARIO, day, kind, base=base, origin=ORIGIN, settled=True).decode()

        return Then

    today = SCENARIOS[SCENARIO].today
    for day in (today - 1,) * 4 + (today,) * 3:
        with paper_browser(kept(day)):
            capture_pages(ws, "", (), quiet)
    (one,), now = cases(ws), ws.clock.now()
    whole, told = casefile(ws, one, now), casefile(ws, one, now, every_look=False)
    assert deadlines(told, load_policy()) == deadlines(whole, load_policy())
    orders = [[s.id for s in file.snapshots if s.target.kind == "order"] for file in (whole, told)]
    assert len(orders[1]) < len(orders[0])
    assert orders[1][-1] == orders[0][-1]
