"""What a sentence states, read strictly: amounts, quantities, days, measures, and who the money goes to."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from collector.model import MOST_MONEY, Money

_CURRENCY = {"$": "USD", "us$": "USD", "usd": "USD", "美元": "USD", "美金": "USD", "€": "EUR", "eur": "EUR", "欧元": "EUR",
             "£": "GBP", "gbp": "GBP", "cny": "CNY", "rmb": "CNY", "¥": "CNY", "元": "CNY", "人民币": "CNY"}  # fmt: skip
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SIGN = "|".join(sorted(map(re.escape, _CURRENCY), key=len, reverse=True))
_MONEY = re.compile(rf"(?:(?<![a-z])({_SIGN})\s?({_NUMBER})(?![\d,]*\d))|(?<![\d.,])(?:({_NUMBER})\s?({_SIGN})(?![a-z]))")
_TOTAL = re.compile(
    r"\b(?:grand total|total amount|total price|total value|total|amount due|order amount)\b|合计|总额|总价|总金额"
)
_PIECES = re.compile(
    rf"(?<![\d.,/])({_NUMBER})\s?(?:pcs|pieces|piece|units|unit|sets|set|pairs|pair)\b|(?<![\d.,])({_NUMBER})\s?(?:台|件|个|只|套|双|把)"
)
_QUANTITY = re.compile(rf"(?:quantity|qty|order qty|数量)\s*[:：]?\s*({_NUMBER})(?![\d,]*\d|\s*%)")
_NOT_ORDERED = re.compile(
    r"per carton|/carton|per box|/box|moq|min(?:imum)? order|a carton|每箱|一箱|起订|sample|样品|damaged|defective|spare"
)
_MONTHS = {m: n for n, names in enumerate((
    "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
    "sep sept september", "oct october", "nov november", "dec december"), 1) for m in names.split()}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = (
    (re.compile(r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"), False),
    (
        re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<n>{_MONTH})\b\.?,?(?:\s+(?P<y>\d{{4}}))?"),
        False,
    ),
    (re.compile(rf"\b(?P<n>{_MONTH})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<y>\d{{4}}))?"), False),
    (re.compile(r"(?:(?P<y>\d{4})\s?年\s?)?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]"), False),
    (re.compile(r"(?<![\d/])(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>\d{4})(?!\d)"), True),
)
_UNITS = (
    "mah|ah|mm|cm|inch|inches|kg|gsm|g/m2|gram|grams|ml|oz|lbs|lb|rpm|lumens|lm|kw|w|v|hz|db|ply|layers|micron|mic"
    "|denier|dtex|g|m"
)
_SAME_UNIT = {"inches": "inch", "g/m2": "gsm", "grams": "g", "gram": "g", "lbs": "lb", "lumens": "lm", "micron": "mic"}
_MEASURE = re.compile(rf"(?<![\w.,])(\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)\s?-?({_UNITS})(?![a-z\d])")
_PANTONE = re.compile(r"pantone\s?(\d{2,4}(?:-\d{4})?)")
_BENEFICIARY = re.compile(
    r"(?:beneficiary(?:'s)?(?:\s?name)?|account\s?name|a/c\s?name|payee|name of account|收款人|户名|受益人|收款单位)"
    r"\s*[:：]\s*([^\n;；|]{2,80}?)"
    r"(?=\s*(?:[,，;；|\n]\s*(?:a/c|acc|bank|swift|account|address|no)|a/c|account n|bank|swift|账号|卡号|开户|$))"
)
_COMPANY_WORDS = {"co", "ltd", "limited", "company", "inc", "corp", "corporation", "llc", "gmbh", "the", "and", "pte", "plc"}

Day = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with its unit, and the words that stand near it in the same clause."""

    value: Decimal
    unit: str
    near: frozenset[str]

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"


def narrow(text: str) -> str:
    """The text in one width and small letters, for the patterns of this module."""
    return unicodedata.normalize("NFKC", text).casefold()


def amounts_in(text: str) -> tuple[Money, ...]:
    """Every amount that names its currency; "$" is read as US dollars."""
    found = []
    for match in _MONEY.finditer(narrow(text)):
        sign, number = (match[1], match[2]) if match[1] else (match[4], match[3])
        if (amount := _number(number)) < MOST_MONEY:
            found.append(Money(amount, _CURRENCY[sign]))
    return tuple(found)


def total_in(text: str) -> Money | None:
    """The amount of a sentence that speaks of a total, the last one where several stand; None otherwise."""
    total = _TOTAL.search(narrow(text))
    amounts = amounts_in(narrow(text)[total.start() :]) if total else ()
    return amounts[-1] if amounts else None


def quantities_in(text: str) -> frozenset[int]:
    """Numbers of pieces ordered; what is said of cartons, samples, minimum orders or defects is not one."""
    words = narrow(text)
    if _NOT_ORDERED.search(words):
        return frozenset()
    numbers = [one or other for one, other in _PIECES.findall(words)] + _QUANTITY.findall(words)
    whole = {_number(number) for number in numbers}
    return frozenset(int(number) for number in whole if number == number.to_integral_value() and number > 1)


def days_in(text: str) -> frozenset[Day]:
    """Days as (year, month, day), the year 0 where none stands; "05/07/2026" is read both ways."""
    words, found = narrow(text), set()
    for pattern, either in _DATES:
        for match in pattern.finditer(words):
            parts = match.groupdict()
            month = _MONTHS[parts["n"]] if parts.get("n") else int(parts["m"])
            year, day = int(parts["y"] or 0), int(parts["d"])
            ways = {(month, day), (day, month)} if either else {(month, day)}
            found |= {(year, m, d) for m, d in ways if 1 <= m <= 12 and 1 <= d <= 31}
    return frozenset(found)


def same_day(one: Day, other: Day) -> bool:
    """Whether both can be one day: a year that is not named can be any."""
    return one[1:] == other[1:] and (not one[0] or not other[0] or one[0] == other[0])


def measures_in(text: str) -> tuple[Measure, ...]:
    """Figures with their units and Pantone numbers, clause by clause."""
    found = []
    for clause in re.split(r"[;；。\n]|[,，](?!\d{3})|\.\s", narrow(text)):
        near = frozenset(w.rstrip("s") for w in re.findall(r"[a-z]{3,}|[\u3400-\u9fff]{2,}", clause)) - _NO_TOPIC
        found += [Measure(_number(n), _SAME_UNIT.get(u, u), near) for n, u in _MEASURE.findall(clause)]
        found += [Measure(Decimal(n.split("-")[0]), "pantone", near - {"pantone"}) for n in _PANTONE.findall(clause)]
    return tuple(found)


_NO_TOPIC = frozenset(
    "the and for with per each inch gsm mah rpm layer about approx all from not our you are max min size".split()
)


def beneficiaries_in(text: str) -> tuple[str, ...]:
    """The names after "Beneficiary:", "Account name:", "收款人：" and their like, as written."""
    folded = unicodedata.normalize("NFKC", text)
    return tuple(folded[m.start(1) : m.end(1)].strip(" .,，") for m in _BENEFICIARY.finditer(folded.lower()))


def same_company(one: str, other: str) -> bool:
    """Whether two names can be one company: the same words but for "Co., Ltd." and their like, or one name in the other."""
    first, second = ({w for w in re.findall(r"[^\W_]+", narrow(name)) if w not in _COMPANY_WORDS} for name in (one, other))
    return bool(first and second) and (
        first == second or (min(len(first), len(second)) > 1 and (first <= second or second <= first))
    )


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))
