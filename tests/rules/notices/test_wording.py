"""A notice reads in its reader's language and zone, and a discreet one gives nothing away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from collector.model import ALIBABA
from rules.notices.concerns import MATTERS, Concern
from rules.notices.wording import LANGUAGES, Addressee, notice, trial, words_of
from rules.policy.platform import load_policy

NOW = datetime(2026, 10, 21, 9, tzinfo=UTC)
EVIDENCE = Concern(
    "deadline 250861947301028446 evidence 1", "deadline", 3, True, "250861947301028446", "LED fans for Müller", "evidence",
    "Provide evidence", "Upload the evidence.", "The request may be cancelled.", "https://example.com/order",
    NOW + timedelta(hours=25),
)  # fmt: skip
PRICE = Concern(
    "changed", "changed", 1, False, "250861947301028446", "LED fans for Müller",
    detail="The total was USD 8,600.00 and is USD 9,100.00 now.", link="https://example.com/order",
)  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "zone", "when"),
    [
        ("en", "Europe/Berlin", "Thu 22 Oct 2026, 12:00 (Europe/Berlin), 1 day 1 hour left"),
        ("de", "Europe/Berlin", "Do. 22. Okt. 2026, 12:00 (Europe/Berlin), noch 1 Tag 1 Stunde"),
        ("fr", "Europe/Paris", "jeu. 22 oct. 2026, 12:00 (Europe/Paris), encore 1 jour 1 heure"),
        ("es", "America/Bogota", "jue 22 oct 2026, 05:00 (America/Bogota), quedan 1 día 1 hora"),
        ("zh", "Asia/Shanghai", "2026年10月22日(周四)18:00 (Asia/Shanghai),还剩 1天 1小时"),
    ],
)
def test_the_time_is_the_readers_and_so_is_the_language(lang: str, zone: str, when: str) -> None:
    text = notice((EVIDENCE,), Addressee(lang, zone), NOW).text
    assert when in text.replace("\u202f", " ").replace("\xa0", " ")
    assert "250861947301028446" in text
    assert "https://example.com/order" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_words_for_every_matter_and_every_deadline(lang: str) -> None:
    words = words_of(lang)
    assert set(words.title) == set(words.line) == set(MATTERS)
    if lang != "en":
        assert set(words.deadline) == {"other_forum"}
        ours = {rule.id for rule in load_policy().deadlines}
        assert set(words.site[ALIBABA]) == ours
        assert all(words.site[ALIBABA][name].todo and words.site[ALIBABA][name].if_missed for name in ours)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("matter", MATTERS)
def test_every_matter_can_be_told_in_every_language(lang: str, matter: str) -> None:
    concern = Concern("k", matter, 1, True, "12345678", what="Provide evidence", by=NOW)  # type: ignore[arg-type]
    made = notice((concern,), Addressee(lang, "UTC"), NOW)
    assert made.title
    assert "{" not in made.title + made.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_discreet_notice_holds_no_name_no_amount_no_number_and_no_link(lang: str) -> None:
    made = notice((EVIDENCE, PRICE), Addressee(lang, "UTC", discreet=True), NOW)
    said = made.title + made.text
    assert [word for word in ("Müller", "USD", "8,600", "250861947301028446", "example.com") if word in said] == []
    assert "8446" in said


def test_the_most_urgent_names_the_message_and_the_others_are_counted() -> None:
    assert notice((EVIDENCE, PRICE), Addressee("en", "UTC"), NOW).title == "1 day 1 hour left: Provide evidence (and 1 more)"


def test_what_is_told_of_one_order_stands_together() -> None:
    other = Concern("o", "blind", 1, True, "99887766")
    text = notice((EVIDENCE, other, PRICE), Addressee("en", "UTC"), NOW).text
    assert text.index("Provide evidence") < text.index("USD 9,100.00") < text.index("99887766")


def test_signs_that_act_or_hide_are_shown_as_such() -> None:
    hostile = Concern("h", "blind", 1, True, "12345678", "fans\u202e\x1b[31m", detail="a\u200bb")
    text = notice((hostile,), Addressee("en", "UTC"), NOW).text
    assert not {"\u202e", "\x1b", "\u200b"} & set(text)


def test_a_test_names_the_number_to_say() -> None:
    assert "notify confirm 4711" in trial("4711", Addressee("fr", "UTC")).text
