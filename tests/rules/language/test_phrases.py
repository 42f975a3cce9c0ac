"""Phrases as data: how one is written, what a disguise hides, what a denial takes away."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import WrongRequest
from rules.language.phrases import Flag, Language, PhraseBook, Wording, WordList, load_phrases, matcher, sentences

BOOK = PhraseBook(
    negations=("not", "never", "dont", "不", "不要"),
    words=(WordList("whatsapp", ("whats app",), name=True), WordList("pay", ("pay", "付款"))),
    flags=(
        Flag("near", "red_flag", "", ("supplier",), ("{pay} ... bank",)),
        Flag("stem", "red_flag", "", ("supplier",), ("delay*",)),
        Flag("both", "red_flag", "", ("supplier",), ("cheap* + {pay}",), unless=("on alibaba",)),
        Flag("perhaps", "red_flag", "", ("supplier",), ("confirm the? receipt",)),
        Flag("chat", "red_flag", "", ("supplier", "buyer"), ("{whatsapp}", "加 ... 微信")),
    ),
)
MATCHER = matcher(BOOK)


def raised(text: str, speaker: str = "supplier") -> set[str]:
    return {hit.flag.id for hit in MATCHER.hits(text, speaker)}


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("Please pay to our new bank.", {"near"}),
        ("Pay now. The bank is closed.", set()),
        ("You pay one two three four five six seven bank", set()),
        ("It is delayed.", {"stem"}),
        ("Cheaper if you pay here", {"both"}),
        ("Pay here, it is cheaper", {"both"}),
        ("Pay here on Alibaba, it is cheaper", set()),
        ("confirm receipt", {"perhaps"}),
        ("Confirm the receipt!", {"perhaps"}),
        ("confirm our receipt", set()),
        ("payday bank", set()),
    ],
)
def test_a_phrase_is_a_row_of_words_with_gaps_stems_and_parts(text: str, flags: set[str]) -> None:
    """Words in order within one sentence; parts in any order."""
    assert raised(text) == flags


@pytest.mark.parametrize(
    "text",
    [
        "WhatsApp", "whats app", "W h a t s A p p", "w.h.a.t.s.a.p.p", "Whatsаpp", "ＷｈａｔｓＡｐｐ", "what's app",
        "whatsapppp",
        "wh@ts4pp",
        "Wha\u200btsApp", "我用whatsapp联系你", "加我微信", "加 我 微 信", "加您的微-信",
    ],
)  # fmt: skip
def test_spelling_and_spacing_tricks_hide_nothing(text: str) -> None:
    """Single letters, look-alikes of other alphabets, figures for letters, invisible signs, Chinese drawn apart."""
    assert "chat" in raised(text, "buyer")


@pytest.mark.parametrize("text", ["Do not pay to a bank", "Never pay any bank", "不要加微信", "We dont delay"])
def test_what_is_denied_is_not_said(text: str) -> None:
    """A word such as never, close before it, in the same clause."""
    assert raised(text) == set()


def test_a_denial_of_something_else_takes_nothing_away() -> None:
    """A comma ends it."""
    assert raised("Do not worry, pay our bank") == {"near"}


def test_only_who_may_be_meant_raises_a_flag() -> None:
    """The buyer's own "pay to the bank" is no red flag; a file's writer is anybody."""
    assert raised("pay the bank", "buyer") == set()
    assert {hit.flag.id for hit in MATCHER.hits("pay the bank")} == {"near"}


def test_a_figure_and_an_abbreviation_end_no_sentence() -> None:
    """USD 3.50, A/C No. 62 and W.U. stay whole."""
    assert list(sentences("Pay USD 3.50 to A/C No. 62 by W.U. now. Then wait")) == [
        "Pay USD 3.50 to A/C No. 62 by W.U. now.", "Then wait",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Flag("x", "red_flag", "", ("supplier",), ("{nowhere}",)), "no word list"),
        (Flag("x", "red_flag", "", ("seller",), ("a",)), "no speaker"),
        (Flag("x", "rumour", "", ("supplier",), ("a",)), "no speaker or kind"),
        (Flag("x", "red_flag", "", ("supplier",), (), patterns=("(",)), "flags.x"),
        (Flag("x", "red_flag", "", ("supplier",), ("+/-",)), "no word in it"),
        (
            Flag("x", "red_flag", "", ("supplier",), ("good", "pay. Then wait")),
            "flags.x: the phrase 'pay. Then wait' goes over the end",
        ),
    ],
)
def test_a_wrong_phrase_book_is_refused_with_its_place(change: Flag, said: str) -> None:
    with pytest.raises(WrongRequest, match=said):
        matcher(PhraseBook((), BOOK.words, (change,)))


@given(st.text(max_size=300))
def test_no_text_breaks_the_matcher_and_every_quote_is_in_it(text: str) -> None:
    """Whatever is written, the quote stands there as written."""
    assert all(hit.sentence in text for hit in load_phrases().hits(text))


FRENCH = Language(
    "fr",
    ("ne", "pas", "jamais"),
    (WordList("payer", ("payer", "payez", "régler")),),
    (Wording("near", ("{payer} ... à l'extérieur", "en dehors d’Alibaba"), unless=("sur la plateforme",)),),
)
ENGLISH = Language("en", BOOK.negations, (), tuple(Wording(flag.id, flag.phrases, flag.unless) for flag in BOOK.flags))
SHARED = tuple(replace(flag, phrases=("usdt",) if flag.id == "near" else (), unless=()) for flag in BOOK.flags)
BOTH = matcher(PhraseBook((), BOOK.words, SHARED), (ENGLISH, FRENCH))


@pytest.mark.parametrize(
    "text",
    [
        "Vous pouvez payer à l'extérieur", "vous pouvez payer a l’exterieur", "Vous pouvez REGLER à lextérieur.",
        "C'est en dehors d'alibaba", "en dehors d’Alibaba", "en dehors dalibaba",
    ],
)  # fmt: skip
def test_a_phrase_with_an_apostrophe_or_an_accent_is_found_in_either_spelling(text: str) -> None:
    """Straight, curly or none; with accents or without; and the flag says in which language."""
    assert [(hit.flag.id, hit.language) for hit in BOTH.hits(text, "supplier")] == [("near", "fr")]


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("Ne payez pas à l'extérieur", set()),
        ("Payez à l'extérieur ou sur la plateforme", set()),
        ("Not payez à l'extérieur", {"near"}),
        ("Ne pay bank", {"near"}),
        ("pay our bank sur la plateforme", {"near"}),
        ("USDT", {"near"}),
        ("jamais USDT", set()),
        ("no USDT never", {"near"}),
        ("never USDT", set()),
        ("USDT sur la plateforme", set()),
    ],
)
def test_denials_and_exceptions_are_those_of_the_phrases_language(text: str, flags: set[str]) -> None:
    """An English "not" denies no French phrase, a French exception silences no English one; both do what all share."""
    assert {hit.flag.id for hit in BOTH.hits(text, "supplier")} == flags


def test_an_exception_or_a_denial_within_the_phrases_own_words_takes_nothing_away() -> None:
    """Beside them it does."""
    flag = Flag("late", "admission", "", ("supplier",), ("could not ship", "contract + no need + write"), unless=("could",))
    words = matcher(PhraseBook(("no", "not"), (), (flag,)))
    assert words.hits("Sorry, we could not ship")
    assert words.hits("In the contract no need to write")
    assert not words.hits("We could not ship, could you wait?")


# Some of forty thousand in each run, each of them in the long proofs.
@pytest.mark.parametrize(
    ("name", "step"), [("messages", 9), ("arguments", 1), pytest.param("messages", 1, marks=pytest.mark.proof)]
)
def test_every_shipped_phrase_finds_itself_alone_in_its_language(name: str, step: int) -> None:
    """With each word of its lists: no denial and no exception of the book silences it."""
    phrases = load_phrases(name)
    alone = {flag.id: phrases.only(flag.id) for flag in phrases.book.flags}
    by_flag = sorted(phrases.specimens(), key=lambda one: one[0].id)
    tried = [one for _, its in groupby(by_flag, lambda one: one[0].id) for one in [*its][::step]]
    assert len({flag.id for flag, *_ in tried}) > 5
    assert [(flag.id, *rest) for flag, *rest in tried if not alone[flag.id].hits(rest[-1])] == []


def test_every_language_file_is_read() -> None:
    book = load_phrases().book
    names = [file.name for file in resources.files("rules").joinpath("policies").iterdir()]
    files = {name[len("messages_") : -len(".toml")] for name in names if name.startswith("messages_")}
    assert files == set(book.languages)


def said(phrase: str, text: str, kind: str = "red_flag", language: Language | None = None) -> bool:
    """Whether a book of that one phrase finds it in the supplier's text."""
    flag = Flag("x", kind, "", ("supplier",), () if language else (phrase,))
    own = (replace(language, says=(Wording("x", (phrase,)),)),) if language else ()
    return bool(matcher(PhraseBook(("not",), (), (flag,)), own).hits(text, "supplier"))


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("pay (my|our (own)?) (boss|bank)", "Please pay our own bank", True),
        ("pay (my|our (own)?) (boss|bank)", "Please pay my bank", True),
        ("pay (my|our (own)?) (boss|bank)", "Please pay own bank", False),
        ("# days late", "It is 12 days late", True),
        ("# days late", "It is some days late", False),
        ("wir* to (my|our) bos*", "wiring to my boss", True),
        ("pay + outside - refund*", "Pay us outside", True),
        ("pay + outside - refund*", "We pay the refunds outside", False),
        ("very happy & goods", "The goods are here. We are very happy!", True),
        ("very happy & goods", "We are very happy!", False),
        ("very happy & goods", "The goods are here. It rains. We are very happy!", False),
    ],
)
def test_a_phrase_says_choices_figures_what_is_absent_and_what_is_near(phrase: str, text: str, found: bool) -> None:
    assert said(phrase, text) is found


