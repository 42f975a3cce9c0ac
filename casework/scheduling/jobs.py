"""The jobs that run with nobody at the keyboard, as each system's own scheduler wants them. Pure: values in, texts out.

Formats: systemd.timer(5) and systemd.service(5); crontab(5); launchd.plist(5); the Task Scheduler's schema 1.2
(learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema).
"""

from __future__ import annotations

import plistlib
import re
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Literal
from xml.sax.saxutils import escape

Scheduler = Literal["systemd", "cron", "launchd", "task-scheduler"]
SCHEDULERS: tuple[Scheduler, ...] = ("systemd", "cron", "launchd", "task-scheduler")
EVERY_H = 4  # design section 10: the pages of an open dispute; the plan says what is due


@dataclass(frozen=True, slots=True)
class Job:
    """One command and when it runs: at these times of the machine's day, in each hour at `minute`, or `always`: from
    when the user logs in (with cron: from when the machine starts), and again should it fail.
    """

    name: str
    words: str
    command: tuple[str, ...]
    times: tuple[time, ...] = ()
    minute: int = 0
    always: bool = False

    @property
    def verb(self) -> str:
        """Which of our commands it is."""
        return self.command[self.command.index("--archive") - 1]

    def next_after(self, now: datetime) -> datetime | None:
        """When it runs next, None of what runs always; `now` names the machine's zone."""
        if self.always:
            return None
        if not self.times:
            this = now.replace(minute=self.minute, second=0, microsecond=0)
            return this if this > now else this + timedelta(hours=1)
        days = (now.date(), (now + timedelta(days=1)).date())
        at = [datetime.combine(day, when, now.tzinfo) for day in days for when in self.times]
        return min(moment for moment in at if moment > now)


@dataclass(frozen=True, slots=True)
class Plan:
    """What installing does: files that are written, a block in the user's crontab, and commands that are run.

    `removing` are the commands that take it away again, before the files are deleted; `asking` one for each job, whose exit
    code says whether it is there. A crontab's block stands between two lines that name it.
    """

    scheduler: Scheduler
    files: tuple[tuple[PurePath, bytes], ...] = ()
    crontab: str = ""
    commands: tuple[tuple[str, ...], ...] = ()
    removing: tuple[tuple[str, ...], ...] = ()
    asking: tuple[tuple[str, ...], ...] = ()

    @property
    def texts(self) -> tuple[tuple[PurePath, str], ...]:
        """The files as a person reads them."""
        return tuple((path, text_of(data)) for path, data in self.files)


def text_of(data: bytes) -> str:
    """What a scheduler's file says: the Task Scheduler's are UTF-16, the others UTF-8."""
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")


def jobs(program: tuple[str, ...], archive: PurePath, mark: str, at: time) -> tuple[Job, Job, Job]:
    """The night, at its time and every four hours after it, and the hourly reminder, apart so that one tells of the other;
    and what keeps the pages ready, for who wants that.

    `program` is how tradewitness is called; `mark` sets the jobs of one archive apart from another's ("" for the usual one).
    """
    begin = datetime.combine(date(2000, 1, 1), at)
    times = tuple(sorted((begin + timedelta(hours=hours)).time() for hours in range(0, 24, EVERY_H)))
    minute = (at.minute + 20) % 60  # not while a night begins
    tail = ("--archive", str(archive), "--quiet")
    night = Job(f"tradewitness-night{mark}", "tradewitness: visits what is due", (*program, "nightly", *tail), times)
    remind = Job(f"tradewitness-remind{mark}", "tradewitness: tells what is due", (*program, "remind", *tail), (), minute)
    ready = (*program, "serve", *tail[:2], "--ready", *tail[2:])
    serve = Job(f"tradewitness-serve{mark}", "tradewitness: keeps its pages ready", ready, always=True)
    return night, remind, serve


def plan_of(scheduler: Scheduler, each: tuple[Job, ...], environment: Mapping[str, str], home: PurePath, mark: str) -> Plan:
    """What a scheduler needs so that these jobs run. `environment` is what they must know, `home` the user's folder."""
    makers = {"systemd": _systemd, "cron": _cron, "launchd": _launchd, "task-scheduler": _tasks}
    return makers[scheduler](each, environment, home, mark)


