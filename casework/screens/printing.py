"""The ways of printing that every screen shares: a line, a table, JSON, progress; errors too."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from casework.terminal import escape, inert
from collector.canonical import plain
from collector.errors import TradewitnessError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

Progress = Callable[[str], None]


def console(*, error: bool = False) -> Console:
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    # Off a terminal nothing may be cut or wrapped at an invented 80 columns.
    width = None if stream.isatty() else 160
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=True)


def report_error(error: TradewitnessError, as_json: bool) -> None:
    """One sentence and what to do next; with --json also as an object on standard output."""
    if as_json:
        print(json.dumps({"error": {"message": error.message, "hint": error.hint, "exit": error.exit_code}}))  # noqa: T201
    sys.stderr.write(f"{inert(error.message)}\n" + (f"  {inert(error.hint)}\n" if error.hint else ""))


class Printer:
    """Prints lines and tables, or JSON instead; `quiet` leaves out hints and progress."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self._moving: Status | None = None

    def _json(self, value: Mapping[str, Any]) -> bool:
        """Prints JSON when that is wanted; says whether it was."""
        if self.as_json:
            sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")
        return self.as_json

    def _say(self, text: str) -> None:
        """A line; on a terminal it goes on under its own beginning, between words. An address is never broken."""
        from rich.padding import Padding

        screen, indent = console(), len(text) - len(text.lstrip(" "))
        if screen.is_terminal and "://" not in text:
            screen.print(Padding(text.lstrip(" "), (0, 0, 0, indent), expand=False))
        else:
            screen.print(text, soft_wrap=True)

    def _hint(self, text: str) -> None:
        if not self.quiet:
            self._say(f"[dim]{text}[/dim]")

    def _table(self, *columns: str, title: str = "") -> Any:
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", header_style="bold", pad_edge=False)
        for name in columns:
            table.add_column(name, overflow="fold", vertical="top")
        return table

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A line that says what is being done: on a terminal only, and not with --quiet or --json."""
        if self.as_json or self.quiet or not sys.stderr.isatty():
            yield lambda _: None
            return
        with console(error=True).status("beginning") as status:
            self._moving = status
            try:
                yield lambda text: status.update(escape(text))
            finally:
                self._moving = None

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nothing moves on the terminal during the block."""
        moving = self._moving
        if moving is not None:
            moving.stop()
        try:
            yield
        finally:
            if moving is not None:
                moving.start()
