"""Days, working days and the words for times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.errors import WrongRequest
from rules.language.words import time_left, time_words
from rules.policy.calendars import count, country_of, day_in, end_of, start_of, zone_of
from tests.rules.cases import NOON, instant

ZONES = st.sampled_from(["Asia/Shanghai", "America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "UTC"])
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(DAYS, ZONES)
def test_a_day_begins_and_ends_on_itself(day: date, zone: str) -> None:
    """Also where the clocks change; the next second is the next day."""
    assert day_in(start_of(day, zone), zone) == day_in(end_of(day, zone), zone) == day
    assert day_in(end_of(day, zone) + timedelta(seconds=1), zone) == day + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "soonest", "latest"),
    [
        ("2026-10-16", "2026-10-23", "2026-10-23"),  # a Friday, no holiday near
        ("2026-10-17", "2026-10-23", "2026-10-23"),  # a Saturday: the same five days
        ("2026-09-30", "2026-10-07", "2026-10-14"),  # National Day week
        ("2026-10-08", "2026-10-14", "2026-10-15"),  # Saturday 10 October is a make-up working day
        ("2026-12-28", "2027-01-04", "2027-01-05"),  # over the year's end: New Year's Day
    ],
)
def test_five_working_days_are_counted_shortest_and_longest(day: str, soonest: str, latest: str) -> None:
    """Shortest: no holidays, make-up days worked. Longest: holidays, no make-up days."""
    found = count(date.fromisoformat(day), 5, "working_days", ("CN",))
    assert found == (date.fromisoformat(soonest), date.fromisoformat(latest))


@settings(deadline=None)
@given(DAYS, st.integers(0, 30))
def test_the_longest_count_is_never_shorter(day: date, add: int) -> None:
    """And neither is shorter than the calendar days."""
    soonest, latest = count(day, add, "working_days", ("CN",))
    assert day + timedelta(days=add) <= soonest <= latest


def test_an_inclusive_count_begins_with_its_first_day() -> None:
    """5 days from 20 May end on 24 May, as Alibaba's own sample data has it."""
    assert count(date(2026, 5, 20), 5, "days_inclusive", ("CN",)) == (date(2026, 5, 24), date(2026, 5, 24))


@pytest.mark.parametrize(
    ("at", "zone", "text"),
    [
        ("2026-10-30T07:59:59Z", "Europe/Berlin", "Fri 30 Oct 2026, 08:59 (Europe/Berlin)"),
        ("2026-10-25T00:30:00Z", "Europe/Berlin", "Sun 25 Oct 2026, 02:30 (Europe/Berlin)"),
        ("2026-12-31T23:30:00Z", "Asia/Shanghai", "Fri 1 Jan 2027, 07:30 (Asia/Shanghai)"),
    ],
)
def test_times_are_told_in_the_readers_zone_with_weekday(at: str, zone: str, text: str) -> None:
    """As a person reads them."""
    assert time_words(instant(at), zone) == text


@pytest.mark.parametrize(
    ("away", "text"),
    [
        (timedelta(days=3, hours=4, minutes=59), "3 days 4 hours left"),
        (timedelta(days=1), "1 day left"),
        (timedelta(hours=2, minutes=1, seconds=59), "2 hours 1 minute left"),
        (timedelta(seconds=59), "less than a minute left"),
        (timedelta(0), "less than a minute left"),
        (-timedelta(hours=2), "2 hours ago"),
        (-timedelta(days=2, minutes=5), "2 days ago"),
    ],
)
def test_time_left_is_told_in_words_and_never_too_long(away: timedelta, text: str) -> None:
    """Rounded down."""
    assert time_left(NOON + away, NOON) == text


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_a_zone_that_is_none_is_said_so(name: str) -> None:
    """One sentence and an example."""
    with pytest.raises(WrongRequest, match="not a time zone"):
        zone_of(name)


@given(st.integers(0, 10**9))
def test_words_for_times_never_fail(seconds: int) -> None:
    """Whatever the distance."""
    then = datetime(2026, 1, 1, tzinfo=UTC)
    assert time_left(then + timedelta(seconds=seconds), then).endswith(" left")


@pytest.mark.parametrize(
    ("zone", "country"),
    [("Europe/Berlin", "DE"), ("America/New_York", "US"), ("Asia/Shanghai", "CN"), ("UTC", ""), ("Mars/Olympus", "")],
)
def test_a_zone_says_whose_holidays_hold_there(zone: str, country: str) -> None:
    """By the time zone database's own table; none for a zone without a country."""
    assert country_of(zone) == country


def test_each_country_has_its_own_working_week() -> None:
    """Sunday to Thursday in Israel; a country without a known calendar works Monday to Friday."""
    thursday = date(2026, 11, 5)
    assert count(thursday, 2, "working_days", ("IL",)) == (date(2026, 11, 9), date(2026, 11, 9))
    assert count(thursday, 2, "working_days", ("XX",)) == (date(2026, 11, 9), date(2026, 11, 9))
    assert count(thursday, 1, "working_days", ("IL",)) == (date(2026, 11, 8), date(2026, 11, 8))
    assert count(thursday, 1, "working_days", ("XX",)) == (date(2026, 11, 6), date(2026, 11, 6))


def test_over_several_calendars_the_soonest_and_the_latest_are_taken() -> None:
    """Thanksgiving for one of them, a make-up day for the other."""
    assert count(date(2026, 11, 23), 4, "working_days", ("CN", "US")) == (date(2026, 11, 27), date(2026, 11, 30))
