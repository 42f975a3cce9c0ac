"""The application, its help groups, and what it does without a command: Today."""

from __future__ import annotations

from typing import Annotated

import typer

from casework.blocks import View
from casework.terminal import StepHandler
from cli.options import Asked, answers

DAILY, WATCHING, LOOKING, EXPERT = "Every day", "Keep watching", "Look", "Experts"

app = typer.Typer(
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Keeps sealed evidence of your marketplace orders and tells you what to do by when. Without a command: Today.",
)


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
@answers
def today(
    asked: Asked, context: typer.Context, verbose: VerboseOption = False, version: VersionOption = False
) -> View | None:
    """Keeps sealed evidence of your marketplace orders and tells you what to do by when. Without a command: Today."""
    if context.invoked_subcommand is not None:
        return None
    from casework import views
    from casework.asking import today as desk

    return views.today(desk.today(asked.ws))
