"""How well flags are found in talk that is labelled by hand: the floors under what docs/messages.md reports."""

from __future__ import annotations

import pytest

from rules.language.phrases import load_phrases
from tests.rules.conversation import labelled

# Precision and recall of red flags, own words and admissions, by phrases and likeness; held apart from both.
FLOORS = {
    ("held", "en"): ((0.93, 0.74), (0.95, 0.79), (0.95, 0.74)),
    ("held", "es"): ((0.86, 0.69), (0.95, 0.84), (0.83, 0.79)),
    ("held", "fr"): ((0.79, 0.71), (0.95, 0.69), (0.90, 0.77)),
    ("held", "zh"): ((0.88, 0.71), (0.95, 0.84), (0.92, 0.71)),
}


@pytest.mark.parametrize(("name", "language"), FLOORS)
def test_flags_are_found_in_talk_that_no_phrase_was_tuned_on(name: str, language: str) -> None:
    """By kind and language; a floor that is passed by far is to be raised."""
    reached = labelled.scores(labelled.messages(name, language))
    for kind, (precision, recall) in zip(labelled.KINDS, FLOORS[name, language], strict=True):
        assert reached[kind].precision >= precision, kind
        assert reached[kind].recall >= recall, kind


@pytest.mark.parametrize("language", labelled.LANGUAGES)
def test_what_was_tuned_on_stays_found(language: str) -> None:
    """At least 0.95 of each kind by its phrases alone, and no more than one in twenty wrong."""
    for kind, score in labelled.phrases_alone(labelled.messages("development", language)).items():
        assert score.precision >= 0.95, kind
        assert score.recall >= 0.95, kind


@pytest.mark.parametrize("language", labelled.LANGUAGES)
def test_the_sets_are_apart_and_every_kind_has_messages(language: str) -> None:
    """No message is in both; each has at least 25 of each kind that should be raised and 30 that should raise nothing."""
    held, tuned, learned = (labelled.messages(name, language) for name in labelled.SETS)
    assert len({m.text for m in (*held, *tuned, *learned)}) == len({*held, *tuned}) + len(learned)
    kinds = {flag.id: flag.kind for flag in load_phrases().book.flags}
    for told in (held, tuned, learned):
        assert {label for m in told for label in m.labels} == {id for id, kind in kinds.items() if kind in labelled.KINDS}
        assert all(sum(kinds[label] == kind for m in told for label in m.labels) >= 25 for kind in labelled.KINDS)
        assert sum(not m.labels for m in told) >= 30


def test_the_page_says_what_is_measured() -> None:
    """docs/messages.md is made by `make docs`."""
    assert labelled.PAGE.read_text("utf-8") == labelled.page()


@pytest.mark.parametrize("language", labelled.LANGUAGES)
def test_a_flag_says_in_which_language_it_was_raised(language: str) -> None:
    """That of the phrase; names and numbers that are the same everywhere have none."""
    raised = [hit.language for m in labelled.messages("held", language) for hit in load_phrases().hits(m.text, m.who)]
    assert sum(one == language for one in raised) > 0.8 * len(raised)
    assert sum(one not in (language, "") for one in raised) < 0.03 * len(raised)
