"""The log file: private, outside the archive, free of secrets, and never a reason for a command to fail."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import pytest

import cli
from casework.asking import today
from casework.logfile import log_path, logged

ARCHIVE = "TRADEWITNESS_ARCHIVE"
_LOG = logging.getLogger("collector.capture.visit")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADEWITNESS_LOG", str(tmp_path / "log"))
    monkeypatch.setenv(ARCHIVE, str(tmp_path / "archive"))
    monkeypatch.setenv("TRADEWITNESS_CONFIG", str(tmp_path / "configuration"))
    return tmp_path / "log"


def written() -> str:
    return log_path().read_text("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="modes are those of Linux and macOS")
def test_the_log_is_its_users_alone_whatever_the_umask(folder: Path) -> None:
    before = os.umask(0)
    try:
        with logged("doctor"):
            pass
    finally:
        os.umask(before)
    assert (folder.stat().st_mode & 0o777, log_path().stat().st_mode & 0o777) == (0o700, 0o600)


@pytest.mark.skipif(os.name == "nt", reason="modes are those of Linux and macOS")
def test_older_logs_are_kept_in_number_and_private(folder: Path) -> None:
    with logged("nightly") as file:
        file.maxBytes = 500
        for number in range(40):
            _LOG.info("order page: step %d", number)
    logs = sorted(folder.iterdir())
    assert [path.name for path in logs] == ["tradewitness.log", *(f"tradewitness.log.{n}" for n in (1, 2, 3))]
    assert {path.stat().st_mode & 0o777 for path in logs} == {0o600}


def test_a_log_that_windows_does_not_move_is_written_on_and_the_older_ones_stay(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another command has it open, such as the one that keeps the pages ready."""
    folder.mkdir()
    (folder / "tradewitness.log.1").write_text("older\n")

    def refuse(self: Path, target: object) -> Path:
        raise PermissionError(13, "The process cannot access the file because it is being used by another process")

    monkeypatch.setattr(Path, "rename", refuse)
    with logged("nightly") as file:
        file.maxBytes = 500
        for number in range(40):
            _LOG.info("order page: step %d", number)
    assert [f"step {number}\n" in written() for number in range(40)] == [True] * 40
    assert (file.refused, (folder / "tradewitness.log.1").read_text()) == ("", "older\n")


def test_a_command_is_logged_by_its_name_and_options_and_exit_code_without_what_was_typed() -> None:
    assert cli.run(["search", "--case", "4711", "Dear friend"]) == 2
    assert "command: tradewitness search --case (" in written()
    assert "exit code 2" in written()
    assert "Dear friend" not in written()


def test_nothing_of_the_log_stands_in_the_archive(tmp_path: Path) -> None:
    assert cli.run([]) == 0
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize("arguments", [["--help"], ["capture", "--help"], ["--version"]])
def test_asking_for_help_leaves_no_trace(folder: Path, arguments: list[str]) -> None:
    assert cli.run(arguments) == 0
    assert not folder.exists()


SAID = "at https://biz.alibaba.com/?token=hunter2 'Dear Ana, pay here'"


def fail(*_: object) -> None:
    raise ZeroDivisionError(SAID)


def test_an_unexpected_error_names_the_log_that_holds_its_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(today, "today", fail)
    assert cli.run([]) == 1
    said = capsys.readouterr().err
    assert f"The details are in {log_path()}; please report them." in said
    assert "Traceback" not in said
    assert "ZeroDivisionError" in written()
    assert "in fail" in written()
    assert "hunter2" not in written()
    assert "Ana" not in written()


def test_a_log_that_cannot_be_written_stops_no_command(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.write_text("a file where the folder should be")
    assert cli.run([]) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(today, "today", fail)
    assert cli.run([]) == 1
    assert f"The details could not be written to {log_path()}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [("--verbose", "--json"), ("deadlines", "--verbose", "--json", "received_at=2099-01-01")]
)
def test_verbose_says_the_steps_on_standard_error_and_leaves_standard_output_to_the_answer(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert cli.run(list(arguments)) == 0
    loud = capsys.readouterr()
    assert "exit code 0" in loud.err
    assert json.loads(loud.out)
    assert cli.run([word for word in arguments if word != "--verbose"]) == 0
    assert capsys.readouterr().err == ""


def test_what_is_said_of_steps_is_redacted_and_cannot_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    from casework.logfile import attach
    from casework.terminal import StepHandler

    with logged("doctor"):
        attach(StepHandler())
        _LOG.info("went on to https://x.example/?token=hunter2\x1b[2J")
    said = capsys.readouterr().err
    assert "went on to https://x.example/?[hidden]" in said
    assert "hunter2" not in said
    assert "\x1b" not in said
