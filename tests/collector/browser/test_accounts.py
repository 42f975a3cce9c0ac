"""Where a session is kept, and what can never happen to a good one."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.browser.accounts import Account, Accounts
from collector.browser.window import find_door, reached
from collector.errors import BrowserError, PersonNeeded, WrongRequest


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    return Accounts(tmp_path)


def use(accounts: Accounts, text: str) -> Path:
    """A window's folder in which a browser has written."""
    window = accounts.window("main")
    (window / "profile" / "Default").mkdir(parents=True, exist_ok=True)
    (window / "profile" / "Default" / "Cookies").write_text(text)
    return window


def kept(accounts: Accounts) -> str:
    return (accounts.root / "main" / "session" / "Default" / "Cookies").read_text()


def test_a_window_works_on_a_copy_and_only_a_proved_one_is_kept(accounts: Accounts) -> None:
    use(accounts, "first")
    accounts.keep("main")
    use(accounts, "signed out")
    accounts.drop("main")
    assert kept(accounts) == "first"
    use(accounts, "second")
    assert kept(accounts) == "first"
    accounts.keep("main")
    assert kept(accounts) == "second"
    assert sorted(p.name for p in (accounts.root / "main").iterdir()) == ["session"]


def test_a_crash_between_the_two_renames_loses_nothing(accounts: Accounts) -> None:
    use(accounts, "good")
    accounts.keep("main")
    folder = accounts.root / "main"
    (folder / "session").rename(folder / "session.older")
    assert (accounts.window("main") / "profile" / "Default" / "Cookies").read_text() == "good"
    accounts.keep("main")
    assert kept(accounts) == "good"


def test_caches_and_signs_of_a_running_browser_are_not_copied(accounts: Accounts) -> None:
    window = use(accounts, "good")
    for name in ("SingletonLock", "DevToolsActivePort"):
        (window / "profile" / name).write_text("x")
    (window / "profile" / "Default" / "Cache").mkdir()
    accounts.keep("main")
    copy = accounts.window("main") / "profile"
    assert sorted(str(p.relative_to(copy)) for p in copy.rglob("*")) == ["Default", "Default/Cookies"]


def test_folders_are_for_their_user_alone(accounts: Accounts) -> None:
    use(accounts, "good")
    accounts.write(Account("main", "Jan", "2026-11-24T18:00:00+00:00"))
    accounts.keep("main")
    for folder in (accounts.root, accounts.root / "main", accounts.root / "main" / "session"):
        assert folder.stat().st_mode & 0o077 == 0
    assert (accounts.root / "main" / "account.json").stat().st_mode & 0o077 == 0


def test_one_command_at_a_time_uses_an_account(tmp_path: Path, accounts: Accounts) -> None:
    from filelock import FileLock

    (tmp_path / "accounts" / "main").mkdir(parents=True)
    with (
        FileLock(tmp_path / "accounts" / "main" / ".lock"),
        pytest.raises(PersonNeeded, match="Another"),
        accounts.in_use("main"),
    ):
        pass
    with accounts.in_use("main"), accounts.in_use("main"):
        assert True, "the same command may ask twice"


def test_the_only_account_is_known_and_a_torn_file_is_no_account(accounts: Accounts) -> None:
    assert accounts.only() == ""
    accounts.write(Account("main", "Jan", "2026-11-24T18:00:00+00:00"))
    assert accounts.only() == "main"
    accounts.write(Account("second", "Eve", "2026-11-24T18:00:00+00:00"))
    assert accounts.only() == ""
    (accounts.root / "second" / "account.json").write_text("{")
    assert accounts.only() == "main"


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "-x", "ä", "x" * 41, "con", "NUL", "com1"])
def test_a_name_that_could_lead_elsewhere_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(WrongRequest):
        accounts.window(name)


def test_two_accounts_never_share_a_folder_on_a_disk_that_does_not_tell_capitals_apart(accounts: Accounts) -> None:
    accounts.write(Account("main"))
    with pytest.raises(WrongRequest, match="account main already"):
        accounts.window("Main")
    accounts.write(Account("main", "Jan"))
    assert [one.name for one in accounts.root.iterdir()] == ["main"]


@pytest.mark.parametrize("given", ["0", "99999", "http://", "chrome", "1"])
def test_a_door_that_is_none_says_what_chrome_needs(given: str) -> None:
    with pytest.raises(BrowserError) as refused:
        find_door(given)
    assert "--user-data-dir" in refused.value.hint
    assert "chrome://inspect/#remote-debugging" in refused.value.hint


@pytest.mark.parametrize("noted", ["", "{", "{}", '{"door": "x"}', '{"door": "ws://127.0.0.1:1/devtools/browser/a"}', "[]"])
def test_a_door_left_behind_is_not_taken_for_an_open_one(tmp_path: Path, noted: str) -> None:
    (tmp_path / "door.json").write_text(noted)
    assert reached(tmp_path) == ""
