"""What a fact was in each visit that is kept: told where it changed."""

from __future__ import annotations

from collections.abc import Iterable

from collector.model import Fact, Money
from rules.language.words import day_words, money_words
from rules.policy.calendars import day_in


def history(facts: Iterable[Fact], name: str, zone: str) -> str:
    """A fact's changes over the visits, in words, oldest first; "" where it never changed."""
    steps: list[tuple[str, str]] = []
    for fact in facts:
        if fact.name == name and fact.state in ("read", "not_shown"):
            words = _shown(fact)
            if not steps or steps[-1][0] != words:
                steps.append((words, day_read(fact, zone)))
    return ", then ".join(f"{words} ({day})" for words, day in steps) if len(steps) > 1 else ""


def first_and_last(facts: Iterable[Fact], name: str, zone: str) -> str:
    """What a fact was at the first look and at the last, oldest first, in words; "" where that is the same."""
    looks = [fact for fact in facts if fact.name == name and fact.state in ("read", "not_shown")]
    if not looks or _shown(looks[0]) == _shown(looks[-1]):
        return ""
    return ", now ".join(f"{_shown(fact)} ({day_read(fact, zone)})" for fact in (looks[0], looks[-1]))


def _shown(fact: Fact) -> str:
    if fact.state == "not_shown":
        return "not shown"
    if isinstance(fact.value, bool):
        return "shown" if fact.value else "said to be absent"
    return money_words(fact.value) if isinstance(fact.value, Money) else str(fact.value)


def day_read(fact: Fact, zone: str) -> str:
    """The day on which a fact was read, with its weekday."""
    return day_words(day_in(fact.at, zone)) if fact.at else "day unknown"
