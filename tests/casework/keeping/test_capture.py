"""Pages are chosen before anything is visited, kept as they are seen, and sealed together."""

from __future__ import annotations

from collections import Counter

import pytest

from casework.cases import open_case
from casework.keeping.capture import capture_pages
from casework.workspace import Workspace
from collector.errors import WrongRequest
from collector.reading.addresses import Addresses
from collector.reading.markup import Frame
from collector.site import Document, StoredPage
from fixtures.marketplace.scenarios import addresses
from tests.paper_desk import ORDER, ORIGIN, PAGES, SCENARIO, paper_browser, quiet


def test_every_page_of_the_only_case_is_kept_and_sealed(ws: Workspace) -> None:
    with paper_browser():
        captured = capture_pages(ws, "", (), quiet)
    assert [(s.target.kind, s.outcome) for s in captured.snapshots] == [(kind, "complete") for kind in PAGES]
    assert {e.body["id"] for e in ws.archive.ledger.entries() if e.kind == "snapshot"} >= {s.id for s in captured.snapshots}
    assert captured.seal.word == "timestamped"


def test_a_page_is_parsed_once_as_it_opens_and_once_as_it_was_kept(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: Counter[bytes] = Counter()
    parse = Frame.__init__

    def counted(frame: Frame, document: Document, page: StoredPage, addresses: Addresses) -> None:
        if page.documents and document in page.documents:
            parsed[page.documents[0].html if document.digest else b"as it opens"] += 1
        parse(frame, document, page, addresses)

    monkeypatch.setattr(Frame, "__init__", counted)
    with paper_browser():
        captured = capture_pages(ws, "", (), quiet)
    glimpsed = parsed.pop(b"as it opens")
    assert glimpsed == len(captured.snapshots)
    assert len(parsed) == len(captured.snapshots)
    assert set(parsed.values()) == {1}


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
