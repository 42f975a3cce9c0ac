"""KakaoTalk's exports of telephone and computer, in Korean and English."""

from __future__ import annotations

import pytest

from tests.collector.saved.chats.reading import anywhere, chat, times, told, wall

EVENING = wall(2025, 8, 3, 21, 22)


@pytest.mark.parametrize(
    "head",
    [
        "2025. 8. 3. 오후 9:22, 홍길동 : ", "2025년 8월 3일 오후 9:22, 홍길동 : ", "2025. 8. 3. 21:22, 홍길동 : ",
        "August 3, 2025 at 9:22 PM, 홍길동 : ", "Aug 3, 2025, 9:22\u202fPM, 홍길동 : ",
    ],
)  # fmt: skip
def test_a_telephones_export_is_read(head: str) -> None:
    found = chat(f"홍길동 님과 카카오톡 대화\n저장한 날짜 : 2025. 8. 4. 오전 10:00\n\n{head}안녕\n둘째\n")
    assert (found.app, told(found), times(found)) == ("KakaoTalk", [("홍길동", "안녕\n둘째")], [anywhere(EVENING)])


def test_the_day_between_messages_is_no_part_of_one_and_a_notice_has_no_name() -> None:
    text = "2025년 8월 3일 오후 9:22, Cindy : hello\n\n2025년 8월 4일 오전 9:00\n"
    text += "2025년 8월 4일 오전 9:00: Cindy님이 나갔습니다.\n"
    assert told(chat(text)) == [("Cindy", "hello"), ("", "Cindy님이 나갔습니다.")]


@pytest.mark.parametrize(
    ("day", "time"),
    [("2025년 8월 3일 일요일", "오후 9:22"), ("Sunday, August 3, 2025", "9:22 PM"), ("Sunday, August 3, 2025", "21:22")],
)
def test_a_computers_export_has_the_day_above_its_messages(day: str, time: str) -> None:
    rule = "-" * 15
    found = chat(f"{rule} {day} {rule}\n[Cindy Liang] [{time}] hello\nthere\n")
    assert (told(found), times(found)) == ([("Cindy Liang", "hello\nthere")], [anywhere(EVENING)])


def test_a_day_within_a_message_is_not_that_of_the_next() -> None:
    rule = "-" * 15
    text = (
        f"{rule} 2025년 8월 3일 일요일 {rule}\n[Cindy] [오후 9:22] ships\n\n2025년 9월 1일 월요일\n[Marta] [오후 9:22] ok\n"
    )
    assert times(chat(text)) == [anywhere(EVENING)] * 2


@pytest.mark.parametrize("rule", ["2025년 8월 3일 일요일\n", "-----\n2025년 8월 3일 일요일\n-----\n"])
def test_a_telephones_export_may_have_the_day_above_its_messages(rule: str) -> None:
    found = chat(f"{rule}오후 9:22, Cindy : hello\n\n{rule}오후 9:22, Marta : yes\n오후 9:22, Cindy님이 나갔습니다.\n")
    assert told(found) == [("Cindy", "hello"), ("Marta", "yes"), ("", "Cindy님이 나갔습니다.")]
    assert times(found) == [anywhere(EVENING)] * 3


def test_its_table_is_known_by_its_head() -> None:
    found = chat('\ufeffDate,User,Message\r\n2025-08-03 21:22:00,"Cindy","hello\nthere"\r\n')
    assert (found.app, told(found), times(found)) == ("KakaoTalk", [("Cindy", "hello\nthere")], [anywhere(EVENING)])
