"""The commands that look at what is kept, and the case with what was entered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casework.blocks import View
from cli.app import LOOKING
from cli.options import (
    ArchiveOption,
    Asked,
    AsOfOption,
    CaseArgument,
    DashCommand,
    JsonOption,
    QuietOption,
    addresses,
    answers,
    with_pages,
)
from rules.policy.fact_names import FACT_NAMES
from rules.policy.platform import REASONS

commands = typer.Typer()
case_app = typer.Typer(no_args_is_help=False, help="Open a case, change it, or list the cases.")
commands.add_typer(case_app, name="case", rich_help_panel=LOOKING)


@case_app.callback(invoke_without_command=True)
@answers
def case_list(
    asked: Asked,
    context: typer.Context,
) -> View | None:
    """List the cases; `case open` and `case set` change them."""
    if context.invoked_subcommand is not None:
        return None
    from casework import views
    from casework.cases import cases, targets_of

    return views.cases([(case, targets_of(asked.ws, case.order)) for case in cases(asked.ws)])


@case_app.command("open")
@with_pages
@answers
def case_open(
    asked: Asked,
    order_id: Annotated[str, typer.Argument(metavar="ORDER_ID", help="The order number.")],
    name: Annotated[str, typer.Option(help="A name for the case, easier to type than its number.")] = "",
    account: Annotated[str, typer.Option(metavar="NAME", help="The account whose pages these are.")] = "",
    zone: Annotated[
        str, typer.Option(metavar="ZONE", help="Your time zone, such as Europe/Berlin (default: this machine's).")
    ] = "",
    **pages: list[str] | str | None,
) -> View:
    """Open a case for an order and name its pages."""
    from casework import views
    from casework.cases import open_case, targets_of

    ws = asked.ws
    case = open_case(ws, order_id, addresses(pages), name=name, account=account, zone=zone)
    return views.case(case, targets_of(ws, case.order), "is open", ws.archive.warnings)


# What is written after the "=" of each kind of value.
_WRITTEN = {
    "time": "Days (NAME=2026-09-30), or with the time and zone that a page prints:",
    "reason": f"One of {', '.join(REASONS)}:",
    "money": 'Amounts (NAME="USD 86.00"):',
    "integer": "Whole numbers (NAME=160):",
    "bool": "Yes or no (NAME=yes):",
}


_OF_SITE = "{site.protection}"  # help is of no site


def _names_to_set() -> str:
    """The names, a line each, under what is written for them."""
    own, of_pages = ([f for f in FACT_NAMES if bool(f.page) is of_page] for of_page in (False, True))
    parts = {heading: [f for f in own if f.value == kind] for kind, heading in _WRITTEN.items()}
    parts["What pages show, where none was kept:"] = of_pages
    return "\n\n".join(
        "\n".join([heading, *(f"  {f.name:<26}{f.words.replace(_OF_SITE, 'protection')}" for f in fs)])
        for heading, fs in parts.items()
    )


@case_app.command("set", epilog=_names_to_set())
@with_pages
@answers
def case_set(
    asked: Asked,
    case: CaseArgument,
    facts: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="Such as received_at=2026-09-30; NAME= withdraws.")
    ] = None,
    name: Annotated[str, typer.Option(help="Another name for the case.")] = "",
    zone: Annotated[str, typer.Option(metavar="ZONE", help="Another time zone, such as Europe/Berlin.")] = "",
    why: Annotated[str, typer.Option(help="One sentence on why you correct or withdraw, for the case's history.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Enter it although it contradicts what is known.")] = False,
    **pages: list[str] | str | None,
) -> View:
    """Enter what you know (name=value), or the address of another page."""
    from casework import views
    from casework.cases import set_case, targets_of

    ws = asked.ws
    done = set_case(ws, case, facts or [], addresses(pages), name=name, zone=zone, why=why, insist=yes)
    targets, warned = targets_of(ws, done.case.order), ws.archive.warnings
    return views.case(done.case, targets, "is up to date", warned, done.entered, done.notes)


@case_app.command("show")
@answers
def case_show(
    asked: Asked,
    case: CaseArgument,
) -> View:
    """Show all that you gave a case: its pages, your entries and files, and what you corrected or withdrew."""
    from casework import views
    from casework.asking.told import told

    return views.told(told(asked.ws, case))


@commands.command(rich_help_panel=LOOKING)
@answers
def deadlines(
    asked: Asked,
    what: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE | NAME=VALUE...]", help="A case, or dates: received_at=2026-09-30")
    ] = None,
    as_of: AsOfOption = "",
    ics: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a calendar file with alarms.")] = None,
) -> View:
    """Show every deadline: who must act, by when, and what happens otherwise."""
    from casework import views
    from casework.asking.dossier import deadlines_of

    result = deadlines_of(asked.ws, tuple(what or ()), as_of, ics)
    return views.deadlines(result)


@commands.command(rich_help_panel=LOOKING)
@answers
def facts(
    asked: Asked,
    what: Annotated[str, typer.Argument(metavar="SNAPSHOT|CASE")],
    everything: Annotated[bool, typer.Option("--all", help="The facts of every visit, not only the latest.")] = False,
) -> View:
    """Show what was read, and where on the page it is."""
    from casework import views
    from casework.asking.dossier import facts_of, site_of_facts, tiles_of, zone_of_facts

    ws = asked.ws
    found = facts_of(ws, what, everything=everything)
    return views.facts(found, tiles_of(ws, found), zone_of_facts(ws, what), site_of_facts(ws, what))


@commands.command(rich_help_panel=LOOKING, cls=DashCommand)
@answers
def search(
    asked: Asked,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS...",
            help='All of them must be there; "in quotation marks" side by side. After -- a word may begin with --.',
        ),
    ],
    case: Annotated[str, typer.Option(metavar="CASE", help="Only in this case.")] = "",
    kind: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="message, fact, page, file, picture; or order, thread, photo… (may be repeated)"),
    ] = None,
    since: Annotated[str, typer.Option(metavar="DAY", help="Sent or seen on this day or later.")] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="Sent or seen on this day or before.")] = "",
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Show at most so many.")] = 20,
) -> View:
    """Find words in messages, facts, page texts and the names and notes of your files; Chinese too."""
    from casework import views
    from casework.asking.search import Filters
    from casework.asking.search import search as find

    result = find(asked.ws, words, Filters(case, tuple(kind or ()), since, until, limit))
    return views.found(result)


@commands.command(rich_help_panel=LOOKING)
@answers
def status(asked: Asked) -> View:
    """Show what is sealed and timestamped, what waits for a timestamp, and what is not sealed yet."""
    from casework import views
    from casework.proving.status import status as sealed

    return views.status(sealed(asked.ws))


@commands.command(rich_help_panel=LOOKING)
def serve(
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="Which port (default: a free one).")
    ] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Listen on another address, for a proxy on another machine.")
    ] = "127.0.0.1",
    behind_proxy: Annotated[
        str, typer.Option("--behind-proxy", metavar="https://NAME", help="Answer to this proxy only (docs/serve.md).")
    ] = "",
    ready: Annotated[
        bool,
        typer.Option(
            "--ready", help="Wait in the background until somebody opens it; what `schedule install --serve` runs."
        ),
    ] = False,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show everything as pages in your browser, on this machine alone; all that commands do can be done there.

    Where the pages are kept ready, or another window serves them, it opens those.
    """
    from web.server import ListeningAt, keep_ready
    from web.server import serve as serve_pages

    if ready:
        keep_ready(archive)
        return
    serve_pages(archive, ListeningAt(host, port, behind_proxy), open_browser=not no_open, as_json=json, say=typer.echo)
