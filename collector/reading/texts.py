"""The texts of a page: squeezed, compared as labels, taken as a value or as a number."""

from __future__ import annotations

import html
import re

from bs4 import Tag

_ENTITY = re.compile(r"&(?:[a-z]{2,6}|#[0-9]{1,5}|#x[0-9a-f]{1,4});", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u200b\u200e\u200f]+")


def squeezed(text: str) -> str:
    """The text with every run of spaces as one, ends trimmed."""
    return _SPACES.sub(" ", text).strip()


def text_of(tag: Tag) -> str:
    """A tag's text, spaces squeezed."""
    return squeezed(tag.get_text(" "))


def label_of(text: str) -> str:
    """A label's comparable form: lower case, no colon at its end."""
    return squeezed(text).casefold().rstrip(":：").strip()


def is_blank(text: str) -> bool:
    """Whether a text stands for nothing: empty, a dash, "N/A"."""
    return text.strip().casefold() in {"", "-", "--", "—", "–", "n/a", "/"}


def as_text(text: str) -> str | None:
    """Text as a reader sees it, with "&amp;" of data that is markup as "&"; a dash is nothing."""
    return None if is_blank(text) else squeezed(html.unescape(text) if _ENTITY.search(text) else text)


def as_count(text: str) -> int | None:
    """The one whole number in a short text ("6 yrs", "1,000 Meters"); None where there is none, several, one below 0."""
    if re.match(r"\s*[-−]\s*[0-9]", text):
        return None
    found = re.findall(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9.,])|(?<![0-9.,])[0-9]{1,12}(?![0-9]|[.,][0-9])", text)
    return (
        int(found[0].replace(",", "")) if len(found) == 1 and not re.search(r"[0-9][.,][0-9]{1,2}(?![0-9])", text) else None
    )


def classes(tag: Tag) -> tuple[str, ...]:
    """A tag's class names."""
    value = tag.get("class")
    return tuple(str(name) for name in value) if isinstance(value, list) else ()
