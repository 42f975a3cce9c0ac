"""`schedule` puts the jobs in, says what they did and whether anybody will be warned, and takes them out without a trace."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from casework.cases import open_case
from casework.notices.notify import add_address, confirm
from casework.scheduling.jobs import jobs, plan_of
from casework.scheduling.ready import Served, note, noted
from casework.scheduling.schedule import Machine, install, remove, status, this_machine
from casework.views import scheduled
from casework.workspace import Workspace
from collector.alias import Alias
from collector.errors import PersonNeeded, WrongRequest
from collector.ledger.disk import write_file
from collector.sites.table import site_named
from tests.archives import NOON, TestClock, archive_at
from tests.casework.notices.listening import web_server
from tests.casework.notices.test_telling import Nobody


class System:
    """A machine whose scheduler notes what it is told: systemd's user manager, or a crontab."""

    def __init__(self, tools: Sequence[str] = ("systemctl",)) -> None:
        self.tools = tools
        self.ran: list[tuple[str, ...]] = []
        self.crontab: str | None = None
        self.enabled: set[str] = set()
        self.refuses = ""

    def run(self, command: Sequence[str], given: str) -> tuple[int, str]:
        words = tuple(command)
        self.ran.append(words)
        if self.refuses and self.refuses in words:
            return 1, "Failed to connect to bus: No medium found"
        match words:
            case ("crontab", "-l"):
                return (0, self.crontab) if self.crontab is not None else (1, "no crontab for ana")
            case ("crontab", "-"):
                self.crontab = given
            case ("crontab", "-r"):
                self.crontab = None
            case ("systemctl", "--user", "enable", "--now", *timers):
                self.enabled |= set(timers)
            case ("systemctl", "--user", "disable", "--now", *timers):
                self.enabled -= set(timers)
            case ("systemctl", "--user", "is-enabled", "--quiet", *timers):
                return int(not set(timers) <= self.enabled), ""
        return 0, ""

    def machine(self, home: Path, environment: Mapping[str, str] | None = None, platform: str = "linux") -> Machine:
        program = (str(home / "bin" / "tradewitness"),)
        return Machine(platform, environment or {"USER": "ana"}, home, program, self.run, lambda name: name in self.tools)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    clock = TestClock(NOON)
    archive = archive_at(tmp_path / "archive", [], clock)
    made = Workspace(archive, site_named, Alias(), clock, tmp_path / "configuration")
    open_case(made, "250861947301028446", {}, zone="Europe/Berlin", sealed=False)
    return made


def words(answer: object) -> str:
    return str(scheduled(answer).blocks)  # type: ignore[arg-type]


@pytest.mark.parametrize("tools", [("systemctl",), ("crontab",)])
def test_jobs_are_put_in_and_taken_out_without_a_trace(ws: Workspace, tmp_path: Path, tools: Sequence[str]) -> None:
    system = System(tools)
    system.crontab = "5 4 * * * backup\n" if tools == ("crontab",) else None
    machine = system.machine(tmp_path / "home")
    answer = install(ws, machine, "03:15", "", dry_run=False)
    assert all(job.installed for job in answer.jobs)
    assert all(job.installed for job in status(ws, machine).jobs)
    remove(ws, machine, "", dry_run=False)
    assert not any(job.installed for job in status(ws, machine).jobs)
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []
    assert system.crontab == ("5 4 * * * backup\n" if tools == ("crontab",) else None)
    assert system.enabled == set()


@pytest.mark.parametrize("tools", [("systemctl",), ("crontab",)])
def test_status_says_when_it_runs_next_by_the_time_that_was_chosen(
    ws: Workspace, tmp_path: Path, tools: Sequence[str]
) -> None:
    machine = System(tools).machine(tmp_path / "home")
    install(ws, machine, "03:15", "", dry_run=False)
    assert {job.runs_next.minute for job in status(ws, machine).jobs if job.runs_next} == {15, 35}
    install(ws, machine, "04:20", "", dry_run=False)
    assert {job.runs_next.minute for job in status(ws, machine).jobs if job.runs_next} == {20, 40}


@pytest.mark.parametrize("tools", [("systemctl",), ("crontab",)])
def test_what_keeps_the_pages_ready_is_put_in_when_asked_for_stays_and_goes_with_the_rest(
    ws: Workspace, tmp_path: Path, tools: Sequence[str]
) -> None:
    system = System(tools)
    machine = system.machine(tmp_path / "home")
    assert len(install(ws, machine, "03:15", "", dry_run=False).jobs) == 2
    install(ws, machine, "03:15", "", pages=True, dry_run=False)
    install(ws, machine, "04:15", "", dry_run=False)
    shown = status(ws, machine)
    assert [(job.always, job.installed) for job in shown.jobs] == [(False, True), (False, True), (True, True)]
    assert "The pages are kept ready" in words(shown)
    note(ws, Served(8787, "key"))
    remove(ws, machine, "", dry_run=False)
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []
    assert (system.crontab, system.enabled, noted(ws)) == (None, set(), None)
    assert len(status(ws, machine).jobs) == 2


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_a_dry_run_shows_every_file_and_writes_none(ws: Workspace, tmp_path: Path, platform: str) -> None:
    system = System()
    answer = install(ws, system.machine(tmp_path / "home", platform=platform), "02:30", "", dry_run=True)
    assert answer.plan.files
    shown = words(answer)
    assert all(path.name in shown for path, _ in answer.plan.files)
    assert not (tmp_path / "home").exists()
    assert not system.enabled


