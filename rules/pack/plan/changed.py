"""What changed on the pages to the buyer's harm, before beside after, each with the exhibit that shows it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from collector.model import Area, Place
from rules.case.casefile import CaseFile
from rules.changes.change import Change
from rules.changes.messages import said_by, translation_of
from rules.changes.pages import case_changes
from rules.changes.values import sides
from rules.policy.calendars import day_in


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """One change: `text` in a sentence, and `head`, the same without the sides; both sides in words, when each was seen
    (UTC), and the exhibits that show them ("" where the visit is none). `name` is the fact's, or what befell a message;
    `boxes` are where both stand in the pictures of the visits, in page pixels, None where that is not known.
    """

    name: str
    head: str
    text: str
    before: str
    after: str
    seen: datetime
    then: datetime
    sources: tuple[str, str]
    boxes: tuple[Area | None, Area | None] = (None, None)

    @property
    def source(self) -> str:
        """Both exhibits, as a row of the timeline names them."""
        return ", ".join(dict.fromkeys(filter(None, self.sources)))


def adverse_changes(casefile: CaseFile, since: date | None = None) -> tuple[Change, ...]:
    """Those of a case that are to the buyer's harm and were first shown by a visit since that day, oldest first."""
    found = (change for change in case_changes(casefile) if change.adverse)
    return tuple(c for c in found if since is None or day_in(c.then.at, casefile.zone) >= since)


def before_and_after(changes: Iterable[Change], numbers: Mapping[str, str], zone: str) -> tuple[BeforeAfter, ...]:
    """The same as a pack shows them; `numbers` are the exhibits by the id of the visit."""
    return tuple(
        BeforeAfter(
            change.name, change.head, change.text, *_sides(change, zone), change.first.at, change.then.at,
            (numbers.get(change.first.snapshot, ""), numbers.get(change.then.snapshot, "")),
            (_box(change.places[0]), _box(change.places[1])),
        )
        for change in changes
    )  # fmt: skip


def _box(place: Place | None) -> Area | None:
    return place.box if place is not None else None


def _sides(change: Change, zone: str) -> tuple[str, str]:
    if change.kind != "message":
        return sides(change.before, change.after, zone)
    return _message(change.before) or "no words", _message(change.after) or "not in the conversation"


def _message(message: object) -> str:
    """The words of a message, below them how the site translated them."""
    words, translation = said_by(message), translation_of(message)
    return f"{words}\nTranslated by the site: {translation}" if words and translation else words
