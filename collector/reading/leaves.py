"""One value of a page's data in any form that the site gives it: plain, or as an object around it.

`{"value"}`, `{"simpleDateStr", "timestamp"}`, `{"number", "numberStr"}`, `{"amountStr"}`, `{"amount", "currency"}`, and any
of these inside another. Each function gives None where the data has no such key, a blank reading where the key is there and
nothing under it, and a reading without a value where what stands there is not understood or contradicts itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from collector.model import Money, Place, Printed
from collector.reading.money import CODES, read_money
from collector.reading.readings import Node, Reading, same
from collector.reading.texts import as_text, is_blank
from collector.reading.times import PACIFIC, SHANGHAI, moment, read_day, read_epoch

# What holds the value itself, best first; beside it stand codes, titles, flags.
_TEXTS = (
    "value", "displayValue", "displayName", "mcmsValue", "displayText", "text", "content", "label", "name", "fullName",
    "simpleName", "title", "desc",
)  # fmt: skip
_AMOUNTS = (
    "amountStr", "numberStr", "displayAmount", "formatAmount", "formattedAmount", "amountWithCurrency", "priceStr",
    "displayValue", "displayText", "value", "text", "amount", "number",
)  # fmt: skip
_COUNTS = (
    "number",
    "numberStr",
    "quantity",
    "quantityStr",
    "count",
    "value",
    "displayValue",
    "displayText",
    "text",
    "amount",
)
_VALUES = frozenset({*_TEXTS, *_AMOUNTS, *_COUNTS, "simpleDateStr", "dateStr", "timeStr", "timestamp", "date", "time"})
_CURRENCIES = ("currency", "currencyCode", "currencyType", "currencyName")
_WHOLE = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.0{1,2})?(?:\s*[^\d\s.,].*)?", re.DOTALL)
_CLOCK = re.compile(r"[T\s,]+[0-9]{1,2}:.*$", re.DOTALL)
_SLACK = timedelta(hours=26)  # between a printed day and its instant: every zone, and the day's own length
_DEEPEST = 4


def text_in(node: Node) -> Reading | None:
    """The text as it is shown; an object in which it stands under no known name is not understood."""
    reading = _read(node, _TEXTS, as_text, first_only=True)
    named = not isinstance(node.value, dict) or any(key in node.value for key in _TEXTS)
    return reading if named or reading is None or reading.blank else Reading(None, node.place())


def money_in(node: Node, currency: str = "") -> Reading | None:
    """The amount; `currency` is what the data around it names, for figures and signs that do not say which."""
    stated = currency_in(node) or currency
    known = _read(node, _AMOUNTS, lambda text: read_money(text, stated))
    if known is None or known.blank or known.value is not None:
        return known
    printed = _read(node, (), read_money)
    return printed if printed is not None and printed.value is not None else known


def count_in(node: Node) -> Reading | None:
    """The whole number: "200", "1,000 Pieces", "10.00"; not understood where it is none."""
    return _read(node, _COUNTS, read_whole)


def moment_in(node: Node, parse: Callable[[str], Printed | str | None] = moment) -> Reading | None:
    """The time: `parse` reads what is printed (a time, or a bare day); an instant beside it makes it exact.

    An instant that lies on another day than the printed one is a contradiction.
    """
    if (unread := _without_value(node)) is not None or not node.there:
        return unread
    scalars = list(_scalars(node, ()))
    instants = [instant for one in scalars if (instant := _instant(one)) is not None]
    printed = [(one, value) for one in scalars if _instant(one) is None and (value := parse(one.text)) is not None]
    if not printed:
        held = next((one for one in scalars if _instant(one) is not None), node)
        return Reading(instants[0] if instants and _alike(instants) else None, held.place())
    place, value = printed[0][0].place(), printed[0][1]
    if not _alike([v for _, v in printed]) or not _alike(instants):
        return Reading(None, node.place())
    return _exact(value, instants[0], place) if instants else Reading(value, place)


def day_in_data(node: Node) -> Reading | None:
    """The day, as ISO text; of an instant alone where it is the same day from China to the Pacific."""
    reading = moment_in(node, day_of)
    if reading is None or not isinstance(reading.value, Printed):
        return reading
    stated = next((day for one in _scalars(node, ()) if (day := day_of(one.text))), None)
    days = {reading.value.earliest.astimezone(zone).date().isoformat() for zone in (SHANGHAI, PACIFIC)}
    return replace(reading, value=stated or (days.pop() if len(days) == 1 else None))


def flag_in(node: Node) -> bool | None:
    """Whether it is true or false: true, "true", 1, "Y" and their opposites, also as `{"value"}`; None where neither."""
    value = node.value
    for _ in range(_DEEPEST):
        if isinstance(value, dict) and "value" in value:
            value = value["value"]
    truth = {"true": True, "1": True, "y": True, "yes": True, "false": False, "0": False, "n": False, "no": False}
    return None if isinstance(value, dict | list) else truth.get(str(value).strip().lower())


def currency_in(node: Node) -> str:
    """The one currency (ISO 4217) that an object names, itself or one level down; "" where it names none, or several."""
    objects = [node, *(child for child in node.items() if isinstance(child.value, dict))]
    named = {one[key].text.upper() for one in objects for key in _CURRENCIES if isinstance(one.value, dict)} & CODES
    return named.pop() if len(named) == 1 else ""


def read_whole(text: str) -> int | None:
    """The whole number that begins a short text, a unit after it or none; "2.5" and "1.000" are none."""
    match = _WHOLE.fullmatch(text.strip())
    return int(match[1].replace(",", "")) if match else None


def day_of(text: str) -> str | None:
    """A day as ISO text; where a time of day is printed too, the day as printed."""
    day = read_day(text)
    if day is None and isinstance(printed := moment(text), Printed):
        day = read_day(_CLOCK.sub("", printed.text))
    return day


def is_empty(value: Any) -> bool:
    """Whether data says that nothing is there: null, "", a dash, an empty list, or an object or list of nothing but such.

    Truth values beside them say nothing. An object without a key for its value has lost it: no word that there is none.
    """
    if isinstance(value, dict):
        inner = [one for one in value.values() if not isinstance(one, bool)]
        return bool(_VALUES & value.keys()) and all(map(is_empty, inner))
    if isinstance(value, list):
        return all(map(is_empty, value))
    return value is None or (isinstance(value, str) and is_blank(value))


def _without_value(node: Node) -> Reading | None:
    """A blank reading where the key is there and empty; None else."""
    return Reading(None, node.place(), blank=True) if node.there and is_empty(node.value) else None


def _read(node: Node, keys: tuple[str, ...], parse: Callable[[str], Any], *, first_only: bool = False) -> Reading | None:
    if not node.there or (unread := _without_value(node)) is not None:
        return unread if node.there else None
    scalars = list(_scalars(node, keys))[: 1 if first_only else None]
    values = [(one, value) for one in scalars if (value := parse(one.text)) is not None]
    if not values or not _alike([value for _, value in values]):
        return Reading(None, (scalars[0] if len(scalars) == 1 else node).place())
    return Reading(values[0][1], values[0][0].place())


def _scalars(node: Node, keys: Iterable[str], depth: int = 0) -> Iterator[Node]:
    """The texts and figures under the keys, in their order; without keys, or where none of theirs is there, all of them."""
    if depth > _DEEPEST:
        return
    if isinstance(node.value, dict):
        named = [node[key] for key in keys if key in node.value and not is_empty(node.value[key])]
        for child in named or (() if keys is _TEXTS else node.items()):  # a text is not just any word in it
            yield from _scalars(child, keys, depth + 1)
    elif isinstance(node.value, list):
        if len(node.value) == 1:
            yield from _scalars(node[0], keys, depth + 1)
    elif not is_blank(node.text):
        yield node


def _instant(node: Node) -> Printed | None:
    """Milliseconds since 1970, or seconds; None for anything else."""
    digits = node.text
    return read_epoch(digits) or (read_epoch(digits + "000") if re.fullmatch(r"1[0-9]{9}", digits) else None)


def _exact(value: Printed | str, instant: Printed, place: Place) -> Reading:
    """The printed time at its instant."""
    if isinstance(value, Printed):
        first, last, text = value.earliest, value.latest, value.text
    else:
        midnight = datetime.fromisoformat(value).replace(tzinfo=UTC)
        first, last, text = midnight, midnight, place.quote
    if not first - _SLACK <= instant.earliest <= last + _SLACK * (1 if isinstance(value, Printed) else 2):
        return Reading(None, place)
    return Reading(replace(instant, text=text), place)


def _alike(values: list[Any]) -> bool:
    return all(same(values[0], value) for value in values[1:])


def amount_of(reading: Reading | None) -> Money | None:
    """The amount that was read, or None."""
    return reading.value if reading is not None and isinstance(reading.value, Money) else None
