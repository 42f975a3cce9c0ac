"""Is a stored page the one that was wanted? Decided from what stands on it and where it was, not from what was asked."""

from __future__ import annotations

import re
from collections.abc import Callable

from collector.model import Target
from collector.reading.markup import Frame
from collector.reading.readings import Reading
from collector.reading.texts import squeezed
from collector.site import SIGNED_IN_AS, Identity
from collector.sites.alibaba.account import signed_in_as
from collector.sites.alibaba.addresses import absolute, address_of
from collector.sites.alibaba.dispute import application_numbers, order_link, order_numbers
from collector.sites.alibaba.lists import LISTS, companies_listed, contacts_listed, disputes_listed, orders_listed
from collector.sites.alibaba.order import numbers, read_order
from collector.sites.alibaba.product import product_id
from collector.sites.alibaba.supplier import read_supplier, shop_data, subdomain_of
from collector.sites.alibaba.thread import contact_ids, contact_names, partners
from collector.sites.alibaba.tracking import numbers as tracked_numbers

_SUBDOMAIN = re.compile(r"[a-z0-9-]{2,63}")
_ORDER_HEADED = re.compile(r"\border\s*(?:no\.?|number|id|#)?\s*[:#]?\s*([0-9]{12,24})(?![0-9])", re.IGNORECASE)
_FORMS = re.compile(r"\b(?:co|company|ltd|limited|inc|corp|corporation|llc)\b|[^\w]+", re.IGNORECASE)


def identify(frames: tuple[Frame, ...], target: Target) -> Identity:
    """Compares what the target expects (its `expects`, else its address) with what the page states.

    Keys: order, dispute, product, supplier (a company's name or the shop's sub-domain), contact. One contradiction is
    enough for `ok` False, one in the page's own address too; `ok` is True when at least one thing agrees, None when the
    page states nothing of it. Of an order page that states no number its address is enough, if it shows an order at all.
    """
    agreed: list[str] = []
    account, expected = signed_in_as(frames), target.expects.get(SIGNED_IN_AS, "")
    if account and expected and squeezed(account) != squeezed(expected):
        return Identity(False, f"The page was shown to the account {account}, not to {expected}.")
    for what, wanted in _wanted(target).items():
        shown, there = _shown(frames, target.kind, what), _addressed(frames, target.kind, what)
        if there and there != wanted:
            return Identity(False, f"The page's address is that of {what} {there}, not {wanted}.")
        if not shown:
            if there and target.kind == "order" and _shows_an_order(frames):
                by_address = f"Its address is that of order {there}; the page itself shows no order number."
                return Identity(True, by_address, by_address)
            continue
        matches = {value for value in shown if _is(what, wanted, value)}
        if target.kind in LISTS:  # a list has many, and another page of it may have the wanted one
            agreed += [f"{what} {wanted}"] * bool(matches)
            continue
        if not matches and what == "supplier" and _incomparable(wanted, shown):
            continue
        if not matches or (what in {"order", "dispute", "product"} and len(shown) > 1):
            return Identity(False, f"The page shows {what} {', '.join(sorted(shown))}, not {wanted}.")
        agreed.append(f"{what} {wanted}")
    if agreed:
        return Identity(True, f"The page shows {', '.join(agreed)}.")
    return Identity(None, "The page does not say which one it is.")


def _wanted(target: Target) -> dict[str, str]:
    keys = {"order": "order", "dispute": "dispute", "issue": "dispute", "product": "product", "product_id": "product"}
    keys |= {
        "supplier": "supplier",
        "supplier_name": "supplier",
        "company": "supplier",
        "contact": "contact",
        "with": "supplier",
    }
    wanted = {keys[key]: value.strip() for key, value in target.expects.items() if key in keys and value.strip()}
    address = address_of(target.url)
    if target.kind in {"order", "dispute", "tracking"}:
        wanted.setdefault("order", address.order)
        wanted.setdefault("dispute", address.dispute)
    elif target.kind == "product":
        wanted.setdefault("product", address.product)
    elif target.kind == "supplier":
        wanted.setdefault("supplier", address.supplier)
    elif target.kind == "thread" and "supplier" not in wanted and address.contact.isdigit():
        wanted.setdefault("contact", address.contact)
    return {what: value for what, value in wanted.items() if value and what in _ASKED.get(target.kind, _ASKED[""])}


def _shown(frames: tuple[Frame, ...], kind: str, what: str) -> set[str]:
    """What the page states of an order number, dispute, product, supplier or contact; from the first frame that does."""
    for frame in frames:
        stated = _STATED.get((kind, what))
        found = stated(frame) if stated else set()
        if found:
            return found
    return set()


