"""The ledger says which site a case and its pages are of: where it does not, Alibaba; one that nobody knows is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.cases import case_with_deadlines, casefile, find_case, open_case, targets_of
from casework.keeping.watch import WatchRequest, watch
from casework.proving.packed_facts import check_facts
from casework.workspace import Workspace
from collector.alias import Alias
from collector.archive.records import entry_body
from collector.browser.accounts import Account
from collector.errors import UnknownSite, WrongRequest
from collector.model import ALIBABA
from collector.site import Site
from collector.sites.table import site_named
from tests.paper_desk import ORDER, PaperDesk
from tests.stories.screen import Script

ELSEWHERE = "made-in-china"
NEWER = "Install a newer tradewitness"
PAGE = {"case": ORDER, "id": "warranty", "kind": "supplier", "url": "https://shop.example/", "account": "", "expects": {}}


def of_elsewhere(ws: Workspace) -> None:
    """A visit of a page of another site, as a later version keeps it."""
    first = next(s for s in ws.index.all_snapshots() if s.outcome == "complete")
    body, openings = entry_body(replace(first, id="S-elsewhere", target=replace(first.target, site=ELSEWHERE)))
    with ws.archive.writing():
        ws.archive.ledger.append("snapshot", body, ws.clock.now(), openings)


def visits(ws: Workspace) -> int:
    return len(list(ws.archive.ledger.entries(kinds=("snapshot",))))


def test_what_is_opened_and_visited_says_which_site_it_is_of(ws: Workspace) -> None:
    told = {e.kind: e.body.get("site") for e in ws.archive.ledger.entries(kinds=("case.opened", "target.set"))}
    assert told == {"case.opened": ALIBABA, "target.set": ALIBABA}
    assert {s.target.site for s in ws.index.all_snapshots()} == {ALIBABA}


def test_a_page_whose_entry_names_no_site_is_alibabas(ws: Workspace) -> None:
    ws.archive.record("target.set", PAGE)
    ws.refresh()
    (page,) = [target for target in targets_of(ws, ORDER) if target.id == "warranty"]
    assert ws.site_of(page) is site_named(ALIBABA)


def test_a_case_whose_entry_names_no_site_is_alibabas(ws: Workspace) -> None:
    ws.archive.record("case.opened", {"case": "1111111111111111", "name": "", "zone": "UTC", "account": ""})
    ws.refresh()
    assert find_case(ws, "1111111111111111").site == ALIBABA


def test_a_page_of_a_site_that_nobody_knows_is_not_visited_and_says_what_to_do(kept_once: PaperDesk, ws: Workspace) -> None:
    desk = kept_once.elsewhere(ws.archive.root.parent)
    ws.archive.record("target.set", {**PAGE, "site": ELSEWHERE})
    before = visits(ws)
    said = desk.run("capture", ORDER)
    assert said.code == 2
    assert ELSEWHERE in said.err
    assert NEWER in said.err
    assert visits(ws) == before


def test_an_archive_with_such_a_visit_is_refused_in_one_sentence_and_verifies(kept_once: PaperDesk, ws: Workspace) -> None:
    of_elsewhere(ws)
    desk = kept_once.elsewhere(ws.archive.root.parent)
    assert desk.did("verify", "--deep")["problems"] == []
    for command in (("facts", ORDER), ("deadlines", ORDER), ("search", "carton")):
        said = desk.run(*command)
        assert (said.code, said.out) == (2, "")
        assert NEWER in said.err


def test_an_index_with_facts_of_such_a_visit_is_not_held_against_it_and_says_why(
    kept_once: PaperDesk, ws: Workspace
) -> None:
    of_elsewhere(ws)
    assert replace(ws, site_named=lambda name: site_named(ALIBABA)).index  # the later version's
    report = kept_once.elsewhere(ws.archive.root.parent).did("verify", "--deep")
    assert report["problems"] == []
    assert any(NEWER in note for note in report["notes"])


def test_a_case_of_such_a_site_is_not_opened_again(ws: Workspace) -> None:
    body = {"case": "1111111111111111", "site": ELSEWHERE, "name": "", "zone": "UTC", "account": ""}
    ws.archive.record("case.opened", body)
    size = ws.archive.ledger.size
    with pytest.raises(UnknownSite, match=ELSEWHERE):
        open_case(ws, "1111111111111111", {}, name="lamps", sealed=False)
    assert ws.archive.ledger.size == size


def test_of_a_pack_with_pages_of_such_a_site_the_facts_are_not_held_against_them(kept_once: PaperDesk) -> None:
    def none_known(name: str) -> Site:
        raise UnknownSite(f"{name} is not known.", NEWER)

    problems, notes = check_facts(kept_once.folder / "case.zip", none_known, Alias())
    assert problems == ()
    assert notes
    assert all(NEWER in note for note in notes)


SECOND = "8199000011112222"
THERE = f"https://www.aliexpress.com/p/order/detail.html?orderId={SECOND}"


def test_the_address_of_its_order_page_says_which_site_a_new_case_is_of(ws: Workspace) -> None:
    case = open_case(ws, SECOND, {"order": (THERE,)}, sealed=False)
    (page,) = targets_of(ws, SECOND)
    assert case.site == page.site == "aliexpress"
    assert casefile(ws, case, ws.clock.now()).site == "aliexpress"
    assert {d.id for d in case_with_deadlines(ws, case, ws.clock.now())[1]} >= {"return_goods", "claim"}


def test_an_address_of_another_site_is_refused_before_anything_is_kept(ws: Workspace) -> None:
    size = ws.archive.ledger.size
    with pytest.raises(WrongRequest, match="an address of AliExpress, and the case is one of Alibaba"):
        open_case(ws, ORDER, {"product": ("https://www.aliexpress.com/item/1005009990001112.html",)}, sealed=False)
    assert ws.archive.ledger.size == size


def test_orders_of_two_sites_are_not_watched_at_once(ws: Workspace) -> None:
    with pytest.raises(WrongRequest, match="different sites"):
        watch(ws, WatchRequest(orders=(ORDER, THERE)), Script([], present=False), lambda _: None)


def test_an_account_is_one_of_its_site_and_the_others_are_not_asked_for_it(ws: Workspace) -> None:
    at = ws.clock.now().isoformat()
    ws.accounts.write(Account("main", proved_at=at))
    assert (ws.accounts.only(), ws.accounts.only("aliexpress")) == ("main", "")
    assert ws.accounts.new_name("aliexpress") == "aliexpress"
    ws.accounts.write(Account("parcels", proved_at=at, site="aliexpress"))
    assert (ws.accounts.only(), ws.accounts.only("aliexpress")) == ("main", "parcels")
    with pytest.raises(WrongRequest, match="one of another site"):
        watch(ws, WatchRequest(orders=(THERE,), account="main", yes=True), Script([], present=False), lambda _: None)


def test_a_conversation_that_no_name_leads_to_asks_for_its_address(ws: Workspace) -> None:
    with pytest.raises(WrongRequest, match="On AliExpress such a page is not found by the supplier's name"):
        open_case(ws, SECOND, {"order": (THERE,), "thread": ("Harbour Lights Store",)}, sealed=False)