MEANT = Language("en", ("not",), (), (), "", ("if",), ("beware",), ("the", "and", "you"))


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("one box is missing", "admission", True),
        ("if one box is missing, tell us", "admission", False),
        ("if you look, one box is missing", "admission", True),
        ("one box is missing?", "admission", False),
        ("one box is missing, could you wait for the next ship?", "admission", True),
        ("one box is missing, right?", "admission", False),
        ("if one box is missing, tell us", "red_flag", True),
        ("beware when they say that one box is missing", "red_flag", False),
    ],
)
def test_what_is_asked_said_on_a_condition_or_of_others_is_not_admitted(text: str, kind: str, found: bool) -> None:
    """A question and a condition take nothing away from a red flag; a warning does."""
    assert said("box + missing", text, kind, MEANT) is found


@pytest.mark.parametrize(
    ("text", "found"), [("box missing", True), ("le box missing et la vous", False), ("the box missing and la et", True)]
)
def test_a_sentence_in_another_language_is_not_sought(text: str, found: bool) -> None:
    """Known by the common words in it; where it has none, or of both, it is sought for both."""
    french = Language("fr", (), (), (), common=("le", "la", "et", "vous"))
    flag = Flag("x", "red_flag", "", ("supplier",))
    english = replace(MEANT, says=(Wording("x", ("box + missing",)),))
    hits = matcher(PhraseBook((), (), (flag,)), (english, french)).hits(text, "supplier")
    assert bool(hits) is found


def test_a_hit_names_the_words_that_made_it() -> None:
    (hit,) = MATCHER.hits("Cheaper, my friend, if you pay here", "supplier")
    assert hit.words == "cheaper … pay"


def test_words_that_lie_within_one_another_are_named_once() -> None:
    flag = Flag("x", "red_flag", "", ("supplier",), ("our bank + bank account",))
    (hit,) = matcher(PhraseBook((), (), (flag,))).hits("Pay to our bank account now", "supplier")
    assert hit.words == "our bank account"
