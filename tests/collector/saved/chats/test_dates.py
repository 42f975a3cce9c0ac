"""Which number of a date is the day: settled by the file, said by the buyer, or left open and named; never guessed."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.collector.saved.chats.reading import anywhere, chat, times, wall


def days(*printed: str, order: str = "") -> tuple[list[str], str]:
    """The first day (UTC noon, without hours) of each message, and the caution."""
    found = chat("".join(f"{day}, 12:00 - A: x\n" for day in printed), order)
    return [f"{one[0]:%m-%d}" if one else "" for one in times(found)], found.caution.text


def test_with_dots_the_day_stands_first() -> None:
    assert days("03.08.25") == (["08-02"], "")
    assert chat("03.08.25, 12:30 - A: x\n").messages[0]["sent_at"].earliest == anywhere(wall(2025, 8, 3, 12, 30))[0]


def test_a_number_above_twelve_settles_every_line() -> None:
    assert days("03/04/26", "25/04/26") == (["04-02", "04-24"], "")
    assert days("03/04/26", "04/25/26") == (["03-03", "04-24"], "")


def test_of_two_readings_the_one_in_which_messages_follow_each_other_counts() -> None:
    assert days("05/03/26", "02/04/26") == (["03-04", "04-01"], "")
    assert days("03/05/26", "04/02/26") == (["03-04", "04-01"], "")


def test_where_nothing_settles_it_both_days_are_named_and_kept() -> None:
    found = chat("03/04/2026, 10:00 - A: x\n")
    assert "“03/04/2026” is 3 April 2026 or 4 March 2026" in found.caution.text
    assert "--dates day-first" in found.caution.todo
    assert times(found) == [anywhere(wall(2026, 3, 4, 10), wall(2026, 4, 3, 10))]


def test_a_day_that_is_the_same_in_both_readings_needs_no_word() -> None:
    assert days("04/04/26") == (["04-03"], "")


def test_what_the_buyer_says_settles_it() -> None:
    assert days("03/04/26", order="day_first") == (["04-02"], "")
    assert days("03/04/26", order="month_first") == (["03-03"], "")
    assert days("03.04.26", order="month_first") == (["03-03"], "")


def test_what_the_buyer_says_against_the_file_is_named_and_not_taken() -> None:
    found, caution = days("03/04/26", "25/04/26", order="month_first")
    assert found == ["04-02", "04-24"]
    assert caution.startswith("“25/04/26” in it cannot be read with the month first, as the buyer says")


def test_a_date_that_is_none_hides_no_doubt_about_the_others() -> None:
    found, caution = days("03/04/26", "31/02/26")
    assert found[1] == ""
    assert "two ways" in caution


def test_dates_of_two_orders_in_one_file_are_named_and_each_counts_for_what_it_can_be() -> None:
    """Somebody pasted a conversation into a message."""
    found, caution = days("12/25/26", "03/04/26", "25/12/20")
    assert (found[0], found[2]) == ("12-24", "12-24")
    assert "“25/12/20” has the day first, “12/25/26” the month" in caution
    assert times(chat("12/25/26, 12:00 - A: x\n03/04/26, 12:00 - A: x\n25/12/20, 12:00 - A: x\n"))[1] == anywhere(
        wall(2026, 3, 4, 12), wall(2026, 4, 3, 12)
    )


STYLES = {
    "d/m/Y": ("{d:02}/{m:02}/{Y}", "{H:02}:{M:02} - "), "d/m/y": ("{d}/{m}/{y:02}", "{H:02}:{M:02} - "),
    "m/d/y": ("{m}/{d}/{y:02}", "{h}:{M:02}\u202f{p} - "), "m/d/Y": ("{m:02}/{d:02}/{Y}", "{H:02}:{M:02} - "),
    "d.m.y": ("{d:02}.{m:02}.{y:02}", "{H:02}:{M:02} - "), "d-m-Y": ("{d:02}-{m:02}-{Y}", "{H:02}:{M:02} - "),
    "Y-m-d": ("{Y}-{m:02}-{d:02}", "{H:02}:{M:02} - "), "Y/m/d": ("{Y}/{m}/{d}", "{H:02}:{M:02} - "),
    "korean": ("{y:02}. {m}. {d}.", "{k} {h}:{M:02} - "),
}  # fmt: skip
MOMENTS = st.lists(st.datetimes(wall(2015, 1, 1), wall(2035, 12, 31)), min_size=1, max_size=8)
NEAR = st.builds(
    lambda day, rest: [day.replace(day=min(day.day, 28)), *(day.replace(day=n, hour=h) for n, h in rest)],
    st.datetimes(wall(2015, 1, 1), wall(2035, 12, 31)),
    st.lists(st.tuples(st.integers(1, 28), st.integers(0, 23)), max_size=4),
)


def _printed(moment: datetime, style: str, *, bracket: bool) -> str:
    date_form, time_form = STYLES[style]
    parts = {
        "d": moment.day, "m": moment.month, "Y": moment.year, "y": moment.year % 100, "H": moment.hour, "M": moment.minute,
        "h": moment.hour % 12 or 12, "p": "PM" if moment.hour > 11 else "AM", "k": "오후" if moment.hour > 11 else "오전",
    }  # fmt: skip
    comma = "" if style == "korean" else ","
    head = f"{date_form}{comma} {time_form}".format(**parts)
    return f"[{head.removesuffix(' - ')}] " if bracket else head


@given(MOMENTS | NEAR, st.sampled_from(sorted(STYLES)), st.booleans())
def test_a_chat_in_any_order_is_read_back_to_its_instants_or_is_called_ambiguous(
    moments: list[datetime], style: str, bracket: bool
) -> None:
    walls = sorted(moment.replace(second=0, microsecond=0) for moment in moments)
    found = chat("".join(f"{_printed(one, style, bracket=bracket)}A: {n}\n" for n, one in enumerate(walls)))
    read = times(found)
    assert len(read) == len(walls)
    for one, span in zip(walls, read, strict=True):
        assert span is not None
        first, last = anywhere(one)
        assert span[0] <= first <= last <= span[1]
        assert found.caution.text or span == (first, last)


@pytest.mark.parametrize(("style", "ambiguous"), [("d/m/y", True), ("m/d/y", True), ("d.m.y", False), ("Y/m/d", False)])
def test_a_single_day_is_ambiguous_with_slashes_alone(style: str, ambiguous: bool) -> None:
    found = chat(f"{_printed(wall(2026, 4, 3, 10), style, bracket=False)}A: x\n")
    assert bool(found.caution.text) == ambiguous
