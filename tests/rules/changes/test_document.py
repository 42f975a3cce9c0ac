"""The page of changes: whole in one file, inert whatever a page says, and what harms first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rules.changes.change import Change
from rules.changes.chart import Point, Series
from rules.changes.document import ChangesDocument, ShownCase, ShownChange, ShownPage, render
from tests.rules.cases import HOME, NOON
from tests.rules.changes.looks import asked_for, between, look, message, talk, usd

HOSTILE = "</style><script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>\u202e"


def document(*found: Change, **more: Any) -> str:
    cards = tuple(ShownChange(change, HOME) for change in found if change.kind in ("fact", "message"))
    pages = tuple(ShownPage(c.page, c.first, c.then, text=c) for c in found if c.kind == "text")
    adverse, others = (tuple(c for c in cards if c.change.adverse is harm) for harm in (True, False))
    series = (Series("The limit", (Point(NOON.date(), 1.0, "USD 1"), Point(NOON.date(), 2.0, "USD 2"))),)
    case = ShownCase("2508", "fans", HOME, adverse, others, pages, series)
    return render(replace(ChangesDocument((case,), NOON, HOME), **more)).decode()


def test_nothing_that_a_page_says_acts_or_loads_anything() -> None:
    one = between(look(1, {"product.title": "Fan"}, blocks=("a",)), look(2, {"product.title": HOSTILE}, blocks=(HOSTILE,)))
    html = document(*one, *between(talk(1, message("1", "a")), talk(2, message("1", HOSTILE))), notes=(HOSTILE,))
    assert "<script" not in html.lower()
    assert "<img src=http" not in html
    assert "\u202e" not in html
    assert html.count("</style>") == 1
    assert "default-src 'none'" in html
    assert asked_for(html) == []


def test_what_harms_stands_first_with_why_and_what_to_do() -> None:
    found = between(
        look(1, {"supplier.rating": "4.6", "supplier.limit": usd(9)}),
        look(2, {"supplier.rating": "4.7", "supplier.limit": usd(6)}),
    )
    html = document(*found)
    harm, other = html.index("limit went down"), html.index("supplier&#39;s rating changed")
    assert harm < other
    assert "refunds the supplier&#39;s limit at most" in html
    assert "<b>1</b> to your harm" in html


def test_words_are_shown_one_by_one_and_a_message_before_and_now() -> None:
    said = (look(1, {}, blocks=("Five layers of card",)), look(2, {}, blocks=("Two layers of card",)))
    html = document(*between(*said), *between(talk(1, message("1", "Friday")), talk(2, message("1", "Soon"))))
    assert "<del>Five</del> <ins>Two</ins> layers of card" in html
    assert html.index("Friday") < html.index("Soon")


def test_a_visit_that_is_not_sealed_is_said_to_be_so() -> None:
    (change,) = between(look(1, {"supplier.limit": usd(9)}), look(2, {"supplier.limit": usd(6)}))
    assert "not sealed yet" not in document(change)
    assert "not sealed yet" in document(change, unsealed=frozenset({change.then.snapshot}))


def test_a_case_in_which_nothing_changed_says_so() -> None:
    empty = ShownCase("2508", "", HOME, (), (), (), ())
    assert "Nothing changed." in render(ChangesDocument((empty,), NOON, HOME)).decode()


def test_new_cells_that_follow_each_other_are_one_passage() -> None:
    (change,) = between(look(1, {}, blocks=("a",)), look(2, {}, blocks=("a", "No.", "Due", "Sent")))
    assert ShownPage(change.page, change.first, change.then, text=change).passages == [[("new", "No. · Due · Sent")]]
