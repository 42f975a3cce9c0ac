"""A change of a page: what it said at one look and says at another. The values that the rules on changes speak in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from collector.model import ALIBABA, Fact, Place, StandingPage

ChangeKind = Literal["fact", "message", "text", "picture"]
KINDS: tuple[ChangeKind, ...] = ("fact", "message", "text", "picture")


@dataclass(frozen=True, slots=True)
class WatchedPage:
    """A page that is looked at again and again: its case, the target's id, its kind (order, thread…), and its site."""

    case: str
    target: str
    kind: str
    site: str = ALIBABA


@dataclass(frozen=True, slots=True)
class PageReading:
    """What one visit of a page says. `at` is when it was looked at (UTC); `whole`: nothing is missing from it.

    `standing` is what of it stands from one look to the next; None where that was not asked for.
    """

    snapshot: str
    at: datetime
    facts: tuple[Fact, ...]
    whole: bool = True
    standing: StandingPage | None = None

    @property
    def seen(self) -> Seen:
        return Seen(self.snapshot, self.at)


@dataclass(frozen=True, slots=True)
class Seen:
    """One end of a change: the visit that shows it, and when that was (UTC)."""

    snapshot: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """Something on a page that was so at one look (`first`) and otherwise at a later one (`then`), the next that tells.

    `name` is the fact's; of a message message.new, .edited, .recalled or .missing; of words and pictures "text" and
    "picture". `before` and `after` are plain data, None where the page did not show it. `way` says how a value went: lower,
    higher, earlier, later, gone, set or other. `adverse`: it is to the buyer's harm, for the reason `why`; `todo` says what
    to do about it. `text` is one sentence; `head` the same without what it was and is, for where both are shown beside it.
    `places` are where both stand in the kept pages, where that is known.
    """

    page: WatchedPage
    kind: ChangeKind
    name: str
    before: Any
    after: Any
    first: Seen
    then: Seen
    head: str
    text: str
    way: str = "other"
    adverse: bool = False
    why: str = ""
    todo: str = ""
    places: tuple[Place | None, Place | None] = (None, None)
