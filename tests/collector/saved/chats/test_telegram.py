"""Telegram Desktop's exports: result.json and messages.html."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.collector.saved.chats.reading import anywhere, chat, files, refused, times, told, wall

AT = datetime(2025, 8, 3, 19, 22, 39, tzinfo=UTC)
WALL = wall(2025, 8, 3, 21, 22, 39)


def export(*rows: dict[str, object]) -> str:
    return json.dumps({"name": "Cindy", "type": "personal_chat", "id": 1, "messages": rows})


def row(**more: object) -> dict[str, object]:
    return {"id": 1, "type": "message", "date": "2025-08-03T21:22:39", "from": "Cindy", "text": "hello"} | more


def test_its_json_is_read_with_the_instant_that_it_states() -> None:
    found = chat(export(row(date_unixtime=str(int(AT.timestamp())), text=["see ", {"type": "bold", "text": "this"}])))
    assert (found.app, told(found), times(found)) == ("Telegram", [("Cindy", "see this")], [(AT, AT)])
    assert found.messages[0]["printed"] == "2025-08-03T21:22:39"


def test_without_that_instant_its_date_is_a_clock_without_a_zone() -> None:
    assert times(chat(export(row()))) == [anywhere(WALL)]


def test_what_was_sent_without_words_is_a_message_too() -> None:
    found = chat(
        export(
            row(text="", photo="photos/a.jpg"),
            row(text="", file="(File not included. Change data exporting settings to download.)", file_name="PI.pdf"),
            row(type="service", action="phone_call", actor="Cindy", text=""),
            row(forwarded_from="Bob"),
            row(text="", contact_information={"first_name": "Bob", "last_name": "", "phone_number": "+86 139"}),
            row(text="", location_information={"latitude": "1.5", "longitude": "2.5"}),
            row(text="", sticker_emoji="👍", media_type="sticker"),
            row(text=""),
        )
    )
    said = ["", "", "phone call", "[forwarded from Bob] hello", "contact: Bob +86 139", "place: 1.5, 2.5", "👍"]
    assert [text for _, text in told(found)] == [*said, "(a message without words)"]
    assert files(found) == [("photos/a.jpg", None), ("PI.pdf (not in the export)", None)]


def test_an_export_of_a_whole_account_is_not_read() -> None:
    assert "2 conversations" in refused(json.dumps({"chats": {"list": [{"messages": [row()]}, {"messages": [row()]}]}}))


def drawn(number: int, title: str, name: str, words: str, more: str = "", kind: str = "default clearfix") -> str:
    who = f'<div class="from_name">\n{name}\n</div>' if name else ""
    when = f'<div class="pull_right date details" title="{title}">\n21:22\n</div>' if title else ""
    text = f'<div class="text">\n{words}\n</div>' if words else ""
    return f'<div class="message {kind}" id="message{number}"><div class="body">{when}{who}{more}{text}</div></div>\n'


def page(*messages: str) -> str:
    day = '<div class="message service" id="message-1"><div class="body details">\n3 August 2025\n</div></div>'
    head = '<!DOCTYPE html>\n<html><head><title>Exported Data</title></head><body><div class="page_header">'
    return f'{head}<div class="text bold">Cindy</div></div><div class="history">{day}{"".join(messages)}</div></body></html>'


def test_its_pages_are_read_as_they_are_drawn() -> None:
    photo = '<div class="media_wrap clearfix"><a class="photo_wrap" href="photos/a.jpg"><img src="t.jpg"></a></div>'
    when = '<span class="date details" title="01.01.2020 10:00:00"> old</span>'
    forwarded = f'<div class="forwarded body"><div class="from_name">Bob {when}</div>'
    found = chat(
        page(
            drawn(
                1, "03.08.2025 21:22:39 UTC+02:00", "Cindy &amp; Co", 'Hello<br>there <a href="https://x.example/">link</a>'
            ),
            drawn(2, "03.08.2025 21:22:39", "", "", photo, "default clearfix joined"),
            drawn(3, "03.08.2025 21:22:39 UTC-03:30", "Marta", "", forwarded + '<div class="text">old news</div></div>'),
            '<div class="message service" id="message4"><div class="body details">Cindy pinned a message</div></div>',
        )
    )
    assert told(found) == [
        ("Cindy & Co", "Hello\nthere link"), ("Cindy & Co", ""), ("Marta", "[forwarded from Bob] old news"),
        ("", "Cindy pinned a message"),
    ]  # fmt: skip
    away = AT + timedelta(hours=5, minutes=30)
    assert times(found) == [(AT, AT), anywhere(WALL), (away, away), None]
    assert (files(found), found.messages[3]["printed"]) == ([("photos/a.jpg", None)], "3 August 2025")


@pytest.mark.parametrize("text", [page(), "<!DOCTYPE html><p>a page</p>", '{"messages": 3, "type": "personal_chat"}'])
def test_a_page_without_messages_is_none(text: str) -> None:
    from collector.saved.chats.table import read_chat

    assert read_chat(text.encode()) is None
