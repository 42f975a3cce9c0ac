"""Pages that list many orders, applications or conversations. They state no fact of one case, only what they list."""

from __future__ import annotations

from collector.reading.markup import Frame
from collector.reading.readings import Node
from collector.reading.texts import squeezed, text_of
from collector.site import Listed
from collector.sites.alibaba.addresses import absolute, address_of, canonical, order_address
from collector.sites.alibaba.conversation import CONTACT


def listed_orders(frame: Frame) -> Node:
    """The rows of an order list in the page's data, wherever it stands."""
    return _rows(frame, "baseInfo")


def listed_disputes(frame: Frame) -> Node:
    """The rows of a list of applications in the page's data; an empty list has none."""
    return _rows(frame, "issueId")


def orders_of(frame: Frame) -> tuple[Listed, ...]:
    """The orders of a list, from its data; from its links alone where the page embeds none."""
    rows = [_listed(row, frame) for row in listed_orders(frame).items()]
    if rows:
        return tuple(row for row in rows if row.order)
    numbers = dict.fromkeys(address.order for address, _ in frame.links if address.kind == "order" and address.order)
    return tuple(Listed(number, order_address(number), "", "", "", "") for number in numbers)


def _listed(row: Node, frame: Frame) -> Listed:
    number = row.first("baseInfo.id", "baseInfo.orderId").text
    dispute = absolute(row["disputeInfo"]["viewDetailUrl"].text, frame.page.url)
    return Listed(
        order=number,
        url=order_address(number) if number else "",
        status=row["statusAction"]["name"].text,
        supplier=row["sellerInfo"]["companyName"].text,
        total=row["paymentInfo"]["orderAmount"]["amountStr"].text,
        dispute=canonical(dispute) if address_of(dispute).kind == "dispute" else "",
    )


def conversation_with(frame: Frame, supplier: str) -> str:
    """The address of the one conversation with a company, as a list of conversations links to it; "" where it does not."""
    found = set()
    for contact in frame.soup.select(CONTACT):
        names = {text_of(tag).casefold() for tag in contact.select(".contact-company, .contact-name")}
        if squeezed(supplier).casefold() in names:
            links = (absolute(str(a["href"]), frame.page.url) for a in contact.select("a[href]"))
            found |= {url for url in links if address_of(url).contact}
    return found.pop() if len(found) == 1 else ""


def orders_listed(frame: Frame) -> set[str]:
    """The numbers of the orders that the page lists, from its data and its links."""
    stated = {
        row.first("baseInfo.id", "orderId").text for row in (*listed_orders(frame).items(), *listed_disputes(frame).items())
    }
    return (stated | {address.order for address, _ in frame.links if address.kind == "order"}) - {""}


def disputes_listed(frame: Frame) -> set[str]:
    """The numbers of the applications that the page lists."""
    stated = {row["issueId"].text for row in listed_disputes(frame).items()}
    return (stated | {address.dispute for address, _ in frame.links if address.kind == "dispute"}) - {""}


def companies_listed(frame: Frame) -> set[str]:
    """The companies with whom there are conversations."""
    return {text_of(tag) for tag in frame.soup.select(f"{CONTACT} .contact-company")} - {""}


def contacts_listed(frame: Frame) -> set[str]:
    """The contacts' account numbers."""
    return {str(tag["data-contact-id"]) for tag in frame.soup.select(f"{CONTACT}[data-contact-id]")}


def _rows(frame: Frame, key: str) -> Node:
    """The list `data` whose entries all have the key."""
    for name in frame.scripts:
        rows = frame.root(name)["data"]
        if isinstance(rows.value, list) and rows.value and all(isinstance(r, dict) and key in r for r in rows.value):
            return rows
    return frame.root("")
