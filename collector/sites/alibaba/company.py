"""A company as pages print it: its name, its years on the platform, its country."""

from __future__ import annotations

import re

from bs4 import Tag

from collector.reading.markup import Frame
from collector.reading.readings import Node, Reading
from collector.reading.texts import as_count, as_text, is_blank, squeezed, text_of

_CODE = re.compile(r"[A-Z]{2}")  # of a country
# What else stands in a box with a company's name: marks, buttons, ratings, parts of "8 yrs" that stand apart.
_MARK = re.compile(
    r"(?:verified|assessed|audited)(?: (?:supplier|manufacturer|pro))?|gold supplier|trade assurance|pro"
    r"|chat(?: now)?|contact(?: supplier| now)?|follow|(?:view|visit) (?:profile|store)"
    r"|[0-9.,/()+\s]+|[·•|,*★]+|(?:st|nd|rd|th)?\s*(?:yrs?|years?)\.?|china(?: \(mainland\))?",
    re.IGNORECASE,
)
_YEAR = (
    r"(?:(?:st|nd|rd|th)?\s*(?:yrs?|years?|años?|anos?|ans?|anni|jahre?|jaar|lat|lata|thn|tahun|yıl|лет|года?|năm|ปี|سنوات|سنة)\b"
    r"|年(?![0-9])|년)"
)
YEARS = re.compile(rf"(?<![0-9.,])([0-9]{{1,2}})\s*{_YEAR}(?:\s+(?:on|at|en|di|sur|auf|su|na)\s+\S+)?", re.IGNORECASE)
_TENURE = re.compile(rf"(?:gold supplier[\s:：]+)?{YEARS.pattern}(?:\s+gold supplier)?", re.IGNORECASE)
_UNIT = re.compile(_YEAR, re.IGNORECASE)
_YEARS_LENGTH = 80
_MOST_YEARS = 60  # what is more is the year of the company's founding
_NAME_LENGTH = 120
_AVERAGE = re.compile(r"average|industry|promedio|rata-rata|平均", re.IGNORECASE)
_FLAG = re.compile(r"/flags?/(?:[^/]+/)*([a-z]{2})\.(?:png|svg|webp|jpe?g)", re.IGNORECASE)
YEARS_KEYS = ("companyJoinYears", "joinYears", "accountJoinYears", "goldSupplierYears", "years")


def company_name(tag: Tag) -> str:
    """The company's name in a link or heading, without the years, country and marks that may stand in it; "" where unclear.

    A name that is cut short is taken whole from the tag's `title`; without one it stays cut, with its dots.
    """
    texts = [text for string in tag.find_all(string=True) if (text := squeezed(string))]
    own = [text for text in texts if not _beside_name(text)]
    if len(own) == len(texts):
        name = " ".join(texts)
    elif len(own) == 1:
        name = own[0]
    else:
        parts = (one for one in tag.find_all(True) if [squeezed(string) for string in one.stripped_strings] == own)
        name = next((text_of(one) for one in parts), "")
    whole = squeezed(str(tag.get("title") or ""))
    cut = name.removesuffix("…").removesuffix("...").rstrip()
    return whole if cut != name and cut and whole.startswith(cut) else name


def company_reading(frame: Frame, tag: Tag | None) -> Reading | None:
    """A company's name where it stands; a long text is none, and one that is cut short is not understood."""
    if tag is None or is_blank(text_of(tag)):
        return None
    name = company_name(tag)
    shown = name and name in text_of(tag)
    place = frame.place(tag, name or text_of(tag), "" if shown or not name else "title")
    whole = len(name) <= _NAME_LENGTH and not name.endswith(("…", "..."))
    return Reading(as_text(name) if whole else None, place)


def _beside_name(text: str) -> bool:
    return _MARK.fullmatch(text) is not None or _CODE.fullmatch(text) is not None or _says_tenure(text)


def years_of(text: str) -> int | None:
    """Years on the platform from "6 yrs", "6 yrs on Alibaba.com" or, in other languages, the one number there."""
    match = YEARS.search(text) if _says_tenure(text) else None
    years = int(match[1]) if match else as_count(text) if len(text) <= 24 and "+" not in text else None
    return years if years is not None and 0 < years <= _MOST_YEARS else None


def years_stated(shop: Node) -> Reading | None:
    """The supplier's years on the platform in its data; never an average that stands beside them."""
    return shop.first(*YEARS_KEYS).field.read(years_of)


def tenure_in(box: Tag) -> Tag | None:
    """The element of a box that prints a number of years and nothing else, not as a value under a label; one only."""
    found: dict[int, Tag] = {}
    for string in box.find_all(string=_UNIT):
        tag = string.parent
        for _ in range(3):
            if tag is None or _says_tenure(text_of(tag)):
                break
            tag = tag.parent
        if tag is None or not _says_tenure(text_of(tag)):
            continue
        before, beside = tag.previous_sibling, text_of(tag.parent)[:80] if tag.parent is not None else ""
        if not _AVERAGE.search(beside) and (before is None or not squeezed(before.get_text()).endswith((":", "："))):
            found[id(tag)] = tag
    return next(iter(found.values())) if len({text_of(tag) for tag in found.values()}) == 1 else None


def _says_tenure(text: str) -> bool:
    """Whether a short text is a number of years, alone or between dots and bars ("CN · 6 yrs · Manufacturer")."""
    return (
        len(text) <= _YEARS_LENGTH
        and sum(1 for part in re.split(r"\s[·•|]\s", text) if _TENURE.fullmatch(part.strip())) == 1
    )


def drawn_flag(box: Tag, frame: Frame) -> Reading | None:
    """The country whose one flag is drawn in a box, by the code in the picture's address or name."""
    drawn: dict[str, Reading] = {}
    for tag in box.find_all("img", limit=20):
        source, named = str(tag.get("src", "")), str(tag.get("alt", ""))
        if (match := _FLAG.search(source)) is not None:
            drawn.setdefault(match[1].upper(), Reading(match[1].upper(), frame.place(tag, source, "src")))
        elif _CODE.fullmatch(named):
            drawn.setdefault(named, Reading(named, frame.place(tag, named, "alt")))
    return next(iter(drawn.values())) if len(drawn) == 1 else None


def agreeing_country(code: Node, name: Node, tag: Tag | None, frame: Frame) -> tuple[Reading | None, ...]:
    """The country from data and from the block; a code and a name for it are one, so a name is held against a name."""
    data, shown = code.read(country_in), frame.read(tag, country_in)
    if data is None or shown is None or shown.value is None:
        return data, shown
    beside = code.text if _CODE.fullmatch(str(shown.value)) else name.text
    comparable = bool(beside) and bool(_CODE.fullmatch(beside)) == bool(_CODE.fullmatch(str(shown.value)))
    if comparable and beside.casefold() == str(shown.value).casefold():
        return (data,)
    return (data, shown) if comparable else (data,)


def of_one_form(*countries: Reading | None) -> tuple[Reading | None, ...]:
    """Those countries that can be compared with the first that is understood: codes with codes, names with names."""
    first = next((str(one.value) for one in countries if one is not None and one.value is not None), "")
    coded = _CODE.fullmatch(first) is not None
    return tuple(one for one in countries if one is None or bool(_CODE.fullmatch(str(one.value))) is coded)


def country_in(text: str) -> str | None:
    """The country at the end of an address: "Guangdong, China (Mainland)"."""
    place = re.sub(r"^located in\s+", "", text.strip(), flags=re.IGNORECASE)
    return as_text(re.sub(r"\s*\[.*\]$", "", place).rpartition(",")[2].strip()) if len(place) <= 120 else None
