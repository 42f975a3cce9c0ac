"""The command line: parse, call one casework function, show its view, exit. It decides nothing.

What does the work is imported inside the commands: `--help` must not wait for a browser driver or a cryptography library.
"""

from __future__ import annotations

import copy
import inspect
import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import typer.core
import typer.exceptions

from casework.blocks import View
from casework.terminal import StepHandler, Terminal, report_error
from collector.errors import DONE, WRONG_REQUEST, TradewitnessError
from collector.kinds import PageKind, case_kinds, file_names, in_words
from rules.policy.fact_names import FACT_NAMES

_LOG = logging.getLogger("casework.cli")
DAILY, WATCHING, LOOKING, EXPERT = "Every day", "Keep watching", "Look", "Experts"

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Keeps sealed evidence of your Alibaba.com orders and tells you what to do by when. Without a command: Today.",
)
case_app = typer.Typer(no_args_is_help=False, help="Open a case, change it, or list the cases.")
app.add_typer(case_app, name="case", rich_help_panel=LOOKING)

ArchiveOption = Annotated[
    Path | None, typer.Option("--archive", metavar="DIR", help="The archive folder (default: ~/tradewitness).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print only what is asked for: no progress, no hints.")]
AsOfOption = Annotated[
    str, typer.Option("--as-of", metavar="TIME", help="Ask the rules as of this time (2026-10-09 or 2026-10-09T18:00Z).")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Give the consents that would be asked for.")]
CaseArgument = Annotated[
    str, typer.Argument(metavar="CASE", help="Order number, a unique ending of it, or the case's name.")
]


class _DashCommand(typer.core.TyperCommand):
    """A command that takes what begins with one dash and is none of its options (`-15%`) for a word."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        options = {name for parameter in self.params for name in parameter.opts}
        words = [a for a in args[:end] if a.startswith("-") and not a.startswith("--") and a not in options]
        return super().parse_args(ctx, [*(a for a in args[:end] if a not in words), "--", *words, *args[end + 1 :]])


def _show(terminal: Terminal, view: View) -> NoReturn:
    raise typer.Exit(terminal.show(view))


def _with_pages(command: Callable[..., None]) -> Callable[..., None]:
    """The command with an option for each kind of page that a case has; what is given arrives as `pages`, by kind."""
    told = inspect.signature(command, eval_str=True)
    own = [p for p in told.parameters.values() if p.kind is not p.VAR_KEYWORD]
    at = next(place for place, p in enumerate(own) if p.name == "name")
    parameters = [*own[:at], *map(_page_option, case_kinds()), *own[at:]]
    command.__signature__ = told.replace(parameters=parameters)  # type: ignore[attr-defined]
    return command


def _page_option(kind: PageKind) -> inspect.Parameter:
    words = kind.help or f"The address of the {in_words(kind.name)} page."
    option = typer.Option(f"--{kind.name}", metavar="URL|NAME" if kind.by_supplier else "URL", help=words)
    takes, none = (list[str] | None, None) if kind.several else (str, "")
    annotation = Annotated[takes, option]  # type: ignore[valid-type]
    return inspect.Parameter(kind.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=none, annotation=annotation)


def _addresses(given: Mapping[str, list[str] | str | None]) -> dict[str, tuple[str, ...]]:
    lists = {kind: (urls,) if isinstance(urls, str) else tuple(urls or ()) for kind, urls in given.items()}
    return {kind: urls for kind, urls in lists.items() if any(urls)}


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"tradewitness {version('tradewitness')}")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
]


def _speak(wanted: bool) -> None:
    if wanted:
        from casework.logfile import attach

        attach(StepHandler())


VerboseOption = Annotated[
    bool,
    typer.Option(
        "--verbose", callback=_speak, is_eager=True, help="Say on standard error, step by step, what is being done."
    ),
]


@app.callback(invoke_without_command=True)
def today(
    context: typer.Context,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    version: VersionOption = False,
) -> None:
    """Keeps sealed evidence of your Alibaba.com orders and tells you what to do by when. Without a command: Today."""
    if context.invoked_subcommand is None:
        from casework import views
        from casework.asking import today as desk
        from casework.workspace import workspace

        _show(Terminal(json, quiet), views.today(desk.today(workspace(archive))))


@app.command(rich_help_panel=DAILY)
def watch(
    orders: Annotated[
        list[str] | None, typer.Argument(metavar="[ORDER|URL]...", help="Order numbers, or addresses of order pages.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every order of your order list.")] = False,
    table: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="A list of order numbers, one a line.")] = None,
    account: Annotated[str, typer.Option(metavar="NAME", help="Which account, if you have several.")] = "",
    yes: YesOption = False,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Watch an order: sign in, find its pages, keep them, and see what is due. Asks for what it needs."""
    from casework import views
    from casework.keeping.watch import WatchRequest
    from casework.keeping.watch import watch as begin
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    request = WatchRequest(tuple(orders or ()), everything, table, account, yes)
    with terminal.progress() as progress:
        result = begin(workspace(archive), request, terminal.person(), progress)
    _show(terminal, views.watched(result))


@app.command("next", rich_help_panel=DAILY)
def next_step(
    case: CaseArgument, archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Say for one case what to do now: what to press, where, by when."""
    from casework import views
    from casework.asking.today import next_of
    from casework.workspace import workspace

    _show(Terminal(json, quiet), views.next_step(next_of(workspace(archive), case)))


@app.command(rich_help_panel=DAILY)
def add(
    case: CaseArgument,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help=f"What it is: {', '.join(file_names())}.")] = "",
    note: Annotated[str | None, typer.Option(help="One sentence on what it shows.")] = None,
    saved: Annotated[
        str, typer.Option(metavar="TIME", help="When you saved the page, where its file does not say: 2026-10-04T18:00")
    ] = "",
    url: Annotated[str, typer.Option(metavar="URL", help="Where you saved the page, where its file does not say.")] = "",
    dates: Annotated[
        str, typer.Option(metavar="ORDER", help="Of a chat whose dates have two meanings: day-first or month-first.")
    ] = "",
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Put your own files into a case: photos, the contract, and pages and chats that you saved by hand (--as page, chat).

    Add a file again to correct what you said of it (--as, --note); --note "" takes the note back.
    """
    from casework import views
    from casework.keeping.add import FileDetails, add_and_seal
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        added, seal = add_and_seal(workspace(archive), case, files, FileDetails(kind, note, url, saved, dates), progress)
    _show(terminal, views.added(added, seal))


@app.command(rich_help_panel=DAILY)
def withdraw(
    case: CaseArgument,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="A file's name or id, as in: case show CASE.")],
    why: Annotated[str, typer.Option(help="One sentence on why, for the case's history.")] = "",
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take files out of a case, such as one that belongs to another; its history says so, and nothing is erased.

    Add a file again to take it back. An entry is withdrawn with: tradewitness case set CASE NAME=
    """
    from casework import views
    from casework.keeping.withdraw import withdraw as take_out
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        withdrawn = take_out(workspace(archive), case, files, why, progress)
    _show(terminal, views.withdrawn(withdrawn))


@app.command(rich_help_panel=DAILY)
def check(
    what: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE|URL]...", help="A case; before an order, pages or kept snapshots.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every case.")] = False,
    reason: Annotated[list[str] | None, typer.Option(metavar="R", help="late, damaged, quality… (may be repeated)")] = None,
    before: Annotated[
        bool, typer.Option("--before-order", help="What a product, supplier or search page says of the cover.")
    ] = False,
    amount: Annotated[str, typer.Option(metavar="MONEY", help='The order you think of, as "USD 15,000".')] = "",
    as_of: AsOfOption = "",
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say what is covered, what is missing and what contradicts itself, before somebody else does."""
    from casework import views
    from casework.asking.before_order import check_before_order, is_before_order
    from casework.asking.dossier import check_cases
    from casework.workspace import workspace

    terminal, ws, named = Terminal(json, quiet), workspace(archive), tuple(what or ())
    if is_before_order(named, before, amount):
        with terminal.progress() as progress:
            pages = check_before_order(ws, named, amount, progress)
        _show(terminal, views.before_order(pages))
    with terminal.progress() as progress:
        answers = check_cases(ws, named, everything, tuple(reason or ()), as_of, progress)
    _show(terminal, views.findings(answers, brief=everything))


@app.command(rich_help_panel=DAILY)
def draft(
    case: CaseArgument,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="supplier, statement, contract or question.")],
    lang: Annotated[str, typer.Option(metavar="LANG", help="en (English) or zh (Chinese).")] = "en",
    reason: Annotated[list[str] | None, typer.Option(metavar="R", help="late, damaged, quality… (may be repeated)")] = None,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write a polite text for you to copy, filled with the case's facts; it is never sent."""
    from casework import views
    from casework.asking.dossier import draft_for
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        text = draft_for(workspace(archive), case, kind, lang, tuple(reason or ()), progress)
    _show(terminal, views.draft(text))


