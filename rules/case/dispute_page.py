"""What the dispute pages printed: the stage they speak of, and the timer, which ranks before every counted deadline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from collector.model import Fact, FactState, Origin, Printed
from rules.case.casefile import CaseFile
from rules.case.chronology import Chronology, Occurrence, occurrence, time_of
from rules.language.spelling import CJK
from rules.policy.calendars import end_of
from rules.policy.platform import Phrase, Policy

TIMER = "dispute.deadline"
# Stages after which any other one means that the dispute was opened again.
_ENDS = ("closed", "rejected")
# A countdown read twice differs by minutes; a new request gives days.
_SAME_TIMER = timedelta(days=1)
_CHINESE = re.compile(rf"[{CJK}]")
# What a page's own flag that the buyer must act means in words.
_ACTION = "action required"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Timer:
    """A printed deadline: the deadline it `speaks_of`, the instants it can mean (UTC), and when it was seen.

    `origin` says whether a visit saw it, the buyer saved the page by hand, or the buyer copied it from the page. `seen` is
    None where a saved page does not say when that was. `lacks` is what its page was kept without.
    """

    speaks_of: str
    earliest: datetime
    latest: datetime
    text: str
    seen: datetime | None
    origin: Origin
    lacks: str = ""

    @property
    def witnessed(self) -> bool:
        return self.origin == "witnessed"

    def same_as(self, other: Timer) -> bool:
        """Whether both are one timer, read at two times; of one that nobody witnessed, the range decides too."""
        near = abs(self.earliest - other.earliest) < _SAME_TIMER
        if near or (self.witnessed and other.witnessed):
            return near
        return self.countdown and self.earliest <= other.latest and other.earliest <= self.latest

    def moved_to(self, other: Timer) -> bool:
        """Whether the later look contradicts this one: a printed end has changed, or two countdowns cannot be one."""
        if self.countdown or other.countdown:
            return self.latest < other.earliest or other.latest < self.earliest
        return self.earliest != other.earliest

    @property
    def countdown(self) -> bool:
        """Whether it was printed as time left, and so is a range about its end."""
        return re.search(r"\d{4}", self.text) is None


@dataclass(frozen=True, slots=True)
class DisputePage:
    """One look at the dispute page: when, the phrase that was recognised on it (or None), and its timer (or None).

    `unreadable` quotes a timer that could not be read; `witnessed` is False for what the buyer copied by hand. `undated`
    says that the page was saved and nothing tells when: it may be old, so it warns and closes nothing.
    """

    at: datetime | None
    phrase: Phrase | None
    timer: Timer | None
    unreadable: str = ""
    witnessed: bool = True
    undated: bool = False

    @property
    def speaks_of(self) -> str:
        """The deadline that the page is about, or ""."""
        return self.phrase.speaks_of if self.phrase else self.timer.speaks_of if self.timer else ""

    def seen(self, chronology: Chronology) -> Occurrence | None:
        """The look as an occurrence; None for a page of no known day."""
        state: FactState = "read" if self.witnessed else "asserted"
        return chronology.look(Fact("the dispute page", self.at.isoformat(), state, "", "", at=self.at)) if self.at else None


def dispute_pages(casefile: CaseFile, policy: Policy) -> tuple[DisputePage, ...]:
    """Every look at the dispute page, oldest first, and what the buyer copied from it by hand, in its place.

    A timer that a page printed ranks before one that was copied for the same deadline, as long as it has not run out.
    """
    looks: dict[str, dict[str, Fact]] = {}
    for fact in casefile.facts:
        told = fact.state == "read" or (fact.state == "unreadable" and fact.name == TIMER and not fact.unseen)
        if told and (fact.name == TIMER or fact.name in policy.dispute_words):
            looks.setdefault(fact.snapshot or str(fact.at), {})[fact.name] = fact
    seen = [_page(facts, casefile, policy) for facts in looks.values()]
    copied = copied_page(casefile, policy, seen)
    if copied and _outranked(copied, seen):
        copied = replace(copied, timer=None)
    if copied is None or (copied.timer is None and looks and not _asks_the_buyer(copied, policy)):
        return tuple(seen)
    after = [page for page in seen if page.at and copied.at and page.at > copied.at]
    return (*seen[: len(seen) - len(after)], copied, *after)


def copied_page(casefile: CaseFile, policy: Policy, seen: Iterable[DisputePage]) -> DisputePage | None:
    """What the buyer copied from the dispute page by hand, or None; a bare timer belongs to the stage last `seen`.

    The buyer saw the page when the entry was made, and at the latest at `as_of`. A timer that had run out when newer words
    were entered belonged to the stage before them.
    """
    typed = {
        f.name: replace(f, at=casefile.by_now(f.at))
        for name in (TIMER, *policy.dispute_words)
        for f in casefile.asserted(name)[-1:]
    }
    if not typed or not policy.dispute_words:
        return None
    page = _page(typed, casefile, policy, stage(tuple(seen)))
    old = page.timer and page.at and page.timer.seen and page.timer.seen < page.at and page.timer.latest < page.at
    return replace(page, timer=None) if old else page


def _outranked(copied: DisputePage, seen: Iterable[DisputePage]) -> bool:
    """Whether a page printed a timer for the same deadline that had not run out when the other one was copied."""
    printed = [p.timer for p in seen if p.timer and p.timer.speaks_of == copied.speaks_of]
    return any(copied.at is None or timer.latest >= copied.at for timer in printed)


def _asks_the_buyer(page: DisputePage, policy: Policy) -> bool:
    rule = policy.deadline(page.speaks_of)
    return rule is not None and rule.who == "you"


def _page(facts: Mapping[str, Fact], casefile: CaseFile, policy: Policy, otherwise: Phrase | None = None) -> DisputePage:
    phrase = stated_phrase(facts, policy) or otherwise
    at = max((fact.at for fact in facts.values() if fact.at), default=None)
    speaks_of = phrase.speaks_of if phrase else policy.otherwise_speaks_of
    told = facts.get(TIMER)
    timer = _timer(told, speaks_of, casefile.zone, policy) if told and speaks_of and told.state != "unreadable" else None
    unreadable = (told.place.quote if told.place else "a timer") if told and told.state == "unreadable" else ""
    undated = all(fact.saved and fact.at is None for fact in facts.values())
    return DisputePage(at, phrase, timer, unreadable, all(fact.state != "asserted" for fact in facts.values()), undated)


def stated_phrase(facts: Mapping[str, Fact], policy: Policy) -> Phrase | None:
    """The policy's phrase for what a dispute page says; the first fact with a match decides.

    One that `gives_way` to a stage does so where another fact says that stage: "Waiting for you", and then for what.
    """
    said = [phrase for name in policy.dispute_words if name in facts and (phrase := _phrase(name, facts[name], policy))]
    meant = said[0] if said else None
    for _ in said:
        meant = next((phrase for phrase in said if meant and phrase.stage in meant.gives_way), meant)
    return meant


def _phrase(name: str, fact: Fact, policy: Policy) -> Phrase | None:
    words = _ACTION if fact.value is True else text_in(fact.value)
    meant = (phrase for phrase in policy.phrases if not phrase.only or name in phrase.only)
    return next((phrase for phrase in meant if says(words, phrase.any) and not says(words, phrase.unless)), None)


def says(words: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases stands in the words, as whole words and in any case: "resolved" is not in "unresolved".

    Chinese is written without spaces, so there a phrase may stand inside a longer run.
    """
    return bool(words) and _says(words, tuple(phrases))


