"""`notify`: who is told of deadlines, and whether a test reached them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from casework.cases import machine_zone, require_zone
from casework.keeping.sign_in import Person
from casework.notices.book import MOST_STEP_H, Book, Ping, Recipient, read_book, write_book, writing
from casework.notices.sending import Sent, label_of, send
from casework.workspace import Workspace, is_web_address
from collector.errors import WrongRequest
from collector.progress import Progress
from rules.notices.wording import LANGUAGES, Addressee, trial

_NOBODY = "Add somebody first: tradewitness notify add mailto://USER:PASSWORD@HOST"


@dataclass(frozen=True, slots=True)
class NotifyAnswer:
    """Who is told now, what was said of each, and what a test brought."""

    book: Book
    said: str = ""
    sent: tuple[Sent, ...] = ()


def listed(ws: Workspace) -> NotifyAnswer:
    """Everybody who is told; no address is shown with what opens it."""
    return NotifyAnswer(read_book(ws))


def add_address(ws: Workspace, given: str, person: Person, *, lang: str, zone: str, discreet: bool) -> NotifyAnswer:
    """Writes an address down, and asks for it where none was given: then no list of typed commands keeps it.

    Raises WrongRequest where no service, language or zone is known by that name.
    """
    if lang not in LANGUAGES:
        raise WrongRequest(f"There are no notices in {lang!r}.", f"Choose one of: {', '.join(LANGUAGES)}.")
    if not given and not person.present:
        raise WrongRequest("Say whom to tell.", "Try: tradewitness notify add mailto://USER:PASSWORD@HOST")
    url = (given or person.ask("Address (such as mailto://USER:PASSWORD@HOST):")).strip()
    label, zone = label_of(url), require_zone(zone) if zone else machine_zone()
    with writing(ws):
        book = read_book(ws)
        if any(one.url == url for one in book.addresses):
            raise WrongRequest("That address is in the list already.", "See it: tradewitness notify list")
        number = max((one.number for one in book.addresses), default=0) + 1
        address = Recipient(number, url, label, zone, lang, discreet)
        book = book.with_address(address)
        write_book(ws, book)
    return NotifyAnswer(book, f"{label} will be told. See whether it arrives: tradewitness notify test")


def remove_address(ws: Workspace, number: int) -> NotifyAnswer:
    """Takes an address off the list. Raises WrongRequest where there is none of that number."""
    with writing(ws):
        book = read_book(ws)
        gone = next((one for one in book.addresses if one.number == number), None)
        if gone is None:
            raise WrongRequest(f"There is no address {number}.", "See their numbers: tradewitness notify list")
        book = book.without(gone)
        write_book(ws, book)
    return NotifyAnswer(book, f"{gone.label} will not be told any more.")


def try_addresses(ws: Workspace, progress: Progress) -> NotifyAnswer:
    """Sends each address a message that asks its reader to say that it arrived. Raises WrongRequest where there is none."""
    sent: list[Sent] = []
    with writing(ws):
        book = read_book(ws)
        if not book.addresses:
            raise WrongRequest("Nobody is told yet, so there is nothing to test.", _NOBODY)
        for address in book.addresses:
            progress(f"testing {address.label}")
            code = f"{secrets.randbelow(9000) + 1000}"
            one = send(address, trial(code, Addressee(address.lang, address.zone, address.discreet)))
            sent.append(one)
            if one.ok:
                book = book.with_address(replace(address, code=code))
        write_book(ws, book)
    return NotifyAnswer(book, sent=tuple(sent))


def confirm(ws: Workspace, code: str) -> NotifyAnswer:
    """Writes down that a test arrived: its reader says the number that stood in it. Raises WrongRequest for any other."""
    with writing(ws):
        book = read_book(ws)
        arrived = next((one for one in book.addresses if one.code and one.code == code.strip()), None)
        if arrived is None:
            raise WrongRequest(
                f"No test that was sent holds the number {code!r}.", "Send a new one: tradewitness notify test"
            )
        book = book.with_address(replace(arrived, code="", confirmed=ws.clock.now()))
        write_book(ws, book)
    return NotifyAnswer(book, f"{arrived.label}: the test arrived, so you will be warned there.")


def set_ping(ws: Workspace, url: str) -> NotifyAnswer:
    """Who notices when the nights stop (healthchecks protocol); "" takes it back. Raises WrongRequest for no web address."""
    if url and not _is_ping_address(url):
        raise WrongRequest(
            "That is not the address of a dead-man's service.",
            "Copy the ping address of your check, such as https://hc-ping.com/…, whole.",
        )
    with writing(ws):
        book = read_book(ws).with_ping(Ping(url) if url else None)
        write_book(ws, book)
    said = (
        "Each night is told to that service, which warns you when one is missing."
        if url
        else "No dead-man's service hears of the nights any more."
    )
    return NotifyAnswer(book, said)


def _is_ping_address(url: str) -> bool:
    """Whether `/start` and `/fail` can be written behind it: what stands behind ? or # would swallow them."""
    return is_web_address(url) and url.isascii() and url.isprintable() and not set(" ?#@\\") & set(url)


def set_calendar(ws: Workspace, file: Path | None) -> NotifyAnswer:
    """A calendar file that is kept current; None takes it back. Raises WrongRequest where its folder is not there."""
    if file is not None and not file.expanduser().absolute().parent.is_dir():
        raise WrongRequest(f"There is no folder {file.parent}.", "Name a file in a folder that your phone sees, too.")
    with writing(ws):
        book = replace(read_book(ws), calendar=str(file.expanduser().absolute()) if file else "")
        write_book(ws, book)
    said = (
        f"{book.calendar} is written anew whenever something is looked at."
        if file
        else "The calendar file is left as it is."
    )
    return NotifyAnswer(book, said)


def set_steps(ws: Workspace, steps: tuple[str, ...]) -> NotifyAnswer:
    """How long before an end somebody is told: 7d 3d 1d 6h 1h. Raises WrongRequest for what is no such span."""
    hours = sorted({_hours(step) for step in steps}, reverse=True)
    with writing(ws):
        book = replace(read_book(ws), steps_h=tuple(hours))
        write_book(ws, book)
    return NotifyAnswer(book, f"You are told {book.steps_in_words} before a deadline ends.")


def _hours(text: str) -> int:
    number, unit = text[:-1], text[-1:].lower()
    size = {"d": 24, "h": 1}.get(unit, 0)
    short = number.isascii() and number.isdigit() and len(number) <= len(str(MOST_STEP_H))
    if not short or not 1 <= int(number) * size <= MOST_STEP_H:
        raise WrongRequest(f"{text!r} is not a length of time.", "Write days and hours like this: 7d 3d 1d 6h 1h")
    return int(number) * size
