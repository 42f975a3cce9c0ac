"""A case's timeline as a picture (SVG): numbers on an axis of days, which the list beside it tells in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import get_month_names
from markupsafe import Markup

from casework.asking.timeline import CaseTimeline
from web.language import page_language

_EDGE, _ROW, _DOT, _LANE = 16, 26, 11, 18  # in units of the picture


@dataclass(frozen=True, slots=True)
class Axis:
    """Days from left to right."""

    first: datetime
    last: datetime
    wide: int

    def at(self, moment: datetime) -> float:
        return _EDGE + (self.wide - 2 * _EDGE) * ((moment - self.first) / (self.last - self.first))

    def months(self, zone: str) -> Iterator[tuple[float, str]]:
        """Where each month begins, with its name, January with its year's; of many every second, third or sixth."""
        names = get_month_names("abbreviated", context="stand-alone", locale=page_language().lang)
        first = self.first.astimezone(ZoneInfo(zone))
        count = (self.last - self.first).days // 30 + 1
        every = next(step for step in (1, 2, 3, 6, 12, 10**6) if count / step <= self.wide / 70)
        year, month = first.year, first.month
        while True:
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
            begins = datetime(year, month, 1, tzinfo=ZoneInfo(zone))
            if begins > self.last:
                return
            if (month - 1) % every == 0:
                yield self.at(begins), str(names[month]) if month > 1 else str(year)


def picture(told: CaseTimeline, wide: int, label: str) -> Markup:
    """The picture, so many units wide: what happened above the axis, ends to come below it, then messages and visits."""
    times = [one.first for one in told.moments] + [*told.visits, *told.messages, told.as_of]
    room = max((max(times) - min(times)) / 30, timedelta(days=1))
    axis = Axis(min(times) - room, max(times) + room, wide)
    above = _stacked([(n, axis.at(one.first)) for n, one in enumerate(told.moments, 1) if not one.due])
    below = _stacked([(n, axis.at(one.first)) for n, one in enumerate(told.moments, 1) if one.due])
    line = _ROW * (max((row for _, _, row in above), default=0) + 1) + _DOT
    lanes = line + 34 + _ROW * (max((row for _, _, row in below), default=-1) + 1)
    parts = [_text(x, line + 16, name, "month") for x, name in axis.months(told.zone)]
    parts += [Markup('<line class="month" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(f"{x:.0f}", line - 4, line + 4)
              for x, _ in axis.months(told.zone)]  # fmt: skip
    now = axis.at(told.as_of)
    parts.append(Markup('<line class="axis" x1="0" x2="{}" y1="{}" y2="{}"/>').format(wide, line, line))
    parts.append(Markup('<line class="now" x1="{0}" x2="{0}" y1="4" y2="{1}"/>').format(f"{now:.0f}", lanes + 2 * _LANE))
    dots = [(n, x, line - _ROW * row - _ROW / 2 - 4, "done") for n, x, row in above]
    dots += [(n, x, line + 32.0 + _ROW * row, "due") for n, x, row in below]
    parts += [_stem(x, y, line) for _, x, y, _ in dots]  # under every dot
    parts += [_dot(number, x, y, kind) for number, x, y, kind in dots]
    for number, lane in enumerate((told.messages, told.visits)):
        parts.append(_ticks((axis.at(one) for one in lane), lanes + _LANE * number, "messages" if not number else "visits"))
    return Markup('<svg class="timeline" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        wide, round(lanes + 2 * _LANE + 6), label, Markup("").join(parts)
    )


def _stacked(placed: Sequence[tuple[int, float]]) -> list[tuple[int, float, int]]:
    """Each number in the lowest row in which it touches no other."""
    ends: list[float] = []
    found = []
    for number, x in placed:
        row = next((n for n, end in enumerate(ends) if x - end > 2 * _DOT + 2), len(ends))
        ends[row : row + 1] = [x]
        found.append((number, x, row))
    return found


def _stem(x: float, y: float, line: float) -> Markup:
    return Markup('<line x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(f"{x:.1f}", f"{line:.1f}", f"{y:.1f}")


def _dot(number: int, x: float, y: float, kind: str) -> Markup:
    return Markup(
        '<g class="{}"><circle cx="{x}" cy="{y}" r="{r}"/><text x="{x}" y="{low}" text-anchor="middle">{n}</text></g>'
    ).format(kind, x=f"{x:.1f}", y=f"{y:.1f}", low=f"{y + 4:.1f}", r=_DOT, n=number)


def _ticks(places: Iterable[float], y: float, kind: str) -> Markup:
    """A stroke for each; those that would be one stroke are drawn once."""
    path = "".join(f"M{x} {y:.0f}v10" for x in sorted({round(x) for x in places}))
    return Markup('<path class="{}" d="{}"/>').format(kind, path)


def _text(x: float, y: float, words: str, kind: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(kind, f"{x + 3:.0f}", f"{y:.0f}", words)
