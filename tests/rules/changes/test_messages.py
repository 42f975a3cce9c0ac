"""What became of messages: new, edited, recalled or gone; and what a conversation kept in part cannot tell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rules.changes.change import Change
from tests.rules.changes.looks import between, message, talk

A, B, C = message("1", "Packed in five layers."), message("2", "We ship on Friday."), message("3", "Fine.", "buyer")
texts = st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["a", "b", "c"])), unique_by=lambda one: one[0])


def names(*changes: Change) -> list[str]:
    return [change.name.removeprefix("message.") for change in changes]


@given(texts, st.booleans())
def test_a_conversation_that_says_the_same_has_not_changed(said: list[tuple[int, str]], whole: bool) -> None:
    messages = [message(str(ident), text) for ident, text in said]
    assert between(talk(1, *messages, whole=whole), talk(2, *messages, whole=whole), kind="thread") == ()


@given(texts, texts)
def test_of_two_whole_looks_each_message_that_came_or_went_is_told_once(
    one: list[tuple[int, str]], other: list[tuple[int, str]]
) -> None:
    before, after = ([message(str(ident), text) for ident, text in said] for said in (one, other))
    found = between(talk(1, *before), talk(2, *after), kind="thread")
    there, now = dict(one), dict(other)
    expected = ["new" for ident in now if ident not in there]
    expected += ["missing" for ident in there if ident not in now]
    expected += ["edited" for ident in there if ident in now and there[ident] != now[ident]]
    assert sorted(names(*found)) == (sorted(expected) if one and other else [])


def test_a_look_that_showed_no_message_at_all_tells_nothing_of_any() -> None:
    assert between(talk(1, A, B), talk(2), talk(3, A, B), kind="thread") == ()


def test_what_the_supplier_wrote_and_changed_afterwards_is_to_the_buyers_harm() -> None:
    edited = {**B, "text": "We ship when we can."}
    recalled = {**A, "text": "Lin recalled a message", "recalled": True}
    found = between(talk(1, A, B, C), talk(2, recalled, edited, C), kind="thread")
    assert sorted(names(*found)) == ["edited", "recalled"]
    assert all(change.adverse and change.why and change.todo for change in found)
    assert sorted(change.text for change in found) == [
        "The supplier edited a message of Thu 1 Oct 2026, 10:00: “We ship on Friday.” is now “We ship when we can.”",
        "The supplier recalled a message of Thu 1 Oct 2026, 10:00: “Packed in five layers.”",
    ]


def test_an_edit_of_a_message_without_an_id_is_one_edit_and_not_one_gone_and_one_new() -> None:
    one, other = ({**B, "id": f"x{n}", "printed": "2026-10-01 10:00", "text": text} for n, text in enumerate(("5 %", "8 %")))
    (change,) = between(talk(1, A, one, C), talk(2, A, other, C), kind="thread")
    assert (change.name, change.adverse) == ("message.edited", True)
    assert change.text.endswith("“5 %” is now “8 %”.")


def test_of_two_that_could_be_the_edited_one_none_is_guessed() -> None:
    texts = ("5 %", "8 %", "9 %")
    one, other, third = ({**B, "id": f"x{n}", "printed": "2026-10-01 10:00", "text": text} for n, text in enumerate(texts))
    found = between(talk(1, A, one, C), talk(2, A, other, third, C), kind="thread")
    assert sorted(names(*found)) == ["missing", "new", "new"]
    later = {**other, "printed": "2026-10-02 10:00"}
    assert sorted(names(*between(talk(1, A, one, C), talk(2, A, later, C), kind="thread"))) == ["missing", "new"]


def test_what_the_buyer_recalls_is_no_harm_of_others() -> None:
    (change,) = between(talk(1, A, C), talk(2, A, {**C, "recalled": True}), kind="thread")
    assert (change.name, change.adverse) == ("message.recalled", False)


def test_a_message_is_gone_only_from_a_conversation_whose_start_was_reached() -> None:
    (gone,) = between(talk(1, A, B, C), talk(2, A, C), kind="thread")
    assert (gone.name, gone.adverse, gone.after) == ("message.missing", True, None)
    assert between(talk(1, A, B, C), talk(2, B, C, whole=False), kind="thread") == ()
    assert between(talk(1, A, B, C), talk(2, A, C, whole=False), kind="thread") == ()


def test_a_message_that_a_partial_look_did_not_reach_is_compared_with_the_whole_one_before() -> None:
    (change,) = between(talk(1, A, B, C), talk(2, C, whole=False), talk(3, {**A, "text": "Packed."}, B, C), kind="thread")
    assert (change.name, change.first.snapshot, change.then.snapshot) == ("message.edited", "S1", "S3")


def test_older_messages_that_come_into_view_are_not_new_and_what_is_written_after_them_is() -> None:
    assert between(talk(1, B, C, whole=False), talk(2, A, B, C), kind="thread") == ()
    (new,) = between(talk(1, A, B, whole=False), talk(2, B, C, whole=False), kind="thread")
    assert (new.name, new.before, new.adverse) == ("message.new", None, False)


def test_a_message_that_is_gone_is_told_once_and_when_it_comes_back_it_is_new() -> None:
    found = between(talk(1, A, B), talk(2, A), talk(3, A), talk(4, A, B), kind="thread")
    assert names(*found) == ["missing", "new"]


def test_words_that_were_not_drawn_are_no_edit() -> None:
    assert between(talk(1, A, B), talk(2, {**A, "text": ""}, B), kind="thread") == ()
