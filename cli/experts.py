"""The commands for experts: making an archive, one visit, proofs, and mending what is derived."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casework.terminal import Terminal
from cli.app import EXPERT
from cli.options import ArchiveOption, CaseArgument, JsonOption, QuietOption, YesOption, show

commands = typer.Typer()


@commands.command(rich_help_panel=EXPERT)
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
    show(Terminal(json, quiet), views.initialised(ws.archive.root, made, notes))


@commands.command(rich_help_panel=EXPERT)
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
        show(terminal, views.health(health.examine(ws)))
    from casework.asking.site_today import site_today

    with terminal.progress() as progress:
        found = site_today(ws, tuple(pages or ()), progress)
    show(terminal, views.site_today(found))


@commands.command(rich_help_panel=EXPERT)
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
    show(terminal, views.sample_written(made, write_sample(made, person, yes=yes), person.present))


@commands.command(rich_help_panel=EXPERT)
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
    show(terminal, views.signed_in(result))


@commands.command(rich_help_panel=EXPERT)
def stop(case: CaseArgument, archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Stop watching a case; what was kept stays kept."""
    from casework import views
    from casework.asking.today import next_of
    from casework.cases import close_case
    from casework.workspace import workspace

    ws = workspace(archive)
    running = next_of(ws, case).line
    show(Terminal(json, quiet), views.stopped(close_case(ws, case), running))


@commands.command(rich_help_panel=EXPERT)
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
    show(terminal, views.captured(result))


@commands.command(rich_help_panel=EXPERT)
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

    show(Terminal(json, quiet), views.exported(export_wacz(workspace(archive), tuple(snapshots), wacz)))


@commands.command(rich_help_panel=EXPERT)
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
    show(terminal, views.verified(report))


@commands.command(rich_help_panel=EXPERT)
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
    show(terminal, views.stamped(answer))


@commands.command(rich_help_panel=EXPERT)
def remask(
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="Only this case (default: all).")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be masked.")] = False,
    archive: ArchiveOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Mask secrets in pages kept by earlier versions; the originals stay sealed and are not shown any more."""
    from casework import views
    from casework.proving.remask import remask as mask_anew
    from casework.workspace import workspace

    terminal = Terminal(json, quiet)
    with terminal.progress() as progress:
        result = mask_anew(workspace(archive), case, progress, dry_run=dry_run)
    show(terminal, views.remasked(result))


@commands.command(rich_help_panel=EXPERT)
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
    show(terminal, views.reread(result))


@commands.command(rich_help_panel=EXPERT)
def reindex(archive: ArchiveOption = None, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Build the index again from the sealed records."""
    from casework import views
    from casework.workspace import workspace

    ws = workspace(archive)
    ws.archive.require()
    with ws.archive.writing():
        ws.rebuild()
    show(Terminal(json, quiet), views.reindexed(ws.index.counts("cases", "snapshots", "facts", "files")))
