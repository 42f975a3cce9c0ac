"""Personal data in a text, found by its form and by the labels beside it. Pure.

Telephone numbers of many countries, mail addresses, lines of postal addresses, bank accounts (IBAN by its checksum, others
by their label), cards (by their checksum), passports and numbers like them. What is written otherwise is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

PHONE, MAIL, ADDRESS, ACCOUNT, CARD, PASSPORT = "phone", "mail", "address", "account", "card", "passport"

_SEP = r"[ \u00a0().\-/]{0,2}"
_DIGITS = rf"[+(]?\d(?:{_SEP}\d){{6,14}}"
_PHONE = re.compile(
    rf"""(?<![\w+/.=-])(?P<world>\+[1-9](?:{_SEP}\d){{7,14}})(?!\w)
      | (?<![\w+/.,=:-])(?P<zeros>00[1-9](?:{_SEP}\d){{8,13}})(?!\w)
      | \b(?:tel(?:ephone)?|phone|mobile|cell|whatsapp|wechat|fax|telephone|portable|telefon|telefono
          |movil|handy|mobil|rufnummer|telefoon)\b\.?
        (?:\s(?:no|number|nr)\b\.?)?["']?\s{{0,3}}[:：=]?\s{{0,3}}["']?(?P<named>{_DIGITS})(?!\w)
      | (?:电话|手机|电话号码|手机号|手机号码|電話|微信|전화)\s{{0,3}}[:：]?\s{{0,3}}(?P<han>{_DIGITS})(?!\w)
      | (?<![\w+/.,=:-])(?P<chinese>1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}})(?![\w-]|[.,]\d)
      | (?<![\w+/.,=:-])(?P<american>(?:\([2-9]\d\d\)\s?|[2-9]\d\d[-.])[2-9]\d\d[-.\s]\d{{4}})(?![\w-]|[.,]\d)
      | (?<![\w+/.,=:-])(?P<pairs>0[1-9](?:[ .-]\d\d){{4}})(?![\w-]|[.,]\d)
      | (?<![\w+/.,=:-])(?P<national>\(?0[1-9]\d{{0,4}}\)?(?:[ /-]{{1,2}}\d{{2,8}}){{1,4}})(?![\w-]|[.,:]\d)""",
    re.VERBOSE | re.IGNORECASE,
)
_DAY = re.compile(r"\d{1,2}[-/ .]\d{1,2}[-/ .](?:19|20)\d\d\b")
_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}(?:@|\s?[\[(]\s?at\s?[\])]\s?)(?:[\w-]{1,63}\.){1,4}[A-Za-z]{2,24}(?![\w-])", re.IGNORECASE
)
_ACCOUNT = re.compile(
    r"""(?:\b(?:account|acct|a/c|konto(?:nummer)?|rekening(?:nummer)?|compte|cuenta|conto)\b\.?|账号|帐号|账户|银行卡号?)
        (?:\s?(?:no|number|nr|№)\b\.?)?["']?\s{0,3}[:：=]?\s{0,3}["']?(?P<number>\d(?:[ -]?\d){7,27})(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d\d(?:[ -]?[A-Za-z0-9]){11,30}")
_IBAN_LENGTHS = {  # ISO 13616: figures and letters of an account of that country
    code[:2]: int(code[2:])
    for code in (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 "
        "FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 "
        "LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 "
        "SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 "
    ).split()
}
_CARD = re.compile(r"(?<![\w=/.,+:-])\d(?:[ -]?\d){12,18}(?![\w-]|[.,]\d)")
_CARD_LABEL = re.compile(
    r"\b(?:card|visa|mastercard|amex|maestro|karte|carte|tarjeta)\b\W{0,8}(?:no|number|nr)?\W{0,4}$|卡号\W{0,4}$", re.I
)
_OTHER_NUMBER = re.compile(
    r"(?:order|refund|dispute|application|tracking|issue|invoice|product|item|id|no|number|nr|订单号?|单号|编号)\W{0,6}$",
    re.I,
)
_ISSUERS = re.compile(
    r"4\d{12}(?:\d{3})?(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
    r"|6(?:011|5\d\d)\d{12}|62\d{14,17}|35(?:2[89]|[3-8]\d)\d{12}"
)
_PASSPORT = re.compile(
    r"""(?:\b(?:passport|passeport|pasaporte|passaporto|reisepass|paspoort|identity\scard|id\scard|personalausweis|dni|nif|ssn
        |social\ssecurity)\b\.?|护照|身份证)(?:\s?(?:no|number|nr|№|号码?)\b\.?|号码?)?["']?\s{0,3}[:：=]?\s{0,3}["']?
        (?P<named>(?=[A-Z]{0,3}[- ]?\d)[A-Z0-9][A-Z0-9 -]{5,19}[A-Z0-9])(?!\w)
      | (?<![\w=/.,+-])(?P<ssn>(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4})(?![\w-])
      | (?<![\w=/.,+-])
        (?P<china>[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX])(?!\w)
      | (?<![\w<])
        (?P<machine>[PIACV][A-Z0-9<][A-Z<]{3}[A-Z0-9<]{25,39}|[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{2,16})(?![\w<])""",
    re.VERBOSE | re.IGNORECASE,
)
_LABEL = re.compile(
    r"""^\W{0,3}(?:ship(?:ping)?\s(?:to|address)|deliver(?:y|ed)?\s?(?:to|address)|billing\saddress|recipient|consignee
      |address|adresse|lieferadresse|anschrift|direccion|indirizzo|endereco|收货地址|地址|收件人)
      \s{0,3}(?:[:：]\s{0,3}(?P<own>.*)|(?P<bare>\d.*|))$""",
    re.VERBOSE | re.IGNORECASE,
)
_POSTCODE = r"(?:[1-9]\d{3}\s?[A-Z]{2}|\d{5}(?:-\d{4})?|\d{6}|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}|[A-Z]\d[A-Z]\s\d[A-Z]\d)"
_STREET = re.compile(
    r"\b\d{1,5}[A-Za-z]?,?\s(?:[\w'.-]+\s){0,4}(?i:street|road|avenue|ave|lane|drive|boulevard|rue|st|rd)\b"
    r"|(?i:stra(?:ß|ss)e|str\.|straat|weg|laan|gracht|plein)\s\d|\b(?i:via|calle|rua|rue)\s(?:[\w'.-]+\s){1,4}\d"
    r"|[路街]\s?\d{1,5}\s?号?"
)
_WHOLE = re.compile(rf"(?:.*\b\d{{1,5}}\b.*,\s*)?.*\b{_POSTCODE}\b")
_PLACED = re.compile(rf"\b{_POSTCODE}\b|{_STREET.pattern}|^\D{{3,60}}\s\d{{1,5}}\s?[A-Za-z]?\W*$")
_NO_PLACE = re.compile(
    r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s\d|\d{4}-\d\d-\d\d|\d:\d\d|\b[A-Z]{3}\s\d|[$€£¥]|\d\s?(?:%|pcs|pieces|units)"
)
# Where one value ends in source and data: a sign that no line of an address has in it.
_PIECE = re.compile(r"[^\n\r\t\"<>{}|]+|\n")
_LONGEST = 200  # letters of a line that can be one of an address
_MOST_LINES = 4  # under a label


@dataclass(frozen=True, slots=True)
class PersonalSpan:
    """What stands in a text from `start` to before `end`, by its kind."""

    kind: str
    start: int
    end: int


def personal_spans(text: str) -> Iterator[PersonalSpan]:
    """All that is found, kind by kind; spans may overlap."""
    for match in _PHONE.finditer(text):
        group = match.lastgroup or ""
        number = match[group]
        digits = sum(c.isdigit() for c in number)
        least = {"named": 7, "han": 7, "world": 8}.get(group, 9)
        if least <= digits <= 15 and not (group == "national" and (_DAY.match(number) or digits > 12)):
            yield PersonalSpan(PHONE, *match.span(group))
    yield from (PersonalSpan(MAIL, *match.span()) for match in _MAIL.finditer(text))
    yield from _accounts(text)
    yield from (PersonalSpan(CARD, *match.span()) for match in _CARD.finditer(text) if _is_card(text, match))
    for match in _PASSPORT.finditer(text):
        group = match.lastgroup or ""
        if group != "machine" or "<<" in match[group]:
            yield PersonalSpan(PASSPORT, *match.span(group))
    yield from _address_lines(text)


def _accounts(text: str) -> Iterator[PersonalSpan]:
    yield from (PersonalSpan(ACCOUNT, *match.span("number")) for match in _ACCOUNT.finditer(text))
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(match[0][:2], 0)
        places = [at for at, sign in enumerate(match[0]) if sign.isalnum()][:length]
        if length and len(places) == length and _is_iban("".join(match[0][at] for at in places)):
            yield PersonalSpan(ACCOUNT, match.start(), match.start() + places[-1] + 1)


def _is_iban(number: str) -> bool:
    """ISO 13616: the number with its first four signs at the end, letters as 10 to 35, leaves 1 when divided by 97."""
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1


def _is_card(text: str, match: re.Match[str]) -> bool:
    """ISO/IEC 7812: by issuer, length and check digit. What is called another kind of number is none."""
    digits, before = re.sub(r"\D", "", match[0]), text[max(0, match.start() - 30) : match.start()]
    if not _ISSUERS.fullmatch(digits) or not _luhn(digits):
        return False
    grouped = bool(re.fullmatch(r"\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5}", match[0]))
    return bool(_CARD_LABEL.search(before)) or (not _OTHER_NUMBER.search(before) and (grouped or match[0].isdigit()))


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _address_lines(text: str) -> Iterator[PersonalSpan]:
    """Lines under a label of an address down to the last that tells a place, and those with a street and a postcode."""
    waiting: list[tuple[int, int, bool]] = []  # the lines under a label, and whether each tells a place
    left = 0
    for match in _PIECE.finditer(text):
        start, end = _bare_span(match)
        line = text[start:end]
        if not line:
            continue
        label = _LABEL.match(line) if len(line) <= _LONGEST else None
        if label is not None:
            yield from _told(waiting)
            waiting, left = [], _MOST_LINES
            group = "own" if label["own"] else "bare"
            if re.search(r"\d", label[group] or "") and not _NO_PLACE.search(label[group]):
                yield PersonalSpan(ADDRESS, start + label.start(group), end)
                left = 0
        elif left:
            left -= 1
            waiting.append((start, end, len(line) <= _LONGEST and bool(_PLACED.search(line)) and not _NO_PLACE.search(line)))
            if not left:
                yield from _told(waiting)
                waiting = []
        elif len(line) <= _LONGEST and _STREET.search(line) and _WHOLE.match(line):
            yield PersonalSpan(ADDRESS, start, end)
    yield from _told(waiting)


def _told(lines: list[tuple[int, int, bool]]) -> Iterator[PersonalSpan]:
    last = max((number for number, line in enumerate(lines, 1) if line[2]), default=0)
    yield from (PersonalSpan(ADDRESS, start, end) for start, end, _ in lines[:last])


def _bare_span(match: re.Match[str]) -> tuple[int, int]:
    """Where the piece stands without the spaces round it."""
    whole = match[0]
    start = match.start() + len(whole) - len(whole.lstrip())
    return start, max(start, match.end() - (len(whole) - len(whole.rstrip())))
