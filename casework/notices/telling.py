"""Tells whoever is written down what they should know: each address one message, with what is new to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from casework.asking.dossier import deadlines_of
from casework.asking.today import judged_cases
from casework.notices.book import Book, Failure, Ping, Recipient, read_book, write_book, writing
from casework.notices.sending import Sent, Stage, ping, send
from casework.workspace import Workspace
from collector.errors import TradewitnessError
from collector.progress import Progress
from rules.deadlines.moments import address as page_address
from rules.notices.concerns import Concern, deadline_concern, remembered, to_tell
from rules.notices.wording import Addressee, notice


@dataclass(frozen=True, slots=True)
class TellingAnswer:
    """What was told to whom. `silent`: nobody is written down, although there was something to tell."""

    sent: tuple[Sent, ...]
    concerns: tuple[Concern, ...]
    silent: bool = False
    calendar: Path | None = None
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether something should have been told, and was not."""
        return any(not one.ok for one in self.sent) or bool(self.notes)


def due_concerns(ws: Workspace, now: datetime, steps: tuple[timedelta, ...]) -> tuple[Concern, ...]:
    """What of every open case's deadlines is to be told."""
    found = (
        deadline_concern(
            deadline, now, name=one.case.name, link=page_address(one.file, deadline.page), site=one.case.site, steps=steps
        )
        for one in judged_cases(ws, now)
        for deadline in one.deadlines
    )
    return tuple(concern for concern in found if concern is not None)


def tell(ws: Workspace, more: Iterable[Concern], progress: Progress, *, urgent: bool = False) -> TellingAnswer:
    """Tells each address what is new to it of the deadlines and of what else is known (`more`), and renews the calendar.

    With `urgent` only what does not wait for the end of a night. What could not be sent is not taken for told: the next call
    tries again, with what is true then.
    """
    now = ws.clock.now()
    with writing(ws):
        book = read_book(ws)
        steps = tuple(timedelta(hours=hours) for hours in book.steps_h)
        concerns = (*due_concerns(ws, now, steps), *more)
        sent: list[Sent] = []
        for address in book.addresses:
            news = tuple(c for c in to_tell(concerns, book.told_to(address)) if c.urgent or not urgent)
            if not news:
                told = remembered(book.told_to(address), (), concerns, now)
                book = book.after(address, told, book.failed.get(str(address.number)) if urgent else None)
                continue
            progress(f"telling {address.label}")
            one = send(address, notice(news, Addressee(address.lang, address.zone, address.discreet), now))
            sent.append(one)
            told = remembered(book.told_to(address), news if one.ok else (), concerns, now)
            book = book.after(address, told, None if one.ok else _failure(book, address, one, now))
            write_book(ws, book)  # at once: a command that ends here must not tell it twice
        write_book(ws, book)
    calendar, notes = _renew_calendar(ws, book)
    return TellingAnswer(tuple(sent), concerns, bool(concerns) and not book.addresses, calendar, notes)


def _failure(book: Book, address: Recipient, sent: Sent, now: datetime) -> Failure:
    before = book.failed.get(str(address.number))
    return Failure(before.since, sent.why, before.tries + 1) if before else Failure(now, sent.why)


def _renew_calendar(ws: Workspace, book: Book) -> tuple[Path | None, tuple[str, ...]]:
    """The calendar file as of now, where one is kept; a folder that is gone is said, and stops nothing."""
    if not book.calendar:
        return None, ()
    path = Path(book.calendar)
    try:
        deadlines_of(ws, (), ics=path)
    except TradewitnessError as error:
        return None, (f"The calendar file was not renewed: {error.message}",)
    return path, ()


def ping_of(ws: Workspace, stage: Stage, text: str = "") -> str:
    """Tells the dead-man's service, where there is one, how the night goes; "" when it heard, else why not."""
    book = read_book(ws)
    if book.ping is None:
        return ""
    why = ping(book.ping.url, stage, text)
    with writing(ws):
        book = read_book(ws)
        if book.ping is not None:
            before, now = book.ping.failed, ws.clock.now()
            failed = (Failure(before.since, why, before.tries + 1) if before else Failure(now, why)) if why else None
            if failed != before:
                write_book(ws, book.with_ping(Ping(book.ping.url, failed)))
    return why
