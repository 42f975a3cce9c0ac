"""What the dispute pages printed: the stage they speak of, and the timer, which ranks before every counted deadline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from collector.model import Fact, Origin, Printed
from rules.case.casefile import CaseFile
from rules.case.chronology import Chronology, Occurrence, occurrence, time_of
from rules.language.phrases import CJK
from rules.policy.calendars import end_of
from rules.policy.platform import DeadlineRule, Phrase, Policy

TIMER = "dispute.deadline"
# Stages after which any other one means that the dispute was opened again.
_ENDS = ("closed", "rejected")
# A countdown read twice differs by minutes; a new request gives days.
_SAME_TIMER = timedelta(days=1)
_CHINESE = re.compile(rf"[{CJK}]")
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
        """The look as an occurrence; None for what the buyer copied by hand."""
        value = self.at.isoformat() if self.at and self.witnessed else None
        look = Fact("the dispute page", value, "read", "", "")
        return occurrence(look, chronology.casefile.zone, chronology.readings) if value else None


@dataclass(frozen=True, slots=True)
class Round:
    """One request for evidence: the day it was asked for and the timer printed for it, of which one is known.

    `moved` is the timer that it showed before, where the two contradict each other; `still` is when a page last asked.
    `beside` is the timer of a saved page that contradicts the witnessed `timer`: either may hold.
    """

    asked: Occurrence | None
    timer: Timer | None
    moved: Timer | None = None
    still: datetime | None = None
    beside: Timer | None = None

    @property
    def timers(self) -> tuple[Timer, ...]:
        """The timers that may hold: none, one, or a witnessed one and a saved page's."""
        return tuple(timer for timer in (self.timer, self.beside) if timer)


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
    if copied is None or (copied.timer is None and looks) or _outranked(copied, seen):
        return tuple(seen)
    after = [page for page in seen if page.at and copied.at and page.at > copied.at]
    return (*seen[: len(seen) - len(after)], copied, *after)


def copied_page(casefile: CaseFile, policy: Policy, seen: Iterable[DisputePage]) -> DisputePage | None:
    """What the buyer copied from the dispute page by hand, or None; a bare timer belongs to the stage last `seen`."""
    typed = {f.name: f for name in (TIMER, *policy.dispute_words) for f in casefile.asserted(name)[-1:]}
    return _page(typed, casefile, policy, stage(tuple(seen))) if typed and policy.dispute_words else None


def _outranked(copied: DisputePage, seen: Iterable[DisputePage]) -> bool:
    printed = [p.timer for p in seen if p.timer and p.timer.speaks_of == copied.speaks_of]
    return any(copied.at is None or timer.latest >= copied.at for timer in printed)


def _page(facts: Mapping[str, Fact], casefile: CaseFile, policy: Policy, otherwise: Phrase | None = None) -> DisputePage:
    phrase = recognise(facts, policy) or otherwise
    at = max((fact.at for fact in facts.values() if fact.at), default=None)
    speaks_of = phrase.speaks_of if phrase else policy.otherwise_speaks_of
    told = facts.get(TIMER)
    timer = _timer(told, speaks_of, casefile.zone, policy) if told and speaks_of and told.state != "unreadable" else None
    unreadable = (told.place.quote if told.place else "a timer") if told and told.state == "unreadable" else ""
    undated = all(fact.saved and fact.at is None for fact in facts.values())
    return DisputePage(at, phrase, timer, unreadable, all(fact.state != "asserted" for fact in facts.values()), undated)


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
    """Whether one of the phrases stands in the words, as whole words and in any case: "resolved" is not in "unresolved".

    Chinese is written without spaces, so there a phrase may stand inside a longer run.
    """
    return bool(words) and any(_standing(phrase).search(words) for phrase in phrases)


@cache
def _standing(phrase: str) -> re.Pattern[str]:
    return re.compile(re.escape(phrase) if _CHINESE.search(phrase) else rf"(?<!\w){re.escape(phrase)}(?!\w)", re.IGNORECASE)


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


def timers_in_force(pages: tuple[DisputePage, ...], speaks_of: str) -> tuple[Timer, ...]:
    """The last timer that was printed for a deadline; two where a page saved by hand contradicts the last one witnessed.

    The witnessed one ranks first. A saved page is superseded by a witnessed one that was seen after it was saved; where it
    is the later one, or does not say when it was saved, either may hold, and the earlier of both has to be acted on.
    """
    timers = [p.timer for p in pages if p.timer and p.timer.speaks_of == speaks_of]
    saved = max((t for t in timers if t.origin == "saved"), key=lambda t: t.seen or _LONG_AGO, default=None)
    others = [t for t in timers if t.origin != "saved"]
    newest = others[-1] if others else saved
    if newest is None or saved is None or newest is saved:
        return (newest,) if newest else ()
    superseded = saved.seen is not None and newest.seen is not None and saved.seen <= newest.seen
    return (newest,) if superseded or saved.same_as(newest) else (newest, saved)