@lru_cache(maxsize=1 << 14)  # the same page is looked at night after night, and judged as often as somebody asks
def _says(words: str, phrases: tuple[str, ...]) -> bool:
    return any(_standing(phrase).search(words) for phrase in phrases)


@cache
def _standing(phrase: str) -> re.Pattern[str]:
    return re.compile(re.escape(phrase) if _CHINESE.search(phrase) else rf"(?<!\w){re.escape(phrase)}(?!\w)", re.IGNORECASE)


def text_in(value: Any) -> str:
    """The text in a fact's value: in its parts too, where it is a list or a mapping."""
    if isinstance(value, str):
        return value
    if isinstance(value, Printed):
        return value.text
    if isinstance(value, Mapping):
        return " ".join(text_in(part) for part in value.values())
    if isinstance(value, list | tuple):
        return " ".join(text_in(part) for part in value)
    return ""


def _timer(fact: Fact, speaks_of: str, zone: str, policy: Policy) -> Timer | None:
    value = fact.value
    if isinstance(value, Printed):
        earliest, latest = sorted((value.earliest, value.latest))
        return Timer(speaks_of, earliest, latest, value.text, fact.at, fact.origin, fact.lacks)
    moment = time_of(value, zone)
    if isinstance(moment, datetime):
        return Timer(speaks_of, moment, moment, str(value), fact.at, fact.origin, fact.lacks)
    told = occurrence(fact, zone, (policy.earliest_zone, policy.latest_zone))
    if told is None:
        return None
    ends = [end_of(day, there) for day, there in told.days]
    return Timer(speaks_of, min(ends), max(ends), told.text, fact.at, fact.origin, fact.lacks)


