"""The first minute, in a real window on a screen without a monitor: sign-in, discovery, and all that goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pexpect
import psutil
import pytest

from casework.cases import targets_of
from casework.keeping.sign_in import SignedIn, login
from casework.keeping.watch import WatchAnswer, WatchRequest, watch
from casework.workspace import workspace
from collector.browser.find import find_browser
from collector.browser.window import ended, open_window, reached
from collector.errors import PersonNeeded
from collector.model import Target
from fixtures.authority import Served
from tests.decoding import holding
from tests.stories.desk import Desk, desk
from tests.stories.screen import Script, at_the_window, screen, sign_in, sign_in_at

pytestmark = pytest.mark.browser

TRADEWITNESS = str(Path(__file__).resolve().parents[2] / ".venv" / "bin" / "tradewitness")


@pytest.fixture(scope="module", autouse=True)
def one_browser() -> None:
    """These stories are lent no browser: they look whether any is left behind."""


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with screen() as name:
        yield name


@pytest.fixture
def table(tmp_path: Path, authority: Served, display: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk(tmp_path, authority) as made:
        made.market.require_login = True
        for name, value in {**made.environment, "DISPLAY": display}.items():
            monkeypatch.setenv(name, value)
        made.init()
        yield made
        require_none_left(made)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory, authority: Served, display: str) -> Iterator[Desk]:
    """A desk whose buyer signed in, once for all tests that begin there."""
    with desk(tmp_path_factory.mktemp("once"), authority) as made, pytest.MonkeyPatch.context() as patch:
        made.market.require_login = True
        for name, value in {**made.environment, "DISPLAY": display}.items():
            patch.setenv(name, value)
        made.init()
        sign_in_by_script(made)
        yield made


@pytest.fixture
def signed_in(once: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A copy of all that the sign-in left, before the same marketplace, which is as it was then."""
    shutil.copytree(once.folder, tmp_path / "desk", symlinks=True)
    moved = {name: value.replace(str(once.folder), str(tmp_path / "desk")) for name, value in once.environment.items()}
    made = replace(once, folder=tmp_path / "desk", environment=moved, printed=[])
    for name, value in moved.items():
        monkeypatch.setenv(name, value)
    sessions = dict(made.market.sessions)
    made.market.log.clear()
    yield made
    made.market.sessions.clear()
    made.market.sessions.update(sessions)
    made.market.faults.clear()
    made.market.strangers.clear()
    require_none_left(made)


def accounts(table: Desk) -> Path:
    return table.folder / "configuration" / "accounts"


def windows(table: Desk) -> list[psutil.Process]:
    """The browsers that still run on a folder of this test."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if any(str(table.folder) in word for word in line) and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def require_none_left(table: Desk) -> None:
    psutil.wait_procs(windows(table), timeout=20)  # one that is ending is none that was left
    assert not windows(table), "a browser was left behind"


def quiet(_text: str) -> None:
    pass


def sign_in_by_script(table: Desk, name: str = "main", user: str = "jan") -> SignedIn:
    def at_the_desk() -> bool:
        sign_in(accounts(table), name, user)
        return True

    return login(workspace(), name, "", Script([at_the_desk]), yes=True, progress=quiet)


def session(table: Desk, name: str = "main") -> dict[str, int]:
    """The kept session's files and when each was last written."""
    root = accounts(table) / name / "session"
    return {str(p.relative_to(root)): p.lstat().st_mtime_ns for p in sorted(root.rglob("*")) if not p.is_dir()}


def test_from_nothing_to_the_first_deadline_in_two_commands_and_four_questions(table: Desk) -> None:
    """As a newcomer types it, in a terminal; the person signs in by hand in the window that opens."""
    child = pexpect.spawn(TRADEWITNESS, ["watch"], encoding="utf-8", timeout=120, dimensions=(60, 150))
    questions = 0
    for question, answer in (
        ("Number or address: ?", table.order),
        (r"go on\? \[y/N\]", "y"),
        (r"Signed in\? \[Y/n\]", ""),
        (r"what you mean\? \[Y/n\]", ""),
    ):
        child.expect(question)
        if question.startswith("Signed"):
            sign_in(accounts(table))
        questions += 1
        child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    assert (child.exitstatus, questions) == (0, 4)
    assert "evidence" in child.before
    assert "you must act by" in child.before
    said = table.run()
    assert said.code == 6
    assert "you must act by" in said.out
    assert {t.kind for t in _pages(table)} == {"order", "thread", "supplier", "product", "dispute"}


