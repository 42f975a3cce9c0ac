"""doctor: what a machine lacks is named with the next step, and nothing is waited for without end."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from casework import doctor as health
from casework.doctor import HealthItem
from casework.workspace import Workspace
from collector.alias import Alias
from collector.archive.archive import Archive
from collector.model import Target
from collector.platform import too_long
from collector.seal.timestamp import Authority
from collector.sites.table import site_named
from fixtures.authority import Served
from tests.archives import TestClock, archive_at, authority_of, keep_snapshot, snapshot_for

ORDER = Target("order", "1", "order", "https://biz.alibaba.com/ta/detail.htm?orderId=1")


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests look at everything but the browser, unless they ask for it."""
    monkeypatch.setenv("TRADEWITNESS_BROWSER", "/nowhere/chrome")


def desk(folder: Path, authorities: Sequence[Authority], clock: TestClock | None = None) -> Workspace:
    clock = clock or TestClock(datetime.now(UTC))
    archive = archive_at(folder / "archive", authorities, clock)
    return Workspace(archive, site_named, Alias(), clock, folder / "configuration")


def item(ws: Workspace, name: str) -> HealthItem:
    return next(found for found in health.examine(ws) if found.name == name)


@contextmanager
def silent() -> Iterator[Authority]:
    """An authority that takes the question and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Authority("silent", f"http://127.0.0.1:{server.getsockname()[1]}/", "")


def test_a_missing_browser_is_a_problem_that_says_what_to_do(tmp_path: Path, authority: Served) -> None:
    found = item(desk(tmp_path, [authority_of(authority)]), "Browser")
    assert (found.state, "/nowhere/chrome" in found.found) == ("problem", True)
    assert found.todo


def test_every_problem_and_note_has_a_next_step_and_nothing_is_created(tmp_path: Path) -> None:
    clock = TestClock(datetime.now(UTC))
    ws = Workspace(Archive(tmp_path / "archive", clock), site_named, Alias(), clock, tmp_path / "configuration")
    with pytest.MonkeyPatch.context() as patch, silent() as authority:
        patch.setattr("collector.seal.ask.authorities.PUBLIC", (authority,))
        patch.setattr(health, "_AUTHORITIES_S", 0.2)
        found = health.examine(ws)
    assert all(i.todo for i in found if i.state != "ok")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.browser
def test_the_browser_is_started_and_its_sandbox_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRADEWITNESS_BROWSER")
    found = {i.name: i for i in health._browser()}
    assert found["Browser"].state == "ok"
    sandbox = found["Browser's sandbox"]
    assert (sandbox.state, bool(sandbox.todo)) in {("ok", False), ("note", True)}
    assert (sandbox.state == "ok") == (sandbox.found == "on")


@pytest.mark.skipif(os.name == "nt", reason="/bin/false stands for a browser that does not start")
def test_a_browser_that_does_not_start_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADEWITNESS_BROWSER", "/bin/false")
    found = health._browser()
    assert [i.state for i in found] == ["problem"]
    assert "/bin/false" in found[0].todo


@pytest.mark.parametrize(("ahead", "words"), [(timedelta(minutes=5), "ahead of"), (timedelta(minutes=-5), "behind")])
def test_a_clock_minutes_off_the_authoritys_is_a_problem_and_the_offset_is_said(
    tmp_path: Path, authority: Served, ahead: timedelta, words: str
) -> None:
    ws = desk(tmp_path, [authority_of(authority)], TestClock(datetime.now(UTC) + ahead))
    found = item(ws, "Clock")
    assert found.state == "problem"
    assert words in found.found
    assert any(f"{seconds} seconds" in found.found for seconds in range(290, 311))
    assert found.todo


def test_a_right_clock_is_said_to_be_right(tmp_path: Path, authority: Served) -> None:
    found = item(desk(tmp_path, [authority_of(authority)]), "Clock")
    assert (found.state, found.todo) == ("ok", "")
    assert "agrees" in found.found


@pytest.mark.parametrize(("behind", "state"), [(timedelta(0), "ok"), (timedelta(minutes=7), "problem")])
def test_without_an_authority_the_clock_is_held_against_the_date_of_the_last_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behind: timedelta, state: str
) -> None:
    monkeypatch.setattr(health, "_AUTHORITIES_S", 0.2)
    with silent() as authority:
        ws = desk(tmp_path, [authority])
        snapshot = snapshot_for(ws.archive, ORDER, b"<html></html>")
        date = format_datetime(snapshot.visit.machine_time + behind, usegmt=True)
        keep_snapshot(ws.archive, replace(snapshot, visit=replace(snapshot.visit, server_date=date)))
        found = item(ws, "Clock")
    assert found.state == state
    assert "the site's, at the visit of" in found.found
    assert (" seconds behind" in found.found) == (state == "problem")


def test_an_authority_that_never_answers_is_waited_for_a_bounded_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_AUTHORITIES_S", 0.2)
    with silent() as authority:
        ws = desk(tmp_path, [authority])
        began = time.monotonic()
        found = item(ws, "Timestamps")
    assert time.monotonic() - began < 15
    assert found.state == "note"
    assert "Nothing is lost" in found.todo


@pytest.mark.parametrize("service", ["OneDrive", "Dropbox", "iCloudDrive"])
def test_an_archive_or_key_in_a_synchronised_folder_is_named_with_its_service(
    tmp_path: Path, authority: Served, service: str
) -> None:
    ws = desk(tmp_path / service, [authority_of(authority)])
    folder, settings = item(ws, "Archive's folder"), item(ws, "Your settings' folder")
    assert (folder.state, settings.state) == ("note", "problem")
    for found in (folder, settings):
        assert service[:6] in found.found
        assert found.todo


def test_an_archive_in_which_windows_could_keep_no_object_is_a_problem(
    tmp_path: Path, authority: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "too_long", lambda path: too_long(path, "win32"))
    short, deep = (desk(tmp_path / name, [authority_of(authority)]) for name in ("a", "b" * 200))
    assert "too long" not in health._folder(short).found
    found = health._folder(deep)
    assert (found.state, "too long a path" in found.found, bool(found.todo)) == ("problem", True, True)


def test_little_disk_is_a_problem(tmp_path: Path, authority: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_LITTLE_DISK", 1 << 62)
    found = item(desk(tmp_path, [authority_of(authority)]), "Disk")
    assert (found.state, bool(found.todo)) == ("problem", True)


@pytest.mark.parametrize(("font", "state"), [("Noto Sans CJK SC", "ok"), ("", "note"), (None, "note")])
def test_missing_fonts_are_said_before_the_first_picture(
    monkeypatch: pytest.MonkeyPatch, font: str | None, state: str
) -> None:
    monkeypatch.setattr(health, "font_for", lambda _: font)
    found = health._fonts("Arabic")
    assert (found.state, bool(found.todo)) == (state, state == "note")


def test_the_doctor_says_where_the_log_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADEWITNESS_LOG", str(tmp_path / "log"))
    assert health._log() == health.HealthItem("Log", "ok", str(tmp_path / "log" / "tradewitness.log"))


def test_a_log_that_cannot_be_written_is_a_note_and_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log").write_text("a file where the folder should be")
    monkeypatch.setenv("TRADEWITNESS_LOG", str(tmp_path / "log"))
    found = health._log()
    assert (found.state, "TRADEWITNESS_LOG" in found.todo) == ("note", True)
