"""What a message raises by phrases and by likeness, and what is said of it where it only reads like others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.asking.dossier import CheckAnswer
from casework.blocks import Span, Table
from casework.views.findings import findings as view_of
from rules.conversation.raised import raised
from rules.conversation.redflags import flags_of, redflags, speaks_for
from rules.language.likeness import load_weights
from rules.language.phrases import LIKENESS, PHRASE, SPEAKERS, load_phrases
from rules.pack.plan.timeline import _marks
from rules.policy.platform import load_policy
from tests.rules.cases import case
from tests.rules.conversation.test_redflags import talk

POLICY = load_policy()
# Of the messages learned from: no phrase tells these.
LATE = "I will not lie to you, the 14th passed and your lanterns were still in the painting room."
SAMPLES = {"en": LATE, "zh": "仓库刚盘了一遍,还剩下两箱贴着您唛头的货,应该是装柜那天漏搬了。"}
SAID = "Sorry, we shipped two weeks late."


@pytest.mark.parametrize(("language", "text"), SAMPLES.items())
def test_what_no_phrase_tells_is_raised_by_likeness_with_the_words_that_weighed(language: str, text: str) -> None:
    assert not load_phrases().hits(text, "supplier")
    (hit,) = raised(text, "supplier")
    assert (hit.by, hit.language, hit.sentence) == (LIKENESS, language, text)
    assert hit.words
    assert all(word in load_phrases().spelling.plain(text) for word in hit.words.split(" … "))


def test_of_whom_nothing_is_known_phrases_alone_speak() -> None:
    assert raised(LATE, "") == raised(LATE, "system") == ()
    assert {hit.by for hit in raised("Pay by Western Union to my own account.", "")} == {PHRASE}


def test_numbers_and_names_are_believed_whatever_the_message_reads_like() -> None:
    """Account numbers have no phrase whose hit could be doubted."""
    for text in ("IBAN: DE89 3704 0044 0532 0130 00", "the the DE89 3704 0044 0532 0130 00 the"):
        assert "payment_details" in {hit.flag.id for hit in raised(text, "supplier")}


def test_a_phrase_is_not_believed_where_its_message_reads_like_nothing_of_the_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "admits_late" in {hit.flag.id for hit in raised(SAID, "supplier")}
    kept = load_weights("en")

    def doubting(language: str) -> object:
        return {
            who: replace(one, table=replace(one.table, cleared=(1.1,) * len(one.table.flags))) for who, one in kept.items()
        }

    monkeypatch.setattr("rules.conversation.raised.load_weights", doubting)
    assert not raised.__wrapped__(SAID, "supplier")


def test_a_likeness_is_told_as_unsure_and_to_be_read() -> None:
    """And it makes no case stronger."""
    found = redflags(case(talk(("supplier", "2026-07-20 09:00", LATE))), POLICY)
    (finding,) = found
    assert (finding.id, finding.verdict, finding.by) == ("admission.admits_late", "undetermined", LIKENESS)
    assert finding.text.startswith("It reads like this: the supplier admits that it was late: “I will not lie")
    assert finding.todo.startswith("Read the message yourself")
    (table,) = (one for one in view_of([CheckAnswer("1", (), found)]).blocks if isinstance(one, Table))
    asides = [part.text for cell in table.rows[0] if isinstance(cell, tuple) for part in cell if isinstance(part, Span)]
    assert asides == [f"Words that weighed most: {finding.words}"]
    assert all(not speaks_for(found, reason.id) for reason in POLICY.reasons)


def test_a_phrase_is_quoted_before_a_likeness() -> None:
    later = ("supplier", "2026-07-22 09:00", LATE)
    found = {one.id: one for one in redflags(case(talk(("supplier", "2026-07-20 09:00", SAID), later)), POLICY)}
    finding = found["admission.admits_late"]
    assert (finding.verdict, finding.by) == ("ok", PHRASE)
    assert SAID in finding.text


def test_a_message_alone_is_marked_perhaps() -> None:
    assert flags_of(LATE, "supplier", POLICY.words) == (
        (LIKENESS, "perhaps: the supplier admits that it was late (it only reads like it)"),
    )


def test_a_pack_marks_no_message_for_a_likeness() -> None:
    assert _marks(SAID, "supplier", POLICY.words)
    assert not _marks(LATE, "supplier", POLICY.words)


@given(st.text(max_size=300), st.sampled_from((*SPEAKERS, "")))
def test_whatever_is_written_raises_flags_of_its_writer_or_none(text: str, who: str) -> None:
    for hit in raised(text, who):
        assert not who or who in hit.flag.by
        assert hit.sentence in text
