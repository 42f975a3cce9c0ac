"""Damaged pages never raise and never give a value that does not stand in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from bs4 import BeautifulSoup
from bs4.element import Comment
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.model import Target
from collector.site import StoredPage
from tests.collector.sites.alibaba.stored import (
    ALIBABA,
    KINDS,
    address,
    atoms,
    days_with,
    market,
    saved,
    standing,
    stands,
    stored,
)

# A page is parsed twice an example: a tenth of what cheaper properties try, in `make test` as in `make proof`.
bounded = settings(max_examples=max(3, settings().max_examples // 10), suppress_health_check=[HealthCheck.too_slow])


def newest(kind: str) -> bytes:
    return market(kind, days_with(kind)[-1])


def honest(kind: str, body: bytes, url: str) -> None:
    page = stored(body, url)
    soup = BeautifulSoup(body, "lxml")
    all_of_it = standing(body, soup)
    for fact in ALIBABA.read(kind, page):
        assert fact.state in {"read", "not_shown", "unreadable"}
        assert (fact.value is None) == (fact.state != "read")
        if fact.place is not None and fact.place.scheme == "css":
            assert soup.select_one(fact.place.path) is not None, fact.place
        for atom in atoms(fact.value):
            assert stands(atom, all_of_it), (fact.name, atom)
    ALIBABA.recognise(page)
    ALIBABA.identity(page, Target("t", "c", kind, url, expects={"order": "1", "supplier": "x"}))
    ALIBABA.discover(page)


def cut(body: bytes, start: float, length: float) -> bytes:
    first = int(len(body) * start)
    return body[:first] + body[first + int(len(body) * length) :]


def without_nodes(body: bytes, picks: list[int]) -> bytes:
    soup = BeautifulSoup(body, "lxml")
    for pick in picks:
        tags = soup.find_all(True)
        tags[pick % len(tags)].decompose() if tags else None
    return str(soup).encode()


def with_keys_gone(body: bytes, picks: list[int]) -> bytes:
    """The page with single characters of its data and markup overwritten."""
    damaged = bytearray(body)
    for pick in picks:
        damaged[pick % len(damaged)] = b'"{}[]<>0, '[pick % 10]
    return bytes(damaged)


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_in_comments_is_on_no_page(kind: str) -> None:
    soup = BeautifulSoup(newest(kind), "lxml")
    for tag in soup.body.find_all(True) if soup.body else ():
        if tag.name not in {"script", "style"}:
            tag.append(Comment(' Please respond by Jan 1, 2030. Total: USD 1.00, "showTime": 1790708050922} '))
    noted, plain = stored(str(soup), address(kind)), stored(str(BeautifulSoup(newest(kind), "lxml")), address(kind))
    assert values(noted, kind) == values(plain, kind)


def values(page: StoredPage, kind: str) -> dict[str, object]:
    return {fact.name: (fact.state, fact.value) for fact in ALIBABA.read(kind, page)}


@pytest.mark.parametrize("kind", KINDS)
@bounded
@given(st.floats(0, 1), st.floats(0, 1))
def test_a_page_with_a_piece_cut_out(kind: str, start: float, length: float) -> None:
    honest(kind, cut(newest(kind), start, length), address(kind))
    honest(kind, newest(kind)[: int(len(newest(kind)) * start)], address(kind))


@pytest.mark.parametrize("damage", [without_nodes, with_keys_gone])
@pytest.mark.parametrize("kind", KINDS)
@bounded
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_a_page_with_nodes_removed_or_characters_overwritten(
    kind: str, damage: Callable[[bytes, list[int]], bytes], picks: list[int]
) -> None:
    honest(kind, damage(newest(kind), picks), address(kind))


@pytest.mark.parametrize("kind", [*KINDS, "search"])
@bounded
@given(st.binary(max_size=300))
def test_a_page_of_any_bytes(kind: str, body: bytes) -> None:
    honest(kind, body, "https://www.alibaba.com/")


@pytest.mark.parametrize("kind", [*KINDS, "search"])
def test_data_of_the_wrong_types_is_not_read_as_something(kind: str) -> None:
    odd = '{"orderInfoVO": [1, {"orderId": {}}], "contractVO": 5, "issueId": [], "issueStatus": {}, "deadline": true, '
    odd += '"subject": 7, "productId": null, "companyName": ["x"], "subDomain": {}, "offerResultData": [[]], '
    odd += '"globalData": {"product": [], "seller": 3}}'
    names = ("pageData", "disputeData", "detailData", "shopBizData", "__page__data")
    body = "".join(f"<script>window.{name} = {odd};</script>" for name in names)
    read = ALIBABA.read(kind, stored(body, "https://www.alibaba.com/"))
    assert all(fact.state != "read" or fact.value in {"7"} for fact in read), read


@pytest.mark.parametrize("parts", [(1, 6), pytest.param(range(1, 8), marks=pytest.mark.proof)])
def test_the_real_pages_cut_short(parts: Sequence[int]) -> None:
    """At so many eighths of their length."""
    for kind, name in (("product", "product-2026.html"), ("search", "search-item-2018.html")):
        url = "https://www.alibaba.com/product-detail/x_1600691082191.html"
        body = saved(name, url).documents[0].html
        for part in parts:
            honest(kind, body[: len(body) * part // 8], url)
            honest(kind, body[len(body) * part // 8 :], url)


@pytest.mark.parametrize(
    "piece", ["<span>Order number</span>", "<div>", "<div><span>Refund amount", "<table><tr><td>Status"]
)
def test_a_page_that_repeats_itself_without_end_is_still_answered(piece: str) -> None:
    for kind in ("order", "dispute", "product"):
        assert all(fact.state != "read" or fact.value for fact in ALIBABA.read(kind, stored(piece * 500, address(kind))))


def test_a_place_in_an_oddly_named_element_still_leads_there() -> None:
    body = "<d}v><o:p><dl><dt>Order number</dt><dd>250861947301028446</dd></dl></o:p></d}v>"
    (fact,) = [fact for fact in ALIBABA.read("order", stored(body, address("order"))) if fact.name == "order.number"]
    assert fact.place is not None
    (found,) = BeautifulSoup(body, "lxml").select(fact.place.path)
    assert found.get_text() == fact.value


@pytest.mark.parametrize("more", ["<div>" * 5_000, "<p>x</p>" * 350_000])
def test_a_page_too_deep_or_too_large_to_be_read_is_not_understood_and_holds_nobody_up(more: str) -> None:
    page = "<body><h1>Garden Lamp</h1><b class='price'>US$3.50</b>" + more
    for fact in ALIBABA.read("product", stored(page, address("product"))):
        assert fact.state == "unreadable"
        assert fact.place is not None
        assert fact.place.quote.startswith("Garden Lamp US$3.50")
