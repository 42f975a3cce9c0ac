"""What an answer looks like: to a program as JSON and an exit code, to a person as blocks, and printed by a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import views
from casework.asking.before_order import check_before_order
from casework.asking.changes import ChangesAnswer, changes
from casework.asking.dossier import check_cases, deadlines_of, draft_for, facts_of, tiles_of
from casework.asking.sample import Sample, make_sample
from casework.asking.search import search
from casework.asking.site_today import SitePage
from casework.asking.today import next_of, today
from casework.asking.told import told
from casework.blocks import Bar, Block, Excerpt, Line, Part, Result, Span, Table, View, hint, line
from casework.cases import cases, find_case, targets_of
from casework.doctor import examine
from casework.keeping.add import FileDetails, add_and_seal
from casework.keeping.capture import Captured
from casework.keeping.nightly import night
from casework.keeping.sign_in import SignedIn
from casework.keeping.watch import WatchAnswer
from casework.keeping.withdraw import Withdrawn
from casework.notices.book import Book, Failure, Recipient
from casework.notices.nights import ToldNight
from casework.notices.notify import NotifyAnswer
from casework.notices.sending import Sent
from casework.notices.telling import TellingAnswer
from casework.proving.export import export_wacz
from casework.proving.pack import PackRequest, make_pack, preview_pack
from casework.proving.remask import remask
from casework.proving.reread import reread
from casework.proving.status import stamp, status
from casework.proving.verify import verify_path
from casework.scheduling.schedule import Machine, ScheduleAnswer, install
from casework.terminal import Terminal
from casework.views.deadlines import bar
from casework.views.reading import value_text
from casework.workspace import Workspace, workspace
from collector.archive.sealing import state
from collector.browser.accounts import Account
from collector.errors import DONE, DUE
from collector.inert import shown_in_line
from collector.model import Fact, Place
from fixtures.authority import Served
from rules.notices.concerns import Concern
from tests.paper_desk import PaperDesk, paper_browser
from tests.rules.changes.looks import between, look, message, talk, usd

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


# --- Every view --------------------------------------------------------------------------------------------------------


class _Desk:
    """A case of paper that was kept, and what casework answers about it."""

    def __init__(self, desk: PaperDesk) -> None:
        self.ws, self.order, self.folder = workspace(desk.archive), desk.order, desk.folder

    @property
    def captured(self) -> Captured:
        return Captured(tuple(self.ws.index.all_snapshots())[::-1], state(self.ws.archive))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> Iterator[_Desk]:
    made = PaperDesk(tmp_path_factory.mktemp("views"), authority)
    made.begin()
    made.keep()
    with pytest.MonkeyPatch.context() as patch, paper_browser():
        for name, value in made.environment.items():
            patch.setenv(name, value)
        yield _Desk(made)


def _quiet(_: str) -> None:
    """Nobody watches."""


def _case(ws: Workspace, order: str) -> tuple[Any, ...]:
    return find_case(ws, order), targets_of(ws, order), "is open", []


def _facts(ws: Workspace, order: str) -> tuple[Any, ...]:
    found = facts_of(ws, order)
    return found, tiles_of(ws, found), "Europe/Berlin"


def _watched(desk: _Desk) -> WatchAnswer:
    return WatchAnswer((), desk.captured.snapshots, desk.captured.seal, today(desk.ws), ("a note",))


def _changes(desk: _Desk) -> ChangesAnswer:
    before, after = ({"supplier.limit": usd(amount), "supplier.rating": "4.6"} for amount in (10_000, 6_000))
    found = (*between(look(1, before), look(2, after)), *between(talk(1, message("1", "a")), talk(2, message("2", "b"))))
    return replace(changes(desk.ws, desk.order), changes=found, notes=("a note",), unsealed=frozenset({"S1"}))


def _book() -> Book:
    url = "mailto://ana:secret@example.com"
    return Book(
        (Recipient(1, url, "mail to ana@example.com", "Europe/Berlin"),), failed={"1": Failure(NOON, "it was refused")}
    )


def _told() -> TellingAnswer:
    concern = Concern("deadline", "deadline", 3, True, "250861947301028446", "fans", "evidence", "Provide evidence", by=NOON)
    return TellingAnswer((Sent("mail to ana@example.com", True),), (concern,), notes=("a note",))


def _scheduled(desk: _Desk) -> ScheduleAnswer:
    machine = Machine("darwin", {}, desk.folder / "home", ("tradewitness",), lambda *_: (1, ""), lambda _: False)
    return install(desk.ws, machine, "02:30", "", dry_run=True)


def _sample(desk: _Desk) -> Sample:
    return make_sample(desk.ws, desk.captured.snapshots[0].id, desk.folder / "sample.html", _quiet)


ANSWERS: dict[str, Callable[[_Desk], tuple[Any, ...]]] = {
    "added": lambda d: add_and_seal(d.ws, d.order, [d.folder / "carton.txt"], FileDetails("photo"), _quiet),
    "before_order": lambda d: (check_before_order(d.ws, [d.captured.snapshots[0].id], "USD 15,000", _quiet),),
    "captured": lambda d: (d.captured,),
    "case": lambda d: _case(d.ws, d.order),
    "cases": lambda d: ([(case, targets_of(d.ws, case.order)) for case in cases(d.ws)],),
    "changes": lambda d: (_changes(d),),
    "deadlines": lambda d: (deadlines_of(d.ws, ("received_at=2026-09-30",), "2026-10-29"),),
    "draft": lambda d: (draft_for(d.ws, d.order, "supplier", "en", (), _quiet),),
    "exported": lambda d: (export_wacz(d.ws, (d.captured.snapshots[0].id,), d.folder / "visit.wacz"),),
    "facts": lambda d: _facts(d.ws, d.order),
    "findings": lambda d: (check_cases(d.ws, [d.order], False, ("damaged",), "", _quiet),),
    "found": lambda d: (search(d.ws, ["fan"]),),
    "health": lambda d: (examine(d.ws),),
    "initialised": lambda d: (d.ws.archive.root, True, ("a note",)),
    "next_step": lambda d: (next_of(d.ws, d.order),),
    "night": lambda d: (night(d.ws, dry_run=True, progress=_quiet),),
    "notified": lambda d: (NotifyAnswer(_book(), sent=(Sent("mail to ana@example.com", False, "it was refused"),)),),
    "pack_preview": lambda d: (preview_pack(d.ws, d.order, PackRequest()),),
    "disclosure": lambda d: (preview_pack(d.ws, d.order, PackRequest()),),
    "handed_in": lambda d: (preview_pack(d.ws, d.order, PackRequest()).places,),
    "packed": lambda d: (make_pack(d.ws, d.order, PackRequest(output=d.folder / "case.zip"), _quiet),),
    "reminded": lambda d: (_told(),),
    "reindexed": lambda d: ({"cases": 1, "facts": 20},),
    "remasked": lambda d: (remask(d.ws, "", _quiet),),
    "reread": lambda d: (reread(d.ws, "", _quiet),),
    "sample": lambda d: (_sample(d),),
    "sample_written": lambda d: (_sample(d), True, False),
    "scheduled": lambda d: (_scheduled(d),),
    "signed_in": lambda d: (SignedIn(Account("main"), d.captured.snapshots[0], d.captured.seal),),
    "site_today": lambda d: (
        (SitePage("product", "https://www.alibaba.com/", "complete", "", tuple(facts_of(d.ws, d.order))),),
    ),
    "stamped": lambda d: (stamp(d.ws, d.folder / "witness.json", _quiet),),
    "status": lambda d: (status(d.ws),),
    "stopped": lambda d: (find_case(d.ws, d.order), next_of(d.ws, d.order).line),
    "today": lambda d: (today(d.ws),),
    "told": lambda d: (told(d.ws, d.order),),
    "told_night": lambda d: (ToldNight(night(d.ws, dry_run=True, progress=_quiet), _told(), "it answered 500"),),
    "verified": lambda d: (verify_path(d.ws, None, _quiet),),
    "watched": lambda d: (_watched(d),),
    "withdrawn": lambda d: (Withdrawn(d.order, told(d.ws, d.order).files, "of another order", d.captured.seal),),
}


def test_there_is_an_answer_here_for_every_view() -> None:
    assert set(ANSWERS) == set(views.__all__) - {"View"}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_view_is_pure_and_is_printed_whole(name: str, desk: _Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """The same answer gives the same view, its JSON is JSON, and every word of it is printed."""
    answer, show = ANSWERS[name](desk), getattr(views, name)
    view: View = show(*answer)
    assert view == show(*answer)
    assert json.loads(json.dumps(view.json)) == view.json
    capsys.readouterr()
    assert Terminal().show(view) == Terminal(as_json=True).show(view) == view.code
    printed = capsys.readouterr()
    assert printed.out.endswith(json.dumps(view.json, ensure_ascii=False, indent=2) + "\n")
    squeezed = "".join((printed.out + printed.err).split())
    for word in _words(view.blocks):
        assert "".join(shown_in_line(word).split()) in squeezed


def _words(blocks: tuple[Block, ...]) -> Iterator[str]:
    """What stands in lines and passages, and in cells as far as a narrow table does not fold them."""
    for block in blocks:
        match block:
            case Line(parts=parts) | Excerpt(said=parts):
                yield from (p.text if isinstance(p, Span) else str(p) for p in parts if not isinstance(p, Bar))
            case Result():
                yield from (block.text, block.note)
            case Table():
                yield block.title


def test_exit_codes_say_what_is_due(desk: _Desk) -> None:
    late = deadlines_of(desk.ws, ("received_at=2026-09-30",), "2026-10-29")
    early = deadlines_of(desk.ws, ("received_at=2026-09-30",), "2026-10-02")
    assert (views.deadlines(late).code, views.deadlines(early).code) == (DUE, DONE)


# --- Words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (True, "yes"),
        ((), "none"),
        (("late", "damaged"), "late, damaged"),
        (({"name": "fan"},), "1 entry"),
        (({"name": "fan"}, {"name": "box"}), "2 entries"),
        ({"quality": "as the sample", "packaging": "foam"}, "Quality: as the sample; Packaging: foam"),
    ],
)
def test_a_value_is_told_in_words_and_not_as_a_program_writes_it(value: Any, words: str) -> None:
    assert value_text(value) == words


def test_the_table_of_facts_says_in_words_where_each_stands() -> None:
    place = Place("0" * 64, "json", "window.pageData#/orderInfoVO/orderId", "250861947301028446")
    facts = [
        Fact("order.number", "250861947301028446", "read", "20261125T101831Z-717fdf", "alibaba.order/2", place),
        Fact("dispute.offer", None, "not_shown", "20261125T101843Z-29b441", "alibaba.dispute/2"),
    ]
    table = views.facts(facts, [None, None], "UTC").blocks[0]
    assert isinstance(table, Table)
    assert table.rows[0][3] == "the page's data"
    assert table.rows[1][2] == "not shown"


@pytest.mark.parametrize(
    ("away", "cells"),
    [
        (timedelta(days=40), 10),
        (timedelta(days=8), 8),
        (timedelta(hours=25), 4),
        (timedelta(hours=2), 1),
        (timedelta(0), 0),
        (-timedelta(hours=2), 0),
    ],
)
def test_the_bar_of_time_left_empties_hour_by_hour_at_the_end(away: timedelta, cells: int) -> None:
    """Ten cells; the last one is full while there is any time at all."""
    assert bar(NOON + away, NOON) == Bar(cells, 10)


@given(st.integers(-(10**7), 10**7), st.integers(0, 10**6))
def test_the_bar_never_grows_with_time(seconds: int, later: int) -> None:
    """What is left can only become less."""
    end = NOON + timedelta(seconds=seconds)
    assert bar(end, NOON).full >= bar(end, NOON + timedelta(seconds=later)).full


# --- A terminal --------------------------------------------------------------------------------------------------------

TEXTS = st.text(max_size=60)
PARTS = st.lists(TEXTS | st.builds(Span, TEXTS, st.sampled_from(["", "urgent"])) | st.just(Bar(3, 10)), max_size=3)
TUPLES: st.SearchStrategy[tuple[Part, ...]] = PARTS.map(tuple)
BLOCKS = st.one_of(
    st.builds(Line, TUPLES, st.integers(0, 6), st.booleans()),
    st.builds(lambda title, cell, text: Table(("", "What"), ((cell, text),), title, apart=True), TEXTS, TUPLES, TEXTS),
    st.builds(Excerpt, TEXTS, TUPLES, TEXTS),
    st.builds(Result, TEXTS, TEXTS),
)


class _Screen(StringIO):
    def isatty(self) -> bool:
        return True


@given(st.lists(BLOCKS, max_size=3), st.booleans())
def test_no_text_of_a_view_acts_on_the_terminal(blocks: list[Block], quiet: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        out, err = _Screen(), _Screen()
        patch.setattr("sys.stdout", out)
        patch.setattr("sys.stderr", err)
        patch.setenv("NO_COLOR", "1")
        patch.setenv("TERM", "dumb")
        Terminal(quiet=quiet).show(View({}, tuple(blocks)))
    for row in (out.getvalue() + err.getvalue()).split("\n"):
        assert shown_in_line(row) == row


def test_what_looks_like_markup_is_printed_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(("A",), (("[link=file:///etc/passwd]open[/link]",),), "[red]t[/red]")
    Terminal().show(View({}, (line("photo [1].jpg [/]"), table)))
    printed = capsys.readouterr().out
    assert "photo [1].jpg [/]" in printed
    assert "[link=file:///etc/passwd]open[/link]" in printed
    assert "[red]t[/red]" in printed


@pytest.mark.parametrize("columns", [60, 100])
def test_on_a_terminal_no_word_number_or_address_of_a_table_is_broken_in_two(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a table is too wide for that, its rows stand under each other; there an empty cell has no name either."""
    address, number = f"https://biz.example/order?id={'7' * 60}", "250861947301028446"
    out = _Screen()
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    words = "Negotiation ends and the mediation of the platform begins"
    table = Table(
        ("", "Order", "Deadline", "Left", "Of", "Note"), (("✓", number, words, (Bar(5, 10), "2 days"), number, ""),)
    )
    Terminal().show(View({}, (table, Table(("Page", "Address"), (("order", address),)))))
    printed = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    assert {number, "█████░░░░░", address, *words.split()} <= set(printed.split())
    assert max(len(row) for row in printed.replace(address, "").split("\n")) <= columns
    assert ("Note" in printed) == (columns == 100), "there a table has its head"


def test_quiet_leaves_out_hints_and_prints_what_was_asked_for_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal(quiet=True).show(View({}, (line("kept"), hint("next"))))
    assert capsys.readouterr().out == "kept\n"
    view = View({}, (line("kept"), hint("next"), Result("/tmp/a pack.zip", "mind it")))
    Terminal(quiet=True).show(view)
    assert capsys.readouterr() == ("/tmp/a pack.zip\n", "")
    Terminal().show(view)
    assert capsys.readouterr() == ("kept\nnext\n/tmp/a pack.zip\n", "mind it\n")
