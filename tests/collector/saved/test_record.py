"""What a record says comes back as the value it was made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import SavedPage
from collector.saved.record import page_of_record, page_record

SAVED = datetime(2026, 10, 4, 18, tzinfo=UTC)
MOMENTS = st.integers(0, 1 << 41).map(lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms))
READINGS = st.sampled_from(["read", "other", "wall", "unknown"])
PAGES = st.builds(
    SavedPage, st.text(), READINGS, st.text(), st.sampled_from(["order", "thread", ""]), st.text(), st.none() | MOMENTS,
    st.text(), others=st.booleans(), secrets=st.booleans(), alias=st.text(),
)  # fmt: skip
CHATS = st.builds(
    SavedPage, st.text(), READINGS, st.text(), st.just("chat"), st.text(), st.none() | MOMENTS, st.text(),
    caution=st.text(), todo=st.text(), others=st.booleans(),
)  # fmt: skip
UNREADABLE = st.builds(SavedPage, st.text(), st.just("kept"), st.text())


@given(st.none() | PAGES | CHATS | UNREADABLE)
def test_a_saved_page_comes_back_as_it_was_read(page: SavedPage | None) -> None:
    assert page_of_record(page_record(page)) == page


@pytest.mark.parametrize(
    ("page", "record"),
    [
        (None, {}),
        (SavedPage("pdf", "kept", "Enter it."), {"form": "pdf", "outcome": "kept", "why": "Enter it."}),
        (
            SavedPage("WhatsApp", "read", "2 messages", "chat", "", SAVED, "the buyer"),
            {"form": "WhatsApp", "kind": "chat", "url": "", "outcome": "read", "why": "2 messages",
             "saved_at": "2026-10-04T18:00:00.000Z", "said_by": "the buyer"},
        ),
        (
            SavedPage("html", "other", "Another order.", "order", "https://a.example/", others=True),
            {"form": "html", "kind": "order", "url": "https://a.example/", "outcome": "other", "why": "Another order.",
             "saved_at": "", "said_by": "", "others": "yes", "secrets": "", "alias": ""},
        ),
    ],
)  # fmt: skip
def test_its_record_has_the_form_that_programs_were_promised(page: SavedPage | None, record: dict[str, str]) -> None:
    assert page_record(page) == record
