"""Pages that list many orders, applications or conversations. They state no fact of one case, only what they list."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from collector.reading.leaves import count_in, money_in, text_in
from collector.reading.markup import Frame
from collector.reading.readings import Node
from collector.reading.texts import squeezed, text_of
from collector.site import ListedOrder
from collector.sites.alibaba.addresses import MESSENGER, absolute, address_of, canonical_url, order_address
from collector.sites.alibaba.conversation import CONTACT, company_in, listed_contacts

_YEAR = re.compile(r"\b[0-9]{4}\b")
_NUMBERS = ("id", "orderId", "tradeId", "orderNo")
_PAGED = frozenset({"pagination", "data", "orders"})


def listed_orders(frame: Frame) -> Node:
    """The order list in the page's data, wherever it stands: its rows' list, or what holds a list without any."""
    rows = _order_lists(frame)
    if rows:
        return rows[0]
    empty = (node for node in frame.having(_PAGED, 2) if _is_empty_list(node))
    return next(empty, Node(frame.digest, "", "", None, there=False))


def _order_lists(frame: Frame) -> list[Node]:
    """Every list of orders that the page carries: the one it came with, and those that it asked for."""
    lists = (node for root in frame.roots for node in root.walk() if isinstance(node.value, list) and node.value)
    return [node for node in lists if all(_is_order_row(entry) for entry in node.value)]


def _is_order_row(entry: Any) -> bool:
    """Whether an entry is an order of a list: of 2026 by `baseInfo`, of 2019 to 2021 by its number and its status."""
    if not isinstance(entry, dict):
        return False
    base = entry.get("baseInfo")
    if isinstance(base, dict):
        return any(key in base for key in _NUMBERS)
    return isinstance(entry.get("statusAction"), dict) and any(key in entry for key in _NUMBERS)


def _is_empty_list(node: Node) -> bool:
    rows = next((node[key] for key in ("data", "orders") if node[key].there), node)
    return isinstance(node["pagination"].value, dict) and rows.value == []


def listed_disputes(frame: Frame) -> Node:
    """The rows of a list of applications in the page's data; an empty list has none."""
    lists = (node for root in frame.roots for node in root.walk() if isinstance(node.value, list) and node.value)
    rows = (node for node in lists if all(isinstance(row, dict) and "issueId" in row for row in node.value))
    return next(rows, Node(frame.digest, "", "", None, there=False))


def orders_of(frame: Frame) -> tuple[ListedOrder, ...]:
    """The orders of a list, from its data; from its links alone where the page carries none."""
    rows = [_listed(row, frame) for rows in _order_lists(frame) for row in rows.items()]
    if rows:
        return tuple({row.order: row for row in reversed(rows) if row.order}.values())[::-1]
    numbers = dict.fromkeys(address.order for address, _ in frame.links if address.kind == "order" and address.order)
    return tuple(ListedOrder(number, order_address(number), "", "", "", "") for number in numbers)


def disputes_of(frame: Frame) -> tuple[ListedOrder, ...]:
    """The orders of a list of applications, each as its newest application has it."""
    rows = [_disputed(row, frame) for row in listed_disputes(frame).items()]
    return tuple({row.order: row for row in reversed(rows) if row.order}.values())[::-1]


def _disputed(row: Node, frame: Frame) -> ListedOrder:
    """A row of a list of applications; a timer is its end as printed: time left says something else at every look."""
    number, url = row["orderId"].text, absolute(row["viewDetailUrl"].text, frame.page.url)
    end = _text(row["deadline"])
    return ListedOrder(
        order=number,
        url=order_address(number) if number else "",
        status=_text(row["issueStatus"]),
        supplier=_text(row["supplierName"]),
        total=_amount(row["refundAmount"]),
        dispute=canonical_url(url) if address_of(url).kind == "dispute" else "",
        timer=end if _YEAR.search(end) else "",
    )


def orders_in_all(frame: Frame) -> int:
    """How many orders the list says that there are, on all its pages; 0 where it does not say."""
    counts = (
        count_in(node["pagination"][key])
        for node in frame.having(frozenset({"pagination"}))
        for key in ("totalRecord", "count", "total")
    )
    return max((reading.value for reading in counts if reading is not None and reading.value), default=0)


