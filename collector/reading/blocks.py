"""Which blocks of a page are about something else: other goods, other suppliers, the site's own head and foot."""

from __future__ import annotations

import re

from bs4 import Tag

from collector.reading.markup import Frame
from collector.reading.texts import classes, text_of

_OTHERS = re.compile(
    r"(?:^|[-_])(?:recommend\w*|may[-_]?like|you[-_]?like|shopping[-_]?ads|related|similar|also[-_]?viewed)(?:[-_]|$)",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FRINGE = frozenset({"aside", "footer", "nav", "header"})
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_LEVELS = 6  # up from a text to the card around it
_MOST_LINKS = 40
_CARD_LENGTH = 800  # a box with more text than this is no card


def elsewhere(frame: Frame, tag: Tag) -> bool:
    """Whether a tag stands in a block about other goods or suppliers, by the block's name, or in the page's head or foot."""
    return any(_set_apart(parent) for parent in (tag, *tag.parents) if parent.name not in {"html", "body", "[document]"})


def in_other_card(frame: Frame, tag: Tag) -> bool:
    """Whether a tag is `elsewhere`, or in a card of another product or supplier: the smallest box with such a link."""
    if elsewhere(frame, tag):
        return True
    own = frame.own
    for parent in list(tag.parents)[:_LEVELS]:
        if parent.name in {"body", "html", "[document]"} or parent.find("h1") or len(text_of(parent)) > _CARD_LENGTH:
            return False
        links = [frame.address(a) for a in parent.find_all("a", href=True, limit=_MOST_LINKS)]
        if any(
            (a.product and a.product != own.product) or (a.supplier and own.supplier not in {"", a.supplier}) for a in links
        ):
            return True
    return False


def recommended(tag: Tag) -> bool:
    """Whether a tag stands in a block about other goods or suppliers, by the block's name."""
    return any(
        _is_recommended(parent) for parent in (tag, *tag.parents) if parent.name not in {"html", "body", "[document]"}
    )


def _set_apart(tag: Tag) -> bool:
    return tag.find("h1") is None if tag.name in _FRINGE else _is_recommended(tag)


def _is_recommended(tag: Tag) -> bool:
    names = (str(tag.get("data-module-name", "")), str(tag.get("id", "")), *classes(tag))
    return any(_OTHERS.search(_CAMEL.sub("-", name)) for name in names if name)


def is_hidden(tag: Tag) -> bool:
    """Whether the markup itself keeps a tag from being seen: a template, a tooltip that is not open."""
    return tag.get("hidden") is not None or _HIDDEN.search(str(tag.get("style", ""))) is not None
