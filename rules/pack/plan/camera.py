"""What a photo or a video says of how it was taken, in words, with the word that anybody can edit it. Pure."""

from __future__ import annotations

from datetime import date

from collector.model import CameraData
from rules.language.words import day_words


def camera_words(data: CameraData | None) -> str:
    """ "taken Sun 20 Sep 2026, 14:01 (+08:00); at 23.02000, 113.12000; with Apple iPhone 15; 12 seconds long", or ""."""
    if data is None:
        return ""
    parts = [
        f"taken {taken_words(data.taken)}" if data.taken else "",
        f"at {data.place}" if data.place else "at a place that could not be read" if data.located else "",
        f"with {data.device}" if data.device else "",
        f"{length_words(data.length_ms)} long" if data.length_ms is not None else "",
    ]
    return "; ".join(filter(None, parts))


def camera_sentence(data: CameraData | None) -> str:
    """The same as a sentence that says whose word it is; "" for nothing."""
    words = camera_words(data)
    return f"The file says of itself, and anybody can edit that: {words}." if words else ""


def taken_words(taken: str) -> str:
    """ "2026-09-20 14:01:33 +08:00" as "Sun 20 Sep 2026, 14:01 (+08:00)"; what is no day stays as it is."""
    day, _, rest = taken.partition(" ")
    clock, _, zone = rest.partition(" ")
    try:
        words = day_words(date.fromisoformat(day))
    except ValueError:
        return taken
    return f"{words}, {clock[:5]} ({zone or 'its zone is not said'})"


def length_words(length_ms: int) -> str:
    """ "12 seconds", "3 minutes 5 seconds"."""
    minutes, seconds = divmod(round(length_ms / 1000), 60)
    named = ((minutes, "minute"), (seconds, "second"))
    words = (f"{count} {name}{'' if count == 1 else 's'}" for count, name in named if count)
    return " ".join(words) or "less than a second"


def moment_words(at_ms: int) -> str:
    """Where in a video a frame stands: "0:12", "1:02:03"."""
    minutes, seconds = divmod(at_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
