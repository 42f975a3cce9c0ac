"""A notice in the reader's language and zone. Pure; the languages are data (rules/policies/notices_LANGUAGE.toml)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from collector.inert import shown_in_line
from rules.language.words import time_left, time_words
from rules.notices.concerns import Concern
from rules.policy.calendars import zone_of
from rules.policy.schema import from_toml, installed

LANGUAGES = ("en", "zh", "es", "fr", "de")
_PATTERNS = {
    "zh": "y年M月d日(EEE)HH:mm",
    "de": "EEE d. MMM y, HH:mm",
    "es": "EEE d MMM y, HH:mm",
    "fr": "EEE d MMM y, HH:mm",
}
_WITH_DETAIL = ("blind", "wall", "changed", "failed")  # matters of which a sentence of their own tells more
_ENDING = 4  # digits of an order number by which its buyer knows it, and nobody else


@dataclass(frozen=True, slots=True)
class _Deadline:
    """What a deadline is called, what to do about it, and what if it was missed."""

    label: str
    todo: str = ""
    if_missed: str = ""


@dataclass(frozen=True, slots=True)
class _Test:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class _Words:
    """One language: what every notice says, and a title and a line for each matter.

    `site` says of each site's own deadlines what they are called, `deadline` of those beside them. What it leaves out is
    told as the policy says it.
    """

    order: str
    order_named: str
    order_discreet: str
    archive: str
    todo: str
    missed: str
    look: str
    look_discreet: str
    end: str
    more: str
    title: Mapping[str, str]
    line: Mapping[str, str]
    test: _Test
    deadline: Mapping[str, _Deadline] = field(default_factory=dict)
    site: Mapping[str, Mapping[str, _Deadline]] = field(default_factory=dict)

    def called(self, concern: Concern) -> _Deadline | None:
        """What the deadline that it is about is called; None where this language has no words for it."""
        return self.site.get(concern.site, {}).get(concern.id) or self.deadline.get(concern.id)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who reads a notice: language, time zone, and whether names, amounts and links stay out of it."""

    lang: str
    zone: str
    discreet: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """One message: its title and its text, in plain words."""

    title: str
    text: str


@lru_cache
def words_of(lang: str) -> _Words:
    """The words of a language. Raises WrongRequest where there is none."""
    return from_toml(_Words, installed(f"notices_{lang}"), f"notices in {lang}")


def notice(concerns: tuple[Concern, ...], reader: Addressee, as_of: datetime) -> Notice:
    """One message about all of them, the most urgent first; at least one is given."""
    words = words_of(reader.lang)
    first = _filled(words.title, concerns[0], reader, as_of)
    title = first if len(concerns) == 1 else words.more.format(title=first, number=len(concerns) - 1)
    by_order: dict[str, list[Concern]] = {}
    for concern in concerns:
        by_order.setdefault(concern.about, []).append(concern)
    parts = ["\n".join(_of_one(about, each, reader, as_of)) for about, each in by_order.items()]
    end = words.end.format(zone=reader.zone)
    return Notice(shown_in_line(title), "\n\n".join((*parts, end)))


def trial(code: str, reader: Addressee) -> Notice:
    """The message that asks to be confirmed."""
    words = words_of(reader.lang)
    return Notice(words.test.title, words.test.text.format(code=code))


def _of_one(about: str, concerns: list[Concern], reader: Addressee, as_of: datetime) -> Iterator[str]:
    """What is told of one order, under its number."""
    words = words_of(reader.lang)
    yield _heading(about, concerns[0].name, reader)
    for concern in concerns:
        detail = shown_in_line(concern.detail) if concern.matter in _WITH_DETAIL and not reader.discreet else ""
        if not detail or reader.lang != "en":  # what the page says is English: it says the same, and more
            yield _filled(words.line, concern, reader, as_of)
        if detail:
            yield detail
        todo, missed = _what_to_do(concern, words.called(concern))
        if todo:
            yield words.todo.format(todo=todo)
        if missed:
            yield words.missed.format(missed=missed)
    links = dict.fromkeys(concern.link for concern in concerns if concern.link)
    if reader.discreet and about:
        yield words.look_discreet
    elif not reader.discreet:
        yield from (words.look.format(link=shown_in_line(link)) for link in links)


def _heading(about: str, name: str, reader: Addressee) -> str:
    words = words_of(reader.lang)
    if not about:
        return words.archive
    if reader.discreet:
        return words.order_discreet.format(ending=about[-_ENDING:])
    shown = shown_in_line(about)
    return words.order_named.format(order=shown, name=shown_in_line(name)) if name else words.order.format(order=shown)


def _what_to_do(concern: Concern, known: _Deadline | None) -> tuple[str, str]:
    """What to do, and what if it is missed: in the reader's language, or as the policy says it."""
    late = concern.matter in ("overdue", "passed")
    if known is None or not known.todo:
        return concern.todo, concern.detail if concern.matter in ("deadline", "now") else ""
    if concern.matter == "unsure":
        return "", ""
    return (known.if_missed if late else known.todo), (known.if_missed if concern.matter in ("deadline", "now") else "")


def _filled(texts: Mapping[str, str], concern: Concern, reader: Addressee, as_of: datetime) -> str:
    """The title or line of the concern's matter, with its own words, time and span of time in it."""
    known = words_of(reader.lang).called(concern)
    label = known.label if known else shown_in_line(concern.what)
    when = instant_words(concern.by, reader.zone, reader.lang) if concern.by else ""
    left = _span(concern.by, as_of, reader) if concern.by else ""
    return texts[concern.matter].format(label=label, when=when, left=left)


def instant_words(instant: datetime, zone: str, lang: str) -> str:
    """An instant as it is in a zone, in a language."""
    if lang == "en":
        return time_words(instant, zone)
    from babel.dates import format_datetime

    return f"{format_datetime(instant.astimezone(zone_of(zone)), _PATTERNS[lang], locale=lang)} ({zone})"


def _span(instant: datetime, as_of: datetime, reader: Addressee) -> str:
    """The time between in words, without a direction; while it is left, never more than is."""
    if reader.lang == "en":
        return time_left(instant, as_of).removesuffix(" left").removesuffix(" ago")
    from babel.units import format_unit

    minutes = int(abs((instant - as_of).total_seconds()) // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = ((days, "day"), (hours, "hour")) if days else ((hours, "hour"), (minutes, "minute"))
    said = [format_unit(number, f"duration-{unit}", locale=reader.lang) for number, unit in parts if number]
    return " ".join(said) or format_unit(0, "duration-minute", locale=reader.lang)
