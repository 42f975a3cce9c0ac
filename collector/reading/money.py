"""A strict reader of printed money: the whole text must be one amount in one currency, or it is not read."""

from __future__ import annotations

import re
from decimal import Decimal

from collector.model import MOST_MONEY, Money

# What names exactly one currency. A lone "$", "¥" or "kr" names several and needs the page's own currency beside it.
_NAMED = {
    "US$": "USD", "US $": "USD", "USD$": "USD", "USD $": "USD", "RMB": "CNY", "CN¥": "CNY", "人民币": "CNY",
    "JP¥": "JPY", "€": "EUR", "£": "GBP", "₹": "INR", "₦": "NGN", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₫": "VND",
    "₱": "PHP", "฿": "THB", "₪": "ILS", "₴": "UAH", "₸": "KZT", "zł": "PLN", "R$": "BRL", "A$": "AUD", "AU$": "AUD",
    "AU $": "AUD", "C$": "CAD", "CA$": "CAD", "CA $": "CAD", "NZ$": "NZD", "HK$": "HKD", "SG$": "SGD", "MX$": "MXN",
    "NT$": "TWD", "GH₵": "GHS", "KSh": "KES", "RM": "MYR", "Rp": "IDR",
}  # fmt: skip
_SHARED = {
    "$": frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "TWD", "ARS", "CLP", "COP"}),
    "S$": frozenset({"SGD"}),
    "¥": frozenset({"CNY", "JPY"}),
    "￥": frozenset({"CNY", "JPY"}),
    "元": frozenset({"CNY", "TWD", "HKD"}),
    "kr": frozenset({"SEK", "NOK", "DKK", "ISK"}),
    "R": frozenset({"ZAR"}),
}
SIGNS = frozenset({*_NAMED, *_SHARED})
CODES = frozenset(
    """AED ARS AUD BDT BGN BHD BRL CAD CHF CLP CNY COP CZK DKK DZD EGP ETB EUR GBP GHS HKD HUF IDR ILS INR IQD ISK JOD JPY
    KES KRW KWD KZT LKR MAD MXN MYR NGN NOK NPR NZD OMR PEN PHP PKR PLN QAR RON RUB SAR SEK SGD THB TND TRY TWD TZS UAH UGX
    USD UYU VND XAF XOF ZAR ZMW""".split()
)
# Where these are printed a comma may be the decimal point, so "1,234" has two meanings.
_COMMA_DECIMAL = frozenset({"EUR", "BRL", "RUB", "PLN", "TRY", "UAH", "CZK", "DKK", "NOK", "SEK", "ARS", "COP", "RON"})
_WITHOUT_DECIMALS = frozenset({"IDR", "JPY", "KRW", "VND", "CLP", "UGX", "XAF", "XOF", "ISK"})

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_UNIT = "|".join(re.escape(name) for name in sorted((*_NAMED, *_SHARED, *CODES), key=len, reverse=True))
_FIGURE = r"[0-9](?:[0-9.,'’\u00a0\u2009\u202f ]{0,38}[0-9])?"
_AMOUNT = re.compile(rf"(?P<before>{_UNIT})?[\s\u00a0]*(?P<figure>{_FIGURE})[\s\u00a0\u202f]*(?P<after>{_UNIT})?")

_PLAIN = re.compile(r"[0-9]+")
_POINT = re.compile(r"[0-9]+\.[0-9]+")
_COMMA = re.compile(r"[0-9]+,[0-9]+")
_ENGLISH = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}")
_CONTINENTAL = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}")
_SPACED = re.compile(r"[0-9]{1,3}(?:[\u00a0\u2009\u202f][0-9]{3})+(?:[.,][0-9]{1,2})?|[0-9]{1,3}(?: [0-9]{3})+[.,][0-9]{2}")
_SWISS = re.compile(r"[0-9]{1,3}(?:['’][0-9]{3})+(?:\.[0-9]{1,2})?")
_INDIAN = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?")


def read_money(text: str, currency: str = "") -> Money | None:
    """The amount that a text states, or None when it states none, more than one, or one with two meanings.

    `currency` (ISO 4217) is what the page itself says its prices are in; it settles "$" and "¥" and bare figures, and never
    overrules a currency that is printed. "US $1,234.56", "1.234,56 EUR", "USD 86.00" are read; "1.234", "$5" with no
    currency known, "Min 500 pieces USD 3", "USD 1-3" and what no trade is about (10**15 and more) are not.
    """
    if len(text) > 80:
        return None
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        return None
    unit = _currency([part for part in (match["before"], match["after"]) if part], currency)
    amount = read_figure(match["figure"], unit) if unit else None
    return None if amount is None or amount >= MOST_MONEY else Money(amount, unit)


def read_money_range(text: str, currency: str = "") -> tuple[Money, Money] | None:
    """Both ends of a printed range such as "US $0.50-$3.00", lower first; None where either end is not sure."""
    ends = re.split(r"\s*[-–—~]\s*", text.strip()[:160])
    if len(ends) != 2:
        return None
    first, second = read_money(ends[0]), read_money(ends[1])
    printed = next((end.currency for end in (first, second) if end is not None), currency)
    first, second = first or read_money(ends[0], printed), second or read_money(ends[1], printed)
    if first is None or second is None or first.currency != second.currency or first.amount > second.amount:
        return None
    return first, second


def read_figure(text: str, currency: str = "") -> Decimal | None:
    """A printed figure as Decimal with its printed decimals, or None where grouping and decimals cannot be told apart."""
    figure = text.strip()
    if _PLAIN.fullmatch(figure):
        return Decimal(figure)
    if _POINT.fullmatch(figure):
        return _one_mark(figure, ".", currency, grouped=currency in _WITHOUT_DECIMALS)
    if _COMMA.fullmatch(figure):
        return _one_mark(figure, ",", currency, grouped=currency not in _COMMA_DECIMAL)
    if _ENGLISH.fullmatch(figure) or (currency in {"INR", "PKR", "BDT", "LKR", "NPR"} and _INDIAN.fullmatch(figure)):
        return Decimal(figure.replace(",", ""))
    if _CONTINENTAL.fullmatch(figure):
        return Decimal(figure.replace(".", "").replace(",", "."))
    if _SPACED.fullmatch(figure):
        return Decimal(_SPACES.sub("", figure).replace(",", "."))
    if _SWISS.fullmatch(figure):
        return Decimal(figure.replace("'", "").replace("’", ""))
    return None


def _one_mark(figure: str, mark: str, currency: str, *, grouped: bool) -> Decimal | None:
    """A figure with one mark: three digits after it may be a group or decimals; `grouped` says which, if known."""
    whole, _, rest = figure.partition(mark)
    if len(rest) != 3 or whole.startswith("0") or len(whole) > 3:
        # A comma before four or more digits, or with none of the usual one or two, is nobody's way of printing money.
        return None if mark == "," and len(rest) > 3 else Decimal(f"{whole}.{rest}")
    return Decimal(whole + rest) if grouped else None


def _currency(printed: list[str], known: str) -> str:
    """The one currency that all printed marks agree on (a shared mark by `known` or the mark beside it), or ""."""
    sure = {unit if unit in CODES else _NAMED[unit] for unit in printed if unit not in _SHARED}
    if not sure:
        sure = {known} & CODES
    if len(sure) != 1 or any(not sure <= _SHARED[unit] for unit in printed if unit in _SHARED):
        return ""
    return next(iter(sure))
