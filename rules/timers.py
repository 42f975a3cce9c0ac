"""What the dispute pages printed: the stage they speak of, and the timer, which ranks before every counted deadline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from collector.model import Fact, Printed
from rules.calendars import end_of
from rules.casefile import CaseFile
from rules.chronology import Chronology, Occurrence, occurrence, time_of
from rules.policy import Phrase, Policy

TIMER = "dispute.deadline"
# A countdown read twice differs by minutes; a new request gives days.
_SAME_TIMER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timer:
    """A printed deadline: the deadline it `speaks_of`, the instants it can mean (UTC), and when it was seen.

    `witnessed` is False when the buyer copied it from the page by hand.
    """

    speaks_of: str
    earliest: datetime
    latest: datetime
    text: str
    seen: datetime | None
    witnessed: bool

    def same_as(self, other: Timer) -> bool:
        """Whether both are one timer, read at two times."""
        return abs(self.earliest - other.earliest) < _SAME_TIMER


@dataclass(frozen=True, slots=True)
class DisputePage:
    """One look at the dispute page: when, the phrase that was recognised on it (or None), and its timer (or None)."""

    at: datetime | None
    phrase: Phrase | None
    timer: Timer | None


@dataclass(frozen=True, slots=True)
class Round:
    """One request for evidence: the day it was asked for and the timer printed for it, of which one is known."""

    asked: Occurrence | None
    timer: Timer | None


def dispute_pages(casefile: CaseFile, policy: Policy) -> tuple[DisputePage, ...]:
    """Every look at the dispute page, oldest first; what the buyer copied from it by hand stands last."""
    looks: dict[str, dict[str, Fact]] = {}
    typed: dict[str, Fact] = {}
    for fact in casefile.facts:
        if fact.name != TIMER and fact.name not in policy.dispute_words:
            continue
        if fact.state == "read":
            looks.setdefault(fact.snapshot or str(fact.at), {})[fact.name] = fact
        elif fact.state == "asserted":
            typed[fact.name] = fact
    pages = [_page(facts, casefile, policy) for facts in looks.values()]
    return (
        (*pages, _page(typed, casefile, policy))
        if typed and not any(TIMER in facts for facts in looks.values())
        else tuple(pages)
    )


def _page(facts: Mapping[str, Fact], casefile: CaseFile, policy: Policy) -> DisputePage:
    phrase = recognise(facts, policy)
    at = max((fact.at for fact in facts.values() if fact.at), default=None)
    speaks_of = phrase.speaks_of if phrase else policy.otherwise_speaks_of
    timer = _timer(facts[TIMER], speaks_of, casefile.zone, policy) if TIMER in facts and speaks_of else None
    return DisputePage(at, phrase, timer)


def recognise(facts: Mapping[str, Fact], policy: Policy) -> Phrase | None:
    """The policy's phrase for what a dispute page says; the first fact with a match decides."""
    for name in policy.dispute_words:
        words = words_of(facts[name].value) if name in facts else ""
        for phrase in policy.phrases:
            if phrase.only and name not in phrase.only:
                continue
            if says(words, phrase.any) and not says(words, phrase.unless):
                return phrase
    return None


def says(words: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases stands in the words, as whole words and in any case: "resolved" is not in "unresolved"."""
    return any(re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", words, re.IGNORECASE) for phrase in phrases)


def words_of(value: Any) -> str:
    """The text in a fact's value: in its parts too, where it is a list or a mapping."""
    if isinstance(value, str):
        return value
    if isinstance(value, Printed):
        return value.text
    if isinstance(value, Mapping):
        return " ".join(words_of(part) for part in value.values())
    if isinstance(value, list | tuple):
        return " ".join(words_of(part) for part in value)
    return ""


def _timer(fact: Fact, speaks_of: str, zone: str, policy: Policy) -> Timer | None:
    value = fact.value
    witnessed = fact.state == "read"
    if isinstance(value, Printed):
        earliest, latest = sorted((value.earliest, value.latest))
        return Timer(speaks_of, earliest, latest, value.text, fact.at, witnessed)
    moment = time_of(value, zone)
    if isinstance(moment, datetime):
        return Timer(speaks_of, moment, moment, str(value), fact.at, witnessed)
    told = occurrence(fact, zone, (policy.earliest_zone, policy.latest_zone))
    if told is None:
        return None
    ends = [end_of(day, there) for day, there in told.days]
    return Timer(speaks_of, min(ends), max(ends), told.text, fact.at, witnessed)


def newest_timer(pages: tuple[DisputePage, ...], speaks_of: str) -> Timer | None:
    """The last timer that was printed for a deadline."""
    return next((p.timer for p in reversed(pages) if p.timer and p.timer.speaks_of == speaks_of), None)


def stage(pages: tuple[DisputePage, ...]) -> Phrase | None:
    """What the newest dispute page says, or None."""
    return pages[-1].phrase if pages else None


def page_past(pages: tuple[DisputePage, ...], id: str, until: datetime | None) -> DisputePage | None:
    """The page that shows a deadline to be over: it settles it, and no later page speaks of it or follows a closing.

    `until` is the deadline's latest end, None where it is not known.
    """
    past: DisputePage | None = None
    closed = False
    for page in pages:
        phrase = page.phrase
        reopened, closed = (
            closed and phrase is not None and phrase.stage != "closed",
            phrase is not None and phrase.stage == "closed",
        )
        run_out = until is not None and page.at is not None and page.at > until
        if reopened or (phrase.speaks_of if phrase else page.timer and page.timer.speaks_of) == id:
            past = None
        if phrase and id in phrase.settles + phrase.settles_past * run_out:
            past = page
    return past


def evidence_rounds(chronology: Chronology, event: str, id: str, pages: tuple[DisputePage, ...]) -> tuple[Round, ...]:
    """Every request for evidence, oldest first: those the buyer entered and those whose timer a page printed.

    A timer belongs to the newest request made before it was seen; a timer more than a day apart is a new request.
    """
    as_of = chronology.casefile.as_of
    happenings: list[tuple[datetime, int, Occurrence | Timer]] = [(o.earliest, 0, o) for o in chronology.rounds(event)]
    happenings += [(p.timer.seen or as_of, 1, p.timer) for p in pages if p.timer and p.timer.speaks_of == id]
    rounds: list[Round] = []
    for _, _, happening in sorted(happenings, key=lambda h: h[:2]):
        last = rounds[-1] if rounds else Round(None, None)
        if isinstance(happening, Timer):
            merged = last if last.timer is None or last.timer.same_as(happening) else Round(None, None)
            new = Round(merged.asked, happening)
            joins = merged is last
        else:
            joins = last.asked is None and last.timer is not None and happening.earliest <= last.timer.latest
            new = Round(happening, last.timer if joins else None)
        rounds = [*rounds[:-1], new] if joins and rounds else [*rounds, new]
    return tuple(rounds)
