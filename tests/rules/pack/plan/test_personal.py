"""Whose number, mail or house stands in a pack is counted, each once."""

from __future__ import annotations

import pytest

from rules.pack.plan.personal import PersonalData, personal_data


def counted(text: str) -> dict[str, int]:
    return {one.kind: one.count for one in personal_data("A01", [text])}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Call +31 6 12345678 or +31-6-1234 5678", {"phone": 1}), ("Mobile: 138 0013 8000", {"phone": 1}),
        ("手机：13800138000", {"phone": 1}), ("Tel. (030) 901820", {"phone": 1}),
        ("write to Marta.Jansen@example.org, marta.jansen@example.org", {"mail": 1}),
        ("Ship to: Kade 12, Utrecht", {"address": 1}), ("Delivery address\nOudegracht 158, 3511 AZ Utrecht", {"address": 1}),
        ("Lindenstraße 9, 10969 Berlin", {"address": 1}), ("12 High Street, London SW1A 1AA", {"address": 1}),
        ("收货地址：广东省佛山市南海区桂城街12号", {"address": 1}),
        ("Order number 250861947301028446", {}), ("200 Pieces at USD 43.00, total USD 8,600.00", {}),
        ("Paid Sep 4, 2026 11:20:11", {}), ("Tracking number BX2308461738NL", {}), ("[redacted:token:1]@home", {}),
        ("By road, 12 days, code 10969", {}), ("Model BW-F12R, 7,200 mAh, 7.4 V", {}), ("", {}),
    ],
)  # fmt: skip
def test_what_is_personal_is_counted_by_kind_and_what_is_not_is_not(text: str, kinds: dict[str, int]) -> None:
    assert counted(text) == kinds


def test_it_is_said_in_words_with_photos_that_say_where_they_were_taken() -> None:
    found = personal_data("B01", ["+31 6 12345678, +31 6 87654321"], places=1)
    assert [one.words for one in found] == ["2 telephone numbers", "1 place of a photo"]
    assert found[0] == PersonalData("B01", "phone", 2)
