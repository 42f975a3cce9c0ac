"""A conversation is known by what the file holds, whatever its name; anything else is none, and nothing raises."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.saved.chats.conversation import Chat
from collector.saved.chats.table import read_chat
from tests.collector.saved.chats.reading import anywhere, chat, times, told, wall

WECHAT = "Cindy 2026-09-24 18:02:11\n明天发货\n请放心\n\n2026-09-25 09:00:00 Marta\nWhere is it?\n"
SHIP = [("Cindy", "ship")]
WALL = wall(2026, 9, 24, 18, 2, 11)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_of_wechat_is_read_with_the_name_before_or_after_the_time(encoding: str) -> None:
    found = chat(WECHAT.encode(encoding))
    assert (found.app, told(found)) == ("WeChat", [("Cindy", "明天发货\n请放心"), ("Marta", "Where is it?")])


@pytest.mark.parametrize(
    ("rows", "span"),
    [
        ([{"date": "2026-09-24T18:02:11", "from": "Cindy", "text": "ship"}], anywhere(WALL)),
        ({"name": "x", "messages": [{"date": "2026-09-24T18:02:11Z", "from": "Cindy", "text": ["sh", {"text": "ip"}]}]},
         (WALL.replace(tzinfo=UTC), WALL.replace(tzinfo=UTC))),
        ([{"createTime": 1790251331, "talker": "Cindy", "strContent": "ship"}],
         (datetime.fromtimestamp(1790251331, UTC), datetime.fromtimestamp(1790251331, UTC))),
    ],
)  # fmt: skip
def test_json_is_read_by_the_usual_names_of_its_keys(rows: object, span: tuple[datetime, datetime]) -> None:
    found = chat(json.dumps(rows))
    assert (told(found), times(found)) == (SHIP, [span])


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_is_read_by_its_head(mark: str) -> None:
    found = chat("Time,Sender,Content\n2026-09-24 18:02:11,Cindy,ship\n".replace(",", mark))
    assert (found.app, told(found), times(found)) == ("CSV", SHIP, [anywhere(WALL)])


def test_of_more_messages_than_are_read_the_file_says_so() -> None:
    from collector.saved.chats.conversation import conversation, message

    said = [message("CSV", "A", "", None, str(n)) for n in range(4)]
    found = conversation("CSV", said, most=3)
    assert found is not None
    assert len(found.messages) == 3
    assert found.caution.text.startswith("Only its first 3 messages were read; the file is kept whole.")


def test_a_message_whose_time_cannot_be_read_is_said() -> None:
    rows = [{"date": when, "from": "Cindy", "text": "ship"} for when in ("2026-09-24 18:02", "24/09/2026 18:02")]
    assert "The time of 1 of its 2 messages could not be read" in chat(json.dumps(rows)).caution.text
    assert not chat(json.dumps(rows[:1])).caution.text


def test_a_day_and_a_time_in_columns_of_their_own_are_one_time() -> None:
    found = chat("Date,Time,From,Text\n2026-09-24,18:02:11,Cindy,ship\n")
    assert (told(found), times(found)) == (SHIP, [anywhere(WALL)])


def test_what_the_owner_of_the_telephone_wrote_is_not_the_other_sides() -> None:
    rows = [{"createTime": 1790251331, "talker": "Cindy", "isSender": own, "content": "ship"} for own in (1, 0)]
    assert told(chat(json.dumps(rows))) == [("the account that exported it", "ship"), ("Cindy", "ship")]


def test_a_sender_with_several_names_is_called_by_one() -> None:
    rows = [{"date": "2026-09-24 18:02", "from": {"id": 7, "name": "Cindy"}, "text": "ship"}]
    assert told(chat(json.dumps(rows))) == SHIP


@pytest.mark.parametrize(
    "text", ["", "Just a letter.\nWith lines.", "{}", "[1, 2]", "a,b\n1,2\n", "To: a\nYours, b", "<!DOCTYPE html><p>x</p>"]
)
def test_what_is_no_conversation_is_none(text: str) -> None:
    assert read_chat(text.encode()) is None


@given(st.sampled_from([b"", b"PK\x03\x04", b"From: a\nDate: x\nTo: ", b"\xff\xfe", b'[{"text":']), st.binary(max_size=300))
def test_strange_bytes_raise_nothing(head: bytes, data: bytes) -> None:
    read_chat(head + data)


LINES = st.text(st.characters(exclude_characters="\n"), max_size=60)
HEADS = st.sampled_from(
    ["24/09/2026, 18:0{n} - A: ", "2026. 9. 24. 오후 6:0{n}, A : ", "2026-09-24 18:0{n}:00 A(123456)\n", "18:0{n}\tA\t"]
)


@given(HEADS, st.lists(LINES, max_size=12))
def test_strange_lines_below_heads_raise_nothing_and_lose_no_message(head: str, lines: list[str]) -> None:
    day = "2026/09/24(Thu)\n" if "\t" in head else ""
    text = day + "\n".join(head.format(n=n % 10) + line for n, line in enumerate(lines))
    found = read_chat(text.encode("utf-8", "replace"))
    assert (len(found.messages) if isinstance(found, Chat) else 0) >= len(lines)
