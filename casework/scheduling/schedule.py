"""`schedule`: the jobs put into this machine's own scheduler, taken out again, and what they did."""

from __future__ import annotations

import logging
import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

from casework.cases import machine_zone
from casework.notices.book import Book, read_book
from casework.scheduling.jobs import SCHEDULERS, Job, Plan, Scheduler, block_lines, crontab_with, jobs, plan_of, text_of
from casework.scheduling.ready import forget
from casework.workspace import Workspace, keep
from collector.archive.config import default_archive
from collector.archive.queries import NightRecord
from collector.errors import PersonNeeded, WrongRequest
from collector.ledger.disk import write_file

_LOG = logging.getLogger(__name__)
DEFAULT_AT = time(2, 30)
_AT = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_TOLD = ("TRADEWITNESS_CONFIG", "TRADEWITNESS_LOG", "TRADEWITNESS_ALIAS", "PLAYWRIGHT_BROWSERS_PATH", "XDG_CONFIG_HOME")

Run = Callable[[Sequence[str], str], tuple[int, str]]
"""A command and what it is given on standard input, to its exit code and what it said."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What of this machine a schedule depends on; tests make other ones."""

    platform: str
    environment: Mapping[str, str]
    home: Path
    program: tuple[str, ...]
    run: Run
    has: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """One job: what it does in words, whether the system has it, and when it runs next (None: it is not there, or `always`
    runs).
    """

    name: str
    words: str
    installed: bool
    runs_next: datetime | None
    always: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleAnswer:
    """The jobs of an archive, and what of them is known: when a night ran last and what came of it, who will be warned."""

    scheduler: Scheduler
    jobs: tuple[ScheduledJob, ...]
    plan: Plan
    book: Book
    did: str = ""
    dry_run: bool = False
    last_run: NightRecord | None = None
    notes: tuple[str, ...] = ()
    zone: str = "UTC"


def this_machine(platform: str = sys.platform) -> Machine:
    """The machine that this runs on, and how tradewitness is called on it."""
    beside = Path(sys.executable).with_name("tradewitness.exe" if platform == "win32" else "tradewitness")
    program = (str(beside),) if beside.is_file() else (sys.executable, "-P", "-m", "cli")
    return Machine(platform, os.environ, Path.home(), program, _run, lambda name: shutil.which(name) is not None)


