"""Deadlines as an iCalendar file (RFC 5545), for the buyer's own calendar. The same deadlines give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from collector.model import Deadline
from rules.language.facts import fact_words, plain_words
from rules.language.words import time_words

if TYPE_CHECKING:
    from icalendar.cal.component import Component

ALARMS = (timedelta(days=3), timedelta(days=1), timedelta(hours=3))


def calendar(deadlines: Iterable[Deadline], as_of: datetime, zone: str = "UTC") -> bytes:
    """An event at the act-by time of each deadline that still runs, in UTC; the buyer's own ring 3 days, 1 day and 3 hours
    before. An opening stands at the time from which it is sure. A calendar that holds an event already moves it. The times
    that an event's text names are the zone's.
    """
    from icalendar import Calendar  # only for those who ask for the file

    book = Calendar()
    book.add("prodid", "-//tradewitness//deadlines//EN")
    book.add("version", "2.0")
    for deadline in deadlines:
        if deadline.act_by is not None and deadline.state != "met":
            book.add_component(_event(deadline, deadline.act_by, as_of, zone))
    data: bytes = book.to_ical()
    return data


def _event(deadline: Deadline, act_by: datetime, as_of: datetime, zone: str) -> Component:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{deadline.case or 'case'}-{deadline.id}-{deadline.round}@tradewitness")
    event.add("dtstamp", as_of.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", (deadline.latest or act_by if deadline.opening else act_by).astimezone(UTC))
    event.add("sequence", int(as_of.timestamp()) // 60)  # a later look at the same deadline replaces the earlier one
    event.add("transp", "TRANSPARENT")
    number = f" {deadline.round}" if deadline.round > 1 else ""
    event.add("summary", f"{deadline.label or deadline.id}{number} ({deadline.case or 'no case'})")
    unsure = (
        f"Dates contradict each other: correct {' or '.join(map(fact_words, deadline.needs))}." if deadline.needs else ""
    )
    latest = deadline.latest if deadline.latest != act_by else None
    last = f"The latest plausible end: {time_words(latest, zone)}." if latest else ""
    parts = (
        deadline.todo,
        unsure if deadline.state == "undetermined" else "",
        last,
        f"If missed: {deadline.if_missed}",
        f"Counted: {plain_words(deadline.basis, zone)}",
        f"Source: {deadline.source}",
    )
    event.add("description", "\n".join(filter(None, parts)))
    if deadline.who == "you" and not deadline.opening:
        for before in ALARMS:
            event.add_component(_alarm(deadline, before))
    return event


def _alarm(deadline: Deadline, before: timedelta) -> Component:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -before)
    alarm.add("description", f"{deadline.label or deadline.id}: {deadline.todo}")
    return alarm