def newest_timer(pages: tuple[DisputePage, ...], speaks_of: str) -> Timer | None:
    """The last timer that was printed for a deadline."""
    return next((p.timer for p in reversed(pages) if p.timer and p.timer.speaks_of == speaks_of), None)


def newest(pages: tuple[DisputePage, ...]) -> DisputePage | None:
    """The newest dispute page that tells of a stage or should; a bare timer copied by hand does not."""
    return next((page for page in reversed(pages) if page.witnessed or page.phrase), None)


def stage(pages: tuple[DisputePage, ...]) -> Phrase | None:
    """What the newest dispute page says, or None."""
    page = newest(pages)
    return page.phrase if page else None


def first_seen(pages: tuple[DisputePage, ...], name: str, chronology: Chronology) -> Occurrence | None:
    """When the page came to the stage where it is now: between two looks. None when no look shows it otherwise."""
    looks = [page for page in pages if page.witnessed and page.at]
    since = len(looks)
    while since and (phrase := looks[since - 1].phrase) and phrase.stage == name:
        since -= 1
    if since in (0, len(looks)):
        return None
    before, seen = looks[since - 1].seen(chronology), looks[since].seen(chronology)
    return between(before, seen) if before and seen else None


def page_past(
    pages: tuple[DisputePage, ...], id: str, until: datetime | None, since: datetime | None = None
) -> DisputePage | None:
    """The page that shows a deadline to be over: it settles it, and no later page speaks of it or follows a closing.

    `until` is the deadline's latest end, None where it is not known; a page seen before `since` settles nothing.
    """
    past: DisputePage | None = None
    closed = False
    for page in pages:
        if page.undated and not page.speaks_of:
            continue  # it may be old; one that asks for something leaves that warning, and shows earlier steps to be past
        phrase = page.phrase
        reopened, closed = (
            closed and phrase is not None and phrase.stage not in _ENDS,
            phrase is not None and phrase.stage in _ENDS,
        )
        run_out = until is not None and page.at is not None and page.at > until
        if reopened or (phrase.speaks_of if phrase else page.timer and page.timer.speaks_of) == id:
            past = None
        early = since is not None and page.at is not None and page.at < since
        if phrase and not early and id in phrase.settles + phrase.settles_past * run_out:
            past = page
    return past


def between(since: Occurrence | None, seen: Occurrence) -> Occurrence:
    """What a page shows, and the look before did not: it happened some day between, and the first and the last count."""
    if since is None:
        return replace(seen, text=f"some day before {seen.text}")
    days = tuple(dict.fromkeys((*since.days, *seen.days)))
    text = f"some day between {since.text} and {seen.text}"
    return replace(seen, text=text, days=days, earliest=min(since.earliest, seen.earliest))
