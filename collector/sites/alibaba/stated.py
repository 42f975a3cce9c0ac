"""What a page says of itself: which order, dispute, product, supplier or contact it is about."""

from __future__ import annotations

import re

from collector.reading.markup import Frame
from collector.reading.readings import Reading
from collector.reading.texts import squeezed
from collector.sites.alibaba import dispute, generic, order, tracking
from collector.sites.alibaba.addresses import absolute, address_of
from collector.sites.alibaba.product import product_id
from collector.sites.alibaba.supplier import read_supplier, shop_data, subdomain_of
from collector.sites.alibaba.thread import contact_names, partners

_ORDER_HEADED = re.compile(r"\border\s*(?:no\.?|number|id|#)?\s*[:#]?\s*([0-9]{12,24})(?![0-9])", re.IGNORECASE)


def orders(frame: Frame) -> set[str]:
    """The order's number in the page's data, under its label, and in its title or heading."""
    headings = (frame.title, *(tag.get_text(" ") for tag in frame.soup.find_all("h1", limit=3)))
    headed = {found[1] for heading in headings if (found := _ORDER_HEADED.search(squeezed(heading)))}
    return _values(order.numbers(frame)) | headed or generic.numbers("order", frame)


def tracked_orders(frame: Frame) -> set[str]:
    """The order whose goods are tracked."""
    return _values(tracking.numbers(frame))


def disputed_orders(frame: Frame) -> set[str]:
    """The order that is disputed; where none is stated, the one that is linked to."""
    stated = _values(dispute.order_numbers(frame))
    linked = dispute.order_link(frame)
    return stated or ({linked} if linked else generic.numbers("dispute", frame))


def applications(frame: Frame) -> set[str]:
    """The dispute's own number."""
    return _values(dispute.application_numbers(frame))


def products(frame: Frame) -> set[str]:
    """The product's number."""
    return {text} if (text := product_id(frame)) else set()


def shops(frame: Frame) -> set[str]:
    """The shop's company name and sub-domain."""
    fact = next(fact for fact in read_supplier(frame) if fact.name == "supplier.name")
    shop = shop_data(frame)
    profile = address_of(absolute(shop["companyProfileUrl"].text, frame.page.url)).supplier if shop.value else ""
    return {str(value) for value in (fact.value, subdomain_of(shop), profile) if value}


def companies(frame: Frame) -> set[str]:
    """The company that a conversation is with, and its people."""
    found = {str(reading.value) for reading in partners(frame) if reading is not None and reading.value}
    return found | contact_names(frame) if found else set()


def _values(readings: tuple[Reading | None, ...]) -> set[str]:
    """What the readings give; one that quotes several numbers counts as all of them."""
    found: set[str] = set()
    for reading in readings:
        if reading is None:
            continue
        found |= {reading.value} if reading.value else set(re.findall(r"[0-9]{6,24}", reading.place.quote))
    return found
