"""Times as people read them: local time with weekday first, UTC beside it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from collector.model import Printed
from rules.language.words import day_words
from rules.policy.calendars import end_of, start_of, zone_of

# A clock on a wall whose zone nobody knows: first it is that time in UTC+14, last in UTC-12.
_FIRST_ZONE = timedelta(hours=14)
_ANYWHERE = _FIRST_ZONE + timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class UncertainTime:
    """A time of unknown sharpness: `first` and `last` instant (UTC) it can mean, and how it is written for people."""

    first: datetime
    last: datetime
    text: str


def is_utc(zone: str) -> bool:
    """Whether a zone's name is one of those of UTC, such as "Etc/UTC"."""
    return zone.rpartition("/")[2] in ("UTC", "GMT", "Universal", "Zulu", "Greenwich", "UCT")


def times_of(zone: str) -> str:
    """Which clock local times are of, in a sentence: that of the zone's city."""
    return "Times are UTC." if is_utc(zone) else f"Local times are those of {zone.rpartition('/')[2].replace('_', ' ')}."


def local(instant: datetime, zone: str) -> str:
    """ "Thu 24 Sep 2026, 20:00 CEST" for an aware instant."""
    there = instant.astimezone(zone_of(zone))
    return f"{day_words(there.date())}, {there:%H:%M %Z}"


def both(instant: datetime, zone: str) -> str:
    """Local time and UTC: "Thu 24 Sep 2026, 20:00 CEST (18:00 UTC)"; the UTC day is added where it is another one."""
    there, utc = instant.astimezone(zone_of(zone)), instant.astimezone(UTC)
    if there.utcoffset() == timedelta(0):
        return f"{day_words(there.date())}, {there:%H:%M} UTC"
    other = "" if there.date() == utc.date() else f"{utc:%a} {utc.day} {utc:%b}, "
    return f"{local(instant, zone)} ({other}{utc:%H:%M} UTC)"


def time_in(value: Any, zone: str) -> UncertainTime | None:
    """What a fact's value says as a time: an ISO day in the case's zone, an ISO instant or a printed time; else None."""
    if isinstance(value, Printed):
        return UncertainTime(value.earliest, value.latest, printed(value, zone))
    if isinstance(value, datetime):
        return UncertainTime(value, value, both(value, zone))
    if not isinstance(value, str):
        return None
    try:
        if len(value) == 10:
            return _day(date.fromisoformat(value), zone)
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    instant = instant if instant.tzinfo else instant.replace(tzinfo=zone_of(zone))
    return UncertainTime(instant.astimezone(UTC), instant.astimezone(UTC), both(instant, zone))


def printed(value: Printed, zone: str) -> str:
    """A printed time, word for word; where it can only mean one instant, that instant in the case's zone."""
    if value.earliest == value.latest:
        return f"{both(value.earliest, zone)}, printed as “{value.text}”"
    if not value.zone and value.latest - value.earliest == _ANYWHERE:
        wall = value.earliest + _FIRST_ZONE
        return f"{day_words(wall.date())}, {wall:%H:%M}, printed as “{value.text}” (no zone)"
    return f"{as_printed(value.text)}, as printed ({value.zone or 'no zone'})"


def at_the_earliest(value: Printed, zone: str) -> str:
    """A printed time and the first instant that it can mean, by which one has to act."""
    text = printed(value, zone)
    return text if value.earliest == value.latest else f"{text}; at the earliest {both(value.earliest, zone)}"


def as_printed(text: str) -> str:
    """A printed time: "2026-09-24 18:00:00" as "Thu 24 Sep 2026, 18:00"; any other form as it stands, in quotes."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return f"“{text}”"
    return f"{day_words(moment.date())}, {moment:%H:%M}" if len(text) > 10 else day_words(moment.date())


def civil(value: Any, zone: str) -> date | None:
    """The day a value names: printed days as printed, instants in the case's zone; None when it names none."""
    if isinstance(value, Printed):
        value = value.text[:10]
    found = time_in(value, zone)
    return found.first.astimezone(zone_of(zone)).date() if found else None


def _day(value: date, zone: str) -> UncertainTime:
    return UncertainTime(start_of(value, zone), end_of(value, zone), day_words(value))
