"""Where an order's facts stand in its page's data: in 2026 (and in the local marketplace), in 2019 to 2021, and on that of
an order closed in those years. Each shape is a function from the page to readings by the names of facts.

A shape that the page does not have gives nothing; in one that it has, a key that is not there gives no reading, and a key
with nothing under it a blank one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from collector.model import Money
from collector.reading.leaves import (
    amount_of,
    count_in,
    currency_in,
    day_in_data,
    flag_in,
    moment_in,
    money_in,
    text_in,
)
from collector.reading.markup import Frame
from collector.reading.readings import Node, Reading
from collector.reading.texts import as_text
from collector.reading.times import moment

Readings = Mapping[str, Reading | None]

PARTS = frozenset({"orderInfoVO", "pcStatusActionVO", "statusActionVO", "shipmentVO", "paymentVO", "contractVO", "sellerVO"})
_NUMBER = re.compile(r"[0-9]{6,24}")
_NUMBER_KEYS = ("orderId", "tradeId", "orderNo", "orderNumber", "tradeOrderId", "id")
_COMPONENT = re.compile(
    r"(contractProduct|fund|shipment|contractInfo|contractShipment|contractRemark|orderStatus|status|orderInfo)_?[0-9]*"
)
_COMPONENTS = frozenset(
    f"{name}_{n}"
    for name in ("contractProduct", "fund", "shipment", "contractInfo", "contractShipment", "contractRemark")
    for n in range(1, 4)
)
_CLOSED = frozenset({"order", "fundPayment", "logistic", "buyerContact"})
_NOT_YET = re.compile(
    r"(?:not (?:yet )?(?:shipped|delivered)|pending(?: \w+)?|(?:awaiting|waiting)\b.*|to be \w+|待.*|未.*)",
    re.IGNORECASE,
)


def order_root(frame: Frame) -> Node:
    """The object that holds the order's parts, wherever the page carries it; one not there where it carries none."""
    found = frame.having(PARTS)
    if not found:
        return Node(frame.digest, "", "", None, there=False)
    own = frame.own.order
    most = max(len(PARTS & node.value.keys()) for node in found)
    rich = [node for node in found if len(PARTS & node.value.keys()) == most]
    return next((node for node in rich if own and own in numbers_around(frame, node)), rich[0])


def components(frame: Frame) -> dict[str, Node]:
    """The fields of each component of an order page of 2019 to 2021 (`contractProduct_1.fields`), by its name."""
    found = frame.having(_COMPONENTS)
    if not found:
        return {}
    most = max(found, key=lambda node: len(_COMPONENTS & node.value.keys()))
    named = [(match[1], most[key]) for key in most.value if (match := _COMPONENT.fullmatch(key))]
    return {name: node["fields"] if node["fields"].there else node for name, node in reversed(named)}


def closed_order(frame: Frame) -> Node:
    """The object of a closed order's page of those years; one not there where the page has none."""
    rich = [n for n in frame.having(_CLOSED, 2) if isinstance(n["order"].value, dict)]
    return rich[0] if rich else Node(frame.digest, "", "", None, there=False)


def any_order(frame: Frame) -> Node:
    """The data of an order in whichever shape; one not there where the page carries none."""
    root = order_root(frame)
    if root.there:
        return root
    parts = components(frame)
    return next(iter(parts.values()), closed_order(frame))


def read_number(text: str) -> str | None:
    """The one order number in a text."""
    found = set(_NUMBER.findall(text))
    return found.pop() if len(found) == 1 else None


def numbers_around(frame: Frame, node: Node) -> set[str]:
    """The numbers that an object, its order's own part and the objects around it give themselves."""
    return {reading.value for reading in _numbers(frame, node) if reading.value}


def _numbers(frame: Frame, node: Node) -> list[Reading]:
    own = [node["orderInfoVO"][key].read(read_number) for key in _NUMBER_KEYS]
    around: list[Reading | None] = []
    here = node
    for _ in range(3):
        around += [here[key].read(read_number) for key in _NUMBER_KEYS[:-1]]
        linked = next((here[key].text for key in ("orderDetailUrl", "detailUrl") if here[key].text), "")
        number = frame.addresses.address_of(frame.addresses.absolute(linked, frame.base)).order if linked else ""
        around += [Reading(number, here["orderDetailUrl"].place(linked))] if number else []
        if not here.pointer:
            break
        here = frame.holder(here)
    return [reading for reading in (*own, *around) if reading is not None]