@app.command(rich_help_panel=DAILY)
def pack(
    case: CaseArgument,
    reason: Annotated[list[str] | None, typer.Option(metavar="R", help="late, damaged, quality… (may be repeated)")] = None,
    as_of: AsOfOption = "",
    everything: Annotated[bool, typer.Option("--all", help="Every visit, not only those that matter.")] = False,
    include: Annotated[list[str] | None, typer.Option(metavar="X", help="Also this snapshot or file.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(metavar="X", help="Without this snapshot or file.")] = None,
    since: Annotated[str, typer.Option(metavar="DAY", help="Only what was seen from this day on.")] = "",
    with_originals: Annotated[
        bool, typer.Option("--with-originals", help="Also originals that show conversations with others.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what the other side would see.")] = False,
    accept_risk: Annotated[
        bool, typer.Option("--accept-risk", help="Although a file may hold what opens an account: you looked.")
    ] = False,
    redact: Annotated[bool, typer.Option("--redact", hidden=True, help="Not built yet: use --exclude.")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write the pack.")] = None,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Bundle a case into one file that anybody can open and check."""
    from casework import views
    from casework.proving.pack import PackRequest, make_pack, preview_pack
    from casework.workspace import workspace
    from rules.pack.plan.exhibits import Choices

    what = (everything, tuple(include or ()), tuple(exclude or ()))
    choices = Choices(*what, redact=redact, with_originals=with_originals)
    request = PackRequest(tuple(reason or ()), as_of, since, choices, output, accept_risk)
    terminal = Terminal(json, quiet)
    if dry_run:
        _show(terminal, views.pack_preview(preview_pack(workspace(archive), case, request)))
    with terminal.progress() as progress:
        result = make_pack(workspace(archive), case, request, progress)
    _show(terminal, views.packed(result))


@app.command(rich_help_panel=WATCHING)
def nightly(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which pages would be visited.")] = False,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Visit every open case's pages once, seal them, and say what is due."""
    from casework import views
    from casework.keeping.nightly import night
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        result = night(workspace(archive), dry_run=dry_run, progress=progress)
    _show(terminal, views.night(result))


@case_app.callback(invoke_without_command=True)
def case_list(
    context: typer.Context, archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """List the cases; `case open` and `case set` change them."""
    if context.invoked_subcommand is None:
        from casework import views
        from casework.cases import cases, targets_of
        from casework.workspace import workspace

        ws = workspace(archive)
        _show(Terminal(json, quiet), views.cases([(case, targets_of(ws, case.order)) for case in cases(ws)]))


@case_app.command("open")
@_with_pages
def case_open(
    order_id: Annotated[str, typer.Argument(metavar="ORDER_ID", help="The order number.")],
    name: Annotated[str, typer.Option(help="A name for the case, easier to type than its number.")] = "",
    account: Annotated[str, typer.Option(metavar="NAME", help="The account whose pages these are.")] = "",
    zone: Annotated[
        str, typer.Option(metavar="ZONE", help="Your time zone, such as Europe/Berlin (default: this machine's).")
    ] = "",
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    **pages: list[str] | str | None,
) -> None:
    """Open a case for an order and name its pages."""
    from casework import views
    from casework.cases import open_case, targets_of
    from casework.workspace import workspace

    ws = workspace(archive)
    case = open_case(ws, order_id, _addresses(pages), name=name, account=account, zone=zone)
    _show(Terminal(json, quiet), views.case(case, targets_of(ws, case.order), "is open", ws.archive.warnings))


def _names_to_set() -> str:
    own, of_pages = ([f for f in FACT_NAMES if bool(f.page) is of_page] for of_page in (False, True))
    return (
        f"Names: {'; '.join(f'{f.name} ({f.words})' for f in own)}. What pages show may be entered where no page was kept: "
        f"{', '.join(f.name for f in of_pages)}."
    )


@case_app.command("set", epilog=_names_to_set())
@_with_pages
def case_set(
    case: CaseArgument,
    facts: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="Such as received_at=2026-09-30; NAME= withdraws.")
    ] = None,
    name: Annotated[str, typer.Option(help="Another name for the case.")] = "",
    zone: Annotated[str, typer.Option(metavar="ZONE", help="Another time zone, such as Europe/Berlin.")] = "",
    why: Annotated[str, typer.Option(help="One sentence on why you correct or withdraw, for the case's history.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Enter it although it contradicts what is known.")] = False,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    **pages: list[str] | str | None,
) -> None:
    """Enter what you know (name=value), or the address of another page."""
    from casework import views
    from casework.cases import set_case, targets_of
    from casework.workspace import workspace

    ws = workspace(archive)
    done = set_case(ws, case, facts or [], _addresses(pages), name=name, zone=zone, why=why, insist=yes)
    targets, warned = targets_of(ws, done.case.order), ws.archive.warnings
    _show(Terminal(json, quiet), views.case(done.case, targets, "is up to date", warned, done.entered, done.notes))


@case_app.command("show")
def case_show(
    case: CaseArgument, archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Show all that you gave a case: its pages, your entries and files, and what you corrected or withdrew."""
    from casework import views
    from casework.asking.told import told
    from casework.workspace import workspace

    _show(Terminal(json, quiet), views.told(told(workspace(archive), case)))


@app.command(rich_help_panel=LOOKING)
def deadlines(
    what: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE | NAME=VALUE...]", help="A case, or dates: received_at=2026-09-30")
    ] = None,
    as_of: AsOfOption = "",
    ics: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a calendar file with alarms.")] = None,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show every deadline: who must act, by when, and what happens otherwise."""
    from casework import views
    from casework.asking.dossier import deadlines_of
    from casework.workspace import workspace

    result = deadlines_of(workspace(archive), tuple(what or ()), as_of, ics)
    _show(Terminal(json, quiet), views.deadlines(result))


@app.command(rich_help_panel=LOOKING)
def facts(
    what: Annotated[str, typer.Argument(metavar="SNAPSHOT|CASE")],
    everything: Annotated[bool, typer.Option("--all", help="The facts of every visit, not only the latest.")] = False,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show what was read, and where it stands on the page."""
    from casework import views
    from casework.asking.dossier import facts_of, tiles_of, zone_of_facts
    from casework.workspace import workspace

    ws = workspace(archive)
    found = facts_of(ws, what, everything=everything)
    _show(Terminal(json, quiet), views.facts(found, tiles_of(ws, found), zone_of_facts(ws, what)))


@app.command(rich_help_panel=LOOKING, cls=_DashCommand)
def search(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS...",
            help='All must be there; "in quotation marks" side by side. After -- a word may begin with --.',
        ),
    ],
    case: Annotated[str, typer.Option(metavar="CASE", help="Only in this case.")] = "",
    kind: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="message, fact, page or file; or order, thread, photo… (may be repeated)"),
    ] = None,
    since: Annotated[str, typer.Option(metavar="DAY", help="Sent or seen on this day or later.")] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="Sent or seen on this day or before.")] = "",
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Show at most so many.")] = 20,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Find words in messages, facts, page texts and the names and notes of your files; Chinese too."""
    from casework import views
    from casework.asking.search import Filters
    from casework.asking.search import search as find
    from casework.workspace import workspace

    result = find(workspace(archive), words, Filters(case, tuple(kind or ()), since, until, limit))
    _show(Terminal(json, quiet), views.found(result))


@app.command(rich_help_panel=LOOKING)
def status(archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Show what is sealed and timestamped, what waits for a timestamp, and what is not sealed yet."""
    from casework import views
    from casework.proving.status import status as sealed
    from casework.workspace import workspace

    _show(Terminal(json, quiet), views.status(sealed(workspace(archive))))


@app.command(rich_help_panel=EXPERT)
def init(
    archive: ArchiveOption = None,
    authority: Annotated[
        list[str] | None, typer.Option(metavar="NAME=URL", help="Your own timestamp authority instead of the public ones.")
    ] = None,
    authority_root: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The root certificate (PEM) its tokens must chain to.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Sign with your own key from a .p12 file, from now on.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make an archive, with a signing key and the timestamp authorities written down."""
    from casework import doctor as health
    from casework import views
    from casework.workspace import workspace

    ws = workspace(archive)
    made, notes = health.make_archive(ws, tuple(authority or ()), authority_root, key)
    _show(Terminal(json, quiet), views.initialised(ws.archive.root, made, notes))


@app.command(rich_help_panel=EXPERT)
def doctor(
    pages: Annotated[
        list[str] | None, typer.Argument(metavar="[URL]...", help="Public pages to read, as with --site, in place of a few.")
    ] = None,
    site: Annotated[
        bool, typer.Option("--site", help="Visit a few public pages and say which readers work there today; keeps nothing.")
    ] = False,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Look whether this machine has all that is needed, and say what to do where it has not."""
    from casework import doctor as health
    from casework import views
    from casework.workspace import workspace

    terminal, ws = Terminal(json, quiet), workspace(archive)
    if not (site or pages):
        _show(terminal, views.health(health.examine(ws)))
    from casework.asking.site_today import site_today

    with terminal.progress() as progress:
        found = site_today(ws, tuple(pages or ()), progress)
    _show(terminal, views.site_today(found))


@app.command(rich_help_panel=EXPERT)
def sample(
    what: Annotated[str, typer.Argument(metavar="SNAPSHOT|FILE", help="A kept snapshot, or a page that you saved.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write the sample.")],
    yes: YesOption = False,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a sample of a page that is not read right: its skeleton alone, which gives nothing away. Shows it first."""
    from casework import views
    from casework.asking.sample import make_sample, write_sample
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        made = make_sample(workspace(archive), what, output, progress)
    if not json:
        terminal.show(views.sample(made))
    person = terminal.person()
    _show(terminal, views.sample_written(made, write_sample(made, person, yes=yes), person.present))


@app.command(rich_help_panel=EXPERT)
def login(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="What to call the account (default: main).")] = "",
    attach: Annotated[
        str, typer.Option(metavar="PORT|WS", help="A browser that is open already, by its debugging port or ws:// address.")
    ] = "",
    yes: YesOption = False,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Sign in to the site in a window of your own browser; tradewitness keeps the session on this machine."""
    from casework import views
    from casework.keeping.sign_in import login as sign_in
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        result = sign_in(workspace(archive), name, attach, terminal.person(), yes=yes, progress=progress)
    _show(terminal, views.signed_in(result))


@app.command(rich_help_panel=EXPERT)
def stop(case: CaseArgument, archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Stop watching a case; what was kept stays kept."""
    from casework import views
    from casework.asking.today import next_of
    from casework.cases import close_case
    from casework.workspace import workspace

    ws = workspace(archive)
    running = next_of(ws, case).line
    _show(Terminal(json, quiet), views.stopped(close_case(ws, case), running))


@app.command(rich_help_panel=EXPERT)
def capture(
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="Which case; may be left out when there is one.")] = "",
    url: Annotated[list[str] | None, typer.Option(metavar="URL", help="Keep this page, in place of the case's own.")] = None,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Visit a case's pages now and keep what they show."""
    from casework import views
    from casework.keeping.capture import capture_pages
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        result = capture_pages(workspace(archive), case, tuple(url or ()), progress)
    _show(terminal, views.captured(result))


@app.command(rich_help_panel=EXPERT)
def export(
    snapshots: Annotated[list[str], typer.Argument(metavar="SNAPSHOT...", help="Ids, or unique beginnings of them.")],
    wacz: Annotated[Path, typer.Option("--wacz", metavar="FILE", help="Write the visits' exchanges as a web archive.")],
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write kept visits as a web archive (WACZ), which ReplayWeb.page plays back."""
    from casework import views
    from casework.proving.export import export_wacz
    from casework.workspace import workspace

    _show(Terminal(json, quiet), views.exported(export_wacz(workspace(archive), tuple(snapshots), wacz)))


@app.command(rich_help_panel=EXPERT)
def verify(
    path: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="A pack or an archive (default: your archive).")
    ] = None,
    deep: Annotated[bool, typer.Option("--deep", help="Also read the facts again from the kept bytes and compare.")] = False,
    against: Annotated[
        str,
        typer.Option(metavar="CHECKPOINT|PACK|FINGERPRINT", help="Also compare with what somebody else was given before."),
    ] = "",
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check a pack or an archive: nothing changed, missing, added or renamed since it was sealed."""
    from casework import views
    from casework.proving.verify import verify_path
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        report = verify_path(workspace(archive), path, progress, deep=deep, against=against)
    _show(terminal, views.verified(report))


@app.command(rich_help_panel=EXPERT)
def timestamp(
    witness: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the newest checkpoint here, to mail or hand to somebody else.")
    ] = None,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Seal what is new and ask again for the timestamps that are missing."""
    from casework import views
    from casework.proving.status import stamp
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        answer = stamp(workspace(archive), witness, progress)
    _show(terminal, views.stamped(answer))


@app.command(rich_help_panel=EXPERT)
def reread(
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="Only this case (default: all).")] = "",
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Read the kept pages again with this version's readers, and say which facts that changes."""
    from casework import views
    from casework.proving.reread import reread as read_again
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        result = read_again(workspace(archive), case, progress)
    _show(terminal, views.reread(result))


@app.command(rich_help_panel=EXPERT)
def reindex(archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Build the index again from the sealed records."""
    from casework import views
    from casework.workspace import workspace

    ws = workspace(archive)
    ws.archive.require()
    with ws.archive.writing():
        ws.rebuild()
    _show(Terminal(json, quiet), views.reindexed(ws.index.counts("cases", "snapshots", "facts", "files")))


def command_line() -> Any:
    """The commands as typer makes them, each of which takes --verbose too, as the one without a name does."""
    root = typer.main.get_command(app)
    verbose = copy.copy(next(option for option in root.params if option.name == "verbose"))
    verbose.expose_value = False  # it has acted when it was read: no command's function needs to know of it
    waiting: list[Any] = list(getattr(root, "commands", {}).values())
    for command in waiting:
        command.params.append(verbose)
        waiting += getattr(command, "commands", {}).values()
    return root


def _named(arguments: list[str], command: Any) -> str:
    """The command and the names of its options, without anything else that was typed: that may be anybody's words."""
    words = ["tradewitness"]
    for argument in arguments:
        commands = getattr(command, "commands", {})
        if argument in commands:
            command = commands[argument]
            words.append(argument)
        elif argument.partition("=")[0] in {name for option in command.params for name in option.opts}:
            words.append(argument.partition("=")[0])
    return " ".join(words)


def _say(error: TradewitnessError, as_json: bool) -> int:
    _LOG.debug("ended by an error", exc_info=error)
    report_error(error, as_json)
    return error.exit_code


def run(arguments: list[str]) -> int:
    """One command line to its exit code; nothing is raised."""
    command = command_line()
    if {"-h", "--help", "--version"} & set(arguments):
        return _run(command, arguments)  # these must not wait, and there is nothing to tell of them
    from casework.logfile import logged

    with logged(_named(arguments, command)):
        code = _run(command, arguments)
        _LOG.info("exit code %d", code)
    return code


def _run(command: Any, arguments: list[str]) -> int:
    as_json = "--json" in arguments
    try:
        return int(command.main(arguments, prog_name="tradewitness", standalone_mode=False) or DONE)
    except typer.exceptions.Abort:
        return _say(TradewitnessError("Stopped before it was done; what was kept so far is kept."), as_json)
    except typer.exceptions.TyperException as error:
        context = getattr(error, "ctx", None)  # only usage errors know their command
        where = context.command_path if context else "tradewitness"
        wrong = TradewitnessError(error.format_message(), f"Run: {where} --help")
        wrong.exit_code = WRONG_REQUEST
        return _say(wrong, as_json)
    except TradewitnessError as error:
        return _say(error, as_json)
    except KeyboardInterrupt:
        return _say(TradewitnessError("Stopped before it was done; what was kept so far is kept."), as_json)
    except BrokenPipeError:
        return DONE
    except Exception as error:  # noqa: BLE001 - the last door: a user never sees a traceback, and it is kept for a report
        from casework.logfile import keep_details

        hint = f"Nothing that was kept is lost. {keep_details(error)}"
        return _say(TradewitnessError(f"Something unexpected happened ({type(error).__name__}).", hint), as_json)


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
