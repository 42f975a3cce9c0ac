"""Readings written down as facts, each with its place in the stored bytes and, where that is certain, in the pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace

from collector.model import Area, Fact, FactState, Printed
from collector.reading.markup import Frame
from collector.reading.readings import Reading, agreed, same


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes facts of one frame under a reader's name.

    `thorough` is False where not every place is known in which such a page may show a fact: what is not found is then
    unreadable without a place, and not shown only where its place is there and empty.
    """

    frame: Frame
    reader: str
    thorough: bool = True

    def fact(self, name: str, *readings: Reading | None) -> Fact:
        """The fact that readings from independent sources agree on, the first one's place; unreadable where they do not."""
        given = [reading for reading in readings if reading is not None]
        reading = agreed(given)
        page = self.frame.page
        if reading is None or reading.blank:
            unseen: FactState = "not_shown" if self.thorough or reading is not None else "unreadable"
            return Fact(name, None, unseen, page.snapshot, self.reader, None, page.seen_at)
        state: FactState = "unreadable" if reading.value is None else "read"
        place = replace(reading.place, box=self._box(reading, given)) if page.boxes else reading.place
        return Fact(name, reading.value, state, page.snapshot, self.reader, place, page.seen_at)

    def _box(self, reading: Reading, given: list[Reading]) -> Area | None:
        """Where the page shows the value: at its own place, at that of a reading of the markup that says the same, or, for a
        text that was read from data, where it stands once on the page.
        """
        layout, value = self.frame.layout, reading.value
        alike = (other for other in given if other is not reading and value is not None and same(other.value, value))
        for one in (reading, *alike):
            if one.place.scheme == "css":
                box = layout.at(one.place.path, one.place.quote, counts_on=isinstance(value, Printed))
                if box is not None:
                    return box
        return layout.of_text(reading.place.quote) if value == reading.place.quote and isinstance(value, str) else None
