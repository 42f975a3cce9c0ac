"""The prices of a product page: ladders by quantity, ranges and single prices, from its data and as they are printed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bs4 import Tag

from collector.model import Money
from collector.reading.blocks import in_other_card, is_hidden
from collector.reading.described import currency_of, priced
from collector.reading.markup import Frame
from collector.reading.money import CODES, read_money, read_money_range
from collector.reading.readings import Node, Reading
from collector.reading.texts import as_count, classes, squeezed, text_of
from collector.sites.alibaba.labels import PRICE

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
_OTHER_SUM = re.compile(
    rf"{_NOT_ASKED.pattern}|\b(?:saved?|savings?|discount|deposit|(?:sub)?total|up to|over|ahorra\w*|hemat)\b"
    r"|立减|优惠|定金|合计",
    re.IGNORECASE,
)
_TAKEN_OFF = re.compile(r"\s*(?:off\b|de descuento|discount)", re.IGNORECASE)
_ASKING = re.compile(r"\s*\|?\s*(?:get (?:the )?latest price|contact supplier|ask for price)\W*$", re.IGNORECASE)
_PRICED = re.compile(r"(?:^|[-_])price(?:[-_](?:text|num|number|value|range|main|area|wrap|box|item|now))?$", re.IGNORECASE)
_PRICE_LENGTH = 60
_MOST_PRICES = 200
Tier = Mapping[str, Any]


def price_readings(frame: Frame, price: Node) -> tuple[Reading | None, ...]:
    """The price tiers {"from","to","price"} as the data and as the page have them; `to` None is "and more".

    A lone "$" is read only where the page says which: by its data, by its choice of currency, or by the same figure in its
    description for search engines. Prices for search engines alone count where nothing else is there.
    """
    stated = _tiers_data(price)
    currency = _currency(stated) or _stated_currency(price) or currency_of(frame)
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


def _stated_currency(price: Node) -> str:
    """The one currency that the data of the price names under keys such as `currencyCode`; "" where it names several."""
    named: set[str] = set()
    nodes = [price]
    while nodes and len(named) < 2:
        node = nodes.pop()
        for key, value in node.value.items() if isinstance(node.value, dict) else ():
            if "currency" in key.lower() and isinstance(value, str) and value.strip() in CODES:
                named.add(value.strip())
        nodes.extend(child for child in node.items() if isinstance(child.value, dict | list))
    return named.pop() if len(named) == 1 else ""


def _amounts(tiers: Reading) -> set[Decimal]:
    return {tier[key].amount for tier in tiers.value or () for key in ("price", "price_to") if key in tier}


def _tiers_data(price: Node) -> Reading | None:
    ladder = price.first("productLadderPrices", "ladderPrices")
    currency = _stated_currency(price)
    tiers = [_tier_data(node, price["currencyRule"]["currencyPattern"].text, currency) for node in ladder.items()]
    if tiers:
        return Reading(tuple(tiers) if all(tier["price"] for tier in tiers) else None, ladder.place())
    spread = price["productRangePrices"]
    printed = spread.first("pricePromotionRangeText", "priceRangeText")
    text = printed if printed.text else price["formatLadderPrice"]
    low, high = spread["dollarPriceRangeLow"].text, spread.first("dollarPriceRangeHigh", "dollarPriceRangeLow").text
    dollars = (read_money(low, "USD"), read_money(high, "USD")) if low else (None, None)
    if text.text and not any(c.isdigit() for c in text.text) and not low:
        return None  # "Negotiable": no price is named
    if text.text:
        in_dollars = _ends(text.text, "USD")
        ends = _ends(text.text, currency) or (in_dollars if in_dollars == dollars else None)
        return Reading(_spread(*(ends or (None, None))), (spread if spread.value else text).place())
    return Reading(_spread(*dollars), spread.place()) if low else None


def _tier_data(node: Node, pattern: str, currency: str) -> dict[str, Any]:
    least = as_count(node.first("min", "minQuantity", "beginAmount").text)
    most = as_count(node.first("max", "maxQuantity", "endAmount").text.replace("-1", "0"))
    printed, dollars = node.first("formatPrice", "priceText").text, node["dollarPrice"].text
    if not printed and "{0}" in pattern and node["price"].text:
        printed = pattern.replace("{0}", node["price"].text)
    money = read_money(_PER_UNIT.sub("", printed), currency) if printed else None
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
    """The prices of the price block: by its module's name, an older block's class or label, else what stands by itself."""
    block = frame.module(*PRICE_MODULES) or frame.soup.select_one("[data-testid=product-price]")
    if isinstance(block, Tag):
        return _ladder(frame, block, currency) or _one_price(frame, [block], currency)
    for name in _CLASSES:
        for block in frame.soup.find_all(class_=name, limit=4):
            found = _ladder(frame, block, currency) or _one_price(frame, [block], currency)
            if found is not None and not in_other_card(frame, block):
                return found
    return _lone_ladder(frame, currency) or _labelled(frame, currency) or _lone_price(frame, currency)


def _ladder(frame: Frame, block: Tag, currency: str) -> Reading | None:
    """The rows "quantity, price" of a block: each smallest box that holds one quantity and one price.

    Not understood where a box between the rows names a price in another way: a ladder that lacks a step is no ladder.
    """
    rows = _rows(block)
    if not rows:
        return None
    tiers = [_tier_shown(row, currency) for row in rows]
    holder = rows[0].parent or block
    beside = [tag for tag in holder.find_all(rows[0].name, recursive=False) if not any(tag is row for row in rows)]
    missed = any(_is_step(tag) and not _not_asked(tag, block) for tag in beside)
    return Reading(tuple(tiers) if all(tiers) and not missed else None, frame.place(holder))


def _lone_ladder(frame: Frame, currency: str) -> Reading | None:
    """Rows "quantity, price" under one parent, on a page whose price block has no name that is known."""
    rows = [
        row
        for row in _rows(frame.soup)
        if any(_marked(text) for text in row.stripped_strings) and not in_other_card(frame, row)
    ]
    parents = {id(row.parent): row.parent for row in rows}
    if len(rows) < 2 or len(parents) != 1 or rows[0].parent is None:
        return None
    tiers = [_tier_shown(row, currency) for row in rows]
    return Reading(tuple(tiers) if all(tiers) else None, frame.place(rows[0].parent))


def _labelled(frame: Frame, currency: str) -> Reading | None:
    """A price under its own label ("FOB Price"), as pages of before 2018 have it."""

    def spread(text: str) -> tuple[Tier, ...] | None:
        ends = _ends(_ASKING.sub("", text).strip(), currency)
        return _spread(*ends) if ends else None

    return frame.labelled(PRICE, spread, but_not=lambda tag: in_other_card(frame, tag))


def _lone_price(frame: Frame, currency: str) -> Reading | None:
    """The one price of a page whose price block has no name that is known: its element is called a price."""
    named = [
        tag
        for tag in frame.soup.find_all(class_=_PRICED, limit=_MOST_PRICES)
        if _marked(text_of(tag)[: _PRICE_LENGTH + 1]) and not in_other_card(frame, tag)
    ]
    return _one_price(frame, named, currency) if len(named) < _MOST_PRICES else None


def _rows(block: Tag) -> list[Tag]:
    rows = [tag for tag in block.find_all(["div", "li", "tr", "td", "span"]) if _is_row(tag)]
    outer = {id(parent) for row in rows for parent in row.parents}
    return [row for row in rows if id(row) not in outer]


def _is_row(tag: Tag) -> bool:
    """Whether a tag holds a quantity, and before or after it a figure that may be its price."""
    texts = [squeezed(text) for text in itertools.islice(tag.stripped_strings, 9)]
    if not 2 <= len(texts) <= 8:
        return False
    rest = texts[1:] if _quantity(texts[0]) else texts[:-1] if _quantity(texts[-1]) and _marked(texts[0]) else []
    return any(c.isdigit() for c in "".join(rest))


def _is_step(tag: Tag) -> bool:
    """Whether a tag is a row like those of a ladder, with a quantity or a price in words that are not understood."""
    texts = [squeezed(text) for text in itertools.islice(tag.stripped_strings, 9)]
    figured = [text for text in texts if any(c.isdigit() for c in text)]
    if len(texts) <= 8 and any(map(_quantity, texts)):
        return True  # "≥ 100 pieces – Negotiable"
    return 2 <= len(figured) <= 4 and any(map(_marked, figured)) and not all(map(_marked, figured))


def _quantity(text: str) -> re.Match[str] | None:
    """A printed range of quantities, or one that is open above; a lone number is none."""
    match = _QUANTITY.fullmatch(text)
    return match if match is not None and not match["one"] else None


def _tier_shown(row: Tag, currency: str) -> dict[str, Any] | None:
    texts = [
        squeezed(text)
        for text in row.find_all(string=True)
        if squeezed(text) and text.parent is not None and (text.parent is row or not _not_asked(text.parent, row))
    ]
    first = bool(texts) and _quantity(texts[0]) is not None
    match = _quantity(texts[0 if first else -1]) if texts else None
    money = _first_money(texts[1:] if first else texts[:-1], currency)
    if match is None or money is None:
        return None
    least = as_count(match["least"] or match["above"] or match["plus"] or "")
    if least is not None and match["above"] and ">" in match[0] and "=" not in match[0]:
        least += 1
    most = as_count(match["most"]) if match["most"] else None
    return None if least is None else {"from": least, "to": most, "price": money}


def _first_money(texts: list[str], currency: str) -> Money | None:
    """The price of a row: its texts as one, else the first that is money, where none that is lower follows it."""
    whole = read_money(_glued(texts), currency)
    found = [money for text in texts if (money := read_money(text, currency)) is not None]
    return whole or (found[0] if found and found[0].amount == min(money.amount for money in found) else None)


def _glued(texts: list[str]) -> str:
    """Parts of one printed amount as one text; "" where two figures meet, of which the second may be the cents (12 ⁵⁰)."""
    met = any(a[-1:].isdigit() and b[:1].isdigit() for a, b in itertools.pairwise(texts))
    return "" if met else "".join(texts)


def _one_price(frame: Frame, blocks: list[Tag], currency: str) -> Reading | None:
    """The first price or range of some blocks that is asked for now, if none that is lower follows it.

    Not understood where only marks of money stand there.
    """
    marked: Tag | None = None
    found: list[tuple[Tag, tuple[Money, Money]]] = []
    for tag, block in [(tag, one) for one in blocks for tag in (one, *one.find_all(True))]:
        text = text_of(tag)
        if len(text) > _PRICE_LENGTH or not _marked(text) or _not_asked(tag, block):
            continue
        if any(parent is one for one, _ in found for parent in tag.parents):
            continue
        ends = _ends(text, currency) or _ends(_glued(text.split(" ")), currency)
        if ends is not None:
            found.append((tag, ends))
        marked = marked or tag
    if found and found[0][1][0].amount == min(ends[0].amount for _, ends in found):
        return Reading(_spread(*found[0][1]), frame.place(found[0][0]))
    return Reading(None, frame.place(marked)) if marked is not None else None


def _marked(text: str) -> bool:
    """Whether a text has a figure and a mark of money."""
    coded = _SYMBOL.search(text) is not None or any(word in CODES for word in re.findall(r"[A-Z]{3}", text))
    return coded and any(c.isdigit() for c in text)


def _not_asked(tag: Tag, block: Tag) -> bool:
    """Whether a price is struck out, hidden, or that of a sample or the freight, by what is around it or said beside it."""
    around = [tag, *(parent for parent in tag.parents if any(above is block for above in parent.parents))]
    if any(
        box.name in {"del", "s", "strike"}
        or is_hidden(box)
        or any(_NOT_ASKED.search(name) for name in (*classes(box), str(box.get("data-testid", ""))))
        for box in around
    ):
        return True
    alone = [box for box in around if text_of(box) == text_of(tag)]  # the price and what wraps nothing else
    return any(_OTHER_SUM.search(_said_before(box)) or _TAKEN_OFF.match(_said_after(box)) for box in alone)


def _said_before(tag: Tag) -> str:
    """The words before a tag in the same box, where they are a short text without a figure; else ""."""
    before = next((one for one in tag.previous_siblings if squeezed(one.get_text())), None)
    text = squeezed(before.get_text(" ")) if before is not None else ""
    return text if len(text) <= _PRICE_LENGTH and not any(c.isdigit() for c in text) else ""


def _said_after(tag: Tag) -> str:
    after = next((one for one in tag.next_siblings if squeezed(one.get_text())), None)
    return squeezed(after.get_text(" "))[:_PRICE_LENGTH] if after is not None else ""
