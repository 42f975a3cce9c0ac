"""Whose number, mail or house stands in what the other side would see: counted by kind and exhibit, never repeated. Pure.

Found by their form and by the labels beside them; what is written otherwise is not found, and nobody is told that there is
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PHONE, MAIL, ADDRESS, PLACE = "phone", "mail", "address", "place"
_WORDS = {
    PHONE: ("telephone number", "telephone numbers"), MAIL: ("mail address", "mail addresses"),
    ADDRESS: ("line of a postal address", "lines of postal addresses"), PLACE: ("place of a photo", "places of photos"),
}  # fmt: skip
_DIGITS = r"[+(]?\d(?:[ \u00a0().\-/]{0,2}\d){6,14}"
_PHONE = re.compile(
    rf"""(?<![\w+/.=-])(?P<world>\+\d(?:[ \u00a0().\-/]{{0,2}}\d){{7,14}})(?![\w])
      | \b(?:tel(?:ephone)?|phone|mobile|cell|whatsapp|wechat|fax|t[eé]l[eé]phone|telefon|tel[eé]fono|handy)\b\.?
        (?:\s(?:no|number|nr)\b\.?)?\s{{0,3}}[:：]?\s{{0,3}}(?P<named>{_DIGITS})(?![\w])
      | (?:电话|手机|电话号码|手机号|電話|전화)\s{{0,3}}[:：]?\s{{0,3}}(?P<han>{_DIGITS})(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[A-Za-z]{2,24}(?![\w-])")
_LABEL = re.compile(
    r"""^\W{0,3}(?:ship(?:ping)?\s(?:to|address)|deliver(?:y|ed)?\s?(?:to|address)|billing\saddress|recipient|consignee|address
      |adresse|lieferadresse|anschrift|direcci[oó]n|indirizzo|endere[cç]o|收货地址|地址|收件人)\s{0,3}[:：]?\s{0,3}(?P<own>.*)$""",
    re.VERBOSE | re.IGNORECASE,
)
_POSTCODE = r"(?:[1-9]\d{3}\s?[A-Z]{2}|\d{5}(?:-\d{4})?|\d{6}|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}|[A-Z]\d[A-Z]\s\d[A-Z]\d)"
_STREET = re.compile(
    r"\b\d{1,5}[A-Za-z]?,?\s(?:[\w'.-]+\s){0,4}(?i:street|road|avenue|ave|lane|drive|boulevard|rue|st|rd)\b"
    r"|(?i:stra(?:ß|ss)e|str\.|straat|weg|laan|gracht|plein)\s\d|\b(?i:via|calle|rua|rue)\s(?:[\w'.-]+\s){1,4}\d"
    r"|[路街]\s?\d{1,5}\s?号?"
)
_WHOLE = re.compile(rf"(?:.*\b\d{{1,5}}\b.*,\s*)?.*\b{_POSTCODE}\b")
_LONGEST = 200  # letters of a line that can be one of an address


@dataclass(frozen=True, slots=True)
class PersonalData:
    """How many of one kind (phone, mail, address, place) stand in an exhibit."""

    exhibit: str
    kind: str
    count: int

    @property
    def words(self) -> str:
        """ "2 telephone numbers"."""
        one, more = _WORDS[self.kind]
        return f"{self.count} {one if self.count == 1 else more}"


def personal_data(exhibit: str, texts: Iterable[str], *, places: int = 0) -> tuple[PersonalData, ...]:
    """What stands in the texts of an exhibit, each value once; `places` of its photos say where they were taken."""
    said = "\n".join(texts)
    found = {
        PHONE: {re.sub(r"\D", "", number) for number in _phones(said)},
        MAIL: {match[0].lower() for match in _MAIL.finditer(said)},
        ADDRESS: set(_address_lines(said)),
    }
    counts = {kind: len(values) for kind, values in found.items()} | {PLACE: places}
    return tuple(PersonalData(exhibit, kind, count) for kind, count in counts.items() if count)


def _phones(text: str) -> Iterator[str]:
    for match in _PHONE.finditer(text):
        number = match["world"] or match["named"] or match["han"]
        if 7 <= len(re.sub(r"\D", "", number)) <= 15:
            yield number


def _address_lines(text: str) -> Iterator[str]:
    """Lines under a label of an address, and those with a street and a postcode."""
    labelled = 0
    for line in map(str.strip, text.splitlines()):
        label = _LABEL.match(line) if len(line) <= _LONGEST else None
        if label is not None:
            labelled = 0 if label["own"] else 1
            if re.search(r"\d", label["own"]):
                yield label["own"]
        elif line and labelled:
            labelled -= 1
            if len(line) <= _LONGEST and re.search(r"\d", line):
                yield line
        elif len(line) <= _LONGEST and _STREET.search(line) and _WHOLE.match(line):
            yield line
