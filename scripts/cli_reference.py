"""Writes docs/cli.md from the commands themselves; a test holds the committed page against this."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.core import TyperArgument, TyperGroup, TyperOption

from cli import command_line

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"

OPENING = """# Commands

Written by `make docs` from the commands themselves; do not edit it by hand. `tradewitness COMMAND --help` says the same.

Every command takes `--archive DIR`, `--json`, `--quiet` and `--verbose`; they are not repeated below. With `--verbose` a
command says on standard error, step by step, what it is doing: the steps of a visit, what each authority answered.
What the exit codes mean stands in the [README](../README.md#exit-codes).
"""
EVERYWHERE = {"archive", "json", "quiet", "verbose", "help"}


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """A command and those below it, with their full names, in alphabetical order."""
    yield path, command
    if isinstance(command, TyperGroup):
        for name in sorted(command.commands):
            yield from commands(command.commands[name], f"{path} {name}")


def usage(path: str, command: Any, options: list[TyperOption]) -> str:
    """The line that says how the command is written: what may be left out in brackets, what may recur with an ellipsis."""
    words = [path]
    for argument in (p for p in command.params if isinstance(p, TyperArgument)):
        word = (argument.metavar or str(argument.name).upper()).strip("[].") + ("…" if argument.nargs == -1 else "")
        words.append(word if argument.required else f"[{word}]")
    return " ".join([*words, *(["[OPTIONS]"] if options else [])])


def option_line(option: TyperOption) -> str:
    """One option as a list item: its names, what it takes, and its sentence."""
    names = ", ".join(f"`{name}`" for name in option.opts)
    takes = "" if option.is_flag else f" `{option.metavar or str(option.name).upper()}`"
    again = " (may be repeated)" if option.multiple and "repeated" not in (option.help or "") else ""
    return f"- {names}{takes}: {option.help}{again}"


def section(path: str, command: Any) -> str:
    """The part of the page about one command."""
    options = [p for p in command.params if isinstance(p, TyperOption) and p.name not in EVERYWHERE]
    lines = [f"## {path}", "", (command.help or "").strip(), "", "```", usage(path, command, options), "```", ""]
    listed = [option_line(option) for option in options]
    more = ["```", command.epilog, "```", ""] if command.epilog else []
    return "\n".join([*lines, *listed, *([""] if listed else []), *more])


def reference() -> str:
    """The whole page, the same text for the same commands."""
    root = command_line()
    return "\n".join([OPENING, *(section(path, command) for path, command in commands(root, "tradewitness"))])


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
