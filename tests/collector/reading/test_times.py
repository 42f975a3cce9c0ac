"""Printed times keep what the print leaves open, and are never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.reading.times import PACIFIC, SHANGHAI, read_countdown, read_day, read_deadline, read_epoch, read_time

SEEN = datetime(2026, 9, 22, 15, 0, tzinfo=UTC)
EARLY, LATE = datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2099-12-31")
walls = st.datetimes(EARLY, LATE).map(lambda wall: wall.replace(microsecond=0))


@given(walls)
def test_a_time_without_zone_reaches_from_china_to_the_pacific(wall: datetime) -> None:
    for text in (
        wall.strftime("%Y-%m-%d %H:%M:%S"),
        wall.strftime("%b %d, %Y %H:%M:%S"),
        wall.strftime("%d %B %Y, %I:%M:%S %p"),
    ):
        printed = read_time(text)
        assert printed is not None, text
        assert (printed.text, printed.zone) == (text, "")
        assert printed.earliest == wall.replace(tzinfo=SHANGHAI).astimezone(UTC)
        assert printed.latest == max(wall.replace(tzinfo=PACIFIC, fold=fold).astimezone(UTC) for fold in (0, 1))
        assert printed.earliest < printed.latest


@given(walls, st.integers(min_value=-12, max_value=14))
def test_a_printed_offset_gives_one_instant(wall: datetime, hours: int) -> None:
    exact = wall.replace(tzinfo=timezone(timedelta(hours=hours))).astimezone(UTC)
    for zone in (f"UTC{hours:+d}", f"GMT{hours:+03d}:00", f"(UTC{hours:+d})"):
        printed = read_time(f"{wall:%Y-%m-%d %H:%M:%S} {zone}")
        assert printed is not None
        assert printed.earliest == printed.latest == exact
    iso = read_time(wall.replace(tzinfo=timezone(timedelta(hours=hours))).isoformat())
    assert iso is not None
    assert iso.earliest == iso.latest == exact


def test_named_zones_are_read_and_a_name_of_several_countries_gives_the_range_over_them() -> None:
    wall = datetime(2026, 9, 24, 18, 0, tzinfo=UTC)
    for name, hours in {"PDT": -7, "PST": -8, "GMT": 0, "Beijing time": 8}.items():
        printed = read_time(f"2026-09-24 18:00 {name}")
        assert printed is not None
        assert printed.earliest == printed.latest == wall - timedelta(hours=hours)
    cst = read_time("2026-09-24 18:00 CST")
    assert cst is not None
    assert (cst.earliest, cst.latest) == (wall - timedelta(hours=8), wall + timedelta(hours=6))
    assert read_time("2026-09-24 18:00 XYZ") is None


def test_an_hour_that_the_pacific_clock_has_twice_ends_at_its_second_passing() -> None:
    printed = read_time("2026-11-01 01:30")
    assert printed is not None
    assert printed.latest == datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/Los_Angeles"), fold=1).astimezone(UTC)


@pytest.mark.parametrize(
    "text", ["03/04/2026", "03/04/2026 10:00", "3.4.2026", "2026-02-30 10:00", "2026-09-24 25:00", "2026-09-24 24:00"]
)
def test_a_date_with_two_meanings_or_none_is_not_read(text: str) -> None:
    assert read_time(text) is None
    assert read_day(text) is None
    assert read_deadline(text, SEEN) is None


def test_day_and_month_are_told_apart_only_where_one_cannot_be_a_month() -> None:
    assert read_day("13/04/2026") == read_day("04/13/2026") == "2026-04-13"
    assert read_day("04/04/2026") == "2026-04-04"


def test_a_text_with_two_times_is_not_read() -> None:
    assert read_time("from 2026-01-01 10:00 to 2026-01-02 10:00") is None


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 1, 1)))
def test_a_bare_day_is_read_in_every_form_with_a_clear_order(day: date) -> None:
    forms = (
        day.isoformat(),
        f"{day:%b} {day.day}, {day.year}",
        f"{day.day} {day:%B} {day.year}",
        f"{day.year}年{day.month}月{day.day}日",
    )
    assert {read_day(form) for form in forms} == {day.isoformat()}
    assert {read_time(form) for form in forms} == {None}


@given(st.dates(min_value=date(2000, 1, 2), max_value=date(2099, 1, 1)))
def test_a_deadline_on_a_bare_day_ends_with_that_day_from_china_to_the_pacific(day: date) -> None:
    after = datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None) + timedelta(days=1)
    printed, before = read_deadline(f"Due {day.isoformat()}", SEEN), read_deadline(f"before {day.isoformat()}", SEEN)
    assert printed is not None
    assert before is not None
    assert printed.earliest == after.replace(tzinfo=SHANGHAI).astimezone(UTC)
    assert printed.latest == before.latest == after.replace(tzinfo=PACIFIC).astimezone(UTC)
    assert before.earliest == (after - timedelta(days=1)).replace(tzinfo=SHANGHAI).astimezone(UTC)


def test_a_deadline_in_a_sentence_is_its_printed_time() -> None:
    sentence = read_deadline("Please upload evidence before 2026-09-24 18:00:00", SEEN)
    alone = read_time("2026-09-24 18:00:00")
    assert sentence is not None
    assert alone is not None
    assert (sentence.earliest, sentence.latest) == (alone.earliest, alone.latest)


@given(st.integers(0, 60), st.integers(0, 23), walls)
def test_a_countdown_is_within_one_of_its_smallest_unit(days: int, hours: int, wall: datetime) -> None:
    seen = wall.replace(tzinfo=UTC)
    end = seen + timedelta(days=days, hours=hours)
    for text in (f"{days} days {hours} hours left", f"{days}d {hours}h", f"剩余{days}天{hours}小时"):
        printed = read_countdown(text, seen)
        assert printed is not None, text
        assert printed.latest == end + timedelta(hours=1)
        assert printed.earliest == max(end - timedelta(hours=1), seen)


@pytest.mark.parametrize(
    "text", ["Supplier has 5 days to respond", "3 hours 2 hours left", "2 days left or 3 hours left", "5 days lefty"]
)
def test_a_promise_or_a_muddle_is_no_countdown(text: str) -> None:
    assert read_deadline(text, SEEN) is None


@given(st.datetimes(datetime.fromisoformat("2010-01-01"), datetime.fromisoformat("2060-01-01")))
def test_milliseconds_since_1970_are_exact(wall: datetime) -> None:
    moment = wall.replace(tzinfo=UTC, microsecond=wall.microsecond // 1000 * 1000)
    milliseconds = round(moment.timestamp() * 1000)
    printed = read_epoch(milliseconds)
    assert printed is not None
    assert printed.earliest == printed.latest == moment
    assert read_epoch(str(milliseconds)) == printed
    assert read_epoch(milliseconds // 1000) is None
    assert read_epoch(True) is None


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    for printed in (read_time(text), read_deadline(text, SEEN)):
        assert printed is None or printed.earliest <= printed.latest


@given(st.text(alphabet="0123456789-/.: TZAPMUTCdhms+leftJan,", max_size=60))
def test_no_mixture_of_figures_and_marks_raises(text: str) -> None:
    read_day(text)
    for printed in (read_time(text), read_deadline(text, SEEN)):
        assert printed is None or printed.earliest <= printed.latest


@pytest.mark.parametrize(
    "text", ["5 ſep 2026 09:30", "Auguſt 5, 2026", "5 dıc 2026", "3 ſ left", "3 mınutes left", "2 dayſ 3 hours left"]
)
def test_letters_that_only_look_like_those_of_a_date_are_no_date_and_stop_nobody(text: str) -> None:
    now = datetime(2026, 8, 1, tzinfo=UTC)
    assert read_time(text) is None
    assert read_day(text) is None
    assert read_deadline(text, now) is None
    assert read_countdown(text, now) is None
