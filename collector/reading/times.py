"""Reads printed times. What the print leaves open (the zone, the rounding of a countdown) stays open as a range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

from collector.model import Printed

SHANGHAI = ZoneInfo("Asia/Shanghai")
PACIFIC = ZoneInfo("America/Los_Angeles")


def _hours(*hours: float) -> tuple[tzinfo, ...]:
    return tuple(timezone(timedelta(hours=h)) for h in hours)


# The first reading is the earliest instant. A name that several countries use keeps all its readings.
ZONES: dict[str, tuple[tzinfo, ...]] = {
    "": (SHANGHAI, PACIFIC),
    "UTC": _hours(0), "GMT": _hours(0), "Z": _hours(0),
    "PDT": _hours(-7), "PST": _hours(-8), "PT": (PACIFIC,), "MDT": _hours(-6), "MST": _hours(-7), "CDT": _hours(-4, -5),
    "EDT": _hours(-4), "EST": _hours(-5), "CST": _hours(8, -5, -6), "BJT": _hours(8), "HKT": _hours(8), "SGT": _hours(8),
    "JST": _hours(9), "KST": _hours(9), "IST": _hours(5.5, 2, 1), "BST": _hours(6, 1), "CET": _hours(1), "CEST": _hours(2),
    "EET": _hours(2), "EEST": _hours(3), "WET": _hours(0), "WEST": _hours(1), "MSK": _hours(3),
    "BEIJING TIME": _hours(8), "CHINA TIME": _hours(8), "CHINA STANDARD TIME": _hours(8), "PACIFIC TIME": (PACIFIC,),
    "PACIFIC DAYLIGHT TIME": _hours(-7), "PACIFIC STANDARD TIME": _hours(-8), "北京时间": _hours(8),
}  # fmt: skip
_MONTH_NAMES = """
    jan january janv janvier januar januari gennaio enero ene janeiro января янв يناير
    feb february févr février februar februari febbraio febrero fevereiro февраля фев فبراير
    mar march mars märz maart marzo março марта мар مارس
    apr april avr avril aprile abril abr апреля апр أبريل إبريل
    may mai mei maggio mayo maio мая май مايو
    jun june juin juni giugno junio junho июня июн يونيو
    jul july juil juillet juli luglio julio julho июля июл يوليو
    aug august août augustus agosto ago agu agustus августа авг أغسطس
    sep sept september septembre settembre septiembre setembro сентября сен سبتمبر
    oct october octobre oktober okt ottobre octubre outubro октября окт أكتوبر
    nov november novembre noviembre novembro ноября ноя نوفمبر
    dec december déc décembre dezember dez dicembre diciembre dic dezembro des desember декабря дек ديسمبر"""
MONTHS = {name: number for number, line in enumerate(_MONTH_NAMES.split("\n")) for name in line.split()}

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = rf"""(?:
    (?P<y1>[0-9]{{4}})(?P<s1>[-/.])(?P<m1>[0-9]{{1,2}})(?P=s1)(?P<d1>[0-9]{{1,2}})
  | (?P<y2>[0-9]{{4}})\s?年\s?(?P<m2>[0-9]{{1,2}})\s?月\s?(?P<d2>[0-9]{{1,2}})\s?日
  | (?P<m3>{_MONTH})\.?\s{{1,2}}(?P<d3>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s{{1,2}}(?P<y3>[0-9]{{4}})
  | (?P<d4>[0-9]{{1,2}})(?:st|nd|rd|th|\.)?[\s-]{{1,2}}(?:de\s)?(?P<m4>{_MONTH})\.?,?[\s-]{{1,2}}(?:de\s)?(?P<y4>[0-9]{{4}})
  | (?P<a5>[0-9]{{1,2}})(?P<s5>[-/.])(?P<b5>[0-9]{{1,2}})(?P=s5)(?P<y5>[0-9]{{4}})
)"""
_OFFSET = r"(?:UTC|GMT)\s?(?P<sign>[+\-−])\s?(?P<oh>[0-9]{1,2})(?::?(?P<om>[0-9]{2}))?|(?P<bare>[+\-−][0-9]{2}:?[0-9]{2})"
_NAME = "|".join(re.escape(name) for name in sorted(ZONES, key=len, reverse=True) if name)
_TIME = rf"""(?:[,\s]\s?(?:at\s)?|T)(?P<h>[0-9]{{1,2}}):(?P<min>[0-9]{{2}})
    (?::(?P<sec>[0-9]{{2}})(?:[.,](?P<frac>[0-9]{{1,6}}))?)?
    (?:\s?(?P<half>[AaPp])\.?[Mm]\b\.?)?
    (?:\s?\(?(?P<zone>{_OFFSET}|(?:{_NAME})(?![A-Za-z])(?!\s?[+\-−][0-9])|(?-i:[A-Z]{{2,5}})\b)\)?)?"""
_PRINTED = re.compile(rf"(?<![0-9A-Za-z/.-]){_DAY}(?:{_TIME})?(?![0-9:/]|[-.][0-9])", re.VERBOSE | re.IGNORECASE)

_UNITS = {
    "day": 86400, "d": 86400, "hour": 3600, "hr": 3600, "h": 3600, "minute": 60, "min": 60, "m": 60, "second": 1, "sec": 1,
    "s": 1, "día": 86400, "hora": 3600, "minuto": 60, "segundo": 1, "hari": 86400, "jam": 3600, "menit": 60, "detik": 1,
    "天": 86400, "日": 86400, "小时": 3600, "时": 3600, "分钟": 60, "分": 60, "秒": 1,
}  # fmt: skip
_UNIT = "days?|días?|d|hours?|horas?|hrs?|h|minutes?|minutos?|mins?|min|m|seconds?|segundos?|secs?|s|hari|jam|menit|detik"
_UNIT += "|天|日|小时|时|分钟|分|秒"
_PART = rf"[0-9]{{1,4}}\s{{0,2}}(?:{_UNIT})(?![A-Za-z])"
_COUNTDOWN = re.compile(rf"(?<![0-9.,:/A-Za-z-]){_PART}(?:[\s,]{{0,3}}(?:and\s)?{_PART}){{0,3}}", re.IGNORECASE)
_ONE_PART = re.compile(rf"([0-9]{{1,4}})\s{{0,2}}({_UNIT})(?![A-Za-z])", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?<![0-9:])(?:(?P<d>[0-9]{1,3})\s?d(?:ays?)?[\s,]{1,2})?(?P<h>[0-9]{1,3}):(?P<m>[0-5][0-9]):(?P<s>[0-5][0-9])(?![0-9:])"
)
_REMAINING = re.compile(
    r"\b(?:left|remaining|remain|remains|within|ends? in|expires? in|time left"
    r"|quedan?|restan?|faltan?|sisa|tersisa)\b|剩余|还剩|剩|内",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"\b(?:before|prior to)\W{0,3}$", re.IGNORECASE)


def read_time(text: str) -> Printed | None:
    """The one date and time that a text prints, or None: none there, several, a bare day, or a date with two meanings.

    With no zone printed, `earliest` reads it as China time and `latest` as US Pacific time. A zone's name that several
    countries use (CST) gives the range over them; an unknown one makes the time unreadable. "03/04/2026" is never guessed.
    """
    match = _only(text)
    if match is None or match["h"] is None:
        return None
    day, clock = _day(match), _clock(match)
    zones = _zones(match)
    if day is None or clock is None or not zones:
        return None
    instants = [moment for zone in zones for moment in _instants(datetime.combine(day, clock), zone)]
    return None if not instants else Printed(text.strip(), min(instants), max(instants), match["zone"] or "")


def read_day(text: str) -> str | None:
    """The one bare day that a text prints, as an ISO date, or None (a day with a time of day is `read_time`'s)."""
    match = _only(text)
    if match is None or match["h"] is not None:
        return None
    day = _day(match)
    return day.isoformat() if day else None


def read_moment(text: str) -> Printed | str | None:
    """A printed time where the text has one, else its bare day as ISO text, else None."""
    return read_time(text) or read_day(text)


def moment(text: str) -> Printed | str | None:
    """A printed time, an instant in milliseconds, or a bare day as ISO text."""
    return read_epoch(text) or read_moment(text)


def read_epoch(value: object) -> Printed | None:
    """An instant given as milliseconds since 1970 (13 digits, as a number or text), exact."""
    digits = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"1[0-9]{12}|2[0-9]{12}", digits):
        return None
    moment = datetime.fromtimestamp(int(digits) // 1000, UTC) + timedelta(milliseconds=int(digits) % 1000)
    return Printed(digits, moment, moment, "UTC")


def read_deadline(text: str, seen_at: datetime) -> Printed | None:
    """When a timer or a printed date ends: a date and time, else a bare day (its end, China to Pacific), else a countdown.

    A text that prints "before" a bare day may mean that day's start, and the range says so.
    """
    printed = read_time(text)
    if printed is not None:
        return printed
    match = _only(text)
    if match is not None and match["h"] is None and (day := _day(match)) is not None and day.year < 9998:
        after = datetime.combine(day + timedelta(days=1), time.min)
        first = datetime.combine(day, time.min) if _BEFORE.search(text[: match.start()]) else after
        ends = (*_instants(first, SHANGHAI), *_instants(after, PACIFIC))
        return Printed(text.strip(), min(ends), max(ends)) if ends else None
    return read_countdown(text, seen_at) if not _PRINTED.search(text[:2000]) else None


def read_countdown(text: str, seen_at: datetime) -> Printed | None:
    """The end of "2 days 3 hours left" seen at an instant, as a range: a printed unit may be rounded up or down.

    `earliest` and `latest` lie one of the smallest printed unit either side, and never before `seen_at`. A duration with no
    word such as "left" is a promise ("5 days to respond"), not a timer, unless the text is that duration and nothing else.
    """
    text = text.strip()[:2000]
    spans = [(m.group(), *_clock_span(m)) for m in _CLOCK.finditer(text)] or [
        (m.group(), *span) for m in _COUNTDOWN.finditer(text) if (span := _unit_span(m.group()))
    ]
    if len(spans) != 1:
        return None
    shown, seconds, smallest = spans[0]
    if shown.strip() != text.strip() and not _REMAINING.search(text):
        return None
    end, slack = seen_at.astimezone(UTC) + timedelta(seconds=seconds), timedelta(seconds=smallest)
    return Printed(text, max(end - slack, seen_at.astimezone(UTC)), end + slack)


def _clock_span(match: re.Match[str]) -> tuple[int, int]:
    return int(match["d"] or 0) * 86400 + int(match["h"]) * 3600 + int(match["m"]) * 60 + int(match["s"]), 1


def _unit_span(text: str) -> tuple[int, int] | None:
    """(seconds, seconds in the smallest unit), or None where units repeat, do not fall, or are not what they look like to
    who ignores capitals ("ſ", "ı").
    """
    sizes: list[int] = []
    total = 0
    for count, unit in _ONE_PART.findall(text):
        name = unit.lower()
        size = _UNITS.get(name) or _UNITS.get(name.rstrip("s"))
        if size is None:
            return None
        sizes.append(size)
        total += int(count) * size
    falling = all(a > b for a, b in pairwise(sizes))
    return (total, sizes[-1]) if sizes and falling else None


def _only(text: str) -> re.Match[str] | None:
    found = list(_first_two(text[:2000]))
    return found[0] if len(found) == 1 else None


def _first_two(text: str) -> Iterator[re.Match[str]]:
    for count, match in enumerate(_PRINTED.finditer(text)):
        yield match
        if count:
            return


def _day(match: re.Match[str]) -> date | None:
    """None where it is no day; "ſep" is no month, though it is "sep" to who ignores capitals."""
    try:
        if match["y5"]:
            return _unordered(int(match["a5"]), int(match["b5"]), int(match["y5"]))
        for form in "1234":
            if year := match[f"y{form}"]:
                month = match[f"m{form}"]
                number = int(month) if month.isdigit() else MONTHS.get(month.lower(), 0)
                return date(int(year), number, int(match[f"d{form}"]))
    except ValueError:
        return None
    return None


def _unordered(first: int, second: int, year: int) -> date | None:
    """Day and month in unknown order: read only where one cannot be a month, or both are the same."""
    if first == second:
        return date(year, first, second)
    if first > 12 >= second:
        return date(year, second, first)
    return date(year, first, second) if second > 12 >= first else None


def _clock(match: re.Match[str]) -> time | None:
    hour, half = int(match["h"]), (match["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(match["min"]), int(match["sec"] or 0), int((match["frac"] or "0").ljust(6, "0")))
    except ValueError:
        return None


def _zones(match: re.Match[str]) -> tuple[tzinfo, ...]:
    """Every zone that the printed one can be; none where it is unknown."""
    text = match["bare"] or ""
    sign, hours, minutes = (match["sign"], match["oh"], match["om"]) if not text else (text[0], text[1:3], text[-2:])
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return (timezone(offset if sign == "+" else -offset),) if offset <= timedelta(hours=14) else ()
    return ZONES.get(re.sub(r"\s+", " ", (match["zone"] or "").upper()), ())


def _instants(naive: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Both instants of a wall-clock time that a zone has twice; nothing at the calendar's very ends."""
    try:
        return tuple(naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError:
        return ()
