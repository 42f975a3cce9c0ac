"""The archive itself: made, examined, indexed again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from casework.blocks import Span, Table, View, hint, line, notes
from collector.canonical import as_json
from collector.errors import DONE, PERSON_NEEDED

if TYPE_CHECKING:
    from casework.doctor import HealthItem

_MARKS = {"ok": Span("✓", "good"), "note": Span("•", "warning"), "problem": Span("✗", "bad")}


def initialised(root: Path, made: bool, said: tuple[str, ...] = ()) -> View:
    """An archive that was made, or stood there already."""
    ready = line(f"{'The archive is ready' if made else 'There is an archive already'}: {root}")
    then = (hint("Next: tradewitness case open ORDER_NUMBER --order ADDRESS"),) if made else ()
    return View({"archive": str(root), "made": made, "notes": list(said)}, (ready, *notes(said), *then))


def health(items: list[HealthItem]) -> View:
    """What `doctor` looked at."""
    code = PERSON_NEEDED if any(item.state == "problem" for item in items) else DONE
    rows = tuple((_MARKS[item.state], item.name, item.found, item.todo) for item in items)
    table = Table(("", "What", "Found", "What to do"), rows)
    return View(as_json({"checks": items, "ok": code == DONE}), (table,), code)


def reindexed(counts: Mapping[str, int]) -> View:
    """How many of each the index holds."""
    held = ", ".join(f"{number} {name}" for name, number in counts.items())
    return View({"index": dict(counts)}, (line(f"The index is built again: {held}."),))
