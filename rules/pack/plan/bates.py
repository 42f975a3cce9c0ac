"""One space of page numbers over a whole pack, as law firms stamp what they hand over (Bates numbers). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from collector.model import Exhibit

PREFIX = "TW"


@dataclass(frozen=True, slots=True)
class Numbered:
    """The page numbers of one exhibit, `first` and `last` among them."""

    first: int
    last: int

    def __str__(self) -> str:
        """ "TW-000004", or "TW-000004 to TW-000009"."""
        return written(self.first) if self.first == self.last else f"{written(self.first)} to {written(self.last)}"

    def page(self, number: int) -> str:
        """What its page of this number, counted from 1, bears."""
        return written(self.first + number - 1)


def written(number: int) -> str:
    """ "TW-000123"."""
    return f"{PREFIX}-{number:06d}"


def bates(exhibits: Iterable[Exhibit], pages: Mapping[str, int]) -> Mapping[str, Numbered]:
    """The page numbers by exhibit, from 1 on; `pages` says how many reading copies each has.

    An exhibit without any (a film, a contract, what is withheld) bears one number as a whole, so that it can be cited, too.
    """
    numbers: dict[str, Numbered] = {}
    last = 0
    for exhibit in exhibits:
        first, last = last + 1, last + (pages.get(exhibit.number, 0) or 1)
        numbers[exhibit.number] = Numbered(first, last)
    return numbers
