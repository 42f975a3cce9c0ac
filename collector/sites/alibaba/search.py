"""Search results: the offers in the page's data (2020 to today), else the result cards of a page without data (2018)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bs4 import Tag

from collector.model import Fact
from collector.reading.blocks import elsewhere
from collector.reading.markup import Frame
from collector.reading.money import read_money
from collector.reading.readings import Node, Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text, classes, is_blank, text_of
from collector.sites.alibaba.addresses import absolute, address_of
from collector.sites.alibaba.assurance import flag, is_lit, limit_of
from collector.sites.alibaba.company import YEARS, company_name, drawn_flag, tenure_in, years_of

READER = "alibaba.search/5"
NOT_SHOWN = "not_shown"
UNREADABLE = "unreadable"

_TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,60}>")
_YEARS_ICON = re.compile(r"gs-year-num([0-9]{1,2})$")
_ASSURANCE_ICON = re.compile(r"(?:^|-)(?:ico|icon|searchx|badge)-ta$")
_NO_NAME = re.compile(
    r"(?:visit|view|contact|chat|see|go to|[0-9.]+(?:/[0-9.]+)?\s*(?:\(|$)|verified|company profile|(?-i:[A-Z]{2}$))",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Z]{2}")
_ICONS = ("i", "img", "span", "svg")
_HIGHEST_CARD = 12  # levels from a product's link up to the card around it
_MOST_LINKS = 60  # a box with more links than this is no card
_OTHERS = re.compile(r"reco(?:mmend|\b)|similar|\bhot|history|maylike|viewed", re.IGNORECASE)
_LISTS = ("offers", "offerList", "itemInfoList")
Offer = Mapping[str, Any]


def read_search(frame: Frame) -> tuple[Fact, ...]:
    """Every offer: {"title","supplier","url","years","country","badge","limit"}; what a result does not show is None, or
    "not_shown" for the badge and the limit ("unreadable" where something stands there that is not understood)."""
    offers = offer_list(frame)
    reading = None
    if offers.value:
        entries = tuple(entry for node in offers.items() if (entry := _offer(node, frame)) is not None)
        reading = Reading(entries or None, offers.place())
    else:
        cards = _cards(frame)
        if cards:
            entries = tuple(_card_offer(product, card, frame) for product, card in cards)
            reading = Reading(entries, frame.place(_around([card for _, card in cards])))
        elif loose := [link for address, link in frame.links if address.product and not elsewhere(frame, link)]:
            reading = Reading(None, frame.place(_around(loose)))  # products that no supplier is seen beside
    return (Scribe(frame, READER).fact("search.offers", reading),)


def offer_list(frame: Frame) -> Node:
    """The list of results in the page's data, wherever it stands; an empty one where the page says that there are none."""
    for results in (frame.root("window.__page__data")["offerResultData"], frame.find("offerResultData")["offerResultData"]):
        lists = [results[key] for key in _LISTS if isinstance(results[key].value, list)]
        if lists:
            return next((found for found in lists if found.value), lists[0])
    for key in _LISTS:
        node = next((node[key] for node in frame.find_all(key) if not _of_others(node)), frame.root(""))
        found = node if isinstance(node.value, list) else node.first(*_LISTS)
        if isinstance(found.value, list) and any(_offer(entry, frame) for entry in found.items()):
            return found
    return _unnamed_list(frame)


def _unnamed_list(frame: Frame) -> Node:
    """The one list of goods with their suppliers that the data has under a name that is not known."""
    goods = (node for node in frame.find_all("productUrl", "companyName") if not _of_others(node))
    lists = {(node.variable, node.pointer.rpartition("/")[0]): frame.holder(node) for node in goods}
    return next(iter(lists.values())) if len(lists) == 1 else frame.root("")


def _of_others(node: Node) -> bool:
    """Whether data are named as goods that the site recommends beside the results."""
    return _OTHERS.search(f"{node.variable}{node.pointer}") is not None


def _offer(node: Node, frame: Frame) -> Offer | None:
    """One result, flat (2024) or in parts `information`, `company`, `supplier` (2020-21); None for other cards."""
    node = node["offer"] if isinstance(node["offer"].value, dict) else node
    title = _plain(node.first("title", "information.puretitle", "information.title", "enPureTitle", "subject"))
    supplier = _plain(
        node.first("companyName", "company.name", "supplier.supplierName", "supplierName", "company.companyName")
    )
    if not title or not (supplier or _is_product(node, frame)):
        return None
    url = node.first("productUrl", "information.productUrl", "detailUrl", "action").text
    years = node.first("goldSupplierYears", "supplier.supplierYear", "company.supplierYear", "company.goldSupplierYears")
    country = node.first(
        "countryCode", "supplier.supplierCountry.id", "company.countryCode", "supplier.supplierCountry.name", "country",
        "supplier.supplierCountry",
    )  # fmt: skip
    badge = flag(node.first("tradeAssurance", "company.tradeAssurance", "supplier.tradeAssurance", "isTradeAssurance"))
    limit = node.first("tradeAssuranceLimit", "company.tradeAssuranceLimit", "company.tradeAssuranceAmount")
    money = None if is_blank(limit.text.strip("0., ")) else read_money(limit.text) or UNREADABLE
    return {
        "title": title,
        "supplier": supplier or None,
        "url": (absolute(url, frame.base) or None) if url else None,
        "years": years_of(years.text) if years.text else None,
        "country": country.text or None,
        "badge": NOT_SHOWN if badge is None else UNREADABLE if badge.value is None else badge.value,
        "limit": money or NOT_SHOWN,
    }


