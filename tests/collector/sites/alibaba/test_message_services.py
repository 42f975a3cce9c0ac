"""Conversations read from what the page was told in answer to its own requests, and joined with what it drew."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.canonical import sha256
from collector.model import Fact, Printed, Target
from collector.site import Document, StoredPage
from fixtures.marketplace.private import (
    CID,
    FIRST,
    OTHER_CID,
    SUPPLIER,
    asked_chat,
    asked_recent,
    chat_list,
    messenger,
    recent,
    said,
    weblite,
)
from tests.collector.sites.alibaba.stored import ALIBABA, facts, stored

WEBLITE = "https://onetalk.alibaba.com/message/weblitePWA.htm#/"
MESSENGER = "https://message.alibaba.com/message/messenger.htm#/"
Answers = Iterable[tuple[Any, str]]


def page(body: str, url: str, answers: Answers) -> StoredPage:
    lines = [(json.dumps(answer).encode(), asked) for answer, asked in answers]
    told = tuple(Document(n, sha256(line), line, asked) for n, (line, asked) in enumerate(lines))
    return replace(stored(body, url), told=told)


def read(body: str, url: str, answers: Answers) -> dict[str, Fact]:
    return facts("thread", page(body, url, answers))


def sent(number: int) -> datetime:
    return datetime.fromtimestamp(FIRST / 1000, UTC) + timedelta(hours=number)


def is_whole(got: dict[str, Fact], count: int = 30) -> None:
    messages = got["thread.messages"].value
    assert [m["id"] for m in messages] == [said(n)["messageId"] for n in range(count)]
    assert [m["text"] for m in messages] == [f"Message {n}" for n in range(count)]
    assert [m["from"] for m in messages] == ["buyer" if n % 3 == 0 else "supplier" for n in range(count)]
    times = [m["sent_at"] for m in messages]
    assert all(isinstance(time, Printed) and time.earliest == time.latest for time in times)
    assert [time.earliest for time in times] == [sent(n) for n in range(count)]
    assert got["thread.complete"].value is True
    assert got["thread.with"].value == SUPPLIER


def at(number: int) -> int:
    return FIRST + number * 3_600_000


CHAT: list[tuple[Any, str]] = [
    (chat_list(range(20, 30)), asked_chat(None)),
    (chat_list(range(10, 20)), asked_chat(at(20) - 1)),
    (chat_list(range(10)), asked_chat(at(10) - 1)),
    (chat_list(range(0)), asked_chat(at(0) - 1)),
]
RECENT: list[tuple[Any, str]] = [
    (recent(range(20, 30), True), asked_recent(None)),
    (recent(range(10, 20), True), asked_recent(at(20))),
    (recent(range(10), False), asked_recent(at(10))),
]


def test_weblite_with_an_open_conversation_is_a_thread_read_from_its_own_requests() -> None:
    seen = page(weblite(), WEBLITE, CHAT)
    assert (ALIBABA.recognise(seen).kind, ALIBABA.recognise(seen).barrier) == ("thread", "")
    is_whole(facts("thread", seen))
    assert ALIBABA.identity(seen, Target("t", "c", "thread", WEBLITE, expects={"supplier": SUPPLIER})).ok is True
    assert ALIBABA.identity(seen, Target("t", "c", "thread", WEBLITE, expects={"supplier": "Other Ltd."})).ok is False
    assert ALIBABA.shows_others(seen)


def test_a_saved_page_whose_state_lists_other_conversations_shows_them_without_an_address_too() -> None:
    assert ALIBABA.shows_others(stored(weblite(), ""))
    assert ALIBABA.shows_others(stored(messenger(), ""))


def test_weblite_with_no_conversation_open_is_a_list() -> None:
    assert ALIBABA.recognise(stored(weblite(), WEBLITE)).kind == "conversations"


@pytest.mark.parametrize("order", [RECENT, RECENT[::-1], [RECENT[1], RECENT[2], RECENT[0]]])
def test_the_messenger_is_read_from_its_own_requests_in_whatever_order_they_came(order: Answers) -> None:
    seen = page(messenger(), MESSENGER, order)
    assert ALIBABA.recognise(seen).kind == "thread"
    is_whole(facts("thread", seen))


def test_an_empty_older_page_or_the_word_that_there_is_no_more_proves_the_start_and_nothing_else_does() -> None:
    assert read(weblite(), WEBLITE, CHAT[:3])["thread.complete"].value is False
    assert read(messenger(), MESSENGER, RECENT[:2])["thread.complete"].value is False
    newer = [(recent(range(30), False), asked_recent(None).replace("false", "true"))]
    assert read(messenger(), MESSENGER, newer)["thread.complete"].value is False
    elsewhere = [CHAT[0], (chat_list(range(0)), asked_chat(at(20) - 1, OTHER_CID))]
    assert read(weblite(), f"{WEBLITE}?cid={CID}", elsewhere)["thread.complete"].value is False


def test_a_gap_between_the_answers_leaves_the_conversation_incomplete() -> None:
    got = read(messenger(), MESSENGER, [RECENT[0], RECENT[2]])
    assert len(got["thread.messages"].value) == 20
    assert got["thread.complete"].value is False


def test_of_several_conversations_the_open_one_is_read() -> None:
    other = {"data": {"list": [said(n, mine=False) | {"messageId": f"9{n}.PNM"} for n in range(40)]}}
    answers = [(other, asked_chat(None, OTHER_CID)), *CHAT]
    is_whole(read(weblite(), f"{WEBLITE}?cid={CID.replace('#', '%23')}", answers))
    is_whole(read(messenger(), MESSENGER, [(other, asked_recent(None, OTHER_CID)), *RECENT]))
    unclear = read(weblite(), WEBLITE, answers)["thread.messages"]
    assert (unclear.state, unclear.value) == ("unreadable", None)


@pytest.mark.parametrize(
    ("sender", "who"),
    [
        ({"senderAliId": "2200418837755"}, "buyer"),
        ({"sender": {"targetId": "2200418837755", "targetType": 1}}, "buyer"),
        ({"fromAliId": 200418837755}, "supplier"),
        ({"senderId": "200418837755@icbu"}, "supplier"),
        ({"selfSend": True}, "buyer"),
        ({"direction": "received"}, "supplier"),
        ({"messageSendType": "send"}, "buyer"),
        ({"messageSendType": "rec", "senderAliId": 2212521829825}, "supplier"),
        ({"messageType": 9999, "systemMessage": True}, "system"),
        ({}, "unknown"),
    ],
)
def test_who_sent_a_message_is_told_by_its_sender_and_never_guessed(sender: dict[str, Any], who: str) -> None:
    message = {k: v for k, v in said(1).items() if k != "senderAliId"} | sender
    got = read(weblite(), WEBLITE, [({"data": {"list": [message]}}, asked_chat(None))])
    assert [m["from"] for m in got["thread.messages"].value] == [who]


def drawn(number: int) -> str:
    printed = sent(number).astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")
    stated = json.dumps({"messageId": said(number)["messageId"], "conversationCode": CID})
    return (
        f"<div class='message-item-wrapper item-{'right' if number % 3 == 0 else 'left'}' data-expinfo='{stated}'>"
        f"<div class='item-base-info'><span class='name'>N</span><span class='time'>{printed}</span></div>"
        f"<div class='session-rich-content text'>Message {number}</div></div>"
    )


def test_messages_that_were_drawn_too_stand_once_with_what_was_printed() -> None:
    pane = "".join(map(drawn, range(25, 30)))
    got = read(messenger().replace("<textarea", f"<div class='scroll-box'>{pane}</div><textarea"), MESSENGER, RECENT)
    messages = got["thread.messages"].value
    assert [m["id"] for m in messages] == [said(n)["messageId"] for n in range(30)]
    assert [bool(m["printed"]) for m in messages] == [n >= 25 for n in range(30)]
    assert got["thread.complete"].value is True


def test_files_and_pictures_that_were_told_of_are_attachments() -> None:
    file = said(1, messageType=61, content=json.dumps({"fileName": "quote.pdf", "fileUrl": "//clouddisk.alibaba.com/a/1"}))
    picture = said(2, messageType=60, content="https://sc04.alicdn.com/kf/lamp.jpg")
    seen = page(weblite(), WEBLITE, [({"data": {"list": [file, picture]}}, asked_chat(None))])
    assert [a.url for a in ALIBABA.attachments(seen)] == [
        "https://clouddisk.alibaba.com/a/1",
        "https://sc04.alicdn.com/kf/lamp.jpg",
    ]
    carried = [a for m in facts("thread", seen)["thread.messages"].value for a in m["attachments"]]
    assert [(a["name"], a["kind"]) for a in carried] == [("quote.pdf", "file"), ("lamp.jpg", "image")]


def test_answers_that_name_where_to_go_on_are_joined_though_codes_are_written_in_two_ways() -> None:
    """`nextPointTimeStamp` may lie before the oldest message; the list of conversations leaves "@icbu" out."""
    newer, older = recent(range(20, 30), True), recent(range(20), False)
    newer["data"]["nextPointTimeStamp"] = at(20) - 5_000_000
    body = messenger().replace("@icbu", "")
    is_whole(read(body, MESSENGER, [(newer, asked_recent(None)), (older, asked_recent(at(20) - 5_000_000))]))


def test_a_socket_brings_messages_too() -> None:
    body = {
        "userMessageModels": [{"message": said(n, older="createAt", cid=CID), "readStatus": 1} for n in range(30)],
        "hasMore": False,
    }
    is_whole(read(messenger(), MESSENGER, [({"headers": {"mid": "1 0"}, "code": 200, "body": body}, "")]))


def mixed(value: Any, chance: Random) -> Any:
    """The same answer with its keys in another order, some with a sibling that nobody knows, and a few gone."""
    if isinstance(value, list):
        return [mixed(one, chance) for one in value]
    if not isinstance(value, dict):
        return value
    keys = [key for key in value if chance.random() > 0.02]
    chance.shuffle(keys)
    return {key: mixed(value[key], chance) for key in keys} | ({"zz": [1, 2]} if chance.random() < 0.2 else {})


@given(st.randoms(use_true_random=False), st.booleans())
def test_whatever_is_gone_from_the_answers_a_conversation_is_not_falsely_whole(chance: Random, weblite_: bool) -> None:
    body, url, answers = (weblite(), WEBLITE, CHAT) if weblite_ else (messenger(), MESSENGER, RECENT)
    got = read(body, url, [(mixed(answer, chance), asked) for answer, asked in answers])
    names = {said(n)[key]: n for n in range(30) for key in ("messageId", "uuid")}
    messages = got["thread.messages"].value or ()
    for message in messages:
        number = names[message["id"]]
        assert message["text"] in (f"Message {number}", "")
        assert message["from"] in ("unknown", "buyer" if number % 3 == 0 else "supplier")
    assert not got["thread.complete"].value or len(messages) == 30
