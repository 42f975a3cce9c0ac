"""Product and store pages: `window.runParams.data` by its components (2023 and later), then headings and JSON-LD."""

from __future__ import annotations

import re

from collector.model import Fact
from collector.reading.described import linked
from collector.reading.leaves import count_in, text_in
from collector.reading.markup import Frame
from collector.reading.money import read_money
from collector.reading.readings import Node, Reading
from collector.reading.scribe import Scribe
from collector.reading.texts import as_text, text_of

PRODUCT, STORE = "aliexpress.product/1", "aliexpress.store/1"

_PROTECTION = re.compile(r"buyer protection|refund if|service commitment|aliexpress commitment", re.IGNORECASE)
_FEEDBACK = re.compile(r"([0-9]{1,3}(?:\.[0-9])?)\s?%\s*positive", re.IGNORECASE)


def goods_data(frame: Frame) -> Node:
    """The components that describe the goods."""
    return frame.find("productInfoComponent")


def read_product(frame: Frame) -> tuple[Fact, ...]:
    """Title, price, attributes, the protection that the page names, and the store as far as the page shows it."""
    scribe, data, described = Scribe(frame, PRODUCT), goods_data(frame), linked(frame, "Product")
    title = frame.read(frame.soup.select_one("h1[data-pl=product-title], .product-title h1, h1"), as_text)
    return (
        scribe.fact("product.title", text_in(data["productInfoComponent"]["subject"]), title),
        scribe.fact("product.price_tiers", _price(data), _price_shown(frame), _price_described(described)),
        scribe.fact("product.min_order"),
        scribe.fact("product.attributes", _attributes(data)),
        scribe.fact("product.badge", _protection(frame)),
        *_store_facts(scribe, frame),
    )


def read_store(frame: Frame) -> tuple[Fact, ...]:
    """The store's name and what the site measures of it."""
    return _store_facts(Scribe(frame, STORE), frame)


def product_ids(frame: Frame) -> set[str]:
    """The product's number, as the data and the canonical link state it."""
    stated = goods_data(frame)["productInfoComponent"].first("idStr", "id").text
    link = frame.soup.find("link", rel="canonical")
    said = frame.addresses.address_of(str(link.get("href", ""))).product if link is not None else ""
    return {number for number in (stated, said) if number}


def store_names(frame: Frame) -> set[str]:
    """The store's name and number, as far as the page states them."""
    seller = _seller(frame)
    name = next((fact.value for fact in read_store(frame) if fact.name == "supplier.name"), None)
    return {str(value) for value in (name, _inside(seller, "storeNum").text, frame.own.supplier) if value}


def _seller(frame: Frame) -> Node:
    """What describes the store: a module or component (2020, 2023), or its card with the seller's own data in it (2024)."""
    held = (*frame.having({"storeName", "storeNum"}, 2), *frame.having({"storeName", "sellerInfo"}, 2))
    return next(iter(held), frame.root(""))


def _price(data: Node) -> Reading | None:
    """The one price of the goods as one tier; a range is what several variants cost and is none."""
    sale = data["priceComponent"]["discountPrice"]["minActivityAmount"]
    plain = data["priceComponent"]["origPrice"]["minAmount"]
    node = sale if sale.value else plain
    amount = read_money(f"{node['currency'].text} {node['value'].text}") if node["currency"].text else None
    if amount is None:
        return None
    return Reading(({"from": 1, "to": None, "price": amount},), node.place())


def _price_shown(frame: Frame) -> Reading | None:
    tag = frame.soup.select_one("[class*=price--currentPriceText], .product-price-value, .price-current")
    amount = read_money(text_of(tag)) if tag is not None else None
    return Reading(({"from": 1, "to": None, "price": amount},), frame.place(tag)) if tag is not None and amount else None


def _price_described(described: Node) -> Reading | None:
    offers = described["offers"]
    amount = read_money(f"{offers['priceCurrency'].text} {offers['price'].text}") if offers["priceCurrency"].text else None
    return Reading(({"from": 1, "to": None, "price": amount},), offers["price"].place()) if amount else None


def _attributes(data: Node) -> Reading | None:
    props = data["productPropComponent"]["props"]
    said = tuple({"name": p["attrName"].text, "value": p["attrValue"].text} for p in props.items() if p["attrName"].text)
    return Reading(said, props.place()) if said else None


def _protection(frame: Frame) -> Reading | None:
    """The block in which the page itself promises the buyer's money back."""
    for tag in frame.soup.select("[class*=buyer-protection], [class*=buyerProtection], [class*=service-commitment]"):
        if _PROTECTION.search(text_of(tag)):
            return Reading(True, frame.place(tag))
    return None


def _store_facts(scribe: Scribe, frame: Frame) -> tuple[Fact, ...]:
    seller = _seller(frame)
    country, years = _inside(seller, "countryCompleteName"), _inside(seller, "openedYear")
    drawn = frame.soup.select_one("[class*=store-header--storeName], [class*=store-name], .shop-name, [data-pl=store-name]")
    return (
        scribe.fact("supplier.name", text_in(seller["storeName"]), frame.read(drawn, as_text)),
        scribe.fact("supplier.country", text_in(country)),
        scribe.fact("supplier.years", count_in(years)),
        scribe.fact("supplier.badge", _protection(frame)),
        scribe.fact("supplier.limit"),
        scribe.fact("supplier.verified"),
        scribe.fact("supplier.on_time_delivery"),
        scribe.fact("supplier.response_time"),
        scribe.fact("supplier.dispute_rate"),
        scribe.fact("supplier.rating", _positive(seller), _positive_shown(frame)),
        scribe.fact("supplier.reviews", count_in(seller.first("positiveNum", "sellerTotalNum"))),
        scribe.fact("supplier.transactions"),
        scribe.fact("supplier.sales"),
    )


def _positive(seller: Node) -> Reading | None:
    return seller.first("positiveRate", "sellerPositiveRate").read(as_text)


def _inside(seller: Node, key: str) -> Node:
    """A value of the store's own, wherever of the two places it stands in."""
    return seller.first(key, f"sellerInfo.{key}")


def _positive_shown(frame: Frame) -> Reading | None:
    text = next((text for text in frame.soup.find_all(string=_FEEDBACK) if len(text) <= 80), None)
    found = _FEEDBACK.search(str(text)) if text is not None else None
    return (
        Reading(f"{found[1]}%", frame.place(text.parent)) if found and text is not None and text.parent is not None else None
    )
