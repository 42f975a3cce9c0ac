"""The supplier as a product page shows it: from its data, its company card, or the box around the link to the shop."""

from __future__ import annotations

import re
from dataclasses import replace

from bs4 import Tag

from collector.model import Fact
from collector.reading.blocks import in_other_card
from collector.reading.markup import Frame
from collector.reading.readings import Node, Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text, classes, text_of
from collector.sites.alibaba.assurance import assured_mark, badge_of, limit_of, limit_stated
from collector.sites.alibaba.company import (
    YEARS,
    agreeing_country,
    company_name,
    company_reading,
    country_in,
    of_one_form,
    tenure_in,
    years_of,
    years_stated,
)
from collector.sites.alibaba.performance import RecordSources, labelled_figures, nowhere, performance_facts

_LOCATED = re.compile(r"^\s*located in\s+", re.IGNORECASE)
_NAMED = re.compile(r"(?:^|[-_])(?:company|supplier|seller)(?:[-_]|$)", re.IGNORECASE)
_BUTTON = re.compile(
    r"^(?:visit|view|go to|see|chat|contact|send|follow|company (?:profile|overview)|[0-9]|more\b|home\b|products?\b)",
    re.IGNORECASE,
)
_CARD_LENGTH = 400
_LEVELS = 4


def supplier_facts(scribe: Scribe, goods: Node) -> tuple[Fact, ...]:
    """Name, country, years, badge, limit and record of the product's own supplier."""
    frame = scribe.frame
    seller = _seller(frame, goods)
    card = frame.module("module_unifed_company_card", "module_mini_company_card")
    brief = frame.module("module_company")
    if brief is None and card is None and seller.value is None:
        return _beside_link(scribe)
    names = [shop_link(frame, box) for box in (brief, card) if box is not None]
    country = agreeing_country(
        seller.first("companyRegisterCountry", "companyRegisterCountryName", "companyCountry"),
        seller["companyRegisterCountryName"],
        brief.find(class_="register-country") if brief is not None else None,
        frame,
    )
    return (
        scribe.fact("supplier.name", seller["companyName"].read(as_text), *(company_reading(frame, tag) for tag in names)),
        scribe.fact("supplier.country", *of_one_form(*country, _located(frame, card))),
        scribe.fact("supplier.years", years_stated(seller), *(_years(frame, box) for box in (brief, card))),
        scribe.fact("supplier.badge", badge_of(seller)),
        scribe.fact("supplier.limit", limit_stated(seller)),
        *performance_facts(scribe, _record(frame, goods, seller, brief, card)),
    )


def _record(frame: Frame, goods: Node, seller: Node, brief: Tag | None, card: Tag | None) -> RecordSources:
    """Where the supplier's record stands: beside the seller in the page's data, in its card, above the store's reviews."""
    told = frame.find("nodeMap")["nodeMap"]["module_unifed_company_card"]["privateData"]["onlinePerformance"]
    store = frame.beside(goods, "review")["storeReview"] if goods.value is not None else goods
    blocks = (card, frame.module("module_review"))
    return RecordSources(
        (seller,), store, tuple(labelled_figures(told)), tuple(tag for tag in blocks if tag is not None),
        tuple(tag for tag in (brief, card) if tag is not None),
    )  # fmt: skip


def _seller(frame: Frame, goods: Node) -> Node:
    """The seller in the page's data: beside the product, else the only company that data gives with its years."""
    beside = frame.beside(goods, "seller") if goods.value is not None else goods
    if isinstance(beside.value, dict) and "companyName" in beside.value:
        return beside
    found = list(frame.find_all("companyName", "companyJoinYears"))
    return found[0] if found and len({node["companyName"].text for node in found}) == 1 else frame.root("")


def _beside_link(scribe: Scribe) -> tuple[Fact, ...]:
    """The supplier on a page without modules: the box around the one link to a shop that bears a name.

    There the badge is the supplier's own, drawn as an icon, and the limit its tooltip's data.
    """
    frame = scribe.frame
    link = _named_shop(frame)
    box = _box_around(link, frame) if link is not None else None
    if link is None or box is None:
        none = tuple(scribe.fact(f"supplier.{name}") for name in ("name", "country", "years", "badge", "limit"))
        return none + performance_facts(scribe, nowhere(frame))
    place = box.find(class_=re.compile(r"(?:^|-)(?:country|location)$"))
    printed = frame.read(place if isinstance(place, Tag) else None, as_text)
    marked = [tag for tag in (box, *box.select("[data-ta-price]")) if tag.get("data-ta-price") is not None]
    return (
        scribe.fact("supplier.name", company_reading(frame, link)),
        scribe.fact("supplier.country", *of_one_form(printed, _located(frame, box))),
        scribe.fact("supplier.years", _years(frame, box)),
        scribe.fact("supplier.badge", assured_mark(frame, box)),
        scribe.fact("supplier.limit", *(limit_of(tag, frame) for tag in marked)),
        *performance_facts(scribe, replace(nowhere(frame), blocks=(box,), heads=(box,))),
    )


def _named_shop(frame: Frame) -> Tag | None:
    """The link to a shop whose text is a name, in a block marked up as the company's, if all such lead to one supplier."""
    found = [
        (address.supplier, link) for address, link in frame.links if address.supplier and _is_named(link) and _is_name(link)
    ]
    own = [(shop, link) for shop, link in found if not in_other_card(frame, link)]
    return own[0][1] if own and len({shop for shop, _ in own}) == 1 else None


def _is_name(link: Tag) -> bool:
    """Whether the link, or one of the boxes close around it, is marked up as the company's."""
    around = (link, *list(link.parents)[:2])
    return any(_NAMED.search(mark) for tag in around for mark in (*classes(tag), str(tag.get("data-aui", ""))))


def _box_around(link: Tag, frame: Frame) -> Tag | None:
    """The largest box around the link, a few levels up, that is still only about the supplier."""
    box: Tag | None = None
    for parent in list(link.parents)[:_LEVELS]:
        links = [frame.address(a) for a in parent.find_all("a", href=True, limit=40)]
        about_others = any(a.product or (a.supplier and a.supplier != frame.address(link).supplier) for a in links)
        if (
            about_others
            or parent.find("h1") is not None
            or len(text_of(parent)) > _CARD_LENGTH
            or parent.name in {"body", "html"}
        ):
            break
        box = parent
    return box


def shop_link(frame: Frame, box: Tag) -> Tag | None:
    """The link to the supplier's pages whose text is a name, not a button ("Company profile"): the first with a text."""
    links = (link for link in box.find_all("a", href=True) if frame.address(link).kind == "supplier")
    return next((link for link in links if _is_named(link)), None)


def _is_named(link: Tag) -> bool:
    """Whether a link's text is a name, and no button."""
    name = company_name(link)
    return bool(name) and not _BUTTON.match(name)


def _located(frame: Frame, card: Tag | None) -> Reading | None:
    text = card.find(string=re.compile(_LOCATED.pattern + r"\S", re.IGNORECASE)) if card is not None else None
    if text is None or text.parent is None:
        return None
    return frame.read(text.parent, lambda t: country_in(_LOCATED.sub("", t)))


def _years(frame: Frame, box: Tag | None) -> Reading | None:
    if box is None:
        return None
    tag = tenure_in(box)
    if tag is None and YEARS.search(text_of(box)) is None:
        named = box.find(class_="company-life")  # in a language whose word for years is not known
        tag = named if isinstance(named, Tag) else None
    return frame.read(tag, years_of)
