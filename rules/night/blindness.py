"""What nobody sees of a case while it matters: each kind of blindness is an alarm, with the page to look at by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from collector.model import Deadline, PageTrace
from rules.language.facts import fact_words, page_words, sentence
from rules.language.words import age_words, time_words
from rules.night.running import Running

# Design section 10: a running deadline without a good look for this long is an alarm.
BLIND_AFTER = timedelta(hours=36)
BLIND_AFTER_IN_DISPUTE = timedelta(hours=12)
_TOLD_FOR = timedelta(days=7)  # how long it is told that nobody looked when a deadline ended
LOOKED_BACK = _TOLD_FOR + BLIND_AFTER  # looks before that change nothing of what is told now
_SEVERAL = 2  # cases in which a kind of page can be read no more: that is the site
_NAMED = 4  # facts that a sentence names

BlindKind = Literal["unseen", "wall", "off", "drift", "emptied"]


@dataclass(frozen=True, slots=True)
class Blind:
    """Something of a case that is not seen: since when (None: ever), the end of the last timer that was seen, in words.

    `page` is the kind of page to look at by hand, `link` its address. Times UTC; those in `text` are the buyer's.
    """

    case: str
    kind: BlindKind
    since: datetime | None
    text: str
    page: str = "order"
    timer: datetime | None = None
    link: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watching:
    """A case as somebody watches it: its zone, what runs in it, and whether it has any page, and one of its dispute.

    `looked` is when a page (of the dispute, where one runs) was last kept whole; `looks` are when any of its pages was
    within LOOKED_BACK, oldest first.
    """

    case: str
    zone: str
    running: Running
    has_pages: bool
    has_dispute_page: bool
    looked: datetime | None
    looks: Sequence[datetime] = ()

    @property
    def limit(self) -> timedelta:
        """How long nobody may have looked."""
        return BLIND_AFTER_IN_DISPUTE if self.running.in_dispute else BLIND_AFTER

    @property
    def page(self) -> str:
        """The page that tells most."""
        return "dispute" if self.running.in_dispute and self.has_dispute_page else "order"


def unseen(case: Watching, now: datetime) -> Iterable[Blind]:
    """A deadline runs, and no page was kept whole for too long."""
    if not (case.running and case.has_pages) or (case.looked is not None and now - case.looked <= case.limit):
        return
    since = f"for {age_words(case.looked, now)}" if case.looked else "so far"
    timer = f" The last timer seen: {time_words(case.running.timer, case.zone)}." if case.running.timer else ""
    text = f"No complete look {since} while a deadline runs.{timer}"
    yield Blind(case.case, "unseen", case.looked, text, case.page, case.running.timer)


def off(case: Watching, deadlines: Iterable[Deadline], nights: Sequence[datetime], now: datetime) -> Iterable[Blind]:
    """A deadline ended in a stretch in which no night ran and nobody looked; `nights` are when runs began, oldest first."""
    passed = [(d, d.act_by) for d in deadlines if d.act_by and now - _TOLD_FOR <= d.act_by <= now and d.state != "met"]
    for deadline, end in passed:
        before = max((night for night in nights if night <= end), default=None)
        after = min((night for night in nights if night > end), default=None)
        if before is None or end - before <= case.limit or any(end - case.limit <= look <= end for look in case.looks):
            continue
        until = f"and {time_words(after, case.zone)}" if after else "and now"
        text = (
            f"No night ran between {time_words(before, case.zone)} {until}, and meanwhile this ended: {deadline.label}, "
            f"{time_words(end, case.zone)}."
        )
        yield Blind(case.case, "off", before, text, deadline.page or case.page, end)


def wall(case: str, zone: str, account: str, why: str, at: datetime) -> Blind:
    """The case is visited with an account that a wall stopped."""
    name = f"account {account}" if account else "visits without an account"
    todo = f"login {account}".strip()
    text = (
        f"{name}: stopped since {time_words(at, zone)} ({why.rstrip('.')}). Do what the site asks for: tradewitness {todo}"
    )
    return Blind(case, "wall", at, text)


def faded(case: str, traces: Iterable[PageTrace]) -> Iterable[Blind]:
    """What the newest look at a page shows no more though the page is there: facts, and the messages of a conversation."""
    for trace in traces:
        where = page_words(trace.kind)
        if trace.lost:
            names = tuple(sorted(trace.lost))
            text = f"{sentence(_listed(names))} could be read on the {where} before, and cannot be read any more."
            yield Blind(case, "drift", trace.at, text, trace.kind, facts=names)
        elif trace.messages == 0 and trace.messages_before:
            text = f"The {where} is empty now; before it had {trace.messages_before} messages."
            yield Blind(case, "emptied", trace.at, text, trace.kind)


def emptied_list(case: str, kind: str, account: str, rows: int, at: datetime) -> Blind:
    """A list of the case's account shows no order any more."""
    text = f"The {page_words(kind)} of account {account} is empty now; before it showed {rows} orders."
    return Blind(case, "emptied", at, text, kind)


def site_changed(blind: Iterable[Blind], traces: Iterable[PageTrace]) -> tuple[Blind, ...]:
    """The same, where several cases' pages of a kind cannot be read any more said as what it is: the site changed."""
    found, traces = tuple(blind), tuple(traces)
    drift = sorted((one for one in found if one.kind == "drift"), key=lambda one: one.page)
    words: dict[str, str] = {}
    for page, each in groupby(drift, key=lambda one: one.page):
        pages = list(each)
        cases = {one.case for one in pages}
        if len(cases) >= _SEVERAL:
            names = tuple(sorted({name for one in pages for name in one.facts}))
            what = f"{_listed(names)} cannot be read any more on the {page_words(page)}s of {len(cases)} cases."
            words[page] = f"The site changed: {what}{_still_read(page, traces)}"
    return tuple(replace(one, text=words[one.page]) if one.kind == "drift" and one.page in words else one for one in found)


def _still_read(page: str, traces: Iterable[PageTrace]) -> str:
    """What still works beside a kind of page that changed."""
    rest = [f"the rest of the {page_words(page)}"] if any(t.read for t in traces if t.kind == page) else []
    kinds = {trace.kind for trace in traces if trace.read and not trace.lost and trace.kind != page}
    works = [*rest, *sorted(f"the {page_words(kind)}" for kind in kinds)]
    return f" What is still read: {', '.join(works)}." if works else " Nothing else was read."


def _listed(names: Sequence[str]) -> str:
    """The facts in words; of many the first ones, and how many more there are."""
    words = [fact_words(name) for name in names[:_NAMED]]
    more = len(names) - len(words)
    return ", ".join(words) + (f" and {more} more" if more else "")