def _listed(row: Node, frame: Frame) -> ListedOrder:
    number = _number(row["baseInfo"]) or _number(row)
    action, money = row["statusAction"], row["paymentInfo"]
    status = next(
        (s for s in (action["status"], action["name"], row["status"], row["orderStatus"]) if s.there), action["name"]
    )
    seller = next((s for key in ("seller", "sellerInfo", "supplier") if (s := row[key]).there), row["seller"])
    totals = [money[key] for key in ("totalAmount", "orderAmount", "totalWithTaxAmount")]
    totals += [row["productTotalAmount"], row["productInfo"]["productTotalAmount"]]
    dispute = _dispute(row, frame)
    return ListedOrder(
        order=number,
        url=order_address(number) if number else "",
        status=_text(status),
        supplier=_text(seller["companyName"]) or _text(seller["fullName"]),
        total=next((said for node in totals if (said := _amount(node))), ""),
        dispute=canonical_url(dispute) if dispute else "",
    )


def _number(node: Node) -> str:
    return next((node[key].text for key in _NUMBERS if node[key].text), "")


def _text(node: Node) -> str:
    reading = text_in(node)
    return str(reading.value) if reading is not None and reading.value else ""


def _amount(node: Node) -> str:
    """The amount as the list prints it; a bare figure as it stands."""
    reading = money_in(node)
    return reading.place.quote if reading is not None and reading.value else node.text


def _dispute(row: Node, frame: Frame) -> str:
    """The address of the order's refund application, as its own part or one of its actions gives it; "" where none does."""
    actions = (
        action[key] for action in row["statusAction"]["actions"].items() for key in ("listTarget", "url", "target", "href")
    )
    given = (absolute(node.text, frame.page.url) for node in (row["disputeInfo"]["viewDetailUrl"], *actions) if node.text)
    return next((url for url in given if address_of(url).kind == "dispute" and address_of(url).dispute), "")


def conversation_with(frame: Frame, supplier: str) -> str:
    """The address of the one conversation with a company, as a list of conversations links to it; "" where it does not."""
    found = set()
    for contact in frame.soup.select(CONTACT):
        names = {text_of(tag).casefold() for tag in contact.select(".contact-company, .contact-name")}
        if squeezed(supplier).casefold() in names:
            links = (absolute(str(a["href"]), frame.page.url) for a in contact.select("a[href]"))
            found |= {url for url in links if address_of(url).contact}
    found = found or {
        f"{MESSENGER}?cid={quote(row['cid'].text, safe='')}"
        for row in listed_contacts(frame)
        if any(row[key].text.casefold() == squeezed(supplier).casefold() for key in ("companyName", "name", "contactNick"))
    }
    return found.pop() if len(found) == 1 else ""


def orders_listed(frame: Frame) -> set[str]:
    """The numbers of the orders that the page lists, from its data and its links."""
    stated = {order.order for order in orders_of(frame)} | {row["orderId"].text for row in listed_disputes(frame).items()}
    return (stated | {address.order for address, _ in frame.links if address.kind == "order"}) - {""}


def disputes_listed(frame: Frame) -> set[str]:
    """The numbers of the applications that the page lists."""
    stated = {row["issueId"].text for row in listed_disputes(frame).items()}
    return (stated | {address.dispute for address, _ in frame.links if address.kind == "dispute"}) - {""}


def companies_listed(frame: Frame) -> set[str]:
    """The companies, or their people, with whom there are conversations."""
    told = {str(reading.value) for row in listed_contacts(frame) if (reading := company_in(row)) is not None}
    return ({text_of(tag) for tag in frame.soup.select(f"{CONTACT} .contact-company")} | told) - {""}


def contacts_listed(frame: Frame) -> set[str]:
    """The contacts' account numbers."""
    told = {row[key].text for row in listed_contacts(frame) for key in ("accountId", "contactAccountId", "contactAliId")}
    return ({str(tag["data-contact-id"]) for tag in frame.soup.select(f"{CONTACT}[data-contact-id]")} | told) - {""}
