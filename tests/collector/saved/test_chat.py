"""Conversations from elsewhere: who said what and when, with times that stay a range where the file has no zone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Printed
from collector.saved.chat import Chat, read_chat

ANDROID = """24/09/2026, 18:02 - Messages and calls are end-to-end encrypted.
24/09/2026, 18:03 - Cindy Liang: Dear, the fans ship tomorrow.
Second line: with a colon
25/09/2026, 09:00 - Marta: IMG-20260925-WA0001.jpg (file attached)
The carton
"""
IPHONE = """[24.09.26, 18:02:11] Cindy Liang: Dear
[24.09.26, 18:05:00] Marta: \u200e<attached: 00000012-PHOTO-2026-09-24.jpg>
"""
WECHAT = """Cindy 2026-09-24 18:02:11
明天发货
请放心

2026-09-25 09:00:00 Marta
Where is it?
"""
MAIL = (
    b"From: Cindy <cindy@supplier.example>\r\nTo: m@example.com\r\nDate: Thu, 24 Sep 2026 18:02:11 +0800\r\n"
    b"Subject: Your fans\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThey ship tomorrow.\r\n"
    b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=PI.pdf\r\n\r\n%PDF\r\n--b--\r\n"
)


def chat(name: str, data: bytes | str) -> Chat:
    found = read_chat(name, data.encode() if isinstance(data, str) else data)
    assert found is not None
    return found


def test_a_whatsapp_export_is_read_with_lines_attachments_and_notices() -> None:
    found = chat("WhatsApp Chat with Cindy.txt", ANDROID)
    assert found.app == "WhatsApp"
    notice, first, second = found.messages
    assert (notice["name"], first["name"], second["name"]) == ("", "Cindy Liang", "Marta")
    assert first["text"] == "Dear, the fans ship tomorrow.\nSecond line: with a colon"
    assert [a["name"] for a in second["attachments"]] == ["IMG-20260925-WA0001.jpg"]
    assert second["text"] == "The carton"


def test_an_iphones_export_is_read() -> None:
    first, second = chat("_chat.txt", IPHONE).messages
    assert (first["name"], first["text"]) == ("Cindy Liang", "Dear")
    assert second["attachments"][0] == {"name": "00000012-PHOTO-2026-09-24.jpg", "kind": "image", "digest": None}


def test_a_time_without_a_zone_is_every_instant_that_it_can_mean() -> None:
    sent = chat("_chat.txt", IPHONE).messages[0]["sent_at"]
    assert sent.earliest == datetime(2026, 9, 24, 4, 2, 11, tzinfo=UTC)
    assert sent.latest - sent.earliest == timedelta(hours=26)


def test_day_and_month_are_never_guessed() -> None:
    one = "03/04/2026, 10:00 - A: x\n04/04/2026, 10:00 - B: y\n"
    sent = chat("a.txt", "03/04/2026, 10:00 - A: x\n").messages[0]["sent_at"]
    assert (sent.earliest.month, sent.latest.month) == (3, 4)
    assert all(m["sent_at"].earliest.month == 3 for m in chat("a.txt", one).messages[:1])
    sure = chat("a.txt", "03/04/2026, 10:00 - A: x\n25/04/2026, 10:00 - B: y\n").messages[0]["sent_at"]
    assert (sure.earliest.day, sure.latest.day, sure.latest.month) == (2, 3, 4)


def test_american_exports_with_half_days_are_read() -> None:
    sent = chat("a.txt", "9/24/26, 6:02\u202fPM - Cindy: x\n").messages[0]["sent_at"]
    assert sent.earliest == datetime(2026, 9, 24, 4, 2, tzinfo=UTC)


def test_wechat_text_is_read_with_the_name_before_or_after_the_time() -> None:
    found = chat("wechat.txt", WECHAT)
    assert [(m["name"], m["text"]) for m in found.messages] == [("Cindy", "明天发货\n请放心"), ("Marta", "Where is it?")]
    assert chat("wechat.txt", WECHAT.encode("gb18030")).messages[0]["text"].startswith("明天")


def test_an_email_is_one_message_with_its_own_date_and_attachments() -> None:
    (mail,) = chat("offer.eml", MAIL).messages
    assert mail["text"] == "Your fans\nThey ship tomorrow."
    assert mail["sent_at"].earliest == mail["sent_at"].latest == datetime(2026, 9, 24, 10, 2, 11, tzinfo=UTC)
    assert [a["name"] for a in mail["attachments"]] == ["PI.pdf"]


@pytest.mark.parametrize(
    "rows",
    [
        [{"date": "2026-09-24T18:02:11", "from": "Cindy", "text": "ship"}],
        {"name": "x", "messages": [{"date": "2026-09-24T18:02:11", "from": "Cindy", "text": ["sh", {"text": "ip"}]}]},
        [{"createTime": 1790251331, "talker": "Cindy", "strContent": "ship"}],
    ],
)
def test_json_exports_are_read_by_the_usual_names_of_their_keys(rows: object) -> None:
    (message,) = chat("a.json", json.dumps(rows)).messages
    assert (message["name"], message["text"]) == ("Cindy", "ship")
    assert isinstance(message["sent_at"], Printed)


def test_a_csv_export_is_read_by_its_header() -> None:
    (message,) = chat("a.csv", "Time,Sender,Content\n2026-09-24 18:02:11,Cindy,ship\n").messages
    assert (message["name"], message["text"], message["printed"]) == ("Cindy", "ship", "2026-09-24 18:02:11")


@pytest.mark.parametrize("text", ["", "Just a letter.\nWith lines.", "{}", "[1, 2]", "a,b\n1,2\n"])
def test_what_is_no_conversation_is_none(text: str) -> None:
    for name in ("a.txt", "a.json", "a.csv", "a.eml"):
        assert read_chat(name, text.encode()) is None


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.json", "a.csv", "a.eml"]))
def test_strange_bytes_raise_nothing(data: bytes, name: str) -> None:
    read_chat(name, data)


@given(st.lists(st.text(max_size=60), max_size=12))
def test_strange_lines_between_heads_raise_nothing_and_lose_no_message(lines: list[str]) -> None:
    text = "\n".join(f"24/09/2026, 18:0{n % 10} - A: {line}" for n, line in enumerate(lines))
    found = read_chat("a.txt", text.encode("utf-8", "replace"))
    assert (len(found.messages) if found else 0) >= len(lines)
