"""The archive itself: made, examined, indexed again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from casework.blocks import Cell, Span, Table, View, hint, line, notes
from collector.canonical import as_json
from collector.errors import DONE, PARTIAL, PERSON_NEEDED, exit_code_of

if TYPE_CHECKING:
    from casework.asking.site_today import SitePage
    from casework.doctor import HealthItem

_UNREAD = {"not_shown": "not found on the page", "unreadable": "not understood"}
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


def site_today(pages: tuple[SitePage, ...]) -> View:
    """Which readers work on the site's public pages today."""
    keys = ("kind", "url", "outcome", "why", "works")
    rows = [{**{key: getattr(page, key) for key in keys}, "facts": _states(page)} for page in pages]
    codes = {PERSON_NEEDED if page.outcome == "blocked" else PARTIAL for page in pages if not page.works}
    table = Table(("", "Page", "Read", "Not read", "What to know"), tuple(map(_site_page, pages)))
    kept = hint(
        "Nothing of this was kept. A page that is not read: save it, and make a sample of it with: tradewitness sample"
    )
    return View({"site": as_json(rows), "ok": not codes}, (table, kept), exit_code_of(codes))


def _states(page: SitePage) -> list[dict[str, str]]:
    return [{"name": fact.name, "state": fact.state} for fact in page.facts]


def _site_page(page: SitePage) -> tuple[Cell, ...]:
    read = [fact.name for fact in page.facts if fact.state == "read"]
    others = [f"{fact.name} ({_UNREAD[fact.state]})" for fact in page.facts if fact.state in _UNREAD]
    mark = _MARKS["ok" if page.works else "problem" if page.outcome == "blocked" else "note"]
    return mark, (page.kind, page.url or "–"), tuple(read) or "nothing", tuple(others), page.why or str(page.outcome)


def reindexed(counts: Mapping[str, int]) -> View:
    """How many of each the index holds."""
    held = ", ".join(f"{number} {name}" for name, number in counts.items())
    return View({"index": dict(counts)}, (line(f"The index is built again: {held}."),))
