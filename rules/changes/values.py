"""Two values of one fact beside each other: whether they say the same, which way it went, and both in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from collector.kinds import in_words
from collector.model import Money, Printed
from rules.language.dates import UncertainTime, as_printed, time_in
from rules.language.facts import value_words
from rules.language.words import money_words

_SPACES = re.compile(r"\s+")
_YEAR = re.compile(r"[0-9]{4}")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ADDRESSES = frozenset({"url", "picture", "image", "digest", "link"})  # of one thing they are others at every look
_LABELS = ("name", "title", "step", "id")
_LONGEST, _MOST = 160, 3


def alike(one: Any, other: Any, zone: str) -> bool:
    """Whether two values say the same: texts by letters, times by what they can mean, entries of lists by their names.

    Nothing and False are alike: a badge that is not shown, and one that is said to be absent.
    """
    if _absent(one) or _absent(other):
        return _absent(one) and _absent(other)
    spans = _spans(one, other, zone)
    if spans is not None:
        return _same_time(one, other, *spans)
    if isinstance(one, str) and isinstance(other, str):
        return _squeezed(one).casefold() == _squeezed(other).casefold()
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        shared = [key for key in one if key not in _ADDRESSES and one[key] is not None and other.get(key) is not None]
        return all(alike(one[key], other[key], zone) for key in shared)
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        pairs = zip(sorted(one, key=_place), sorted(other, key=_place), strict=False)
        return len(one) == len(other) and all(alike(a, b, zone) for a, b in pairs)
    return bool(one == other)


def way(before: Any, after: Any, zone: str) -> str:
    """How a value went: lower, higher, earlier, later, gone, set or other. The two are not alike."""
    if _absent(after):
        return "gone"
    if _absent(before):
        return "set"
    spans = _spans(before, after, zone)
    if spans is not None:
        then, now = ((span.first, span.last) for span in spans)
        return "earlier" if now < then else "later"
    one, other = _amount(before), _amount(after)
    if one is not None and other is not None and one[1] == other[1]:
        return "lower" if other[0] < one[0] else "higher"
    return "other"


def other_currency(before: Any, after: Any) -> bool:
    """Whether the two are in other currencies: the site shows each visitor its own, and they cannot be compared."""
    then, now = _currencies(before), _currencies(after)
    return bool(then and now and then != now)


def _currencies(value: Any) -> set[str]:
    if isinstance(value, Money):
        return {value.currency}
    entries = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple | list) else ()
    return {currency for entry in entries for currency in _currencies(entry)}


def moved_words(before: Any, after: Any, zone: str) -> str:
    """By how much a time moved: "15 days", "20 hours", "less than an hour"; "" for what is no time."""
    spans = _spans(before, after, zone)
    if spans is None:
        return ""
    by = abs(spans[1].first - spans[0].first)
    hours = round(by / timedelta(hours=1))
    number, unit = (round(hours / 24), "day") if hours >= 48 else (hours, "hour")
    return f"{number} {unit}{'' if number == 1 else 's'}" if number else "less than an hour"


def told(value: Any, zone: str) -> str:
    """A value for a sentence: money and times as people read them, other words in quotes."""
    if isinstance(value, Money):
        return money_words(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Printed):
        return as_printed(value.text)
    if isinstance(value, str) and (moment := time_in(value, zone)) is not None:
        return moment.text
    if isinstance(value, str):
        return quoted(value)
    return cut(value_words(value, zone))


def quoted(text: str) -> str:
    """A text in quotes, no longer than a reader bears."""
    return f"“{cut(_squeezed(text))}”"


def ended(text: str) -> str:
    """The text as a whole sentence: with its full stop, but for one that ends with a quoted one."""
    return text if text.endswith((".", ".”", "…”", "?”", "!”", "。”")) else f"{text}."


def cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def parts(before: Any, after: Any, zone: str) -> list[str]:
    """Of two lists, or two groups of named values, what differs, entry by entry; [] for what is neither."""
    if not all(isinstance(value, Mapping | tuple | list) for value in (before, after)):
        return []
    then, now = _entries(before, zone), _entries(after, zone)
    names = [name for name in dict.fromkeys((*then, *now)) if then.get(name) != now.get(name)]
    return [_part(name, then.get(name), now.get(name)) for name in names]


def first_of(said: list[str]) -> str:
    """The first of several, and how many more there are."""
    more = f"; and {len(said) - _MOST} more" if len(said) > _MOST else ""
    return "; ".join(said[:_MOST]) + more


def sides(before: Any, after: Any, zone: str) -> tuple[str, str]:
    """Both values in words, for two cells beside each other; of a list only what differs."""
    if not all(isinstance(value, Mapping | tuple | list) for value in (before, after)):
        return _side(before, zone), _side(after, zone)
    entries = _entries(before, zone), _entries(after, zone)
    names = [name for name in dict.fromkeys((*entries[0], *entries[1])) if entries[0].get(name) != entries[1].get(name)]
    old, new = ("; ".join(f"{name}: {own[name]}" for name in names if name in own) or "nothing" for own in entries)
    return old, new


def _side(value: Any, zone: str) -> str:
    if _absent(value):
        return "not shown"
    return (
        "shown" if value is True else value if isinstance(value, str) and time_in(value, zone) is None else told(value, zone)
    )


def number_in(value: Any) -> float | None:
    """The one number that a value is, for a chart; of a list of prices the first."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, Money):
        return float(value.amount)
    if isinstance(value, int):
        return float(value)
    if isinstance(value, str):
        found = _NUMBER.findall(value)
        return float(found[0]) if len(found) == 1 and len(value) <= 12 else None
    if isinstance(value, tuple | list) and value and isinstance(value[0], Mapping):
        return number_in(value[0].get("price"))
    return None


