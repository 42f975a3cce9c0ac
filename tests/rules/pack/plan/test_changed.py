"""What changed to the buyer's harm stands in a pack: before beside after, in the timeline, with both visits as exhibits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from collector.model import Snapshot
from rules.pack.plan.brief import cited, first_exhibits, ten_lines
from rules.pack.plan.exhibits import Choices
from rules.pack.plan.plan import CoveringCheckpoint, PackPlan, plan
from rules.pack.render.changed import change_pictures, inlined, picture_path
from rules.pack.render.report import key_rows, render_report, render_viewer
from tests.rules.cases import NOON, case, printed, shown, visited
from tests.rules.changes.looks import message, usd
from tests.rules.pack.synthetic import Objects, draw


def packed(kind: str, *said: dict[str, Any], choices: Choices = Choices()) -> PackPlan:  # noqa: B008 - a frozen value
    """A page that showed this, a day after the other."""
    facts, snapshots = [], list[Snapshot]()
    for number, values in enumerate(said):
        at, ident = NOON - timedelta(days=len(said) - number), f"{kind}-{number}"
        snapshots.append(replace(visited(kind, at=at), id=ident))
        facts += [shown(name, value, at, ident) for name, value in values.items()]
    return plan(case(*facts, snapshots=tuple(snapshots)), (), (), ("late",), choices, CoveringCheckpoint(1))


LIMITS = [{"supplier.limit": usd(amount)} for amount in (10_000, 10_000, 6_000, 6_000, 6_000)]


def test_both_visits_between_which_it_changed_are_exhibits_and_no_other() -> None:
    made = packed("supplier", *LIMITS)
    (change,) = made.changes
    shown_by = {e.number: e.snapshot for e in made.exhibits}
    assert [shown_by[number] for number in change.sources] == ["supplier-1", "supplier-2"]
    assert sorted(shown_by.values()) == ["supplier-1", "supplier-2", "supplier-4"]
    assert (change.before, change.after) == ("USD 10,000.00", "USD 6,000.00")


def test_the_timeline_tells_it_between_the_two_visits_among_what_carries_the_story() -> None:
    made = packed("supplier", *LIMITS)
    (row,) = [row for row in made.timeline if row.kind == "change"]
    assert row in key_rows(made)[0]
    assert (row.first, row.last) == (NOON - timedelta(days=4), NOON - timedelta(days=3))
    assert row.when.startswith("between Thu 1 Oct 2026")
    assert row.source == ", ".join(made.changes[0].sources)


def test_report_and_viewer_show_before_beside_after_with_the_exhibits() -> None:
    made = packed(
        "thread", {"thread.messages": (message("1", "Five layers."),)}, {"thread.messages": (message("1", "Two layers."),)}
    )
    for html in (render_report(made), render_viewer(made)):
        table = html[html.index("What was changed on the pages") :]
        assert table.index("Five layers.") < table.index("Two layers.")
        assert all(number in table for number in made.changes[0].sources)


def pictured(*, withheld: bool = False) -> tuple[PackPlan, Objects]:
    """A limit that was lowered, each of both read in a box of a picture that was kept."""
    made, objects, boxes = packed("supplier", *LIMITS[1:3]), Objects(), ((20, 90, 200, 20), (20, 130, 200, 20))
    tile = objects.artefact("tile", 0, "image/png", draw("Supplier", 0, 600), "x=0 y=0 width=640 height=600")
    snapshots = tuple(replace(one, artefacts=(tile,)) for one in made.snapshots)
    files = {} if withheld else {"tile.png": tile.digest}
    exhibits = tuple(replace(one, files=files) for one in made.exhibits)
    changes = tuple(replace(one, boxes=boxes) for one in made.changes)
    return replace(made, snapshots=snapshots, exhibits=exhibits, changes=changes), objects


def test_both_sides_are_shown_framed_where_they_stood_on_the_page() -> None:
    made, objects = pictured()
    changed = change_pictures(made, objects.get)
    assert set(changed) == {(0, 0), (0, 1)}
    assert changed[0, 0] != changed[0, 1]
    report, viewer = render_report(made, changed=changed), render_viewer(made, changed=changed)
    assert all(inlined(picture) in report for picture in changed.values())
    assert all(f'src="{picture_path(*which).removeprefix("data/")}"' in viewer for which in changed)


def test_of_a_page_whose_pictures_are_withheld_no_place_is_shown() -> None:
    made, objects = pictured(withheld=True)
    assert change_pictures(made, objects.get) == {}


def test_what_does_not_harm_or_lies_before_the_chosen_day_is_not_shown() -> None:
    assert packed("supplier", *reversed(LIMITS)).changes == ()
    assert "What was changed" not in render_report(packed("supplier", *reversed(LIMITS)))
    late = packed("supplier", *LIMITS, choices=Choices(since=NOON.date()))
    assert (late.changes, [row for row in late.timeline if row.kind == "change"]) == ((), [])


def test_a_visit_that_is_left_out_is_named_by_no_exhibit() -> None:
    made = packed("supplier", *LIMITS, choices=Choices(exclude=("supplier-1",)))
    assert made.changes[0].sources[0] == ""
    assert made.changes[0].sources[1]


def test_a_ship_date_that_was_moved_is_told_with_the_one_that_stood_there() -> None:
    made = packed("order", {"order.ship_by": printed("2026-09-09")}, {"order.ship_by": printed("2026-09-24")})
    (line,) = [line for line in ten_lines(made) if line.text.startswith("Agreed ship date")]
    assert "; the page said Wed 9 Sep 2026 until it was changed." in line.text
    assert set(cited(line.source)) == {exhibit.number for exhibit in made.exhibits}
    agreed = render_report(made).partition("What was agreed, and what happened</h2>")[2].partition("</table>")[0]
    assert "The page said Wed 9 Sep 2026 until it was changed" in agreed


def test_what_was_said_of_the_goods_does_not_come_first_where_all_is_about_time() -> None:
    said = ({"product.title": "Fan, 7200 mAh"}, {"product.title": "Fan, 4000 mAh"})
    made = packed("product", *said)
    assert made.changes
    weighed = replace(made, reasons=("not_as_described",))
    assert [one.shows for one in first_exhibits(weighed)][:1] == ["that the product's title changed"]
    order = packed("order", {"order.ship_by": printed("2026-09-09")}, {"order.ship_by": printed("2026-09-24")})
    both = replace(order, changes=(*made.changes, *order.changes))
    assert "that the ship date on the order page was moved 15 days later" in first_exhibits(both)[0].shows


def test_a_message_that_was_recalled_is_shown_with_the_sites_translation() -> None:
    said = {**message("1", "六层包装"), "translation": "Six layers."}
    made = packed("thread", {"thread.messages": (said,)}, {"thread.messages": ({**said, "recalled": True, "text": "-"},)})
    assert made.changes[0].before == "六层包装\nTranslated by the site: Six layers."
    assert made.changes[0].text.endswith("“六层包装” (translated by the site: “Six layers.”).")
