"""Trade Assurance as a supplier's own data state it and its own box draws it: the badge, and apart from it the limit."""

from __future__ import annotations

import re
from typing import Any

from bs4 import Tag

from collector.model import Money
from collector.reading.blocks import in_other_card, is_hidden
from collector.reading.markup import Frame
from collector.reading.money import read_money
from collector.reading.readings import Node, Reading
from collector.reading.texts import classes, is_blank, label_of, text_of

BADGE_CLASS = re.compile(
    r"(?:^|[-_])(?:ico-ta|icon-ta|ta-badge|ta-icon|trade-assurance(?:-icon|-badge|-logo)?)$", re.IGNORECASE
)
_NO_BADGE = re.compile(r"(?:^|[-_])(?:no|not|non|without|disabled?|gr[ae]y|off|hide|hidden)(?:[-_]|$)", re.IGNORECASE)
_BADGE_PICTURE = re.compile(r"/[^/?]*trade-?_?assurance[^/?]*\.(?:png|svg|webp|jpe?g|gif)", re.IGNORECASE)
_ASSURANCE_HOST = re.compile(r"^(?:https?:)?//tradeassurance\.alibaba\.com\b", re.IGNORECASE)
_BADGE_KEYS = (
    "hasTradeAssurance", "tradeAssurance", "isTradeAssurance", "showTradeAssurance", "baoAccountIsDisplayAssurance",
    "baoDisplayAssurance", "baoAccountIsService",
)  # fmt: skip


def badge_of(node: Node) -> Reading | None:
    """The badge as a supplier's own data states it."""
    return flag(node.first(*_BADGE_KEYS).field)


def flag(node: Node) -> Reading | None:
    """A truth value that data states as true, 1, "1", "true" or their opposites; None where nothing is stated."""
    value: Any = node.value
    if value is None or isinstance(value, dict | list) or value == "":
        return None
    truth = {"true": True, "1": True, "y": True, "yes": True, "false": False, "0": False, "n": False, "no": False}
    return Reading(truth.get(str(value).strip().lower()), node.place())


def limit_stated(node: Node) -> Reading | None:
    """The limit in a supplier's own data. `baoAccountAmount` is in US dollars, as the site prints it; "0" is none."""
    stated = node.first("tradeAssuranceLimit", "tradeAssuranceAmount").field
    if not is_blank(stated.text):
        return stated.read(read_money)
    amount, shown = node["baoAccountAmount"].field, flag(node["baoAccountIsDisplayAmount"].field)
    if is_blank(amount.text.strip("0., ")) or (shown is not None and shown.value is False):
        return None
    return amount.read(lambda text: read_money(text, "USD"))


def assured_mark(frame: Frame, box: Tag) -> Reading | None:
    """The badge in a supplier's own box: its icon or picture, or the site's link to what it means."""
    icon = badge_icon(frame, box)
    if icon is not None:
        return icon
    for tag in box.find_all("img", limit=20):
        for key, drawn in (("alt", label_of(str(tag.get("alt", ""))) == "trade assurance"), ("src", _pictures(tag))):
            if drawn and is_lit(tag) and not in_other_card(frame, tag):
                return Reading(True, frame.place(tag, str(tag[key]), key))
    links = [link for link in box.find_all("a", href=_ASSURANCE_HOST, limit=5) if not in_other_card(frame, link)]
    return Reading(True, frame.place(links[0], str(links[0]["href"]), "href")) if links else None


def _pictures(tag: Tag) -> bool:
    return _BADGE_PICTURE.search(str(tag.get("src", ""))) is not None


def badge_icon(frame: Frame, within: Tag) -> Reading | None:
    """The badge's own icon inside a block; those of other suppliers' cards and of the site's head do not count."""
    for tag in within.find_all(class_=BADGE_CLASS):
        if is_lit(tag) and not in_other_card(frame, tag):
            return Reading(True, frame.place(tag, text_of(tag) or f'class="{" ".join(classes(tag))}"'))
    return None


def is_lit(tag: Tag) -> bool:
    """Whether an icon is drawn for one who has the badge: not greyed out by its class, not kept from being seen."""
    return not any(_NO_BADGE.search(name) for name in classes(tag)) and not any(map(is_hidden, (tag, *tag.parents)))


def limit_of(tag: Tag, frame: Frame) -> Reading | None:
    """The limit in a `data-ta-price` attribute ("532,000"): the site's tooltip prints it as US $."""
    printed = str(tag.get("data-ta-price", "")).strip()
    if is_blank(printed) or printed == "0":
        return None
    value: Money | None = read_money(printed, "USD")
    return Reading(value, frame.place(tag, printed, "data-ta-price"))
