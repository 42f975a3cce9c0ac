"""What changed on the pages of a case: what is to the buyer's harm first, each change with the two visits that show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from casework.blocks import Block, Line, Span, View, hint, line, warnings
from collector.canonical import as_json
from rules.language.words import time_words

if TYPE_CHECKING:
    from pathlib import Path

    from casework.asking.changes import ChangesAnswer
    from collector.archive.queries import Case
    from rules.changes.change import Change, Seen

_MOST_MESSAGES = 5  # new ones that are told one by one; a conversation that was kept for the first time has thousands


def changes(answer: ChangesAnswer, page: Path | None = None) -> View:
    """Every change, oldest first for programs; for people by case, what is adverse first; `page` is where it is drawn."""
    rows = [change_row(change, sealed=answer.is_sealed(change)) for change in answer.changes]
    value = {"changes": rows, "since": answer.since, "notes": answer.notes, "html": str(page) if page else None}
    return View(as_json(value), tuple(_blocks(answer, page)))


def change_row(change: Change, *, sealed: bool = True) -> Mapping[str, Any]:
    """One change as other programs take it."""
    page = change.page
    return {
        "case": page.case, "target": page.target, "page": page.kind, "kind": change.kind, "name": change.name,
        "before": change.before, "after": change.after, "adverse": change.adverse, "from": change.first, "to": change.then,
        "text": change.text, "why": change.why, "todo": change.todo, "sealed": sealed,
    }  # fmt: skip


def _blocks(answer: ChangesAnswer, page: Path | None) -> Iterator[Block]:
    for case in answer.cases:
        own = [change for change in answer.changes if change.page.case == case.order]
        title = f"Case {case.order}{f' · {case.name}' if case.name else ''}"
        yield line(Span(title, "strong"), f": {_count(own)}")
        yield from _of_case(own, case, answer)
    if not answer.cases:
        yield line("No case is open. Begin with: tradewitness watch")
    yield from warnings(answer.notes)
    if page is not None:
        yield line(f"Open it in your browser: {page}")
    elif answer.changes:
        yield hint("See them side by side, with pictures: tradewitness changes CASE --html FILE")


def _count(own: list[Change]) -> str:
    if not own:
        return "nothing changed."
    adverse = sum(change.adverse for change in own)
    harm = f", {adverse} of them to your harm" if adverse else ", none to your harm"
    return f"{len(own)} change{'' if len(own) == 1 else 's'}{harm}."


def _of_case(own: list[Change], case: Case, answer: ChangesAnswer) -> Iterator[Line]:
    for change in sorted(own, key=lambda change: not change.adverse):
        if change.adverse:
            yield from _change(change, case, answer)
    rest = [change for change in own if not change.adverse]
    for name, group in groupby(rest, key=lambda change: (change.then, change.name == "message.new")):
        found = list(group)
        many = name[1] and len(found) > _MOST_MESSAGES
        for change in found[-_MOST_MESSAGES:] if many else found:
            yield from _change(change, case, answer)
        if many:
            yield hint(f"and {len(found) - _MOST_MESSAGES} new messages before these", indent=4)


def _change(change: Change, case: Case, answer: ChangesAnswer) -> Iterator[Line]:
    yield line(Span("!", "bad") if change.adverse else Span("·", "aside"), f" {change.text}", indent=2)
    if change.kind in ("text", "picture"):
        return  # most repeat in the page's own words what a fact tells
    if change.adverse:
        yield line(f"{change.why} {change.todo}", indent=4)
    late = "" if answer.is_sealed(change) else "; not sealed yet"
    said = f"{_when(change.first, change.then, case.zone)} (visits {change.first.snapshot}, {change.then.snapshot}{late})"
    yield line(Span(said, "aside"), indent=4)


def _when(first: Seen, then: Seen, zone: str) -> str:
    before, after = (time_words(seen.at, zone).removesuffix(f" ({zone})") for seen in (first, then))
    return f"Between {before} and {after}"
