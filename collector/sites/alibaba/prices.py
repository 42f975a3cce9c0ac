"""The prices of a product page: ladders by quantity, ranges and single prices, from its data and as they are printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

from bs4 import Tag

from collector.model import Money
from collector.sites.alibaba.blocks import in_other_card
from collector.sites.alibaba.described import currency_of, priced
from collector.sites.alibaba.markup import Frame, Node, Reading, as_count, classes, squeezed, text_of
from collector.sites.alibaba.money import CODES, read_money, read_money_range

PRICE_MODULES = ("module_price", "module_product_price", "module_sku_price")

_QUANTITY = re.compile(
    r"(?:(?P<least>[0-9][0-9,.]*)\s*[-–~]\s*(?P<most>[0-9][0-9,.]*)|(?:>=|≥|>|&gt;=)\s*(?P<above>[0-9][0-9,.]*)|"
    r"(?P<plus>[0-9][0-9,.]*)\s*\+|(?P<one>[0-9][0-9,.]*))\s*(?P<unit>[^0-9<>=≥~+]{0,40})"
)
_SYMBOL = re.compile(r"[$€£¥￥₫₹₦₩₽₺₱฿₪₴₵元]|\b(?:Rp|RM|KSh|zł)")
_PER_UNIT = re.compile(r"\s*/\s*[^\d/]{1,30}$")
_CLASSES = (
    "ma-price-wrap", "ma-ladder-price", "price-list", "ma-reference-price", "ma-ref-price", "product-price", "ma-spec-price",
)  # fmt: skip
_NOT_ASKED = re.compile(
    r"line-?through|(?:^|-)(?:del|origin\w*|former|old|was)(?:-|$)|sample|shipping|freight|coupon|muestra|sampel|样品|运费",
    re.IGNORECASE,
)
_PRICE_LENGTH = 60
Tier = Mapping[str, Any]


def price_readings(frame: Frame, price: Node) -> tuple[Reading | None, ...]:
    """The price tiers {"from","to","price"} as the data and as the page have them; `to` None is "and more".

    A lone "$" is read only where the page says which: by its data, by its choice of currency, or by the same figure in its
    description for search engines. Prices for search engines alone count where nothing else is there.
    """
    stated = _tiers_data(price)
    currency = _currency(stated) or currency_of(frame)
    shown = _tiers_shown(frame, currency)
    offered = priced(frame) if stated is None or (shown is not None and shown.value is None) else None
    if shown is not None and shown.value is None and not currency and offered is not None:
        again = _tiers_shown(frame, _currency(offered))
        shown = again if again is not None and _amounts(again) & _amounts(offered) else shown
    if stated is None and shown is None:
        return (offered,)
    if stated is not None and shown is not None and stated.value and shown.value and _same_offer(stated, shown):
        return (shown if _currency(stated) != _currency(shown) else stated,)
    return stated, shown


def _same_offer(stated: Reading, shown: Reading) -> bool:
    """Whether the page prints the data's prices in another way: in the buyer's currency, or only as their range."""
    if _currency(stated) != _currency(shown):
        return len(stated.value) == len(shown.value)
    folded = len(shown.value) == 1 and len(stated.value) > 1
    return folded and {min(_amounts(stated)), max(_amounts(stated))} >= _amounts(shown)


def _currency(tiers: Reading | None) -> str:
    return str(tiers.value[0]["price"].currency) if tiers is not None and tiers.value else ""


def _amounts(tiers: Reading) -> set[Decimal]:
    return {tier[key].amount for tier in tiers.value or () for key in ("price", "price_to") if key in tier}


def _tiers_data(price: Node) -> Reading | None:
    ladder = price.first("productLadderPrices", "ladderPrices")
    tiers = [_tier_data(node, price["currencyRule"]["currencyPattern"].text) for node in ladder.items()]
    if tiers:
        return Reading(tuple(tiers) if all(tier["price"] for tier in tiers) else None, ladder.place())
    spread = price["productRangePrices"]
    printed = spread.first("pricePromotionRangeText", "priceRangeText")
    text = printed if printed.text else price["formatLadderPrice"]
    low, high = spread["dollarPriceRangeLow"].text, spread.first("dollarPriceRangeHigh", "dollarPriceRangeLow").text
    dollars = (read_money(low, "USD"), read_money(high, "USD")) if low else (None, None)
    if text.text:
        in_dollars = _ends(text.text, "USD")
        ends = _ends(text.text, "") or (in_dollars if in_dollars == dollars else None)
        return Reading(_spread(*(ends or (None, None))), (spread if spread.value else text).place())
    return Reading(_spread(*dollars), spread.place()) if low else None


def _tier_data(node: Node, pattern: str) -> dict[str, Any]:
    least = as_count(node.first("min", "minQuantity", "beginAmount").text)
    most = as_count(node.first("max", "maxQuantity", "endAmount").text.replace("-1", "0"))
    printed, dollars = node.first("formatPrice", "priceText").text, node["dollarPrice"].text
    if not printed and "{0}" in pattern and node["price"].text:
        printed = pattern.replace("{0}", node["price"].text)
    money = read_money(printed) if printed else None
    if money is None and dollars:
        # "$4.12" with a dollarPrice of 4.12 is in US dollars; with another figure the "$" is some other dollar.
        in_dollars = read_money(dollars, "USD")
        money = in_dollars if not printed or read_money(printed, "USD") == in_dollars else None
    return {"from": least, "to": most or None, "price": money}


def _ends(text: str, currency: str) -> tuple[Money, Money] | None:
    """A printed price or range as its two ends."""
    bare = _PER_UNIT.sub("", text)
    money = read_money(bare, currency)
    return read_money_range(bare, currency) or ((money, money) if money else None)


def _spread(low: Money | None, high: Money | None) -> tuple[Tier, ...] | None:
    """A price "from – to" without quantities: one tier with both ends, since no single price was offered."""
    if low is None or high is None:
        return None
    tier: dict[str, Any] = {"from": None, "to": None, "price": low}
    return (tier if low == high else {**tier, "price_to": high},)


def _tiers_shown(frame: Frame, currency: str) -> Reading | None:
    """The prices of the price block: by its module's name, an older block's class, else rows that stand by themselves."""
    block = frame.module(*PRICE_MODULES) or frame.soup.select_one("[data-testid=product-price]")
    if isinstance(block, Tag):
        return _ladder(frame, block, currency) or _one_price(frame, block, currency)
    for name in _CLASSES:
        for block in frame.soup.find_all(class_=name, limit=4):
            found = _ladder(frame, block, currency) or _one_price(frame, block, currency)
            if found is not None and not in_other_card(frame, block):
                return found
    return _lone_ladder(frame, currency)


def _ladder(frame: Frame, block: Tag, currency: str) -> Reading | None:
    """The rows "quantity, price" of a block: each smallest box that holds one quantity and one price."""
    rows = _rows(block)
    tiers = [_tier_shown(row, currency) for row in rows]
    place = rows[0].parent if rows else None
    return Reading(tuple(tiers) if all(tiers) else None, frame.place(place or block)) if rows else None


def _lone_ladder(frame: Frame, currency: str) -> Reading | None:
    """Rows "quantity, price" under one parent, on a page whose price block has no name that is known."""
    rows = [
        row
        for row in _rows(frame.soup)
        if any(_marked(text) for text in list(row.stripped_strings)[1:]) and not in_other_card(frame, row)
    ]
    parents = {id(row.parent): row.parent for row in rows}
    if len(rows) < 2 or len(parents) != 1 or rows[0].parent is None:
        return None
    tiers = [_tier_shown(row, currency) for row in rows]
    return Reading(tuple(tiers) if all(tiers) else None, frame.place(rows[0].parent))


def _rows(block: Tag) -> list[Tag]:
    rows = [tag for tag in block.find_all(["div", "li", "tr", "td", "span"]) if _is_row(tag)]
    outer = {id(parent) for row in rows for parent in row.parents}
    return [row for row in rows if id(row) not in outer]


def _is_row(tag: Tag) -> bool:
    texts = [squeezed(text) for text in islice(tag.stripped_strings, 9)]
    if not 2 <= len(texts) <= 8:
        return False
    match = _QUANTITY.fullmatch(texts[0])
    return match is not None and not match["one"] and any(c.isdigit() for c in "".join(texts[1:]))


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


def _one_price(frame: Frame, block: Tag, currency: str) -> Reading | None:
    """The first price or range of a block that is asked for now; not understood where only marks of money stand there."""
    marked: Tag | None = None
    for tag in (block, *block.find_all(True)):
        text = text_of(tag)
        if len(text) > _PRICE_LENGTH or not _marked(text) or _not_asked(tag, block):
            continue
        ends = _ends(text, currency) or _ends(text.replace(" ", ""), currency)
        if ends is not None:
            return Reading(_spread(*ends), frame.place(tag))
        marked = marked or tag
    return Reading(None, frame.place(marked)) if marked is not None else None


def _marked(text: str) -> bool:
    """Whether a text has a figure and a mark of money."""
    coded = _SYMBOL.search(text) is not None or any(word in CODES for word in re.findall(r"[A-Z]{3}", text))
    return coded and any(c.isdigit() for c in text)


def _not_asked(tag: Tag, block: Tag) -> bool:
    """Whether a price is struck out, or that of a sample or the freight, by what is around it and by the words before it."""
    before = tag.find_previous_sibling()
    label = text_of(before)[:_PRICE_LENGTH] if before is not None else ""
    if _NOT_ASKED.search(label) and not any(c.isdigit() for c in label):
        return True
    around = [tag, *(parent for parent in tag.parents if any(above is block for above in parent.parents))]
    return any(
        box.name in {"del", "s", "strike"}
        or any(_NOT_ASKED.search(name) for name in (*classes(box), str(box.get("data-testid", ""))))
        for box in around
    )
