"""What commands have in common: their options, the pages of a case as options, and how a view ends a command."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from casework.blocks import View
from casework.terminal import Terminal, TerminalPerson
from collector.kinds import PageKind, case_kinds, in_words
from collector.progress import Progress

if TYPE_CHECKING:
    from casework.workspace import Workspace

ArchiveOption = Annotated[
    Path | None, typer.Option("--archive", metavar="DIR", help="The archive folder (default: ~/tradewitness).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print only what is asked for: no progress, no hints.")]
AsOfOption = Annotated[
    str, typer.Option("--as-of", metavar="TIME", help="Apply the rules as of this time (2026-10-09 or 2026-10-09T18:00Z).")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Give the consents that would be asked for.")]
CaseArgument = Annotated[
    str, typer.Argument(metavar="CASE", help="Order number, a unique ending of it, or the case's name.")
]


class DashCommand(typer.core.TyperCommand):
    """A command that takes what begins with one dash and is none of its options (`-15%`) for a word."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        options = {name for parameter in self.params for name in parameter.opts}
        words = [a for a in args[:end] if a.startswith("-") and not a.startswith("--") and a not in options]
        return super().parse_args(ctx, [*(a for a in args[:end] if a not in words), "--", *words, *args[end + 1 :]])


@dataclass(frozen=True)
class Asked:
    """How a command was asked: about which archive, and how its answer is to be shown."""

    archive: Path | None
    terminal: Terminal

    @cached_property
    def ws(self) -> Workspace:
        """The archive's workspace; nothing is created."""
        from casework.workspace import workspace

        return workspace(self.archive)

    def progress(self) -> AbstractContextManager[Progress]:
        """A line that says what is being done, for as long as the block runs."""
        return self.terminal.progress()

    def person(self) -> TerminalPerson:
        """Who can be asked."""
        return self.terminal.person()


def answers(command: Callable[..., View | None]) -> Callable[..., None]:
    """The command with --archive, --json and --quiet, which arrive as its first argument; the view it gives is shown."""
    told = inspect.signature(command, eval_str=True)

    @functools.wraps(command)
    def run(archive: Path | None, json: bool, quiet: bool, **given: Any) -> None:
        asked = Asked(archive, Terminal(json, quiet))
        view = command(asked, **given)
        if view is not None:  # a group's own: one of its commands follows
            raise typer.Exit(asked.terminal.show(view))

    own = list(told.parameters.values())[1:]
    common = (("archive", ArchiveOption, None), ("json", JsonOption, False), ("quiet", QuietOption, False))
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    added = [inspect.Parameter(name, kind, default=default, annotation=option) for name, option, default in common]
    rest = [p for p in own if p.kind is p.VAR_KEYWORD or _is_eager(p)]
    run.__signature__ = told.replace(  # type: ignore[attr-defined]
        parameters=[*(p for p in own if p not in rest), *added, *rest], return_annotation=None
    )
    return run


def _is_eager(parameter: inspect.Parameter) -> bool:
    """Whether it acts as soon as it is read, as --version does; such options stand last in the help."""
    return any(getattr(one, "is_eager", False) for one in getattr(parameter.annotation, "__metadata__", ()))


def with_pages(command: Callable[..., None]) -> Callable[..., None]:
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


def addresses(given: Mapping[str, list[str] | str | None]) -> dict[str, tuple[str, ...]]:
    lists = {kind: (urls,) if isinstance(urls, str) else tuple(urls or ()) for kind, urls in given.items()}
    return {kind: urls for kind, urls in lists.items() if any(urls)}
