"""What changed as a page to look at: the answer of `changes`, with pieces of the visits' pictures and charts of values."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from casework.asking.changes import ChangesAnswer
from casework.cases import machine_zone
from casework.workspace import Workspace
from collector.archive.queries import Case
from collector.errors import ArchiveError, DamagedArchive
from collector.ledger.disk import write_file
from collector.model import Area, Fact, Snapshot
from collector.progress import Progress
from collector.reading.boxes import Layout
from collector.reading.stored import stored_page
from collector.site import StoredPage
from rules.changes.change import Change, Seen, WatchedPage
from rules.changes.chart import Point, Series, by_day
from rules.changes.document import ChangesDocument, FramedPiece, ShownCase, ShownChange, ShownPage, ShownPlace, render
from rules.changes.policy import load_change_policy
from rules.changes.values import number_in, told
from rules.language.facts import fact_words, page_words, sentence
from rules.policy.calendars import day_in

if TYPE_CHECKING:
    from PIL.Image import Image

# What is worth a chart where it moved: prices, limits, amounts, and what the site measures.
_CHARTED = (
    "supplier.limit", "product.price_tiers", "order.total", "dispute.amount", "dispute.offer", "supplier.rating",
    "supplier.on_time_delivery", "supplier.dispute_rate", "supplier.reviews",
)  # fmt: skip
_MOST_DRAWN = 30  # pages between two visits of which pictures are drawn, the newest; a year of them is a hundred megabytes
_TALLEST = 500  # page pixels: a taller box is a whole part of the page, a frame round it would point at nothing
_ELSEWHERE = "Name a file in a folder of yours."


def require_place(path: Path) -> None:
    """Raises ArchiveError where no page can be written: said before the work, not after it."""
    place = path.expanduser().absolute()
    if place.is_dir():
        raise ArchiveError(f"{place} is a folder.", "Name a file in it, such as changes.html.")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"There can be no folder {place.parent} ({error.strerror}).", _ELSEWHERE) from error
    if not os.access(place.parent, os.W_OK):
        raise ArchiveError(f"Nothing can be written to {place.parent}.", _ELSEWHERE)


def write_page(ws: Workspace, answer: ChangesAnswer, path: Path, progress: Progress) -> Path:
    """Writes the page, whole in one file; gives where. Raises ArchiveError where it cannot be written."""
    place = path.expanduser().absolute()
    shown = tuple(_CasePage(ws, answer, case, progress).shown() for case in answer.cases)
    document = ChangesDocument(shown, ws.clock.now(), machine_zone(), answer.since, answer.notes, answer.unsealed)
    write_file(place, render(document))
    return place


@dataclass
class _Look:
    """One visit, its page and its picture opened when first asked for; None where they are damaged or were not kept."""

    ws: Workspace
    snapshot: Snapshot

    @cached_property
    def page(self) -> StoredPage | None:
        try:
            return stored_page(self.snapshot, self.ws.archive.objects.get, self.ws.alias)
        except DamagedArchive:
            return None

    @cached_property
    def picture(self) -> Image | None:
        from rules.pack.render.copies import whole_page

        tiles = tuple(a for a in self.snapshot.artefacts if a.role == "tile")
        try:
            return whole_page(tiles, self.ws.archive.objects.get)
        except DamagedArchive:
            return None

    @cached_property
    def moving(self) -> tuple[Area, ...]:
        return self.ws.site_of(self.snapshot.target).moving_areas(self.page) if self.page is not None else ()

    def area(self, change: Change, side: int) -> Area | None:
        """Where a change stands on this side: a fact where it was read, a message where its words stand once."""
        place = change.places[side]
        if place is not None and place.box is not None:
            return place.box
        value = (change.before, change.after)[side]
        words = value.get("text") if change.kind == "message" and isinstance(value, Mapping) else value
        if not isinstance(words, str) or self.page is None:
            return None
        return Layout(self.page.boxes).of_text(words)


@dataclass
class _CasePage:
    """One case put together. Pictures of a page between two visits are held while it is made, and no longer."""

    ws: Workspace
    answer: ChangesAnswer
    case: Case
    progress: Progress
    _looks: dict[str, _Look] = field(default_factory=dict)

    def shown(self) -> ShownCase:
        own = [change for change in self.answer.changes if change.page.case == self.case.order]
        pages = tuple(
            self._page(*window, found, drawn=number < _MOST_DRAWN)
            for number, (window, found) in enumerate(_windows(own).items())
        )
        cards = {id(change): self._card(change) for change in own if change.adverse}
        rank = load_change_policy().rank
        adverse = sorted((c for c in own if c.adverse), key=lambda c: (rank(c.name), -c.then.at.timestamp()))
        others = [ShownChange(c, self.case.zone) for c in own if not c.adverse and c.kind in ("fact", "message")]
        series = tuple(self._series(own))
        return ShownCase(
            self.case.order, self.case.name, self.case.zone, tuple(cards[id(c)] for c in adverse), tuple(others),
            tuple(page for page in pages if page.text or page.picture or page.places), series,
        )  # fmt: skip

    def _card(self, change: Change) -> ShownChange:
        shots = [self._shot(change, side) for side in (0, 1)]
        return ShownChange(change, self.case.zone, *shots)

    def _shot(self, change: Change, side: int) -> FramedPiece | None:
        from rules.changes.pictures import crop

        seen = (change.first, change.then)[side]
        look = self._look(seen)
        box = look.area(change, side) if look is not None else None
        if look is None or box is None or box[3] > _TALLEST or look.picture is None:
            return None
        if box[1] + box[3] > look.picture.height:
            return None
        words = f"{'Before' if side == 0 else 'Now'}: {change.text}"
        return _as_shot(crop(look.picture, box), words)

    def _page(self, page: WatchedPage, first: Seen, then: Seen, found: list[Change], *, drawn: bool) -> ShownPage:
        from rules.changes.pictures import differences

        if not drawn:
            return ShownPage(page, first, then, *_standing(found), drawn=False)
        self.progress(f"laying the pictures of the {page_words(page.kind)} over each other")
        shown = ShownPage(page, first, then, *_standing(found))
        before, after = self._look(first), self._look(then)
        if before is None or after is None or before.picture is None or after.picture is None:
            return shown
        if not self.ws.site_of(before.snapshot.target).stands(page.kind):
            return shown  # a conversation's messages are told one by one
        places, more = differences(before.picture, after.picture, (before.moving, after.moving))
        where = page_words(page.kind)
        made = tuple(
            ShownPlace(
                _as_shot(place.before, f"The {where} before"), _as_shot(place.after, f"The {where} now"),
                _as_shot(place.overlay, f"The {where} before and now, laid over each other"),
            )
            for place in places
        )  # fmt: skip
        return replace(shown, places=made, more=more)

    def _look(self, seen: Seen) -> _Look | None:
        if seen.snapshot not in self._looks:
            snapshot = self.ws.index.snapshot(seen.snapshot)
            if snapshot is None:
                return None
            while len(self._looks) > 3:  # a page's picture is tens of megabytes
                self._looks.pop(next(iter(self._looks)))
            self._looks[seen.snapshot] = _Look(self.ws, snapshot)
        return self._looks[seen.snapshot]

    def _series(self, own: list[Change]) -> Iterator[Series]:
        """A chart of each value of a page that moved since the case was opened."""
        kinds = {look.snapshot: (look.target, look.kind) for look in self.ws.index.looks(self.case.order)}
        for name in _CHARTED:
            found: dict[tuple[str, str], list[Fact]] = {}
            for fact in self.ws.index.facts(self.case.order, name):
                if fact.snapshot in kinds and fact.state in ("read", "not_shown") and fact.at is not None:
                    found.setdefault(kinds[fact.snapshot], []).append(fact)
            for (target, kind), facts in found.items():
                series = self._one_series(name, kind, facts, own, target)
                if series is not None:
                    yield series

    def _one_series(self, name: str, kind: str, facts: list[Fact], own: list[Change], target: str) -> Series | None:
        points = by_day(self._point(fact) for fact in facts)
        adverse = any(c.adverse and c.name == name and c.page.target == target for c in own)
        series = Series(_title(name, kind, self.case.site), points, adverse)
        shown = any(point.value is not None for point in points)
        return series if series.moved and shown and len({p.day for p in points}) > 1 else None

    def _point(self, fact: Fact) -> Point:
        value = number_in(fact.value) if fact.state == "read" else None
        words = "not shown" if value is None else told(_charted(fact.value), self.case.zone).strip("“”")
        assert fact.at is not None  # those without are left out before
        return Point(day_in(fact.at, self.case.zone), value, words)


def _standing(found: list[Change]) -> tuple[Change | None, Change | None]:
    """Of the changes between two visits that of words, and that of pictures."""
    text, picture = (next((c for c in found if c.kind == kind), None) for kind in ("text", "picture"))
    return text, picture


def _title(name: str, kind: str, site: str) -> str:
    words = sentence(fact_words(name, site=site))
    if name == "product.price_tiers":
        words = "The product's price for the smallest number"
    return f"{words} ({page_words(kind)})"


def _charted(value: object) -> object:
    """Of a list of prices the first, which is drawn."""
    return value[0].get("price") if isinstance(value, tuple) and value and isinstance(value[0], Mapping) else value


def _as_shot(picture: Image, words: str) -> FramedPiece:
    from rules.changes.pictures import webp

    return FramedPiece(webp(picture), words, picture.width, picture.height)


def _windows(changes: Iterable[Change]) -> dict[tuple[WatchedPage, Seen, Seen], list[Change]]:
    """The changes by the page and the two visits that show them, the newest first."""
    found: dict[tuple[WatchedPage, Seen, Seen], list[Change]] = {}
    for change in sorted(changes, key=lambda c: c.then.at, reverse=True):
        found.setdefault((change.page, change.first, change.then), []).append(change)
    return found