def of_2026(frame: Frame) -> Readings:
    """The order's parts, each an object: nearly every leaf is one too."""
    root = order_root(frame)
    if not root.there:
        return {}

    def part(name: str) -> Node:
        return root[name] if root[name].there else _alone(frame, name)

    info, status, ship = part("orderInfoVO"), part("pcStatusActionVO"), part("shipmentVO")
    payment, contract = part("paymentVO"), part("contractVO")
    terms = contract["terms"]
    money, agreed = terms["payment"], terms["shipment"]
    money = money if money.there else _holder_of(contract, "actualBuyerPayment", "advanceAmount")
    agreed = agreed if agreed.there else _holder_of(contract, "tradeTerms")
    stated = (currency_in(node) for node in (info, money, payment, terms, root))
    currency = next((code for code in stated if code), "")
    status = status if status.there else part("statusActionVO")
    name = _first(status, "name", "displayName", "statusName")
    goods = contract["subjectMatterVO"]["products"]
    goods = goods if goods.there else contract.seek("products", "productList")
    total = _total(money, currency)
    return {
        "order.number": next(iter(_numbers(frame, root)), None),
        "order.status": text_in(name),
        "order.total": total,
        "order.paid": _paid(money, payment, currency, total),
        "order.payments": payments_in(payment["payments"], currency),
        "order.items": goods_in(goods, currency),
        "order.ship_by": day_in_data(_first(agreed, "shipDate", "shippingDate", "promisedShipDate", "latestShipDate")),
        "order.ship_terms": text_in(_first(agreed, "tradeTerms", "tradeTerm", "incoterm")),
        "order.shipped_at": _happened(_first(ship, "shippedTime", "shipTime", "shipmentTime", "deliverTime")),
        "order.received_at": _happened(ship["deliveredTime"]),
        "receipt": _happened(ship["receiptConfirmedTime"]),
        "order.supplier": text_in(_first(part("sellerVO"), "companyName", "fullName", "name")),
        "order.buyer": text_in(_first(part("buyerVO"), "name", "fullName")),
        "buyer company": text_in(part("buyerVO")["companyName"]),
        "order.trade_assurance": _assured(info),
        "tracking.number": text_in(_first(ship, "trackingNumber", "logisticsNo", "waybillNo")),
    }


def of_2019(frame: Frame) -> Readings:
    """Components, each with its fields (`window.VISION_SCHEMA`)."""
    part = components(frame)
    if not part:
        return {}
    none = Node(frame.digest, "", "", None, there=False)
    fund, ship = part.get("fund", none), part.get("shipment", none)
    info, way = part.get("contractInfo", none), part.get("contractShipment", none)
    root = next(iter(part.values()))
    currency = currency_in(fund)
    goods = goods_in(part.get("contractProduct", none)["productList"], currency)
    return {
        "order.number": _own_number(frame, root, info),
        "order.status": _step(ship) or text_in(_first(part.get("orderStatus", none), "name", "statusName", "title")),
        "order.total": _agreed_total(fund, way, goods, currency),
        "order.items": goods,
        "order.ship_by": day_in_data(ship["promisedDeliveryDate"]),
        "order.ship_terms": text_in(way["tradeTerm"]),
        "order.shipped_at": _happened(ship["shipmentDate"]),
        "order.supplier": text_in(_first(info, "sellerCompanyName", "supplierCompanyName")),
        "order.buyer": text_in(info["buyerContactName"]),
        "buyer company": text_in(info["buyerCompanyName"]),
        "order.trade_assurance": _assured(info),
        "tracking.number": text_in(ship["trackingNumber"]),
        "remark": text_in(part.get("contractRemark", none)["content"]),
    }


def of_closed(frame: Frame) -> Readings:
    """An order closed before it was carried out (`data = {…}; data.location…`)."""
    root = closed_order(frame)
    if not root.there or components(frame) or order_root(frame).there:
        return {}
    order, fund, sent = root["order"], root["fundPayment"], root["logistic"]
    currency = currency_in(order) or currency_in(fund)
    total = money_in(_first(order, "orderAmount", "totalAmount"), currency)
    due = money_in(fund["shouldPayOrderAmount"], currency_in(fund) or currency)
    return {
        "order.number": _own_number(frame, order, root),
        "order.status": text_in(_first(order, "statusName", "orderStatusName", "status", "orderStatus")),
        "order.total": total if total is not None and not total.blank else due,
        "order.items": goods_in(_first(order, "orderItemList", "productList"), currency),
        "order.trade_assurance": _assured(order),
        "tracking.number": text_in(_first(sent, "logisticsNo", "trackingNumber")),
        "remark": text_in(order["remark"]),
    }


