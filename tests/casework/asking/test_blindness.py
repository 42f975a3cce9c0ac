"""Blindness from what an archive holds: on Today first and loudly, and never because a page only goes on with its story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from casework import views
from casework.asking.blindness import JudgedCase, blindness
from casework.asking.today import next_of, today
from casework.cases import casefile, find_case, open_case, set_case, targets_of
from casework.workspace import Workspace
from collector.model import Outcome
from fixtures.marketplace.pages import render, shows
from fixtures.marketplace.scenarios import ORIGIN, SCENARIOS
from rules.night.blindness import Blind
from tests.archives import keep_snapshot, snapshot_for
from tests.seeds import STORIES
from tests.stories.diary import BASE, Diary, instant

DAY = 60


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    """A case in dispute of which every page was kept."""
    made = Diary(tmp_path, "led-fans")
    made.keep(DAY)
    return made


def page(diary: Diary, kind: str, day: int = DAY) -> bytes:
    return render(diary.scenario, day, kind, base=BASE, origin=ORIGIN, settled=True)


def keep_page(ws: Workspace, case: str, kind: str, body: bytes, outcome: Outcome = "complete") -> None:
    target, name = next(t for t in targets_of(ws, case) if t.kind == kind), f"{case}-{kind}-{ws.archive.ledger.size}"
    words = BeautifulSoup(body, "lxml").get_text(" ")
    snapshot = snapshot_for(ws.archive, target, body, identifier=name, outcome=outcome, text=words)
    keep_snapshot(ws.archive, snapshot)
    ws.refresh()


def told(ws: Workspace, kind: str) -> list[Blind]:
    return [one for one in today(ws).blind if one.kind == kind]


def in_a_new_way(body: bytes) -> bytes:
    """The order page with its total where no reader finds an amount."""
    assert b"USD 8,600.00" in body
    return body.replace(b"USD 8,600.00", b"eight thousand and six hundred")


def test_a_page_that_shows_a_fact_in_a_new_way_is_drift_until_it_can_be_read_again(diary: Diary) -> None:
    keep_page(diary.ws, diary.order, "order", in_a_new_way(page(diary, "order")))
    (blind,) = told(diary.ws, "drift")
    assert "order.total" in blind.facts
    assert "the order's total" in blind.text.lower()
    assert blind.link.endswith(diary.order)
    keep_page(diary.ws, diary.order, "order", page(diary, "order"))
    assert told(diary.ws, "drift") == []


def test_a_layout_that_is_not_known_any_more_is_drift(diary: Diary) -> None:
    keep_page(diary.ws, diary.order, "order", b"<html><body><div id=root>Loading</div></body></html>", "partial")
    (blind,) = told(diary.ws, "drift")
    assert "order.status" in blind.facts


def test_in_two_cases_it_is_the_site_that_changed_said_once_with_what_still_works(diary: Diary) -> None:
    other = str(int(diary.order) + 1)
    open_case(diary.ws, other, {"order": (f"https://biz.alibaba.com/ta/detail.htm?orderId={other}",)}, zone="Europe/Berlin")
    changed = in_a_new_way(page(diary, "order"))
    for case in (diary.order, other):
        for body in (page(diary, "order"), changed):
            keep_page(diary.ws, case, "order", body.replace(diary.order.encode(), case.encode()))
    drift = told(diary.ws, "drift")
    assert {one.case for one in drift} == {diary.order, other}
    (text,) = {one.text for one in drift}
    assert text.startswith("The site changed: ")
    assert "What is still read: " in text
    lines = [" ".join(map(str, block.parts)) for block in views.today(today(diary.ws)).blocks if hasattr(block, "parts")]
    assert sum("The site changed" in line for line in lines) == 1
    assert "The site changed" in lines[0]


def test_a_conversation_that_is_empty_where_there_was_one_is_an_alarm(diary: Diary) -> None:
    assert told(diary.ws, "emptied") == []
    emptied(diary)
    diary.ws.refresh()
    assert [one.page for one in told(diary.ws, "emptied")] == ["thread"]
    assert told(diary.ws, "drift") == []


def test_a_conversation_whose_messages_stand_there_and_cannot_be_read_is_not_empty(diary: Diary) -> None:
    keep_page(diary.ws, diary.order, "thread", page(diary, "thread").replace(b"message-item", b"nothing"))
    assert [one.page for one in told(diary.ws, "drift")] == ["thread"]
    assert told(diary.ws, "emptied") == []


def test_a_list_that_showed_orders_and_shows_none_is_an_alarm_until_it_shows_them_again(diary: Diary) -> None:
    def night(rows: int) -> list[Blind]:
        body = {"run": "1", "snapshots": [], "lists": [{"kind": "order_list", "account": "", "rows": rows}]}
        diary.ws.archive.record("run.finished", body)
        diary.ws.refresh()
        return told(diary.ws, "emptied")

    assert night(0) == []
    assert night(3) == []
    assert [one.text for one in night(0)] == ["The order list of account  is empty now; before it showed 3 orders."]
    assert night(4) == []


def test_a_machine_that_was_off_across_the_end_of_a_timer_is_told_by_today_and_next(diary: Diary) -> None:
    diary.ws.archive.record("run.started", {"run": "1"})
    line = today(diary.ws).lines[0]
    assert line.act_by
    diary.clock.at = line.act_by + timedelta(days=1)
    diary.ws.archive.record("run.started", {"run": "2"})
    diary.ws.refresh()
    (blind,) = told(diary.ws, "off")
    assert blind.timer == line.act_by
    assert blind in next_of(diary.ws, diary.order).blind
    assert views.today(today(diary.ws)).json["blind"]


# --- Ten blindnesses, planted -------------------------------------------------------------------------------------------


def later(diary: Diary, **passed: float) -> None:
    """Time passes and nobody looks."""
    diary.clock.at += timedelta(**passed)


def fading(*kinds: str) -> Callable[[Diary], None]:
    """What these pages say cannot be read any more."""

    def plant(diary: Diary) -> None:
        for kind in kinds:
            keep_page(diary.ws, diary.order, kind, in_a_new_way(page(diary, kind)))

    return plant


def paused(why: str) -> Callable[[Diary], None]:
    def plant(diary: Diary) -> None:
        diary.ws.archive.record("account.paused", {"account": "", "why": why, "snapshot": ""})

    return plant


def fading_in_two_cases(diary: Diary) -> None:
    other = str(int(diary.order) + 1)
    open_case(diary.ws, other, {"order": (f"https://biz.alibaba.com/ta/detail.htm?orderId={other}",)}, zone="Europe/Berlin")
    for case in (diary.order, other):
        for body in (page(diary, "order"), in_a_new_way(page(diary, "order"))):
            keep_page(diary.ws, case, "order", body.replace(diary.order.encode(), case.encode()))


def emptied(diary: Diary) -> None:
    soup = BeautifulSoup(page(diary, "thread"), "lxml")
    for message in soup.select("[class*=message-item]"):
        message.decompose()
    keep_page(diary.ws, diary.order, "thread", str(soup).encode())


def emptied_list(diary: Diary) -> None:
    for rows in (3, 0):
        body = {"run": "1", "snapshots": [], "lists": [{"kind": "order_list", "account": "", "rows": rows}]}
        diary.ws.archive.record("run.finished", body)


def off_across_the_end(diary: Diary) -> None:
    diary.ws.archive.record("run.started", {"run": "1"})
    end = today(diary.ws).lines[0].act_by
    assert end
    diary.clock.at = end + timedelta(days=1)


def never_whole(diary: Diary) -> None:
    other = str(int(diary.order) + 1)
    open_case(diary.ws, other, {"order": (f"https://biz.alibaba.com/ta/detail.htm?orderId={other}",)}, zone="Europe/Berlin")
    set_case(diary.ws, other, ["received_at=2026-08-20"], {})


# What is planted, the day of the story on which it is, and what Today then says: the kind and some of its words.
PLANTED: dict[str, tuple[int, Callable[[Diary], None], str, str]] = {
    "36 hours without a look": (60, lambda d: later(d, hours=37), "unseen", "for 1 day while a deadline runs"),
    "12 hours in a dispute": (75, lambda d: later(d, hours=13), "unseen", "for 13 hours while a deadline runs"),
    "a wall": (60, paused("The site asks to move a slider."), "wall", "move a slider"),
    "a sign-in that ended": (60, paused("The site asks to sign in."), "wall", "asks to sign in"),
    "a machine that was off": (75, off_across_the_end, "off", "No night ran between"),
    "a page that is read no more": (60, fading("order"), "drift", "cannot be read any more"),
    "a site that changed": (60, fading_in_two_cases, "drift", "The site changed: "),
    "an empty conversation": (60, emptied, "emptied", "is empty now; before it had"),
    "an empty list": (60, emptied_list, "emptied", "before it showed 3 orders"),
    "no whole look ever": (60, never_whole, "unseen", "No complete look so far"),
}


@pytest.mark.parametrize("what", PLANTED)
def test_of_ten_planted_blindnesses_none_is_missed(tmp_path: Path, what: str) -> None:
    """Each is said by Today, and was not before it was planted."""
    day, plant, kind, words = PLANTED[what]
    made = Diary(tmp_path, "led-fans", kinds=("order", "thread", "dispute"))
    made.keep(day)
    assert today(made.ws).blind == ()
    plant(made)
    made.ws.refresh()
    assert [one for one in told(made.ws, kind) if words in one.text and one.link], today(made.ws).blind


@pytest.mark.stories
@pytest.mark.parametrize("scenario", STORIES)
def test_a_story_that_goes_on_day_by_day_is_never_drift_nor_emptied(tmp_path: Path, scenario: str) -> None:
    diary = Diary(tmp_path, scenario, kinds=("order", "thread", "supplier", "product", "dispute"))
    case = find_case(diary.ws, diary.order)
    for day in sorted(SCENARIOS[scenario].days):
        diary.clock.at = instant(day)
        for target in targets_of(diary.ws, diary.order):
            if shows(scenario, day, target.kind):
                keep_page(diary.ws, diary.order, target.kind, page(diary, target.kind, day))
        judged = JudgedCase(case, casefile(diary.ws, case, diary.clock.at), ())
        assert [one for one in blindness(diary.ws, [judged], diary.clock.at) if one.kind in ("drift", "emptied")] == []