# --- systemd: a user's own timers -----------------------------------------------------------------------------------


def _systemd(each: tuple[Job, ...], environment: Mapping[str, str], home: PurePath, mark: str) -> Plan:
    folder = PurePosixPath(environment.get("XDG_CONFIG_HOME") or PurePosixPath(home) / ".config") / "systemd" / "user"
    told = {name: value for name, value in environment.items() if name != "XDG_CONFIG_HOME"}
    files: list[tuple[PurePath, bytes]] = []
    for job in each:
        lines = [f"Environment={_systemd_word(f'{name}={value}')}" for name, value in told.items()]
        command = " ".join(_systemd_word(word, command=True) for word in job.command)
        # A night after which something is due, partial or waits for a person is no failure of the service.
        how = (
            ["Restart=on-failure", "RestartSec=30"] if job.always else ["Type=oneshot", "SuccessExitStatus=3 4 6", "Nice=10"]
        )
        head = [f"[Unit]\nDescription={job.words}\n", "[Service]", *how]
        tail = ["\n[Install]", "WantedBy=default.target"] if job.always else []
        service = "\n".join((*head, *lines, f"ExecStart={command}", *tail, ""))
        files.append((folder / f"{job.name}.service", service.encode()))
        if job.always:
            continue
        at = [f"{at:%H:%M}" for at in job.times] or [f"*:{job.minute:02}"]
        when = [f"OnCalendar=*-*-* {each}:00" for each in at]
        delay = ["RandomizedDelaySec=600"] if job.times else []
        head = [f"[Unit]\nDescription={job.words}\n", "[Timer]", *when, "Persistent=true", *delay]
        timer = "\n".join((*head, "\n[Install]", "WantedBy=timers.target", ""))
        files.append((folder / f"{job.name}.timer", timer.encode()))
    units = tuple(f"{job.name}.{'service' if job.always else 'timer'}" for job in each)
    user = ("systemctl", "--user")
    return Plan(
        "systemd", tuple(files), "", ((*user, "daemon-reload"), (*user, "enable", "--now", *units)),
        # Without waiting: a page may have asked for it, and would wait for its own end.
        ((*user, "disable", "--now", "--no-block", *units),),
        tuple((*user, "is-enabled", "--quiet", unit) for unit in units),
    )  # fmt: skip


def _systemd_word(word: str, *, command: bool = False) -> str:
    """A word as systemd reads it back: in quotation marks, its own signs doubled."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{text.replace("$", "$$") if command else text}"'


# --- cron -----------------------------------------------------------------------------------------------------------


def block_lines(mark: str) -> tuple[str, str]:
    """The two lines between which the jobs of an archive stand in a crontab."""
    return f"# tradewitness{mark}: these lines are its own; tradewitness schedule remove", f"# tradewitness{mark}: end"


def _cron(each: tuple[Job, ...], environment: Mapping[str, str], home: PurePath, mark: str) -> Plan:
    lines = []
    for job in each:
        minute = job.times[0].minute if job.times else job.minute
        hours = ",".join(str(at.hour) for at in job.times) if job.times else "*"
        when = "@reboot" if job.always else f"{minute} {hours} * * *"
        words = shlex.join(("env", *(f"{name}={value}" for name, value in environment.items()), *job.command))
        # An unescaped % ends a crontab's command.
        lines.append(f"{when} {words} >/dev/null 2>&1".replace("%", "\\%"))
    begin, end = block_lines(mark)
    return Plan("cron", crontab="\n".join((begin, *lines, end)) + "\n")


_OURS = re.compile(r"(?:\* \* \*|@reboot) env.* (?:nightly|remind|serve) --archive .* --quiet >/dev/null 2>&1$")


def crontab_with(before: str, block: str, mark: str) -> str:
    """A crontab with an archive's block in place of its old one, or without one; the rest as it is.

    Inside the block only what we wrote goes: a line that somebody put there stays, and where the block's last line was
    deleted, all that follows it does.
    """
    begin, end = block_lines(mark)
    kept: list[str] = []
    inside = False
    for line in before.split("\n"):
        if line.strip() == begin:
            inside = True
        elif inside and line.strip() == end:
            inside = False
        else:
            inside = inside and not line.startswith("# tradewitness")  # the block of another archive
            if not (inside and _OURS.search(line)):
                kept.append(line)
    text = "\n".join(kept)
    return f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{block}"


# --- launchd --------------------------------------------------------------------------------------------------------


def _launchd(each: tuple[Job, ...], environment: Mapping[str, str], home: PurePath, mark: str) -> Plan:
    folder = PurePosixPath(home) / "Library" / "LaunchAgents"
    files = []
    for job in each:
        when = [{"Hour": at.hour, "Minute": at.minute} for at in job.times] or [{"Minute": job.minute}]
        runs = {"KeepAlive": {"SuccessfulExit": False}} if job.always else {"StartCalendarInterval": when}
        told: dict[str, object] = {
            "Label": job.name, "ProgramArguments": list(job.command), "ProcessType": "Background", "RunAtLoad": job.always,
            **runs,
        }  # fmt: skip
        if environment:
            told["EnvironmentVariables"] = dict(environment)
        files.append((folder / f"{job.name}.plist", plistlib.dumps(told, sort_keys=True)))
    paths = [str(path) for path, _ in files]
    return Plan(
        "launchd", tuple(files), "",
        tuple(("launchctl", "load", "-w", path) for path in paths),
        tuple(("launchctl", "unload", "-w", path) for path in paths),
        tuple(("launchctl", "list", job.name) for job in each),
    )  # fmt: skip


# --- Task Scheduler -------------------------------------------------------------------------------------------------

_TASK = """<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>{words}</Description></RegistrationInfo>
  <Triggers>{triggers}</Triggers>
  <Principals>
    <Principal id="Author"><LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <WakeToRun>{wake}</WakeToRun>
    <ExecutionTimeLimit>{limit}</ExecutionTimeLimit>{again}
    <Priority>7</Priority>
  </Settings>
  <Actions Context="Author"><Exec><Command>{program}</Command><Arguments>{arguments}</Arguments></Exec></Actions>
