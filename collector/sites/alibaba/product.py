"""Product pages: `detailData` (since 2020), then module blocks (2026), then the blocks of older pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from bs4 import Tag

from collector.model import Fact, Money
from collector.sites.alibaba.addresses import absolute, address_of
from collector.sites.alibaba.labels import MIN_ORDER
from collector.sites.alibaba.markup import Frame, Node, Reading, Scribe, as_count, as_text, squeezed, text_of
from collector.sites.alibaba.money import read_money, read_money_range
from collector.sites.alibaba.supplier import (
    YEARS,
    agreeing_country,
    badge_icon,
    flag,
    limit_of,
    years_of,
)

READER = "alibaba.product/2"

_QUANTITY = re.compile(
    r"(?:(?P<least>[0-9][0-9,.]*)\s*[-–~]\s*(?P<most>[0-9][0-9,.]*)|(?:>=|≥|>|&gt;=)\s*(?P<above>[0-9][0-9,.]*)|"
    r"(?P<plus>[0-9][0-9,.]*)\s*\+|(?P<one>[0-9][0-9,.]*))\s*(?P<unit>[^0-9<>=≥~+]{0,40})"
)
_PRICE_MODULES = ("module_price", "module_product_price", "module_sku_price")
_OLD_PRICES = ("ma-price-wrap", "ma-ladder-price", "price-list", "ma-reference-price", "ma-ref-price", "product-price")
_OTHER_GOODS = re.compile(r"recommend|may_like|shopping_ads|related", re.IGNORECASE)
Tier = Mapping[str, Any]


def read_product(frame: Frame) -> tuple[Fact, ...]:
    """The product's facts, and the supplier's where the page shows them."""
    scribe = Scribe(frame, READER)
    goods = goods_data(frame)
    tiers = _tiers_data(goods["price"])
    currency = _currency_of(tiers)
    shown = _tiers_shown(frame, currency)
    return (
        scribe.fact("product.title", goods.first("subject", "title").read(as_text), frame.read(_title_tag(frame), as_text)),
        scribe.fact("product.price_tiers", tiers, shown),
        scribe.fact("product.min_order", goods.first("moq", "minOrderQuantity").read(as_count), _min_order(frame, shown)),
        scribe.fact("product.attributes", *_attributes(_attributes_data(goods), _attributes_shown(frame))),
        scribe.fact("product.badge", _badge_data(frame), _badge_shown(frame)),
        *_supplier(scribe),
    )


def goods_data(frame: Frame) -> Node:
    """The object that describes the product, wherever the page embeds it."""
    goods = frame.root("window.detailData")["globalData"]["product"]
    return goods if isinstance(goods.value, dict) else frame.find("subject", "productId")


def product_id(frame: Frame) -> str:
    """The product's number as the page's own data or canonical link states it; else ""."""
    stated = goods_data(frame).first("productId", "id").text
    if stated:
        return stated
    link = frame.soup.find("link", rel="canonical")
    return address_of(absolute(str(link.get("href", "")), frame.page.url)).product if isinstance(link, Tag) else ""


def _title_tag(frame: Frame) -> Tag | None:
    module = frame.module("module_title", "module_product_title")
    heading = module.find(["h1", "h2"]) if module is not None else None
    if isinstance(heading, Tag):
        return heading
    headings = [tag for tag in frame.soup.find_all("h1") if text_of(tag)]
    return headings[0] if len(headings) == 1 else None


def _tiers_data(price: Node) -> Reading | None:
    """The ladder of prices in the page's data: {"from","to","price"}; `to` None is "and more"."""
    ladder = price.first("productLadderPrices", "ladderPrices")
    tiers = [_tier_data(node) for node in ladder.items()]
    if tiers:
        return Reading(tuple(tiers) if all(tier["price"] for tier in tiers) else None, ladder.place())
    spread = price["productRangePrices"]
    low, high = spread["dollarPriceRangeLow"].text, spread["dollarPriceRangeHigh"].text
    if low and high:
        ends = read_money(low, "USD"), read_money(high, "USD")
        return Reading(_spread(*ends), spread.place())
    text = spread.first("priceRangeText").text or price["formatLadderPrice"].text
    return (
        Reading(
            _spread(*(read_money_range(text) or (None, None))),
            (spread if spread["priceRangeText"].text else price["formatLadderPrice"]).place(),
        )
        if text
        else None
    )


