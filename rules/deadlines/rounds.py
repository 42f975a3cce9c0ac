"""The rounds of a deadline: it can be asked for again, and what was done before does not answer what is asked after.

The policy's own count is the first round (`base`); each event that asks anew, and each page that asks after an answer, a
look in another stage or the end of the earlier timer, opens the next. A request for evidence has no base: each is a round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from collector.model import Fact
from rules.case.chronology import Chronology, Occurrence
from rules.case.dispute_page import DisputePage, Timer, between
from rules.policy.platform import DeadlineRule


@dataclass(frozen=True, slots=True)
class Round:
    """One time that something is asked for: the day it was asked on, and the timer printed for it, where they are known.

    `base` is the round that the policy counts from its own starts. `seen` is the look that opened the round, `still` when
    a page last asked for it, `left` the first look after that which asked for something else (all UTC). `moved` is the
    timer that it showed before, where the two contradict each other; `beside` that of a saved page which contradicts the
    witnessed `timer`: either may hold.
    """

    asked: Occurrence | None = None
    timer: Timer | None = None
    base: bool = False
    seen: datetime | None = None
    still: datetime | None = None
    left: datetime | None = None
    moved: Timer | None = None
    beside: Timer | None = None

    @property
    def timers(self) -> tuple[Timer, ...]:
        """The timers that may hold: none, one, or a witnessed one and a saved page's."""
        return tuple(timer for timer in (self.timer, self.beside) if timer)

    @property
    def begun(self) -> datetime | None:
        """Since when it can be answered; None for the base, which is as old as the case.

        Of two bare days that are the same, what was entered later is taken to have happened later.
        """
        return self.seen or (self.asked.by if self.asked and not self.base else None)

    def ended_by(self, done: Occurrence) -> bool:
        """Whether something done can have ended it: not before it was asked, nor while a page seen later still asks.

        Once a page has gone on to something else, what was done in between is believed, whatever a page showed that day.
        """
        if self.begun and done.by < self.begun:
            return False
        return self.still is None or done.by > self.still or self.left is not None


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """An event that asks anew; `seen` is the look that first showed it, where a page tells of it."""

    told: Occurrence
    seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class FulfilmentEvent:
    """An event that meets the deadline; `shown` names the page's fact that tells of it, which was there by that look."""

    told: Occurrence
    shown: str = ""
    undated: bool = False

    def ends(self, round: Round) -> bool:
        """Whether it can have ended the round; what a page of no known day shows ends none that a page has asked for."""
        return round.ended_by(self.told) and not (self.undated and (round.still or not round.base))


def rounds(
    chronology: Chronology,
    rule: DeadlineRule,
    pages: tuple[DisputePage, ...],
    base_ends: Callable[[], datetime | None] = lambda: None,
) -> tuple[Round, ...]:
    """Every round of a deadline, oldest first; at least one. `base_ends` gives the latest end of the policy's own count.

    A page that still asks speaks of the newest round. A timer that has changed is the same round's, moved, as long as
    nothing lies between: nothing done, no look in another stage, not the end of the earlier timer.
    """
    asks = tuple(_asks(chronology, rule, pages))
    if not (rule.recurring or asks or any(page.speaks_of == rule.id for page in pages)):
        return (Round(base=True),)
    opened = chronology.happened("dispute_opened") if "dispute_opened" in rule.starts else None
    first = () if rule.recurring else (Round(base=True),)
    fold = _Fold(chronology, rule, list(first), bool(rule.recurring), opened, base_ends)
    for _, _, happening in _in_time(chronology, rule, asks, pages):
        if isinstance(happening, FulfilmentEvent):
            fold.answered, fold.since = True, happening.told
        elif isinstance(happening, RequestEvent):
            fold.ask(happening)
        else:
            fold.look(happening)
    return tuple(fold.rounds) or (Round(base=True, seen=opened.earliest if opened else None),)


def done_for(chronology: Chronology, rule: DeadlineRule) -> tuple[FulfilmentEvent, ...]:
    """Everything that can have met the deadline: events, and what pages show of it, each value from the first look on."""
    events = [chronology.policy.event(event) for event in rule.met_by]
    told = [FulfilmentEvent(told) for e in events for told in chronology.rounds(e.id)[: None if e.recurring else 1]]
    return (
        *told,
        *(FulfilmentEvent(told, name, at is None) for name in rule.met_facts for told, at in _first_shown(chronology, name)),
    )


