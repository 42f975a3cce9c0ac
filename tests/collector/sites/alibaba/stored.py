"""Stored pages for reader tests: from bytes, from the local marketplace, from the saved real pages."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from collector.canonical import sha256
from collector.model import Fact, Money, Printed
from collector.site import Document, StoredPage
from collector.sites.alibaba import Alibaba
from fixtures.marketplace.pages import render, shows
from fixtures.marketplace.scenarios import ORIGIN, SCENARIOS, addresses

ALIBABA = Alibaba()
BASE = date(2026, 7, 1)
SEEN = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
KINDS = ("order", "supplier", "product", "thread", "dispute")


def stored(body: bytes | str, url: str, status: int = 200) -> StoredPage:
    data = body.encode() if isinstance(body, str) else body
    return StoredPage(url, status, (Document(0, sha256(data), data),), "", SEEN, "snap-1")


def real_address(url: str) -> str:
    return url.replace(ORIGIN.partition("//")[2], "alibaba.com").replace("http://", "https://")


def address(kind: str, scenario: str = "led-fans") -> str:
    return real_address(addresses(scenario, whole=True)[kind])


@cache  # a page is the same bytes each time
def market(kind: str, day: int, *, scenario: str = "led-fans", **options: Any) -> bytes:
    return render(scenario, day, kind, base=BASE, origin=ORIGIN, **{"settled": True, **options})


def market_page(kind: str, day: int, **options: Any) -> StoredPage:
    return stored(market(kind, day, **options), address(kind, options.get("scenario", "led-fans")))


@cache
def days_with(kind: str) -> tuple[int, ...]:
    return tuple(day for day in SCENARIOS["led-fans"].days if shows("led-fans", day, kind))


def saved(name: str, url: str) -> StoredPage:
    """A saved real page, or a skip that says why there is none."""
    folder = os.environ.get("TRADEWITNESS_REAL_PAGES", "")
    if not folder:
        pytest.skip("TRADEWITNESS_REAL_PAGES is not set: no saved real pages to read")
    path = Path(folder) / name
    if not path.is_file():
        pytest.skip(f"{name} is not among the saved real pages")
    return stored(path.read_bytes(), url)


def facts(kind: str, page: StoredPage) -> dict[str, Fact]:
    return {fact.name: fact for fact in ALIBABA.read(kind, page)}


def without_scripts(body: bytes) -> bytes:
    return re.sub(rb"<script\b.*?</script>", b"", body, flags=re.DOTALL)


def atoms(value: Any) -> Iterator[str]:
    """What must stand on a page for a value to be honest: its texts and figures; truth values are judgements."""
    if isinstance(value, Money):
        yield format(value.amount, "f")
    elif isinstance(value, Printed):
        yield value.text
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key not in {"id", "kind", "from", "badge", "url"}:
                yield from atoms(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from atoms(item)
    elif isinstance(value, str) and value != "not_shown":
        yield from re.split(r"; |: |\n", value)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield str(value)


def standing(body: bytes, soup: BeautifulSoup) -> str:
    """All that stands on a page, in markup, attributes and data, with nothing left but letters and figures.

    Three views: as written, without tags, and as a parser takes broken tags (`soup`).
    """
    text = html.unescape(html.unescape(unquote(body.decode("utf-8", "replace"))))
    data = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text).replace('\\"', '"').replace("\\/", "/")
    bare = re.sub(r"<[^<>]*>", "", data)
    return "|".join(_letters(view) for view in (data, bare, soup.get_text()))


def _letters(text: str) -> str:
    return re.sub(r"[\s,;\u200b\u200e\u200f]+", "", text).casefold()


def stands(atom: str, page: str) -> bool:
    return (
        any(_letters(form) in page for form in _forms(atom)) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", atom) is not None
    )


def _forms(atom: str) -> set[str]:
    """A text as it is; a figure as it is printed with points or commas, with and without decimals that are nought."""
    if not re.fullmatch(r"[0-9]+[.][0-9]+", atom):
        return {atom}
    printed = {f"{Decimal(atom):,}", f"{Decimal(atom):,}".rstrip("0").rstrip(".")}
    return printed | {form.translate(str.maketrans(",.", ".,")) for form in printed}


def pointed_at(body: bytes, place: Any) -> Any:
    """The value that a JSON place points at, found without the reader."""
    variable, _, pointer = place.path.partition("#")
    source = body.decode()
    start = source.index(variable + " = ") + len(variable) + 3
    value, _ = json.JSONDecoder().raw_decode(source, start)
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value
