"""Facts in the words of people: what one is called, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.kinds import in_words
from collector.model import Money
from rules.language.dates import time_in
from rules.language.words import money_words
from rules.policy.fact_names import WORDS


def fact_words(name: str, number: int = 1) -> str:
    """What a fact is called within a sentence: "receipt of the goods"; of a later round "the supplier's answer (2)"."""
    words = WORDS.get(name) or in_words(name.replace(".", " "))
    return f"{words} ({number})" if number > 1 else words


def sentence(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def value_words(value: Any, zone: str) -> str:
    """What a fact says: days and times as they are read in the zone, "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Money):
        return money_words(value)
    if told := time_in(value, zone):
        return told.text
    if isinstance(value, Mapping):
        pairs = ((in_words(str(key)), value_words(part, zone)) for key, part in value.items())
        return "; ".join(f"{key}: {words}" for key, words in pairs if words)
    if isinstance(value, tuple | list):
        return "; ".join(words for part in value if (words := value_words(part, zone)))
    return str(value)