def _plain(node: Node) -> str:
    """A text of the data without the tags that mark the words searched for."""
    return as_text(_TAGS.sub("", node.text)) or ""


def _is_product(node: Node, frame: Frame) -> bool:
    url = node.first("productUrl", "information.productUrl").text
    return bool(url) and bool(address_of(absolute(url, frame.base)).product)


def _cards(frame: Frame) -> list[tuple[str, Tag]]:
    """(product number, card) for each product: the smallest box that links both to it and to a supplier, and to no other.

    Between such cards a product without a link to its supplier is a result too.
    """
    linked: dict[str, Tag] = {}
    for address, link in frame.links:
        if address.product and address.product not in linked and not elsewhere(frame, link):
            linked[address.product] = link
    cards = {product: card for product, link in linked.items() if (card := _card(link, product, frame)) is not None}
    if len(cards) > 1:
        around = _around(list(cards.values()))
        for product, link in linked.items():
            if product not in cards and any(parent is around for parent in link.parents):
                cards[product] = _alone(link, product, around, frame)
    return [(product, cards[product]) for product in linked if product in cards]


def _alone(link: Tag, product: str, around: Tag, frame: Frame) -> Tag:
    """The largest box in a list that links to one product and to no other."""
    box = link
    for parent in link.parents:
        links = parent.find_all("a", href=True, limit=_MOST_LINKS)
        if parent is around or any(frame.address(tag).product not in {"", product} for tag in links):
            break
        box = parent
    return box


def _card(link: Tag, product: str, frame: Frame) -> Tag | None:
    card: Tag | None = link.parent
    for _ in range(_HIGHEST_CARD):
        if card is None:
            return None
        addresses = [frame.address(tag) for tag in card.find_all("a", href=True, limit=_MOST_LINKS)]
        if len(addresses) == _MOST_LINKS or any(address.product not in {"", product} for address in addresses):
            return None
        if any(address.kind == "supplier" for address in addresses):
            return card
        card = card.parent
    return None


def _card_offer(product: str, card: Tag, frame: Frame) -> Offer:
    links = [(frame.address(tag), tag) for tag in card.find_all("a", href=True)]
    titled = max((a for address, a in links if address.product == product), key=lambda a: len(text_of(a)))
    shops = [a for address, a in links if address.kind == "supplier"]
    named = _shop_link(shops)
    boxes = [*shops, *(_shop_boxes(named, card, frame) if named is not None else ())]
    mark = card.select_one("[data-ta-price]")
    limit = limit_of(mark, frame) if isinstance(mark, Tag) else None
    icon = any(is_lit(tag) for tag in card.find_all(_ICONS) if any(map(_ASSURANCE_ICON.search, classes(tag))))
    return {
        "title": text_of(titled) or str(titled.get("title", "")) or None,
        "supplier": company_name(named) if named is not None else None,
        "url": absolute(str(titled["href"]), frame.base),
        "years": _card_years(card, boxes),
        "country": _card_country(card, boxes, frame),
        "badge": True if icon else NOT_SHOWN,
        "limit": NOT_SHOWN if limit is None else limit.value or UNREADABLE,
    }


def _shop_link(links: list[Tag]) -> Tag | None:
    """The link whose text is the supplier's name: not its years, nor a button; marked up as the company where one is."""
    named = [a for a in links if (name := company_name(a)) and not YEARS.match(name) and not _NO_NAME.match(name)]
    return next((a for a in named if any("company" in name for name in classes(a))), named[0] if named else None)


def _shop_boxes(link: Tag, card: Tag, frame: Frame) -> list[Tag]:
    """What of a card is about the supplier: the largest box around the link without the product's, and what follows it."""
    box = link
    for parent in link.parents:
        if parent is card or any(frame.address(a).product for a in parent.find_all("a", href=True, limit=_MOST_LINKS)):
            break
        box = parent
    return [box, *box.find_next_siblings(limit=_MOST_LINKS)]


def _card_years(card: Tag, boxes: list[Tag]) -> int | None:
    """Years as a number in words beside the supplier, or as the number that an icon's class draws (2018)."""
    drawn = [int(m[1]) for tag in card.find_all("i") for name in classes(tag) if (m := _YEARS_ICON.search(name))]
    if len(drawn) == 1:
        return drawn[0]
    written = {years_of(text_of(tag)) for box in boxes if (tag := tenure_in(box)) is not None}
    return written.pop() if len(written) == 1 else None


def _card_country(card: Tag, boxes: list[Tag], frame: Frame) -> str | None:
    tag = card.select_one("[data-searchoverid]") or card.find(class_=re.compile(r"^(?:location|(?:[a-z0-9]+[-_])*country)$"))
    if isinstance(tag, Tag) and text_of(tag):
        return text_of(tag)
    drawn = {str(mark.value) for box in boxes if (mark := drawn_flag(box, frame)) is not None}
    alone = {text for box in boxes for text in box.stripped_strings if _CODE.fullmatch(text)}
    codes = drawn or alone
    return codes.pop() if len(codes) == 1 else None


def _around(cards: list[Tag]) -> Tag:
    """The smallest box around all cards."""
    if len(cards) == 1:
        return cards[0]
    last = set(map(id, cards[-1].parents))
    return next((parent for parent in cards[0].parents if id(parent) in last), cards[0])