</Task>
"""
_DAILY = (
    "<CalendarTrigger>{every}<StartBoundary>2026-01-01T{at}:00</StartBoundary><Enabled>true</Enabled>"
    "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay></CalendarTrigger>"
)
_AT_LOGON = "<LogonTrigger><Enabled>true</Enabled></LogonTrigger>"
_AGAIN = "<RestartOnFailure><Interval>PT1M</Interval><Count>99</Count></RestartOnFailure>"
_HOURLY = "<Repetition><Interval>PT1H</Interval><Duration>P1D</Duration></Repetition>"


def _tasks(each: tuple[Job, ...], environment: Mapping[str, str], home: PurePath, mark: str) -> Plan:
    """A task has no environment of its own: where one is needed, the command processor sets it."""
    folder = PureWindowsPath(home) / "AppData" / "Local" / "tradewitness"
    files = []
    for job in each:
        at = [_DAILY.format(every="", at=f"{at:%H:%M}") for at in job.times]
        triggers = "".join(at) or _DAILY.format(every=_HOURLY, at=f"00:{job.minute:02}")
        triggers, limit, again = (_AT_LOGON, "PT0S", _AGAIN) if job.always else (triggers, "PT4H", "")
        program, arguments = job.command[0], subprocess.list2cmdline(job.command[1:])
        if environment:
            settings = " && ".join(f'set "{name}={value}"' for name, value in environment.items())
            program, arguments = "cmd.exe", f'/d /s /c "{settings} && {subprocess.list2cmdline(job.command)}"'
        wake = "true" if job.times else "false"  # for a night, not each hour
        action = {"program": escape(program), "arguments": escape(arguments)}
        text = _TASK.format(words=escape(job.words), triggers=triggers, wake=wake, limit=limit, again=again, **action)
        files.append((folder / f"{job.name}.xml", text.encode("utf-16")))
    return Plan(
        "task-scheduler", tuple(files), "",
        (
            *(("schtasks", "/Create", "/F", "/TN", path.stem, "/XML", str(path)) for path, _ in files),
            *(("schtasks", "/Run", "/TN", job.name) for job in each if job.always),
        ),
        tuple(("schtasks", "/Delete", "/F", "/TN", job.name) for job in each),
        tuple(("schtasks", "/Query", "/TN", job.name) for job in each),
    )  # fmt: skip
