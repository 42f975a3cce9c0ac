"""LINE's export of telephone and computer, with the day above its messages."""

from __future__ import annotations

import pytest

from tests.collector.saved.chats.reading import anywhere, chat, times, told, wall

EXPORT = (
    "[LINE] Chat history with Cindy\nSaved on: 2025/08/04 10:00\n\n2025/08/03(Sun)\n21:22\tCindy\tThey ship tomorrow\n"
    '21:23\tMarta\t"first ""line""\n\nsecond"\n21:24\t\tCindy joined\n\n2025/08/04(Mon)\n09:00\tCindy\t[Photo]\n'
)
EVENING = wall(2025, 8, 3, 21, 22)


def test_an_export_of_a_telephone_is_read() -> None:
    found = chat(EXPORT)
    assert (found.app, found.line) == ("LINE", 5)
    assert told(found) == [
        ("Cindy", "They ship tomorrow"), ("Marta", 'first "line"\n\nsecond'), ("", "Cindy joined"), ("Cindy", "[Photo]"),
    ]  # fmt: skip
    assert times(found)[0] == anywhere(EVENING)
    assert times(found)[3] == anywhere(wall(2025, 8, 4, 9))


@pytest.mark.parametrize(
    ("day", "time"),
    [
        ("2025/8/3(日)", "午後9:22"), ("2025/8/3(日)", "21:22"), ("2025/08/03（日）", "下午09:22"),
        ("2025/8/3周日", "21:22"), ("2025.08.03 Sunday", "21:22"), ("Sun, 8/3/2025", "9:22PM"), ("Sun, 8/3/2025", "21:22"),
        ("Sun, 03/08/2025", "21:22"), ("Sun, 03/08/2025", "09:22PM"), ("2025/08/03 Sun", "21:22"),
        ("2025/08/03 อาทิตย์", "21:22"), ("2025.08.03 日曜日", "21:22"),
    ],
)  # fmt: skip
def test_days_and_times_of_each_language_are_read_and_a_weekday_settles_the_order(day: str, time: str) -> None:
    found = chat(f"{day}\n{time}\tCindy\tHello\n")
    assert (told(found), times(found), found.caution.text) == ([("Cindy", "Hello")], [anywhere(EVENING)], "")


def test_on_a_computer_the_name_stays_with_the_words_because_nothing_ends_it() -> None:
    found = chat("2025.08.03 Sunday\n21:22 Cindy Liang Hello there\n21:23 Marta ok\n")
    assert told(found) == [("", "Cindy Liang Hello there"), ("", "Marta ok")]


def test_a_day_or_a_time_within_a_message_is_a_part_of_it() -> None:
    text = '2025/08/03(Sun)\n21:22\tCindy\t"plan:\n\n2025/09/01(Mon)\n10:30 pick up\n11:00\tload"\n21:23\tMarta\t"ok\n'
    found = chat(text)
    assert told(found) == [("Cindy", "plan:\n\n2025/09/01(Mon)\n10:30 pick up\n11:00\tload"), ("Marta", '"ok')]
    assert times(found)[1] == anywhere(wall(2025, 8, 3, 21, 23))


def test_a_notice_has_no_name_in_either_form() -> None:
    assert told(chat("2025/08/03(Sun)\n21:22\t\tCindy joined\n21:23\tCindy left\n21:24\tMarta\tok\n")) == [
        ("", "Cindy joined"), ("", "Cindy left"), ("Marta", "ok"),
    ]  # fmt: skip


def test_where_the_year_stands_first_a_weekday_that_does_not_fit_takes_no_time_away() -> None:
    assert times(chat("2025/08/03(Fri)\n21:22\tCindy\tHello\n")) == [anywhere(EVENING)]


def test_a_list_of_times_is_no_conversation_of_line() -> None:
    from collector.saved.chats.table import read_chat

    assert read_chat(b"2025/08/03\n09:00 Breakfast\n10:00 Meeting\n") is None
