"""WhatsApp's exports of both telephones, in the languages and forms in which they write date, time and attachments."""

from __future__ import annotations

import pytest

from tests.collector.saved.chats.reading import anywhere, chat, files, times, told, wall

ANDROID = """24/09/2026, 18:02 - Messages and calls are end-to-end encrypted.
24/09/2026, 18:03 - Cindy Liang: Dear, the fans ship tomorrow.
Second line: with a colon
25/09/2026, 09:00 - Marta: IMG-20260925-WA0001.jpg (file attached)
The carton
"""
IPHONE = """[24.09.26, 18:02:11] Cindy Liang: Dear
\u200e[24.09.26, 18:05:00] Marta: \u200e<attached: 00000012-PHOTO-2026-09-24.jpg>
"""
EVENING = wall(2026, 9, 24, 18, 2)


def test_an_androids_export_is_read_with_lines_attachments_and_notices() -> None:
    found = chat(ANDROID)
    assert (found.app, found.line, found.caution.text) == ("WhatsApp", 1, "")
    assert told(found) == [
        ("", "Messages and calls are end-to-end encrypted."),
        ("Cindy Liang", "Dear, the fans ship tomorrow.\nSecond line: with a colon"),
        ("Marta", "The carton"),
    ]
    assert files(found) == [("IMG-20260925-WA0001.jpg", None)]


def test_an_iphones_export_is_read() -> None:
    found = chat(IPHONE)
    assert told(found) == [("Cindy Liang", "Dear"), ("Marta", "")]
    assert found.messages[1]["attachments"][0] == {
        "name": "00000012-PHOTO-2026-09-24.jpg", "kind": "image", "digest": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "head",
    [
        "24/09/2026, 18:02 - ", "24/09/2026 18:02 - ", "24.09.26, 18:02 - ", "[24.09.26, 18:02:00] ", "[24/09/26 18:02:00] ",
        "24-09-2026 18:02 - ", "2026-09-24, 18:02 - ", "2026/9/24 18:02 - ",
        "[2026/9/24 18:02:00] ", "24.9.2026 klo 18.02 - ", "[24.9.2026 klo 18.02.00] ",
        "24/09/2026 à 18:02 - ", "9/24/26, 6:02\u202fPM - ", "[9/24/26, 6:02:00\u202fPM] ",
        "24/9/26, 6:02 p.\u00a0m. - ", "[24/9/26 6:02:00 p. m.] ", "2026/9/24 下午6:02 - ", "[2026/9/24 下午6:02:00] ",
        "2026年9月24日 下午6:02 - ", "2026. 9. 24. 오후 6:02 - ", "[2026. 9. 24. 오후 6:02:00] ", "26. 9. 24. 오후 6:02 - ",
        "2026년 9월 24일 오후 6:02 - ", "24. 9. 2026. 18:02 - ", "24.09.26 18.02.00: ", "24.09.2026 г., 18:02 - ",
        "\u200f٢٤‏/٩‏/٢٠٢٦، ٦:٠٢ م - ", "24/9/2569 18:02 - ", "24/09/26, 18.02 - ", "[24/09/26, 18:02:00] - ",
    ],
)  # fmt: skip
def test_date_and_time_are_read_as_each_language_writes_them(head: str) -> None:
    found = chat(f"{head}Cindy: x\n")
    assert (told(found), times(found)) == ([("Cindy", "x")], [anywhere(EVENING)])


def test_beside_a_mark_that_is_not_known_both_halves_of_the_day_are_meant() -> None:
    assert times(chat("24/9/26, 6:02 ҮХ - Cindy: x\n")) == [anywhere(EVENING, EVENING.replace(hour=6))]


def test_the_year_of_a_calendar_that_is_not_known_gives_no_time_and_stays_as_printed() -> None:
    (message,) = chat("2/7/1405, 18:02 - Cindy: x\n").messages
    assert (message["sent_at"], message["printed"]) == (None, "2/7/1405, 18:02")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("\u200eIMG-20260925-WA0001.jpg (Datei angehängt)", ["IMG-20260925-WA0001.jpg"]),
        ("2 Kontakte.vcf (Datei angeha\u0308ngt)", ["2 Kontakte.vcf"]),
        ("<المُرفق: 00000002-VIDEO-2019.opus>", ["00000002-VIDEO-2019.opus"]),
        ("PTT-20260925-WA0002.opus (in no language that is known)", ["PTT-20260925-WA0002.opus"]),
        ("Rapport final.pdf • \u200e3 pages \u200e(fichier joint)", ["Rapport final.pdf"]),
        ("<Anhang: 00000001-AUDIO-2026.opus>", ["00000001-AUDIO-2026.opus"]),
        ("<附件：00000001-PHOTO-2026.jpg>", ["00000001-PHOTO-2026.jpg"]),
        ("offer.pdf (see page 2)", []),
        ("<Media omitted>", []),
    ],
)
def test_attachments_are_told_from_words_in_any_language(words: str, names: list[str]) -> None:
    assert [name for name, _ in files(chat(f"24/09/2026, 18:03 - Cindy: {words}\n"))] == names


def test_the_same_words_twice_in_a_minute_are_two_messages() -> None:
    first, second = chat("24/09/2026, 18:03 - A: ok\n24/09/2026, 18:03 - A: ok\n").messages
    assert first["id"] != second["id"]


def test_half_past_noon_is_zero_thirty_in_the_afternoon_in_japan() -> None:
    found = chat("[2026/09/24 午後0:30:11] Cindy: ship\n[2026/09/24 午前0:30:11] Cindy: ship\n")
    assert times(found) == [anywhere(wall(2026, 9, 24, 12, 30, 11)), anywhere(wall(2026, 9, 24, 0, 30, 11))]


def test_years_of_two_digits_stand_first_where_they_can_stand_nowhere_else() -> None:
    found = chat("25/08/03, 10:00 - Cindy: ship\n25/08/13, 10:01 - Cindy: ship\n")
    assert times(found) == [anywhere(wall(2025, 8, 3, 10)), anywhere(wall(2025, 8, 13, 10, 1))]
