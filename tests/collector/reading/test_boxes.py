"""Where a quoted text stands among the stored boxes: found for certain, or not at all."""

from __future__ import annotations

from dataclasses import replace

from collector.model import Artefact
from collector.reading.boxes import Layout, picture_of, steady
from collector.site import Box

LIST = "html > body > dl:nth-of-type(1)"
TOTAL = Box(f"{LIST} > dd:nth-of-type(1)", 100, 20, 80, 12, "USD 8,600.00")
PAID = Box(f"{LIST} > dd:nth-of-type(2)", 100, 40, 80, 12, "USD 8,600.00")
NAME = Box("html > body > p:nth-of-type(1)", 10, 60, 200, 12, "Foshan Brightwing\nElectric Co., Ltd.")
TIMER = Box("html > body > b:nth-of-type(1)", 10, 80, 90, 12, "2 days 03:04:05 left")
PAGE = Layout((TOTAL, PAID, NAME, TIMER))


def test_an_element_that_shows_the_quote_is_boxed_and_no_other_with_the_same_text() -> None:
    assert PAGE.at(TOTAL.path, "USD 8,600.00") == (100, 20, 80, 12)
    assert PAGE.at(PAID.path, "USD 8,600.00") == (100, 40, 80, 12)


def test_an_element_that_shows_something_else_or_was_not_seen_has_no_box() -> None:
    assert PAGE.at(TOTAL.path, "USD 9,600.00") is None
    assert PAGE.at(f"{LIST} > dd:nth-of-type(3)", "USD 8,600.00") is None
    assert PAGE.at(f"{LIST} > dd:nth-of-type(10)", "USD 8,600.00") is None
    assert PAGE.at(TOTAL.path, "") is None


def test_a_block_is_boxed_round_the_texts_in_it() -> None:
    assert PAGE.at(LIST, "USD 8,600.00 USD 8,600.00") == (100, 20, 80, 32)


def test_a_text_with_parts_of_its_own_counts_once() -> None:
    inner = Box(TOTAL.path + " > b:nth-of-type(1)", 100, 20, 20, 12, "USD")
    assert Layout((TOTAL, inner)).at(TOTAL.path, "USD 8,600.00") == (100, 20, 80, 12)


def test_only_a_time_may_have_counted_on_since_it_was_read() -> None:
    assert PAGE.at(TIMER.path, "2 days 03:04:09 left") is None
    assert PAGE.at(TIMER.path, "2 days 03:04:09 left", counts_on=True) == (10, 80, 90, 12)
    assert PAGE.at(TIMER.path, "2 days 03:04:09 late", counts_on=True) is None


def test_a_text_from_data_is_boxed_where_it_stands_once_however_its_lines_break() -> None:
    assert PAGE.of_text("FOSHAN Brightwing Electric Co., Ltd.") == (10, 60, 200, 12)


def test_a_text_that_stands_twice_or_is_short_is_not_guessed_at() -> None:
    assert PAGE.of_text("USD 8,600.00") is None
    assert PAGE.of_text("2 days") is None
    assert Layout((replace(NAME, text=f"{NAME.text} {NAME.text}"),)).of_text(NAME.text) is None


def test_what_moved_or_changed_while_it_was_pictured_is_not_trusted() -> None:
    moved, changed = replace(PAID, y=140), replace(NAME, text="Shenzhen Darkwing Electric Co., Ltd.")
    ticked, new = replace(TIMER, x=12, text="2 days 03:04:09 left"), Box("html > body > i:nth-of-type(1)", 0, 0, 9, 9, "new")
    assert steady((TOTAL, PAID, NAME, TIMER), (TOTAL, moved, changed, ticked, new)) == (TOTAL, ticked)


def test_the_upper_of_two_pictures_that_show_all_of_a_box_is_named() -> None:
    upper, lower = (
        Artefact("tile", part, "image/png", 1, f"d{part}", "", note=f"x=0 y={y} width=640 height=100")
        for part, y in enumerate((0, 80))
    )
    assert picture_of((10, 85, 50, 10), (lower, upper)) is upper
    assert picture_of((10, 95, 50, 10), (lower, upper)) is lower
    assert picture_of((10, 175, 50, 10), (lower, upper)) is None
    assert picture_of((10, 5, 50, 10), (replace(upper, note=""),)) is None
