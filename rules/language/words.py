"""The words for days, times and money in the sentences that people read."""

from __future__ import annotations

from datetime import date, datetime

from collector.model import Money
from rules.policy.calendars import zone_of

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WITHOUT_CENTS = ("JPY", "KRW", "VND")


def day_words(day: date) -> str:
    """A day with its weekday: "Fri 30 Oct 2026"."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def time_words(instant: datetime, zone: str) -> str:
    """An instant as a person in that zone reads it: "Fri 30 Oct 2026, 08:59 (Europe/Berlin)"."""
    there = instant.astimezone(zone_of(zone))
    return f"{day_words(there.date())}, {there:%H:%M} ({zone})"


def time_left(instant: datetime, as_of: datetime) -> str:
    """The time from `as_of` to `instant` in words: "3 days 4 hours left", "2 hours ago". Rounded down while time is left."""
    minutes = int(abs((instant - as_of).total_seconds()) // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [_number(days, "day"), _number(hours, "hour")] if days else [_number(hours, "hour"), _number(minutes, "minute")]
    words = " ".join(filter(None, parts)) or "less than a minute"
    return f"{words} left" if instant >= as_of else f"{words} ago"


def age_words(then: datetime, now: datetime) -> str:
    """An age in its largest unit: "5 minutes", "3 hours", "2 days". Rounded down."""
    minutes = max(0, int((now - then).total_seconds() // 60))
    parts = ((minutes // size, word) for size, word in ((1440, "day"), (60, "hour"), (1, "minute")))
    return next((_number(number, word) for number, word in parts if number), "less than a minute")


def _number(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number != 1 else ''}" if number else ""


def money_words(amount: Money) -> str:
    """Money for a sentence, always with its cents: "USD 6,000.00"."""
    exponent = amount.amount.as_tuple().exponent
    as_is = amount.currency in _WITHOUT_CENTS or not isinstance(exponent, int) or exponent < -2
    return str(amount) if as_is else f"{amount.currency} {amount.amount:,.2f}"
