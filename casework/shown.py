"""Found passages and changed facts in words, as a terminal shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from casework.answers import Hit
from casework.terminal import inert, value_text
from collector.canonical import plain
from collector.model import ORIGINS, Fact, kept_in_part


def hit_text(hit: Hit) -> Text:
    """What was found, what was looked for in bold; then where it stands. What a page says cannot act on the terminal."""
    text = Text()
    of_file = hit.source == "file" or hit.kind == "asserted"
    where = hit.case + (f" ({hit.case_name})" if hit.case_name else "")
    page = "entered by you" if hit.kind == "asserted" else f"{hit.kind} {'file' if of_file else 'page'}"
    if hit.file and not of_file:
        page = f"{hit.kind} {ORIGINS['saved']}"
    said = " ".join(filter(None, (hit.said_by, f"({hit.name})" if hit.name else ""))) if hit.source == "message" else ""
    printed = f"printed {hit.printed}" if hit.printed and hit.begun != hit.ended else ""
    head = [hit.source, inert(said), hit.when(), inert(printed), inert(where), page]
    text.append(" · ".join(filter(None, head)) + "\n", style="dim")
    _append_marked(text, "    ", hit.label, hit.label_marks)
    if hit.excerpt:
        note = "" if hit.excerpt_of == "text" else f"[{hit.excerpt_of}] "
        _append_marked(text, (": " if hit.label else "    ") + note, hit.excerpt, hit.marks)
    visits = f" (in {hit.visits} visits, first {hit.first_snapshot})" if hit.visits > 1 and hit.first_snapshot else ""
    part = f"; the page was {inert(kept_in_part(hit.lacks))}" if hit.lacks else ""
    origin = f"    {hit.snapshot or hit.file}{visits}{part}\n" if hit.snapshot or hit.file else ""
    return text.append("\n" + origin, style="dim")


def _append_marked(text: Text, before: str, passage: str, marks: tuple[tuple[int, int], ...]) -> None:
    text.append(before if passage else "")
    begin = len(text)
    text.append(inert(passage))
    for start, end in marks:
        text.stylize("bold yellow", begin + start, begin + end)


def difference(before: Fact | None, after: Fact | None) -> tuple[str, str]:
    """What a fact said before and says now, in a few words; of lists, the first entry that differs."""
    old, new = before.value if before else None, after.value if after else None
    if isinstance(old, tuple) and isinstance(new, tuple):
        at = next((n for n, pair in enumerate(zip(old, new, strict=False)) if plain(pair[0]) != plain(pair[1])), None)
        if at is not None:
            return (
                f"{len(old)} entries; {_entry(old[at], new[at], at)}",
                f"{len(new)} entries; {_entry(new[at], old[at], at)}",
            )
    return _state_text(before), _state_text(after)


def _entry(entry: Any, other: Any, at: int) -> str:
    """What an entry says, of a mapping only where it differs from the other."""
    if isinstance(entry, Mapping) and isinstance(other, Mapping):
        entry = ", ".join(f"{k} {value_text(v)}" for k, v in entry.items() if k not in other or plain(other[k]) != plain(v))
    return f"{at + 1}: {value_text(entry)}"


def _state_text(fact: Fact | None) -> str:
    if fact is None:
        return "–"
    return value_text(fact.value) if fact.state == "read" else fact.state.replace("_", " ")
