"""Values go out as plain data and come back equal; what is not the value it should be is named by its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.canonical import Misfit, canonical, made
from collector.model import Artefact, FilePart, Money, Place, SavedPage, Snapshot, Step, Target, Visit
from collector.network_record import (
    ExchangeRecord,
    NetworkRecord,
    ServerCertificate,
    SocketFrame,
    SocketRecord,
    frames_data,
    read_frames,
    read_record,
)

MOMENTS = st.integers(0, 1 << 41).map(lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms))
WORDS = st.text('a1é中 "\\\n\u2028', max_size=4)
NUMBERS = st.integers(-(1 << 53) + 1, (1 << 53) - 1)
AMOUNTS = st.decimals(-(10**12), 10**12, places=2)
PLAIN = {str: WORDS, int: NUMBERS, datetime: MOMENTS, Decimal: AMOUNTS}
for _type, _values in PLAIN.items():
    st.register_type_strategy(_type, _values)

ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS, lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner), max_leaves=8
)


@pytest.mark.parametrize(
    "kind",
    [
        Target,
        Artefact,
        Step,
        Place,
        FilePart,
        SavedPage,
        Money,
        ExchangeRecord,
        SocketRecord,
        ServerCertificate,
        SocketFrame,
    ],
)
def test_every_value_comes_back_equal_from_its_canonical_bytes(kind: Any) -> None:
    @given(st.from_type(kind))
    def comes_back(value: Any) -> None:
        assert made(kind, json.loads(canonical(value))) == value

    comes_back()


@given(st.lists(st.from_type(ExchangeRecord), max_size=2), st.lists(st.from_type(SocketRecord), max_size=1), st.lists(WORDS))
def test_a_record_of_the_network_is_written_and_read_the_same(
    exchanges: list[ExchangeRecord], sockets: list[SocketRecord], unseen: list[str]
) -> None:
    record = NetworkRecord(tuple(exchanges), tuple(sockets), (), tuple(unseen))
    data = canonical(record)
    assert read_record(data) == record
    assert canonical(read_record(data)) == data


@given(st.lists(st.from_type(SocketFrame), max_size=3))
def test_a_sockets_messages_are_written_and_read_the_same(frames: list[SocketFrame]) -> None:
    assert list(read_frames(frames_data(frames))) == frames


@given(st.sampled_from([Target, Snapshot, Visit, NetworkRecord, Money, tuple[Step, ...]]), ANYTHING)
def test_what_is_no_such_value_is_a_misfit_and_nothing_else(kind: Any, plain: Any) -> None:
    with suppress(Misfit):
        assert canonical(made(kind, plain))


@dataclass(frozen=True)
class Inner:
    kind: Literal["order", "thread"]
    at: datetime | None = None
    days: tuple[date, ...] = ()


@dataclass(frozen=True)
class Outer:
    targets: tuple[Inner, ...] = ()
    count: int = 0
    sure: bool = False
    area: tuple[int, int] = (0, 0)
    named: Mapping[str, Inner] = field(default_factory=dict)
    much: Decimal = Decimal(0)
    free: Any = None


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({"targets": [{"kind": "order"}, {"kind": 1}]}, "targets[2].kind: 'order' or 'thread' is needed, not 1"),
        ({"targets": [{}]}, "targets[1]: 'kind' is missing"),
        ({"targets": {"kind": "order"}}, "targets: a list is needed, not {'kind': 'order'}"),
        ({"count": True}, "count: a whole number is needed, not True"),
        ({"count": "7"}, "count: a whole number is needed, not '7'"),
        ({"count": 7.0}, "count: a whole number is needed, not 7.0"),
        ({"sure": 1}, "sure: true or false is needed, not 1"),
        ({"area": [1, 2, 3]}, "area: 2 items are needed, not 3"),
        ({"named": {"a": {"kind": "order", "days": ["2026-13-01"]}}}, "named.a.days[1]: a day is needed, not '2026-13-01'"),
        ({"named": {"a": {"kind": "order", "at": "2026-10-04"}}}, "named.a.at: an instant is needed, not '2026-10-04'"),
        ({"much": "1e9"}, "much: an amount is needed, not '1e9'"),
        ({"much": 5}, "much: an amount is needed, not 5"),
        ([], "a table is needed, not []"),
    ],
)  # fmt: skip
def test_a_misfit_names_its_place_and_what_is_needed_there(plain: object, said: str) -> None:
    with pytest.raises(Misfit) as refused:
        made(Outer, plain)
    assert str(refused.value) == said


def test_a_key_that_only_a_later_version_knows_is_left_out_or_refused_where_that_is_asked() -> None:
    assert made(Outer, {"count": 1, "colour": "red"}) == Outer(count=1)
    with pytest.raises(Misfit, match="'colour' is not known there"):
        made(Outer, {"count": 1, "colour": "red"}, closed=True)


def test_a_value_that_may_be_anything_is_left_as_it_is() -> None:
    assert made(Outer, {"free": {"a": [1, True]}}).free == {"a": [1, True]}
