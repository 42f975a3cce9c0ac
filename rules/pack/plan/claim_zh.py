"""The claim in Chinese, for a supplier, a platform or a court in China: the same facts and sources as the English one. Pure.

What a page says in another language stands in quotation marks, as it was read: a translation needs a translator.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from collector.kinds import FileKind, PageKind, file_kind, page_kind
from collector.model import Exhibit, Fact, Money, Printed
from rules.case.casefile import CaseFile
from rules.language.dates import civil, is_utc, time_in
from rules.language.words import money_words
from rules.pack.plan.claim import KnownFacts
from rules.pack.plan.proofs import Proof
from rules.pack.plan.wording import say
from rules.policy.calendars import day_in, zone_of
from rules.policy.platform import load_policy

BECAUSE_ZH: Mapping[str, str] = {
    "late": "卖方逾期发货",
    "not_shipped": "卖方未发货",
    "not_received": "买方未收到货物",
    "quality": "货物质量不符合约定",
    "quantity": "货物数量短少",
    "not_as_described": "货物与描述不符",
    "damaged": "货物到货时已损坏",
}
_COUNTED_ZH = {"quality": "质量不合格", "not_as_described": "与描述不符", "damaged": "损坏", "quantity": "短少"}
_CURRENCIES = {
    "USD": "美元", "CNY": "元人民币", "RMB": "元人民币", "EUR": "欧元", "GBP": "英镑", "HKD": "港元", "JPY": "日元",
    "AUD": "澳元", "CAD": "加元", "CHF": "瑞士法郎", "SGD": "新加坡元", "NZD": "新西兰元",
}  # fmt: skip
_UNITS = {
    "piece": "件", "pieces": "件", "pcs": "件", "unit": "件", "units": "件", "set": "套", "sets": "套", "carton": "箱",
    "cartons": "箱", "pair": "双", "pairs": "双", "kg": "千克", "meter": "米", "meters": "米",
}  # fmt: skip
# What pages print of an order's and a dispute's state.
_STATES = {
    "delivered": "已送达", "completed": "已完成", "shipped": "已发货", "in transit": "运输中",
    "waiting for supplier response": "等待供应商回复", "waiting for buyer evidence": "等待买家举证",
    "waiting for buyer confirmation": "等待买家确认", "waiting for shipment": "等待发货", "closed": "已关闭",
    "waiting for supplier to ship": "等待供应商发货", "in dispute": "纠纷中", "refunded": "已退款",
}  # fmt: skip
_BY_BUYER = "买方陈述"


@dataclass(frozen=True, slots=True)
class LineZh:
    """A labelled statement in Chinese; `source` says which exhibit shows it, or that the buyer says so."""

    label: str
    text: str
    source: str = ""

    @property
    def whole(self) -> str:
        """The statement with its source in brackets."""
        return f"{self.text}（{self.source}）" if self.source else self.text


@dataclass(frozen=True, slots=True)
class ClaimZh:
    """The claim in Chinese: the parties and the order, what is asked, what happened in numbered sentences, the money."""

    parties: tuple[LineZh, ...]
    asked: str
    facts: tuple[str, ...]
    money: tuple[LineZh, ...]


def claim_in_chinese(
    casefile: CaseFile, reasons: tuple[str, ...], numbers: Mapping[str, str], exhibits: tuple[Exhibit, ...]
) -> ClaimZh:
    """The claim from the facts in force; `numbers` gives the exhibit number by snapshot or file id."""
    known = _Known(casefile, numbers)
    return ClaimZh(tuple(_parties(known)), _asked(known), tuple(_facts(known, reasons, exhibits)), tuple(_money(known)))


def title_zh(exhibit: Exhibit) -> str:
    """What an exhibit is called in Chinese."""
    return _kind(exhibit).zh


def purpose_zh(exhibit: Exhibit, proofs: tuple[Proof, ...]) -> str:
    """What an exhibit is to prove, in Chinese: the pieces of evidence that it shows, else what it is for."""
    own = [proof for proof in proofs if exhibit.number in proof.exhibits]
    return "；".join(dict.fromkeys(proof.zh for proof in own)) or _kind(exhibit).shows_zh


def _kind(exhibit: Exhibit) -> PageKind | FileKind:
    return page_kind(exhibit.kind) if exhibit.witnessed else file_kind(exhibit.kind)


def day_zh(day: date) -> str:
    """ "2026年7月26日"."""
    return f"{day.year}年{day.month}月{day.day}日"


def money_zh(amount: Money) -> str:
    """ "6,880.00美元"; with the code where the currency has no common name here."""
    code, _, figure = money_words(amount).partition(" ")
    return f"{figure}{_CURRENCIES[code]}" if code in _CURRENCIES else f"{code} {figure}"


class _Known(KnownFacts):
    """The facts in force, with their sources in Chinese."""

    def source(self, fact: Fact) -> str:
        if fact.state == "asserted":
            return _BY_BUYER
        number = self.numbers.get(fact.snapshot, "")
        shown = (
            f"证据{number}" if number else f"{day_zh(day_in(fact.at, self.casefile.zone))}所见页面" if fact.at else "页面"
        )
        if fact.saved:
            return f"{shown}，买方自行保存"
        return f"{shown}，页面仅保存部分内容" if fact.lacks else shown

    def of(self, label: str, *names: str) -> LineZh | None:
        found = self.fact(*names)
        return LineZh(label, self.words(found.value), self.source(found)) if found else None

    def named(self, label: str, *names: str) -> LineZh | None:
        """A name, which stands as it is."""
        found = self.fact(*names)
        return LineZh(label, " ".join(say(found.value).split()), self.source(found)) if found else None

    def words(self, value: Any) -> str:
        if isinstance(value, Money):
            return money_zh(value)
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, tuple | list):
            return "；".join(filter(None, map(self.words, value)))
        if isinstance(value, Mapping):
            return self._goods(value)
        if isinstance(value, Printed) or time_in(value, self.casefile.zone):
            day = civil(value, self.casefile.zone)
            return day_zh(day) if day else f"“{say(value)}”"
        text = " ".join(say(value).split())
        return _STATES.get(text.lower(), "") or (text if re.fullmatch(r"[\W\d]*", text) or _chinese(text) else f"“{text}”")

    def _goods(self, value: Mapping[str, Any]) -> str:
        name, count = say(value.get("name") or value.get("title")), value.get("quantity")
        unit = str(value.get("unit") or "").lower()
        if name:
            many = f" {count:,}{_UNITS.get(unit, '件')}" if isinstance(count, int) else ""
            return f"“{name}”{many}"
        return "；".join(f"“{say(item)}”" for item in value.values() if say(item))


def _chinese(text: str) -> bool:
    return bool(re.search(r"[\u4e00-\u9fff]", text)) and not re.search(r"[A-Za-z]{3,} [A-Za-z]{2,}", text)


def _parties(known: _Known) -> list[LineZh]:
    account = known.casefile.account
    lines = [
        LineZh("买方", f"下单账户的持有人（账户：{account}）" if account else "下单账户的持有人"),
        known.named("卖方", "order.supplier", "supplier.name"),
        LineZh("订单号", known.casefile.order, found.source if (found := known.of("", "order.number")) else ""),
        known.of("货物", "order.items", "product.title"),
        known.of("订单状态", "order.status"),
        known.of("退款申请编号", "dispute.id"),
        known.of("退款申请状态", "dispute.status"),
    ]
    return [line for line in lines if line is not None]


def _asked(known: _Known) -> str:
    amount = known.value("dispute.amount", "amount_claimed")
    return f"向买方退还货款{money_zh(amount)}" if isinstance(amount, Money) else "向买方退还货款"


def _facts(known: _Known, reasons: tuple[str, ...], exhibits: tuple[Exhibit, ...]) -> list[str]:
    sentences = [_agreed(known), _shipped(known, reasons), _received(known), *_terms(known)]
    sentences += [_reason(known, reason, exhibits) for reason in reasons]
    return [sentence for sentence in sentences if sentence]


def _agreed(known: _Known) -> str:
    line = known.of("", "order.ship_by", "ship_by")
    return f"双方约定的发货日期为{line.whole}。" if line else ""


def _shipped(known: _Known, reasons: tuple[str, ...]) -> str:
    line = known.of("", "order.shipped_at", "shipped_at", "tracking.first_scan")
    if line is None:
        return "截至本材料出具之日，没有发货记录。" if "not_shipped" in reasons else ""
    zone = known.casefile.zone
    agreed = civil(known.value("order.ship_by", "ship_by"), zone)
    sent = civil(known.value("order.shipped_at", "shipped_at", "tracking.first_scan"), zone)
    late = (sent - agreed).days if agreed and sent else 0
    return f"实际发货日期为{line.whole}" + (f"，逾期{late}天。" if late > 0 else "。")


def _received(known: _Known) -> str:
    line = known.of("", "order.received_at", "tracking.delivered_at", "received_at")
    return f"收货日期为{line.whole}。" if line else ""


def _terms(known: _Known) -> list[str]:
    line = known.of("", "order.terms")
    return [f"合同约定的条款（原文）：{line.whole}。"] if line else []


def _reason(known: _Known, reason: str, exhibits: tuple[Exhibit, ...]) -> str:
    own = [exhibit.number for exhibit in exhibits if not exhibit.witnessed]
    shown = f"，见买方提交的证据{own[0]}" + (f"至{own[-1]}" if len(own) > 1 else "") if own else ""
    if reason not in _COUNTED_ZH:
        return f"{BECAUSE_ZH[reason]}，未履行合同约定的义务。"
    share = _share(known)
    if not share:
        return f"{BECAUSE_ZH[reason]}{shown}。"
    return f"{BECAUSE_ZH[reason]}：{share}{_COUNTED_ZH[reason]}（{_BY_BUYER}）{shown}。"


def _share(known: _Known) -> str:
    try:
        whole, part = Decimal(str(known.value("units_total"))), Decimal(str(known.value("units_defective")))
    except ArithmeticError:
        return ""
    if not whole > 0:
        return ""
    percent = (part * 100 / whole).quantize(Decimal(1))
    return f"经买方清点，{whole:,f}件货物中有{part:,f}件（{percent}%）"


def _money(known: _Known) -> list[LineZh]:
    lines = [
        known.of("订单总额", "order.total"),
        known.of("已付货款", "order.paid"),
        known.of("请求退款金额", "dispute.amount", "amount_claimed"),
    ]
    if load_policy(known.casefile.site).wholesale:
        lines.append(known.of("供应商的保障限额", "supplier.limit"))
    return [line for line in lines if line is not None]


def new_zh(made_at: datetime, new: tuple[str, ...], zone: str) -> str:
    """What is new since the pack that was made then."""
    named = "、".join(f"证据{number}" for number in new)
    since = f"自{today_zh(made_at, zone)}制作的证据包以来"
    return f"{since}新增：{named}。" if named else f"{since}无新增证据。"


def in_the_names_of(sides: tuple[str, str], text: str) -> str:
    """The text with buyer and seller called what the place calls them; what is quoted stays as it is."""
    parts = re.split("(“[^”]*”)", text)
    return "".join(
        part if part.startswith("“") else part.replace("买方", sides[0]).replace("卖方", sides[1]) for part in parts
    )


def today_zh(as_of: datetime, zone: str) -> str:
    """The day of an instant in that zone, in Chinese."""
    return day_zh(as_of.astimezone(zone_of(zone)).date())


def zone_zh(zone: str) -> str:
    """The zone of the other dates: "协调世界时（UTC）", "Europe/Amsterdam时区"."""
    return "协调世界时（UTC）" if is_utc(zone) else f" {zone} 时区"
