"""What a page's facts were at one look and are at the next that tells. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from collector.model import Fact
from rules.changes.change import Change, PageReading, Seen, WatchedPage
from rules.changes.policy import ChangePolicy, FactRule
from rules.changes.values import alike, ended, first_of, moved_words, other_currency, parts, told, way
from rules.language.facts import fact_words, page_words, sentence

# A conversation is compared message by message; what a search finds is another at every look.
NOT_COMPARED = frozenset({
    "thread.messages", "thread.complete", "thread.disagreements", "thread.unshown", "search.offers",
})  # fmt: skip
_ON_PAGE = re.compile(r" on (?:the [\w ]+ page|its page)$|^the [\w]+ page's ")


def fact_changes(page: WatchedPage, readings: Iterable[PageReading], policy: ChangePolicy, zone: str) -> Iterator[Change]:
    """Each change of a fact over the looks at a page, oldest first.

    A fact that a look cannot tell (it could not be read, or the page was kept in part) is no change: what it was before is
    held against the next look that tells. Nor is one that another version of the reader read.
    """
    last: dict[str, tuple[Fact, Seen]] = {}
    for reading in readings:
        for fact in reading.facts:
            if fact.name in NOT_COMPARED or fact.saved or fact.state not in ("read", "not_shown"):
                continue
            before, seen = last.get(fact.name), Seen(fact.snapshot or reading.snapshot, fact.at or reading.at)
            if before is not None and _differ(before[0], fact, zone):
                yield _change(page, before, (fact, seen), policy.of_fact(fact.name), zone)
            last[fact.name] = fact, seen


def _differ(one: Fact, other: Fact, zone: str) -> bool:
    """Whether two facts of one reader do not say the same; most do to the letter, in a year of nights."""
    then, now = _value(one), _value(other)
    return then != now and same_reader(one, other) and not alike(then, now, zone)


def same_reader(one: Fact, other: Fact) -> bool:
    """Whether two facts can be held against each other: not where two versions of one reader read them."""
    (name, _, version), (other_name, _, other_version) = one.reader.partition("/"), other.reader.partition("/")
    return name != other_name or version == other_version


def _value(fact: Fact) -> Any:
    return fact.value if fact.state == "read" else None


def _change(page: WatchedPage, before: tuple[Fact, Seen], after: tuple[Fact, Seen], rule: FactRule, zone: str) -> Change:
    (old, first), (new, then) = before, after
    went = way(_value(old), _value(new), zone)
    adverse = _harms(rule, old, new, went)
    head, rest = _sentence(page, rule, _value(old), _value(new), went, zone)
    return Change(
        page, "fact", new.name, _value(old), _value(new), first, then, ended(head), ended(f"{head}{rest}"), went, adverse,
        rule.why if adverse else "", rule.todo if adverse else "", (old.place, new.place),
    )  # fmt: skip


def _harms(rule: FactRule, old: Fact, new: Fact, went: str) -> bool:
    if other_currency(old.value, new.value):
        return False
    return went in rule.adverse or ("other" in rule.adverse and went not in ("gone", "set")) or _says(rule, old, new)


def _says(rule: FactRule, old: Fact, new: Fact) -> bool:
    """Whether the new words say what is adverse, and the old ones did not."""
    then, now = (str(_value(fact) or "").casefold() for fact in (old, new))
    return any(word in now and word not in then for word in rule.says)


def _sentence(page: WatchedPage, rule: FactRule, before: Any, after: Any, went: str, zone: str) -> tuple[str, str]:
    """What changed in one sentence, and apart what it was and is: "The supplier's limit went down", " from … to …"."""
    where, words = page_words(page.kind), rule.words or fact_words(rule.name, site=page.site)
    bare = _on_page(words)
    if went == "gone":
        return f"The {where} no longer shows {bare}", "" if before is True else f". It was {told(before, zone)}"
    if went == "set":
        return f"The {where} now shows {bare}", "" if after is True else f": {told(after, zone)}"
    if said := parts(before, after, zone):
        return f"{sentence(words)} changed on the {where}", f": {first_of(said)}"
    both = f" from {told(before, zone)} to {told(after, zone)}"
    if went in ("lower", "higher"):
        return f"{sentence(words)} went {'down' if went == 'lower' else 'up'}", both
    if went in ("earlier", "later"):
        return f"{sentence(words)} was moved {moved_words(before, after, zone)} {went}", f":{both}"
    return f"{sentence(words)} changed", both


def _on_page(words: str) -> str:
    """What a fact is called in a sentence that names its page already."""
    return _ON_PAGE.sub(lambda match: "" if match[0].startswith(" on") else "its ", words)