@pytest.mark.parametrize("pages", [("order", "dispute"), pytest.param((), marks=pytest.mark.proof)], ids=["two", "all"])
def test_a_session_serves_the_next_visit_unseen_by_anybody_else_and_never_enters_the_archive(
    signed_in: Desk, pages: tuple[str, ...]
) -> None:
    """Two pages of a case by a command and at night; in the long proofs every page that `watch` finds."""
    if pages:
        given = [part for kind in pages for part in (f"--{kind}", signed_in.pages[kind])]
        signed_in.run("case", "open", signed_in.order, *given)
        seen = signed_in.run("capture", "--json").json["snapshots"]
        assert [(s["kind"], s["outcome"]) for s in seen] == [(kind, "complete") for kind in pages]
    else:
        watched = _watch(signed_in, Script([], present=False))
        assert {s.outcome for s in watched.snapshots} == {"complete"}
    said = signed_in.run("nightly", "--json")
    assert {s["outcome"] for s in said.json["snapshots"]} == {"complete"}
    agents = {r.user_agent for r in signed_in.market.log if r.path.startswith("/ta/")}
    assert len(agents) == 1
    assert "Headless" not in agents.pop()
    kept = workspace().index.snapshot(said.json["snapshots"][0]["id"])
    assert kept
    about = kept.visit.browser
    assert (about["headless"], about["extensions"]) == ("no", "unknown")
    profiles = ("profile", "session", "session.older")  # the browser's own, outside the archive: there a session must be
    parts = {p: p.relative_to(signed_in.folder).parts for p in signed_in.folder.rglob("*") if p.is_file()}
    pile = [("/".join(names), p.read_bytes()) for p, names in parts.items() if not {*profiles} & {*names}]
    assert {"configuration/accounts/main/account.json", "archive/ledger/entries.jsonl"} <= {name for name, _ in pile}
    pile += [("printed", text.encode()) for text in signed_in.printed]
    assert len(signed_in.market.sessions) == 1
    assert holding(pile, signed_in.market.secrets_sent()) == set()
    for folder in (accounts(signed_in), accounts(signed_in) / "main"):
        assert folder.stat().st_mode & 0o077 == 0


def test_a_session_that_ended_pauses_the_account_and_never_overwrites_the_good_one(signed_in: Desk) -> None:
    before = session(signed_in)
    signed_in.run(
        "case", "open", signed_in.order, "--order", signed_in.pages["order"], "--dispute", signed_in.pages["dispute"]
    )
    signed_in.market.faults["dispute"] = "expired"
    said = signed_in.run("capture", "--json")
    outcomes = {s["kind"]: s["outcome"] for s in said.json["snapshots"]}
    assert (said.code, outcomes) == (3, {"order": "complete", "dispute": "blocked"})
    assert session(signed_in) == before
    assert "tradewitness login main" in signed_in.run().out
    signed_in.market.faults.clear()
    sign_in_by_script(signed_in)
    assert "stopped since" not in signed_in.run().out
    assert signed_in.run("capture").code == 0


def test_another_persons_account_is_not_taken_for_the_one_expected(signed_in: Desk) -> None:
    signed_in.market.strangers["eve"] = "Eve Stranger"
    buyer = workspace().accounts.read("main").label
    assert buyer == signed_in.market.story.buyer
    before = session(signed_in)
    signed_in.market.sessions.clear()
    with pytest.raises(PersonNeeded, match=f"Eve Stranger, not to {buyer}"):
        sign_in_by_script(signed_in, user="eve")
    assert session(signed_in) == before


@pytest.mark.proof
def test_two_accounts_have_a_window_and_a_session_each(table: Desk) -> None:
    table.market.strangers["eve"] = "Eve Stranger"
    sign_in_by_script(table)
    assert sign_in_by_script(table, "second", "eve").account.label == "Eve Stranger"
    table.run("case", "open", table.order, "--order", table.pages["order"], "--account", "main")
    assert table.run("capture", table.order).code == 0
    theirs = table.run("watch", "250861947301020000", "--account", "second", "--yes", "--json")
    assert theirs.code == 4
    assert theirs.json["snapshots"][0]["outcome"] == "partial"


def test_a_sign_in_that_is_given_up_leaves_nothing(table: Desk) -> None:
    with pytest.raises(PersonNeeded, match="Nobody signed in"):
        login(workspace(), "main", "", Script([False]), yes=True, progress=quiet)
    assert not (accounts(table) / "main" / "session").exists()
    assert not (accounts(table) / "main" / "window").exists()
    assert table.run("verify", "--json").json["ok"] is True


