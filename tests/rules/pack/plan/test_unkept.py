"""What a conversation names and nobody has here stands under "What is not here, and why"."""

from __future__ import annotations

from dataclasses import replace

from rules.pack.plan.unkept import Unkept, unkept
from rules.pack.render.report import render_report, render_viewer
from tests.rules.pack.synthetic import Sealed


def test_a_file_that_a_message_names_and_nobody_kept_is_named_with_the_reason(sealed: Sealed) -> None:
    made = sealed.plan()
    (lack,) = unkept(made)
    thread = next(e.number for e in made.exhibits if e.kind == "thread")
    assert lack == Unkept(thread, "a file that its messages name: PI-0701.pdf", "The page named it, and no copy was kept")
    for page in (render_report(made), render_viewer(made)):
        absent = page.partition('id="absent"')[2].partition("<h2")[0]
        assert "PI-0701.pdf" in absent


def test_one_that_the_buyer_added_under_that_name_is_there(sealed: Sealed) -> None:
    made = sealed.plan()
    files = tuple(replace(f, name="PI-0701.PDF") if f.kind == "contract" else f for f in made.files)
    assert unkept(replace(made, files=files)) == ()
