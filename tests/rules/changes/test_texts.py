"""The words and pictures of a page at two looks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rules.changes.texts import by_word, passages_changed
from tests.rules.changes.looks import between, look

blocks = st.lists(st.sampled_from(["Five layers of card.", "Ships in 15 days.", "CE, RoHS", "White", "About us"])).map(tuple)
sentences = st.lists(st.sampled_from(["a", "b", "c", "d"])).map(" ".join)


@given(blocks)
def test_the_same_words_are_no_change(said: tuple[str, ...]) -> None:
    assert passages_changed(said, said) == ()


@given(blocks, blocks)
def test_what_is_gone_and_what_is_new_together_make_one_page_of_the_other(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    passages = passages_changed(one, other)
    left, come = sorted(one), sorted(other)
    for old, new in passages:
        if old:
            left.remove(old)
        if new:
            come.remove(new)
    assert left == come


@given(sentences, sentences)
def test_word_by_word_nothing_is_lost_and_nothing_made_up(one: str, other: str) -> None:
    pieces = by_word(one, other)
    assert " ".join(text for how, text in pieces if how != "new").split() == one.split()
    assert " ".join(text for how, text in pieces if how != "gone").split() == other.split()


def test_a_block_that_only_stands_elsewhere_has_not_changed() -> None:
    assert passages_changed(("A", "B", "C"), ("C", "A", "B")) == ()


def test_a_block_that_was_rewritten_stands_beside_the_new_one_though_others_came_before_it() -> None:
    before, after = ("The fan is quiet and light.",), ("Now on sale", "The fan is quiet and heavy.")
    assert passages_changed(before, after) == (
        ("", "Now on sale"),
        ("The fan is quiet and light.", "The fan is quiet and heavy."),
    )


def test_words_are_compared_between_whole_looks_alone() -> None:
    whole, part, later = (
        look(1, {}, blocks=("A", "B")),
        look(2, {}, blocks=("A",), whole=False),
        look(3, {}, blocks=("A", "B")),
    )
    assert between(whole, part, later) == ()
    (change,) = between(whole, part, look(3, {}, blocks=("A", "D")))
    assert (change.kind, change.before, change.after, change.adverse) == ("text", ("B",), ("D",), False)
    assert change.text == "Words changed on the supplier page: “B” is now “D”."


def test_a_picture_that_was_replaced_is_told_also_under_the_same_address() -> None:
    before, after = {"/a.png": "1", "/b.png": "2"}, {"/a.png": "9", "/c.png": "3"}
    (change,) = between(look(1, {}, pictures=before), look(2, {}, pictures=after))
    assert change.kind == "picture"
    assert change.text == (
        "Pictures changed on the supplier page: 1 is gone, 1 is new, 1 is another than before, at the same address."
    )


def test_a_picture_that_a_style_sheet_draws_is_compared_where_both_looks_kept_the_sheet() -> None:
    fan, crate = {"/fan.png": "d1"}, {"/crate.png": "d2"}
    (change,) = between(look(1, {}, drawn=fan), look(2, {}, drawn=crate))
    assert (change.before, change.after) == (("/fan.png",), ("/crate.png",))
    assert between(look(1, {}, drawn=fan), look(2, {}), look(3, {}, drawn=fan)) == ()
    assert between(look(1, {}, drawn=fan), look(2, {}, pictures=fan, drawn={})) == ()
