"""Prints a view, as lines and tables or as JSON; says what is being done; prints errors."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from casework.blocks import Bar, Block, Cell, Excerpt, Line, Part, Result, Span, Table, Tone, View
from casework.terminal.console import console, is_unicode
from casework.terminal.person import TerminalPerson
from collector.errors import TradewitnessError
from collector.inert import shown_in_json, shown_in_line
from collector.progress import Progress
from collector.redaction import redacted

if TYPE_CHECKING:
    import rich.table
    from rich.console import Console
    from rich.status import Status
    from rich.text import Text


_LOG = logging.getLogger(__name__)
_NUMBER = re.compile(r"\d+")
_STYLES: dict[Tone, str] = {
    "": "", "aside": "dim", "strong": "bold", "good": "green", "warning": "yellow", "bad": "red", "urgent": "bold red",
    "unsure": "cyan", "advice": "blue", "sought": "bold yellow",
}  # fmt: skip


def report_error(error: TradewitnessError, as_json: bool) -> None:
    """One sentence and what to do next; with --json also as an object on standard output."""
    if as_json:
        print(json.dumps({"error": {"message": error.message, "hint": error.hint, "exit": error.exit_code}}))  # noqa: T201
    sys.stderr.write(f"{shown_in_line(error.message)}\n" + (f"  {shown_in_line(error.hint)}\n" if error.hint else ""))


class StepHandler(logging.Handler):
    """Says on standard error what is logged, as it happens: the time of this machine, and the step."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)

    def emit(self, record: logging.LogRecord) -> None:
        at = datetime.fromtimestamp(record.created).astimezone()
        with suppress(OSError, ValueError):  # nobody listens any more: no reason to stop
            sys.stderr.write(f"{at:%H:%M:%S} {shown_in_line(redacted(record.getMessage()))}\n")


def _noted() -> Progress:
    """Writes what is being done into the log, but not each number that is counted up."""
    last = ""

    def note(text: str) -> None:
        nonlocal last
        if (form := _NUMBER.sub("", text)) != last:
            _LOG.info("%s", text)
        last = form

    return note


