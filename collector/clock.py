"""The only reader of the time. Everything else is handed a `Clock`, so a test can tell the story of one fixed day."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Gives aware UTC instants and a monotonic counter."""

    def now(self) -> datetime:
        """This instant, aware, UTC."""
        ...

    def ticks_ms(self) -> int:
        """A monotonic count of milliseconds, for durations only."""
        ...


class SystemClock:
    """The machine's clock; no command, setting or variable changes it.

    It counts in the milliseconds in which instants are kept, so that one read back equals the one that was noted.
    """

    def now(self) -> datetime:
        moment = datetime.now(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def ticks_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


def instant(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and Z, as ledger lines write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


@dataclass(frozen=True, slots=True)
class StandingClock:
    """A clock that stands: all that one page tells is as of one instant."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def ticks_ms(self) -> int:
        return int(self.at.timestamp() * 1000)
