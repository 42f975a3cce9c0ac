"""Who is told, and what they were told: a file in the user's own folder, outside the archive, that nobody else may read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from filelock import FileLock

from casework.workspace import Workspace
from collector.canonical import as_json, made
from collector.errors import ArchiveError
from collector.ledger.disk import write_file
from collector.platform import keep_private
from rules.language.words import time_words
from rules.notices.concerns import STEPS, Told
from rules.notices.wording import LANGUAGES

MOST_STEP_H = 24 * 60
_WAIT_S = 120  # another command may be sending: longer than the slowest service is waited for


@dataclass(frozen=True, slots=True)
class Failure:
    """A notice that did not leave: since when, the last reason, and how often it was tried."""

    since: datetime
    why: str
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told. `url` is a secret: it opens a mailbox or a channel, and is shown nowhere.

    `label` says in words who it is; `zone` and `lang` are the reader's, `discreet` leaves out names and amounts. `confirmed`
    is when a person said that a test had arrived, `code` what the last test asked them to say.
    """

    number: int
    url: str
    label: str
    zone: str
    lang: str = "en"
    discreet: bool = False
    code: str = ""
    confirmed: datetime | None = None

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            raise ValueError(f"there are no notices in {self.lang!r}")
        try:
            ZoneInfo(self.zone)
        except (KeyError, OSError) as error:
            raise ValueError(f"{self.zone!r} is no time zone") from error


@dataclass(frozen=True, slots=True)
class Ping:
    """Somebody who notices when the nights stop (healthchecks protocol); `url` is a secret. `failed` is of the last ping."""

    url: str
    failed: Failure | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """All of it. `told` and `failed` are by address number, `told` by concern; `steps_h` in hours before an end."""

    addresses: tuple[Recipient, ...] = ()
    steps_h: tuple[int, ...] = tuple(int(step.total_seconds()) // 3600 for step in STEPS)
    ping: Ping | None = None
    calendar: str = ""
    told: Mapping[str, Mapping[str, Told]] = field(default_factory=dict)
    failed: Mapping[str, Failure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not all(0 < hours <= MOST_STEP_H for hours in self.steps_h):
            raise ValueError("a step is no span of time")

    @property
    def steps_in_words(self) -> str:
        """How long before an end somebody is told: "7 days, 3 days and 1 day"."""
        words = [_span(hours) for hours in self.steps_h]
        return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))

    @property
    def unsent(self) -> tuple[str, ...]:
        """A sentence for each recipient whom a notice has not reached, and for a dead-man's service that does not hear."""
        known = {str(one.number): one for one in self.addresses}
        said = [
            f"A notice to {known[number].label} could not be sent since {time_words(failure.since, known[number].zone)}: "
            f"{failure.why}. It is tried again; see: tradewitness notify test"
            for number, failure in self.failed.items()
            if number in known
        ]
        if self.ping is not None and self.ping.failed is not None:
            zone, failure = next((one.zone for one in self.addresses), "UTC"), self.ping.failed
            said.append(f"The dead-man's service hears nothing since {time_words(failure.since, zone)}: {failure.why}.")
        return tuple(said)

    def told_to(self, address: Recipient) -> Mapping[str, Told]:
        """What an address was told, by concern."""
        return self.told.get(str(address.number), {})

    def after(self, address: Recipient, told: Mapping[str, Told], failure: Failure | None) -> Book:
        """The book after an address was written to."""
        number = str(address.number)
        failed = {key: value for key, value in self.failed.items() if key != number}
        return replace(
            self, told={**self.told, number: told}, failed={**failed, number: failure} if failure is not None else failed
        )

    def with_address(self, address: Recipient) -> Book:
        """The book with an address in place of the one that has its number, or as a new one."""
        others = [one for one in self.addresses if one.number != address.number]
        return replace(self, addresses=tuple(sorted((*others, address), key=lambda one: one.number)))

    def without(self, address: Recipient) -> Book:
        """The book without an address, and without what it was told."""
        number = str(address.number)
        return replace(
            self,
            addresses=tuple(one for one in self.addresses if one.number != address.number),
            told={key: value for key, value in self.told.items() if key != number},
            failed={key: value for key, value in self.failed.items() if key != number},
        )

    def with_ping(self, ping: Ping | None) -> Book:
        """The book with another dead-man's service, or none."""
        return replace(self, ping=ping)


def _span(hours: int) -> str:
    number, word = (hours // 24, "day") if hours % 24 == 0 else (hours, "hour")
    return f"{number} {word}{'s' if number != 1 else ''}"


def _file(ws: Workspace) -> Path:
    """A file for each archive: a person's two companies may have different people to tell."""
    return ws.user / "notices" / f"{ws.mark[:16]}.json"


def read_book(ws: Workspace) -> Book:
    """What is written down; an empty book where nothing is. Raises ArchiveError where it cannot be read."""
    path = _file(ws)
    try:
        return made(Book, json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return Book()
    except (OSError, ValueError, RecursionError) as error:
        raise ArchiveError(
            f"The list of who is told of deadlines is not understood ({path}).",
            "Move that file away, and give the addresses anew: tradewitness notify add",
        ) from error


@contextmanager
def writing(ws: Workspace) -> Iterator[None]:
    """Nobody else changes the book during the block, nor sends: nothing is told twice."""
    folder = _file(ws).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        keep_private(folder)
        with FileLock(_file(ws).with_suffix(".lock"), timeout=_WAIT_S):
            yield
    except (OSError, TimeoutError) as error:
        raise ArchiveError(
            f"{folder} cannot be written to ({error}).",
            "Wait until no other command runs, and look whether the disk is full.",
        ) from error


def write_book(ws: Workspace, book: Book) -> None:
    """Writes it down, whole or not at all, for the user alone."""
    path = _file(ws)
    write_file(path, (json.dumps(as_json(book), ensure_ascii=False, indent=1) + "\n").encode())
