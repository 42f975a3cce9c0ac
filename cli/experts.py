"""The commands for experts: making an archive, one visit, proofs, and mending what is derived."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casework.blocks import View
from cli.app import EXPERT
from cli.options import Asked, CaseArgument, YesOption, answers

commands = typer.Typer()


@commands.command(rich_help_panel=EXPERT)
@answers
def init(
    asked: Asked,
    authority: Annotated[
        list[str] | None, typer.Option(metavar="NAME=URL", help="Your own timestamp authority instead of the public ones.")
    ] = None,
    authority_root: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The root certificate (PEM) that its tokens must lead to.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Sign with your own key from a .p12 file, from now on.")
    ] = None,
) -> View:
    """Make an archive, with a signing key and the timestamp authorities written down."""
    from casework import doctor as health
    from casework import views

    ws = asked.ws
    made, notes = health.make_archive(ws, tuple(authority or ()), authority_root, key)
    return views.initialised(ws.archive.root, made, notes)


@commands.command(rich_help_panel=EXPERT)
@answers
def doctor(
    asked: Asked,
    pages: Annotated[
        list[str] | None,
        typer.Argument(metavar="[URL]...", help="Public pages to read, as with --site, in place of the usual few."),
    ] = None,
    site: Annotated[
        bool, typer.Option("--site", help="Visit a few public pages and say which readers work there today; keeps nothing.")
    ] = False,
) -> View:
    """Look whether this machine has all that is needed, and say what to do where it has not."""
    from casework import doctor as health
    from casework import views

    if not (site or pages):
        return views.health(health.examine(asked.ws))
    from casework.asking.site_today import site_today

    with asked.progress() as progress:
        found = site_today(asked.ws, tuple(pages or ()), progress)
    return views.site_today(found)


@commands.command(rich_help_panel=EXPERT)
@answers
def sample(
    asked: Asked,
    what: Annotated[str, typer.Argument(metavar="SNAPSHOT|FILE", help="A kept snapshot, or a page that you saved.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write the sample.")],
    yes: YesOption = False,
) -> View:
    """Make a sample of a page that is not read right: its skeleton alone, which gives nothing away. Shows it first."""
    from casework import views
    from casework.asking.sample import make_sample, write_sample

    with asked.progress() as progress:
        made = make_sample(asked.ws, what, output, progress)
    if not asked.terminal.as_json:
        asked.terminal.show(views.sample(made))
    person = asked.person()
    return views.sample_written(made, write_sample(made, person, yes=yes), person.present)


@commands.command(rich_help_panel=EXPERT)
@answers
def login(
    asked: Asked,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="What to call the account (default: main).")] = "",
    attach: Annotated[
        str, typer.Option(metavar="PORT|WS", help="A browser that is open already, by its debugging port or ws:// address.")
    ] = "",
    yes: YesOption = False,
) -> View:
    """Sign in to the site in a window of your own browser; tradewitness keeps the session on this machine."""
    from casework import views
    from casework.keeping.sign_in import login as sign_in

    with asked.progress() as progress:
        result = sign_in(asked.ws, name, attach, asked.person(), yes=yes, progress=progress)
    return views.signed_in(result)


@commands.command(rich_help_panel=EXPERT)
@answers
def stop(
    asked: Asked,
    case: CaseArgument,
) -> View:
    """Stop watching a case; what was kept stays kept."""
    from casework import views
    from casework.asking.today import next_of
    from casework.cases import close_case

    ws = asked.ws
    running = next_of(ws, case).line
    return views.stopped(close_case(ws, case), running)


@commands.command(rich_help_panel=EXPERT)
@answers
def capture(
    asked: Asked,
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="Which case; may be left out when there is one.")] = "",
    url: Annotated[list[str] | None, typer.Option(metavar="URL", help="Keep this page, in place of the case's own.")] = None,
) -> View:
    """Visit a case's pages now and keep what they show."""
    from casework.keeping.ahead import browser_ahead

    with browser_ahead() as ahead:  # it starts while the rest of the program is read
        from casework.keeping.capture import capture_pages

        with asked.progress() as progress:
            result = capture_pages(asked.ws, case, tuple(url or ()), progress, ahead)
        from casework import views

        return views.captured(result)


@commands.command(rich_help_panel=EXPERT)
@answers
def export(
    asked: Asked,
    snapshots: Annotated[list[str], typer.Argument(metavar="SNAPSHOT...", help="Ids, or unique beginnings of them.")],
    wacz: Annotated[Path, typer.Option("--wacz", metavar="FILE", help="Write the visits' exchanges as a web archive.")],
) -> View:
    """Write kept visits as a web archive (WACZ), which ReplayWeb.page plays back."""
    from casework import views
    from casework.proving.export import export_wacz

    return views.exported(export_wacz(asked.ws, tuple(snapshots), wacz))


@commands.command(rich_help_panel=EXPERT)
@answers
def verify(
    asked: Asked,
    path: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="A pack or an archive (default: your archive).")
    ] = None,
    deep: Annotated[bool, typer.Option("--deep", help="Also read the facts again from the kept bytes and compare.")] = False,
    against: Annotated[
        str,
        typer.Option(metavar="CHECKPOINT|PACK|FINGERPRINT", help="Also compare with what somebody else was given before."),
    ] = "",
) -> View:
    """Check a pack or an archive: nothing changed, missing, added or renamed since it was sealed."""
    from casework import views
    from casework.proving.verify import verify_path

    with asked.progress() as progress:
        report = verify_path(asked.ws, path, progress, deep=deep, against=against)
    return views.verified(report)


@commands.command(rich_help_panel=EXPERT)
@answers
def timestamp(
    asked: Asked,
    witness: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the newest checkpoint here, to mail or hand to somebody else.")
    ] = None,
    renew: Annotated[
        bool, typer.Option("--renew", help="Have all of it stamped anew, before the certificates of today's timestamps end.")
    ] = False,
) -> View:
    """Seal what is new and ask again for the timestamps that are missing."""
    from casework import views
    from casework.proving.status import stamp

    with asked.progress() as progress:
        answer = stamp(asked.ws, witness, progress, anew=renew)
    return views.stamped(answer)


@commands.command(rich_help_panel=EXPERT)
@answers
def remask(
    asked: Asked,
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="Only this case (default: all).")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be masked.")] = False,
) -> View:
    """Mask secrets in pages kept by earlier versions; the originals stay sealed and are not shown any more."""
    from casework import views
    from casework.proving.remask import remask as mask_anew

    with asked.progress() as progress:
        result = mask_anew(asked.ws, case, progress, dry_run=dry_run)
    return views.remasked(result)


@commands.command(rich_help_panel=EXPERT)
@answers
def reread(
    asked: Asked,
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="Only this case (default: all).")] = "",
) -> View:
    """Read the kept pages again with this version's readers, and say which facts that changes."""
    from casework import views
    from casework.proving.reread import reread as read_again

    with asked.progress() as progress:
        result = read_again(asked.ws, case, progress)
    return views.reread(result)


@commands.command(rich_help_panel=EXPERT)
@answers
def reindex(asked: Asked) -> View:
    """Build the index again from the sealed records."""
    from casework import views

    ws = asked.ws
    ws.archive.require()
    with ws.archive.writing():
        ws.rebuild()
    return views.reindexed(ws.index.counts("cases", "snapshots", "facts", "files"))