def _run(command: Sequence[str], given: str) -> tuple[int, str]:
    try:
        # A crontab may be of any encoding: its bytes come back as they were.
        done = subprocess.run(
            command, input=given, capture_output=True, encoding="utf-8", errors="surrogateescape", timeout=60, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        return 127, str(error)
    return done.returncode, done.stdout if not done.returncode else (done.stderr or done.stdout)


def scheduler_of(machine: Machine, wanted: str = "") -> Scheduler:
    """The scheduler that this machine has, or the one that is wanted. Raises WrongRequest or PersonNeeded."""
    if wanted:
        found = next((name for name in SCHEDULERS if name == wanted), None)
        if found is None:
            raise WrongRequest(f"There is no scheduler {wanted!r}.", f"Choose one of: {', '.join(SCHEDULERS)}.")
        return found
    if machine.platform == "win32":
        return "task-scheduler"
    if machine.platform == "darwin":
        return "launchd"
    if machine.has("systemctl") and machine.run(("systemctl", "--user", "show-environment"), "")[0] == 0:
        return "systemd"
    if machine.has("crontab"):
        return "cron"
    raise PersonNeeded(
        "This machine has neither timers of your own (systemd) nor crontab.",
        "Install cron (on Debian: apt-get install cron), or run `tradewitness nightly` yourself each evening.",
    )


def install(ws: Workspace, machine: Machine, at: str, by: str, *, pages: bool = False, dry_run: bool) -> ScheduleAnswer:
    """Puts the jobs into the scheduler, with `pages` what keeps the pages ready, too (once there, it stays); with `dry_run`
    only says what would be written and run.

    Raises WrongRequest for what is no time of day, PersonNeeded where the scheduler refuses.
    """
    scheduler, each, plan = _planned(ws, machine, _time_of(at), by, pages=pages)
    if not dry_run:
        keep(ws)
        for path, data in plan.files:
            write_file(Path(path), data)
        if plan.scheduler == "cron":
            _write_crontab(machine, crontab_with(_crontab(machine), plan.crontab, _mark(ws)))
        for command in plan.commands:
            code, said = machine.run(command, "")
            if code:
                raise PersonNeeded(
                    f"The scheduler refused: {_last_line(said) or f'exit code {code}'}.",
                    f"The files are written. Run it yourself to see why: {' '.join(command)}",
                )
    return _answer(ws, machine, scheduler, each, plan, did="installed", dry_run=dry_run)


def remove(ws: Workspace, machine: Machine, by: str, *, dry_run: bool) -> ScheduleAnswer:
    """Takes the jobs out again, whichever time they were put in for; nothing of theirs stays."""
    scheduler, each, plan = _planned(ws, machine, DEFAULT_AT, by)
    there = _leaves_traces(machine, plan, each, _mark(ws))
    if not dry_run and there:
        for command in plan.removing:
            machine.run(command, "")
        for path, _ in plan.files:
            Path(path).unlink(missing_ok=True)
        if plan.scheduler == "systemd":
            machine.run(("systemctl", "--user", "daemon-reload"), "")
        if plan.scheduler == "cron":
            _write_crontab(machine, crontab_with(_crontab(machine), "", _mark(ws)))
        if any(job.always for job in each):
            forget(ws)
    return _answer(ws, machine, scheduler, each, plan, did="removed" if there else "nothing there", dry_run=dry_run)


def status(ws: Workspace, machine: Machine, by: str = "") -> ScheduleAnswer:
    """Whether the jobs are there, when a night ran last and what it did, when it runs next, and who will be warned."""
    scheduler, each, plan = _planned(ws, machine, DEFAULT_AT, by)
    at = _installed_at(machine, plan, _mark(ws))
    if at is not None:
        scheduler, each, plan = _planned(ws, machine, at, by)
    return _answer(ws, machine, scheduler, each, plan)


def _planned(
    ws: Workspace, machine: Machine, at: time, by: str, *, pages: bool = False
) -> tuple[Scheduler, tuple[Job, ...], Plan]:
    """The jobs and what the scheduler needs for them; what keeps the pages ready is among them where it is there already."""
    scheduler = scheduler_of(machine, by)
    told = {name: machine.environment[name] for name in _TOLD if machine.environment.get(name)}
    if scheduler != "systemd":
        told.pop("XDG_CONFIG_HOME", None)
    for text in (*told.values(), str(ws.archive.root), *machine.program):
        if not text.isprintable():
            raise WrongRequest(f"No scheduler can be told of {text!r}.", "Use a folder whose name has no line break in it.")
    mark = _mark(ws)
    every = jobs(machine.program, ws.archive.root, mark, at)
    whole = plan_of(scheduler, every, told, machine.home, mark)
    if pages or _stands(machine, whole, every[-1], mark):
        return scheduler, every, whole
    return scheduler, every[:-1], plan_of(scheduler, every[:-1], told, machine.home, mark)


def _mark(ws: Workspace) -> str:
    """What sets the jobs of this archive apart; the usual one needs nothing."""
    root = ws.archive.root.resolve()
    if root == default_archive().expanduser().absolute().resolve() and "TRADEWITNESS_ARCHIVE" not in os.environ:
        return ""
    return f"-{ws.mark[:8]}"


def _time_of(text: str) -> time:
    if not text:
        return DEFAULT_AT
    found = _AT.fullmatch(text.strip())
    if found is None:
        raise WrongRequest(f"{text!r} is not a time of day.", "Write it as hours and minutes: --at 02:30")
    return time(int(found[1]), int(found[2]))


# --- What the system has -------------------------------------------------------------------------------------------------


def _installed(machine: Machine, plan: Plan, each: tuple[Job, ...], mark: str) -> tuple[bool, ...]:
    """Whether each of the jobs is there."""
    if plan.scheduler == "cron":
        return tuple(_stands(machine, plan, job, mark) for job in each)
    return tuple(
        _stands(machine, plan, job, mark) and machine.run(asks, "")[0] == 0
        for job, asks in zip(each, plan.asking, strict=True)
    )


def _stands(machine: Machine, plan: Plan, job: Job, mark: str) -> bool:
    """Whether a job's files, or its line in the crontab, are there."""
    if plan.scheduler == "cron":
        begin, end = block_lines(mark)
        lines = _crontab(machine).partition(begin)[2].partition(end)[0].splitlines()
        return any(f" {job.verb} --archive " in line for line in lines if not line.lstrip().startswith("#"))
    files = [Path(path) for path, _ in plan.files if path.stem == job.name]
    return all(path.exists() for path in files)


def _leaves_traces(machine: Machine, plan: Plan, each: tuple[Job, ...], mark: str) -> bool:
    """Whether anything of the jobs is there, be it whole or not."""
    if plan.scheduler == "cron":
        return any(line.strip() == block_lines(mark)[0] for line in _crontab(machine).split("\n"))
    return any(Path(path).exists() for path, _ in plan.files) or any(_installed(machine, plan, each, mark))


def _installed_at(machine: Machine, plan: Plan, mark: str) -> time | None:
    """The time of day that the installed night begins its round at, as the scheduler's own file has it."""
    if plan.scheduler == "cron":
        begin, end = block_lines(mark)
        text = _crontab(machine).partition(begin)[2].partition(end)[0]
        found = re.search(r"^(\d+) (\d+)(?:,\d+)* \* \* \* .*nightly", text, re.MULTILINE)
        return time(int(found[2]), int(found[1])) if found else None
    for path, _ in plan.files:
        if "night" not in path.name or not Path(path).exists():
            continue
        text = text_of(Path(path).read_bytes())
        found = re.search(r"(?:\*-\*-\* |T)(\d\d):(\d\d):00", text)
        if found is None:
            found = re.search(
                r"<key>Hour</key>\s*<integer>(\d+)</integer>\s*<key>Minute</key>\s*<integer>(\d+)</integer>", text
            )
        if found is not None:
            return time(int(found[1]), int(found[2]))
    return None


def _crontab(machine: Machine) -> str:
    """The user's crontab; "" where there is none. Raises PersonNeeded where it cannot be read: it would be overwritten."""
    code, said = machine.run(("crontab", "-l"), "")
    if code == 0:
        return said
    if "no crontab" in said.lower():
        return ""
    raise PersonNeeded(f"The crontab cannot be read: {_last_line(said)}.", "Run `crontab -l` to see why.")


def _write_crontab(machine: Machine, text: str) -> None:
    code, said = machine.run(("crontab", "-"), text) if text.strip() else machine.run(("crontab", "-r"), "")
    if code and "no crontab" not in said.lower():
        raise PersonNeeded(f"The crontab was not taken: {_last_line(said)}.", "Run `crontab -e` to see whether you may.")


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.encode("utf-8", "replace").decode().splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else ""


# --- What is said of it ---------------------------------------------------------------------------------------------------


def _answer(
    ws: Workspace,
    machine: Machine,
    scheduler: Scheduler,
    each: tuple[Job, ...],
    plan: Plan,
    did: str = "",
    *,
    dry_run: bool = False,
) -> ScheduleAnswer:
    zone = machine_zone()
    now = ws.clock.now().astimezone(ZoneInfo(zone))
    there = _installed(machine, plan, each, _mark(ws))
    shown = tuple(
        ScheduledJob(job.name, job.words, has, job.next_after(now) if has or dry_run else None, job.always)
        for job, has in zip(each, there, strict=True)
    )
    last = ws.index.last_night() if ws.archive.exists else None
    ready = any(job.always for job in each)
    notes = (
        (*_notes(machine, scheduler, ready), *_orphans(machine, plan)) if did != "removed" else _left_over(scheduler, ready)
    )
    return ScheduleAnswer(scheduler, shown, plan, read_book(ws), did, dry_run, last, notes, zone)


def _orphans(machine: Machine, plan: Plan) -> Iterator[str]:
    """Jobs of archives that are not there any more: they fail each night, and nobody hears of it."""
    quoted = _quoted_on_windows if plan.scheduler == "task-scheduler" else shlex.quote
    for archive in sorted(set(_archives_of_jobs(machine, plan))):
        if not Path(archive).exists():
            yield (
                f"Jobs run for an archive that is not there: {archive}. If it was moved, install them for its new place; "
                f"take these out: tradewitness schedule remove --archive {quoted(archive)}"
            )


def _archives_of_jobs(machine: Machine, plan: Plan) -> Iterator[str]:
    """The archive of every night that this machine's scheduler has, as its own texts name it."""
    if plan.scheduler == "cron":
        for line in _crontab(machine).splitlines():
            if line.rstrip().endswith(">/dev/null 2>&1") and " nightly --archive " in line:
                yield from _named_archive(line.replace("\\%", "%"))
    if plan.scheduler == "systemd":
        for file in sorted(Path(plan.files[0][0]).parent.glob("tradewitness-night*.service")):
            for line in file.read_text("utf-8", "replace").splitlines():
                if line.startswith("ExecStart="):
                    yield from _named_archive(line.removeprefix("ExecStart=").replace("$$", "$").replace("%%", "%"))
    if plan.scheduler == "launchd":
        for file in sorted(Path(plan.files[0][0]).parent.glob("tradewitness-night*.plist")):
            words = plistlib.loads(file.read_bytes()).get("ProgramArguments", [])
            yield from words[words.index("--archive") + 1 :][:1] if "--archive" in words else ()

    if plan.scheduler == "task-scheduler":
        for file in sorted(Path(plan.files[0][0]).parent.glob("tradewitness-night*.xml")):
            found = re.search(r'--archive (?:"([^"]+)"|(\S+))', unescape(text_of(file.read_bytes())))
            yield from (found[1] or found[2],) if found else ()


def _quoted_on_windows(word: str) -> str:
    return subprocess.list2cmdline([word])


def _named_archive(command: str) -> Iterator[str]:
    """The archive that a command names; nothing where the command is not understood."""
    try:
        words = shlex.split(command)
    except ValueError:
        return
    if "--archive" in words:
        yield from words[words.index("--archive") + 1 :][:1]


def _left_over(scheduler: Scheduler, ready: bool) -> tuple[str, ...]:
    """What goes on although its job is gone: these schedulers end nothing that they began."""
    if ready and scheduler in ("cron", "task-scheduler"):
        return ("The pages that are kept ready now end with this session of the machine.",)
    return ()


def _notes(machine: Machine, scheduler: Scheduler, ready: bool) -> tuple[str, ...]:
    """What the buyer must know of this scheduler so that it really runs."""
    if scheduler == "systemd":
        user = machine.environment.get("USER", "")
        code, said = machine.run(("loginctl", "show-user", user, "--property=Linger"), "")
        if code or "yes" not in said:
            return (f"It runs only while you are logged in. To let it run always: loginctl enable-linger {user}".rstrip(),)
        return ()
    if scheduler == "cron":
        missed = (
            "cron does not make up for a run that was missed while the machine slept; the next run, within four hours, does."
        )
        begins = "cron keeps the pages ready from the next start of the machine on; until then: tradewitness serve"
        return (missed, begins) if ready else (missed,)
    if scheduler == "launchd":
        return ("It runs while you are logged in; what was missed while the machine slept runs when it wakes.",)
    return ("It runs while you are logged in; what was missed runs as soon as the machine is on.",)
