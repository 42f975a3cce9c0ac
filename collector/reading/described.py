"""What a page says of itself for search engines: JSON-LD, microdata and `og:` tags. Weaker than its own data and blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collector.reading.markup import Frame
from collector.reading.money import CODES, read_money
from collector.reading.readings import Node, Reading
from collector.reading.texts import as_text, squeezed

_SUFFIX = re.compile(r"\s+[-|]\s+(?:Buy\s.*\son\s+)?\w+\.com\s*$", re.IGNORECASE | re.DOTALL)
_LANGUAGES = (
    "English|Español|Deutsch|Français|Português|Italiano|Русский|中文|简体中文|Bahasa Indonesia|العربية|Türkçe|Nederlands"
    "|日本語|한국어|Tiếng Việt|ไทย|ภาษาไทย|हिंदी|हिन्दी|עברית|Polski"
)
_SELECTOR = re.compile(rf"(?:{_LANGUAGES})\s*[-/|]\s*(?P<code>[A-Z]{{3}})")  # "English - USD" in the page's head

_CURRENCY_TAGS = ("og:price:currency", "product:price:currency")


def linked(frame: Frame, kind: str) -> Node:
    """The one JSON-LD object of a schema.org type; a node holding None where there is none, or several."""
    found = [node for variable in frame.linked for node in _objects(frame.linked_root(variable)) if _is(node, kind)]
    return found[0] if len(found) == 1 else frame.linked_root("")


def _objects(node: Node) -> Iterator[Node]:
    """A JSON-LD document's own objects: the document, its entries, its `@graph`."""
    nodes = node.items() if isinstance(node.value, list) else iter((node,))
    for each in nodes:
        yield each
        yield from each["@graph"].items()


def _is(node: Node, kind: str) -> bool:
    stated = node["@type"].value
    return isinstance(node.value, dict) and kind in (stated if isinstance(stated, list) else [stated])


def meta(frame: Frame, *names: str) -> Reading | None:
    """The first of several `<meta>` tags (by `property`, `name` or `itemprop`) that has a content."""
    for name in names:
        for key in ("property", "name", "itemprop"):
            for tag in frame.soup.find_all("meta", attrs={key: name}, limit=4):
                if text := squeezed(str(tag.get("content", ""))):
                    return Reading(text, frame.place(tag, text, "content"))
    return None


def titled(frame: Frame) -> Reading | None:
    """The product's name in JSON-LD, else in `og:title`, without what the site adds to it."""
    named = linked(frame, "Product")["name"].read(as_text)
    given = named or meta(frame, "og:title")
    if given is None or not isinstance(given.value, str):
        return None
    return Reading(_SUFFIX.sub("", given.value) or None, given.place)


def priced(frame: Frame) -> Reading | None:
    """The offer in JSON-LD or `og:price` as one tier {"from","to","price"} (`price_to` for a range): a price alone."""
    offers = linked(frame, "Product")["offers"]
    offer = offers[0] if isinstance(offers.value, list) and len(offers.value) == 1 else offers
    currency, low, high = offer["priceCurrency"].text, offer.first("lowPrice", "price").text, offer["highPrice"].text
    place = offer.place()
    if not low:
        amount, stated = meta(frame, "og:price:amount", "product:price:amount"), meta(frame, *_CURRENCY_TAGS)
        if amount is None or stated is None:
            return None
        currency, low, high, place = stated.value, amount.value, "", amount.place
    if currency not in CODES:
        return None
    first, last = read_money(low, currency), read_money(high or low, currency)
    if first is None or last is None:
        return None
    tier = {"from": None, "to": None, "price": first}
    return Reading((tier if first == last else {**tier, "price_to": last},), place)


def currency_of(frame: Frame) -> str:
    """The one currency (ISO 4217) that the page says its prices are printed in; "" where it does not, or says several.

    Said by the mark beside a printed price, or by the choice of language and currency in the page's head ("English - USD").
    """
    said = {
        str(tag.get("content") or tag.get_text(strip=True)) for tag in frame.soup.select("[itemprop=priceCurrency]", limit=8)
    }
    for string in frame.soup.find_all(string=_SELECTOR, limit=8):
        chosen = _SELECTOR.fullmatch(squeezed(string))
        said |= {chosen["code"]} if chosen else set()
    return said.pop() if len(said) == 1 and said <= CODES else ""