def _tier_data(node: Node) -> dict[str, Any]:
    least = as_count(node.first("min", "minQuantity", "beginAmount").text)
    most = as_count(node.first("max", "maxQuantity", "endAmount").text.replace("-1", "0"))
    printed, dollars = node.first("formatPrice", "priceText").text, node["dollarPrice"].text
    money = read_money(printed) if printed else None
    if money is None and dollars:
        # "$4.12" with a dollarPrice of 4.12 is in US dollars; with another figure the "$" is some other dollar.
        in_dollars = read_money(dollars, "USD")
        money = in_dollars if not printed or read_money(printed, "USD") == in_dollars else None
    return {"from": least, "to": most or None, "price": money}


def _spread(low: Money | None, high: Money | None) -> tuple[Tier, ...] | None:
    """A price "from – to" without quantities: one tier with both ends, since no single price was offered."""
    if low is None or high is None:
        return None
    tier: dict[str, Any] = {"from": None, "to": None, "price": low}
    return (tier if low == high else {**tier, "price_to": high},)


def _currency_of(tiers: Reading | None) -> str:
    value = tiers.value if tiers else None
    return value[0]["price"].currency if value else ""


def _tiers_shown(frame: Frame, currency: str) -> Reading | None:
    """Price rows of the price block: each smallest box that holds one quantity and one price."""
    module = frame.module(*_PRICE_MODULES)
    if module is None:
        return _old_price(frame, currency)
    box, rows = _ladder_box(module)
    if not rows:
        prices = [text for text in module.stripped_strings if _has_figure(text) and not _QUANTITY.fullmatch(squeezed(text))]
        return _one_price(frame, module, prices, currency)
    tiers = tuple(tier for row in rows if (tier := _tier_shown(row, currency)) is not None)
    return Reading(tiers if len(tiers) == len(rows) else None, frame.place(box or module))


def _ladder_box(module: Tag) -> tuple[Tag | None, list[Tag]]:
    """The box around the rows "quantity, price", and the rows."""
    rows = [tag for tag in module.find_all(["div", "li", "tr", "td"]) if _is_row(tag)]
    outer = {id(parent) for row in rows for parent in row.parents}
    rows = [row for row in rows if id(row) not in outer]
    return (rows[0].parent if rows else None), rows


def _is_row(tag: Tag) -> bool:
    texts = [squeezed(text) for text in islice(tag.stripped_strings, 9)]
    if not 2 <= len(texts) <= 8:
        return False
    match = _QUANTITY.fullmatch(texts[0])
    return match is not None and not match["one"] and _has_figure(" ".join(texts[1:]))


def _tier_shown(row: Tag, currency: str) -> dict[str, Any] | None:
    texts = [squeezed(text) for text in row.stripped_strings]
    match = _QUANTITY.fullmatch(texts[0])
    money = _first_money(texts[1:], currency)
    if match is None or money is None:
        return None
    least = as_count(match["least"] or match["above"] or match["plus"] or match["one"] or "")
    if least is not None and match["above"] and ">" in texts[0] and "=" not in texts[0]:
        least += 1
    most = as_count(match["most"]) if match["most"] else None
    return None if least is None else {"from": least, "to": most, "price": money}


def _first_money(texts: list[str], currency: str) -> Money | None:
    """The price of a row: its texts as one, else the first that is money (a struck-out former price follows it)."""
    return read_money("".join(texts), currency) or next((m for text in texts if (m := read_money(text, currency))), None)


