"""The commands that keep watching: the night, what changed, who is told what is due, and the jobs that run on their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casework.blocks import View
from cli.app import WATCHING
from cli.options import Asked, answers

commands = typer.Typer()


@commands.command(rich_help_panel=WATCHING)
@answers
def nightly(
    asked: Asked,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which pages would be visited, and why.")] = False,
    minutes: Annotated[
        int | None, typer.Option("--minutes", metavar="N", min=1, help="Begin no further visit after so many minutes.")
    ] = None,
) -> View:
    """Visit the pages that are due to be looked at, seal them, and say what is due of you."""
    from casework import views
    from casework.keeping.nightly import night
    from casework.notices.nights import told_night
    from casework.workspace import workspace
    from collector.archive.memory import Memory

    with asked.progress() as progress:
        if not dry_run:
            # A night asks the same of a case before, between and after its visits.
            ws = workspace(asked.archive, memory=Memory())
            return views.told_night(told_night(ws, progress, minutes))
        result = night(asked.ws, dry_run=True, progress=progress, minutes=minutes)
    return views.night(result)


@commands.command(rich_help_panel=WATCHING)
@answers
def changes(
    asked: Asked,
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="One case; without it every open one.")] = "",
    since: Annotated[
        str, typer.Option("--since", metavar="DAY", help="Only what visits from this day on show first (2026-10-04).")
    ] = "",
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page to look at, with pictures before and after.")
    ] = None,
) -> View:
    """Say what changed on the pages since the case was opened, what harms you first."""
    from casework import views
    from casework.asking.changes import changes as changed
    from casework.asking.changes import day_given
    from casework.asking.changes_page import require_place, write_page

    day = day_given(since)
    if html is not None:
        require_place(html)
    with asked.progress() as progress:
        answer = changed(ws := asked.ws, case, day, progress)
        page = write_page(ws, answer, html, progress) if html is not None else None
    return views.changes(answer, page)


@commands.command(rich_help_panel=WATCHING)
@answers
def remind(asked: Asked) -> View:
    """Tell the addresses of `notify` what is due, and that the nights have stopped if they have. Visits nothing."""
    from casework import views
    from casework.notices.remind import remind as tell_what_is_due

    with asked.progress() as progress:
        answer = tell_what_is_due(asked.ws, progress)
    return views.reminded(answer)


notify_app = typer.Typer(no_args_is_help=False, help="Say who is told of deadlines, changes and failures, and test it.")
commands.add_typer(notify_app, name="notify", rich_help_panel=WATCHING)


@notify_app.callback(invoke_without_command=True)
@answers
def notify(
    asked: Asked,
    context: typer.Context,
) -> View | None:
    """Say who is told of deadlines, changes and failures, and test it."""
    return _listed(asked) if context.invoked_subcommand is None else None


def _listed(asked: Asked) -> View:
    from casework import views
    from casework.notices.notify import listed

    return views.notified(listed(asked.ws))


@notify_app.command("list")
@answers
def notify_list(asked: Asked) -> View:
    """List who is told; what opens an address is never shown."""
    return _listed(asked)


@notify_app.command("add")
@answers
def notify_add(
    asked: Asked,
    url: Annotated[
        str,
        typer.Argument(
            metavar="[URL]", help="mailto://USER:PASSWORD@HOST, ntfy://TOPIC, tgram://… ; asked for if left out."
        ),
    ] = "",
    lang: Annotated[str, typer.Option(metavar="LANG", help="The reader's language: en, zh, es, fr or de.")] = "en",
    zone: Annotated[str, typer.Option(metavar="ZONE", help="The reader's time zone (default: this machine's).")] = "",
    discreet: Annotated[bool, typer.Option("--discreet", help="Without names, amounts and links.")] = False,
) -> View:
    """Write an address down. It stays on this machine, outside the archive, and is never put into a pack or a log."""
    from casework import views
    from casework.notices.notify import add_address

    answer = add_address(asked.ws, url, asked.person(), lang=lang, zone=zone, discreet=discreet)
    return views.notified(answer)


@notify_app.command("remove")
@answers
def notify_remove(
    asked: Asked,
    number: Annotated[int, typer.Argument(metavar="N", help="Its number in the list.")],
) -> View:
    """Take an address off the list."""
    from casework import views
    from casework.notices.notify import remove_address

    return views.notified(remove_address(asked.ws, number))


@notify_app.command("test")
@answers
def notify_test(asked: Asked) -> View:
    """Send each address a message that asks its reader to say that it arrived."""
    from casework import views
    from casework.notices.notify import try_addresses

    with asked.progress() as progress:
        answer = try_addresses(asked.ws, progress)
    return views.notified(answer)


@notify_app.command("confirm")
@answers
def notify_confirm(
    asked: Asked,
    code: Annotated[str, typer.Argument(metavar="NUMBER", help="The number that stands in the test message.")],
) -> View:
    """Say that a test arrived."""
    from casework import views
    from casework.notices.notify import confirm

    return views.notified(confirm(asked.ws, code))


@notify_app.command("heartbeat")
@answers
def notify_heartbeat(
    asked: Asked,
    url: Annotated[
        str, typer.Argument(metavar="URL|off", help="The ping address of a dead-man's service, such as healthchecks.")
    ],
) -> View:
    """Tell a dead-man's service of each night; it warns you when one is missing, even if this machine is broken or gone."""
    from casework import views
    from casework.notices.notify import set_ping

    return views.notified(set_ping(asked.ws, "" if url == "off" else url))


