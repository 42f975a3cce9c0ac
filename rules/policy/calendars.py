"""Civil days and working days. All instants are aware UTC; all days are civil dates of a named zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from collector.errors import WrongRequest

# The marketplaces began in 1999; a year outside these is a slip of the pen, and beyond them date arithmetic overflows.
FIRST_YEAR, LAST_YEAR = 1999, 2099


@lru_cache
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises WrongRequest."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise WrongRequest(f"{name!r} is not a time zone.", "Write it as Europe/Berlin or America/New_York.") from error


def day_in(instant: datetime, zone: str) -> date:
    """The civil day of an instant in a zone."""
    return instant.astimezone(zone_of(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """The first instant of a civil day (00:00:00), in UTC."""
    return datetime.combine(day, time(0), zone_of(zone)).astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    """The last second of a civil day (23:59:59), in UTC."""
    return datetime.combine(day, time(23, 59, 59), zone_of(zone)).astimezone(UTC)


def plausible_year(day: date) -> bool:
    """Whether a day can belong to an order at all."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


# -- counting ---------------------------------------------------------------------------------------------------------


def count(day: date, add: int, unit: str, countries: tuple[str, ...]) -> tuple[date, date]:
    """The soonest and the latest day that `add` units after `day` can mean.

    days: `day` is day 0. days_inclusive: `day` is day 1. working_days: `day` is day 0; it is not written whose calendar
    holds, so each country's is counted: soonest, its working week and its make-up days all count; latest, neither public
    holidays nor make-up days do.
    """
    if unit != "working_days":
        end = day + timedelta(days=add - 1 if unit == "days_inclusive" else add)
        return end, end
    ends = [_working_days(day, add, country) for country in countries]
    return min(soonest for soonest, _ in ends), max(latest for _, latest in ends)


@lru_cache(maxsize=4096)
def _working_days(day: date, add: int, country: str) -> tuple[date, date]:
    weekend = working_year(country, day.year).weekend

    def long(d: date) -> bool:
        return d.weekday() not in weekend

    soonest = _nth(day, add, lambda d: long(d) or d in working_year(country, d.year).makeup)
    latest = _nth(day, add, lambda d: long(d) and d not in working_year(country, d.year).holidays)
    return soonest, latest


def _nth(day: date, add: int, counts: Callable[[date], bool]) -> date:
    while add > 0:
        day += timedelta(days=1)
        add -= counts(day)
    return day


@dataclass(frozen=True, slots=True)
class WorkingYear:
    """One country's year: public holidays (observed days included), weekend days that are worked to make up for a bridged
    holiday, and the weekdays of the weekend (Monday is 0)."""

    holidays: frozenset[date]
    makeup: frozenset[date]
    weekend: frozenset[int]


@lru_cache
def working_year(country: str, year: int) -> WorkingYear:
    """The working year of an ISO 3166 country; of one that is not known, a plain Monday to Friday.

    China announces next year's bridging days in November; before, only the law's holidays are known.
    """
    from holidays import country_holidays  # half a second to import: only for those who count working days

    try:
        calendar = country_holidays(country, years=year)
    except NotImplementedError:
        return WorkingYear(frozenset(), frozenset(), frozenset({5, 6}))
    makeup = frozenset(day for day in calendar.weekend_workdays if day.year == year)
    return WorkingYear(frozenset(calendar), makeup, frozenset(calendar.weekend))


@lru_cache
def country_of(zone: str) -> str:
    """The ISO 3166 country of an IANA zone, or "" where it has none (UTC) or is only an old name for another."""
    return _countries().get(zone, "")


@lru_cache
def _countries() -> Mapping[str, str]:
    """zone.tab of the time zone database: a line is "country, coordinates, zone, comment"."""
    text = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {row[2]: row[0] for row in rows}
