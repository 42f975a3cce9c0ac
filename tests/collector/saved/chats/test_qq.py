"""QQ's message manager, exported as text."""

from __future__ import annotations

from tests.collector.saved.chats.reading import anywhere, chat, refused, times, told, wall

RULE = "=" * 64
TITLE = "消息记录（此消息记录为文本格式，不支持重新导入）\r\n\r\n"
OF = f"{RULE}\r\n消息分组:我的好友\r\n{RULE}\r\n消息对象:%s\r\n{RULE}\r\n\r\n"
SAID = (
    "2025-08-03 21:22:39 Cindy(123456)\r\n明天发货\r\n请放心\r\n\r\n2025-08-03 9:23:00 PM Marta<m@example.com>\r\n好\r\n\r\n"
)


def test_an_export_of_one_conversation_is_read() -> None:
    found = chat(TITLE + OF % "Cindy" + SAID)
    assert (found.app, told(found)) == ("QQ", [("Cindy(123456)", "明天发货\n请放心"), ("Marta<m@example.com>", "好")])
    assert times(found) == [anywhere(wall(2025, 8, 3, 21, 22, 39)), anywhere(wall(2025, 8, 3, 21, 23))]


def test_below_its_title_a_name_without_a_number_is_read_too() -> None:
    assert told(chat(f"{TITLE}消息对象:Cindy\n2025-08-03 21:22:39 Cindy\n好\n")) == [("Cindy", "好")]


def test_an_export_of_several_conversations_is_not_read_because_a_pack_is_about_one() -> None:
    assert refused(TITLE + OF % "Cindy" + SAID + OF % "Bob" + SAID).startswith("It holds 2 conversations of QQ")
