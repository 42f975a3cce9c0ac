"""A visit's record of the network keeps its stored form, reads the older one, and never breaks on a torn or hostile one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from collector.canonical import canonical
from collector.errors import DamagedArchive
from collector.network_record import (
    EmptyBody,
    ExchangeRecord,
    KeptBody,
    NetworkRecord,
    NoBody,
    NotKept,
    SentText,
    SocketRecord,
    network_record,
    read_frames,
    read_record,
)

BEGAN = datetime(2026, 10, 4, 12, tzinfo=UTC)
EXCHANGE = ExchangeRecord(
    "POST", "https://a.example/", "XHR", 200, "application/json", 12, "192.0.2.1:443", "", "page", "network", "OK", "h2",
    (("accept", "*/*"),), (), BEGAN, {"sent": 3}, SentText("q=1"), KeptBody("bytes", 4, 12, masked=False),
)  # fmt: skip
SOCKET = SocketRecord("wss://a.example/", "page", 101, (), (), None, True, "", 2, 0)
STORED: dict[str, Any] = {
    "v": 1, "unseen": ["a worker"], "certificates": [],
    "exchanges": [{
        "method": "POST", "url": "https://a.example/", "resource": "XHR", "status": 200, "media_type": "application/json",
        "size": 12, "remote": "192.0.2.1:443", "failure": "", "asked_by": "page", "came_from": "network",
        "status_text": "OK", "protocol": "h2", "request_headers": [["accept", "*/*"]], "response_headers": [],
        "began": "2026-10-04T12:00:00.000Z", "timing": {"sent": 3}, "sent": {"text": "q=1"},
        "body": {"mark": "bytes", "part": 4, "length": 12, "masked": False},
    }],
    "sockets": [{
        "url": "wss://a.example/", "asked_by": "page", "status": 101, "request_headers": [], "response_headers": [],
        "began": None, "closed": True, "failure": "", "messages": 2, "part": 0,
    }],
}  # fmt: skip


def test_a_record_is_stored_in_the_form_that_archives_hold() -> None:
    record = NetworkRecord((EXCHANGE,), (SOCKET,), (), ("a worker",))
    assert canonical(record) == canonical(STORED)
    assert read_record(canonical(STORED)) == record


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (NoBody("absent", "not asked for"), {"mark": "absent", "why": "not asked for"}),
        (EmptyBody("bytes"), {"mark": "bytes", "length": 0}),
        (KeptBody("re-encoded", 1, 9, masked=True), {"mark": "re-encoded", "part": 1, "length": 9, "masked": True}),
        (NotKept("what signs in is not kept", 8), {"absent": "what signs in is not kept", "size": 8}),
    ],
)  # fmt: skip
def test_what_came_or_was_sent_says_in_its_form_what_became_of_it(value: object, stored: dict[str, object]) -> None:
    assert canonical(value) == canonical(stored)


def test_what_was_kept_before_bodies_were_is_a_bare_list_and_names_none() -> None:
    assert read_record(b'[{"url":"https://a.example/"}]') == NetworkRecord()


def test_a_visit_that_kept_nothing_of_the_network_has_an_empty_record() -> None:
    assert network_record((), lambda digest: b"") == NetworkRecord()


def spoiled(**changes: object) -> bytes:
    return json.dumps(STORED | {"exchanges": [STORED["exchanges"][0] | changes]}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"\xff\xfe", b"7", b"null", b"{}x", canonical(STORED)[:-40], b"[" * 100_000,
        json.dumps(STORED | {"v": 2}).encode(), json.dumps(STORED | {"sockets": {}}).encode(),
        spoiled(body={}), spoiled(body=None), spoiled(body={"mark": "bytes", "part": "4", "length": 1, "masked": False}),
        spoiled(url=7), spoiled(began="yesterday"), spoiled(began="2026-10-04T12:00:00"), spoiled(sent="q=1"),
        spoiled(request_headers=[["accept"]]), spoiled(timing={"sent": "3"}), spoiled(status=True),
    ],
)  # fmt: skip
def test_a_torn_or_hostile_record_is_a_damaged_archive(data: bytes) -> None:
    with pytest.raises(DamagedArchive, match="cannot be read"):
        read_record(data)


@pytest.mark.parametrize(
    "data", [b"{", b"{}\n", b'{"at":"now","way":"sent","data":"","binary":false}\n', b"[1]\n", b"\xff\n"]
)
def test_messages_that_are_none_are_a_damaged_archive(data: bytes) -> None:
    with pytest.raises(DamagedArchive, match="cannot be read"):
        read_frames(data)
