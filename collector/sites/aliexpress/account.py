"""Which account a page was shown to, by the name that it prints for it."""

from __future__ import annotations

from collector.reading.markup import Frame
from collector.reading.texts import text_of

_GREETED = "[class*=my-account--limitName], .account-name, [data-account-name]"
_LONGEST = 80  # more is a sentence, not a name


def signed_in_as(frames: tuple[Frame, ...]) -> str:
    """The name in the page's head; "" where none or several stand there."""
    for frame in frames:
        named = {name for tag in frame.soup.select(_GREETED) if 0 < len(name := text_of(tag)) <= _LONGEST}
        if len(named) == 1:
            return named.pop()
    return ""
