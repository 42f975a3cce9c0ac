"""What is due is the same whether every look counts or only those that tell something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from casework.cases import casefile, cases, telling
from casework.keeping.capture import capture_pages
from casework.workspace import Workspace
from collector.archive.queries import Look
from collector.model import Fact
from fixtures.marketplace.pages import render
from fixtures.marketplace.scenarios import SCENARIOS
from rules.deadlines.counting import deadlines
from rules.policy.platform import load_policy
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


def look(kind: str, at: datetime, facts: list[Fact]) -> Look:
    says = repr([(fact.name, fact.value) for fact in facts])
    return Look(f"{kind} {at}", at, kind, f"https://x.test/{kind}", kind, "complete", "", says)


@given(nights, st.lists(st.sampled_from(EVENTS), unique=True), st.integers(0, 40))
def test_nothing_is_due_otherwise_because_looks_that_repeat_another_are_left_out(
    stretches: list[tuple[dict[str, object], dict[str, object], int]], events: list[str], later: int
) -> None:
    looks, facts, at = [], {}, FIRST
    for order, stage, times in stretches:
        for _ in range(times):
            for kind, said in (("order", order), ("dispute", stage)):
                told = [shown(name, value, at, f"{kind} {at}") for name, value in said.items()]
                looks.append(look(kind, at, told))
                facts[looks[-1].snapshot] = told
            at += DAY
    of_dispute = {one.snapshot for one in looks if any(fact.name.startswith("dispute.") for fact in facts[one.snapshot])}
    now = at + later * timedelta(hours=12)

    def due(chosen: list[Look]) -> list[object]:
        read = [fact for one in sorted(chosen, key=lambda one: one.at) for fact in facts[one.snapshot]]
        return list(deadlines(case(*events, *read, as_of=now), load_policy()))

    assert due(telling(looks, of_dispute)) == due(looks)


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
