"""Facts in the words of people: what one is called, and what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collector.kinds import in_words, page_kind
from collector.model import ALIBABA, Money
from rules.language.dates import as_printed, time_in
from rules.language.words import money_words, time_words
from rules.policy.fact_names import WORDS
from rules.policy.platform import load_policy

_NAME = re.compile(r"(?<![\w.])(?:" + "|".join(sorted(map(re.escape, WORDS), key=len, reverse=True)) + r")(?![\w.]*[\w=])")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}| UTC)?)?")


def fact_words(name: str, number: int = 1, site: str = ALIBABA) -> str:
    """What a fact is called within a sentence, in the words of the case's site: "receipt of the goods"; of a later round
    "the supplier's answer (2)".
    """
    words = WORDS.get(name) or in_words(name.replace(".", " "))
    if "{" in words:
        words = load_policy(site).words.filled(words)
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


def page_words(kind: str) -> str:
    """What a kind of page is called within a sentence: "order page", "Message Center conversation"."""
    title = page_kind(kind).title
    return title if title.startswith("Message Center") else title[:1].lower() + title[1:]


def plain_words(text: str, zone: str) -> str:
    """A machine's account of something, such as what a deadline is counted from, with words for the names of facts in it
    and for its ISO times; an instant stands in the zone.
    """
    named = _NAME.sub(lambda match: fact_words(match[0]) if "_" in match[0] or "." in match[0] else match[0], text)
    return _TIME.sub(lambda match: _time_words(match[0], zone), named)


def _time_words(text: str, zone: str) -> str:
    try:
        moment = datetime.fromisoformat(text.replace(" UTC", "+00:00"))
    except ValueError:
        return text
    return time_words(moment, zone) if moment.tzinfo else as_printed(text)
