"""The commands that keep watching: the night, what changed, who is told what is due, and the jobs that run on their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casework.terminal import Terminal
from cli.app import WATCHING
from cli.options import ArchiveOption, JsonOption, QuietOption, show

commands = typer.Typer()


@commands.command(rich_help_panel=WATCHING)
def nightly(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which pages would be visited, and why.")] = False,
    minutes: Annotated[
        int | None, typer.Option("--minutes", metavar="N", min=1, help="Begin no further visit after so many minutes.")
    ] = None,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Visit the pages that are due to be looked at, seal them, and say what is due of you."""
    from casework import views
    from casework.keeping.nightly import night
    from casework.notices.nights import told_night
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        if not dry_run:
            show(terminal, views.told_night(told_night(workspace(archive), progress, minutes)))
        result = night(workspace(archive), dry_run=True, progress=progress, minutes=minutes)
    show(terminal, views.night(result))


@commands.command(rich_help_panel=WATCHING)
def changes(
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="One case; without it every open one.")] = "",
    since: Annotated[
        str, typer.Option("--since", metavar="DAY", help="Only what visits from this day on show first (2026-10-04).")
    ] = "",
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page to look at, with pictures before and after.")
    ] = None,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say what changed on the pages since the case was opened, what harms you first."""
    from casework import views
    from casework.asking.changes import changes as changed
    from casework.asking.changes import day_given
    from casework.asking.changes_page import write_page
    from casework.workspace import workspace

    terminal, day = Terminal(json, quiet), day_given(since)
    with terminal.progress() as progress:
        answer = changed(ws := workspace(archive), case, day, progress)
        page = write_page(ws, answer, html, progress) if html is not None else None
    show(terminal, views.changes(answer, page))


@commands.command(rich_help_panel=WATCHING)
def remind(archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Tell the addresses of `notify` what is due, and that the nights have stopped if they have. Visits nothing."""
    from casework import views
    from casework.notices.remind import remind as tell_what_is_due
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        answer = tell_what_is_due(workspace(archive), progress)
    show(terminal, views.reminded(answer))


notify_app = typer.Typer(no_args_is_help=False, help="Say who is told of deadlines, changes and failures, and test it.")
commands.add_typer(notify_app, name="notify", rich_help_panel=WATCHING)


