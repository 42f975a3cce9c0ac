"""The archive itself: made, examined, indexed again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from casework.screens.printing import Printer, console
from casework.terminal import escape
from collector.errors import DONE, PERSON_NEEDED

if TYPE_CHECKING:
    from casework.answers import HealthItem
    from collector.archive.index import Index


class HouseScreens(Printer):
    """What concerns the archive and this machine, not a case."""

    def initialised(self, root: Path, made: bool, notes: tuple[str, ...] = ()) -> None:
        if self._json({"archive": str(root), "made": made, "notes": notes}):
            return
        self._say(f"{'The archive is ready' if made else 'There is an archive already'}: {root}")
        for note in notes:
            self._say(f"  [yellow]•[/yellow] {escape(note)}")
        if made:
            self._hint("Next: tradewitness case open ORDER_NUMBER --order ADDRESS")

    def health(self, items: list[HealthItem]) -> int:
        code = PERSON_NEEDED if any(item.state == "problem" for item in items) else DONE
        if self._json({"checks": items, "ok": code == DONE}):
            return code
        table = self._table("", "What", "Found", "What to do")
        marks = {"ok": "[green]✓[/green]", "note": "[yellow]•[/yellow]", "problem": "[red]✗[/red]"}
        for item in items:
            table.add_row(marks[item.state], item.name, escape(item.found), escape(item.todo))
        console().print(table)
        return code

    def reindexed(self, index: Index) -> None:
        counts = index.counts("cases", "snapshots", "facts", "files")
        if not self._json({"index": counts}):
            self._say("The index is built again: " + ", ".join(f"{number} {name}" for name, number in counts.items()) + ".")