def of_shipments(frame: Frame) -> Readings:
    """The shipments of an order as the site's delivery service gives them: those sent without it, each with its number."""
    found = list(frame.having(frozenset({"offlineModule", "logisticsModule"})))
    rows = [row for node in found for row in node["offlineModule"]["fields"]["list"].items()]
    numbers = [reading for row in rows if (reading := text_in(row["trackingNumber"])) is not None and not reading.blank]
    if len({reading.value for reading in numbers}) > 1:  # several parcels
        return {"tracking.number": replace(numbers[0], value=None)}
    return {"tracking.number": numbers[0]} if numbers else {}


SHAPES: tuple[Callable[[Frame], Readings], ...] = (of_2026, of_2019, of_closed, of_shipments)


def _first(node: Node, *keys: str) -> Node:
    """The first of the keys that is there with something under it; else the first that is there; else none."""
    held = [node[key] for key in keys if node[key].there]
    filled = (one for one in held if one.value not in (None, "", [], {}))
    return next(filled, held[0] if held else node[keys[0]])


def _alone(frame: Frame, name: str) -> Node:
    """A part of the order that stands apart from the others, where the page has it once."""
    found = frame.having(frozenset({name}))
    return found[0][name] if len(found) == 1 else Node(frame.digest, "", "", None, there=False)


def _holder_of(node: Node, *keys: str) -> Node:
    found = node.having(frozenset(keys))
    return found[0] if len(found) == 1 else Node(node.digest, node.variable, node.pointer, None, there=False)


def _total(money: Node, currency: str) -> Reading | None:
    """What the buyer pays in all: under its own name, else `actualBuyerPayment`, which is payable over the order's life.

    Where first payment and balance do not add up to it but to the contract's sum, `actualBuyerPayment` is no total.
    """
    stated = _first(money, "orderAmount", "totalAmount", "orderTotalAmount")
    if stated.there and stated.value is not None:
        return money_in(stated, currency)
    whole, contract = money_in(money["actualBuyerPayment"], currency), money_in(money["actualSummaryTotal"], currency)
    first, rest = (
        amount_of(money_in(money["advanceAmount"], currency)),
        amount_of(money_in(money["balanceAmount"], currency)),
    )
    payable, summed = amount_of(whole), amount_of(contract)
    if payable and summed and payable.amount < summed.amount:
        parts = first.amount + rest.amount if first and rest and first.currency == rest.currency else None
        if parts != payable.amount:
            return contract if parts == summed.amount else replace(whole, value=None) if whole else None
    if (whole is None or whole.blank) and contract is not None and not contract.blank:
        return replace(contract, value=None)  # the goods' sum, to which freight and taxes come
    return whole


def _paid(money: Node, payment: Node, currency: str, total: Reading | None) -> Reading | None:
    """What has been paid: `actualBuyerPayment` where the order's sum stands beside it under its own name; else the whole sum
    once the page says that it has been received in full. Where neither does, the page does not say it in figures.
    """
    if money["orderAmount"].there or money["paidAmount"].there:
        return money_in(_first(money, "paidAmount", "actualBuyerPayment"), currency)
    if flag_in(payment["fullPayReceived"]) is True and amount_of(total) is not None and total is not None:
        return total
    named = _first(payment, "paidAmount", "receivedAmount", "totalPaid")
    return money_in(named, currency)


def payments_in(payments: Node, currency: str) -> Reading | None:
    """Payments: {"step","amount","method","paid_at","received_at","status"}, in the page's order."""
    entries = tuple(
        {
            "step": _text(_first(node, "step", "stepName", "name")),
            "amount": amount_of(money_in(node if node["amountStr"].there else node["amount"], currency)),
            "method": _text(_first(node, "method", "payMethod")),
            "paid_at": _time(_first(node, "paidTime", "payTime")),
            "received_at": _time(node["receivedTime"]),
            "status": _text(node["status"]),
        }
        for node in payments.items()
    )
    return _listed(payments, entries, "amount")


def goods_in(goods: Node, currency: str = "") -> Reading | None:
    """Goods: {"name","quantity","unit","unit_price","amount","product_id","attributes"}."""
    entries = tuple(
        {
            "name": _text(_first(node, "name", "productName", "subject", "title")),
            "quantity": _count(_first(node, "quantity", "productQuantity", "count")),
            "unit": _text(_first(node, "unit", "quantityUnit")) or _unit(_first(node, "quantity")),
            "unit_price": amount_of(money_in(_first(node, "unitPrice", "currentUnitPrice", "price"), currency)),
            "amount": amount_of(
                money_in(_first(node, "amount", "currentProductPrice", "totalPrice", "subtotal", "productAmount"), currency)
            ),
            "product_id": _text(_first(node, "productId", "itemId")),
            "attributes": tuple(
                {"name": _text(a["attrName"]) or "", "value": _text(a["attrValue"]) or ""}
                for a in node["attributes"].items()
            ),
        }
        for node in goods.items()
        if isinstance(node.value, dict)
    )
    return _listed(goods, entries, "name")


