"""Text that comes from pages, files and people, made safe for a terminal: it can neither act on it nor style it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import rich.markup

# Escape sequences, line ends, and the marks that turn the order of writing round.
_ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def inert(text: str) -> str:
    """The text with every sign that would act on a terminal or turn its order round replaced by a space, one for one."""
    return _ACTING.sub(" ", text)


def escape(text: str) -> str:
    """The text for a place where the terminal's own markup is read: shown as it stands, without acting."""
    return rich.markup.escape(inert(text))


def value_text(value: Any) -> str:
    """A fact's value in a few words."""
    from collector.model import Money, Printed

    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, Printed):
        return value.text
    if isinstance(value, tuple):
        if value and isinstance(value[0], Mapping):
            return f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
        return ", ".join(map(value_text, value)) or "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {value_text(part)}" for key, part in value.items())
    return str(value)
