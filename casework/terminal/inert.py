"""Text that comes from pages, files and people, made safe for a terminal: it can neither act on it nor style it."""

from __future__ import annotations

import re

# Escape sequences, line ends, and the marks that turn the order of writing round.
_ACTING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def inert(text: str) -> str:
    """The text with every sign that would act on a terminal or turn its order round replaced by a space, one for one."""
    return _ACTING.sub(" ", text)
