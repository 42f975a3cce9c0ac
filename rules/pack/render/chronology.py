"""What happened as one picture: a scale of days, and beside it what happened when (SVG, no script). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from collector.inert import shown
from rules.language.words import day_words
from rules.pack.plan.brief import quoted_mark
from rules.pack.plan.plan import PackPlan
from rules.pack.plan.timeline import TimelineRow
from rules.policy.calendars import day_in

MOST = 24
_KINDS = ("event", "change", "message", "deadline", "file")
_NAMES = {"event": "what happened", "change": "page changed", "message": "admitted in writing", "deadline": "deadline",
          "file": "file added"}  # fmt: skip
_WIDE, _AXIS, _DAY, _TEXT = 720, 92, 128, 228
_TOP, _PITCH, _MOST_APART, _ROOM, _LONGEST = 18, 27, 60, 360, 88  # pixels, but for the letters of a line


@dataclass(frozen=True, slots=True)
class DatedSign:
    """What stands at one place of the scale."""

    at: datetime
    kind: str
    text: str
    source: str


def drawn(plan: PackPlan, rows: Iterable[TimelineRow]) -> Markup:
    """The picture of these rows of the timeline and of what was admitted; nothing where there are fewer than two."""
    moments = _moments(plan, rows)
    if len(moments) < 2:
        return Markup()
    scale = _Scale(
        moments[0].at, max(moments[-1].at, plan.as_of), max(_PITCH, min(_MOST_APART, _ROOM // len(moments))) * len(moments)
    )
    tall = scale.height + 2 * _TOP + 34
    told = (
        f"{len(moments)} moments from {_day(moments[0], plan)} to {_day(moments[-1], plan)}; the table says each in words."
    )
    parts = [
        Markup('<svg class="chronology" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(_WIDE, tall, told),
        *_ticks(scale, plan.zone),
        _late(moments, scale),
        _today(plan, scale),
        *_labels(moments, scale, plan),
        *_legend(moments, tall - 12),
        Markup("</svg>"),
    ]
    return Markup("\n").join(parts)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Days from top to bottom."""

    first: datetime
    last: datetime
    height: int

    def y(self, at: datetime) -> float:
        whole = (self.last - self.first).total_seconds() or 1
        return round(_TOP + self.height * (at - self.first).total_seconds() / whole, 1)


def _moments(plan: PackPlan, rows: Iterable[TimelineRow]) -> tuple[DatedSign, ...]:
    """At most MOST: events first, then changes, admissions, deadlines and files; of one instant and kind one moment."""
    wanted = [
        row for row in rows if row.kind in _KINDS and not (row.kind == "deadline" and row.source.startswith("printed"))
    ]
    wanted += [row for row in plan.timeline if any(mark.kind == "admission" for mark in row.marks)]
    found: dict[tuple[datetime, str], DatedSign] = {}
    for row in sorted(wanted, key=lambda row: (_KINDS.index(row.kind), row.first)):
        text, place = _text(row), (row.first, row.kind)
        one = found.get(place)
        if one is None:
            found[place] = DatedSign(row.first, row.kind, text, row.source)
        elif text not in one.text.split("; "):
            sources = ", ".join(dict.fromkeys(filter(None, (*one.source.split(", "), row.source))))
            found[place] = DatedSign(one.at, one.kind, f"{one.text}; {text}", sources)
    return tuple(sorted(list(found.values())[:MOST], key=lambda one: one.at))


def _text(row: TimelineRow) -> str:
    if row.kind == "message":
        return quoted_mark(row, next(mark for mark in row.marks if mark.kind == "admission"))
    return row.text.partition(" (")[0] if row.kind == "deadline" else row.text


