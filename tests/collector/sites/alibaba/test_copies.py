"""Each kind of page in many damaged copies: what is read there is right, or stands under its label, or is not read."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest
from bs4 import BeautifulSoup

from collector.model import Fact
from collector.reading.readings import same
from fixtures.marketplace.scenarios import SCENARIOS
from tests.collector.sites.alibaba import shapes
from tests.collector.sites.alibaba.stored import address, atoms, facts, market, saved, standing, stands, stored

CASES = [
    *[("led-fans", kind, 68) for kind in ("order", "supplier", "product", "thread", "dispute", "search", "tracking")],
    ("t-shirts", "dispute", 44), ("fans-es", "order", 68), ("fans-id", "dispute", 68), ("fans-zh", "order", 68),
    ("instalments", "order", max(SCENARIOS["instalments"].days)), ("year-2018", "search", 0), ("year-2018", "product", 0),
    ("year-2021", "search", 0), ("year-2024", "search", 0),
]  # fmt: skip
REAL = [
    ("product-2026.html", "product", "https://www.alibaba.com/product-detail/x_1600691082191.html"),
    ("search-item-2018.html", "search", "https://www.alibaba.com/trade/search?SearchText=x"),
]
SHAPES = [
    ("product", shapes.OLD, shapes.PRODUCT),
    ("product", shapes.bare_product() + shapes.script("window.detailData", shapes.detail()), shapes.PRODUCT),
    ("supplier", shapes.PROFILE_2018, shapes.SHOP),
    ("supplier", shapes.shop_2026(), shapes.SHOP),
    ("supplier", shapes.PROFILE_2018 + shapes.module_data("icbu-pc-shopSign", shapes.SIGN), shapes.SHOP),
    (
        "search",
        shapes.card(60000001, "one", shapes.NAME, "7 yrs") + shapes.card(60000002, "two", shapes.OTHER, "3 yrs"),
        shapes.SEARCH,
    ),
]
FEW, MANY = 5, 200  # of few, each is damaged in another way
ENCODINGS = ("utf-16", "latin-1", "gb18030", "cp1252", "big5", "utf-8-sig")


def removed(body: bytes, chance: random.Random) -> bytes:
    """The page without up to eight of its nodes."""
    soup = BeautifulSoup(body, "lxml")
    for tag in chance.sample(soup.find_all(True), k=chance.randint(1, 8)):
        if not tag.decomposed:
            tag.decompose()
    return str(soup).encode()


def reordered(body: bytes, chance: random.Random) -> bytes:
    """The page with the children of up to four nodes in another order."""
    soup = BeautifulSoup(body, "lxml")
    parents = [tag for tag in soup.find_all(True) if len(tag.find_all(True, recursive=False)) > 1]
    for parent in chance.sample(parents, k=min(4, len(parents))):
        children = parent.find_all(True, recursive=False)
        chance.shuffle(children)
        for child in children:
            parent.append(child.extract())
    return str(soup).encode()


def renamed(body: bytes, chance: random.Random) -> bytes:
    """The page with a third of its classes, and some of its modules and elements, under other names."""
    soup = BeautifulSoup(body, "lxml")
    for tag in soup.find_all(True):
        if tag.get("class") and chance.random() < 0.3:
            tag["class"] = f"x{chance.randint(0, 999)}"
        if tag.get("data-module-name") and chance.random() < 0.3:
            tag["data-module-name"] = f"module_{chance.randint(0, 999)}"
        if tag.name in {"div", "span", "dd", "dt", "li", "td"} and chance.random() < 0.1:
            tag.name = chance.choice(("div", "span", "p", "x-cell"))
    return str(soup).encode()


def truncated(body: bytes, chance: random.Random) -> bytes:
    """The first part of the page, or the page with a piece cut out."""
    start = chance.randrange(len(body))
    return body[:start] + (body[start + chance.randrange(len(body)) :] if chance.random() < 0.5 else b"")


def recoded(body: bytes, chance: random.Random) -> bytes:
    """The page in another encoding than it says, characters that the encoding has not as question marks."""
    return body.decode("utf-8", "replace").encode(chance.choice(ENCODINGS), "replace")


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (removed, reordered, renamed, truncated, recoded)


# A country's name where its code is gone, the oldest entry that is left of a record, the start of the first price row
# that is left, a conversation whose start is gone: on the copy they are right.
OTHERWISE = {"supplier.country", "tracking.first_scan", "product.min_order", "thread.complete"}


def whole(original: Any, value: Any) -> bool:
    """Whether a value is the undamaged page's, or a part of its text."""
    both = isinstance(original, str) and isinstance(value, str)
    return same(original, value) or (both and value.casefold() in original.casefold())


