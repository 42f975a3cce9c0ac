"""A wall clock as people's devices print it, and the instants that it can mean: a printed time has no zone.

It is the device's own zone, and which that was is not known: a range from the first place on earth where it can be that
time to the last says so. The marks of half a day are those of Unicode's CLDR (AM and PM of each language, and the periods of
the Chinese day).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import product

from collector.model import Printed

_FIRST_ZONE, _LAST_ZONE = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
_FIRST_CHATS = 9  # no program whose exports have two digits for the year is older than 2009
_BUDDHIST = 543  # years that a Thai calendar is ahead
_BEFORE_NOON = frozenset(
    "am a pg sa öö fm vm vorm dop de ص صباحا ق.ظ. قظ дп πμ пп 오전 上午 午前 早上 清晨 凌晨 पूर्वाह्न ก่อนเที่ยง לפנהצ".split()
)
_AFTER_NOON = frozenset(
    "pm p ptg ch ös em nm nachm odp du م مساء ب.ظ. بظ пд μμ 오후 下午 午後 晚上 傍晚 अपराह्न หลังเที่ยง אחהצ".split()
)
# What stands between a date and its time and says nothing of it: "klo 14.08", "à 14:08", "at 9:22".
_FILLER = re.compile(r"^(?:klo|kl|à|a las|alle|at|um|o|о|в|u|ás|às|la|г)?$")


def hours_of(hour: int, mark: str) -> tuple[int, ...]:
    """The hours of the day (0 to 23) that a printed hour can mean beside such a mark; () for none.

    Both halves of the day are meant where the mark is not known.
    """
    mark = re.sub(r"[\s.,״\"']", "", mark.casefold())
    if mark == "中午":  # from eleven to one
        return {11: (11,), 12: (12,), 1: (13,)}.get(hour, ())
    if mark in _BEFORE_NOON:
        return (hour % 12,) if 1 <= hour <= 12 else ((0,) if hour == 0 else ())
    if mark in _AFTER_NOON:
        if mark == "晚上" and hour == 12:
            return ()  # the evening ends at midnight: noon or midnight, nobody says
        return (hour % 12 + 12,) if 0 <= hour <= 12 else ((hour,) if 12 < hour < 24 else ())  # Japan's 午後0:30 is 12:30
    if not 0 <= hour <= 23:
        return ()
    if _FILLER.match(mark) or not 1 <= hour <= 12:
        return (hour,)
    return hour % 12, hour % 12 + 12


def year_of(digits: str) -> int:
    """A printed year: of two digits this century's, a Thai one in our count; 0 for one in which nobody wrote a message."""
    year = int(digits)
    if len(digits) <= 2:
        return 2000 + year if _FIRST_CHATS <= year < 60 else 0
    if 2533 <= year <= 2642:
        year -= _BUDDHIST
    return year if 1990 <= year <= 2099 else 0


def day_of(year: str, month: str, day: str) -> date | None:
    """The day that three printed numbers are, or None where there is no such day."""
    try:
        return date(year_of(year), int(month), int(day))
    except (ValueError, OverflowError):
        return None


def printed_at(text: str, days: Iterable[date], hours: Iterable[int], minute: str, second: str = "") -> Printed | None:
    """A printed time with the first and last instant that it can mean; None where it means none."""
    try:
        walls = [datetime.combine(day, time(hour, int(minute), int(second or 0))) for day, hour in product(days, hours)]
        return without_zone(text, *walls)
    except (ValueError, OverflowError):
        return None


def without_zone(text: str, *walls: datetime) -> Printed | None:
    """A printed time that is one of these wall clocks (naive), wherever on earth."""
    if not walls:
        return None
    first, last = min(walls).replace(tzinfo=_FIRST_ZONE), max(walls).replace(tzinfo=_LAST_ZONE)
    return Printed(text, first.astimezone(UTC), last.astimezone(UTC))


def exactly(text: str, moment: datetime) -> Printed:
    """A printed time that names its zone, or an instant."""
    moment = moment.astimezone(UTC)
    return Printed(text, moment, moment, "UTC")