def _ticks(scale: _Scale, zone: str) -> Iterator[Markup]:
    bottom = _TOP + scale.height
    yield Markup('<line class="axis" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(_AXIS, _TOP, bottom)
    first, last = day_in(scale.first, zone), day_in(scale.last, zone)
    for day, name in _days(first, last):
        y = scale.y(scale.first + timedelta(days=(day - first).days))
        if _TOP <= y <= bottom:
            yield Markup('<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(_AXIS - 6, _AXIS, y, y)
            yield Markup('<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>').format(_AXIS - 10, y + 4, name)


def _days(first: date, last: date) -> Iterator[tuple[date, str]]:
    """Where the scale is marked: weeks, months or years, so that marks stay apart."""
    days = (last - first).days
    if days <= 70:
        start = first + timedelta(days=-first.weekday() % 7)
        yield from ((day, f"{day.day} {day:%b}") for n in range(11) if (day := start + timedelta(weeks=n)) <= last)
        return
    step = 1 if days <= 550 else 12
    month = first.year * 12 + first.month
    month += -month % 12 if step == 12 else 0
    while (day := date(month // 12, month % 12 + 1, 1)) <= last:
        yield day, f"{day:%b %Y}" if step == 1 else f"{day.year}"
        month += step


def _late(moments: tuple[DatedSign, ...], scale: _Scale) -> Markup:
    """The days from the agreed ship date to shipment, where it came later."""
    at = {text: moment.at for moment in reversed(moments) for text in moment.text.split("; ")}
    agreed, shipped = at.get("Agreed ship date"), at.get("Goods shipped")
    if not agreed or not shipped or (days := (shipped.date() - agreed.date()).days) < 1:
        return Markup()
    top, bottom = scale.y(agreed), scale.y(shipped)
    band = Markup('<rect class="late" x="{}" y="{}" width="9" height="{}"/>').format(_AXIS, top, round(bottom - top, 1))
    if bottom - top < 70:
        return band
    middle = round((top + bottom) / 2, 1)
    words = Markup(
        '<text class="late-name" x="{0}" y="{1}" text-anchor="middle" transform="rotate(-90 {0} {1})">{2} late</text>'
    )
    return band + words.format(_AXIS + 20, middle, f"{days} day{'s' if days > 1 else ''}")


def _today(plan: PackPlan, scale: _Scale) -> Markup:
    y = scale.y(plan.as_of)
    return Markup('<line class="today" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(_AXIS - 30, _AXIS + 14, y, y)


def _labels(moments: tuple[DatedSign, ...], scale: _Scale, plan: PackPlan) -> Iterator[Markup]:
    """Each moment's sign on the scale, and its words beside it, one under the other, joined by a line."""
    for moment, y in zip(moments, _apart([scale.y(one.at) for one in moments], _TOP + scale.height), strict=True):
        at = scale.y(moment.at)
        yield Markup('<path class="lead" d="M{} {}L{} {}L{} {}"/>').format(_AXIS + 7, at, _DAY - 12, y, _DAY - 4, y)
        yield _sign(moment.kind, _AXIS, at)
        yield Markup('<text class="day" x="{}" y="{}">{}</text>').format(_DAY, y + 4, _day(moment, plan))
        where = f" [{moment.source}]" if moment.source else ""
        room = _LONGEST - len(where)
        for line, words in enumerate(_lines(shown(" ".join(moment.text.split())), room)):
            end = Markup('<tspan class="where">{}</tspan>').format(where) if line == 0 else Markup()
            yield Markup('<text class="what" x="{}" y="{}">{}{}</text>').format(_TEXT, y + 4 + 11 * line, words, end)


def _lines(text: str, room: int) -> list[str]:
    """One line, or two: the second ends in "…" where there is more."""
    if len(text) <= room:
        return [text]
    first = text[: room + 1].rpartition(" ")[0] or text[:room]
    rest = text[len(first) :].strip()
    return [first, rest if len(rest) <= room else f"{rest[: room - 1]}…"]


def _apart(places: list[float], bottom: float) -> list[float]:
    """The same order with room between them, as near to their places as that lets them."""
    for n in range(1, len(places)):
        places[n] = max(places[n], places[n - 1] + _PITCH)
    for n in range(len(places) - 1, -1, -1):
        places[n] = min(places[n], bottom - _PITCH * (len(places) - 1 - n))
    return [round(place, 1) for place in places]


def _sign(kind: str, x: float, y: float) -> Markup:
    """Told apart by form, not by colour alone."""
    if kind == "message":
        return Markup('<rect class="sign {}" x="{}" y="{}" width="9" height="9"/>').format(kind, x - 4.5, y - 4.5)
    if kind == "change":
        return Markup('<path class="sign {}" d="M{} {}l6 6l-6 6l-6 -6z"/>').format(kind, x, y - 6)
    return Markup('<circle class="sign {}" cx="{}" cy="{}" r="4.5"/>').format(kind, x, y)


def _legend(moments: tuple[DatedSign, ...], y: float) -> Iterator[Markup]:
    x = _AXIS
    for kind in _KINDS:
        if any(moment.kind == kind for moment in moments):
            yield _sign(kind, x, y)
            yield Markup('<text class="tick" x="{}" y="{}">{}</text>').format(x + 10, y + 4, _NAMES[kind])
            x += 26 + 5 * len(_NAMES[kind])
    yield Markup('<line class="today" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(x, x + 18, y, y)
    yield Markup('<text class="tick" x="{}" y="{}">day of this pack</text>').format(x + 24, y + 4)


def _day(moment: DatedSign, plan: PackPlan) -> str:
    return day_words(day_in(moment.at, plan.zone))