@notify_app.callback(invoke_without_command=True)
def notify(
    context: typer.Context, archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Say who is told of deadlines, changes and failures, and test it."""
    if context.invoked_subcommand is None:
        _list(archive, json, quiet)


def _list(archive: Path | None, json: bool, quiet: bool) -> None:
    from casework import views
    from casework.notices.notify import listed
    from casework.workspace import workspace

    show(Terminal(json, quiet), views.notified(listed(workspace(archive))))


@notify_app.command("list")
def notify_list(archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """List who is told; what opens an address is never shown."""
    _list(archive, json, quiet)


@notify_app.command("add")
def notify_add(
    url: Annotated[
        str,
        typer.Argument(
            metavar="[URL]", help="mailto://USER:PASSWORD@HOST, ntfy://TOPIC, tgram://… ; asked for if left out."
        ),
    ] = "",
    lang: Annotated[str, typer.Option(metavar="LANG", help="The reader's language: en, zh, es, fr or de.")] = "en",
    zone: Annotated[str, typer.Option(metavar="ZONE", help="The reader's time zone (default: this machine's).")] = "",
    discreet: Annotated[bool, typer.Option("--discreet", help="Without names, amounts and links.")] = False,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write an address down. It stays on this machine, outside the archive, and is never put into a pack or a log."""
    from casework import views
    from casework.notices.notify import add_address
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    answer = add_address(workspace(archive), url, terminal.person(), lang=lang, zone=zone, discreet=discreet)
    show(terminal, views.notified(answer))


@notify_app.command("remove")
def notify_remove(
    number: Annotated[int, typer.Argument(metavar="N", help="Its number in the list.")],
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take an address off the list."""
    from casework import views
    from casework.notices.notify import remove_address
    from casework.workspace import workspace

    show(Terminal(json, quiet), views.notified(remove_address(workspace(archive), number)))


@notify_app.command("test")
def notify_test(archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Send each address a message that asks its reader to say that it arrived."""
    from casework import views
    from casework.notices.notify import try_addresses
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        answer = try_addresses(workspace(archive), progress)
    show(terminal, views.notified(answer))


@notify_app.command("confirm")
def notify_confirm(
    code: Annotated[str, typer.Argument(metavar="NUMBER", help="The number that stands in the test message.")],
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say that a test arrived."""
    from casework import views
    from casework.notices.notify import confirm
    from casework.workspace import workspace

    show(Terminal(json, quiet), views.notified(confirm(workspace(archive), code)))


@notify_app.command("heartbeat")
def notify_heartbeat(
    url: Annotated[
        str, typer.Argument(metavar="URL|off", help="The ping address of a dead-man's service, such as healthchecks.")
    ],
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Tell a dead-man's service of each night; it warns you when one is missing, even if this machine is broken or gone."""
    from casework import views
    from casework.notices.notify import set_ping
    from casework.workspace import workspace

    show(Terminal(json, quiet), views.notified(set_ping(workspace(archive), "" if url == "off" else url)))


@notify_app.command("calendar")
def notify_calendar(
    file: Annotated[str, typer.Argument(metavar="FILE|off", help="A file in a folder that your phone sees, too.")],
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Keep a calendar file of all deadlines current, for a phone or calendar that subscribes to it."""
    from casework import views
    from casework.notices.notify import set_calendar
    from casework.workspace import workspace

    show(Terminal(json, quiet), views.notified(set_calendar(workspace(archive), None if file == "off" else Path(file))))


@notify_app.command("steps")
def notify_steps(
    steps: Annotated[list[str], typer.Argument(metavar="STEP...", help="Such as 7d 3d 1d 6h 1h.")],
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say how long before a deadline somebody is told."""
    from casework import views
    from casework.notices.notify import set_steps
    from casework.workspace import workspace

    show(Terminal(json, quiet), views.notified(set_steps(workspace(archive), tuple(steps))))


schedule_app = typer.Typer(no_args_is_help=False, help="Let the nights run by themselves, and see whether they do.")
commands.add_typer(schedule_app, name="schedule", rich_help_panel=WATCHING)
ByOption = Annotated[
    str,
    typer.Option("--by", metavar="NAME", help="systemd, cron, launchd or task-scheduler (default: what this machine has)."),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only show what would be written and run.")]


@schedule_app.callback(invoke_without_command=True)
def schedule(
    context: typer.Context, archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Let the nights run by themselves, and see whether they do."""
    if context.invoked_subcommand is None:
        schedule_status("", archive, json, quiet)


@schedule_app.command("install")
def schedule_install(
    at: Annotated[
        str, typer.Option("--at", metavar="HH:MM", help="When the night begins, by this machine's clock.")
    ] = "02:30",
    by: ByOption = "",
    dry_run: DryRunOption = False,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Put the night, and an hourly look at what is due, into this machine's own scheduler. Again changes the time."""
    from casework import views
    from casework.scheduling.schedule import install, this_machine
    from casework.workspace import workspace

    answer = install(workspace(archive), this_machine(), at, by, dry_run=dry_run)
    show(Terminal(json, quiet), views.scheduled(answer))


@schedule_app.command("remove")
def schedule_remove(
    by: ByOption = "",
    dry_run: DryRunOption = False,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take both out again."""
    from casework import views
    from casework.scheduling.schedule import remove, this_machine
    from casework.workspace import workspace

    show(Terminal(json, quiet), views.scheduled(remove(workspace(archive), this_machine(), by, dry_run=dry_run)))


@schedule_app.command("status")
def schedule_status(
    by: ByOption = "", archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Say when the night ran last and what it did, when it runs next, and whether you will be warned."""
    from casework import views
    from casework.scheduling.schedule import status, this_machine
    from casework.workspace import workspace

    show(Terminal(json, quiet), views.scheduled(status(workspace(archive), this_machine(), by)))
