"""Which page of aliexpress.com an address leads to, and the one address by which each page is visited."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

from collector.reading.addresses import Address, real_address

DOMAINS = ("aliexpress.com", "aliexpress.us")
HOME = "https://www.aliexpress.com/"
ORDER_LIST = "https://www.aliexpress.com/p/order/index.html"
MESSAGES = "https://message.aliexpress.com/message/messagecenter_list.htm"
SEARCH = "https://www.aliexpress.com/w/wholesale-led-lamp.html"  # one that always has results

_NUMBER = re.compile(r"[0-9]{6,24}")
_PRODUCT = re.compile(r"^/(?:item|i)/(?:[^/]{1,200}/)?(?P<id>[0-9]{6,20})\.html$")
_STORE = re.compile(r"^/store/(?:[a-z-]{1,40}/)?(?P<id>[0-9]{4,14})(?:[/.]|$)")
_ORDER = re.compile(r"^/(?:p/order/detail\.html|order_detail\.htm)$", re.IGNORECASE)
_ORDER_LIST = re.compile(r"^/(?:p/order/index\.html|orderList\.htm|order_list\.htm)$", re.IGNORECASE)
_TRACKING = re.compile(r"^/(?:p/tracking/index\.html|logisticsdetail\.htm)$", re.IGNORECASE)
_DISPUTE = re.compile(r"^/issue/(?:fastissue/Detail|issueDetail)\.htm$", re.IGNORECASE)
_DISPUTE_LIST = re.compile(r"^/issue/issue_?list\.htm$", re.IGNORECASE)
_SEARCH = re.compile(r"^/(?:w/wholesale-|wholesale$|category/)")
_ORDER_KEYS = ("orderId", "tradeOrderId", "tradeId")
_DISPUTE_KEYS = ("reverseOrderLineId", "issueId", "reverseOrderId")


def absolute(href: str, base: str) -> str:
    """A link as an https address of the real site; "" for what is no web address."""
    return real_address(href, base, "aliexpress")


def address_of(url: str) -> Address:
    """What page an address of aliexpress.com leads to; kind "" where it is none that is known, or no address at all."""
    try:
        parts = urlsplit(url.strip())
        host, query = (parts.hostname or "").lower(), parse_qs(parts.query)
    except ValueError:
        return Address("")
    if parts.scheme not in {"http", "https"} or not any(host == one or host.endswith(f".{one}") for one in DOMAINS):
        return Address("")
    if host.startswith(("login.", "passport.")):
        return Address("login")
    if host.startswith(("msg.", "message.")):
        contact = query.get("digest", [""])[0]
        return Address("thread" if contact or parts.path == "/msgDetail.htm" else "conversations", contact=contact)
    return _of_order(parts, query) or _of_goods(parts)


def _of_order(parts: SplitResult, query: dict[str, list[str]]) -> Address | None:
    """The pages of the account's own: orders, shipments, disputes."""
    order = _number(query, _ORDER_KEYS)
    if _ORDER.match(parts.path):
        return Address("order", order=order)
    if _ORDER_LIST.match(parts.path):
        return Address("order_list")
    if _TRACKING.match(parts.path):
        return Address("tracking", order=order)
    if _DISPUTE.match(parts.path):
        return Address("dispute", order=order, dispute=_number(query, _DISPUTE_KEYS))
    if _DISPUTE_LIST.match(parts.path):
        return Address("dispute_list")
    return Address("account") if parts.path == "/p/account/index.html" else None


def _of_goods(parts: SplitResult) -> Address:
    """The pages that everybody sees."""
    if (product := _PRODUCT.match(parts.path)) is not None:
        return Address("product", product=product["id"])
    if (store := _STORE.match(parts.path)) is not None:
        return Address("supplier", supplier=store["id"])
    return Address("search") if _SEARCH.match(parts.path) else Address("")


def kind_of(url: str) -> str:
    """The kind of page, or ""."""
    return address_of(url).kind


def order_address(number: str) -> str:
    """The order page of that number."""
    return f"https://www.aliexpress.com/p/order/detail.html?orderId={number}"


def canonical_url(url: str) -> str:
    """The one address of a page, tracking parameters dropped; one of no known kind comes back unchanged."""
    address = address_of(url)
    if address.kind == "order" and address.order:
        return order_address(address.order)
    if address.kind == "tracking" and address.order:
        return f"https://www.aliexpress.com/p/tracking/index.html?tradeOrderId={address.order}"
    if address.kind == "product":
        return f"https://www.aliexpress.com/item/{address.product}.html"
    if address.kind == "supplier":
        return f"https://www.aliexpress.com/store/{address.supplier}"
    parts = urlsplit(url.strip())
    host, query = (parts.hostname or "").lower(), parse_qs(parts.query)
    keys = {"dispute": (*_DISPUTE_KEYS, "tradeOrderLineId"), "thread": ("digest",), "search": ("SearchText", "page")}
    if address.kind not in {*keys, "order_list", "dispute_list", "conversations", "account"}:
        return url
    kept = "&".join(f"{key}={quote(query[key][0])}" for key in keys.get(address.kind, ()) if key in query)
    return f"https://{host}{parts.path}" + (f"?{kept}" if kept else "")


def _number(query: dict[str, list[str]], keys: tuple[str, ...]) -> str:
    found = (query[key][0].strip() for key in keys if key in query)
    return next((value for value in found if _NUMBER.fullmatch(value)), "")
