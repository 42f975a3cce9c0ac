"""KakaoTalk's "Export messages": of a telephone with day and time before each message, of a computer a day above them.

Korean `2025. 8. 3. 오후 9:22, Name : text` (iPhone), `2025년 8월 3일 오후 9:22, Name : text` (Android), English
`August 3, 2025 at 9:22 PM, Name : text`; of a computer `[Name] [오후 9:22] text` below `--- 2025년 8월 3일 일요일 ---`. Its
CSV is read by its header (rows.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from collector.saved.chats.clocks import day_of, hours_of, printed_at
from collector.saved.chats.conversation import Chat, Given, Message, conversation, message
from collector.saved.chats.lines import Piece, pieces, plain_lines, without_days

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_KOREAN_DAY = r"(?P<y>\d{4})(?:년|\.|-) ?(?P<m>\d{1,2})(?:월|\.|-) ?(?P<d>\d{1,2})(?:일|\.|)"
_ENGLISH_DAY = r"(?P<month>[A-Z][a-z]{2,8})\.? (?P<ed>\d{1,2}), (?P<ey>\d{4})"
_DAY = rf"(?:{_KOREAN_DAY}|{_ENGLISH_DAY})"
_CLOCK = r"(?P<before>오전|오후|[AP]M)? ?(?P<h>\d{1,2}):(?P<min>\d{2})(?: ?(?P<after>[AaPp]\.?[Mm]\.?))?"
_SAID = r"(?:, (?P<name>.{1,100}?) :(?: (?P<text>.*))?|[,:] (?P<notice>.+))$"
_TELEPHONE = re.compile(rf"^{_DAY}(?: at|,)? {_CLOCK}{_SAID}")
_BELOW_A_DAY = re.compile(rf"^{_CLOCK}{_SAID}")
_WEEKDAY = r"(?:,? (?P<weekday>[월화수목금토일]요일|[A-Z][a-z]+))?"
_RULE = re.compile(rf"^(?:-{{3,}} )?(?P<early>[A-Z][a-z]+, )?{_DAY}{_WEEKDAY}(?: {_CLOCK})?(?: -{{3,}})?$")
_COMPUTER = re.compile(rf"^\[(?P<name>[^\]]{{1,100}})\] \[{_CLOCK}\](?: (?P<text>.*))?$")


@dataclass(frozen=True, slots=True)
class _Head:
    day: date
    printed: str
    match: re.Match[str]


def read_kakaotalk(given: Given) -> Chat | None:
    """The conversation in an export's text, or None."""
    found = pieces(plain_lines(given.text), _Heads())
    if not any(piece.head.match["name"] for piece in found):
        return None
    return conversation("KakaoTalk", map(_message, found), found[0].line)


class _Heads:
    """The heads of messages; one without a day of its own has the newest above it.

    A day in a message must not be taken for that: where days stand between rules none counts without, elsewhere only one
    with its weekday below a blank line or a rule.
    """

    def __init__(self) -> None:
        self.day: date | None = None
        self.said = ""
        self.ruled = False
        self.before = ""

    def __call__(self, line: str) -> _Head | None:
        line = line.strip()
        if match := _TELEPHONE.match(line):
            day = _day(match)
            return _Head(day, match[0][: _end_of_time(match)], match) if day else None
        self._look_for_day(line)
        match = _COMPUTER.match(line) or _BELOW_A_DAY.match(line)
        if match is None or self.day is None:
            return None
        clock = match[0][match.start("before" if match["before"] else "h") : _end_of_time(match)]
        return _Head(self.day, f"{self.said} {clock}", match)

    def _look_for_day(self, line: str) -> None:
        before, self.before = self.before, line
        match = _RULE.match(line)
        if match is None:
            return
        ruled = line.startswith("---")
        if ruled or (not self.ruled and (match["weekday"] or match["early"]) and (not before or before.startswith("---"))):
            self.ruled = self.ruled or ruled
            self.day, self.said = _day(match), match[0].strip("- ")


def _end_of_time(match: re.Match[str]) -> int:
    return match.end("after") if match["after"] else match.end("min")


def _is_between(line: str) -> object:
    """Whether a line is the day above the next message, or the rule beside it."""
    return _RULE.match(line) or re.fullmatch(r"-{5,}", line)


def _day(match: re.Match[str]) -> date | None:
    if match["y"]:
        return day_of(match["y"], match["m"], match["d"])
    name = match["month"][:3].lower()
    return day_of(match["ey"], str(_MONTHS.index(name) + 1), match["ed"]) if name in _MONTHS else None


def _message(piece: Piece[_Head]) -> Message:
    head, match = piece.head, piece.head.match
    hours = hours_of(int(match["h"]), match["after"] or match["before"] or "")
    sent = printed_at(head.printed, (head.day,), hours, match["min"])
    parts = match.groupdict()
    first = (parts["text"] if parts["name"] else parts.get("notice")) or ""
    words = "\n".join((first, *without_days(piece.below, _is_between)))
    return message("KakaoTalk", (parts["name"] or "").strip(), head.printed, sent, words.strip())
