"""Who is told of deadlines, and what they were told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from casework.blocks import Block, Line, Span, Table, View, hint, line, warnings
from casework.views.desk import night
from collector.canonical import as_json
from collector.errors import DONE, PARTIAL, exit_code_of
from rules.language.words import time_words

if TYPE_CHECKING:
    from casework.notices.book import Book, Recipient
    from casework.notices.nights import ToldNight
    from casework.notices.notify import NotifyAnswer
    from casework.notices.sending import Sent
    from casework.notices.telling import TellingAnswer

_LANGUAGES = {"en": "English", "zh": "Chinese", "es": "Spanish", "fr": "French", "de": "German"}


def notified(answer: NotifyAnswer) -> View:
    """Who is told, without what opens an address; and what a test brought."""
    book = answer.book
    value: dict[str, Any] = {
        "addresses": [_address(one, book) for one in book.addresses],
        "steps": [f"{hours} h" for hours in book.steps_h],
        "heartbeat": None if book.ping is None else {"failed": as_json(book.ping.failed)},
        "calendar": book.calendar,
    }
    if answer.sent:
        value["sent"] = as_json(answer.sent)
    failed = any(not one.ok for one in answer.sent)
    return View(value, tuple(_notified(answer)), PARTIAL if failed else DONE)


def _address(one: Recipient, book: Book) -> dict[str, Any]:
    told = {"number": one.number, "service": one.label, "lang": one.lang, "zone": one.zone, "discreet": one.discreet}
    return {**told, "confirmed": as_json(one.confirmed), "failed": as_json(book.failed.get(str(one.number)))}


def _notified(answer: NotifyAnswer) -> Iterator[Block]:
    if answer.said:
        yield line(Span("✓", "good"), f" {answer.said}")
        return
    if answer.sent:
        yield from _sent(answer.sent)
        if any(one.ok for one in answer.sent):
            yield hint("Its service took it; whether it arrived only its reader can say. The message says how.")
        return
    book = answer.book
    if not book.addresses:
        yield line("Nobody is told of deadlines yet.")
        yield hint("Add an address: tradewitness notify add mailto://USER:PASSWORD@HOST")
    else:
        yield Table(("No.", "Who", "Reads", "Did a test arrive?"), tuple(_row(one) for one in book.addresses))
        yield line(
            f"They are told {book.steps_in_words} before an end, of changes to your disadvantage, and when nobody looks."
        )
    yield from unsent(book)
    if book.ping is not None:
        yield line("A dead-man's service hears of each night, and warns you when one is missing.")
    if book.calendar:
        yield line(f"Calendar file, kept current: {book.calendar}")


def _row(one: Recipient) -> tuple[str | Span, ...]:
    reads = f"{_LANGUAGES[one.lang]}, {one.zone}{', without names and amounts' if one.discreet else ''}"
    arrived = Span(f"yes, {time_words(one.confirmed, one.zone)}", "good") if one.confirmed else Span("not known", "warning")
    return str(one.number), one.label, reads, arrived


def _sent(sent: tuple[Sent, ...]) -> Iterator[Line]:
    for one in sent:
        if one.ok:
            yield line(Span("✓", "good"), f" {one.service}: sent")
        else:
            yield line(Span("✗", "bad"), f" {one.service}: not sent, {one.why}")


def unsent(book: Book) -> Iterator[Line]:
    """What could not be told, until it could."""
    for text in book.unsent:
        yield line(Span("!", "urgent"), f" {text}")


def reminded(answer: TellingAnswer) -> View:
    """What was told to whom."""
    value = {"sent": as_json(answer.sent), "concerns": as_json(answer.concerns), "calendar": str(answer.calendar or "")}
    return View({**value, "notes": list(answer.notes)}, tuple(telling(answer)), PARTIAL if answer.failed else DONE)


def telling(answer: TellingAnswer) -> Iterator[Block]:
    """The same in lines, as a night ends with it."""
    yield from _sent(answer.sent)
    yield from warnings(answer.notes)
    if answer.silent:
        number = len(answer.concerns)
        yield line(
            Span("!", "warning"),
            f" {number} thing{'s' if number != 1 else ''} to tell, and nobody to tell: tradewitness notify add",
        )
    elif not answer.sent:
        yield line(Span("Nothing new to tell.", "aside"))


def told_night(answer: ToldNight) -> View:
    """A night and what was told of it. What could not be told is partial work."""
    shown = night(answer.night)
    value = {"told": as_json(answer.told.sent), "unheard": answer.unheard}
    heard = line(Span("!", "warning"), f" The dead-man's service did not hear of it: {answer.unheard}.")
    blocks = (*shown.blocks, *telling(answer.told), *((heard,) if answer.unheard else ()))
    code = exit_code_of({shown.code, PARTIAL if answer.untold else DONE})
    return View({**shown.json, **value}, blocks, code)
