"""Where Linux, macOS and Windows differ: each function asked for all three."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from collector.platform import (
    composed,
    font_for,
    keep_private,
    listening_option,
    log_folder,
    on_its_own,
    settings_folder,
    sync_file,
    synced_by,
    too_long,
    while_held,
)

WINDOWS = {
    "USERPROFILE": "C:\\Users\\Ana",
    "LOCALAPPDATA": "C:\\Users\\Ana\\AppData\\Local",
    "APPDATA": "C:\\Users\\Ana\\AppData\\Roaming",
    "USERDOMAIN": "LAPTOP",
    "USERNAME": "Ana",
}
MACOS = {"HOME": "/Users/ana"}
LINUX = {"HOME": "/home/ana"}
ENVIRON = {"win32": WINDOWS, "darwin": MACOS, "linux": LINUX}


def nothing(path: PurePath) -> str:
    raise FileNotFoundError(path)


@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("linux", "/home/ana/.config/tradewitness"),
        ("darwin", "/Users/ana/Library/Application Support/tradewitness"),
        ("win32", f"C:\\Users\\Ana\\AppData\\Local{os.sep}tradewitness"),
    ],
)
def test_the_configuration_folder_is_where_each_system_keeps_such_things(
    platform: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for name, value in ENVIRON[platform].items():
        monkeypatch.setenv(name, value)
    # What the Windows shell would answer, where there is no Windows shell.
    monkeypatch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", WINDOWS["LOCALAPPDATA"])
    assert settings_folder(platform) == folder


@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("linux", "/home/ana/.local/state/tradewitness/log"),
        ("darwin", "/Users/ana/Library/Logs/tradewitness"),
        ("win32", f"C:\\Users\\Ana\\AppData\\Local{os.sep}tradewitness{os.sep}Logs"),
    ],
)
def test_the_log_lies_where_each_system_keeps_logs(platform: str, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    for name, value in {**ENVIRON[platform], "WIN_PD_OVERRIDE_LOCAL_APPDATA": WINDOWS["LOCALAPPDATA"]}.items():
        monkeypatch.setenv(name, value)
    assert log_folder(platform) == folder


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of Linux and macOS")
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_on_linux_and_macos_a_private_folder_is_0700_and_a_file_0600(platform: str, tmp_path: Path) -> None:
    folder, file = tmp_path / "keys", tmp_path / "keys" / "key"
    folder.mkdir(mode=0o755)
    file.write_text("x")
    file.chmod(0o644)
    keep_private(folder, platform)
    keep_private(file, platform)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_on_windows_the_access_list_names_the_user_alone(tmp_path: Path) -> None:
    asked: list[Sequence[str]] = []
    file = tmp_path / "key"
    file.write_text("x")

    def run(command: Sequence[str]) -> int:
        asked.append(command)
        return 0

    keep_private(tmp_path, "win32", WINDOWS, run)
    keep_private(file, "win32", WINDOWS, run)
    assert asked == [
        ["icacls", str(tmp_path), "/inheritance:r", "/grant:r", "LAPTOP\\Ana:(OI)(CI)F"],
        ["icacls", str(file), "/inheritance:r", "/grant:r", "LAPTOP\\Ana:F"],
    ]


def test_an_access_list_that_windows_refuses_is_an_error_and_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="access list"):
        keep_private(tmp_path, "win32", WINDOWS, lambda _: 5)


def test_an_access_list_that_windows_never_sets_is_an_error_too(tmp_path: Path) -> None:
    def waits(command: Sequence[str]) -> int:
        raise subprocess.TimeoutExpired(command, 20)

    with pytest.raises(OSError, match="in time"):
        keep_private(tmp_path, "win32", WINDOWS, waits)


class Held:
    """A file that another program has open for so many tries, and the waits between them."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.waits: list[float] = []

    def move(self) -> str:
        if self.times:
            self.times -= 1
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        return "moved"


def test_windows_waits_for_a_program_that_looks_at_a_new_file_for_a_moment() -> None:
    held = Held(3)
    assert while_held(held.move, "win32", held.waits.append) == "moved"
    assert len(held.waits) == 3


def test_a_file_that_stays_held_is_an_error_after_less_than_three_seconds() -> None:
    held = Held(100)
    with pytest.raises(PermissionError):
        while_held(held.move, "win32", held.waits.append)
    assert 1 < sum(held.waits) < 3


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_elsewhere_what_is_refused_is_refused_at_once(platform: str) -> None:
    held = Held(1)
    with pytest.raises(PermissionError):
        while_held(held.move, platform, held.waits.append)
    assert held.waits == []


def test_only_windows_has_paths_that_are_too_long_for_it_and_lets_the_disk_take_them() -> None:
    place = PureWindowsPath("C:\\", "x" * 256)
    assert (len(str(place)), too_long(place, "win32"), too_long(place / "y", "win32")) == (259, False, True)
    assert not too_long(PurePosixPath("/", "x" * 400), "linux")


@pytest.mark.parametrize(
    ("platform", "all_before", "asked"), [("darwin", True, 1), ("darwin", False, 0), ("linux", True, 0)]
)
def test_a_mac_is_asked_to_write_out_what_its_disk_holds_in_memory(
    platform: str, all_before: bool, asked: int, tmp_path: Path
) -> None:
    requests: list[int] = []

    def control(descriptor: int, request: int) -> None:
        requests.append(request)
        raise OSError(45, "Operation not supported")  # a network's disk

    with (tmp_path / "ledger").open("wb") as stream:
        sync_file(stream.fileno(), platform, control, all_before=all_before)
    assert requests == [51] * asked


