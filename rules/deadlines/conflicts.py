"""Where the dispute page's timers contradict each other, the count or the buyer's copy; and those that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from collector.model import Finding, kept_in_part
from rules.case.dispute_page import TIMER, Timer, copied_page, newest_timer
from rules.deadlines.counting import Story, Window
from rules.language.words import time_words
from rules.policy.platform import DeadlineRule

_FACTS = (TIMER, "dispute.status", "dispute.hint")
# A timer prints an hour of a day, a count ends with a day: only a whole day between them is a conflict.
_A_DAY = timedelta(days=1)


def timer_conflicts(story: Story) -> tuple[Finding, ...]:
    """Every conflict about a printed timer; the newest printed one is used all the same."""
    rules = (_moved(story), _against_count(story), _against_entry(story), _unreadable(story))
    return tuple(finding for rule in rules for finding in rule)


def _moved(story: Story) -> Iterator[Finding]:
    for rule in story.policy.deadlines:
        pairs = [(r.moved, r.timer) for r in story.rounds(rule) if r.moved and r.timer]
        for one, other in pairs[-1:]:
            sooner = "earlier" if other.earliest < one.earliest else "later"
            text = (
                f"{rule.label}: the timer was moved to an {sooner} time. The dispute page said {_said(story, one)}, "
                f"then {_said(story, other)}; the newer is used."
            ).replace("an later", "a later")
            todo = "Act by the earlier of the two if you can; both pages are kept, so ask in the dispute which holds."
            yield Finding("timer.moved", "problem", text, _FACTS, todo)


def _against_count(story: Story) -> Iterator[Finding]:
    """The timer that runs now against what the policy counts for the same deadline."""
    for rule in story.policy.deadlines:
        timer = newest_timer(story.pages, rule.id)
        runs = timer and not story.casefile.is_past(timer.latest) and not story.deadlines(rule)[-1].over
        window = _counted(story, rule) if runs else None
        if timer is None or window is None:
            continue
        if timer.earliest < window.earliest - _A_DAY:
            text = f"{rule.label}: the page's timer ends sooner than the rules say."
            todo = f"Act by the page's timer. The rules: {window.source}."
            yield Finding("timer.against_count", "problem", f"{text} {_both(story, timer, window)}", _FACTS, todo)
        elif timer.earliest > window.latest + _A_DAY:
            text = f"{rule.label}: the page's timer ends later than the rules say, and the page counts."
            yield Finding("timer.against_count", "ok", f"{text} {_both(story, timer, window)}", (TIMER,))


def _counted(story: Story, rule: DeadlineRule) -> Window | None:
    round = story.rounds(rule)[-1]
    if round.base:
        return None if rule.recurring else story.window(rule)
    return story.window(rule, round.asked) if round.asked else None


def _both(story: Story, timer: Timer, window: Window) -> str:
    counted = time_words(window.earliest, story.casefile.zone)
    return f"The timer: {_said(story, timer)}. Counted: {counted} at the earliest."


def _against_entry(story: Story) -> Iterator[Finding]:
    page = copied_page(story.casefile, story.policy, [p for p in story.pages if p.witnessed])
    copied = page.timer if page else None
    printed = newest_timer(story.pages, copied.speaks_of) if copied else None
    if (
        copied
        and printed
        and printed.origin != "entered"
        and (copied.latest < printed.earliest or printed.latest < copied.earliest)
    ):
        entered = time_words(copied.earliest, story.casefile.zone)
        text = f"The dispute page's timer says {_said(story, printed)}, you entered {entered}; the page is used."
        todo = f"Look at the page again; if your entry is wrong, withdraw it: tradewitness case set CASE {TIMER}="
        yield Finding(f"conflict.{TIMER}", "problem", text, (TIMER,), todo)


def _unreadable(story: Story) -> Iterator[Finding]:
    newest = next((page for page in reversed(story.pages) if page.witnessed), None)
    if newest and newest.unreadable and newest.at:
        seen = time_words(newest.at, story.casefile.zone)
        text = f"The dispute page of {seen} shows a timer that could not be read: \u201c{newest.unreadable[:120]}\u201d."
        entry = f"tradewitness case set CASE {TIMER}=2026-10-04T18:00+08:00"
        todo = f"Look at the page now and enter the time with its own zone: {entry}"
        yield Finding("timer.unreadable", "problem", text, (TIMER,), todo)


def _said(story: Story, timer: Timer) -> str:
    seen = f", seen {time_words(timer.seen, story.casefile.zone)}" if timer.seen and timer.witnessed else ""
    seen += f" on a page {kept_in_part(timer.lacks)}" if timer.lacks else ""
    return f"\u201c{timer.text}\u201d (by {time_words(timer.earliest, story.casefile.zone)}{seen})"
