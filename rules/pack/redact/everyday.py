"""The words that a pack itself is written in: a name that is one of them cannot be told from them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_RULES = Path(__file__).parents[2]


@cache
def everyday_words() -> frozenset[str]:
    """Of the pack's templates and of what the platform says, in lower case."""
    places = (*(_RULES / "pack" / "templates").iterdir(), *(_RULES / "policies").glob("*.toml"))
    return frozenset(word for one in places if one.is_file() for word in words_in(one.read_text("utf-8")))


def words_in(text: str) -> frozenset[str]:
    """The words of a text in lower case."""
    return frozenset(re.findall(r"[^\W\d_]{2,}", text.casefold()))
