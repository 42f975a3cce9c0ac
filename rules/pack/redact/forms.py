"""Personal data in a text, found by its form and by the labels beside it. Pure.

Telephone numbers of many countries, mail addresses, lines of postal addresses, bank accounts (IBAN by its checksum, others
by their label), cards (by their checksum), passports and numbers like them. What is written otherwise is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

PHONE, MAIL, ADDRESS, ACCOUNT, CARD, PASSPORT = "phone", "mail", "address", "account", "card", "passport"

_SEP = r"[ \u00a0().\-/]{0,2}"
_DIGITS = rf"[+(]?\d(?:{_SEP}\d){{6,14}}"
_PHONE = re.compile(
    rf"""(?<![A-Za-z\d_+.-])(?P<world>\+[1-9](?:{_SEP}\d){{7,14}})(?![A-Za-z\d_])
      | \b(?:wa\.me|whatsapp\.com/send\?phone=)/?(?P<linked>\+?\d{{8,15}})(?!\w)
      | (?<![\w+/.,=:-])(?P<zeros>00[1-9](?:{_SEP}\d){{8,13}})(?!\w)
      | \b(?:tel(?:ephone)?|phone|mobile|cell|whatsapp|wechat|fax|telephone|portable|telefon|telefono
          |movil|handy|mobil|rufnummer|telefoon)\b\.?
        (?:\s(?:no|number|nr)\b\.?)?["']?\s{{0,3}}[:：=]?\s{{0,3}}["']?(?P<named>{_DIGITS})(?!\w)
      | (?:电话|手机|电话号码|手机号|手机号码|電話|微信|전화)\s{{0,3}}[:：]?\s{{0,3}}(?P<han>{_DIGITS})(?!\w)
      | (?<![\w+/.,=:-])(?P<chinese>1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}})(?![\w-]|[.,]\d)
      | (?<![\w+/.,=:-])(?P<american>(?:\([2-9]\d\d\)\s?|[2-9]\d\d[-.])[2-9]\d\d[-.\s]\d{{4}})(?![\w-]|[.,]\d)
      | (?<![\w+/.,=:-])(?P<area>\(0?[1-9]\d{{1,3}}\)\s?\d{{3,5}}[-\s]?\d{{3,5}})(?![\w-]|[.,]\d)
      | (?<![\w+/.,=:-])(?P<pairs>0[1-9](?:[ .-]\d\d){{4}})(?![\w-]|[.,]\d)
      | (?<![\w+/.,=:-])(?P<national>\(?0[1-9]\d{{0,4}}\)?(?:[ /-]{{1,2}}\d{{2,8}}){{1,4}})(?![\w-]|[.,:]\d)""",
    re.VERBOSE | re.IGNORECASE,
)
# In one piece, by the zero or the figures that such numbers begin with alone; also within Chinese, which has no spaces.
_BARE = re.compile(
    r"""(?<![A-Za-z\d_+/.,=-])(?<!":)(?<!\d:)(?:(?P<zero>0[1-9]\d{8,9})|(?P<mobile>(?:86)?1[3-9]\d{9}))(?![A-Za-z\d_-]|[.,:]\d)"""
)
_ZERO_FIRST = "GB NL FR DE BE CH AT SE FI IE AU NZ JP KR CN ZA TR".split()  # countries in which one dials a zero first
_CALLED_ELSE = re.compile(  # what stands before a number that is an order's, a parcel's, a thing's, or an amount
    r"""\b(?:order|refund|dispute|application|tracking|waybill|awb|issue|invoice|product|item|sku|part|code|model|ref|reference
        |batch|lot|serial|container|vat|tax|qty|quantity|total)\b(?:\s?(?:no|number|nr|id)\b)?\W{0,6}$
      | (?:订单|单号|编号|发票|型号|批号|快递|税号|货号)号?码?\W{0,4}$
      | (?:[$€£¥₹]|\b(?:usd|eur|gbp|cny|rmb|hkd|aud|cad|jpy|inr))\s?$""",
    re.VERBOSE | re.IGNORECASE,
)
# Without a prefix, a zero or a label: figures in groups, as a country writes its telephone numbers and hardly anything else.
_GROUPED = re.compile(r"(?<![\w+/.,=:-])(?<!\d[ -])[1-9]\d{1,4}(?:[ -]\d{2,7}){1,4}(?![\w-]|[.,:]\d|\s\d)")
_COUNTRIES = "ES IT PT GR PL CZ HK SG IN MX US CO PE".split()  # whose groups are told from sizes and days
_LONG_GROUP = re.compile(r"3\d\d[ -]\d{6,7}")  # an Italian mobile, as many write it
_NOT_CALLED = re.compile(  # what stands before a number that counts, measures or names something else
    r"(?:[$€£¥₹]|\b[A-Z]{1,3}|\b(?:awb|container|sku|code|model|size|ref|batch|lot|serial|vat|tax|qty|quantity|total|zip)\b\W{0,3})\s?$"
)
_COUNTED = re.compile(
    r"\s?(?:[$€£¥₹%]|[A-Z]{2,3}\b|(?:pcs|pieces|units|sets|pairs|cartons|boxes|kg|g|cm|mm|m|w|v|h|km|euros?|dollars?|yuan|zł|kr)\b|[元件个個台套箱])"
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
_PASSPORT_LABEL = (
    r"(?:\b(?:passport|passeport|pasaporte|passaporto|reisepass|paspoort|identity\scard|id\scard|personalausweis|dni|nif|ssn"
    r"|social\ssecurity)\b|护照|身份证)"
)
_PASSPORT_NAMED = re.compile(_PASSPORT_LABEL, re.IGNORECASE)
_PASSPORT = re.compile(
    rf"""{_PASSPORT_LABEL}\.?(?:\s?(?:no|number|nr|№|号码?)\b\.?|号码?)?["']?\s{{0,3}}[:：=]?\s{{0,3}}["']?
        (?P<named>(?=[A-Z]{{0,3}}[- ]?\d)[A-Z0-9][A-Z0-9 -]{{5,19}}[A-Z0-9])(?!\w)
      | (?<![\w=/.,+-])(?P<ssn>(?!000|666|9)\d{{3}}-(?!00)\d\d-(?!0000)\d{{4}})(?![\w-])
      | (?<![\w=/.,+-])
        (?P<china>[1-9]\d{{5}}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}[\dX])(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_MACHINE_READABLE = re.compile(  # ICAO 9303
    r"(?<![\w<])(?:[PIACV][A-Z0-9<][A-Z<]{3}[A-Z0-9<]{25,39}|[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{2,16})(?![\w<])"
)
_MANY_DIGITS = re.compile(r"\d(?:[ \u00a0().\-/]{0,3}\d){5,}")
_AT = re.compile(r"@|[\[(]\s?at\s?[\])]", re.IGNORECASE)
_ADDRESS_LABEL = (
    r"(?:ship(?:ping)?\s(?:to|address)|deliver(?:y|ed)?\s?(?:to|address)|billing\saddress|recipient|consignee"
    r"|address|adresse|lieferadresse|anschrift|direccion|indirizzo|endereco|收货地址|地址|收件人)"
)
_LABEL_WORDS = (
    "ship deliver billing recipient consignee address adresse anschrift direccion indirizzo endereco 地址 收件人".split()
)
_LABEL = re.compile(
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
_PASSPORT_LABEL = (
    r"(?:\b(?:passport|passeport|pasaporte|passaporto|reisepass|paspoort|identity\scard|id\scard|personalausweis|dni|nif|ssn"
    r"|social\ssecurity)\b|护照|身份证)"
)
_PASSPORT_NAMED = re.compile(_PASSPORT_LABEL, re.IGNORECASE)
_PASSPORT = re.compile(
    rf"""{_PASSPORT_LABEL}\.?(?:\s?(?:no|number|nr|№|号码?)\b\.?|号码?)?["']?\s{{0,3}}[:：=]?\s{{0,3}}["']?
        (?P<named>(?=[A-Z]{{0,3}}[- ]?\d)[A-Z0-9][A-Z0-9 -]{{5,19}}[A-Z0-9])(?!\w)
      | (?<![\w=/.,+-])(?P<ssn>(?!000|666|9)\d{{3}}-(?!00)\d\d-(?!0000)\d{{4}})(?![\w-])
      | (?<![\w=/.,+-])
        (?P<china>[1-9]\d{{5}}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}[\dX])(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_MACHINE_READABLE = re.compile(  # ICAO 9303
    r"(?<![\w<])(?:[PIACV][A-Z0-9<][A-Z<]{3}[A-Z0-9<]{25,39}|[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{2,16})(?![\w<])"
)
_MANY_DIGITS = re.compile(r"\d(?:[ \u00a0().\-/]{0,3}\d){5,}")
_AT = re.compile(r"@|[\[(]\s?at\s?[\])]", re.IGNORECASE)
_ADDRESS_LABEL = (
    r"(?:ship(?:ping)?\s(?:to|address)|deliver(?:y|ed)?\s?(?:to|address)|billing\saddress|recipient|consignee"
    r"|address|adresse|lieferadresse|anschrift|direccion|indirizzo|endereco|收货地址|地址|收件人)"
)
_LABELLED = re.compile(_ADDRESS_LABEL, re.IGNORECASE)
_LABEL = re.compile(rf"\W{{0,3}}{_ADDRESS_LABEL}\s{{0,3}}(?:[:：]\s{{0,3}}(?P<own>.*)|(?P<bare>\d.*|))$", re.IGNORECASE)
_POSTCODE = r"(?:[1-9]\d{3}\s?[A-Z]{2}|\d{5}(?:-\d{4})?|\d{6}|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}|[A-Z]\d[A-Z]\s\d[A-Z]\d)"
_STREET = re.compile(
    r"\b\d{1,5}[A-Za-z]?,?\s(?:[\w'.-]+\s){0,4}(?i:street|road|avenue|ave|lane|drive|boulevard|rue|st|rd)\b"
    r"|(?i:stra(?:ß|ss)e|str\.|straat|weg|laan|gracht|plein)\s\d|\b(?i:via|calle|rua|rue)\s(?:[\w'.-]+\s){1,4}\d"
    r"|[路街]\s?\d{1,5}\s?号?"
)
_STREET_WORDS = "street road avenue ave lane drive boulevard rue st rd via calle rua".split()
_STREET_ENDINGS = "straße strasse str. straat weg laan gracht plein 路 街".split()
_WHOLE = re.compile(rf"(?:.*\b\d{{1,5}}\b.*,\s*)?.*\b{_POSTCODE}\b")
_PLACED = re.compile(rf"\b{_POSTCODE}\b|{_STREET.pattern}|^\D{{3,60}}\s\d{{1,5}}\s?[A-Za-z]?\W*$")
_NO_PLACE = re.compile(
    r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s\d|\d{4}-\d\d-\d\d|\d:\d\d|\b[A-Z]{3}\s\d|[$€£¥]|\d\s?(?:%|pcs|pieces|units)"
)
# Where one value ends in source and data: a sign that no line of an address has in it.
_BREAKS = '\n\r\t"<>{}|'
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
    numbers = tuple(_around(text, _MANY_DIGITS, 60, 40))
    for match in _within(_PHONE, text, numbers):
        group = match.lastgroup or ""
        number = match[group]
        digits = sum(c.isdigit() for c in number)
        if group == "chinese" and number.isdigit():
            continue  # in one piece: by what stands beside it
        least = {"named": 7, "han": 7, "world": 8, "linked": 8}.get(group, 9)
        if least <= digits <= 15 and not (group == "national" and (_DAY.match(number) or digits > 12)):
            yield PersonalSpan(PHONE, *match.span(group))
    bare = _within(_BARE, text, numbers)
    yield from (PersonalSpan(PHONE, *match.span()) for match in bare if _is_dialled(text, match))
    yield from (PersonalSpan(PHONE, *match.span()) for match in _within(_GROUPED, text, numbers) if _is_called(text, match))
    mails = _within(_MAIL, text, _around(text, _AT, 70, 330))
    yield from (PersonalSpan(MAIL, *match.span()) for match in mails)
    yield from _accounts(text, numbers)
    cards = _within(_CARD, text, numbers)
    yield from (PersonalSpan(CARD, *match.span()) for match in cards if _is_card(text, match))
    for match in _within(_PASSPORT, text, (*numbers, *_around(text, _PASSPORT_NAMED, 2, 60))):
        yield PersonalSpan(PASSPORT, *match.span(match.lastgroup or 0))
    if "<<" in text:
        lines = _MACHINE_READABLE.finditer(text)
        yield from (PersonalSpan(PASSPORT, *match.span()) for match in lines if "<<" in match[0])
    yield from _address_lines(text)


def _is_called(text: str, match: re.Match[str]) -> bool:
    """Whether figures in groups are a telephone number: no amount or other number, and written as a country does."""
    number, before = match[0], text[max(0, match.start() - 30) : match.start()]
    groups = re.split("[ -]", number)
    if not 8 <= sum(map(len, groups)) <= 10 or all(group.endswith("0") for group in groups) or number.endswith("000"):
        return False
    if all(len(group) == 4 and "1900" <= group < "2100" for group in groups) or _OTHER_NUMBER.search(before):
        return False
    if _NOT_CALLED.search(before) or _COUNTED.match(text, match.end()):
        return False
    return bool(_LONG_GROUP.fullmatch(number)) or _is_written_so_somewhere(number)


def _is_dialled(text: str, match: re.Match[str]) -> bool:
    """Whether figures in one piece are a telephone number: called nothing else, and dialled somewhere."""
    before = text[max(0, match.start() - 30) : match.start()]
    if _CALLED_ELSE.search(before) or _COUNTED.match(text, match.end()):
        return False
    return match.lastgroup == "mobile" or _is_dialled_somewhere(match[0])


@lru_cache(10_000)
def _is_dialled_somewhere(number: str) -> bool:
    from phonenumbers import is_valid_number, parse

    return any(is_valid_number(parse(number, country)) for country in _ZERO_FIRST)


@lru_cache(10_000)
def _is_written_so_somewhere(number: str) -> bool:
    from phonenumbers import Leniency, PhoneNumberMatcher  # a fifth of a second, where it is asked

    grouped = Leniency.EXACT_GROUPING
    return any(PhoneNumberMatcher(number, country, leniency=grouped).has_next() for country in _COUNTRIES)


def _around(text: str, sign: re.Pattern[str], before: int, after: int) -> Iterator[tuple[int, int]]:
    """The stretches of a text in which a form can stand at all: looking there alone is ten times as quick."""
    start = end = 0
    for match in sign.finditer(text):
        if match.start() - before > end:
            if end:
                yield start, end
            start = max(0, match.start() - before)
        end = min(len(text), match.end() + after)
    if end:
        yield start, end


def _within(form: re.Pattern[str], text: str, stretches: Iterable[tuple[int, int]]) -> Iterator[re.Match[str]]:
    return (match for start, end in stretches for match in form.finditer(text, start, end))


def _accounts(text: str, numbers: tuple[tuple[int, int], ...]) -> Iterator[PersonalSpan]:
    yield from (PersonalSpan(ACCOUNT, *match.span("number")) for match in _within(_ACCOUNT, text, numbers))
    for match in _within(_IBAN, text, numbers):
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
    for start, end in _lines_with(text, _LABEL_WORDS):
        label = _LABEL.match(text, start, end) if end - start <= _LONGEST else None
        if label is None:
            continue
        group = "own" if label["own"] else "bare"
        if not label[group]:
            yield from _lines_below(text, end)
        elif re.search(r"\d", label[group]) and not _NO_PLACE.search(label[group]):
            yield PersonalSpan(ADDRESS, label.start(group), end)
    for start, end in _lines_with(text, _STREET_ENDINGS, _STREET_WORDS):
        if end - start <= _LONGEST and _STREET.search(text, start, end) and _WHOLE.match(text, start, end):
            yield PersonalSpan(ADDRESS, start, end)


def _lines_with(text: str, parts: Iterable[str], words: Iterable[str] = ()) -> Iterator[tuple[int, int]]:
    """The lines that hold one of these parts of words, or whole words, in order. An expression is ten times slower."""
    lowered = text.lower()
    lowered = lowered if len(lowered) == len(text) else text
    places = [place for part in parts for place in _places(lowered, part)]
    for word in words:
        found = ((place, place + len(word)) for place in _places(lowered, word))
        places += [at for at, end in found if not (lowered[at - 1 : at].isalnum() or lowered[end : end + 1].isalnum())]
    yield from sorted({_line_around(text, place) for place in places})


def _places(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + len(word))


def _lines_below(text: str, end: int) -> Iterator[PersonalSpan]:
    """The next lines that are not blank, down to the last that tells a place."""
    lines: list[tuple[int, int]] = []
    told = 0
    for match in _PIECE.finditer(text, end):
        start, stop = _bare_span(match)
        if start == stop:
            continue
        lines.append((start, stop))
        line = text[start:stop] if stop - start <= _LONGEST else ""
        if _PLACED.search(line) and not _NO_PLACE.search(line):
            told = len(lines)
        if len(lines) == _MOST_LINES:
            break
    yield from (PersonalSpan(ADDRESS, *line) for line in lines[:told])


def _line_around(text: str, place: int) -> tuple[int, int]:
    """Where the line stands that holds a place, without the spaces round it."""
    least = max(0, place - _LONGEST - 1)
    start = max(max(text.rfind(sign, least, place) for sign in _BREAKS) + 1, least)
    end = min(
        (found for sign in _BREAKS if (found := text.find(sign, place, place + _LONGEST + 1)) >= 0), default=place + _LONGEST
    )
    line = text[start:end]
    return start + len(line) - len(line.lstrip()), start + len(line.rstrip())


def _bare_span(match: re.Match[str]) -> tuple[int, int]:
    """Where the piece stands without the spaces round it."""
    whole = match[0]
    start = match.start() + len(whole) - len(whole.lstrip())
    return start, max(start, match.end() - (len(whole) - len(whole.rstrip())))