@notify_app.command("calendar")
@answers
def notify_calendar(
    asked: Asked,
    file: Annotated[str, typer.Argument(metavar="FILE|off", help="A file in a folder that your phone sees, too.")],
) -> View:
    """Keep a calendar file of all deadlines current, for a phone or calendar that subscribes to it."""
    from casework import views
    from casework.notices.notify import set_calendar

    return views.notified(set_calendar(asked.ws, None if file == "off" else Path(file)))


@notify_app.command("steps")
@answers
def notify_steps(
    asked: Asked,
    steps: Annotated[list[str], typer.Argument(metavar="STEP...", help="Such as 7d 3d 1d 6h 1h.")],
) -> View:
    """Say how long before a deadline somebody is told."""
    from casework import views
    from casework.notices.notify import set_steps

    return views.notified(set_steps(asked.ws, tuple(steps)))


schedule_app = typer.Typer(no_args_is_help=False, help="Let the nights run by themselves, and see whether they do.")
commands.add_typer(schedule_app, name="schedule", rich_help_panel=WATCHING)
ByOption = Annotated[
    str,
    typer.Option("--by", metavar="NAME", help="systemd, cron, launchd or task-scheduler (default: what this machine has)."),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only show what would be written and run.")]


@schedule_app.callback(invoke_without_command=True)
@answers
def schedule(
    asked: Asked,
    context: typer.Context,
) -> View | None:
    """Let the nights run by themselves, and see whether they do."""
    return _status(asked, "") if context.invoked_subcommand is None else None


def _status(asked: Asked, by: str) -> View:
    from casework import views
    from casework.scheduling.schedule import status, this_machine

    return views.scheduled(status(asked.ws, this_machine(), by))


@schedule_app.command("install")
@answers
def schedule_install(
    asked: Asked,
    at: Annotated[
        str, typer.Option("--at", metavar="HH:MM", help="When the night begins, by this machine's clock.")
    ] = "02:30",
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep the pages of `serve` ready, too; once put in, it stays until `remove`.")
    ] = False,
    by: ByOption = "",
    dry_run: DryRunOption = False,
) -> View:
    """Put the night, and an hourly look at what is due, into this machine's own scheduler. Again changes the time."""
    from casework import views
    from casework.scheduling.schedule import install, this_machine

    answer = install(asked.ws, this_machine(), at, by, pages=serve, dry_run=dry_run)
    return views.scheduled(answer)


@schedule_app.command("remove")
@answers
def schedule_remove(
    asked: Asked,
    by: ByOption = "",
    dry_run: DryRunOption = False,
) -> View:
    """Take them out again."""
    from casework import views
    from casework.scheduling.schedule import remove, this_machine

    return views.scheduled(remove(asked.ws, this_machine(), by, dry_run=dry_run))


@schedule_app.command("status")
@answers
def schedule_status(
    asked: Asked,
    by: ByOption = "",
) -> View:
    """Say when the night ran last and what it did, when it runs next, and whether you will be warned."""
    return _status(asked, by)