@pytest.mark.parametrize(
    ("platform", "scheduler", "tool", "asks"),
    [("darwin", "launchd", "launchctl", "list"), ("win32", "task-scheduler", "schtasks", "/Query")],
)
def test_the_schedulers_of_macos_and_windows_get_the_jobs_and_give_them_back(
    ws: Workspace, tmp_path: Path, platform: str, scheduler: str, tool: str, asks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # here the path of a file of Windows is a name with backslashes in it
    system = System(())
    machine = system.machine(tmp_path / "home", platform=platform)
    assert install(ws, machine, "04:15", "", dry_run=False).scheduler == scheduler
    shown = status(ws, machine)
    assert [job.installed for job in shown.jobs] == [True, True]
    assert shown.jobs[0].runs_next is not None
    assert shown.jobs[0].runs_next.astimezone(ZoneInfo(shown.zone)).minute == 15
    assert {words[0] for words in system.ran} == {tool}
    system.refuses = asks
    assert [job.installed for job in status(ws, machine).jobs] == [False, False]
    assert remove(ws, machine, "", dry_run=False).did == "removed"
    assert not [path for path in tmp_path.rglob("*tradewitness-*") if path.is_file()]


def test_a_task_of_windows_for_an_archive_that_is_gone_is_named_as_its_command_processor_takes_it(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    machine = System(()).machine(tmp_path / "home", platform="win32")
    gone = tmp_path / "gone & away" / "archive"
    night = jobs(machine.program, gone, "-12ab", time(2, 30))[:1]
    path, data = plan_of("task-scheduler", night, {}, machine.home, "").files[0]
    write_file(Path(path), data)
    assert f'--archive "{gone}"' in words(status(ws, machine))


def test_two_archives_have_jobs_of_their_own(ws: Workspace, tmp_path: Path) -> None:
    system = System()
    machine = system.machine(tmp_path / "home")
    other = Workspace(archive_at(tmp_path / "other" / "archive", [], TestClock()), site_named, Alias(), TestClock(), ws.user)
    install(ws, machine, "02:30", "", dry_run=False)
    install(other, machine, "05:00", "", dry_run=False)
    assert len(system.enabled) == 4
    remove(ws, machine, "", dry_run=False)
    assert all(job.installed for job in status(other, machine).jobs)


@pytest.mark.parametrize("wrong", ["25:00", "2:60", "noon", "02:30:00", "-1:00", "٠٢:٣٠"])
def test_what_is_no_time_of_day_is_refused(ws: Workspace, tmp_path: Path, wrong: str) -> None:
    system = System()
    with pytest.raises(WrongRequest, match="not a time of day"):
        install(ws, system.machine(tmp_path / "home"), wrong, "", dry_run=False)
    assert system.enabled == set()


def test_a_machine_without_a_scheduler_says_what_to_do(ws: Workspace, tmp_path: Path) -> None:
    with pytest.raises(PersonNeeded, match="neither timers"):
        install(ws, System(()).machine(tmp_path / "home"), "02:30", "", dry_run=False)


def test_a_scheduler_that_refuses_is_said_and_is_not_called_installed(ws: Workspace, tmp_path: Path) -> None:
    system = System()
    system.refuses = "enable"
    machine = system.machine(tmp_path / "home")
    with pytest.raises(PersonNeeded, match="No medium found"):
        install(ws, machine, "02:30", "", dry_run=False)
    assert not any(job.installed for job in status(ws, machine).jobs)


def test_a_crontab_that_cannot_be_read_is_never_overwritten(ws: Workspace, tmp_path: Path) -> None:
    system = System(("crontab",))
    system.crontab = "5 4 * * * backup\n"
    system.refuses = "-l"
    with pytest.raises(PersonNeeded, match="cannot be read"):
        install(ws, system.machine(tmp_path / "home"), "02:30", "", dry_run=False)
    assert system.crontab == "5 4 * * * backup\n"


def test_a_job_that_was_commented_out_by_hand_is_not_called_there(ws: Workspace, tmp_path: Path) -> None:
    system = System(("crontab",))
    machine = system.machine(tmp_path / "home")
    install(ws, machine, "02:30", "", dry_run=False)
    assert system.crontab is not None
    system.crontab = "\n".join(f"#{line}" if "nightly" in line else line for line in system.crontab.splitlines())
    assert [job.installed for job in status(ws, machine).jobs] == [False, True]
    remove(ws, machine, "", dry_run=False)
    assert not any(job.installed for job in status(ws, machine).jobs)


def test_jobs_of_which_a_file_was_deleted_by_hand_are_taken_out_whole(ws: Workspace, tmp_path: Path) -> None:
    system = System()
    machine = system.machine(tmp_path / "home")
    install(ws, machine, "02:30", "", dry_run=False)
    next((tmp_path / "home").rglob("*night*.service")).unlink()
    assert remove(ws, machine, "", dry_run=False).did == "removed"
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []
    assert system.enabled == set()


def test_a_crontab_that_could_not_be_taken_away_is_said(ws: Workspace, tmp_path: Path) -> None:
    system = System(("crontab",))
    machine = system.machine(tmp_path / "home")
    install(ws, machine, "02:30", "", dry_run=False)
    system.refuses = "-r"
    with pytest.raises(PersonNeeded, match="not taken"):
        remove(ws, machine, "", dry_run=False)


@pytest.mark.parametrize("tools", [("systemctl",), ("crontab",)])
@pytest.mark.parametrize("name", ["archive", '100% "Müller" $HOME 证据'])
def test_jobs_of_an_archive_that_was_renamed_are_named_with_how_to_take_them_out(
    ws: Workspace, tmp_path: Path, tools: Sequence[str], name: str
) -> None:
    machine = System(tools).machine(tmp_path / "home")
    archive = archive_at(tmp_path / "old" / name, [], TestClock())
    other = Workspace(archive, site_named, Alias(), TestClock(), ws.user)
    install(other, machine, "05:00", "", dry_run=False)
    assert not any("not there" in note for note in status(ws, machine).notes)
    shutil.rmtree(tmp_path / "old")
    notes = [note for note in status(ws, machine).notes if "not there" in note]
    assert len(notes) == 1
    assert str(tmp_path / "old" / name) in notes[0]
    assert remove(other, machine, "", dry_run=False).did == "removed"
    assert not any("not there" in note for note in status(ws, machine).notes)


def test_what_a_tool_says_in_another_encoding_comes_back_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "crontab"
    file.write_bytes("# Sicherung für Müller\n".encode("latin-1"))
    run = this_machine().run
    code, said = run(("cat", str(file)), "")
    assert code == 0
    assert run(("cat",), said) == (0, said)
    assert said.encode("utf-8", "surrogateescape") == file.read_bytes()


def test_nobody_is_said_to_be_warned_before_a_test_has_arrived(ws: Workspace, tmp_path: Path) -> None:
    machine = System().machine(tmp_path / "home")
    install(ws, machine, "02:30", "", dry_run=False)
    assert "Nobody will be warned" in words(status(ws, machine))
    with web_server() as (heard, host):
        add_address(ws, f"json://{host}/hook", Nobody(), lang="en", zone="", discreet=False)
        assert "is not known" in words(status(ws, machine))
        from casework.notices.notify import try_addresses

        try_addresses(ws, lambda text: None)
        assert "is not known" in words(status(ws, machine))
        confirm(ws, heard.messages()[0]["message"].split()[-1])
    assert "Warnings go to" in words(status(ws, machine))
    assert scheduled(status(ws, machine)).json["warned"] is True


def test_status_says_what_the_last_night_did(ws: Workspace, tmp_path: Path) -> None:
    machine = System().machine(tmp_path / "home")
    assert "No night has run yet" in words(status(ws, machine))
    outcomes = {"complete": 3, "blocked": 1}
    ws.archive.record("run.finished", {"planned": 4, "snapshots": [], "outcomes": outcomes, "skipped": []})
    ws.refresh()
    assert "3 pages kept whole, 1 page stopped by the site" in words(status(ws, machine))


def test_that_it_runs_only_while_somebody_is_logged_in_is_said(ws: Workspace, tmp_path: Path) -> None:
    machine = System().machine(tmp_path / "home")
    assert any("enable-linger ana" in note for note in install(ws, machine, "02:30", "", dry_run=True).notes)


@pytest.mark.parametrize(("platform", "name"), [("linux", "tradewitness"), ("win32", "tradewitness.exe")])
def test_a_job_calls_the_program_as_each_system_names_it(
    platform: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    assert this_machine(platform).program == (str(tmp_path / "python"), "-P", "-m", "cli")
    (tmp_path / name).touch()
    assert this_machine(platform).program == (str(tmp_path / name),)


def test_this_machine_calls_the_program_that_is_installed_beside_its_python() -> None:
    program = this_machine().program
    assert Path(program[0]).is_file()
    assert os.access(program[0], os.X_OK)


@pytest.mark.proof
@pytest.mark.skipif(shutil.which("crontab") is None, reason="this machine has no crontab")
def test_a_real_crontab_takes_the_jobs_and_gives_them_back(ws: Workspace) -> None:
    machine = replace(this_machine(), has=lambda name: name == "crontab")
    before = machine.run(("crontab", "-l"), "")
    try:
        answer = install(ws, machine, "02:30", "cron", dry_run=False)
        assert all(job.installed for job in answer.jobs)
        assert answer.jobs[0].runs_next is None or isinstance(answer.jobs[0].runs_next, datetime)
    finally:
        remove(ws, machine, "cron", dry_run=False)
    assert machine.run(("crontab", "-l"), "") == before