@pytest.mark.proof
def test_yes_before_signing_in_is_asked_again_and_then_believed(table: Desk) -> None:
    def now() -> bool:
        sign_in(accounts(table))
        return True

    person = Script([True, now])
    assert login(workspace(), "", "", person, yes=True, progress=quiet).account.signed_in
    assert any("Not yet" in text for text in person.heard)


@pytest.mark.proof
def test_a_window_closed_before_the_answer_is_said(table: Desk) -> None:
    def closes_it() -> bool:
        with at_the_window(reached(accounts(table) / "main" / "window")) as page:
            page.context.browser.new_browser_cdp_session().send("Browser.close")  # type: ignore[union-attr]
        return ended(accounts(table) / "main" / "window")

    with pytest.raises(PersonNeeded, match="window was closed"):
        login(workspace(), "main", "", Script([closes_it]), yes=True, progress=quiet)


@pytest.mark.proof
def test_a_window_that_is_open_already_is_used_and_one_that_cannot_be_reached_is_named(signed_in: Desk) -> None:
    folder = workspace().accounts.window("main")
    open_window(folder, "about:blank")
    signed_in.run("case", "open", signed_in.order, "--order", signed_in.pages["order"])
    assert signed_in.run("capture").code == 0
    assert not reached(folder)


@pytest.mark.proof
def test_a_window_on_the_accounts_folder_that_lets_nobody_in_is_ended_or_named(signed_in: Desk) -> None:
    folder = workspace().accounts.window("main")
    command: list[str | Path] = [find_browser(), f"--user-data-dir={folder / 'profile'}", "--no-first-run", "about:blank"]
    with subprocess.Popen([*command, *(["--no-sandbox"] if os.geteuid() == 0 else [])], stderr=subprocess.DEVNULL) as other:
        signed_in.run("case", "open", signed_in.order, "--order", signed_in.pages["order"])
        said = signed_in.run("capture")
        other.kill()
    assert said.code == 0, said.err


@pytest.mark.proof
def test_a_browser_that_runs_already_is_attached_to_and_left_open(table: Desk, tmp_path: Path) -> None:
    door = open_window(tmp_path / "own", f"{table.origin.replace('://', '://biz.')}/ta/list/scene/mainList.htm")
    try:
        sign_in_at(door)
        port = door.split(":")[2].split("/")[0]
        assert table.run("login", "mine", "--attach", port, "--yes").code == 0
        table.run("case", "open", table.order, "--order", table.pages["order"])
        assert table.run("capture").code == 0
        assert reached(tmp_path / "own") == door
    finally:
        ended(tmp_path / "own", within_s=0)


def test_attaching_to_nothing_says_what_chrome_needs(table: Desk) -> None:
    said = table.run("login", "--attach", "1", "--yes")
    assert said.code == 3
    assert "136" in said.err


def test_without_a_screen_the_sentence_says_so_and_the_night_goes_on_for_others(
    signed_in: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in.run("case", "open", signed_in.order, "--order", signed_in.pages["order"])
    signed_in.run("case", "open", "250861947301020000", "--product", signed_in.pages["product"], "--account", "other")
    monkeypatch.delenv("DISPLAY")
    said = signed_in.run("capture", signed_in.order)
    assert said.code == 3
    assert "no screen" in said.err
    night = signed_in.run("nightly", "--json")
    assert night.code == 3
    assert {s["case"]: s["outcome"] for s in night.json["snapshots"]} == {"250861947301020000": "complete"}
    assert any("no screen" in text for text in night.json["skipped"])


@pytest.mark.proof
def test_all_orders_of_the_list_can_be_watched_at_once(signed_in: Desk) -> None:
    said = signed_in.run("watch", "--all", "--yes", "--json")
    listed = {s["case"] for s in said.json["snapshots"] if s["kind"] == "order"}
    assert signed_in.order in listed
    assert len(listed) > 1


def _watch(table: Desk, person: Script, account: str = "") -> WatchAnswer:
    return watch(workspace(), WatchRequest((table.order,), account=account, yes=True), person, quiet)


def _pages(table: Desk) -> list[Target]:
    return list(targets_of(workspace(), table.order))


@pytest.mark.proof
def test_the_accounts_file_holds_no_secret(signed_in: Desk) -> None:
    noted = json.loads((accounts(signed_in) / "main" / "account.json").read_text())
    assert set(noted) == {"name", "label", "proved_at", "attach", "site"}
