"""A value over the days on which it was looked at, as a small drawing (SVG) that needs no script. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from html import escape

from rules.language.words import day_words

_WIDE, _TALL, _LEFT, _RIGHT, _TOP, _FOOT = 340, 132, 12, 12, 26, 24


@dataclass(frozen=True, slots=True)
class Point:
    """What a day's last look showed: the number (None: not shown), and how people read it."""

    day: date
    value: float | None
    words: str


@dataclass(frozen=True, slots=True)
class Series:
    """One fact of one page over the days, oldest first; `adverse`: one of its changes is to the buyer's harm."""

    title: str
    points: tuple[Point, ...]
    adverse: bool = False

    @property
    def moved(self) -> bool:
        """Whether it was ever another than before."""
        return len({point.value for point in self.points}) > 1


def drawn(series: Series) -> str:
    """The chart: a step for each change, a gap where the page did not show it; its ends are told in words, too."""
    known = [point.value for point in series.points if point.value is not None]
    if not known:
        return ""
    least, most = min(known), max(known)
    room = (most - least) or abs(most) or 1.0
    first, last = series.points[0].day, series.points[-1].day
    days = max((last - first).days, 1)

    def x(day: date) -> float:
        return _LEFT + (_WIDE - _LEFT - _RIGHT) * (day - first).days / days

    def y(value: float) -> float:
        return _TOP + (_TALL - _TOP - _FOOT) * (1 - (value - least) / room if most > least else 0.5)

    parts = [f'<path class="line" d="{path}"/>' for path in _paths(series.points, x, y)]
    for point in _turns(series.points):
        height, kind = (_TALL - _FOOT, "none") if point.value is None else (y(point.value), "dot")
        parts.append(f'<circle class="{kind}" cx="{x(point.day):.1f}" cy="{height:.1f}" r="3"/>')
    end = series.points[-1]
    told = f"{_short(series.points[0].words)} → {_short(end.words)}"
    label = escape(f"{series.title}: {series.points[0].words} on {day_words(first)}, {end.words} on {day_words(last)}")
    return (
        f'<svg viewBox="0 0 {_WIDE} {_TALL}" role="img" aria-label="{label}"><text class="now" x="{_LEFT}" y="16">'
        f"{escape(told)}</text>"
        f'<line class="axis" x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{_TALL - _FOOT + 6}" y2="{_TALL - _FOOT + 6}"/>'
        f'{"".join(parts)}<text class="day" x="{_LEFT}" y="{_TALL - 5}">{_day(first)}</text>'
        f'<text class="day" x="{_WIDE - _RIGHT}" y="{_TALL - 5}" text-anchor="end">{_day(last)}</text></svg>'
    )


def by_day(points: Iterable[Point]) -> tuple[Point, ...]:
    """The last look of each day."""
    return tuple({point.day: point for point in points}.values())


def _turns(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """The ends, and the looks before and after each change: a year of dots is a smear."""
    return tuple(
        p for n, p in enumerate(points)
        if n in (0, len(points) - 1) or points[n - 1].value != p.value or points[n + 1].value != p.value
    )  # fmt: skip


def _paths(points: tuple[Point, ...], x: Callable[[date], float], y: Callable[[float], float]) -> list[str]:
    """A path for each stretch in which the page showed a value: level until the look that showed another."""
    found: list[str] = []
    open_path = ""
    for point in points:
        if point.value is None:
            found += [open_path] if open_path else []
            open_path = ""
            continue
        at, height = f"{x(point.day):.1f}", f"{y(point.value):.1f}"
        open_path = f"{open_path} H{at} V{height}" if open_path else f"M{at} {height}"
    return [*found, open_path] if open_path else found


def _short(words: str) -> str:
    return words if len(words) <= 22 else words[:21] + "…"


def _day(day: date) -> str:
    return day_words(day).split(" ", 1)[1]