def _has_figure(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _one_price(frame: Frame, tag: Tag, texts: list[str], currency: str) -> Reading | None:
    for text in texts[:1]:
        ends = read_money_range(text, currency)
        money = read_money(text, currency)
        return Reading(_spread(*(ends or (money, money))), frame.place(tag, text))
    return None


def _old_price(frame: Frame, currency: str) -> Reading | None:
    """Price blocks of pages before the modules: a ladder of rows, or one price or range."""
    for name in _OLD_PRICES:
        tag = frame.soup.find(class_=name)
        if not isinstance(tag, Tag) or not _has_figure(text_of(tag)):
            continue
        box, rows = _ladder_box(tag)
        tiers = [_tier_shown(row, currency) for row in rows]
        if rows:
            return Reading(tuple(tiers) if all(tiers) else None, frame.place(box or tag))
        return _one_price(frame, tag, [re.sub(r"\s*/\s*[\w ]+$", "", text_of(tag))], currency)
    return None


def _min_order(frame: Frame, tiers: Reading | None) -> Reading | None:
    """The smallest order: under its own label in the price block, else the start of the first price tier."""
    labelled = frame.labelled(MIN_ORDER, as_count, frame.module(*_PRICE_MODULES))
    if labelled is not None:
        return labelled
    for text in frame.soup.find_all(string=re.compile(r"\(\s*min\.? ?order\s*\)", re.IGNORECASE)):
        box = text.parent
        if box is not None and not _elsewhere(box):
            return frame.read(box, as_count)
    tag = frame.soup.find(class_=re.compile(r"^(?:ma-)?min-order$|^ma-moq$"))
    if isinstance(tag, Tag) and not _elsewhere(tag):
        return frame.read(tag, as_count)
    if tiers is not None and tiers.value and tiers.value[0]["from"] is not None and tiers.place.scheme == "css":
        return Reading(tiers.value[0]["from"], tiers.place)
    return None


def _elsewhere(tag: Tag) -> bool:
    """Whether a tag stands in a block about other products."""
    return any(_OTHER_GOODS.search(str(parent.get("data-module-name", ""))) for parent in tag.parents)


def _attributes(data: Reading | None, shown: Reading | None) -> tuple[Reading | None, ...]:
    """Both lists where they contradict each other; else the data alone: a block may be folded, or hold packaging too."""
    if data is None or shown is None:
        return data, shown
    printed = {pair["name"].casefold(): _bare(pair["value"]) for pair in shown.value}
    clash = any(printed.get(pair["name"].casefold(), _bare(pair["value"])) != _bare(pair["value"]) for pair in data.value)
    return (data, shown) if clash else (data,)


def _bare(text: str) -> str:
    return re.sub(r"[\s,]+", "", text).casefold()


def _attributes_data(goods: Node) -> Reading | None:
    groups = [goods[key] for key in ("productKeyIndustryProperties", "productBasicProperties", "productOtherProperties")]
    pairs = {
        (name, value): None
        for group in groups
        for node in group.items()
        if (name := node.first("attrName", "name").text) and (value := node.first("attrValue", "value").text)
    }
    stated = next((group for group in groups if group.value), None)
    if not pairs or stated is None:
        return None
    return Reading(_pairs(pairs), stated.place())


def _attributes_shown(frame: Frame) -> Reading | None:
    """Attribute rows of the attribute block: name and value as the two cells of a row."""
    module = frame.module("module_attribute", "module_product_attribute")
    if module is None:
        module = frame.soup.find(class_=re.compile(r"^do-entry-list$|^attribute-list$|^do-overview$|^product-attribute"))
    if not isinstance(module, Tag):
        return None
    pairs: dict[tuple[str, str], None] = {}
    for row in module.find_all(["div", "li", "tr", "dl"]):
        cells = [cell for cell in row.find_all(True, recursive=False, limit=5) if _is_cell(cell)]
        if len(cells) == 2 and sum(1 for _ in islice(row.stripped_strings, 3)) == 2:
            pairs[text_of(cells[0]).rstrip(":："), text_of(cells[1])] = None
    return Reading(_pairs(pairs), frame.place(module)) if pairs else None


def _is_cell(cell: Tag) -> bool:
    """A cell holds one text, however wrapped; a heading or a row of cells is none."""
    return cell.name not in {"h1", "h2", "h3", "h4", "button"} and sum(1 for _ in islice(cell.stripped_strings, 2)) == 1


def _pairs(pairs: Mapping[tuple[str, str], None]) -> tuple[Mapping[str, str], ...]:
    return tuple({"name": name, "value": value} for name, value in pairs)


def _badge_data(frame: Frame) -> Reading | None:
    return flag(frame.root("window.detailData")["nodeMap"]["module_ta_plus"]["privateData"]["show"])


def _badge_shown(frame: Frame) -> Reading | None:
    """The order-protection block: its own module with a heading. The words "Trade Assurance" elsewhere prove nothing."""
    module = frame.module("module_ta_plus")
    if module is not None:
        heading = module.find(class_="title") or module.find(["h2", "h3", "h4"])
        return Reading(True, frame.place(heading if isinstance(heading, Tag) else module))
    return None


def _supplier(scribe: Scribe) -> tuple[Fact, ...]:
    """The supplier as a product page shows it: name, country, years; badge and limit are the supplier page's to show."""
    frame = scribe.frame
    seller = frame.root("window.detailData")["globalData"]["seller"]
    if not isinstance(seller.value, dict):
        seller = frame.find("companyName", "companyJoinYears")
    card = frame.module("module_unifed_company_card", "module_company")
    if card is None and seller.value is None:
        return _supplier_beside(scribe)
    brief = frame.module("module_company")
    names = [_shop_link(frame, box) for box in (brief, card) if box is not None]
    country = agreeing_country(
        seller.first("companyRegisterCountry", "companyRegisterCountryName"),
        seller["companyRegisterCountryName"],
        brief.find(class_="register-country") if brief is not None else None,
        frame,
    )
    located = _located(frame, card)
    return (
        scribe.fact("supplier.name", seller["companyName"].read(as_text), *(frame.read(tag, as_text) for tag in names)),
        scribe.fact("supplier.country", *country, located),
        scribe.fact(
            "supplier.years", seller["companyJoinYears"].read(as_count), *(_years(frame, box) for box in (brief, card))
        ),
        scribe.fact("supplier.badge"),
        scribe.fact("supplier.limit"),
    )


def _supplier_beside(scribe: Scribe) -> tuple[Fact, ...]:
    """The supplier on a page without modules (before 2020): the box around the one link to a shop that bears a name.

    There the badge is the supplier's own, drawn as an icon, and the limit its tooltip's data.
    """
    frame = scribe.frame
    link = _named_shop(frame)
    box = _box_around(link, frame) if link is not None else None
    if link is None or box is None:
        return tuple(scribe.fact(f"supplier.{name}") for name in ("name", "country", "years", "badge", "limit"))
    place = box.find(class_=re.compile(r"(?:^|-)(?:country|location)$"))
    marked = [tag for tag in (box, *box.select("[data-ta-price]")) if tag.get("data-ta-price") is not None]
    return (
        scribe.fact("supplier.name", frame.read(link, as_text)),
        scribe.fact("supplier.country", frame.read(place if isinstance(place, Tag) else None, as_text)),
        scribe.fact("supplier.years", _years(frame, box)),
        scribe.fact("supplier.badge", badge_icon(frame, box)),
        scribe.fact("supplier.limit", *(limit_of(tag, frame) for tag in marked)),
    )


def _named_shop(frame: Frame) -> Tag | None:
    """The link to a supplier with a text, if all such links outside advertisements lead to one supplier."""
    found = [
        (address.supplier, link)
        for address, link in frame.links
        if address.supplier and text_of(link) and not _elsewhere(link) and link.find_parent(["aside", "footer"]) is None
    ]
    return found[0][1] if found and len({supplier for supplier, _ in found}) == 1 else None


def _box_around(link: Tag, frame: Frame) -> Tag | None:
    """The largest box around the link, at most three levels up, that is still only about the supplier."""
    box: Tag | None = None
    for parent in list(link.parents)[:3]:
        about_goods = parent.find(["h1", "button"]) is not None or any(
            frame.address(a).product for a in parent.find_all("a", href=True, limit=40)
        )
        if about_goods or len(text_of(parent)) > 400:
            break
        box = parent
    return box


def _shop_link(frame: Frame, box: Tag) -> Tag | None:
    """The link to the supplier's pages whose text is a name, not a button ("Company profile"): the first with a text."""
    links = (link for link in box.find_all("a", href=True) if frame.address(link).kind == "supplier")
    return next((link for link in links if text_of(link)), None)


def _located(frame: Frame, card: Tag | None) -> Reading | None:
    text = card.find(string=re.compile(r"^\s*located in\s+\S", re.IGNORECASE)) if card is not None else None
    if text is None or text.parent is None:
        return None
    return frame.read(text.parent, lambda t: as_text(re.sub(r"^\s*located in\s+", "", t, flags=re.IGNORECASE)))


def _years(frame: Frame, box: Tag | None) -> Reading | None:
    if box is None:
        return None
    tag = box.find(class_="company-life")
    if not isinstance(tag, Tag):
        texts = box.find_all(string=lambda s: bool(s) and len(s) <= 80 and YEARS.search(s) is not None)
        tag = texts[0].parent if len(texts) == 1 else None
    return frame.read(tag, years_of) if isinstance(tag, Tag) else None