def moves(pages: tuple[DisputePage, ...], speaks_of: str) -> list[tuple[Timer, Timer]]:
    """Every two timers of one deadline, one printed after the other, that contradict each other."""
    timers = [p.timer for p in pages if p.timer and p.timer.speaks_of == speaks_of and p.timer.origin != "saved"]
    return [(one, other) for one, other in pairwise(timers) if one.moved_to(other)]


def stage(pages: tuple[DisputePage, ...]) -> Phrase | None:
    """What the newest dispute page says, or None; a bare timer copied by hand says nothing of the stage."""
    telling = [page for page in pages if page.witnessed or page.phrase]
    return telling[-1].phrase if telling else None


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


def page_past(pages: tuple[DisputePage, ...], id: str, until: datetime | None) -> DisputePage | None:
    """The page that shows a deadline to be over: it settles it, and no later page speaks of it or follows a closing.

    `until` is the deadline's latest end, None where it is not known.
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
        if phrase and id in phrase.settles + phrase.settles_past * run_out:
            past = page
    return past


def evidence_rounds(chronology: Chronology, rule: DeadlineRule, pages: tuple[DisputePage, ...]) -> tuple[Round, ...]:
    """Every request for evidence, oldest first: those the buyer entered and those that a dispute page shows.

    A page that still asks speaks of the newest request. It is a new one when something lies between: an upload, a look at
    the page in another stage, the end of the earlier timer. Else a timer that has changed is the same request's, moved.
    """
    rounds: list[Round] = []
    answered = True  # whether what a page asks for next is a new request
    last_look: Occurrence | None = chronology.happened("dispute_opened") if "dispute_opened" in rule.starts else None
    for _, _, happening in _in_time(chronology, rule, pages):
        last = rounds[-1] if rounds else None
        if isinstance(happening, Upload):
            answered = True
            last_look = happening.told
        elif isinstance(happening, Occurrence):
            joins = last and not answered and last.asked is None and last.timer and happening.earliest <= last.timer.latest
            rounds = [*rounds[:-1], replace(last, asked=happening)] if last and joins else [*rounds, Round(happening, None)]
            answered = False
        elif happening.speaks_of != rule.id:
            answered = answered or happening.phrase is not None
            last_look = happening.seen(chronology) or last_look
        else:
            rounds, answered = _asked_again(rounds, happening, answered, chronology, last_look), False
            last_look = happening.seen(chronology) or last_look
    return tuple(rounds)


@dataclass(frozen=True, slots=True)
class Upload:
    """Evidence that the buyer entered as sent."""

    told: Occurrence


def _in_time(
    chronology: Chronology, rule: DeadlineRule, pages: tuple[DisputePage, ...]
) -> list[tuple[datetime, int, Occurrence | Upload | DisputePage]]:
    """Requests, uploads and looks at the page in the order of time; what the buyer copied from the page by hand is now."""
    happenings: list[tuple[datetime, int, Occurrence | Upload | DisputePage]] = []
    happenings += [(told.earliest, 0, told) for told in chronology.rounds(rule.recurring)]
    happenings += [(told.earliest, 1, Upload(told)) for event in rule.met_by for told in chronology.rounds(event)]
    happenings += [(page.at or chronology.casefile.as_of, 2, page) for page in pages]
    return sorted(happenings, key=lambda h: h[:2])


def _asked_again(
    rounds: list[Round], page: DisputePage, answered: bool, chronology: Chronology, since: Occurrence | None
) -> list[Round]:
    """The rounds after a look at a page that asks for evidence."""
    last, timer, still = rounds[-1] if rounds else None, page.timer, page.at if page.witnessed else None
    if last and timer and last.timer:
        run_out = timer.seen is not None and last.timer.latest < timer.seen
        if (timer.same_as(last.timer) or not (answered or run_out)) and timer.origin == "saved" and last.timer.witnessed:
            differs = not timer.same_as(last.timer) and last.timer.moved_to(timer)
            return [*rounds[:-1], replace(last, beside=timer if differs else last.beside, still=still)]
        if last.timer.same_as(timer) or not (answered or run_out):
            moved = last.timer if last.timer.moved_to(timer) else last.moved
            return [*rounds[:-1], replace(last, timer=timer, moved=moved, still=still, beside=None)]
    elif last and not answered:
        return [*rounds[:-1], replace(last, timer=last.timer or timer, still=still)]
    seen = page.seen(chronology)
    if not timer and not seen:
        return rounds
    asked = between(since, seen) if seen and not timer else None
    return [*rounds, Round(asked, timer, still=still)]


def between(since: Occurrence | None, seen: Occurrence) -> Occurrence:
    """What a page shows, and the look before did not: it happened some day between, and the first and the last count."""
    if since is None:
        return replace(seen, text=f"some day before {seen.text}")
    days = tuple(dict.fromkeys((*since.days, *seen.days)))
    text = f"some day between {since.text} and {seen.text}"
    return replace(seen, text=text, days=days, earliest=min(since.earliest, seen.earliest))