def test_on_windows_no_other_program_can_take_the_port_of_the_pages() -> None:
    assert listening_option("linux") == listening_option("darwin") == socket.SO_REUSEADDR
    assert listening_option("win32") == ~4  # winsock2.h: SO_EXCLUSIVEADDRUSE is ((int)(~SO_REUSEADDR))


def test_a_name_that_a_mac_gives_in_pieces_is_the_same_name() -> None:
    assert composed("Rechnung fu\u0308r Jose\u0301.pdf") == "Rechnung für José.pdf"


SYNCED = [
    ("win32", "C:\\Users\\Ana\\OneDrive\\tradewitness", "OneDrive"),
    ("win32", "C:\\Users\\Ana\\OneDrive - Contoso\\evidence", "OneDrive"),
    ("win32", "D:\\Dropbox\\evidence", "Dropbox"),
    ("win32", "C:\\Users\\Ana\\iCloudDrive\\evidence", "iCloud Drive"),
    ("win32", "G:\\My Drive\\evidence", "Google Drive"),
    ("darwin", "/Users/ana/Library/Mobile Documents/com~apple~CloudDocs/evidence", "iCloud Drive"),
    ("darwin", "/Users/ana/Library/CloudStorage/OneDrive-Contoso/evidence", "OneDrive"),
    ("darwin", "/Users/ana/Library/CloudStorage/ProtonDrive-ana/evidence", "a cloud drive"),
    ("darwin", "/Users/ana/Dropbox (Personal)/evidence", "Dropbox"),
    ("linux", "/home/ana/Dropbox/evidence", "Dropbox"),
    ("linux", "/home/ana/OneDrive/evidence", "OneDrive"),
    ("linux", "/home/ana/GoogleDrive/evidence", "Google Drive"),
    ("win32", "C:\\Users\\Ana\\tradewitness", ""),
    ("darwin", "/Users/ana/tradewitness", ""),
    ("linux", "/home/ana/tradewitness", ""),
    ("linux", "/home/ana/dropbox-invoices/tradewitness", ""),
]


@pytest.mark.parametrize(("platform", "path", "service"), SYNCED, ids=lambda v: str(v))
def test_a_synchronised_folder_is_known_by_the_name_of_its_service(platform: str, path: str, service: str) -> None:
    pure = PureWindowsPath if platform == "win32" else PurePosixPath
    assert synced_by(pure(path), platform, ENVIRON[platform], nothing) == service


def test_onedrive_is_known_by_its_own_variable_where_its_folder_has_another_name() -> None:
    environ = {**WINDOWS, "OneDriveCommercial": "D:\\Work"}
    assert synced_by(PureWindowsPath("D:\\work\\evidence"), "win32", environ, nothing) == "OneDrive"
    assert synced_by(PureWindowsPath("D:\\elsewhere"), "win32", environ, nothing) == ""


@pytest.mark.parametrize(
    ("platform", "info", "root", "inside"),
    [
        ("linux", "/home/ana/.dropbox/info.json", "/data/cloud", "/data/cloud/evidence"),
        ("darwin", "/Users/ana/.dropbox/info.json", "/Volumes/Data", "/Volumes/Data/evidence"),
        ("win32", "C:\\Users\\Ana\\AppData\\Local\\Dropbox\\info.json", "E:\\cloud", "E:\\cloud\\evidence"),
    ],
)
def test_dropbox_is_known_by_what_it_says_of_itself(platform: str, info: str, root: str, inside: str) -> None:
    def read(path: PurePath) -> str:
        if str(path) != info:
            raise FileNotFoundError(path)
        return json.dumps({"personal": {"path": root}})

    assert synced_by(PurePath(inside), platform, ENVIRON[platform], read) == "Dropbox"


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"personal": {}}', "{"])
def test_a_dropbox_file_that_says_nothing_names_no_service(said: str) -> None:
    assert synced_by(PurePosixPath("/data/evidence"), "linux", LINUX, lambda _: said) == ""


def test_on_macos_documents_that_icloud_holds_are_synchronised(tmp_path: Path) -> None:
    (tmp_path / "Library/Mobile Documents/com~apple~CloudDocs/Documents").mkdir(parents=True)
    environ = {"HOME": str(tmp_path)}
    assert synced_by(tmp_path / "Documents" / "evidence", "darwin", environ, nothing) == "iCloud Drive"
    assert synced_by(tmp_path / "Desktop" / "evidence", "darwin", environ, nothing) == ""


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_macos_and_windows_are_not_asked_for_a_font(platform: str) -> None:
    def run(command: Sequence[str]) -> str:
        raise AssertionError(command)

    assert font_for("zh", platform, run)


def test_on_linux_a_missing_font_is_told_from_one_that_cannot_be_looked_for() -> None:
    def missing(command: Sequence[str]) -> str:
        raise FileNotFoundError(command[0])

    assert font_for("zh", "linux", lambda _: "Noto Sans CJK SC\nOther\n") == "Noto Sans CJK SC"
    assert font_for("zh", "linux", lambda _: "\n") == ""
    assert font_for("zh", "linux", missing) is None


@pytest.mark.parametrize(
    ("platform", "how"), [("linux", "start_new_session"), ("darwin", "start_new_session"), ("win32", "creationflags")]
)
def test_a_window_is_started_apart_from_the_command_that_opens_it(platform: str, how: str) -> None:
    assert list(on_its_own(platform)) == [how]
