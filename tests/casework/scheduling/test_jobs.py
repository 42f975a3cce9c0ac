"""What each system's scheduler is given reads back as the commands and times that were meant, whatever a path is called."""

from __future__ import annotations

import os
import plistlib
import re
import shlex
import shutil
import subprocess
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, time
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.scheduling.jobs import Job, crontab_with, jobs, plan_of

HOSTILE = '/home/Jürgen O\'Neil/100% "Müller" $HOME/证据 \\ archive'
PROGRAM = ("/opt/trade witness/bin/tradewitness",)
TOLD = {"TRADEWITNESS_CONFIG": "/home/Jürgen O'Neil/50%$x"}
HOME = PurePosixPath("/home/jürgen o'neil")
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def the_jobs(archive: str = HOSTILE, at: time = time(2, 30)) -> tuple[Job, Job]:
    return jobs(PROGRAM, PurePosixPath(archive), "-ab12", at)[:2]


def expected(name: str, archive: str = HOSTILE) -> list[str]:
    return [*PROGRAM, name, "--archive", archive, "--quiet"]


def systemd_words(text: str) -> list[str]:
    """The words of an ExecStart as systemd.service(5) says that they are read."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return [re.sub(r"\\(.)", r"\1", word).replace("%%", "%").replace("$$", "$") for word in words]


def test_systemd_runs_the_commands_that_were_meant() -> None:
    plan = plan_of("systemd", the_jobs(), TOLD, HOME, "-ab12")
    files = {path.name: data.decode() for path, data in plan.files}
    assert sorted(files) == sorted(
        f"tradewitness-{job}-ab12.{kind}" for job in ("night", "remind") for kind in ("service", "timer")
    )
    for job, command in (("night", "nightly"), ("remind", "remind")):
        service = files[f"tradewitness-{job}-ab12.service"]
        line = next(line for line in service.splitlines() if line.startswith("ExecStart="))
        assert systemd_words(line) == expected(command)
        told = next(line for line in service.splitlines() if line.startswith("Environment="))
        assert told == 'Environment="TRADEWITNESS_CONFIG=/home/Jürgen O\'Neil/50%%$x"'
    assert re.findall(r"OnCalendar=\*-\*-\* (\d\d):30:00", files["tradewitness-night-ab12.timer"]) == [
        "02", "06", "10", "14", "18", "22",
    ]  # fmt: skip
    assert "Persistent=true" in files["tradewitness-night-ab12.timer"]
    assert "OnCalendar=*-*-* *:50:00" in files["tradewitness-remind-ab12.timer"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd to ask")
def test_systemd_itself_finds_nothing_wrong_with_the_files(tmp_path: Path) -> None:
    archive = tmp_path / "Jürgen 100% $x"
    archive.mkdir()
    program = shutil.which("true") or "/bin/true"
    plan = plan_of("systemd", jobs((program,), archive, "", time(2, 30)), {}, tmp_path, "")
    assert "tradewitness-serve.service" in [path.name for path, _ in plan.files]
    for path, data in plan.files:
        (tmp_path / path.name).write_bytes(data)
    timers = [str(tmp_path / path.name) for path, _ in plan.files]
    told = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    verify = ["systemd-analyze", "--user", "verify", *timers]
    done = subprocess.run(verify, capture_output=True, text=True, check=False, env=told)
    assert (done.returncode, done.stderr) == (0, "")
    when = subprocess.run(["systemd-analyze", "calendar", "*-*-* 02:30:00"], capture_output=True, text=True, check=True)
    assert "Normalized form: *-*-* 02:30:00" in when.stdout


def cron_command(line: str) -> list[str]:
    """The command of a crontab's line as crontab(5) and then a shell read it."""
    assert line.count("%") == line.count("\\%"), "a bare % ends the command"
    return shlex.split(line.split(" ", 5)[5].replace("\\%", "%"))


