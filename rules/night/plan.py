"""Which pages a night visits, in what order and why: a function of what was last kept, and of now.

It knows nothing of runs. A page that was looked at is not due again before its time, whoever looked; so a night that was
killed, a machine that was asleep and a night that never came need no path of their own: the next call finds due what is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from collector.kinds import page_kind
from collector.model import Target
from rules.night.running import NOTHING, Running

# A night reaches a page now earlier, now later: each time is a little shorter than what it is called.
IN_DISPUTE = timedelta(hours=3, minutes=30)
NIGHTLY = timedelta(hours=20)
WEEKLY = timedelta(days=6, hours=12)
A_NIGHT = NIGHTLY  # for so long visits count against the budget of an account
_WATCHED_IN_DISPUTE = ("dispute", "thread")
_CLOCK_SLACK = timedelta(minutes=10)
_FAR = datetime.max.replace(tzinfo=UTC)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_LISTS, _CHANGED, _DISPUTES, _RUNNING, _OTHERS = range(5)


@dataclass(frozen=True, slots=True)
class PageState:
    """A page that a night may visit, with its account, and what came of the looks at it so far (times UTC).

    `kept` is when it was last kept whole, `tried` when it was last looked at, None for never. `held`: that last look kept
    what the site showed; `why` says what it lacked, or why nothing came of it. `first`: no night has reached it yet. `news`
    is what a list says of its order that it did not say when the page was last looked at, or "".
    """

    target: Target
    kept: datetime | None = None
    tried: datetime | None = None
    held: bool = True
    why: str = ""
    first: bool = False
    news: str = ""


@dataclass(frozen=True, slots=True)
class WatchedCase:
    """An open case: its pages, and what runs in it."""

    pages: tuple[PageState, ...]
    running: Running = NOTHING


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A page to visit, and why, in words."""

    target: Target
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A page that is due and is not visited, and why; `person` says that only a person can change that."""

    target: Target
    why: str
    person: bool = False


@dataclass(frozen=True, slots=True)
class NightPlan:
    """The pages to visit, first things first, and what is left out.

    `resting` pages are not due yet; the first of them is at `next_due`.
    """

    visits: tuple[PlannedVisit, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    resting: int = 0
    next_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Due:
    """A page, when it is due and why; `rank` says what comes first."""

    page: PageState
    at: datetime
    reason: str
    rank: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds a night back: `paused` accounts and why, `budget` in pages an account a night, `spent` of it by now."""

    paused: Mapping[str, str]
    budget: int
    spent: Mapping[str, int]


def plan_of(lists: Iterable[PageState], cases: Iterable[WatchedCase], limits: Limits, now: datetime) -> NightPlan:
    """The night's plan: lists, what changed on them, disputes, running deadlines, and each other page once a week."""
    found = [_list_due(page, now) for page in lists]
    found += [_due(page, case.running, now) for case in cases for page in case.pages]
    due = sorted((one for one in found if one.at <= now), key=lambda one: one.rank)
    later = [one.at for one in found if one.at > now]
    spent = dict(limits.spent)
    visits: list[PlannedVisit] = []
    left_out: list[LeftOut] = []
    for one in due:
        target = one.page.target
        name = target.account or "no account"
        if target.account in limits.paused:
            left_out.append(LeftOut(target, f"{name} is paused ({limits.paused[target.account]})", person=True))
        elif spent.get(target.account, 0) >= limits.budget:
            left_out.append(LeftOut(target, f"the budget of {limits.budget} pages for {name} is spent"))
        else:
            spent[target.account] = spent.get(target.account, 0) + 1
            visits.append(PlannedVisit(target, one.reason))
    return NightPlan(tuple(visits), tuple(left_out), len(later), min(later, default=None))


def _list_due(page: PageState, now: datetime) -> _Due:
    at, _ = _next_look(page, IN_DISPUTE, now)
    reason = "it says what has changed, for all orders of its account"
    return _Due(page, at, reason, (_LISTS, page.target.kind != "order_list", page.target.account))


def _due(page: PageState, running: Running, now: datetime) -> _Due:
    kind = page.target.kind
    rank, every, reason = _OTHERS, WEEKLY, "once a week"
    if running:
        rank, every, reason = _RUNNING, NIGHTLY, f"every night, while a deadline runs: {running.deadlines[0].label}"
    if running.in_dispute and kind in _WATCHED_IN_DISPUTE:
        rank, every, reason = _DISPUTES, IN_DISPUTE, "every four hours, while a dispute is open"
    at, again = _next_look(page, every, now)
    reason = again or reason
    if page.news:
        rank, at, reason = _CHANGED, now, page.news
    order = (rank, not page_kind(kind).private, running.act_by or _FAR, page.tried or _LONG_AGO, page.target.case)
    return _Due(page, at, reason, order)


def _next_look(page: PageState, every: timedelta, now: datetime) -> tuple[datetime, str]:
    """When a page is to be looked at again, and why, where that is not its usual time."""
    if page.tried is None:
        return now, "it has never been looked at"
    if page.first:
        return now, "its first night"
    if page.tried > now + _CLOCK_SLACK:
        return now, "the last look is dated later than now: this computer's clock was wrong then, or is now"
    if not page.held:
        return now, f"nothing came of the last look: {page.why}" if page.why else "nothing came of the last look"
    if page.kept != page.tried:
        return page.tried + min(every, NIGHTLY), f"it was not kept whole: {page.why}" if page.why else ""
    return page.tried + every, ""
