"""Files that a conversation names and that nobody has here: what is not in a pack though a reader will ask for it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from collector.model import Exhibit
from rules.pack.plan.plan import PackPlan
from rules.pack.plan.timeline import MESSAGES
from rules.pack.plan.wording import say

_MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Unkept:
    """What an exhibit speaks of and the pack does not show: which it is, and why. `unopened`: nobody can open the file."""

    exhibit: str
    what: str
    why: str
    unopened: bool = False


def unkept(plan: PackPlan) -> tuple[Unkept, ...]:
    """The files that messages name and of which no copy was kept, by the last exhibit that names them.

    One that came with another export, or that the buyer added under that name, is there.
    """
    named = [(exhibit, attached) for exhibit in plan.exhibits for attached in _attached(plan, exhibit)]
    there = {_key(attached) for _, attached in named if attached.get("digest")}
    there |= {file.name.rpartition("/")[2].casefold() for file in plan.files}
    last = {
        _key(attached): (exhibit, say(attached.get("name"))) for exhibit, attached in named if _key(attached) not in there
    }
    rows = sorted(last.values(), key=lambda row: row[0].number)
    return tuple(_told(exhibit, [name for _, name in own]) for exhibit, own in groupby(rows, lambda row: row[0]))


def _attached(plan: PackPlan, exhibit: Exhibit) -> Iterator[Mapping[str, Any]]:
    for fact in plan.facts:
        if fact.name in MESSAGES and fact.state == "read" and fact.snapshot and fact.snapshot == plan.origin(exhibit):
            for message in fact.value:
                yield from (a for a in message.get("attachments") or () if isinstance(a, Mapping) and say(a.get("name")))


def _key(attached: Mapping[str, Any]) -> str:
    return say(attached.get("name")).casefold()


def _told(exhibit: Exhibit, names: list[str]) -> Unkept:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    files = "a file" if len(names) == 1 else f"{len(names)} files"
    why = "The page named it" if len(names) == 1 else "The page named them"
    if not exhibit.witnessed:
        why = "The conversation came without it" if len(names) == 1 else "The conversation came without them"
    return Unkept(
        exhibit.number,
        f"{files} that its messages name: {', '.join(names[:_MOST_NAMES])}{more}",
        f"{why}, and no copy was kept",
    )