def test_cron_runs_the_commands_that_were_meant() -> None:
    plan = plan_of("cron", the_jobs(), TOLD, HOME, "-ab12")
    _, night, remind, _ = plan.crontab.splitlines()
    assert night.startswith("30 2,6,10,14,18,22 * * * ")
    assert remind.startswith("50 * * * * ")
    for line, name in ((night, "nightly"), (remind, "remind")):
        words = cron_command(line)
        assert words[:2] == ["env", "TRADEWITNESS_CONFIG=/home/Jürgen O'Neil/50%$x"]
        assert words[2:-2] == expected(name)


CRONTABS = st.lists(st.sampled_from(["# mine", "5 4 * * * backup", "", "MAILTO=ana", "* * * * * x"])).map("\n".join)


@given(CRONTABS, st.booleans())
def test_a_crontab_keeps_every_other_line_and_comes_back_as_it_was(before: str, ended: bool) -> None:
    before += "\n" if ended and before else ""
    block = plan_of("cron", the_jobs(), {}, HOME, "-ab12").crontab
    installed = crontab_with(before, block, "-ab12")
    assert installed.startswith(before)
    assert installed.endswith(block)
    assert crontab_with(installed, block, "-ab12") == installed
    assert crontab_with(installed, "", "-ab12") in (before, f"{before}\n")
    assert crontab_with(installed, "", "-other") == installed


@pytest.mark.parametrize("torn", ["end", "begin and end"])
def test_a_block_whose_lines_were_deleted_by_hand_takes_nobody_elses_line_with_it(torn: str) -> None:
    block = plan_of("cron", the_jobs(), {}, HOME, "-ab12").crontab
    other = plan_of("cron", the_jobs("/other"), {}, HOME, "-cd34").crontab
    lines = block.splitlines(keepends=True)
    left = "".join(lines[:-1] if torn == "end" else lines[1:-1])
    after = f"{left}5 4 * * * backup nightly\n{other}"
    removed = crontab_with(after, "", "-ab12")
    assert removed.endswith(f"5 4 * * * backup nightly\n{other}")
    assert (left in removed) is (torn != "end")


def test_a_line_that_somebody_put_into_the_block_stays() -> None:
    begin, night, remind, end = plan_of("cron", the_jobs(), {}, HOME, "-ab12").crontab.splitlines(keepends=True)
    assert crontab_with(f"{begin}{night}1 1 * * * mine\n{remind}{end}", "", "-ab12") == "1 1 * * * mine\n"


def test_launchd_runs_the_commands_that_were_meant() -> None:
    plan = plan_of("launchd", the_jobs(), TOLD, HOME, "-ab12")
    night, remind = (plistlib.loads(data) for _, data in plan.files)
    assert night["ProgramArguments"] == expected("nightly")
    assert remind["ProgramArguments"] == expected("remind")
    assert night["StartCalendarInterval"] == [{"Hour": hour, "Minute": 30} for hour in (2, 6, 10, 14, 18, 22)]
    assert remind["StartCalendarInterval"] == [{"Minute": 50}]
    assert night["EnvironmentVariables"] == TOLD
    assert [path.parent for path, _ in plan.files] == [HOME / "Library" / "LaunchAgents"] * 2


