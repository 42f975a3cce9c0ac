"""Supplier pages: the shop's own data (2018 to 2026, wherever it is embedded), then module blocks, labels and marks."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any

from bs4 import Tag

from collector.model import Fact, Money
from collector.sites.alibaba.addresses import address_of
from collector.sites.alibaba.blocks import in_other_card
from collector.sites.alibaba.labels import COMPANY, COUNTRY, LIMIT
from collector.sites.alibaba.markup import Frame, Node, Reading, as_count, as_text, classes, label_of, squeezed, text_of
from collector.sites.alibaba.money import read_money
from collector.sites.alibaba.scribe import Scribe

READER = "alibaba.supplier/3"

_NAME = re.compile(r"^(?!company\b|contact\b).*(?:\b(?:co\.|ltd|limited|inc|corp|company|factory)|公司|厂$)", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]{2}")  # of a country
_YEAR = (
    r"(?:(?:st|nd|rd|th)?\s*(?:yrs?|years?|años?|anos?|ans?|anni|jahre?|jaar|lat|lata|thn|tahun|yıl|лет|года?|năm|ปี|سنوات|سنة)\b"
    r"|年(?![0-9])|년)"
)
YEARS = re.compile(rf"(?<![0-9.,])([0-9]{{1,2}})\s*{_YEAR}(?:\s+(?:on|at|en|di|sur|auf|su|na)\s+\S+)?", re.IGNORECASE)
_TENURE = re.compile(rf"(?:gold supplier\s+)?{YEARS.pattern}(?:\s+gold supplier)?", re.IGNORECASE)
_UNIT = re.compile(_YEAR, re.IGNORECASE)
_YEARS_LENGTH = 80
_MOST_YEARS = 60  # what is more is the year of the company's founding
_NAME_LENGTH = 120
_HEAD_LENGTH = 600
_BADGE_LENGTH = 160
_AVERAGE = re.compile(r"average|industry|promedio|rata-rata|平均", re.IGNORECASE)
_FLAG = re.compile(r"/flags?/(?:[^/]+/)*([a-z]{2})\.(?:png|svg|webp|jpe?g)", re.IGNORECASE)
_BADGE_CLASS = re.compile(
    r"(?:^|[-_])(?:ico-ta|icon-ta|ta-badge|ta-icon|trade-assurance(?:-icon|-badge|-logo)?)$", re.IGNORECASE
)
_ASSURANCE_HOST = re.compile(r"^(?:https?:)?//tradeassurance\.alibaba\.com\b", re.IGNORECASE)
_BADGE_KEYS = (
    "hasTradeAssurance", "tradeAssurance", "isTradeAssurance", "showTradeAssurance", "baoAccountIsDisplayAssurance",
    "baoDisplayAssurance", "baoAccountIsService",
)  # fmt: skip
_YEARS_KEYS = ("companyJoinYears", "joinYears", "accountJoinYears", "goldSupplierYears", "years")
_COUNTRY_KEYS = ("companyRegisterCountry", "registerCountry", "countryCode", "companyCountry", "companyRegisterCountryName")
_LOCATION_KEYS = ("companyLocation", "location")


def read_supplier(frame: Frame) -> tuple[Fact, ...]:
    """Name, country, years, badge and limit of the supplier whose page this is."""
    scribe = Scribe(frame, READER)
    shops, head = shop_nodes(frame), _head(frame)
    assured = [*shops, *_assurance_modules(frame)]
    names = [shop["companyName"].field.read(as_text) for shop in shops]
    named = [*names, frame.read(_name_tag(frame), _company)]
    return (
        scribe.fact("supplier.name", *(named if any(named) else (_labelled(frame, COMPANY, as_text),))),
        scribe.fact("supplier.country", *_countries(frame, shops, head)),
        scribe.fact("supplier.years", *(years_stated(shop) for shop in shops), _years(frame, head)),
        scribe.fact("supplier.badge", *(badge_of(node) for node in assured), _badge_shown(frame, head)),
        scribe.fact("supplier.limit", *(limit_stated(node) for node in assured), _limit_shown(frame)),
    )


def shop_nodes(frame: Frame) -> list[Node]:
    """Every object of the page's data that describes this shop: of its modules, of its head, or wherever it stands.

    Objects that name another company are left out where one of them is this shop's by its sub-domain.
    """
    holder = frame.find("pageModuleMap")
    nodes = [holder["globalData"], *(module["moduleData"] for module in holder["pageModuleMap"].items())]
    nodes += [frame.root(name)["mds"]["moduleData"]["data"] for name in frame.scripts if name.startswith("module-data:")]
    nodes += [frame.root(name)["globalData"] for name in frame.scripts]
    told = [node for node in nodes if isinstance(node.value, dict) and ({"companyName", *_YEARS_KEYS} & node.value.keys())]
    if not any(node["companyName"].field.text for node in told):
        found = list(chain(frame.find_all("companyName", "subDomain"), frame.find_all("companyName", "companyJoinYears")))
        told += found if len({node["companyName"].field.text for node in found}) == 1 else []
    here = address_of(frame.page.url).supplier
    own = next((node["companyName"].field.text for node in told if here and here == subdomain_of(node)), "")
    return [node for node in told if not own or node["companyName"].field.text in {"", own}]


def shop_data(frame: Frame) -> Node:
    """The first object of the page's data that names the shop's company; a node holding None where there is none."""
    return next((node for node in shop_nodes(frame) if node["companyName"].field.text), frame.root(""))


def subdomain_of(shop: Node) -> str:
    """The shop's sub-domain as its data gives it ("goodfans"), or ""."""
    return shop.first("subDomain", "esiteSubDomain.value", "esiteSubDomain").field.text.partition(".")[0].lower()


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
    match = YEARS.search(text) if _says_tenure(text) else None
    years = int(match[1]) if match else as_count(text) if len(text) <= 24 else None
    return years if years is not None and years <= _MOST_YEARS else None


