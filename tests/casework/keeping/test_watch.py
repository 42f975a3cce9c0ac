"""What `watch` takes for an order, what it refuses, and what it does where nobody can answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.cases import cases, open_case, targets_of
from casework.keeping.sign_in import CONSENT, require_consent
from casework.keeping.watch import WatchRequest, named_orders, numbers_in
from casework.workspace import Workspace, keep, workspace
from collector.errors import PersonNeeded, WrongRequest
from collector.model import ALIBABA
from tests.stories.screen import Script

ORDER = "250861947301028446"
PAGE = f"https://biz.alibaba.com/ta/detail.htm?orderId={ORDER}"
ABSENT = Script([], present=False)


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("TRADEWITNESS_CONFIG", str(tmp_path / "configuration"))
    monkeypatch.delenv("TRADEWITNESS_ALIAS", raising=False)
    return workspace(tmp_path / "archive")


@pytest.mark.parametrize(
    "typed", [ORDER, f" {ORDER} ", "2508 6194 7301 0284 46", f"'{ORDER}'", PAGE, f"{PAGE}&x=1", PAGE[8:]]
)
def test_an_order_may_be_its_number_as_copied_or_the_address_of_its_page(ws: Workspace, typed: str) -> None:
    assert named_orders(ws, WatchRequest((typed,)), ABSENT) == {ORDER: PAGE}


@pytest.mark.parametrize("typed", ["fans", "12", "https://www.alibaba.com/", "2.50862E+17", "received_at=2026-01-01"])
def test_what_is_no_order_is_refused_in_a_sentence_that_says_what_one_is(ws: Workspace, typed: str) -> None:
    with pytest.raises(WrongRequest) as refused:
        named_orders(ws, WatchRequest((typed,)), ABSENT)
    assert refused.value.hint
    assert not ws.archive.root.exists()


@given(st.text(max_size=60))
def test_any_text_is_an_order_or_refused(text: str) -> None:
    here = workspace(Path("/nowhere"))
    try:
        found = named_orders(here, WatchRequest((text,)), ABSENT)
    except WrongRequest:
        return
    assert all(number.isdigit() for number in found)


def test_somebody_who_mistypes_is_asked_again(ws: Workspace) -> None:
    person = Script(["fans", ORDER])
    assert named_orders(ws, WatchRequest(), person) == {ORDER: PAGE}
    assert any("not an order number" in text for text in person.heard)


def test_with_nobody_there_and_nothing_named_the_sentence_says_what_to_type(ws: Workspace) -> None:
    with pytest.raises(WrongRequest, match="which order"):
        named_orders(ws, WatchRequest(), ABSENT)


def test_a_table_gives_the_order_of_each_line_whatever_stands_beside_it(tmp_path: Path) -> None:
    table = tmp_path / "orders.csv"
    table.write_text(
        f"\ufeffOrder number;Supplier\n{ORDER};Brightwing\n\n250861947301020000;Other\n{ORDER};twice\n", "utf-8"
    )
    assert numbers_in(table) == [ORDER, "250861947301020000"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Order;Supplier\n2.50862E+17;Brightwing\n", "cut short"),
        (b"Order;Supplier\n", "no order number"),
        (b"\xff\xfe\x00\x01", "cannot be read"),
    ],
)
def test_a_table_that_would_mislead_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    table = tmp_path / "orders.csv"
    table.write_bytes(content)
    with pytest.raises(WrongRequest, match=said):
        numbers_in(table)


def test_consent_is_asked_once_and_recorded(ws: Workspace) -> None:
    keep(ws)
    person = Script([True])
    require_consent(ws, person, ALIBABA, yes=False)
    require_consent(ws, person, ALIBABA, yes=False)
    assert len(person.asked) == 1
    assert "restrict an account" in person.heard[0]
    assert "mark its messages as read" in person.heard[0]
    assert [e.body["name"] for e in ws.archive.ledger.entries() if e.kind == "setting.changed"] == [CONSENT]


@pytest.mark.parametrize("person", [Script([False]), ABSENT])
def test_without_consent_nothing_is_visited(ws: Workspace, person: Script) -> None:
    keep(ws)
    with pytest.raises(PersonNeeded):
        require_consent(ws, person, ALIBABA, yes=False)


def test_a_thread_may_be_named_by_its_supplier(ws: Workspace) -> None:
    open_case(ws, ORDER, {"order": (PAGE,), "thread": ("Brightwing Ltd.", "Other Co.")})
    threads = [t for t in targets_of(ws, ORDER) if t.kind == "thread"]
    assert [t.expects for t in threads] == [{"supplier": "Brightwing Ltd."}, {"supplier": "Other Co."}]
    assert {t.url for t in threads} == {ws.site.address("thread")}


def test_a_case_that_was_stopped_is_taken_up_again_with_its_first_day(ws: Workspace) -> None:
    from casework.cases import close_case

    first = open_case(ws, ORDER, {"order": (PAGE,)}, name="fans")
    assert close_case(ws, "fans").closed
    again = open_case(ws, ORDER, {})
    assert (again.closed, again.opened_at, again.name) == (False, first.opened_at, "fans")
    assert ws.rebuild()
    assert cases(ws) == [again]


@pytest.mark.parametrize("typed", ["www.alibaba.com/x", "message.alibaba.com", "ftp://x/y"])
def test_an_address_without_its_beginning_is_not_taken_for_a_suppliers_name(ws: Workspace, typed: str) -> None:
    with pytest.raises(WrongRequest, match="not a web address"):
        open_case(ws, ORDER, {"thread": (typed,)})
