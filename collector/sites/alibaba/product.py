"""Product pages: `detailData` (since 2020), then module blocks (2026), then the blocks of older pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from bs4 import Tag

from collector.model import Fact
from collector.reading.blocks import in_other_card
from collector.reading.described import titled
from collector.reading.markup import Frame
from collector.reading.readings import Node, Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_count, as_text, squeezed, text_of
from collector.sites.alibaba.addresses import absolute, address_of
from collector.sites.alibaba.assurance import flag, is_lit
from collector.sites.alibaba.labels import ATTRIBUTES, MIN_ORDER
from collector.sites.alibaba.prices import PRICE_MODULES, price_readings
from collector.sites.alibaba.seller import supplier_facts

READER = "alibaba.product/5"

_HEADINGS = ("h2", "h3", "h4", "div", "span")
_ATTRIBUTE_CLASSES = ("do-entry-list", "attribute-list", "do-overview", "product-attribute.*", "attribute-info")
_MIN_ORDER = re.compile(r"\(\s*(?:min\.? ?order|moq)\s*\)", re.IGNORECASE)
_AT_LEAST = re.compile(r"(?:≥|>=)\s*[0-9][0-9,]*\s*[^\W\d]{1,20}(?:[ /][^\W\d]{1,20})?")  # "≥10 Pieces" beside a price


def read_product(frame: Frame) -> tuple[Fact, ...]:
    """The product's facts, and the supplier's where the page shows them."""
    scribe = Scribe(frame, READER)
    goods = goods_data(frame)
    tiers = price_readings(frame, goods["price"])
    title = goods.first("subject", "title").read(as_text), frame.read(_title_tag(frame), as_text)
    return (
        scribe.fact("product.title", *(title if any(title) else (titled(frame),))),
        scribe.fact("product.price_tiers", *tiers),
        scribe.fact("product.min_order", _stated_min_order(goods), _min_order(frame, tiers[-1])),
        scribe.fact("product.attributes", *_attributes(_attributes_data(goods), _attributes_shown(frame))),
        scribe.fact("product.badge", _badge_data(frame), _badge_shown(frame)),
        *supplier_facts(scribe, goods),
    )


def goods_data(frame: Frame) -> Node:
    """The object that describes the product, wherever the page embeds it; never that of another product.

    It has the number in the page's address; where the address has none, it stands by itself.
    """
    goods = frame.root("window.detailData")["globalData"]["product"]
    if isinstance(goods.value, dict):
        return goods
    found = list(frame.find_all("subject", "productId"))
    here = frame.own.product
    own = [node for node in found if node["productId"].text == here]
    return own[0] if own else found[0] if len(found) == 1 and not here else frame.root("")


def product_id(frame: Frame) -> str:
    """The product's number as the page's own data or canonical link states it; else ""."""
    stated = goods_data(frame).first("productId", "id").text
    if stated:
        return stated
    link = frame.soup.find("link", rel="canonical")
    return address_of(absolute(str(link.get("href", "")), frame.base)).product if isinstance(link, Tag) else ""


def _title_tag(frame: Frame) -> Tag | None:
    module = frame.module("module_title", "module_product_title")
    heading = module.find(["h1", "h2"]) if module is not None else None
    if isinstance(heading, Tag):
        return heading
    headings = [tag for tag in frame.soup.find_all("h1") if text_of(tag) and not in_other_card(frame, tag)]
    return headings[0] if len(headings) == 1 else None


def _stated_min_order(goods: Node) -> Reading | None:
    """The smallest order in the page's data; nought and -1 there say that none is given."""
    stated = goods.first("moq", "minOrderQuantity")
    return None if stated.text in {"0", "-1"} else stated.read(as_count)


def _min_order(frame: Frame, tiers: Reading | None) -> Reading | None:
    """The smallest order: under its own label in the price block, else the start of the first price tier."""
    module = frame.module(*PRICE_MODULES)
    others = None if module is not None else lambda tag: in_other_card(frame, tag)
    labelled = frame.labelled(MIN_ORDER, as_count, module, others)
    if labelled is not None:
        return labelled
    for text in frame.soup.find_all(string=_MIN_ORDER, limit=20):
        box = text.parent
        while box is not None and not any(c.isdigit() for c in text_of(box)) and len(text_of(box)) <= 40:
            box = box.parent
        if box is not None and not in_other_card(frame, box):
            return frame.read(box, as_count)
    tag = frame.soup.find(class_=re.compile(r"^(?:ma-)?min-order$|^ma-moq$"))
    if isinstance(tag, Tag) and not in_other_card(frame, tag):
        return frame.read(tag, as_count)
    if tiers is not None and tiers.value and tiers.value[0]["from"] is not None and tiers.place.scheme == "css":
        return Reading(tiers.value[0]["from"], tiers.place)
    if module is not None and (tiers is None or tiers.value):  # not the last step of a ladder that is not understood
        least = [text.parent for text in module.find_all(string=True) if _AT_LEAST.fullmatch(squeezed(text))]
        return frame.read(least[0], as_count) if len(least) == 1 else None
    return None


