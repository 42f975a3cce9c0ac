"""Pages are chosen before anything is visited, kept as they are seen, and sealed together."""

from __future__ import annotations

import pytest

from casework.cases import open_case
from casework.keeping.capture import capture_pages
from casework.workspace import Workspace
from collector.errors import WrongRequest
from fixtures.marketplace.scenarios import addresses
from tests.paper_desk import ORDER, ORIGIN, PAGES, SCENARIO, paper_browser, quiet


def test_every_page_of_the_only_case_is_kept_and_sealed(ws: Workspace) -> None:
    with paper_browser():
        captured = capture_pages(ws, "", (), quiet)
    assert [(s.target.kind, s.outcome) for s in captured.snapshots] == [(kind, "complete") for kind in PAGES]
    assert {e.body["id"] for e in ws.archive.ledger.entries() if e.kind == "snapshot"} >= {s.id for s in captured.snapshots}
    assert captured.seal.word == "timestamped"


def test_a_page_of_no_case_is_kept_as_what_its_address_says(ws: Workspace) -> None:
    url = addresses(SCENARIO, ORIGIN)["supplier"]
    with paper_browser():
        (snapshot,) = capture_pages(ws, "", (url,), quiet).snapshots
    assert (snapshot.target.case, snapshot.target.kind, snapshot.outcome) == ("", "supplier", "complete")


def test_what_is_not_said_or_wrong_is_said_before_any_visit(ws: Workspace) -> None:
    with pytest.raises(WrongRequest, match="not a web address"):
        capture_pages(ws, ORDER, ("order page",), quiet)
    with pytest.raises(WrongRequest, match="There is no case"):
        capture_pages(ws, "lamps", (), quiet)
    open_case(ws, "250861947301020000", {"order": [addresses(SCENARIO, ORIGIN)["order"]]}, sealed=False)
    with pytest.raises(WrongRequest, match="Say which case"):
        capture_pages(ws, "", (), quiet)