def years_stated(shop: Node) -> Reading | None:
    """The supplier's years on the platform in its data; never an average that stands beside them."""
    return shop.first(*_YEARS_KEYS).field.read(years_of)


def tenure_in(box: Tag) -> Tag | None:
    """The element of a box that prints a number of years and nothing else, not as a value under a label; one only."""
    found: dict[int, Tag] = {}
    for string in box.find_all(string=_UNIT):
        tag = string.parent
        for _ in range(3):
            if tag is None or _says_tenure(text_of(tag)):
                break
            tag = tag.parent
        if tag is None or not _says_tenure(text_of(tag)):
            continue
        before, beside = tag.previous_sibling, text_of(tag.parent)[:80] if tag.parent is not None else ""
        if not _AVERAGE.search(beside) and (before is None or not squeezed(before.get_text()).endswith((":", "："))):
            found[id(tag)] = tag
    return next(iter(found.values())) if len({text_of(tag) for tag in found.values()}) == 1 else None


def _says_tenure(text: str) -> bool:
    """Whether a short text is a number of years, alone or between dots and bars ("CN · 6 yrs · Manufacturer")."""
    return (
        len(text) <= _YEARS_LENGTH
        and sum(1 for part in re.split(r"\s[·•|]\s", text) if _TENURE.fullmatch(part.strip())) == 1
    )


def flag_in(box: Tag, frame: Frame) -> Reading | None:
    """The country whose one flag is drawn in a box, by the code in the picture's address or name."""
    drawn: dict[str, Reading] = {}
    for tag in box.find_all("img", limit=20):
        source, named = str(tag.get("src", "")), str(tag.get("alt", ""))
        if (match := _FLAG.search(source)) is not None:
            drawn.setdefault(match[1].upper(), Reading(match[1].upper(), frame.place(tag, source, "src")))
        elif _CODE.fullmatch(named):
            drawn.setdefault(named, Reading(named, frame.place(tag, named, "alt")))
    return next(iter(drawn.values())) if len(drawn) == 1 else None


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
        return (located.read(_country),)
    drawn = flag_in(head, frame) if head is not None else None
    return (drawn or _labelled(frame, COUNTRY, _country),)


def _country(text: str) -> str | None:
    """The country at the end of an address: "Guangdong, China (Mainland)"."""
    place = re.sub(r"^located in\s+", "", text.strip(), flags=re.IGNORECASE)
    return as_text(re.sub(r"\s*\[.*\]$", "", place).rpartition(",")[2].strip()) if len(place) <= 120 else None


def _company(text: str) -> str | None:
    """A company's name; a long text is none."""
    return as_text(text) if len(text) <= _NAME_LENGTH else None


def _labelled(frame: Frame, labels: tuple[str, ...], parse: Any) -> Reading | None:
    return frame.labelled(labels, parse, but_not=lambda tag: in_other_card(frame, tag))


def _name_tag(frame: Frame) -> Tag | None:
    """The company's name as the page's heading, or the text of the link to the shop's own profile."""
    named = _by_class(frame, "company-name", "cp-name", "company-name-container", "company-title")
    if named is not None:
        return named
    shop = address_of(frame.page.url).supplier
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
    if stated.text:
        return stated.read(read_money)
    amount, shown = node["baoAccountAmount"].field, flag(node["baoAccountIsDisplayAmount"].field)
    if not amount.text.strip("0., ") or (shown is not None and shown.value is False):
        return None
    return amount.read(lambda text: read_money(text, "USD"))


def _badge_shown(frame: Frame, head: Tag | None) -> Reading | None:
    """The badge as the page draws it: a mark of its own, never the words in somebody's sentence."""
    module = _assurance_block(frame)
    if module is not None:
        return Reading(True, frame.place(module))
    return (assured_mark(frame, head) if head is not None else None) or badge_icon(frame, frame.soup)


def _assurance_block(frame: Frame) -> Tag | None:
    return frame.module("tradeAssurance", "module_trade_assurance", "tradeAssuranceInfo")


def assured_mark(frame: Frame, box: Tag) -> Reading | None:
    """The badge in a supplier's own box: its icon, or the site's link to what it means."""
    icon = badge_icon(frame, box)
    if icon is not None:
        return icon
    links = [link for link in box.find_all("a", href=_ASSURANCE_HOST, limit=5) if not in_other_card(frame, link)]
    return Reading(True, frame.place(links[0], str(links[0]["href"]), "href")) if links else None


def badge_icon(frame: Frame, within: Tag) -> Reading | None:
    """The badge's own icon inside a block; those of other suppliers' cards and of the site's head do not count."""
    for tag in within.find_all(class_=_BADGE_CLASS):
        if any(_BADGE_CLASS.search(name) for name in classes(tag)) and not in_other_card(frame, tag):
            return Reading(True, frame.place(tag, text_of(tag) or f'class="{" ".join(classes(tag))}"'))
    return None


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
            named = any(_BADGE_CLASS.search(name) for name in classes(box))
            if len(text_of(box)) <= _BADGE_LENGTH and (named or assured_mark(frame, box) is not None):
                return True
    return False


def limit_of(tag: Tag, frame: Frame) -> Reading | None:
    """The limit in a `data-ta-price` attribute ("532,000"): the site's tooltip prints it as US $."""
    printed = str(tag.get("data-ta-price", "")).strip()
    if not printed or printed == "0":
        return None
    value: Money | None = read_money(printed, "USD")
    return Reading(value, frame.place(tag, printed, "data-ta-price"))
