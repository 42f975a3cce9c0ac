"""Every deadline of a case as of an instant: what the page printed, else what the policy counts, earliest and latest.

A deadline is acted on by its earliest plausible end, and is called overdue only after its latest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from collector.model import ORIGINS, Deadline, DeadlineState, Origin, kept_in_part
from rules.case.casefile import CaseFile
from rules.case.chronology import BrokenSequence, Chronology, Occurrence, clash_words
from rules.case.dispute_page import DisputePage, Timer, dispute_pages, first_seen, newest, page_past, says, stage, text_in
from rules.deadlines.rounds import Round, done_for, rounds
from rules.policy.calendars import count as counted
from rules.policy.calendars import country_of, end_of, start_of
from rules.policy.platform import Count, DeadlineRule, Policy

SOON = timedelta(days=3)
_FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """When a deadline ends, at the earliest and at the latest (UTC), in words what that rests on, and the sources.

    `days` are the last civil days it was counted to, each with its zone; none where a timer was printed. `sure`, `origin`
    and `lacks`: see `Deadline`.
    """

    earliest: datetime
    latest: datetime
    basis: str
    source: str
    sure: str
    days: tuple[tuple[date, str], ...] = ()
    origin: Origin = "witnessed"
    lacks: str = ""

    @property
    def printed(self) -> bool:
        """Whether a page printed it, one that was seen or one that the buyer saved."""
        return self.sure in ("printed", "saved")

    def missed_by(self, done: Occurrence) -> bool:
        """Whether something was surely done too late."""
        return self.days_late(done) is not None

    def days_late(self, done: Occurrence) -> int | None:
        """By how many whole days something was surely late, or None: days against days of the same zone, else instants."""
        last: dict[str, date] = {}
        for day, zone in self.days:
            last[zone] = max(day, last.get(zone, day))
        if last.keys() >= {zone for _, zone in done.days}:
            late = min((day - last[zone]).days for day, zone in done.days)
            return late if late > 0 else None
        return (done.earliest - self.latest).days if done.earliest > self.latest else None


@dataclass(frozen=True, slots=True)
class DeadlineEnd:
    """A deadline that no longer runs: met, or not (`state`), why in words, and how: done, done late, or over undone."""

    state: DeadlineState
    why: str
    outcome: str = "over"
    days_late: int | None = None


def deadlines(casefile: CaseFile, *policies: Policy) -> tuple[Deadline, ...]:
    """Every deadline of the policies, by act_by (those without one last). Never raises on contradictory or strange facts."""
    known = casefile.known()
    stories = [Story.of(known, policy) for policy in policies]
    found = [deadline for story in stories for rule in story.policy.deadlines for deadline in story.deadlines(rule)]
    return tuple(sorted(found, key=lambda d: (d.act_by or _FAR, d.id, d.round)))


def needs_attention(deadline: Deadline) -> bool:
    """Whether the buyer must be told with exit code 6: theirs, and due soon, past its safe date, or overdue.

    Contradictory dates must not silence it: an undetermined one asks too, once its earliest plausible end is near.
    """
    return deadline.who == "you" and (deadline.state in ("due_soon", "act_now", "overdue") or deadline.near)


def state_of(window: Window, casefile: CaseFile, *, opening: bool = False) -> DeadlineState:
    """The state of a deadline that runs. An opening is never due: it is safe from `latest` on."""
    if opening:
        return "open"
    if casefile.is_past(window.latest):
        return "overdue"
    if casefile.is_past(window.earliest):
        return "act_now"
    return "due_soon" if casefile.has_come(window.earliest - SOON) else "open"


@dataclass(frozen=True, slots=True)
class Story:
    """One case under one policy, its chronology and its dispute pages, asked rule by rule."""

    chronology: Chronology
    pages: tuple[DisputePage, ...]

    @classmethod
    def of(cls, casefile: CaseFile, policy: Policy) -> Story:
        """The story of a case that is already reduced to what is known (CaseFile.known)."""
        return cls(Chronology(casefile, policy), dispute_pages(casefile, policy))

    @property
    def casefile(self) -> CaseFile:
        return self.chronology.casefile

    @property
    def policy(self) -> Policy:
        return self.chronology.policy

    def deadlines(self, rule: DeadlineRule) -> list[Deadline]:
        found = self.rounds(rule)
        windows = [self.round_window(rule, round) for round in found]
        endings = self.endings(rule, found, windows)
        numbered = enumerate(zip(found, windows, endings, strict=True), 1)
        return [self.deadline(rule, number, round, window, ending) for number, (round, window, ending) in numbered]

    def rounds(self, rule: DeadlineRule) -> tuple[Round, ...]:
        """Every time that it is asked for, oldest first."""

        def base_ends() -> datetime | None:
            counted = self.window(rule)
            return counted.latest if counted else None

        return rounds(self.chronology, rule, self.pages, base_ends)

    # -- when it ends ------------------------------------------------------------------------------------------------

    def round_window(self, rule: DeadlineRule, round: Round) -> Window | None:
        """When a round ends: by its printed timer alone, else by the count."""
        return _printed(*round.timers) if round.timers else self.window(rule, None if round.base else round.asked)

    def window(self, rule: DeadlineRule, asked: Occurrence | None = None) -> Window | None:
        """The window counted by the policy, over base and variants; None when no start is known.

        `asked` is the start of a later round, or of a request of its own; without one, only the policy's starts count.
        """
        if self.not_yet(rule):
            return None
        starts = [(c, self.start(rule, c, asked)) for c in self.fitting(rule)]
        known = [(c, start) for c, start in starts if start is not None and self.in_force(c, start)]
        known = [(c, start) for c, start in known if not c.otherwise] or known
        return self.counted(rule, known) if known else None

    def not_yet(self, rule: DeadlineRule) -> str:
        """Why the deadline cannot run yet, in words; empty when it can."""
        if rule.only_in and not any(map(self.in_stage, rule.only_in)):
            return f"only when the dispute page says: {' or '.join(rule.only_in)}"
        if rule.only_with and not any(self.shows(name) for name in rule.only_with):
            return f"only once there is a dispute or a problem ({', '.join(rule.only_with[:2])})"
        if not self.fitting(rule):
            return f"only for what was paid so ({', '.join(rule.when_in)} says otherwise)"
        return ""

    def in_force(self, count: Count, start: Occurrence) -> bool:
        """Whether the count's source held on the day that it is counted from."""
        return any(self.policy.source(count.source).in_force(day) for day, _ in start.days)

    def start(self, rule: DeadlineRule, count: Count, asked: Occurrence | None) -> Occurrence | None:
        if count.start == rule.recurring or (asked and not rule.recurring):
            return None if count.otherwise else asked
        told = self.chronology.happened(count.start)
        if told is None and rule.begun_in and self.in_stage(rule.begun_in):
            return first_seen(self.pages, rule.begun_in, self.chronology)
        return told

    def fitting(self, rule: DeadlineRule) -> list[Count]:
        """The counts that fit the words of `when_in`; where they name none of them, all (or none, if `only_named`)."""
        words = " ".join(text_in(self.casefile.value(name)) for name in rule.when_in).strip()
        named = [c for c in rule.counts if says(words, c.when)]
        return named or ([] if rule.only_named and words else list(rule.counts))

    def counted(self, rule: DeadlineRule, starts: list[tuple[Count, Occurrence]]) -> Window:
        ends: list[datetime] = []
        days: dict[tuple[date, str], None] = {}
        for count, start in starts:
            if start.exact and count.add == 0:
                ends += [start.earliest, start.latest]
                continue
            for day, zone in start.days:
                soonest, latest = counted(day, count.add, count.unit, self.countries)
                ends += [start_of(soonest, zone) if rule.opening else end_of(soonest, zone), end_of(latest, zone)]
                days[latest, zone] = None
        basis = "; ".join(f"{c.name}: {count_text(c)} {start}" for c, start in starts)
        sources = dict.fromkeys(self.policy.source(c.source).title for c, _ in starts)
        differ = len({day for day, zone in days if zone == self.policy.latest_zone}) > 1
        sure = "sources differ" if differ else "counted" if all(start.printed for _, start in starts) else "entered"
        origin = least_witnessed(start.origin for _, start in starts)
        lacks = next((start.lacks for _, start in starts if start.lacks), "")
        return Window(min(ends), max(ends), basis, "; ".join(sources), sure, tuple(days), origin, lacks)

    @property
    def countries(self) -> tuple[str, ...]:
        """Whose calendars may hold for working days: the platform's and the buyer's."""
        return tuple(dict.fromkeys(filter(None, [self.policy.holidays, country_of(self.casefile.zone)])))

    def in_stage(self, name: str) -> bool:
        phrase = stage(self.pages)
        return phrase is not None and phrase.stage == name

    # -- whether it still runs ----------------------------------------------------------------------------------------

    def endings(
        self, rule: DeadlineRule, found: tuple[Round, ...], windows: list[Window | None]
    ) -> list[DeadlineEnd | None]:
        """What has ended each round, or None while it runs."""
        if rule.recurring:
            done = self.requests_answered(rule, found, windows)
        else:
            done = [self.done(rule, round, window) for round, window in zip(found, windows, strict=True)]
        return [
            ending or self.settled(rule, round, window) or self.followed(rule, window, found[n + 1 :])
            for n, (ending, round, window) in enumerate(zip(done, found, windows, strict=True))
        ]

    def done(self, rule: DeadlineRule, round: Round, window: Window | None) -> DeadlineEnd | None:
        """The ending of a round for which something was done, or must have been."""
        told = [done for done in done_for(self.chronology, rule) if done.ends(round)]
        if events := [done.told for done in told if not done.shown]:
            return self.done_on(rule, window, min(events, key=lambda told: told.earliest))
        if told:
            return DeadlineEnd("met", f"the page shows {told[0].shown}", "done")
        if not (round.base and (implied := self.first(rule.implied_by)) and window):
            return None
        if not window.missed_by(implied):
            return DeadlineEnd("met", f"it must have been done by {implied}", "done")
        return DeadlineEnd("undetermined", f"done some day before {implied}; the day is not known", "done")

    def done_on(self, rule: DeadlineRule, window: Window | None, told: Occurrence) -> DeadlineEnd:
        """Done on a day, in time or late; a window that ended late has ended."""
        if rule.who == "supplier" and window is None:
            return DeadlineEnd("undetermined", f"done on {told}, but not known whether in time", "done")
        days = window.days_late(told) if window and not rule.opening else None
        if days is None:
            return DeadlineEnd("met", f"done on {told}", "done")
        return DeadlineEnd("met", f"done on {told}, after the last day as counted", f"done {late_words(days)}", days)

    def settled(self, rule: DeadlineRule, round: Round, window: Window | None) -> DeadlineEnd | None:
        past = page_past(self.pages, rule.id, window.latest if window else None, round.begun)
        if past is None or past.phrase is None:
            return self.over(rule, round)
        return DeadlineEnd("met", f"the dispute page is past it ({past.phrase.stage})")

    def over(self, rule: DeadlineRule, round: Round) -> DeadlineEnd | None:
        told = (told for event in rule.ended_by if (told := self.chronology.happened(event)) and round.ended_by(told))
        return next((DeadlineEnd("met", f"over with {event}") for event in told), None)

    def requests_answered(
        self, rule: DeadlineRule, found: tuple[Round, ...], windows: list[Window | None]
    ) -> list[DeadlineEnd | None]:
        """Each submission answers the oldest request it came in time for, or else the newest one made before it."""
        endings: list[DeadlineEnd | None] = [None] * len(found)
        for sent in (done.told for done in done_for(self.chronology, rule)):
            pending = [n for n, r in enumerate(found) if endings[n] is None and r.ended_by(sent)]
            in_time = [n for n in pending if (w := windows[n]) is None or not w.missed_by(sent)]
            if pending:
                answered = in_time[0] if in_time else pending[-1]
                endings[answered] = self.done_on(rule, windows[answered], sent)
        return endings

    def followed(self, rule: DeadlineRule, window: Window | None, later: tuple[Round, ...]) -> DeadlineEnd | None:
        """A round whose time had run out when the next began did not end the dispute.

        Requests for evidence run side by side; of everything else a page asks once, so what it asks now takes its place.
        """
        if not rule.recurring and any(round.still for round in later):
            return DeadlineEnd("met", "over: the dispute page has asked anew")
        made = [r.asked.earliest if r.asked else r.timer.seen if r.timer else None for r in later[:1]]
        if window and made and made[0] and made[0] > window.latest:
            return DeadlineEnd("met", "over: a newer request has followed")
        return None

    def first(self, events: Iterable[str]) -> Occurrence | None:
        return next(filter(None, (self.chronology.happened(event) for event in events)), None)

    def shows(self, name: str) -> bool:
        return self.casefile.value(name) not in (None, "", False, (), {})

    # -- the value ----------------------------------------------------------------------------------------------------

    def deadline(
        self, rule: DeadlineRule, number: int, round: Round, window: Window | None, ending: DeadlineEnd | None
    ) -> Deadline:
        state, needs, basis = self.waiting(rule) if window is None else ("open", self.missing(rule, window), window.basis)
        near = False
        if window is not None:
            state = state_of(window, self.casefile, opening=rule.opening)
        if ending is not None:
            state, basis = ending.state, "; ".join(filter(None, [ending.why, window.basis if window else ""]))
            needs = rule.ask if ending.state == "undetermined" else ()
        if window and not window.printed and (clash := self.clash(rule, ending, round)):
            near = ending is None and state in ("due_soon", "act_now", "overdue")
            state, needs, basis = "undetermined", clash.needs(), f"{clash_words(clash, self.policy)}; {basis}"
        found = Deadline(
            case=self.casefile.order, id=rule.id, round=number, who=rule.who, must=rule.must, earliest=None, latest=None,
            act_by=None, if_missed=rule.if_missed, state=state, label=rule.label, todo=rule.todo, basis=basis, needs=needs,
            source="; ".join(dict.fromkeys(self.policy.source(c.source).title for c in rule.counts)), opening=rule.opening,
            near=near, page=rule.page, over=ending is not None or self.moot(rule, round),
            outcome=ending.outcome if ending and state == "met" else "", days_late=ending.days_late if ending else None,
        )  # fmt: skip
        if window is None:
            return found
        return replace(
            found, earliest=window.earliest, latest=window.latest, act_by=window.earliest, source=window.source,
            printed=window.printed, sure=window.sure, origin=window.origin, lacks=window.lacks,
        )  # fmt: skip

    def moot(self, rule: DeadlineRule, round: Round) -> bool:
        """Whether the dispute has gone past the deadline, kept or not."""
        page = newest(self.pages)
        later = page and not (round.begun and page.at and page.at < round.begun)
        return bool(later and page and page.phrase and f"stage:{page.phrase.stage}" in rule.moot_after)

    def clash(self, rule: DeadlineRule, ending: DeadlineEnd | None, round: Round) -> BrokenSequence | None:
        """Two dates in an impossible order of which the deadline is counted from one, and ended by the other if it ended."""
        if not round.base and not rule.recurring:
            return None  # it is not counted from the policy's starts
        asked = round.asked
        starts = {count.start for count in rule.counts}
        for clash in self.chronology.clashes(tuple(str(f.value) for f in self.casefile.asserted("reason")[-1:])):
            pair = {clash.first, clash.then}
            other_round = rule.recurring in pair and asked is not None and asked not in (clash.one, clash.other)
            if pair & starts and not other_round and (ending is None or pair <= starts | {*rule.met_by, *rule.ended_by}):
                return clash
        return None

    def waiting(self, rule: DeadlineRule) -> tuple[DeadlineState, tuple[str, ...], str]:
        """The state of a deadline whose start is unknown, what to enter, and why."""
        if why := self.not_yet(rule):
            return "not_started", (), why
        starts = rule.starts
        if strange := next(filter(None, (self.chronology.illegible(start) for start in starts)), None):
            return "undetermined", rule.ask, f"{strange.name} cannot be read as a time; enter the day yourself"
        if late := next(filter(None, (self.chronology.to_come(start) for start in starts)), None):
            return "not_started", rule.ask, f"{late} has not come yet; correct it if that is a slip"
        if begun := next((name for name in rule.begun_by if self.casefile.value(name) is not None), None):
            return "undetermined", rule.ask, f"it runs ({begun} is known), but not since when"
        if rule.begun_in and self.in_stage(rule.begun_in):
            return "undetermined", rule.ask, f"the dispute page says: {rule.begun_in}, but not since when"
        return "not_started", rule.ask, ""

    def missing(self, rule: DeadlineRule, window: Window) -> tuple[str, ...]:
        """What would make a counted window surer: the base's own start, where only a variant's is known."""
        base = rule.counts[0]
        known = window.printed or rule.recurring or self.chronology.happened(base.start) is not None
        return () if known or all(c.start == base.start or c.otherwise for c in rule.counts) else rule.ask


