"""The commands that keep watching: the night, and what changed."""

from __future__ import annotations

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
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        result = night(workspace(archive), dry_run=dry_run, progress=progress, minutes=minutes)
    show(terminal, views.night(result))


@commands.command(rich_help_panel=WATCHING)
def changes(
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="One case; without it every open one.")] = "",
    since: Annotated[
        str, typer.Option("--since", metavar="DAY", help="Only what visits from this day on show first (2026-10-04).")
    ] = "",
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say what changed on the pages since the case was opened, what harms you first."""
    from casework import views
    from casework.asking.changes import changes as changed
    from casework.asking.changes import day_given
    from casework.workspace import workspace

    terminal, day = Terminal(json, quiet), day_given(since)
    with terminal.progress() as progress:
        answer = changed(workspace(archive), case, day, progress)
    show(terminal, views.changes(answer))
