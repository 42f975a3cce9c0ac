"""What to press on these pages in place of a command to type."""

from __future__ import annotations

import re
from collections.abc import Callable

# A command with what follows it of names in capitals, numbers, options and values.
_COMMAND = re.compile(
    r"\btradewitness((?: [a-z]+)?(?: [a-z]+)?)"
    r"((?: (?:--as [a-z_]+|--?[\w-]+|[A-Z0-9_…\[\]/…]+|[a-z_.]+=\"[^\"]*\"|[a-z_.]+=\S*[\w…]|\d{6,}))*)"
)
# Where on these pages is done what a command does.
INSTEAD = {
    "case set": "“Enter what you know” on the case's page", "case open": "“Watch an order”", "watch": "“Watch an order”",
    "case show": "the case's page", "add": "“Put in your own files” on the case's page",
    "capture": "“Keep its pages now” on the case's page", "remind": "“The nights” in Settings",
    "login": "“Sign in” in Settings", "pack": "“Make a pack” on the case's page", "notify test": "“Send a test” in Settings",
    "notify add": "“Add somebody” in Settings", "schedule install": "“The nights” in Settings", "nightly": "“Nights”",
    "draft": "“Texts to copy” on the case's page", "search": "the search field above",
    "withdraw": "“Take a file out” on the case's page", "verify": "“Verify”",
}  # fmt: skip


def pressed(text: str, named: Callable[[str], str] = str) -> str:
    """The text with what to press for each command; `named` gives its name in another language. A command that these pages
    have nothing for stands as it is.
    """

    def instead(match: re.Match[str]) -> str:
        words = match[1].split()
        for number in (2, 1):
            press = INSTEAD.get(" ".join(words[:number])) if len(words) >= number else None
            if press is not None:
                return f"{named(press)} {' '.join(words[number:])}".rstrip()
        return match[0]

    return _COMMAND.sub(instead, text)


def is_command(text: str) -> bool:
    """Whether the text is nothing but a command."""
    return _COMMAND.fullmatch(text) is not None
