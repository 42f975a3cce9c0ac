"""Supplier pages: the shop's own data (2018 to 2026, wherever it is embedded), then module blocks, labels and marks."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any

from bs4 import Tag

from collector.model import Fact
from collector.reading.blocks import in_other_card
from collector.reading.markup import Frame
from collector.reading.money import read_money
from collector.reading.readings import Node, Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text, classes, label_of, text_of
from collector.sites.alibaba.assurance import BADGE_CLASS, assured_mark, badge_icon, badge_of, limit_of, limit_stated
from collector.sites.alibaba.company import (
    YEARS_KEYS,
    agreeing_country,
    company_reading,
    country_in,
    drawn_flag,
    tenure_in,
    years_of,
    years_stated,
)
from collector.sites.alibaba.labels import BASICS, COMPANY, COUNTRY, LIMIT, PLACE
from collector.sites.alibaba.performance import STATED, RecordSources, labelled_figures, nowhere, performance_facts

READER = "alibaba.supplier/5"

_NAME = re.compile(r"^(?!company\b|contact\b).*(?:\b(?:co\.|ltd|limited|inc|corp|company|factory)|公司|厂$)", re.IGNORECASE)
_HEAD_LENGTH = 600
_BADGE_LENGTH = 160
_BASICS_LENGTH = 4000
_LEVELS = 5
_COUNTRY_KEYS = ("companyRegisterCountry", "registerCountry", "countryCode", "companyCountry", "companyRegisterCountryName")
_RECORD = ("supplierPerformance", "supplierActionBar")  # modules of 2026 about this shop alone
_LOCATION_KEYS = ("companyLocation", "location")


def read_supplier(frame: Frame) -> tuple[Fact, ...]:
    """Name, country, years, badge, limit and record of the supplier whose page this is."""
    scribe = Scribe(frame, READER)
    shops, head = shop_nodes(frame), _head(frame)
    assured = [*shops, *_assurance_modules(frame)]
    names = [shop["companyName"].field.read(as_text) for shop in shops]
    named = [*names, company_reading(frame, _name_tag(frame))]
    if not any(named):
        named = [_labelled(frame, COMPANY, as_text)]
    return (
        scribe.fact("supplier.name", *named),
        scribe.fact("supplier.country", *_countries(frame, shops, head)),
        scribe.fact("supplier.years", *(years_stated(shop) for shop in shops), _years(frame, head)),
        scribe.fact("supplier.badge", *(badge_of(node) for node in assured), _badge_shown(frame, head)),
        scribe.fact("supplier.limit", *(limit_stated(node) for node in assured), _limit_shown(frame)),
        *performance_facts(scribe, _record(frame, head)),
    )


def _record(frame: Frame, head: Tag | None) -> RecordSources:
    """Where the shop's record stands: in its own data, and in the block of its performance."""
    modules = [m for m in frame.find("pageModuleMap")["pageModuleMap"].items() if m["moduleName"].text in _RECORD]
    shops = shop_nodes(frame, STATED)
    names = {"", *(node["companyName"].field.text for node in shops)}
    if len(names) > 2:
        return nowhere(frame)  # which of them is this shop's, nobody says
    own = [m["moduleData"] for m in modules if m["moduleData"]["companyName"].field.text in names]
    blocks = (frame.module(name) for name in _RECORD)
    return RecordSources(
        (*shops, *(node for node in own if node not in shops)), frame.root(""),
        tuple(field for node in own for field in labelled_figures(node)),
        tuple(tag for tag in blocks if tag is not None), (head,) if head is not None else (),
    )  # fmt: skip


def shop_nodes(frame: Frame, telling: frozenset[str] = frozenset()) -> list[Node]:
    """Every object of the page's data that describes this shop: of its modules, of its head, or wherever it stands.

    Those are the ones with a company's name, its years or one of the keys of `telling`. Objects with another sub-domain are
    left out, and those that name another company where one is this shop's by it.
    """
    known = {"companyName", *YEARS_KEYS, *telling}
    holder = frame.find("pageModuleMap")
    nodes = [holder["globalData"], *(module["moduleData"] for module in holder["pageModuleMap"].items())]
    nodes += [frame.root(name)["mds"]["moduleData"]["data"] for name in frame.scripts if name.startswith("module-data:")]
    nodes += [frame.root(name)["globalData"] for name in frame.scripts]
    told = [node for node in nodes if isinstance(node.value, dict) and known & node.value.keys()]
    if not any(node["companyName"].field.text for node in told):
        found = list(chain(frame.find_all("companyName", "subDomain"), frame.find_all("companyName", "companyJoinYears")))
        told += found if len({node["companyName"].field.text for node in found}) == 1 else []
    here = frame.own.supplier
    own = next((node["companyName"].field.text for node in told if here and here == subdomain_of(node)), "")
    mine = [node for node in told if not here or subdomain_of(node) in {"", here}]
    return [node for node in mine if not own or node["companyName"].field.text in {"", own}]


def shop_data(frame: Frame) -> Node:
    """The first object of the page's data that names the shop's company; a node holding None where there is none."""
    return next((node for node in shop_nodes(frame) if node["companyName"].field.text), frame.root(""))


def subdomain_of(shop: Node) -> str:
    """The shop's sub-domain as its data gives it ("goodfans"), or ""."""
    return shop.first("subDomain", "esiteSubDomain.value", "esiteSubDomain").field.text.partition(".")[0].lower()


