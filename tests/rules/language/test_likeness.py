"""What a message reads like: the arithmetic, the installed weights, and that nothing that somebody writes breaks it."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import WrongRequest
from rules.language.likeness import grams, load_weights, read_weights, resemblances
from rules.language.phrases import SPEAKERS, load_phrases, sentences
from scripts.learn import encoded
from tests.rules.conversation.labelled import LANGUAGES, tried

SPELLING = load_phrases().spelling


def told(text: str) -> list[tuple[str, str]]:
    return [(one, SPELLING.plain(one)) for one in sentences(text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_installed_file_is_as_the_script_writes_it(language: str) -> None:
    """Both speakers', each with flags that he can raise, and the same again when it is written anew."""
    book, tables = load_phrases().book, load_weights(language)
    assert set(tables) == set(SPEAKERS)
    by = {flag.id: flag.by for flag in book.flags}
    assert all(who in by[flag] for who, one in tables.items() for flag in one.table.flags)
    content = encoded(language, tried(language), tables.values())
    assert {who: one.table for who, one in read_weights(content, language).items()} == {
        w: o.table for w, o in tables.items()
    }
    assert all(one.features == tables[who].features for who, one in read_weights(content, language).items())


@pytest.mark.parametrize("content", [b"", b"no zlib", zlib.compress(b"[]\n"), zlib.compress(b'{"language": "en"}\n')])
def test_what_is_no_file_of_weights_is_refused_with_its_name(content: bytes) -> None:
    with pytest.raises(WrongRequest, match="likeness_xx"):
        read_weights(content, "likeness_xx")


def test_features_are_words_pairs_and_pieces_with_figures_alike() -> None:
    whole, pieces = grams("ship 12 days")
    assert whole == ["wship", "w#", "wship #", "wdays", "w# days"]
    assert {"c sh", "cship", "c ship", "c # "} <= set(pieces)
    assert grams("发货晚了")[1][:5] == ["c发", "c货", "c晚", "c了", "c发货"]


@given(st.text(max_size=400), st.sampled_from(tuple(LANGUAGES)), st.sampled_from(SPEAKERS))
def test_whatever_is_written_has_a_share_of_each_flag(text: str, language: str, who: str) -> None:
    for one in resemblances(load_weights(language)[who], told(text)):
        assert 0 <= one.share <= 1
        assert one.sentence in text


def test_a_very_long_message_is_looked_at_in_a_time_that_grows_with_it() -> None:
    """No word of it is looked at in pieces that is no word, and what is said over and over once."""
    whole, pieces = grams("a" * 100_000)
    assert (len(whole), pieces) == (1, [])
    assert len(grams("货" * 10_000)[1]) < 40_000
    weights = load_weights("en")["supplier"]
    once = resemblances(weights, told("We packed two fewer. Sorry!"))
    assert resemblances(weights, told("We packed two fewer. Sorry! " * 2000))[0].sentence == once[0].sentence
