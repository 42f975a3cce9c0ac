"""A case is opened, found, changed and closed; what is wrong is said before anything is kept."""

from __future__ import annotations

import pytest

from casework.cases import cases, close_case, find_case, open_case, set_case, targets_of
from casework.workspace import Workspace
from collector.errors import WrongRequest
from fixtures.marketplace.scenarios import addresses
from tests.paper_desk import ORDER, ORIGIN, SCENARIO


def test_a_case_is_found_by_its_number_and_by_its_name(ws: Workspace) -> None:
    open_case(ws, ORDER, {}, name="fans", sealed=False)
    assert find_case(ws, ORDER) == find_case(ws, "fans")
    with pytest.raises(WrongRequest, match="There is no case 'lamps'"):
        find_case(ws, "lamps")


def test_opening_a_case_again_adds_its_page_and_keeps_the_others(ws: Workspace) -> None:
    before = {target.kind for target in targets_of(ws, ORDER)}
    open_case(ws, ORDER, {"supplier": [addresses(SCENARIO, ORIGIN)["supplier"]]}, sealed=False)
    assert {target.kind for target in targets_of(ws, ORDER)} == before | {"supplier"}
    assert [case.order for case in cases(ws)] == [ORDER]


def test_a_closed_case_is_open_again_when_it_is_opened_again(ws: Workspace) -> None:
    assert close_case(ws, ORDER).closed
    assert not open_case(ws, ORDER, {}, sealed=False).closed


@pytest.mark.parametrize(
    ("order", "url", "sentence"),
    [("12", "https://www.alibaba.com/", "not an order number"), (ORDER, "www.alibaba.com", "not a web address"),
     (ORDER, "https://jan:secret@www.alibaba.com/", "user name or password")],
)  # fmt: skip
def test_a_case_that_cannot_be_opened_leaves_no_trace(ws: Workspace, order: str, url: str, sentence: str) -> None:
    before = len(list(ws.archive.ledger.entries()))
    with pytest.raises(WrongRequest, match=sentence):
        open_case(ws, order, {"order": [url]}, sealed=False)
    assert len(list(ws.archive.ledger.entries())) == before


def test_of_two_entries_of_which_one_is_wrong_neither_is_kept(ws: Workspace) -> None:
    before = len(list(ws.archive.ledger.entries()))
    with pytest.raises(WrongRequest, match="not a date"):
        set_case(ws, ORDER, ("units_total=200", "received_at=soon"), {})
    assert len(list(ws.archive.ledger.entries())) == before
