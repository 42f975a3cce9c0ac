"""Which page of alibaba.com an address leads to, and the one address by which each page is visited."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

from collector.kinds import page_kind
from collector.reading.addresses import Address, real_address

_PRODUCT = re.compile(r"/product-(?:detail|gs)/(?:(?P<slug>[^/]{0,300})[_-])?(?P<id>[0-9]{6,20})\.html?$", re.IGNORECASE)
_MOBILE_PRODUCT = re.compile(r"^/product/(?P<id>[0-9]{6,20})/", re.IGNORECASE)  # of m.alibaba.com
_SUPPLIER = re.compile(r"(?P<sub>[a-z0-9-]{1,63})\.(?:m\.)?(?:en|trustpass|fm)(?:\.m)?\.alibaba\.com$")
_NUMBER = re.compile(r"[0-9]{6,24}")
_ORDER_KEYS = ("orderId", "orderid", "order_id", "tradeId", "orderNo")
_ISSUE_KEYS = ("issueId", "disputeId", "issueid", "refundId", "reverseId")
_DISPUTE_PATH = re.compile(r"dispute|refund|issue|reverse|complain", re.IGNORECASE)
_BESIDE_ORDER = re.compile(r"logistics|tracking", re.IGNORECASE)  # pages about an order that are not the order's own
_ACCOUNT_HOSTS = ("i.", "profile.", "home.")
_LIST_PATH = re.compile(r"list", re.IGNORECASE)
_NOT_A_SHOP = frozenset({"www", "message", "biz", "login", "passport", "activity", "sale", "service", "i", "s"})
HOME = "https://www.alibaba.com/"


def absolute(href: str, base: str) -> str:
    """A link as an https address of the real site; "" for what is no web address."""
    return real_address(href, base, "alibaba")


def address_of(url: str) -> Address:
    """What page an address of alibaba.com leads to; kind "" where it is none that is known, or no address at all."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
        query = parse_qs(parts.query)
    except ValueError:
        return Address("")
    if parts.scheme not in {"http", "https"} or not (host == "alibaba.com" or host.endswith(".alibaba.com")):
        return Address("")
    if host.startswith(("login.", "passport.")) or "/newlogin/" in parts.path:
        return Address("login")
    if (product := _PRODUCT.search(parts.path) or _MOBILE_PRODUCT.search(parts.path)) is not None:
        return Address("product", product=product["id"])
    if host.startswith(("message.", "onetalk.")):
        return _thread(parts, query)
    if host.startswith(_ACCOUNT_HOSTS) and re.fullmatch(r"/?(?:index\.html?)?", parts.path):
        return Address("account")
    if host.startswith(("biz.", "trade.", "rosewood.")) or parts.path.startswith("/ta/"):
        return _trade(parts, query)
    if (shop := _SUPPLIER.search(host)) is not None and shop["sub"] not in _NOT_A_SHOP:
        return Address("supplier", supplier=shop["sub"])
    if re.match(r"/(?:trade/search|products/|showroom/|search/|catalog/|g/)", parts.path):
        return Address("search")
    return Address("")


ORDER_LIST = "https://biz.alibaba.com/ta/list/scene/mainList.htm"
SEARCH = "https://www.alibaba.com/trade/search?SearchText=led+lamp&ta=y"  # one that always has results
MESSENGER = "https://message.alibaba.com/message/messenger.htm#/"


def order_address(number: str) -> str:
    """The order page of that number."""
    return f"https://biz.alibaba.com/ta/detail.htm?orderId={number}"


def kind_of(url: str) -> str:
    """The kind of page: order, order_list, tracking, thread, conversations, supplier, product, search, dispute,
    dispute_list, account, login, or "".
    """
    return address_of(url).kind


def canonical_url(url: str) -> str:
    """The one address of a page: tracking parameters dropped, mobile and other tabs of a shop brought to its profile.

    An address of no known kind comes back unchanged.
    """
    address = address_of(url)
    if address.kind == "order" and address.order:
        return order_address(address.order)
    if address.order and not address.dispute and page_kind(address.kind).of_order:
        parts = urlsplit(url.strip())
        return f"https://{(parts.hostname or '').lower()}{parts.path}?orderId={address.order}"
    if address.kind == "supplier":
        shop = "trustpass" if ".trustpass." in (urlsplit(url).hostname or "") else "en"
        return f"https://{address.supplier}.{shop}.alibaba.com/company_profile.html"
    if address.kind in {"product", "order_list", "dispute_list", "account"}:
        parts = urlsplit(url.strip())
        return f"https://{(parts.hostname or '').lower()}{parts.path}"
    if address.kind == "search":
        return _search(urlsplit(url.strip()))
    if address.kind == "dispute" and address.dispute:
        parts = urlsplit(url.strip())
        key = next(key for key in _ISSUE_KEYS if key in parse_qs(parts.query))
        return f"https://{(parts.hostname or '').lower()}{parts.path}?{key}={address.dispute}"
    return url


def _search(parts: SplitResult) -> str:
    kept = [
        (key, values[0]) for key, values in parse_qs(parts.query).items() if key in {"SearchText", "ta", "page", "IndexArea"}
    ]
    query = "&".join(f"{key}={quote(value)}" for key, value in sorted(kept))
    return f"https://{(parts.hostname or '').lower()}{parts.path}" + (f"?{query}" if query else "")


def _thread(parts: SplitResult, query: dict[str, list[str]]) -> Address:
    if "/msgsend/" in parts.path:
        return Address("")  # the form to write to a supplier, not a conversation
    asked = {**query, **parse_qs(urlsplit(parts.fragment).query)}
    contact = next((asked[key][0] for key in ("to", "activeAccountId", "contactId") if key in asked), "")
    opened = contact or any(key in asked for key in ("cid", "conversationId", "conversationCode"))
    lists = not opened and parts.hostname is not None and parts.hostname.startswith("onetalk.")
    return Address("conversations" if lists else "thread", contact=contact)


def _trade(parts: SplitResult, query: dict[str, list[str]]) -> Address:
    order, issue = _number(query, _ORDER_KEYS), _number(query, _ISSUE_KEYS)
    disputed = bool(_DISPUTE_PATH.search(parts.path))
    if disputed and not issue and not order and _LIST_PATH.search(parts.path):
        return Address("dispute_list")
    if disputed or (issue and not order):
        return Address("dispute", order=order, dispute=issue)
    if _LIST_PATH.search(parts.path) and not order:
        return Address("order_list")
    if not order:
        return Address("")
    return Address("tracking" if _BESIDE_ORDER.search(parts.path) else "order", order=order)


def _number(query: dict[str, list[str]], keys: tuple[str, ...]) -> str:
    found = (query[key][0].strip() for key in keys if key in query)
    return next((value for value in found if _NUMBER.fullmatch(value)), "")