def _part(name: str, before: str | None, after: str | None) -> str:
    if before is None:
        return f"{name} is new: {quoted(after or '')}" if after else f"{name} is new"
    if after is None:
        return f"{name} is gone (it was {quoted(before)})" if before else f"{name} is gone"
    return f"{name} was {quoted(before)} and is now {quoted(after)}"


def _entries(value: Any, zone: str) -> dict[str, str]:
    """What a list or a group of values says, by the name of each entry."""
    if isinstance(value, Mapping):
        return {in_words(str(key)): value_words(part, zone) for key, part in value.items() if part is not None}
    found: dict[str, str] = {}
    for entry in value:
        name, said = _entry(entry, zone)
        found[name if name not in found else f"{name} ({len(found) + 1})"] = said
    return found


def _entry(entry: Any, zone: str) -> tuple[str, str]:
    if not isinstance(entry, Mapping):
        return value_words(entry, zone), ""
    if "price" in entry and "from" in entry:
        upto = f" to {entry['to']}" if entry.get("to") is not None else " and more"
        return f"the price for {entry['from']}{upto}", value_words(entry["price"], zone)
    label = next((key for key in _LABELS if entry.get(key)), "")
    rest = {key: part for key, part in entry.items() if key != label and key not in _ADDRESSES}
    said = value_words(next(iter(rest.values())), zone) if len(rest) == 1 else value_words(rest, zone)
    return (str(entry[label]), said) if label else (said, "")


def _place(entry: Any) -> tuple[str, str]:
    if isinstance(entry, Mapping):
        label = next((str(entry[key]) for key in _LABELS if entry.get(key)), "")
        return _squeezed(label).casefold(), str(entry.get("from", ""))
    return _squeezed(str(entry)).casefold(), ""


def _absent(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, str | tuple | list) and not value)


def _squeezed(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _amount(value: Any) -> tuple[Any, str] | None:
    if isinstance(value, Money):
        return value.amount, value.currency
    return (value, "") if isinstance(value, int) and not isinstance(value, bool) else None


def _spans(one: Any, other: Any, zone: str) -> tuple[UncertainTime, UncertainTime] | None:
    """What two times can mean; None where one of them is none."""
    if not all(isinstance(value, Printed | str) for value in (one, other)):
        return None
    then, now = time_in(one, zone), time_in(other, zone)
    return (then, now) if then is not None and now is not None else None


def _same_time(one: Any, other: Any, then: UncertainTime, now: UncertainTime) -> bool:
    """A time that is printed more exactly has not moved, nor has a countdown that may still mean the same instant."""
    if _counts_down(one) or _counts_down(other):
        return then.first <= now.last and now.first <= then.last
    within = then.first <= now.first and now.last <= then.last
    return within or (now.first <= then.first and then.last <= now.last)


def _counts_down(value: Any) -> bool:
    """Whether a printed time is what is left of one: a date names its year."""
    return isinstance(value, Printed) and _YEAR.search(value.text) is None