def windows_words(text: str) -> list[str]:
    """An argument line as Windows programs split it: backslashes count only before a quotation mark."""
    words, word, quoted, index = [], "", False, 0
    begun = False
    while index < len(text):
        slashes = len(text[index:]) - len(text[index:].lstrip("\\"))
        if slashes:
            after = text[index + slashes : index + slashes + 1]
            word += "\\" * (slashes // 2 if after == '"' else slashes)
            index += slashes
            begun = True
            if after == '"' and slashes % 2:
                word += '"'
                index += 1
        elif text[index] == '"':
            quoted, begun, index = not quoted, True, index + 1
        elif text[index] == " " and not quoted:
            words += [word] if begun else []
            word, begun, index = "", False, index + 1
        else:
            word, begun, index = word + text[index], True, index + 1
    return [*words, word] if begun else words


def test_the_task_scheduler_runs_the_commands_that_were_meant() -> None:
    archive = "C:\\Users\\Jürgen O'Neil\\100% & <Müller>\\"
    each = jobs(("C:\\Program Files\\tw\\tradewitness.exe",), PureWindowsPath(archive), "", time(23, 5))[:2]
    plan = plan_of("task-scheduler", each, {}, PureWindowsPath("C:\\Users\\Jürgen"), "")
    night, remind = (ET.fromstring(data.decode("utf-16")) for _, data in plan.files)
    assert night.findtext(f".//{TASK}Command") == "C:\\Program Files\\tw\\tradewitness.exe"
    assert windows_words(str(night.findtext(f".//{TASK}Arguments"))) == [
        "nightly", "--archive", str(PureWindowsPath(archive)), "--quiet",
    ]  # fmt: skip
    begins = [str(one.text)[11:] for one in night.iter(f"{TASK}StartBoundary")]
    assert begins == ["03:05:00", "07:05:00", "11:05:00", "15:05:00", "19:05:00", "23:05:00"]
    assert remind.findtext(f".//{TASK}Interval") == "PT1H"
    assert night.findtext(f".//{TASK}StartWhenAvailable") == "true"
    assert (night.findtext(f".//{TASK}WakeToRun"), remind.findtext(f".//{TASK}WakeToRun")) == ("true", "false")


@given(st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001 - the zone is put beside
def test_the_next_run_lies_ahead_and_within_four_hours(at: time, now: datetime) -> None:
    night, remind = the_jobs(at=at.replace(second=0, microsecond=0))
    now = now.replace(tzinfo=UTC)
    for job, hours in ((night, 4), (remind, 1)):
        then = job.next_after(now)
        assert then
        assert 0 < (then - now).total_seconds() <= hours * 3600
    assert the_pages().next_after(now) is None


def the_pages(archive: str = HOSTILE) -> Job:
    return jobs(PROGRAM, PurePosixPath(archive), "-ab12", time(2, 30))[2]


SERVES = [*PROGRAM, "serve", "--archive", HOSTILE, "--ready", "--quiet"]


def test_systemd_keeps_the_pages_ready_from_each_login_and_starts_them_again_when_they_fail() -> None:
    plan = plan_of("systemd", (the_pages(),), TOLD, HOME, "-ab12")
    ((path, data),) = plan.files
    assert path.name == "tradewitness-serve-ab12.service"
    lines = data.decode().splitlines()
    assert systemd_words(next(line for line in lines if line.startswith("ExecStart="))) == SERVES
    assert {"Restart=on-failure", "WantedBy=default.target"} <= set(lines)
    assert ("systemctl", "--user", "enable", "--now", path.name) in plan.commands


def test_cron_keeps_the_pages_ready_from_each_start_of_the_machine() -> None:
    block = plan_of("cron", (the_pages(),), TOLD, HOME, "-ab12").crontab
    line = block.splitlines()[1]
    when, command = line.split(" ", 1)
    assert when == "@reboot"
    assert shlex.split(command.replace("\\%", "%"))[-len(SERVES) - 2 : -2] == SERVES
    assert crontab_with(block, "", "-ab12") == ""


def test_launchd_keeps_the_pages_ready_and_starts_them_again_when_they_fail() -> None:
    ((_, data),) = plan_of("launchd", (the_pages(),), TOLD, HOME, "-ab12").files
    told = plistlib.loads(data)
    assert (told["ProgramArguments"], told["RunAtLoad"]) == (SERVES, True)
    assert told["KeepAlive"] == {"SuccessfulExit": False}
    assert "StartCalendarInterval" not in told


def test_the_task_scheduler_keeps_the_pages_ready_from_each_login_without_an_end() -> None:
    plan = plan_of("task-scheduler", (the_pages(),), {}, PureWindowsPath("C:\\Users\\Ana"), "-ab12")
    ((_, data),) = plan.files
    told = ET.fromstring(data.decode("utf-16"))
    assert windows_words(str(told.findtext(f".//{TASK}Arguments"))) == SERVES[1:]
    assert told.find(f".//{TASK}LogonTrigger") is not None
    assert told.find(f".//{TASK}CalendarTrigger") is None
    assert told.findtext(f".//{TASK}ExecutionTimeLimit") == "PT0S"
    assert plan.commands[-1] == ("schtasks", "/Run", "/TN", "tradewitness-serve-ab12")
