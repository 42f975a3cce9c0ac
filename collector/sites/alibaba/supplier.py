"""Supplier pages: `shopBizData` (2026), then module blocks and labels; and the supplier as a product page shows it."""

from __future__ import annotations

import re
from typing import Any

from bs4 import Tag

from collector.model import Fact, Money
from collector.sites.alibaba.addresses import address_of
from collector.sites.alibaba.labels import LIMIT
from collector.sites.alibaba.markup import Frame, Node, Reading, Scribe, as_count, as_text, classes, text_of
from collector.sites.alibaba.money import read_money

READER = "alibaba.supplier/2"

_NAME = re.compile(r"^(?!company\b|contact\b).*(?:\b(?:co\.|ltd|limited|inc|corp|company|factory)|公司|厂$)", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]{2}")  # of a country
YEARS = re.compile(
    r"(?<![0-9.,])([0-9]{1,2})\s*(?:(?:st|nd|rd|th)?\s*(?:yrs?|years?|años?|thn|tahun)\b(?:\s+(?:on|at)\s+\S+)?|年(?![0-9]))",
    re.IGNORECASE,
)
_BADGE_CLASS = re.compile(
    r"(?:^|[-_])(?:ico-ta|icon-ta|ta-badge|ta-icon|trade-assurance(?:-icon|-badge|-logo)?)$", re.IGNORECASE
)


def read_supplier(frame: Frame) -> tuple[Fact, ...]:
    """Name, country, years, badge and limit of the supplier whose page this is."""
    scribe = Scribe(frame, READER)
    shop = shop_data(frame)
    head = _head(frame)
    country = agreeing_country(
        shop.first("companyRegisterCountry", "registerCountry", "countryCode", "companyRegisterCountryName"),
        shop["companyRegisterCountryName"],
        _by_class(frame, "company-country", "register-country", within=head),
        frame,
    )
    return (
        scribe.fact("supplier.name", shop["companyName"].read(as_text), frame.read(_name_tag(frame), as_text)),
        scribe.fact("supplier.country", *country),
        scribe.fact("supplier.years", shop.first("companyJoinYears", "joinYears").read(as_count), _years(frame, head)),
        scribe.fact("supplier.badge", _badge_data(frame), _badge_shown(frame)),
        scribe.fact("supplier.limit", _limit_data(frame), _limit_shown(frame)),
    )


def shop_data(frame: Frame) -> Node:
    """The object that describes the shop, wherever the page embeds it."""
    shop = frame.root("window.shopBizData")["globalData"]
    return shop if isinstance(shop.value, dict) and "companyName" in shop.value else frame.find("companyName", "subDomain")


def agreeing_country(code: Node, name: Node, tag: Tag | None, frame: Frame) -> tuple[Reading | None, ...]:
    """The country from data and from the block; a code and a name for it are one, so a name is held against a name."""
    data, shown = code.read(as_text), frame.read(tag, _country)
    if data is None or shown is None or shown.value is None:
        return data, shown
    beside = code.text if _CODE.fullmatch(str(shown.value)) else name.text
    comparable = bool(beside) and bool(_CODE.fullmatch(beside)) == bool(_CODE.fullmatch(str(shown.value)))
    if comparable and beside.casefold() == str(shown.value).casefold():
        return (data,)
    return (data, shown) if comparable else (data,)


def years_of(text: str) -> int | None:
    """Years on the platform from "6 yrs", "6 yrs on Alibaba.com" or, in other languages, the one number there."""
    match = YEARS.search(text)
    return int(match[1]) if match else as_count(text) if len(text) <= 24 else None


def _country(text: str) -> str | None:
    return as_text(re.sub(r"^located in\s+", "", text.strip(), flags=re.IGNORECASE))


def _name_tag(frame: Frame) -> Tag | None:
    """The company's name as the page's heading, or the text of the link to the shop's own profile."""
    named = _by_class(frame, "company-name", "cp-name", "company-name-container")
    if named is not None:
        return named
    shop = address_of(frame.page.url).supplier
    for address, link in frame.links:
        if shop and address.supplier == shop and _NAME.search(text_of(link)):
            return link
    heading = frame.soup.find("h1")
    return heading if isinstance(heading, Tag) and shop_data(frame).value is not None else None


