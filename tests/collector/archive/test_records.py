"""What the ledger holds of a value comes back as the value that it was made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.archive.records import (
    FileRecord,
    PartRecord,
    added_record,
    entry_body,
    shape_fault,
    snapshot_of,
)
from collector.canonical import Misfit, canonical, made
from collector.ledger.checkpoint import Checkpoint
from collector.ledger.log import Entry, Opening, parse_entry
from collector.model import Artefact, Snapshot, Step, Target, Visit

NOON = datetime(2026, 10, 4, 12, tzinfo=UTC)
WORDS = st.text('a1é中 "\\\n', max_size=3)
NUMBERS = st.integers(0, 1 << 40)
MOMENTS = st.integers(0, 1 << 41).map(lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms))
HEX = st.binary(min_size=32, max_size=32).map(bytes.hex)
TEXTS = st.dictionaries(WORDS, WORDS, max_size=2)
FREE = st.dictionaries(WORDS, NUMBERS | WORDS | st.booleans() | st.none(), max_size=2)
OUTCOMES = st.sampled_from(["complete", "partial", "blocked", "failed"])
ARTEFACTS = st.builds(Artefact, WORDS, NUMBERS, WORDS, NUMBERS, HEX, HEX.map(lambda text: text[:32]), WORDS, WORDS)
VISITS = st.builds(
    Visit, WORDS, WORDS, st.lists(WORDS, max_size=2).map(tuple), NUMBERS, WORDS, MOMENTS, TEXTS, FREE, WORDS,
    st.lists(FREE, max_size=2).map(tuple), st.lists(WORDS, max_size=2).map(tuple), TEXTS,
)  # fmt: skip
SNAPSHOTS = st.builds(
    Snapshot, st.just(1), WORDS, st.builds(Target, WORDS, WORDS, WORDS, WORDS, WORDS, TEXTS, WORDS), VISITS,
    st.lists(st.builds(Step, WORDS, WORDS, WORDS, MOMENTS, NUMBERS), max_size=2).map(tuple), OUTCOMES, WORDS,
    st.lists(ARTEFACTS, max_size=3).map(tuple),
)  # fmt: skip
PARTS = st.builds(PartRecord, WORDS, WORDS, NUMBERS, HEX)


def stored(value: object) -> Any:
    return json.loads(canonical(value))


@given(SNAPSHOTS)
def test_a_snapshot_comes_back_as_it_was_made(snapshot: Snapshot) -> None:
    body, openings = entry_body(snapshot)
    assert snapshot_of(stored(body), {opening.commitment: opening for opening in openings}) == snapshot


@given(SNAPSHOTS)
def test_its_body_shows_no_digest_and_no_salt(snapshot: Snapshot) -> None:
    body, _ = entry_body(snapshot)
    assert all(artefact.keys().isdisjoint({"digest", "salt"}) for artefact in body["artefacts"])


@given(
    st.builds(
        FileRecord, WORDS, WORDS, WORDS, WORDS, WORDS, NUMBERS, WORDS, HEX,
        st.lists(PARTS, max_size=2).map(tuple), WORDS, st.none() | MOMENTS, WORDS,
    )
)  # fmt: skip
def test_what_an_entry_says_of_an_added_file_comes_back(record: FileRecord) -> None:
    assert made(FileRecord, stored(record)) == record


@given(NUMBERS, WORDS, WORDS, WORDS)
def test_a_checkpoint_comes_back_from_its_bytes(size: int, root: str, at: str, previous: str) -> None:
    checkpoint = Checkpoint.made(size, root, at, previous)
    assert Checkpoint.parse(checkpoint.data) == checkpoint


@given(NUMBERS, WORDS, WORDS, FREE)
def test_a_line_comes_back_as_its_entry(seq: int, at: str, kind: str, body: Mapping[str, Any]) -> None:
    line = canonical({"v": 1, "seq": seq, "at": at, "kind": kind, "nonce": "00", "body": body})
    assert parse_entry(line, seq) == Entry(seq, at, kind, body, line)


def test_a_saved_page_that_the_first_versions_added_names_neither_parts_nor_address() -> None:
    body = {"case": "1", "id": "F-1", "name": "a.html", "kind": "page", "media_type": "text/html", "size": 1, "note": "",
            "commitment": Opening("ab" * 32, "cd" * 16).commitment}  # fmt: skip
    record = added_record(body, NOON, {str(body["commitment"]): Opening("ab" * 32, "cd" * 16)}, "alibaba")
    assert record is not None
    assert (record.digest, record.parts, record.url, record.saved_at) == ("ab" * 32, (), "", None)


@pytest.mark.parametrize(
    ("kind", "changes", "place"),
    [
        ("case.opened", {"zone": 1}, "zone"),
        ("case.opened", {"site": 1}, "site"),
        ("target.set", {"expects": {"order": 1}}, "expects.order"),
        ("fact.asserted", {"round": True}, "round"),
        ("fact.asserted", {"value": {"amount": "many", "currency": "USD"}}, "value.amount"),
        ("file.added", {"parts": [{"name": "a"}]}, r"parts\[1\]"),
        ("file.added", {"saved_at": "2026-10-04"}, "saved_at"),
        ("pack.made", {"renderings": [{"path": 1, "commitment": ""}]}, r"renderings\[1\].path"),
        ("authority.revoked", {"certificates": [1]}, r"certificates\[1\]"),
    ],
)
def test_what_an_entry_holds_wrongly_is_named_by_its_place(kind: str, changes: dict[str, Any], place: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "case.opened": {"case": "1", "name": "", "zone": "UTC", "account": ""},
        "target.set": {"case": "1", "id": "order", "kind": "order", "url": "", "account": "", "expects": {}},
        "fact.asserted": {"case": "1", "name": "units_total", "round": 1, "value": None, "who": "buyer"},
        "file.added": {"case": "1", "id": "F", "name": "a", "kind": "page", "media_type": "", "size": 1, "note": "",
                       "commitment": ""},
        "pack.made": {"case": "1", "plan": "", "renderings": []},
        "authority.revoked": {"authority": "x", "certificates": [], "parts": [], "why": ""},
    }  # fmt: skip
    whole = bodies[kind]
    assert shape_fault(Entry(0, "", kind, whole, b"")) == ""
    fault = shape_fault(Entry(0, "", kind, {**whole, **changes}, b""))
    assert fault == f"is a {kind} without a proper {place}".replace("\\", "")


def test_a_body_that_is_no_snapshots_is_a_misfit() -> None:
    with pytest.raises(Misfit, match="'v' is missing"):
        snapshot_of({}, {})