def _addressed(frames: tuple[Frame, ...], kind: str, what: str) -> str:
    """The order or dispute that the page's own address names, "" where it names none."""
    if not frames or kind in LISTS or what not in {"order", "dispute"}:
        return ""
    address = address_of(frames[0].page.url)
    return address.order if what == "order" else address.dispute


def _shows_an_order(frames: tuple[Frame, ...]) -> bool:
    """Whether anything of an order can be read: a page that has not filled in yet has the address, too."""
    return any(fact.state == "read" for frame in frames for fact in read_order(frame))


def _is(what: str, wanted: str, shown: str) -> bool:
    if what in {"order", "dispute", "product", "contact"}:
        return wanted == shown
    cut = re.sub(r"(?:…|\.\.\.)$", "", shown.strip())
    if cut != shown.strip() and len(cut) >= 12:  # a name that the page itself cuts short
        return _name(wanted).startswith(_name(cut))
    return bool(_name(wanted)) and _name(wanted) == _name(shown)


def _incomparable(wanted: str, shown: set[str]) -> bool:
    """A shop's sub-domain says nothing about a company's name, nor the other way round."""
    return all(bool(_SUBDOMAIN.fullmatch(wanted)) != bool(_SUBDOMAIN.fullmatch(value)) for value in shown)


def _name(text: str) -> str:
    """A company's name without its legal form and punctuation, for comparing; other scripts are kept."""
    return _FORMS.sub("", squeezed(text).casefold()) or squeezed(text).casefold()


def _values(readings: tuple[Reading | None, ...]) -> set[str]:
    """What the readings give; one that quotes several numbers counts as all of them."""
    found: set[str] = set()
    for reading in readings:
        if reading is None:
            continue
        found |= {reading.value} if reading.value else set(re.findall(r"[0-9]{6,24}", reading.place.quote))
    return found


def _orders(frame: Frame) -> set[str]:
    """The order's number in the page's data, under its label, and in its title or heading."""
    headings = (frame.title, *(tag.get_text(" ") for tag in frame.soup.find_all("h1", limit=3)))
    headed = {found[1] for heading in headings if (found := _ORDER_HEADED.search(squeezed(heading)))}
    return _values(numbers(frame)) | headed


def _disputed_orders(frame: Frame) -> set[str]:
    stated = _values(order_numbers(frame))
    linked = order_link(frame)
    return stated or ({linked} if linked else set())


def _shops(frame: Frame) -> set[str]:
    """The shop's company name and sub-domain."""
    fact = next(fact for fact in read_supplier(frame) if fact.name == "supplier.name")
    shop = shop_data(frame)
    profile = address_of(absolute(shop["companyProfileUrl"].text, frame.page.url)).supplier if shop.value else ""
    return {str(value) for value in (fact.value, subdomain_of(shop), profile) if value}


def _partners(frame: Frame) -> set[str]:
    companies = {str(reading.value) for reading in partners(frame) if reading is not None and reading.value}
    return companies | contact_names(frame) if companies else set()


_ASKED: dict[str, frozenset[str]] = {
    "order": frozenset({"order"}),
    "tracking": frozenset({"order"}),
    "order_list": frozenset({"order"}),
    "dispute_list": frozenset({"order", "dispute"}),
    "conversations": frozenset({"supplier", "contact"}),
    "dispute": frozenset({"order", "dispute"}),
    "product": frozenset({"product"}),
    "supplier": frozenset({"supplier"}),
    "thread": frozenset({"supplier", "contact"}),
    "": frozenset(),
}
_STATED: dict[tuple[str, str], Callable[[Frame], set[str]]] = {
    ("order", "order"): _orders,
    ("tracking", "order"): lambda frame: _values(tracked_numbers(frame)),
    ("order_list", "order"): orders_listed,
    ("dispute_list", "order"): orders_listed,
    ("dispute_list", "dispute"): disputes_listed,
    ("conversations", "supplier"): companies_listed,
    ("conversations", "contact"): contacts_listed,
    ("dispute", "order"): _disputed_orders,
    ("dispute", "dispute"): lambda frame: _values(application_numbers(frame)),
    ("product", "product"): lambda frame: {text} if (text := product_id(frame)) else set(),
    ("supplier", "supplier"): _shops,
    ("thread", "supplier"): _partners,
    ("thread", "contact"): contact_ids,
}