_HOW: Mapping[Origin, tuple[str, str]] = {
    "witnessed": ("printed", "printed on the dispute page"),
    "saved": ("saved", f"printed on a dispute page {ORIGINS['saved']}"),
    "entered": ("copied", "copied from the dispute page by the buyer"),
}


def _printed(*timers: Timer) -> Window:
    """The printed timer alone, as it is read; where two contradict each other, from the earlier one's end to the later's."""
    how = [_HOW[timer.origin][1] for timer in timers]
    told = [
        f"{words}{f', {kept_in_part(timer.lacks)}' if timer.lacks else ''}: {timer.text}"
        f"{'' if timer.seen else ' (seen on no known day)'}"
        for words, timer in zip(how, timers, strict=True)
    ]
    origin = least_witnessed(timer.origin for timer in timers)
    earliest, latest = min(t.earliest for t in timers), max(t.latest for t in timers)
    source = f"the dispute page's own timer, {'; or '.join(how)}"
    lacks = next((timer.lacks for timer in timers if timer.lacks), "")
    return Window(earliest, latest, "; or ".join(told), source, _HOW[origin][0], origin=origin, lacks=lacks)


def late_words(days: int) -> str:
    """How late something was: "30 days late", "less than a day late"."""
    return f"{days} day{'s' if days != 1 else ''} late" if days else "less than a day late"


def least_witnessed(origins: Iterable[Origin]) -> Origin:
    """The origin that proves least: what the buyer entered, else what the buyer saved, else what was witnessed."""
    ranked: tuple[Origin, ...] = ("witnessed", "saved", "entered")
    return max(origins, key=ranked.index)


_UNITS = {"days": "days", "days_inclusive": "days, the first included,", "working_days": "working days"}


def count_text(count: Count) -> str:
    """A count in words: "30 days after", "5 working days after", "the end of" for a date that is itself the deadline."""
    if count.add == 0:
        return "the end of"
    return f"{count.add} {_UNITS[count.unit]} {'from' if count.unit == 'days_inclusive' else 'after'}"