def _countries(frame: Frame, shops: list[Node], head: Tag | None) -> tuple[Reading | None, ...]:
    """The country as the shops' data gives it and as the page prints or draws it."""
    shop = next((node for node in shops if node.first(*_COUNTRY_KEYS).field.text), frame.root(""))
    name = shop["companyRegisterCountryName"]
    tag = _by_class(frame, "company-country", "register-country", within=head)
    stated = agreeing_country(shop.first(*_COUNTRY_KEYS).field, name, tag, frame)
    if any(stated):
        return stated
    located = next((node.first(*_LOCATION_KEYS).field for node in shops if node.first(*_LOCATION_KEYS).field.text), None)
    if located is not None:
        return (located.read(country_in),)
    drawn = drawn_flag(head, frame) if head is not None else None
    return (drawn or _labelled(frame, COUNTRY, country_in) or _among_basics(frame),)


def _among_basics(frame: Frame) -> Reading | None:
    """The country under a bare "Country" or "Location", where it stands among the facts about the company itself."""

    def others(tag: Tag) -> bool:
        boxes = [box for box in list(tag.parents)[:_LEVELS] if len(text_of(box)) <= _BASICS_LENGTH]
        known = any(label_of(text) in BASICS for box in boxes for text in box.stripped_strings)
        return not known or in_other_card(frame, tag)

    return frame.labelled(PLACE, country_in, but_not=others)


def _labelled(frame: Frame, labels: tuple[str, ...], parse: Any) -> Reading | None:
    return frame.labelled(labels, parse, but_not=lambda tag: in_other_card(frame, tag))


def _name_tag(frame: Frame) -> Tag | None:
    """The company's name as the page's heading, or the text of the link to the shop's own profile."""
    named = _by_class(frame, "company-name", "cp-name", "company-name-container", "company-title")
    if named is not None:
        return named
    shop = frame.own.supplier
    for address, link in frame.links:
        if shop and address.supplier == shop and _NAME.search(text_of(link)):
            return link
    headings = frame.soup.find_all("h1")
    return headings[0] if len(headings) == 1 and shop_data(frame).value is not None else None


def _head(frame: Frame) -> Tag | None:
    """The block around the company's name, where country and years stand."""
    block = _name_tag(frame)
    own = block.find_parent(attrs={"data-module-name": True}) if block is not None else None
    for _ in range(3):
        around = block.parent if block is not None else None
        if around is None or around.name in {"body", "html", "main"} or len(text_of(around)) > _HEAD_LENGTH:
            return block
        if any(tag is not own for tag in around.find_all(True, attrs={"data-module-name": True}, limit=3)):
            return block
        block = around
    return block


def _years(frame: Frame, head: Tag | None) -> Reading | None:
    tag = _by_class(frame, "company-years", "company-life", "join-year", within=head)
    tag = tag or (tenure_in(head) if head is not None else None)
    return frame.read(tag, years_of) if tag is not None and not in_other_card(frame, tag) else None


def _by_class(frame: Frame, *names: str, within: Tag | None = None) -> Tag | None:
    base = within if within is not None else frame.soup
    for name in names:
        for tag in base.find_all(class_=name, limit=10):
            if text_of(tag) and (within is not None or not in_other_card(frame, tag)):
                return tag
    return None


def _assurance_modules(frame: Frame) -> list[Node]:
    """The data of the shop's Trade Assurance module."""
    modules = frame.find("pageModuleMap")["pageModuleMap"].items()
    return [m["moduleData"] for m in modules if re.search(r"trade_?assurance", m["moduleName"].text, re.IGNORECASE)]


def _badge_shown(frame: Frame, head: Tag | None) -> Reading | None:
    """The badge as the page draws it: a mark of its own, never the words in somebody's sentence."""
    module = _assurance_block(frame)
    if module is not None:
        return Reading(True, frame.place(module))
    return (assured_mark(frame, head) if head is not None else None) or badge_icon(frame, frame.soup)


def _assurance_block(frame: Frame) -> Tag | None:
    return frame.module("tradeAssurance", "module_trade_assurance", "tradeAssuranceInfo")


def _limit_shown(frame: Frame) -> Reading | None:
    """The limit under its own label beside the badge, or the data of the badge's tooltip.

    The same words in a text that the supplier wrote may be the supplier's: what stands there is not understood.
    """
    labelled = _labelled(frame, LIMIT, read_money)
    if labelled is not None:
        return labelled if _beside_badge(frame) else Reading(None, labelled.place)
    tags = [tag for tag in frame.soup.select("[data-ta-price]") if not in_other_card(frame, tag)]
    return limit_of(tags[0], frame) if len(tags) == 1 else None


def _beside_badge(frame: Frame) -> bool:
    """Whether the label of the limit stands in the badge's module, or in a small box with the badge's mark."""
    for string in frame.soup.find_all(string=True):
        if label_of(string.partition(":")[0] if ":" in string else string) not in LIMIT:
            continue
        for box in list(string.parents)[:4]:
            if box is _assurance_block(frame) or box.get("data-ta-price") is not None:
                return True
            named = any(BADGE_CLASS.search(name) for name in classes(box))
            if len(text_of(box)) <= _BADGE_LENGTH and (named or assured_mark(frame, box) is not None):
                return True
    return False