def _head(frame: Frame) -> Tag | None:
    """The block around the company's name, where country and years stand."""
    block = _name_tag(frame)
    for _ in range(3):
        if block is None or block.parent is None or len(text_of(block.parent)) > 600:
            return block
        block = block.parent
    return block


def _years(frame: Frame, head: Tag | None) -> Reading | None:
    tag = _by_class(frame, "company-years", "company-life", "join-year", within=head)
    if tag is None and head is not None:
        texts = [s for s in head.find_all(string=YEARS) if len(s) <= 40]
        tag = texts[0].parent if len(texts) == 1 else None
    return frame.read(tag, years_of)


def _by_class(frame: Frame, *names: str, within: Tag | None = None) -> Tag | None:
    base = within if within is not None else frame.soup
    for name in names:
        tag = base.find(class_=name)
        if isinstance(tag, Tag) and text_of(tag):
            return tag
    return None


def _assurance_module(frame: Frame) -> Node:
    """The data of the Trade Assurance module, or the object that carries the flag or the limit."""
    for module in frame.root("window.shopBizData")["pageModuleMap"].items():
        if re.search(r"trade_?assurance", module["moduleName"].text, re.IGNORECASE):
            return module["moduleData"]
    for key in ("hasTradeAssurance", "tradeAssuranceLimit", "tradeAssurance"):
        node = frame.find(key)
        if node.value is not None:
            return node
    return frame.root("")


def _badge_data(frame: Frame) -> Reading | None:
    module = _assurance_module(frame)
    return flag(module.first("hasTradeAssurance", "tradeAssurance", "isTradeAssurance", "showTradeAssurance"))


def flag(node: Node) -> Reading | None:
    """A truth value that data states as true, 1, "1", "true" or their opposites; None where nothing is stated."""
    value: Any = node.value
    if value is None or isinstance(value, dict | list) or value == "":
        return None
    truth = {"true": True, "1": True, "y": True, "yes": True, "false": False, "0": False, "n": False, "no": False}
    return Reading(truth.get(str(value).strip().lower()), node.place())


def _badge_shown(frame: Frame) -> Reading | None:
    """The badge as the page draws it: a mark of its own, never the words in somebody's sentence."""
    module = frame.module("tradeAssurance", "module_trade_assurance", "tradeAssuranceInfo")
    if module is not None:
        return Reading(True, frame.place(module))
    return badge_icon(frame, frame.soup)


def badge_icon(frame: Frame, within: Tag) -> Reading | None:
    """The badge's own icon inside a box."""
    for tag in within.find_all(class_=_BADGE_CLASS):
        if any(_BADGE_CLASS.search(name) for name in classes(tag)):
            return Reading(True, frame.place(tag, text_of(tag) or f'class="{" ".join(classes(tag))}"'))
    return None


def _limit_data(frame: Frame) -> Reading | None:
    module = _assurance_module(frame)
    return module.first("tradeAssuranceLimit", "limit", "tradeAssuranceAmount").read(read_money)


def _limit_shown(frame: Frame) -> Reading | None:
    """The limit under its own label, or the data of the badge's tooltip, which the site gives in US dollars."""
    labelled = frame.labelled(LIMIT, read_money)
    if labelled is not None:
        return labelled
    tag = frame.soup.select_one("[data-ta-price]")
    return limit_of(tag, frame) if isinstance(tag, Tag) else None


def limit_of(tag: Tag, frame: Frame) -> Reading | None:
    """The limit in a `data-ta-price` attribute ("532,000"): the site's tooltip prints it as US $."""
    printed = str(tag.get("data-ta-price", "")).strip()
    if not printed or printed == "0":
        return None
    value: Money | None = read_money(printed, "USD")
    return Reading(value, frame.place(tag, printed, "data-ta-price"))
