"""LINE's "Export chat history": a line for each day, below it `21:22<tab>Name<tab>text`; on a computer spaces for tabs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from collector.saved.chats.clocks import hours_of, printed_at
from collector.saved.chats.conversation import Chat, Given, Message, conversation, message
from collector.saved.chats.dates import Settled, Written, settle
from collector.saved.chats.lines import Piece, pieces, plain_lines, without_days

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# "2025/08/03(Sun)", "2025/8/3(日)", "2025.08.03 Sunday", "2026/1/30周五"; in English "Sun, 8/3/2025".
_DAY = re.compile(
    r"^(?:(?P<early>[A-Za-z]{3,9}), )?(?P<date>(?P<a>\d{1,4})(?P<sep>[./])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{1,4}))"
    r"(?: ?[(（](?P<kana>[^()（）\d]{1,12})[)）]| (?P<late>[^\s\d]{2,15})| ?(?:周|星期|週)[一二三四五六日天])?$"
)
_TIME = r"(?P<before>[^\W\d]{0,3}) ?(?P<h>\d{1,2}):(?P<min>\d{2}) ?(?P<after>[AaPp]\.?[Mm]\.?)?"
_TABBED = re.compile(rf"^{_TIME}\t(?P<name>[^\t]{{0,200}})\t(?P<text>.*)$")
_NOTICE = re.compile(rf"^{_TIME}\t(?P<text>[^\t]+)$")
_SPACED = re.compile(rf"^{_TIME} (?P<text>\S.*)$")
_COMPUTERS_DAY = re.compile(r"\d{4}\.\d\d\.\d\d \S")
_TITLE = re.compile(r"^(?:\[LINE\]|Chat history (?:with|in) )")


@dataclass(frozen=True, slots=True)
class _Head:
    """A message's head and the day above it."""

    day: Written
    match: re.Match[str]
    tabbed: bool


def read_line(given: Given) -> Chat | None:
    """The conversation in an export's text, or None."""
    lines = plain_lines(given.text)
    inner = _quoted(lines)
    days = [day for number, line in enumerate(lines) if number not in inner and (day := _day(line))]
    tabbed = any(map(_TABBED.match, lines))
    # With spaces for tabs a line looks like anything that begins with a time: only below LINE's own kind of day, or title.
    titled = any(map(_TITLE.match, lines[:3])) or any(_COMPUTERS_DAY.match(day.text) for day in days)
    if not days or not (tabbed or titled):
        return None
    found = pieces(lines, _Heads(inner, spaced=not tabbed))
    if not found:
        return None
    settled = settle(days, given.order)
    return conversation("LINE", (_message(piece, settled) for piece in found), found[0].line, settled.caution)


def _quoted(lines: list[str]) -> frozenset[int]:
    """The lines, from 0, that stand within a message of several lines, which is in quotation marks: no heads, no days."""
    inner: set[int] = set()
    for number, line in enumerate(lines):
        match = _TABBED.match(line)
        if number in inner or match is None or not match["text"].startswith('"'):
            continue
        rest = itertools.takewhile(lambda at: not _TABBED.match(lines[at]), range(number + 1, len(lines)))
        before_next = list(rest)
        if end := next((at for at in before_next if lines[at].endswith('"')), 0):
            inner.update(range(number + 1, end + 1))
    return frozenset(inner)


class _Heads:
    """The heads of messages, each with the newest day above it; a title's lines, before the first day, are none."""

    def __init__(self, inner: frozenset[int], *, spaced: bool) -> None:
        self.inner = inner
        self.spaced = spaced
        self.number = -1
        self.day: Written | None = None

    def __call__(self, line: str) -> _Head | None:
        self.number += 1
        if self.number in self.inner:
            return None
        if day := _day(line):
            self.day = day
        if self.day is None:
            return None
        if tabbed := _TABBED.match(line):
            return _Head(self.day, tabbed, True)
        match = _SPACED.match(line) if self.spaced else _NOTICE.match(line)
        return _Head(self.day, match, False) if match else None


def _day(line: str) -> Written | None:
    match = _DAY.match(line.strip())
    if match is None or not any(len(match[part]) == 4 for part in ("a", "c")):
        return None
    if not (match["early"] or match["kana"] or match["late"] or match[0][-1] in "一二三四五六日天"):
        return None  # a day alone may stand in any message
    name = (match["early"] or match["kana"] or match["late"] or "")[:3].lower()
    weekday = _WEEKDAYS.index(name) if name in _WEEKDAYS else None
    return Written(match[0], (match["a"], match["b"], match["c"]), weekday)


def _message(piece: Piece[_Head], settled: Settled) -> Message:
    match, day = piece.head.match, piece.head.day
    clock = match[0][: match.start("name" if piece.head.tabbed else "text")].strip()
    hours = hours_of(int(match["h"]), match["after"] or match["before"])
    printed = f"{day.text} {clock}"
    sent = printed_at(printed, settled.days(day), hours, match["min"])
    # Where a name ends that only a space follows, nothing tells: it stays with the words.
    name = match["name"] if piece.head.tabbed else ""
    return message("LINE", name, printed, sent, "\n".join(_words(match["text"], piece.below)).strip())


def _words(first: str, below: tuple[str, ...]) -> Iterator[str]:
    """A message's lines. One of several lines stands in quotation marks, its own doubled."""
    rest = without_days(below, _day)
    if rest and first.startswith('"') and rest[-1].endswith('"'):
        yield from (line.replace('""', '"') for line in (first[1:], *rest[:-1], rest[-1][:-1]))
    else:
        yield from (first, *rest)
