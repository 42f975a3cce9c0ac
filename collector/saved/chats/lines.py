"""Text cut into messages: each begins with a head, and the lines up to the next one are its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

# Marks of direction and a byte order mark, which say nothing; spaces that do not break are spaces.
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff")) | {
    ord("\u202f"): " ",
    ord("\u00a0"): " ",
}
_SPARSEST = 50  # lines to a message; text with fewer heads is something else that has a time in it


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """A head as it was understood, in which line it stands (from 1), and the lines below it."""

    head: T
    line: int
    below: tuple[str, ...]


def decoded(data: bytes) -> str:
    """Text in UTF-8, UTF-16 with its mark, or the Chinese encoding of exported chats; "" for bytes that are none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if b"\0" in data[:4096]:
        return ""
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def plain_lines(text: str) -> list[str]:
    """The lines of a text without invisible marks. Only a line feed ends one: a message may hold any other sign."""
    return [line.rstrip("\r") for line in text.translate(_MARKS).split("\n")]


def pieces(lines: list[str], head: Callable[[str], T | None]) -> list[Piece[T]]:
    """The text cut at its heads; [] where they are too few for a conversation."""
    heads = [(number, found) for number, line in enumerate(lines) if (found := head(line)) is not None]
    if not heads or len(heads) * _SPARSEST < len([line for line in lines if line.strip()]):
        return []
    ends = [number for number, _ in heads[1:]] + [len(lines)]
    return [
        Piece(found, number + 1, tuple(lines[number + 1 : end])) for (number, found), end in zip(heads, ends, strict=True)
    ]


def without_days(below: tuple[str, ...], is_day: Callable[[str], object]) -> list[str]:
    """A message's lines without those at its end that are blank, or the day of the next one; what it says itself stays."""
    lines = list(below)
    while lines and (not lines[-1].strip() or is_day(lines[-1].strip())):
        lines.pop()
    return lines
