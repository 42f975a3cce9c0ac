"""What happened when: facts to occurrences, each with the civil days that it can have been."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from collector.model import ORIGINS, Fact, Origin, Printed, kept_in_part
from rules.case.casefile import CaseFile
from rules.language.words import day_words
from rules.policy.calendars import day_in, end_of, plausible_year, start_of, zone_of
from rules.policy.platform import Event, Policy

_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happened on a day: which fact says so, and how it can be read.

    `days` are (civil day, zone) readings to count from; `earliest` and `latest` the instants (UTC) it can have been;
    `printed` whether a page says it; `exact` whether it was printed to the minute with its zone; `origin` and `lacks` the
    fact's; `told_at` when it was read or entered.
    """

    fact: str
    text: str
    days: tuple[tuple[date, str], ...]
    earliest: datetime
    latest: datetime
    printed: bool
    round: int = 1
    exact: bool = False
    origin: Origin = "witnessed"
    lacks: str = ""
    told_at: datetime | None = None

    @property
    def by(self) -> datetime:
        """The last instant at which it can have happened: what was told during its day had happened when it was told."""
        return self.told_at if self.told_at and self.earliest <= self.told_at < self.latest else self.latest

    def __str__(self) -> str:
        how = ORIGINS["saved"] if self.origin == "saved" else f"on a page {kept_in_part(self.lacks)}" if self.lacks else ""
        return f"{self.text} ({self.fact}{', ' if how else ''}{how})"


def occurrence(fact: Fact, zone: str, readings: tuple[str, str]) -> Occurrence | None:
    """What a fact's value says of the time, or None when it is not a time.

    A bare day is that civil day in every reading; an instant is its civil day in each of the `readings`' zones; a printed
    time with no zone is its printed day. `zone` is the case's: a bare day begins and ends there.
    """
    found = _days(fact.value, zone, readings)
    if found is None or not all(plausible_year(day) for day, _ in found[0]):
        return None
    days, earliest, latest, text = found
    exact = isinstance(fact.value, Printed) and bool(fact.value.zone) and ":" in fact.value.text
    printed = fact.state == "read"
    return Occurrence(fact.name, text, days, earliest, latest, printed, fact.round, exact, fact.origin, fact.lacks, fact.at)


_Found = tuple[tuple[tuple[date, str], ...], datetime, datetime, str]


def _days(value: Any, zone: str, readings: tuple[str, str]) -> _Found | None:
    if isinstance(value, Printed):
        return _printed(value, readings)
    moment = time_of(value, zone)
    if isinstance(moment, datetime):
        return _each(moment, moment, readings), moment, moment, f"{moment:%Y-%m-%d %H:%M} UTC"
    if moment is None:
        return None
    return tuple((moment, there) for there in readings), start_of(moment, zone), end_of(moment, zone), moment.isoformat()


def _printed(value: Printed, readings: tuple[str, str]) -> _Found:
    earliest, latest = sorted((value.earliest, value.latest))
    if value.zone:
        return _each(earliest, latest, readings), earliest, latest, value.text
    day = day_printed(value.text)
    days = ((day or day_in(earliest, readings[0]), readings[0]), (day or day_in(latest, readings[1]), readings[1]))
    return days, earliest, latest, value.text


def _each(earliest: datetime, latest: datetime, readings: tuple[str, str]) -> tuple[tuple[date, str], ...]:
    return tuple(dict.fromkeys((day_in(moment, there), there) for there in readings for moment in (earliest, latest)))


def day_printed(text: str) -> date | None:
    """The ISO day that stands in a printed text, or None."""
    match = _DAY.search(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def time_of(value: Any, zone: str) -> date | datetime | None:
    """A civil day or an aware UTC instant from ISO text; an instant without a zone is in `zone`. None if it is neither."""
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        return value if plausible_year(value) else None
    elif isinstance(value, str):
        if not _ISO.fullmatch(text := value.strip()):
            return None
        try:
            if len(text) == 10:
                day = date.fromisoformat(text)
                return day if plausible_year(day) else None
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
    else:
        return None
    if not plausible_year(moment.date()):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone_of(zone))).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class BrokenSequence:
    """An impossible order: the event `first`, which comes first, is told (`one`) for a later day than `then` (`other`)."""

    first: str
    then: str
    one: Occurrence
    other: Occurrence

    def needs(self) -> tuple[str, ...]:
        """The facts of which one must be corrected: the buyer's own where there are any."""
        both = (self.one, self.other)
        own = [o.fact for o in both if not o.printed] or [o.fact for o in both]
        return tuple(dict.fromkeys(own))


