"""One spelling for phrases and messages: what is undone, and what is left alone."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.language.phrases import load_phrases
from rules.language.spelling import folded, spelling, words

WORDS = ("confirm", "delivery", "platform", "payment", "contract", "contact", "assurance", "without", "unable", "able")
SPELLING = spelling({"whatsapp": ("whatsapp", "whats app")}, WORDS, ("contrast",))


@pytest.mark.parametrize(
    ("ways", "plain"),
    [
        (("don't", "don’t", "don‘t", "don´t", "dont", "DON'T", "ｄｏｎ＇ｔ"), "dont"),
        (("l'extérieur", "l’extérieur", "l'exterieur", "L'EXTÉRIEUR", "l'exte\u0301rieur"), "l exterieur"),
        (("en dehors d'Alibaba", "en dehors d’alibaba", "en  dehors d alibaba"), "en dehors d alibaba"),
        (("jusqu'au", "Jusqu’au"), "jusqu au"),
        (("aujourd'hui", "aujourd’hui"), "aujourdhui"),
        (("envío", "ENVIO", "envi\u0301o", "en\u200bvío"), "envio"),
        (("mañana", "man\u0303ana", "manana"), "manana"),
        (("cœur", "coeur"), "coeur"),
        (("straße", "STRASSE"), "strasse"),
        (("сontact", "c o n t a c t", "ｃｏｎｔａｃｔ"), "contact"),
        (("付 款", "付.款"), "付款"),
    ],
)
def test_whatever_the_spelling_the_words_are_the_same(ways: tuple[str, ...], plain: str) -> None:
    """Apostrophes of every form, accents composed or not or left out, width, case, look-alikes, spaces."""
    assert {" ".join(words(way)) for way in ways} == {plain}


@pytest.mark.parametrize("wrong", ["delvery", "dellivery", "deluvery", "deilvery", "deliveri", "elivery", "deliverym"])
def test_one_letter_wrong_missing_extra_or_swapped_in_a_long_word_is_forgiven(wrong: str) -> None:
    """At any place of a word of eight letters or more."""
    assert SPELLING.plain(f"the {wrong} date") == "the delivery date"


@pytest.mark.parametrize("word", ["contract", "contact", "contrast", "paymant", "unabel", "delveri", "withotu", "able"])
def test_another_word_a_short_one_and_two_errors_are_left_alone(word: str) -> None:
    """Words of the book stay what they are, and so does what is in common use; a short word is too near to others."""
    assert SPELLING.plain(word) == word


def _errors(word: str) -> set[str]:
    """The word with one letter wrong, missing, extra, or swapped with the next."""
    places = range(len(word))
    return set(
        chain(
            (word[:at] + "q" + word[at + 1 :] for at in places),
            (word[:at] + word[at + 1 :] for at in places),
            (word[:at] + "q" + word[at:] for at in places),
            (word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :] for at in places),
        )
    )


# Some words in each run, each of them in the long proofs.
@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.proof)])
def test_every_long_word_of_the_shipped_phrases_bears_a_typing_error(step: int) -> None:
    """In each language; an error that makes it another word, or is as near to a second one, leaves it as it was written."""
    shipped = load_phrases().spelling
    long = {word for word in chain.from_iterable(shipped.alike.values()) if shipped.plain(word) == word}
    assert len(long) > 100
    tried = [(word, error, shipped.plain(error)) for word in sorted(long)[::step] for error in sorted(_errors(word))]
    assert [(word, error, read) for word, error, read in tried if read not in (word, error) and read not in long] == []
    assert sum(read == word for word, _, read in tried) > 0.95 * len(tried)


def test_a_long_text_in_small_letters_is_read_at_once() -> None:
    """However many words stand before its first sign: the time grows with the text, not with the ways to cut it."""
    assert words("the bank of the company " * 400 + ", thanks")[-2:] == [",", "thanks"]


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    assert folded("對於遲交，我們還沒裝櫃") == folded("对于迟交,我们还没装柜")


def test_a_name_comes_out_of_its_disguise() -> None:
    assert {SPELLING.plain(way) for way in ("wh@tsapp", "WhatsAp", "whatsapppp", "wh4ts4pp", "what's'app")} == {"whatsapp"}


@given(st.text(max_size=80))
def test_a_spelling_that_was_undone_is_not_undone_again(text: str) -> None:
    """Folding the folded changes nothing."""
    assert folded(folded(text)) == folded(text)
