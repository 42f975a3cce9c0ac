"""A night tells what is urgent before its visits, all that is new after them, and a dead-man's service how it went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import stamina
from filelock import FileLock

from casework.cases import targets_of
from casework.keeping.nightly import NightAnswer
from casework.notices.book import read_book, write_book, writing
from casework.notices.nights import told_night
from casework.notices.notify import add_address, set_ping
from casework.notices.remind import known_concerns, remind
from casework.views import told_night as shown
from casework.workspace import Workspace
from collector.errors import PARTIAL, ArchiveError, WrongRequest
from tests.casework.notices.listening import Hooks, web_server
from tests.casework.notices.test_telling import Nobody
from tests.paper_desk import ORDER, PaperTab, paper_browser, quiet


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    """Nobody waits between two tries."""
    with stamina.set_testing(True, attempts=2):
        yield


@pytest.fixture
def heard(ws: Workspace) -> Iterator[tuple[Hooks, str]]:
    """Somebody who is told by a webhook, and a dead-man's service."""
    with web_server() as (hooks, host):
        add_address(ws, f"json://{host}/hook", Nobody(), lang="en", zone="Europe/Berlin", discreet=False)
        set_ping(ws, f"http://{host}/ping")
        yield hooks, host


def test_a_night_is_told_before_and_after_and_nothing_twice(ws: Workspace, heard: tuple[Hooks, str]) -> None:
    hooks, _ = heard
    with paper_browser():
        told = told_night(ws, quiet)
    paths = [path for path, _ in hooks.posted]
    assert (paths[0], paths[-1]) == ("/ping/start", "/ping")
    assert "Provide evidence" in "".join(message["message"] for message in hooks.messages())
    assert (told.unheard, told.told.failed) == ("", False)
    before = len(hooks.messages())
    with paper_browser():
        told_night(ws, quiet)
        remind(ws, quiet)
    assert len(hooks.messages()) == before


def test_a_dead_mans_service_learns_no_name_amount_or_number(ws: Workspace, heard: tuple[Hooks, str]) -> None:
    hooks, _ = heard
    with paper_browser():
        told_night(ws, quiet)
    said = "".join(body for path, body in hooks.posted if path.startswith("/ping"))
    assert "2 complete" in said
    assert [word for word in (ORDER, ORDER[-4:], "USD", "LED", "Foshan") if word in said] == []


def test_a_night_that_could_not_work_is_told_to_a_dead_mans_service_in_one_sentence_without_a_name(
    ws: Workspace, heard: tuple[Hooks, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks, _ = heard

    def full(*_: object, **__: object) -> NightAnswer:
        raise ArchiveError(f"The disk is full: /home/marta/{ORDER} could not be written.")

    monkeypatch.setattr("casework.notices.nights.night", full)
    with pytest.raises(ArchiveError):
        told_night(ws, quiet)
    path, body = hooks.posted[-1]
    assert path == "/ping/fail"
    assert body == "The night could not do its work. The machine that it runs on says why: tradewitness schedule status"


def test_a_night_that_could_not_tell_what_it_should_is_partial(ws: Workspace, heard: tuple[Hooks, str]) -> None:
    hooks, _ = heard
    hooks.refuse = True
    with paper_browser():
        answer = told_night(ws, quiet)
    assert answer.untold
    assert shown(answer).code == PARTIAL
    assert shown(answer).json["unheard"]


class OneLess(PaperTab):
    """The order's total is another one than before."""

    def changed(self, kind: str) -> None:
        self.html = self.html.replace("8,600.00", "9,100.00").replace("8600.00", "9100.00")


def test_a_change_to_the_buyers_harm_is_told_once_also_to_who_could_not_be_reached_that_night(
    ws: Workspace, heard: tuple[Hooks, str]
) -> None:
    hooks, _ = heard
    with paper_browser(OneLess):
        told_night(ws, quiet)
    changed = [c for c in known_concerns(ws, quiet) if c.matter == "changed"]
    assert changed, "the story's change is one to the buyer's harm"
    told = "".join(message["message"] for message in hooks.messages())
    assert changed[0].detail in told
    with writing(ws):
        write_book(ws, replace(read_book(ws), told={}))  # as if that night's message had not left
    before = len(hooks.messages())
    remind(ws, quiet)
    assert changed[0].detail in hooks.messages()[before]["message"]


def test_beside_a_night_that_runs_nothing_is_told_as_failed(ws: Workspace, heard: tuple[Hooks, str]) -> None:
    hooks, _ = heard
    with FileLock(ws.archive.root / ".nightly.lock"), pytest.raises(WrongRequest):
        told_night(ws, quiet)
    assert "/ping/fail" not in [path for path, _ in hooks.posted]


def test_a_wall_is_told_once_for_all_the_cases_behind_it(ws: Workspace, heard: tuple[Hooks, str]) -> None:
    account = targets_of(ws, ORDER)[0].account
    ws.archive.record("account.paused", {"account": account, "why": "it asks for a person", "snapshot": ""})
    ws.refresh()
    walls = [c for c in known_concerns(ws, quiet) if c.matter == "wall"]
    assert len(walls) == 1
    assert walls[0].urgent


def test_a_list_of_who_is_told_that_is_torn_keeps_no_page_from_being_looked_at(
    ws: Workspace, heard: tuple[Hooks, str]
) -> None:
    hooks, _ = heard
    file = next((ws.user / "notices").glob("*.json"))
    file.write_text("{")
    with paper_browser():
        answer = told_night(ws, quiet)
    assert answer.night.snapshots
    assert "Nobody could be told" in answer.told.notes[0]
    assert shown(answer).code == PARTIAL
    assert hooks.posted == []
    assert file.read_text() == "{"