def honest(kind: str, url: str, copy: bytes, original: Mapping[str, Fact], *, moved: bool, recoded: bool, cut: bool) -> None:
    """Every atom of every value stands on the copy; where nothing was moved, single values are the undamaged page's."""
    soup = BeautifulSoup(copy, "lxml")
    stands_there = standing(str(soup).encode() if recoded else copy, soup)
    for name, fact in facts(kind, stored(copy, url)).items():
        assert (fact.value is None) == (fact.state != "read")
        for atom in atoms(fact.value):
            assert stands(atom, stands_there), (name, atom)
        if fact.state != "read" or moved or name in OTHERWISE or isinstance(fact.value, tuple | Mapping):
            continue
        if (recoded or cut) and isinstance(fact.value, str):
            continue  # letters became others, or two halves of texts one: that is what the copy says now
        if cut and fact.place is not None and fact.place.scheme == "json":
            continue  # two halves of data became one object
        assert original[name].state == "read", fact
        assert whole(original[name].value, fact.value), (fact, original[name].value)


def damage(body: bytes, kind: str, url: str, copies: int) -> None:
    original = facts(kind, stored(body, url))
    for seed in range(copies):
        harm, chance = DAMAGES[seed % len(DAMAGES)], random.Random(seed)
        copy = harm(body, chance)
        honest(kind, url, copy, original, moved=harm is reordered, recoded=harm is recoded, cut=harm is truncated)


@cache
def page(name: str, kind: str, day: int) -> bytes:
    return market(kind, day, scenario=name)


@pytest.mark.stories
@pytest.mark.parametrize(("name", "kind", "day"), CASES)
def test_a_copy_damaged_in_each_way_of_each_page_gives_no_value_that_is_not_its_own(name: str, kind: str, day: int) -> None:
    damage(page(name, kind, day), kind, address(kind, name), FEW)


@pytest.mark.proof
@pytest.mark.parametrize(("name", "kind", "day"), CASES)
def test_two_hundred_damaged_copies_of_each_page_give_no_value_that_is_not_theirs(name: str, kind: str, day: int) -> None:
    damage(page(name, kind, day), kind, address(kind, name), MANY)


@pytest.mark.proof
@pytest.mark.parametrize(("name", "kind", "url"), REAL)
def test_two_hundred_damaged_copies_of_saved_pages_give_no_value_that_is_not_theirs(name: str, kind: str, url: str) -> None:
    damage(saved(name, url).documents[0].html, kind, url, MANY)


@pytest.mark.parametrize(("kind", "body", "url"), SHAPES)
def test_a_copy_damaged_in_each_way_of_each_older_shape_gives_no_value_that_is_not_its_own(
    kind: str, body: str, url: str
) -> None:
    damage(body.encode(), kind, url, FEW)


@pytest.mark.proof
@pytest.mark.parametrize(("kind", "body", "url"), SHAPES)
def test_two_hundred_damaged_copies_of_each_older_shape_give_no_value_that_is_not_theirs(
    kind: str, body: str, url: str
) -> None:
    damage(body.encode(), kind, url, MANY)


def test_every_damage_changes_the_page() -> None:
    body = page("fans-zh", "order", 68)
    for harm in DAMAGES:
        assert harm(body, random.Random(1)) != body
