"""The commands of every day: watch, what is next, the buyer's files, check, drafts, the pack."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casework.blocks import View
from cli.app import DAILY
from cli.options import Asked, AsOfOption, CaseArgument, YesOption, answers
from collector.kinds import file_names

commands = typer.Typer()


@commands.command(rich_help_panel=DAILY)
@answers
def watch(
    asked: Asked,
    orders: Annotated[
        list[str] | None, typer.Argument(metavar="[ORDER|URL]...", help="Order numbers, or addresses of order pages.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every order of your order list.")] = False,
    table: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="A list of order numbers, one a line.")] = None,
    account: Annotated[str, typer.Option(metavar="NAME", help="Which account, if you have several.")] = "",
    yes: YesOption = False,
) -> View:
    """Watch an order: sign in, find its pages, keep them, and see what is due. Asks for what it needs."""
    from casework import views
    from casework.keeping.watch import WatchRequest
    from casework.keeping.watch import watch as begin

    request = WatchRequest(tuple(orders or ()), everything, table, account, yes)
    with asked.progress() as progress:
        result = begin(asked.ws, request, asked.person(), progress)
    return views.watched(result)


@commands.command("next", rich_help_panel=DAILY)
@answers
def next_step(
    asked: Asked,
    case: CaseArgument,
) -> View:
    """Say for one case what to do now: what to press, where, by when."""
    from casework import views
    from casework.asking.today import next_of

    return views.next_step(next_of(asked.ws, case))


@commands.command(rich_help_panel=DAILY)
@answers
def add(
    asked: Asked,
    case: CaseArgument,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help=f"What it is: {', '.join(file_names())}.")] = "",
    note: Annotated[str | None, typer.Option(help="One sentence on what it shows.")] = None,
    saved: Annotated[
        str, typer.Option(metavar="TIME", help="When you saved the page, where its file does not say: 2026-10-04T18:00")
    ] = "",
    url: Annotated[str, typer.Option(metavar="URL", help="Where you saved the page, where its file does not say.")] = "",
    dates: Annotated[
        str, typer.Option(metavar="ORDER", help="For a chat whose dates have two meanings: day-first or month-first.")
    ] = "",
) -> View:
    """Put your own files into a case: photos, the contract, and pages and chats that you saved by hand (--as page, chat).

    Add a file again to correct what you said of it (--as, --note); --note "" takes the note back.
    """
    from casework import views
    from casework.keeping.add import FileDetails, add_and_seal

    with asked.progress() as progress:
        added, seal = add_and_seal(asked.ws, case, files, FileDetails(kind, note, url, saved, dates), progress)
    return views.added(added, seal)


@commands.command(rich_help_panel=DAILY)
@answers
def withdraw(
    asked: Asked,
    case: CaseArgument,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="A file's name or id, as in: case show CASE.")],
    why: Annotated[str, typer.Option(help="One sentence on why, for the case's history.")] = "",
) -> View:
    """Take files out of a case, such as one that belongs to another; its history says so, and nothing is erased.

    Add a file again to take it back. An entry is withdrawn with: tradewitness case set CASE NAME=
    """
    from casework import views
    from casework.keeping.withdraw import withdraw as take_out

    with asked.progress() as progress:
        withdrawn = take_out(asked.ws, case, files, why, progress)
    return views.withdrawn(withdrawn)


@commands.command(rich_help_panel=DAILY)
@answers
def check(
    asked: Asked,
    what: Annotated[
        list[str] | None, typer.Argument(metavar="[CASE|URL]...", help="A case; before an order, pages or kept snapshots.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every case.")] = False,
    reason: Annotated[list[str] | None, typer.Option(metavar="R", help="late, damaged, quality… (may be repeated)")] = None,
    before: Annotated[
        bool, typer.Option("--before-order", help="Say what a product, supplier or search page shows of the cover.")
    ] = False,
    amount: Annotated[str, typer.Option(metavar="MONEY", help='The amount of the order you plan, as "USD 15,000".')] = "",
    as_of: AsOfOption = "",
) -> View:
    """Say what is covered, what is missing and what contradicts itself, before somebody else does."""
    from casework import views
    from casework.asking.before_order import check_before_order, is_before_order
    from casework.asking.dossier import check_cases

    ws, named = asked.ws, tuple(what or ())
    if is_before_order(named, before, amount):
        with asked.progress() as progress:
            pages = check_before_order(ws, named, amount, progress)
        return views.before_order(pages)
    with asked.progress() as progress:
        answers = check_cases(ws, named, everything, tuple(reason or ()), as_of, progress)
    return views.findings(answers, brief=everything)


@commands.command(rich_help_panel=DAILY)
@answers
def draft(
    asked: Asked,
    case: CaseArgument,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="supplier, statement, contract or question.")],
    lang: Annotated[str, typer.Option(metavar="LANG", help="en (English) or zh (Chinese).")] = "en",
    reason: Annotated[list[str] | None, typer.Option(metavar="R", help="late, damaged, quality… (may be repeated)")] = None,
) -> View:
    """Write a polite text for you to copy, filled with the case's facts; it is never sent."""
    from casework import views
    from casework.asking.dossier import draft_for

    with asked.progress() as progress:
        text = draft_for(asked.ws, case, kind, lang, tuple(reason or ()), progress)
    return views.draft(text)


