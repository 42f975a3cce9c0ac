"""A conversation in the form of any application is read back: every message, at its instants, or called ambiguous."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from tests.collector.saved.chats.reading import anywhere, chat, times, told, wall

Said = list[tuple[datetime, str]]


def _by_day(said: Said, day: Callable[[datetime], str], line: Callable[[datetime, str], str]) -> str:
    """A day above the messages of that day."""
    days = groupby(said, key=lambda one: one[0].date())
    return "\n\n".join(
        "\n".join([day(group[0][0]), *(line(at, text) for at, text in group)])
        for group in (list(of_day) for _, of_day in days)
    )


def _half(at: datetime, before: str, after: str) -> str:
    return f"{after if at.hour > 11 else before} {at.hour % 12 or 12}:{at:%M}"


def _korean(at: datetime) -> str:
    return f"{at.year}년 {at.month}월 {at.day}일 {'월화수목금토일'[at.weekday()]}요일"


def _english(at: datetime) -> str:
    return f"{at:%A}, {at:%B} {at.day}, {at.year}"


RULE = "-" * 15
FORMS: dict[str, Callable[[Said], str]] = {
    "LINE": lambda said: _by_day(said, lambda d: f"{d:%Y/%m/%d}({d:%a})", lambda d, t: f"{d:%H:%M}\tA\t{t}"),
    "LINE, English": lambda said: _by_day(
        said, lambda d: f"{d:%a}, {d.month}/{d.day}/{d.year}", lambda d, t: f"{d:%I:%M%p}\tA\t{t}"
    ),
    "LINE, British": lambda said: _by_day(said, lambda d: f"{d:%a, %d/%m/%Y}", lambda d, t: f"{d:%H:%M}\tA\t{t}"),
    "KakaoTalk": lambda said: "\n".join(
        f"{d.year}. {d.month}. {d.day}. {_half(d, '오전', '오후')}, A : {t}" for d, t in said
    ),
    "KakaoTalk, English": lambda said: "\n".join(f"{d:%B} {d.day}, {d.year} at {d:%I:%M %p}, A : {t}" for d, t in said),
    "KakaoTalk, computer": lambda said: _by_day(
        said, lambda d: f"{RULE} {_korean(d)} {RULE}", lambda d, t: f"[A] [{_half(d, '오전', '오후')}] {t}"
    ),
    "KakaoTalk, computer, English": lambda said: _by_day(
        said, lambda d: f"{RULE} {_english(d)} {RULE}", lambda d, t: f"[A] [{d:%I:%M %p}] {t}"
    ),
    "KakaoTalk, table": lambda said: "Date,User,Message\n" + "\n".join(f"{d:%Y-%m-%d %H:%M:%S},A,{t}" for d, t in said),
    "QQ": lambda said: "\n\n".join(f"{d:%Y-%m-%d %H:%M:%S} A(123456)\n{t}" for d, t in said),
    "WeChat": lambda said: "\n\n".join(f"A {d:%Y-%m-%d %H:%M:%S}\n{t}" for d, t in said),
    "Telegram": lambda said: json.dumps(
        {"type": "personal_chat", "messages": [{"date": d.isoformat(), "from": "A", "text": t} for d, t in said]}
    ),
}  # fmt: skip
MOMENTS = st.lists(st.datetimes(wall(2015, 1, 1), wall(2035, 12, 31)), min_size=1, max_size=6)


@given(st.sampled_from(sorted(FORMS)), MOMENTS)
def test_every_form_is_read_back_to_the_same_messages_and_instants(form: str, moments: list[datetime]) -> None:
    walls = sorted(moment.replace(second=0, microsecond=0) for moment in moments)
    found = chat(FORMS[form]([(at, f"text {number}") for number, at in enumerate(walls)]))
    assert found.app == form.partition(",")[0]
    assert [text for _, text in told(found)] == [f"text {number}" for number in range(len(walls))]
    spans = [anywhere(at) for at in walls]
    if not found.caution.text:
        assert times(found) == spans
    else:
        assert all(
            read and read[0] <= first <= last <= read[1] for read, (first, last) in zip(times(found), spans, strict=True)
        )