def _attributes(data: Reading | None, shown: Reading | None) -> tuple[Reading | None, ...]:
    """Both lists where they contradict each other; else the data alone: a block may be folded, or hold packaging too."""
    if data is None or shown is None:
        return data, shown
    printed: dict[str, set[str]] = {}
    for pair in shown.value:
        printed.setdefault(pair["name"].casefold(), set()).add(_bare(pair["value"]))
    clash = any(
        _bare(pair["value"]) not in printed.get(pair["name"].casefold(), {_bare(pair["value"])}) for pair in data.value
    )
    return (data, shown) if clash else (data,)


def _bare(text: str) -> str:
    return re.sub(r"[\s,]+", "", text).casefold()


def _attributes_data(goods: Node) -> Reading | None:
    groups = [goods[key] for key in ("productKeyIndustryProperties", "productBasicProperties", "productOtherProperties")]
    pairs = {
        (name, value): None
        for group in groups
        for node in group.items()
        if (name := as_text(node.first("attrName", "name").text))
        and (value := as_text(node.first("attrValue", "value").text))
    }
    stated = next((group for group in groups if group.value), None)
    if not pairs or stated is None:
        return None
    return Reading(_pairs(pairs), stated.place())


def _attributes_shown(frame: Frame) -> Reading | None:
    """Attribute rows: of the attribute block, else of an older block, else of what follows the site's own heading."""
    module = frame.module("module_attribute", "module_product_attribute")
    blocks = [module] if module is not None else [*_old_attributes(frame), *_headed(frame)]
    for block in blocks:
        pairs = _rows(block)
        if pairs:
            return Reading(_pairs(pairs), frame.place(block))
    return None


def _old_attributes(frame: Frame) -> list[Tag]:
    found = (frame.soup.find(class_=re.compile(rf"^{name}$")) for name in _ATTRIBUTE_CLASSES)
    return [tag for tag in found if isinstance(tag, Tag) and not in_other_card(frame, tag)]


def _headed(frame: Frame) -> list[Tag]:
    """The boxes around a heading such as "Key attributes", the smallest first."""
    for string in frame.strings_like(ATTRIBUTES):
        heading = string.parent
        if heading is not None and heading.name in _HEADINGS and not in_other_card(frame, heading):
            boxes = [box for box in list(heading.parents)[:3] if box.find("h1") is None and box.name not in {"body", "html"}]
            after = heading.find_next_sibling()
            return [*boxes, after] if isinstance(after, Tag) else boxes
    return []


def _rows(block: Tag) -> dict[tuple[str, str], None]:
    """(name, value) of each row whose two cells hold one text each."""
    pairs: dict[tuple[str, str], None] = {}
    for row in block.find_all(["div", "li", "tr", "dl"]):
        cells = [cell for cell in row.find_all(True, recursive=False, limit=5) if _is_cell(cell)]
        if len(cells) == 2 and sum(1 for _ in islice(row.stripped_strings, 3)) == 2:
            pairs[text_of(cells[0]).rstrip(":："), text_of(cells[1])] = None
    return pairs


def _is_cell(cell: Tag) -> bool:
    """A cell holds one text, however wrapped; a heading or a row of cells is none."""
    return cell.name not in {"h1", "h2", "h3", "h4", "button"} and sum(1 for _ in islice(cell.stripped_strings, 2)) == 1


def _pairs(pairs: Mapping[tuple[str, str], None]) -> tuple[Mapping[str, str], ...]:
    return tuple({"name": name, "value": value} for name, value in pairs)


def _badge_data(frame: Frame) -> Reading | None:
    return flag(frame.find("nodeMap")["nodeMap"]["module_ta_plus"]["privateData"]["show"])


def _badge_shown(frame: Frame) -> Reading | None:
    """The order-protection block: its own module with a heading. The words "Trade Assurance" elsewhere prove nothing."""
    module = frame.module("module_ta_plus")
    if module is not None and is_lit(module):
        heading = module.find(class_="title") or module.find(["h2", "h3", "h4"])
        return Reading(True, frame.place(heading if isinstance(heading, Tag) else module))
    return None
