"""Dates of three numbers: which of them is the day. Settled by the dates of the whole file, never guessed.

A date with dots has the day first, wherever dots are used (CLDR's short dates), one of four digits first the year. Of the
others the file itself tells: a number above 12 is a day, a weekday must fit, and messages stand in the order in which they
came. Where two readings are left both are kept, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from collector.saved.chats.clocks import day_of
from collector.saved.chats.conversation import NONE, Caution

Order = Literal["dmy", "mdy", "ymd"]
SAID: dict[str, Order] = {"day_first": "dmy", "month_first": "mdy"}
_EITHER: tuple[tuple[Order, Order], ...] = (("dmy", "mdy"), ("mdy", "dmy"))
_WORDS: dict[Order, str] = {"dmy": "the day", "mdy": "the month", "ymd": "the year"}


@dataclass(frozen=True, slots=True)
class Written:
    """A date as it stands: its text, its three numbers, and the weekday printed beside it (0 for Monday), if one is."""

    text: str
    parts: tuple[str, str, str]
    weekday: int | None = None

    def read(self, order: Order) -> date | None:
        """The day it is in that order, or None where it cannot be one."""
        first, second, third = self.parts
        if order == "ymd":
            return day_of(first, second, third)
        day = day_of(third, second, first) if order == "dmy" else day_of(third, first, second)
        return day if day and self.weekday in (None, day.weekday()) else None


@dataclass(frozen=True, slots=True)
class Settled:
    """The orders in which a file's dates can be read, one of them where it is known, and what a person must know of it."""

    orders: tuple[Order, ...]
    caution: Caution = NONE

    def days(self, written: Written) -> tuple[date, ...]:
        """Every day that this date can be."""
        return tuple(dict.fromkeys(day for order in self.orders if (day := written.read(order))))


def settle(dates: Sequence[Written], said: str = "") -> Settled:
    """In which order the numbers of a file's dates stand; `said` is what the buyer says of it (a key of SAID, or "").

    What the file itself rules out is not taken from the buyer either.
    """
    possible = _possible(dates)
    dates = [date for date in dates if any(date.read(order) for order in possible)]  # another calendar's tell nothing
    fitting = tuple(order for order in possible if dates and all(date.read(order) for date in dates))
    if dates and not fitting:
        return _in_no_one_order(dates)
    orders = tuple(order for order in fitting if _rises(dates, order)) or fitting
    wanted = SAID.get(said)
    if wanted and orders and orders != ("ymd",):
        against = next((one.text for one in dates if not one.read(wanted)), "")
        if not against:
            return Settled((wanted,))
        other = f"“{against}” in it cannot be read with {_WORDS[wanted]} first, as the buyer says"
        return Settled(orders, Caution(f"{other}: it was read with {_WORDS[orders[0]]} first."))
    return Settled(orders, _doubt(dates, orders))


def _in_no_one_order(dates: Sequence[Written]) -> Settled:
    """Each date by itself, as a conversation that was pasted into a message may have its own."""
    day_first, month_first = (
        next(one.text for one in dates if one.read(order) and not one.read(other)) for order, other in _EITHER
    )
    return Settled(
        ("dmy", "mdy"),
        Caution(
            f"No one order fits all its dates: “{day_first}” has the day first, “{month_first}” the month. Each message "
            "counts for every day that its date can be."
        ),
    )


def _possible(dates: Sequence[Written]) -> tuple[Order, ...]:
    if all(len(date.parts[0]) == 4 for date in dates):
        return ("ymd",)
    if all(date.text.endswith(".") and len(date.parts[2]) <= 2 for date in dates):
        return ("ymd",)  # Korean: "26. 8. 3."
    if all("." in date.text for date in dates):
        return ("dmy",) if any(date.read("dmy") for date in dates) else ("mdy",)
    if all(len(date.parts[0]) <= 2 for date in dates) and _only_year_first(dates):
        return ("ymd",)
    return ("dmy", "mdy")


def _only_year_first(dates: Sequence[Written]) -> bool:
    """Whether every date can have the year first ("25/08/03", Basque), and some cannot have it last."""
    return all(date.read("ymd") for date in dates) and any(not (date.read("dmy") or date.read("mdy")) for date in dates)


def _rises(dates: Sequence[Written], order: Order) -> bool:
    days = [day for date in dates if (day := date.read(order))]
    return all(one <= next_one for one, next_one in pairwise(days))


def _doubt(dates: Sequence[Written], orders: tuple[Order, ...]) -> Caution:
    """What is said where two readings are left that differ."""
    for one in dates if len(orders) > 1 else ():
        first, second = (one.read(order) for order in orders[:2])
        if first and second and first != second:
            return Caution(
                f"Its dates can be read in two ways: “{one.text}” is {_in_words(first)} or {_in_words(second)}, and nothing "
                "in the file tells which. Each message counts for both days.",
                "If you know which number is the day, add the file again with --as chat --dates day-first (or month-first).",
            )
    return NONE


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
