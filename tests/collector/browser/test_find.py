from __future__ import annotations

import sys
from pathlib import Path, PurePath

import pytest

from collector.browser.find import find_browser, version_of
from collector.errors import PERSON_NEEDED, BrowserError
from collector.platform import browser_places

ENVIRON = {
    "win32": {
        "PROGRAMFILES": "C:\\Program Files",
        "PROGRAMFILES(X86)": "C:\\Program Files (x86)",
        "LOCALAPPDATA": "C:\\Users\\Ana\\AppData\\Local",
    },
    "darwin": {"HOME": "/Users/ana"},
    "linux": {"HOME": "/home/ana"},
}
PLACES = [(platform, place) for platform, environ in ENVIRON.items() for place in browser_places(platform, environ)]


@pytest.mark.parametrize(("platform", "place"), PLACES, ids=str)
def test_a_browser_at_each_usual_place_of_each_system_is_found(platform: str, place: PurePath) -> None:
    found = find_browser(platform, lambda path: str(path) == str(place), ENVIRON[platform])
    assert str(found) == str(place)


@pytest.mark.parametrize("platform", ENVIRON)
def test_chrome_comes_before_edge_and_edge_before_chromium(platform: str) -> None:
    names = [str(place).lower() for place in browser_places(platform, ENVIRON[platform])]
    ranks = [0 if "google" in name else 1 if "edge" in name else 2 for name in names]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2}


def test_the_variable_goes_before_every_usual_place() -> None:
    found = find_browser("linux", lambda path: True, {"TRADEWITNESS_BROWSER": "/opt/mine/chrome"})
    assert found == Path("/opt/mine/chrome")


def test_a_variable_that_names_nothing_is_an_error_and_not_passed_over() -> None:
    environ = {"TRADEWITNESS_BROWSER": "/opt/mine/chrome"}
    with pytest.raises(BrowserError, match="/opt/mine/chrome"):
        find_browser("linux", lambda path: "mine" not in str(path), environ)


@pytest.mark.parametrize(
    ("platform", "variable", "kept", "inside"),
    [
        ("linux", "PLAYWRIGHT_BROWSERS_PATH", "", "chrome-linux/chrome"),
        ("linux", "HOME", ".cache/ms-playwright", "chrome-linux64/chrome"),
        ("linux", "XDG_CACHE_HOME", "ms-playwright", "chrome-linux/chrome"),
        ("darwin", "HOME", "Library/Caches/ms-playwright", "chrome-mac/Chromium.app/Contents/MacOS/Chromium"),
        ("win32", "LOCALAPPDATA", "ms-playwright", "chrome-win/chrome.exe"),
        ("win32", "PLAYWRIGHT_BROWSERS_PATH", "", "chrome-win64/chrome.exe"),
    ],
)
def test_the_newest_browser_that_playwright_installed_is_the_last_resort(
    platform: str, variable: str, kept: str, inside: str, tmp_path: Path
) -> None:
    for revision in ("chromium-999", "chromium-1187", "chromium_headless_shell-2000"):
        binary = tmp_path / kept / revision / inside
        binary.parent.mkdir(parents=True)
        binary.touch()
    found = find_browser(platform, lambda path: False, {variable: str(tmp_path)})
    assert found == tmp_path / kept / "chromium-1187" / inside


@pytest.mark.parametrize("platform", ENVIRON)
def test_without_any_browser_a_person_is_told_what_to_install(platform: str, tmp_path: Path) -> None:
    with pytest.raises(BrowserError) as caught:
        find_browser(platform, lambda path: False, {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)})
    assert caught.value.exit_code == PERSON_NEEDED
    assert "Install" in caught.value.hint


def test_on_windows_the_version_is_the_name_of_the_newest_folder_beside_the_browser(tmp_path: Path) -> None:
    for name in ("99.0.1.2", "156.0.8078.79", "Locales"):
        (tmp_path / name).mkdir()
    assert version_of(tmp_path / "chrome.exe", "win32") == "chrome 156.0.8078.79"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for the browser")
def test_elsewhere_the_browser_says_its_own_version(tmp_path: Path) -> None:
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\necho 'Chromium 156.0.8078.79 built on Debian'\n")
    browser.chmod(0o755)
    assert version_of(browser) == "Chromium 156.0.8078.79"


def test_a_file_that_is_no_browser_is_a_browser_error(tmp_path: Path) -> None:
    (tmp_path / "chrome").write_text("not a program")
    with pytest.raises(BrowserError):
        version_of(tmp_path / "chrome", "linux")
