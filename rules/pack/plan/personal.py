"""Whose number, mail or house stands in what the other side would see: counted by kind and exhibit, never repeated. Pure.

Found by their form and by the labels beside them; what is written otherwise is not found, and nobody is told that there is
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rules.pack.redact.redactor import KINDS, Redactor

PLACE = "place"
_WORDS = {**KINDS, PLACE: ("place of a photo", "places of photos")}


@dataclass(frozen=True, slots=True)
class PersonalData:
    """How many of one kind (phone, mail, address, account, card, passport, place) stand in an exhibit."""

    exhibit: str
    kind: str
    count: int

    @property
    def words(self) -> str:
        """ "2 telephone numbers"."""
        one, more = _WORDS[self.kind]
        return f"{self.count} {one if self.count == 1 else more}"


def personal_data(exhibit: str, texts: Iterable[str], *, places: int = 0) -> tuple[PersonalData, ...]:
    """What stands in the texts of an exhibit, each value once; `places` of its photos say where they were taken."""
    found: dict[str, set[str]] = {}
    for hit in Redactor().hits("\n".join(texts)):
        found.setdefault(hit.kind, set()).add(re.sub(r"[^\w@]+", "", hit.value).casefold())
    counts = {kind: len(found.get(kind, ())) for kind in KINDS} | {PLACE: places}
    return tuple(PersonalData(exhibit, kind, count) for kind, count in counts.items() if count)