class Terminal:
    """Shows views to people, or as JSON to programs; `quiet` leaves out hints and progress."""

    def __init__(self, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self._moving: Status | None = None

    def show(self, view: View) -> int:
        """Prints the view; gives its exit code."""
        if self.as_json:
            text = json.dumps(view.json, ensure_ascii=not is_unicode(sys.stdout), indent=2)
            sys.stdout.write(shown_in_json(text) + "\n")
        else:
            screen = console()
            for block in _asked_for(view.blocks) if self.quiet else view.blocks:
                self._print(block, screen)
        return view.code

    def _print(self, block: Block, screen: Console) -> None:
        match block:
            case Line():
                _print_line(block, screen)
            case Table():
                _print_table(block, screen)
            case Excerpt():
                _print_passage(block, screen)
            case Result():
                lines = block.text.split("\n")
                sys.stdout.write("\n".join(map(shown_in_line, lines) if screen.is_terminal else lines) + "\n")
                if block.note and not self.quiet:
                    from rich.text import Text

                    console(error=True).print(Text(shown_in_line(block.note), "dim"), soft_wrap=True)

    def person(self) -> TerminalPerson:
        """Who can be asked."""
        return TerminalPerson(self.still, as_json=self.as_json)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A line that says what is being done: on a terminal only, and not with --quiet or --json."""
        note = _noted()
        spoken = any(isinstance(handler, StepHandler) for handler in logging.getLogger("casework").handlers)
        if self.as_json or self.quiet or spoken or not sys.stderr.isatty():
            yield note
            return
        from rich.text import Text

        def say(text: str) -> None:
            note(text)
            status.update(Text(shown_in_line(text)))

        with console(error=True).status("beginning") as status:
            self._moving = status
            try:
                yield say
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


def _asked_for(blocks: Iterable[Block]) -> list[Block]:
    """Without hints; and where there is something to take away, that alone."""
    kept = [block for block in blocks if not (isinstance(block, Line) and block.hint)]
    return [block for block in kept if isinstance(block, Result)] or kept


def _print_line(line: Line, screen: Console) -> None:
    """On a terminal a line goes on under its own beginning, between words. An address is never broken."""
    from rich.padding import Padding
    from rich.text import Text

    text = _text(line.parts)
    if screen.is_terminal and "://" not in text.plain:
        screen.print(Padding(text, (0, 0, 0, line.indent), expand=False))
    else:
        screen.print(Text(" " * line.indent) + text, soft_wrap=True)


def _print_table(block: Table, screen: Console) -> None:
    """As a table, or on a terminal too narrow for it row by row: no word, number or address is broken in two."""
    table = _table(block)
    if not screen.is_terminal or _fitted(table, screen):
        screen.print(table)
    else:
        _print_rows(block, screen)


def _fitted(table: rich.table.Table, screen: Console) -> bool:
    """Makes a table as narrow as the screen, each column at least as wide as its longest word; whether that can be done."""
    from rich.measure import Measurement

    boundless = screen.options.update(max_width=1 << 16)
    needs = [
        [Measurement.get(screen, boundless, cell) for cell in (column.header, *column.cells)] for column in table.columns
    ]
    least = [max(need.minimum for need in column) for column in needs]
    most = [max(need.maximum for need in column) for column in needs]
    edges = Measurement.get(screen, boundless, table).maximum - sum(most)
    spare = screen.width - edges - sum(least)
    if 0 <= spare < sum(most) - sum(least):
        more = [min(high, max(low, screen.width)) - low for low, high in zip(least, most, strict=True)]
        for column, low, wish in zip(table.columns, least, more, strict=True):
            column.width = low + min(wish, spare * wish // sum(more))
    return spare >= 0


def _print_rows(block: Table, screen: Console) -> None:
    """Each row in lines of its own: the first cell and what has no name as its head, the others below it by their names."""
    from rich.text import Text

    if block.title:
        screen.print(Text("\n" * block.apart + shown_in_line(block.title), "table.title"))
    for row in block.rows:
        cells = [(name, cell if isinstance(cell, tuple) else (cell,)) for name, cell in zip(block.columns, row, strict=True)]
        named = next((number for number, (name, _) in enumerate(cells) if name), 0)
        head = [part for _, cell in cells[: named + 1] for part in cell if _text((part,)).plain.strip()]
        screen.print()
        _print_line(Line(tuple(part for word in head for part in (word, " "))[:-1]), screen)
        for name, cell in cells[named + 1 :]:
            for number, part in enumerate(cell):
                if _text((part,)).plain.strip():
                    label = f"{name}: " if name and not number else ""
                    _print_line(Line((label, part), indent=4 if number else 2), screen)
    screen.print()


def _table(block: Table) -> rich.table.Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    title = Text("\n" * block.apart + shown_in_line(block.title), "table.title") if block.title else None
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", header_style="bold", pad_edge=False)
    for name in block.columns:
        table.add_column(Text(shown_in_line(name)), overflow="fold", vertical="top")
    for row in block.rows:
        table.add_row(*map(_cell, row))
    return table


def _cell(cell: Cell) -> Text:
    from rich.text import Text

    return Text("\n").join(_text((part,)) for part in (cell if isinstance(cell, tuple) else (cell,)))


def _print_passage(passage: Excerpt, screen: Console) -> None:
    """Where it stands, what was said, and which record holds it, each on a line of its own, and an empty one after."""
    _print_line(Line((Span(passage.head, "aside"),)), screen)
    _print_line(Line(passage.said, indent=4), screen)
    if passage.origin:
        _print_line(Line((Span(passage.origin, "aside"),), indent=4), screen)
    screen.print()


def _text(parts: Iterable[Part]) -> Text:
    from rich.text import Text

    text = Text()
    for part in parts:
        if isinstance(part, str):
            text.append(shown_in_line(part))
        elif isinstance(part, Bar):
            text.append("█" * part.full + "░" * (part.cells - part.full), _STYLES[part.tone])
        else:
            text.append(shown_in_line(part.text), _STYLES[part.tone])
    return text