@dataclass(slots=True)
class _Fold:
    """The rounds so far; `answered`: what a page asks for next is a new round; `since`: the look or answer before."""

    chronology: Chronology
    rule: DeadlineRule
    rounds: list[Round]
    answered: bool
    since: Occurrence | None
    base_ends: Callable[[], datetime | None]

    def ask(self, ask: RequestEvent) -> None:
        last = self.rounds[-1] if self.rounds else None
        timer = last.timer if last and last.asked is None else None
        until = timer.latest if timer else last.still if last and last.seen else None
        if last and until and not self.answered and ask.told.earliest <= until:
            self.rounds[-1] = replace(last, asked=ask.told)  # it is what the page shows
        else:
            self.rounds.append(Round(between(self.since, ask.told) if ask.seen else ask.told, seen=ask.seen))
        self.answered = False

    def look(self, page: DisputePage) -> None:
        last = self.rounds[-1] if self.rounds else None
        if page.speaks_of == self.rule.id:
            self._asks(page, last)
            self.answered = False
        elif page.phrase:
            if last and last.still and not last.left and page.at:
                self.rounds[-1] = replace(last, left=page.at)
            self.answered = self.answered or not (last and last.base and last.still is None)
        self.since = page.seen(self.chronology) or self.since

    def _asks(self, page: DisputePage, last: Round | None) -> None:
        timer = page.timer
        if last and timer and last.timer:
            run_out = timer.seen is not None and last.timer.latest < timer.seen
            same = timer.same_as(last.timer)
            if same or not (self.answered or run_out):
                self.rounds[-1] = replace(_retimed(last, timer, same), still=page.at, left=None)
                return
        elif last and not self.answered and not (timer is None and self._run_out(last, page)):
            self.rounds[-1] = replace(last, timer=last.timer or timer, still=page.at, left=None)
            return
        seen = page.seen(self.chronology)
        if timer or seen:
            self.rounds.append(
                Round(between(self.since, seen) if seen and not timer else None, timer, seen=self._when(page), still=page.at)
            )

    def _run_out(self, last: Round, page: DisputePage) -> bool:
        """Whether the count had ended, and a page asks all the same: it did not end the dispute."""
        ends = self.base_ends() if last.base and last.timer is None else None
        return bool(ends and page.at and page.at > ends)

    def _when(self, page: DisputePage) -> datetime | None:
        """When it was seen. A page of no known day may be newer than any answer, as long as its timer may run."""
        case = self.chronology.casefile
        return page.at or (case.by_now(None) if page.timer and not case.is_past(page.timer.latest) else None)


def _retimed(last: Round, timer: Timer, same: bool) -> Round:
    """The round after a later look with a timer for it; a saved page's stands beside a witnessed one."""
    if last.timer and timer.origin == "saved" and last.timer.witnessed:
        return replace(last, beside=timer if not same and last.timer.moved_to(timer) else last.beside)
    moved = last.timer if last.timer and last.timer.moved_to(timer) else last.moved
    return replace(last, timer=timer, moved=moved, beside=None)


def _in_time(
    chronology: Chronology, rule: DeadlineRule, asks: tuple[RequestEvent, ...], pages: tuple[DisputePage, ...]
) -> list[tuple[datetime, int, RequestEvent | FulfilmentEvent | DisputePage]]:
    """What asks, what was done and the looks at the page, in the order of time; a page of no known day is now."""
    happenings: list[tuple[datetime, int, RequestEvent | FulfilmentEvent | DisputePage]] = []
    happenings += [(ask.seen or ask.told.by, 0, ask) for ask in asks]
    over = (FulfilmentEvent(told) for event in rule.ended_by if (told := chronology.happened(event)))
    happenings += [(done.told.by, 1, done) for done in (*done_for(chronology, rule), *over)]
    happenings += [(page.at or chronology.casefile.by_now(None), 2, page) for page in pages]
    return sorted(happenings, key=lambda happening: happening[:2])


def _asks(chronology: Chronology, rule: DeadlineRule, pages: tuple[DisputePage, ...]) -> Iterator[RequestEvent]:
    """The events that ask anew, from the dispute's opening on; what a page shows asks where its words say nothing else."""
    if rule.recurring:
        yield from (RequestEvent(told) for told in chronology.rounds(rule.recurring))
    opened = next(filter(None, map(chronology.happened, rule.starts)), None)
    if opened or any(chronology.casefile.value(name) is not None for name in rule.begun_by):
        asked = (told for event in rule.again for told in chronology.rounds(event))
        yield from (RequestEvent(told) for told in asked if opened is None or told.latest >= opened.earliest)
    says = {page.at for page in pages if page.phrase or page.timer}
    for name in rule.again_facts:
        for shown, at in _first_shown(chronology, name, "read"):
            if at and at not in says:
                yield RequestEvent(shown, at)


def _first_shown(chronology: Chronology, name: str, *states: str) -> Iterator[tuple[Occurrence, datetime | None]]:
    """Each value that a fact has had, as what happened by the look that first showed it; that look, None if undated."""
    before: object = None
    for fact in chronology.casefile.named(name):
        told = fact.state in (states or ("read", "asserted")) and fact.value not in (None, "", False, (), {})
        if not told or fact.value == before:
            continue
        before = fact.value
        at = chronology.casefile.by_now(fact.at)
        shown = chronology.look(Fact(fact.name, at.isoformat(), fact.state, "", "", at=at, saved=fact.saved))
        if shown:
            yield shown, at if fact.at else None
