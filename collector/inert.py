"""Text from pages, files and people, so that a person sees all of it and it does nothing: signs that act on a terminal, turn
the order of writing round or cannot be seen are shown as what they are, "\\x1b", "\\u202e". What is stored stays as it is.
"""

from __future__ import annotations

import re

# Control characters but for tab and line ends; marks of direction; what has no width and stands between letters; halves of
# characters. Joiners belong to some scripts and to composed emoji: after a Latin letter they only hide.
_ACTING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]|(?:^|(?<=[\x00-\x7f]))[\u200c\u200d]"
)
_LINE_ENDS = re.compile("[\t\n\r]")
# With any ending, too (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³]) *(\.|$)", re.IGNORECASE)


def shown(text: str) -> str:
    """The text with such signs shown as what they are; tabs and line ends stay."""
    return _ACTING.sub(lambda match: _escape(match[0]), text)


def shown_in_line(text: str) -> str:
    """The same on one line."""
    return shown(_LINE_ENDS.sub(" ", text))


def shown_in_json(text: str) -> str:
    """JSON that means the same, without such signs in it: JSON has an escape for each."""
    return _ACTING.sub(lambda match: "".join(f"\\u{unit:04x}" for unit in _units(match[0])), text)


def opens_a_device(name: str) -> bool:
    """Whether Windows takes a file's name for a machine's ("con", "nul.txt"), and opens that."""
    return bool(_DEVICE.match(name))


def _escape(sign: str) -> str:
    number = ord(sign)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _units(sign: str) -> tuple[int, ...]:
    """The sign in UTF-16, as JSON writes it."""
    number = ord(sign) - 0x10000
    return (ord(sign),) if number < 0 else (0xD800 + (number >> 10), 0xDC00 + (number & 0x3FF))