def _listed(node: Node, entries: tuple[Mapping[str, Any], ...], key: str) -> Reading | None:
    if not node.there:
        return None
    if not entries:
        return Reading(None, node.place(), blank=not node.value)
    return Reading(entries if all(entry[key] for entry in entries) else None, node.place())


def _text(node: Node) -> str | None:
    reading = text_in(node)
    return reading.value if reading is not None else None


def _count(node: Node) -> int | None:
    reading = count_in(node)
    return reading.value if reading is not None else None


def _unit(node: Node) -> str | None:
    """The unit beside the figure of a quantity: "200 Pieces", {"number", "unit"}."""
    if node["unit"].there:
        return _text(node["unit"])
    stated = next((t for t in (node.text, node["numberStr"].text, node["value"].text) if t), "")
    match = re.fullmatch(r"[0-9][0-9,.]*\s*([^\d\s].*)", stated)
    return as_text(match[1]) if match else None


def _time(node: Node) -> Any:
    reading = moment_in(node)
    return reading.value if reading is not None else None


def _happened(node: Node) -> Reading | None:
    """When it happened; words that it has not yet are no time."""
    reading = moment_in(node)
    if reading is not None and reading.value is None and _NOT_YET.fullmatch(node.text or reading.place.quote):
        return replace(reading, blank=True)
    return reading


def _assured(info: Node) -> Reading | None:
    """Whether this is a Trade Assurance order, as the order's own data say; another kind of business says nothing of it."""
    stated = info["tradeAssurance"]
    if (flag := flag_in(stated)) is not None and stated.there:
        return Reading(flag, stated.place())
    for key in ("businessType", "bizType", "bizCode"):
        if info[key].text.casefold().replace("-", "_") in {"trade_assurance", "ta", "tradeassurance"}:
            return Reading(True, info[key].place())
    return Reading(None, stated.place(), blank=True) if stated.there and stated.value is None else None


def _step(ship: Node) -> Reading | None:
    """The step at which the order is: the one that says that it is the current one."""
    current = [s for s in ship["shipmentStep"].items() if s["location"].text.casefold() in {"cur", "current"}]
    return text_in(current[0]["name"]) if len(current) == 1 else None


def _agreed_total(fund: Node, way: Node, goods: Reading | None, currency: str) -> Reading | None:
    """The sum that was agreed. `initialPayment` is that sum only where it is what the goods and their freight come to."""
    stated = _first(fund, "totalAmount", "orderAmount", "totalOrderAmount")
    if stated.there:
        return money_in(stated, currency)
    reading = money_in(fund["initialPayment"], currency)
    first = amount_of(reading)
    if reading is None or first is None:
        return reading
    amounts = [entry["amount"] for entry in goods.value] if goods is not None and goods.value else [None]
    freight, fee = amount_of(money_in(way["shippingFee"], currency)), amount_of(money_in(fund["fee"], currency))
    known = [a.amount for a in amounts if isinstance(a, Money) and a.currency == first.currency]
    if len(known) == len(amounts):
        extra = [a.amount for a in (freight, fee) if a is not None and a.currency == first.currency]
        sums = {sum(known, Decimal(0))}
        for more in extra:
            sums |= {one + more for one in sums}
        if first.amount in sums:
            return reading
    return replace(reading, value=None)


def _own_number(frame: Frame, *nodes: Node) -> Reading | None:
    """The order's number beside or around its parts, else the only one that the data around them names."""
    for node in nodes:
        here = node
        for _ in range(4):
            for key in (*_NUMBER_KEYS[:-1], *(("id",) if here.pointer.endswith("/order") else ())):
                if (reading := here[key].read(read_number)) is not None:
                    return reading
            if not here.pointer:
                break
            here = frame.holder(here)
    root = next((root for root in frame.roots if nodes and root.variable == nodes[0].variable), None)
    found = root.seek(*_NUMBER_KEYS[:-1]) if root is not None else None
    return found.read(read_number) if found is not None and found.there else None


def moment_text(text: str) -> Any:
    """A printed time; words that it has not happened yet are none."""
    return None if _NOT_YET.fullmatch(text) else moment(text)
