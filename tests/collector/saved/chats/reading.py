"""Reading a conversation in a test, and the instants that a wall clock without a zone can mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from collector.saved.chats.conversation import Chat, NotRead
from collector.saved.chats.table import read_chat


def chat(data: bytes | str, order: str = "") -> Chat:
    found = read_chat(data.encode() if isinstance(data, str) else data, order)
    assert isinstance(found, Chat), found
    return found


def refused(data: bytes | str) -> str:
    """Why a conversation was not read."""
    found = read_chat(data.encode() if isinstance(data, str) else data)
    assert isinstance(found, NotRead), found
    return found.why


def wall(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """What a clock on a wall shows: a time without a zone."""
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001


def anywhere(*walls: datetime) -> tuple[datetime, datetime]:
    """The first and the last instant at which it is one of these times somewhere on earth."""
    first, last = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
    return min(walls).replace(tzinfo=first).astimezone(UTC), max(walls).replace(tzinfo=last).astimezone(UTC)


def times(found: Chat) -> list[tuple[datetime, datetime] | None]:
    sent = [message["sent_at"] for message in found.messages]
    return [(one.earliest, one.latest) if one else None for one in sent]


def told(found: Chat) -> list[tuple[str, str]]:
    return [(message["name"], message["text"]) for message in found.messages]


def files(found: Chat) -> list[tuple[str, str | None]]:
    return [(file["name"], file["digest"]) for message in found.messages for file in message["attachments"]]
