"""A case is opened, found, changed and closed; what is wrong is said before anything is kept."""

from __future__ import annotations

import pytest

from casework.asking.dossier import check_cases
from casework.cases import cases, close_case, find_case, open_case, set_case, targets_of
from casework.workspace import Workspace
from collector.errors import WrongRequest
from fixtures.marketplace.scenarios import addresses
from tests.paper_desk import ORDER, ORIGIN, SCENARIO, quiet


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


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        (("units_total=200", "units_defective=300"), "300 defective units of 200 in all: one number is wrong."),
        (("units_defective=300",), "300 defective units of 200 on the order page: one number is wrong."),
        (("received_at=2001-01-05",), r"Shipment \(.*\) stands after receipt \(Fri 5 Jan 2001\), by what you entered."),
        (("refund_received_at=2090-01-05",), "The refund's arrival is dated Thu 5 Jan 2090, after"),
        (("refund_received_at=2020-01-05",), r"Payment \(.*\) stands after the refund's arrival \(Sun 5 Jan 2020\)"),
        (("amount_claimed=EUR 500",), "The amount claimed is EUR 500.00, but the order is in USD."),
        (("amount_claimed=USD 50000",), "more than the order's USD 8,600.00"),
    ],
)
def test_what_cannot_be_beside_all_that_is_known_is_entered_only_by_who_insists(
    ws: Workspace, entries: tuple[str, ...], sentence: str
) -> None:
    before = ws.archive.ledger.size
    with pytest.raises(WrongRequest, match=sentence) as refused:
        set_case(ws, ORDER, entries, {})
    assert "--yes" in refused.value.hint
    assert ws.archive.ledger.size == before
    done = set_case(ws, ORDER, entries, {}, insist=True)
    assert done.notes[0].startswith(refused.value.message)
    (answer,) = check_cases(ws, [ORDER], False, (), "", quiet)
    assert refused.value.message in {finding.text.partition(" It rests on")[0] for finding in answer.findings}


def test_an_entry_that_a_page_contradicts_is_kept_and_told(ws: Workspace) -> None:
    done = set_case(ws, ORDER, ("amount_claimed=USD 500",), {})
    assert done.entered == ("You entered the amount claimed: USD 500.00.",)
    assert any("USD 6,880.00" in note for note in done.notes)


def test_one_more_of_what_recurs_corrects_nothing_and_the_newest_that_stands_is_withdrawn(ws: Workspace) -> None:
    set_case(ws, ORDER, ("offer_made_at=2026-11-10",), {})
    (second,) = set_case(ws, ORDER, ("offer_made_at=2026-11-12",), {}).entered
    assert second == "You entered the supplier's offer (2): Thu 12 Nov 2026."
    withdrawn = [set_case(ws, ORDER, ("offer_made_at=",), {}).entered[0] for _ in range(2)]
    assert [told.partition(", ")[2] for told in withdrawn] == ["Thu 12 Nov 2026.", "Tue 10 Nov 2026."]


def test_what_was_never_entered_cannot_be_withdrawn(ws: Workspace) -> None:
    open_case(ws, ORDER, {}, sealed=False)
    with pytest.raises(WrongRequest, match="There is no entry of units in all to withdraw"):
        set_case(ws, ORDER, ("units_total=",), {})


def test_a_wrong_entry_can_always_be_withdrawn(ws: Workspace) -> None:
    set_case(ws, ORDER, ("units_total=300", "units_defective=300"), {}, insist=True)
    assert set_case(ws, ORDER, ("units_total=",), {}).entered == ("You withdrew an entry: units in all, 300.",)


def test_of_two_entries_of_which_one_is_wrong_neither_is_kept(ws: Workspace) -> None:
    before = len(list(ws.archive.ledger.entries()))
    with pytest.raises(WrongRequest, match="not a date"):
        set_case(ws, ORDER, ("units_total=200", "received_at=soon"), {})
    assert len(list(ws.archive.ledger.entries())) == before
