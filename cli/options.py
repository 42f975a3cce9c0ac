"""What commands have in common: their options, the pages of a case as options, and how a view ends a command."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import typer.core

from casework.blocks import View
from casework.terminal import Terminal
from collector.kinds import PageKind, case_kinds, in_words

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


class DashCommand(typer.core.TyperCommand):
    """A command that takes what begins with one dash and is none of its options (`-15%`) for a word."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        options = {name for parameter in self.params for name in parameter.opts}
        words = [a for a in args[:end] if a.startswith("-") and not a.startswith("--") and a not in options]
        return super().parse_args(ctx, [*(a for a in args[:end] if a not in words), "--", *words, *args[end + 1 :]])


def show(terminal: Terminal, view: View) -> NoReturn:
    raise typer.Exit(terminal.show(view))


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
