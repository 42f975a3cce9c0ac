"""Each way in which a system refuses a file is one sentence that says what to do, and nothing half-written stays."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from collector.errors import ArchiveError, DiskFull
from collector.ledger import disk
from collector.ledger.disk import append_line, sync_folder, write_file


class RefusedByWindows(PermissionError):
    """As Python raises it there: with the number of Windows' own error."""

    winerror = 32


def refusal(path: Path, error: OSError, platform: str) -> ArchiveError:
    return disk._refused(path, error, platform)


@pytest.mark.parametrize(
    "error", [RefusedByWindows(errno.EACCES, "used"), PermissionError(errno.EACCES, "Access is denied")]
)
def test_on_windows_a_file_that_another_program_has_open_is_not_called_a_matter_of_permissions(
    error: OSError, tmp_path: Path
) -> None:
    path = tmp_path / "entries.jsonl"
    path.touch()
    said = refusal(path, error, "win32")
    assert "another program has it open" in said.message
    assert "OneDrive" in said.message
    assert "permissions" not in said.hint
    assert "permissions" in refusal(path, PermissionError(errno.EACCES, "Permission denied"), "linux").hint


def test_a_folder_of_windows_that_is_closed_to_us_is_a_matter_of_permissions(tmp_path: Path) -> None:
    assert "permissions" in refusal(tmp_path / "new", PermissionError(errno.EACCES, "Access is denied"), "win32").hint


def test_a_path_that_is_too_long_is_said_and_how_to_shorten_it(tmp_path: Path) -> None:
    """Windows says of it that there is no such path; the unfinished file's name is longer than the one that is meant."""
    deep = tmp_path / ("x" * (245 - len(str(tmp_path)))) / "a.json"
    missing = FileNotFoundError(errno.ENOENT, "The system cannot find the path specified")
    said = refusal(deep, missing, "win32")
    assert ("too long" in said.message, "short path" in said.hint) == (True, True)
    assert "too long" not in refusal(tmp_path / "a.json", missing, "win32").message
    with pytest.raises(ArchiveError, match="too long"):
        write_file(tmp_path / ("y" * 300) / "a.json", b"")


def test_a_quota_that_is_used_up_is_a_full_disk(tmp_path: Path) -> None:
    assert isinstance(refusal(tmp_path / "a", OSError(errno.EDQUOT, "Disk quota exceeded"), "linux"), DiskFull)


def test_windows_is_not_asked_to_write_out_a_folder(tmp_path: Path) -> None:
    sync_folder(tmp_path / "gone", "win32")
    with pytest.raises(ArchiveError):
        sync_folder(tmp_path / "gone", "linux")


def test_a_file_that_cannot_take_its_place_leaves_what_was_there_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    write_file(path, b"before")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(errno.EACCES, "Access is denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(ArchiveError):
        write_file(path, b"after")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("config.toml", b"before")]


def test_files_and_lines_are_kept_under_folders_of_any_script(tmp_path: Path) -> None:
    folder = tmp_path / "用户 Ján Müller" / "証拠"
    write_file(folder / "a", b"1")
    append_line(folder / "ledger", b"line\n")
    append_line(folder / "ledger", b"line\n")
    assert ((folder / "a").read_bytes(), (folder / "ledger").read_bytes()) == (b"1", b"line\nline\n")
