"""What an order page links to joins its case, once; a page that was not seen leads nowhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.cases import targets_of
from casework.keeping.discovery import discovered
from casework.workspace import Workspace
from collector.model import Outcome, Snapshot
from tests.paper_desk import ORDER

WANTED = frozenset({"supplier", "product", "dispute"})


def order_page(ws: Workspace) -> Snapshot:
    return next(s for s in ws.index.all_snapshots() if s.target.kind == "order")


def test_an_order_page_adds_what_it_links_to_and_a_second_look_adds_nothing(ws: Workspace) -> None:
    added = discovered(ws, order_page(ws), WANTED)
    assert {target.kind for target in added} == {"supplier", "product"}, "the dispute is one of its pages already"
    assert {target.url for target in added} <= {target.url for target in targets_of(ws, ORDER)}
    assert discovered(ws, order_page(ws), WANTED) == ()


@pytest.mark.parametrize("outcome", ["blocked", "failed"])
def test_a_page_that_was_not_seen_leads_nowhere(ws: Workspace, outcome: Outcome) -> None:
    assert discovered(ws, replace(order_page(ws), outcome=outcome), WANTED) == ()


def test_only_what_is_wanted_joins(ws: Workspace) -> None:
    assert {target.kind for target in discovered(ws, order_page(ws), frozenset({"product"}))} == {"product"}
