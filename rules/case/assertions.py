"""What the buyer may assert, and how its text is read: strictly, with a sentence for everything that is not understood."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from collector.errors import WrongRequest
from collector.model import Money
from rules.case.chronology import time_of
from rules.language.facts import fact_words, sentence
from rules.policy.calendars import FIRST_YEAR, LAST_YEAR
from rules.policy.fact_names import CORE_ASSERTIONS, PAGE_FACTS, PLANNED
from rules.policy.platform import REASONS

_NUMBER = r"(?P<amount>\d{1,3}(?:,\d{3}){0,4}(?:\.\d{1,3})?|\d{1,15}(?:\.\d{1,3})?)"
_MONEY = (
    re.compile(rf"(?P<currency>[A-Z]{{3}}) {_NUMBER}", re.ASCII),
    re.compile(rf"{_NUMBER} (?P<currency>[A-Z]{{3}})", re.ASCII),
)
_NAMES = (*CORE_ASSERTIONS, *PAGE_FACTS)  # in the table's order
_WHOLE = re.compile(r"\d{1,3}(?:,\d{3}){1,2}|\d{1,9}", re.ASCII)


def value_kind(name: str) -> str:
    """The kind of value of a fact that may be asserted: time, money, integer, bool, reason, text. Raises WrongRequest."""
    kind = CORE_ASSERTIONS.get(name) or PAGE_FACTS.get(name)
    if kind is None:
        near = likely(name)
        meant = f"Did you mean {' or '.join(near)}? " if near else ""
        names = f"The names are: {', '.join(CORE_ASSERTIONS)}; and what pages show: {', '.join(PAGE_FACTS)}."
        raise WrongRequest(f"{name!r} is not a name that can be set.", meant + names)
    return kind


def likely(name: str) -> tuple[str, ...]:
    """The names that somebody may have meant: those that share the most words with it, the buyer's own before a page's,
    else the one that is written most like it. Empty where none is near.
    """
    words = _words(name)
    shared = {known: len(words & _words(known)) for known in _NAMES}
    most = max(shared.values())
    if not most:
        return tuple(difflib.get_close_matches(name, _NAMES, 1, 0.6))
    near = [known for known in _NAMES if shared[known] == most]
    own = [known for known in near if known in CORE_ASSERTIONS]
    return tuple(
        sorted(own or near, key=lambda known: -difflib.SequenceMatcher(None, name, known).ratio())[: 1 if own else 2]
    )


def _words(name: str) -> frozenset[str]:
    return frozenset(re.split(r"[^a-z]+", name.lower())) - {"", "at", "by", "on", "in", "is", "of"}


def is_event(name: str) -> bool:
    """Whether the fact tells when something happened: it counts only from that day on, whenever it was recorded."""
    return name not in PLANNED and (CORE_ASSERTIONS.get(name) or PAGE_FACTS.get(name)) == "time"


def parse_assertion(name: str, text: str | None, zone: str) -> Any:
    """The value that `name=text` asserts; None for no text, which only checks the name.

    Days stay days ("2026-10-04": a day in the case's zone); instants become UTC ("2026-10-04T10:00:00Z"), those without a
    zone are read in `zone`. Raises WrongRequest.
    """
    kind = value_kind(name)
    return None if text is None else _PARSERS[kind](name, text.strip(), zone)


def parse_money(text: str) -> Money | None:
    """Strictly "USD 86.00" or "86.00 USD", with thousands as "1,234.00"; anything else is None."""
    match = next(filter(None, (pattern.fullmatch(text.strip()) for pattern in _MONEY)), None)
    return Money(Decimal(match["amount"].replace(",", "")), match["currency"]) if match else None


def _called(name: str) -> str:
    return sentence(fact_words(name))


def _time(name: str, text: str, zone: str) -> str:
    moment = time_of(text, zone)
    if moment is None:
        raise WrongRequest(
            f"{_called(name)}: {text!r} is not a date.",
            f"Write it as 2026-10-04 or 2026-10-04T18:00+02:00, between {FIRST_YEAR} and {LAST_YEAR}.",
        )
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(moment, datetime) else moment.isoformat()


def _money(name: str, text: str, zone: str) -> Money:
    money = parse_money(text)
    if money is None:
        raise WrongRequest(
            f"{_called(name)}: {text!r} is not an amount of money.", "Write it with its currency, as: USD 1,234.00"
        )
    return money


def _integer(name: str, text: str, zone: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise WrongRequest(f"{_called(name)}: {text!r} is not a whole number.", "Write it in digits, as: 200")
    return int(text.replace(",", ""))


def _bool(name: str, text: str, zone: str) -> bool:
    words = {"yes": True, "true": True, "no": False, "false": False}
    if text.lower() not in words:
        raise WrongRequest(f"{_called(name)}: {text!r} is neither yes nor no.", f"Write: {name}=yes or {name}=no")
    return words[text.lower()]


def _reason(name: str, text: str, zone: str) -> str:
    if text not in REASONS:
        raise WrongRequest(f"{text!r} is not a reason.", "Reasons: " + ", ".join(REASONS) + ".")
    return text


def _text(name: str, text: str, zone: str) -> str:
    if not text:
        raise WrongRequest(f"{_called(name)} is empty.", f"Write: {name}=text")
    return text


_PARSERS: Mapping[str, Callable[[str, str, str], Any]] = MappingProxyType(
    {"time": _time, "money": _money, "integer": _integer, "bool": _bool, "reason": _reason, "text": _text}
)