@commands.command(rich_help_panel=DAILY)
@answers
def pack(
    asked: Asked,
    case: CaseArgument,
    reason: Annotated[list[str] | None, typer.Option(metavar="R", help="late, damaged, quality… (may be repeated)")] = None,
    places: Annotated[
        list[str] | None,
        typer.Option("--for", metavar="PLACE", help="Also prepare what to hand in there: visa, paypal… (may be repeated)"),
    ] = None,
    as_of: AsOfOption = "",
    everything: Annotated[bool, typer.Option("--all", help="Every visit, not only those that matter.")] = False,
    include: Annotated[list[str] | None, typer.Option(metavar="X", help="Also this snapshot or file.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(metavar="X", help="Without this snapshot or file.")] = None,
    since: Annotated[str, typer.Option(metavar="DAY", help="Only what was seen from this day on.")] = "",
    with_originals: Annotated[
        bool, typer.Option("--with-originals", help="Also all that is withheld: page sources, conversations with others.")
    ] = False,
    opened: Annotated[
        list[str] | None, typer.Option("--open", metavar="EXHIBIT/ROLE", help="Also this withheld original, as in A01/dom.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what the other side would see.")] = False,
    accept_risk: Annotated[
        bool, typer.Option("--accept-risk", help="Go on although a file may hold what opens an account: you looked.")
    ] = False,
    redact: Annotated[
        bool, typer.Option("--redact", help="Take out personal data: names, telephones, mails, addresses, accounts, cards.")
    ] = False,
    redact_also: Annotated[
        list[str] | None,
        typer.Option("--redact-also", metavar="WORD", help="Also take out this word or name (may be repeated)."),
    ] = None,
    redact_box: Annotated[
        list[str] | None,
        typer.Option(
            "--redact-box", metavar="EXHIBIT:PAGE:X,Y,W,H", help="Also black out this area of a page's reading copy."
        ),
    ] = None,
    report_size: Annotated[
        int,
        typer.Option(
            "--report-size",
            metavar="MB",
            min=1,
            max=500,
            help="How large report.pdf may be; its pictures are made smaller to fit.",
        ),
    ] = 5,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write the pack.")] = None,
) -> View:
    """Bundle a case into one file that anybody can open and check."""
    from casework import views
    from casework.proving.pack import Destination, PackPreview, PackRequest, make_pack, preview_pack
    from rules.pack.plan.exhibits import Choices

    what = (everything, tuple(include or ()), tuple(exclude or ()))
    choices = Choices(
        *what, redact=redact, with_originals=with_originals, open=tuple(opened or ()), forums=tuple(places or ()),
        redact_also=tuple(redact_also or ()), redact_boxes=tuple(redact_box or ()), report_mb=report_size,
    )  # fmt: skip
    request = PackRequest(tuple(reason or ()), as_of, since, choices, output, accept_risk)
    if dry_run:
        with asked.progress() as progress:
            looked = preview_pack(asked.ws, case, request, progress)
        return views.pack_preview(looked)

    def tell(preview: PackPreview) -> None:
        with asked.terminal.still():
            asked.terminal.show(views.disclosure(preview))

    def tell_files(made: tuple[Destination, ...]) -> None:
        with asked.terminal.still():
            asked.terminal.show(views.handed_in(made))

    told = () if asked.terminal.as_json else (tell, tell_files)
    with asked.progress() as progress:
        result = make_pack(asked.ws, case, request, progress, *told)
    return views.packed(result)