@dataclass(frozen=True, slots=True)
class Chronology:
    """The events of one case. `casefile` is already reduced to what is known (CaseFile.known)."""

    casefile: CaseFile
    policy: Policy
    _seen: dict[str, tuple[Occurrence, ...]] = field(default_factory=dict, compare=False, repr=False)
    _clashes: dict[tuple[str, ...], tuple[BrokenSequence, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def readings(self) -> tuple[str, str]:
        """The zones in which a day can be meant: the one where it ends first, and the one where it ends last."""
        return self.policy.earliest_zone, self.policy.latest_zone

    def happened(self, event: str) -> Occurrence | None:
        """When the event happened, by the highest-ranking fact that tells; None if unknown or not yet."""
        return next(iter(self.rounds(event)), None)

    def rounds(self, event: str) -> tuple[Occurrence, ...]:
        """Every time a recurring event happened, in order of time; of another, what tells of it, by rank."""
        if event not in self._seen:
            rule = self.policy.event(event)
            told = [told for told in self._told(rule) if not self._to_come(rule, told)]
            in_time = sorted(told, key=lambda o: (o.earliest, o.latest, o.round)) if rule.recurring else told
            self._seen[event] = tuple(in_time)
        return self._seen[event]

    def clashes(self, reasons: tuple[str, ...] = ()) -> tuple[BrokenSequence, ...]:
        """Every two occurrences that stand in an impossible order; for these reasons, where the order depends on one."""
        if reasons not in self._clashes:
            self._clashes[reasons] = tuple(self._find_clashes(reasons))
        return self._clashes[reasons]

    def _find_clashes(self, reasons: tuple[str, ...]) -> Iterator[BrokenSequence]:
        for sequence in self.policy.sequences:
            if sequence.reasons and not set(sequence.reasons) & set(reasons):
                continue
            first, thens = self.happened(sequence.first), self.rounds(sequence.then)
            for then in thens if self.policy.event(sequence.then).recurring else thens[:1]:
                if first and first.earliest > then.latest:
                    yield BrokenSequence(sequence.first, sequence.then, first, then)

    def to_come(self, event: str) -> Occurrence | None:
        """An event entered with a day after `as_of`: not counted, because it has not happened."""
        rule = self.policy.event(event)
        return next((told for told in self._told(rule) if self._to_come(rule, told)), None)

    def illegible(self, event: str) -> Fact | None:
        """A fact that should tell when the event was, and cannot be read as a time."""
        rule = self.policy.event(event)
        names = [name for name in (*rule.facts, *rule.fallbacks) if "/" not in name]
        facts = filter(None, map(self.casefile.looked_at, names))
        return next((f for f in facts if f.state == "unreadable" or (f.state != "not_shown" and self._at(f) is None)), None)

    def told(self, event: str) -> tuple[Occurrence, ...]:
        """Everything that is said of when the event was, highest rank first, without fallbacks: to find contradictions."""
        return tuple(self._named(self.policy.event(event), self.policy.event(event).facts))

    def _told(self, rule: Event) -> list[Occurrence]:
        return self._named(rule, rule.facts) or self._named(rule, rule.fallbacks)

    def _named(self, rule: Event, names: tuple[str, ...]) -> list[Occurrence]:
        facts: list[Fact] = []
        for name in names:
            fact, _, key = name.partition("/")
            if not self.casefile.named(fact):
                continue
            read, asserted = self.casefile.read(fact), self.casefile.asserted(fact)
            facts += _within(read, key) if read else []
            facts += () if key else asserted if rule.recurring else asserted[-1:]
        return list(filter(None, map(self._at, facts)))

    def look(self, fact: Fact) -> Occurrence | None:
        """What a fact with a time for its value says, for the rules that make one of a look at a page."""
        return self._at(fact)

    def _at(self, fact: Fact) -> Occurrence | None:
        return occurrence(replace(fact, at=self.casefile.by_now(fact.at)), self.casefile.zone, self.readings)

    def _to_come(self, rule: Event, told: Occurrence) -> bool:
        return not rule.planned and not self.casefile.has_come(told.earliest)


def _within(fact: Fact, key: str) -> list[Fact]:
    """The fact itself, or that key of the first item in its list that has it."""
    if not key:
        return [fact]
    items = fact.value if isinstance(fact.value, list | tuple) else ()
    values = [item[key] for item in items if isinstance(item, Mapping) and item.get(key)]
    return [replace(fact, value=value) for value in values[:1]]


def days_between(first: Occurrence, then: Occurrence) -> tuple[int, ...]:
    """The civil days from one occurrence to another, least first: each zone's reading against the same zone's."""
    return tuple(sorted({(b - a).days for a, zone in first.days for b, there in then.days if there == zone}))


def day_text(told: Occurrence) -> str:
    """The day of an occurrence for a sentence: "Thu 24 Sep 2026"; two where the zones differ."""
    days = sorted({day for day, _ in told.days})
    return " or ".join(day_words(day) for day in days)


def clash_words(clash: BrokenSequence, policy: Policy) -> str:
    """What cannot be, with both days: "Shipment (Sat 10 Oct 2026) stands after receipt (Thu 1 Oct 2026)"."""
    one, other = (policy.event(id).words for id in (clash.first, clash.then))
    return f"{one.capitalize()} ({day_text(clash.one)}) stands after {other} ({day_text(clash.other)})"
