"""Words are cut, found and marked by one rule, in scripts with spaces and without."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.archive.fulltext import FullText, SearchScope, asserted_passage, spans, terms_of, words_of

CJK = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
MIXED = st.text(st.one_of(CJK, st.sampled_from("，。 abcXYZ0123éß,.-—'\"*()\n\t"), st.characters()), max_size=60)


def make_fulltext() -> FullText:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    made = FullText(connection)
    made.create()
    return made


@pytest.fixture
def fulltext() -> Iterator[FullText]:
    made = make_fulltext()
    yield made
    made.connection.close()


def keep(fulltext: FullText, text: str, name: str = "note") -> None:
    fulltext.take([asserted_passage("1", name, 1, text, "2026-10-04T12:00:00.000Z")])


def found(fulltext: FullText, *sought: str) -> list[str]:
    terms = terms_of(sought)
    return [one.text for one in fulltext.find(terms, SearchScope(), 100)[0]]


FINDS = [
    ("损", "外箱损坏了"), ("损坏", "外箱损坏了"), ("箱损坏了", "外箱损坏了"), ("坏，请", "损坏。请回复"),
    ("carton", "12 Cartons were wet"), ("CAFÉ", "cafe\u0301 lamps"), ("cafe", "CAFÉ lamps"), ("usd", "ＵＳＤ 86"),
    ("8600", "USD 8,600.00"), ("8,600.00", "USD 8,600.00"), ("8600", "8.600,00 EUR"), ("wet carton", "a wet  CARTON"),
    ("hauptstrasse", "Hauptstraße 5"), ("微信pay", "用微信Pay付款"), ("สี", "หลอดไฟสีขาว"), ("退款", "請退款"),
    ("2", "size ⑵"),
]  # fmt: skip


@pytest.mark.parametrize(("sought", "text"), FINDS)
def test_what_a_person_would_call_the_same_word_is_found_and_marked(fulltext: FullText, sought: str, text: str) -> None:
    keep(fulltext, text)
    assert found(fulltext, sought) == [text]
    assert spans(text, terms_of([sought]))


MISSES = [
    ("坏损", "外箱损坏了"), ("arton", "cartons"), ("carton wet", "wet carton"), ("损了", "损坏了"), ("860", "USD 8,6 00"),
    ("cat", "c a t"),
]  # fmt: skip


@pytest.mark.parametrize(("sought", "text"), MISSES)
def test_other_words_are_not_found_and_not_marked(fulltext: FullText, sought: str, text: str) -> None:
    keep(fulltext, text)
    assert found(fulltext, sought) == []
    assert spans(text, terms_of([sought])) == []


def test_every_word_must_be_there_in_any_order(fulltext: FullText) -> None:
    keep(fulltext, "the outer carton was wet")
    assert found(fulltext, "wet", "carton")
    assert found(fulltext, "wet", "dry") == []


def test_a_passage_that_is_replaced_is_forgotten_word_by_word(fulltext: FullText) -> None:
    keep(fulltext, "损坏 late")
    fulltext.drop(asserted_passage("1", "note", 1, "", "").key)
    keep(fulltext, "damaged")
    assert found(fulltext, "损坏") == found(fulltext, "late") == []
    assert found(fulltext, "damaged") == ["damaged"]


def test_the_same_passage_seen_again_stands_once(fulltext: FullText) -> None:
    keep(fulltext, "wet")
    keep(fulltext, "wet")
    assert found(fulltext, "wet") == ["wet"]
    assert [one.visits for one in fulltext.find(terms_of(["wet"]), SearchScope(), 9)[0]] == [2]


@given(MIXED)
def test_any_text_can_be_sought(sought: str) -> None:
    """Whatever is typed is words to look for, never a language of its own."""
    fulltext = make_fulltext()
    keep(fulltext, "the outer carton was wet OR dry, 外箱损坏了")
    found(fulltext, sought)
    found(fulltext, *sought.split())


@given(MIXED, st.data())
def test_any_run_of_chinese_characters_in_a_text_is_found_and_marked_as_it_stands(text: str, data: st.DataObject) -> None:
    """Two characters or more of one run, wherever it stands in whatever text."""
    runs = [run for run in split_runs(text) if len(run) >= 2]
    text, runs = (text, runs) if runs else (text + "外箱损坏了", ["外箱损坏了"])
    run = data.draw(st.sampled_from(runs))
    start = data.draw(st.integers(0, len(run) - 2))
    sought = run[start : data.draw(st.integers(start + 2, len(run)))]
    fulltext = make_fulltext()
    keep(fulltext, text)
    assert len(found(fulltext, sought)) == 1
    assert sought in [text[begin:end] for begin, end in spans(text, terms_of([sought]))] or overlapping(text, sought)


def split_runs(text: str) -> list[str]:
    return "".join(c if "\u4e00" <= c <= "\u9fff" else " " for c in text).split()


def overlapping(text: str, sought: str) -> bool:
    """Marks that overlap are joined into one (一一 in 一一一)."""
    return any(sought in text[begin:end] for begin, end in spans(text, terms_of([sought])))


@given(MIXED, MIXED)
def test_what_the_index_finds_is_what_is_marked(text: str, sought: str) -> None:
    """One rule cuts both, so no hit is without a mark and no mark without a hit."""
    terms = terms_of([sought])
    fulltext = make_fulltext()
    keep(fulltext, text, "")
    assert bool(found(fulltext, sought)) == bool(terms and spans(text, terms))


@given(MIXED)
def test_words_stand_where_they_say_in_order_and_apart(text: str) -> None:
    words = list(words_of(text))
    assert all(0 <= w.start < w.end <= len(text) and w.folded for w in words)
    assert all(a.end <= b.start for a, b in pairwise(words))
