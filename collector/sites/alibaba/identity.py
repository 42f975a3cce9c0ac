"""Is a stored page the one that was wanted? Decided from what stands on it and where it was, not from what was asked."""

from __future__ import annotations

import re

from collector.model import Target
from collector.reading.markup import Frame
from collector.reading.texts import squeezed
from collector.site import SIGNED_IN_AS, Identity
from collector.sites.alibaba.account import signed_in_as
from collector.sites.alibaba.addresses import address_of
from collector.sites.alibaba.order import read_order
from collector.sites.alibaba.pages import page_of

_SUBDOMAIN = re.compile(r"[a-z0-9-]{2,63}")
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
        if page_of(target.kind).many:  # a list has many, and another page of it may have the wanted one
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
    page = page_of(target.kind)
    if page.about_one:
        contact = address.contact if "supplier" not in wanted and address.contact.isdigit() else ""
        wanted.setdefault("order", address.order)
        wanted.setdefault("dispute", address.dispute)
        wanted.setdefault("product", address.product)
        wanted.setdefault("supplier", address.supplier)
        wanted.setdefault("contact", contact)
    return {what: value for what, value in wanted.items() if value and what in page.stated}


def _shown(frames: tuple[Frame, ...], kind: str, what: str) -> set[str]:
    """What the page states of an order number, dispute, product, supplier or contact; from the first frame that does."""
    for frame in frames:
        stated = page_of(kind).stated.get(what)
        found = stated(frame) if stated else set()
        if found:
            return found
    return set()


def _addressed(frames: tuple[Frame, ...], kind: str, what: str) -> str:
    """The order or dispute that the page's own address names, "" where it names none."""
    if not frames or page_of(kind).many or what not in {"order", "dispute"}:
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
