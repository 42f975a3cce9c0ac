"""The pictures of how costs grow, and the tables that they are drawn from."""

from __future__ import annotations

from pathlib import Path

from scripts.curves import Curve, Line, ceiling, curves, drawn

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"


def test_each_curve_is_drawn_from_the_figures_that_stand_in_the_documents_today() -> None:
    """Otherwise: python -m scripts.curves"""
    stale = [c.name for c in curves() if (PICTURES / f"curve-{c.name}.svg").read_text("utf-8") != drawn(c)]
    assert stale == []
    assert {path.stem for path in PICTURES.glob("curve-*.svg")} == {f"curve-{c.name}" for c in curves()}


def test_a_curve_says_its_figures_and_its_limit_to_whoever_does_not_see_it() -> None:
    picture = drawn(
        Curve("n", "Nights & days", "nights", (Line("one", ((1, 0.5), (10, 2.0))),), "Not beyond ten.", by_tens=True)
    )
    assert "<desc>one: 1 0.5 s, 10 2 s. Not beyond ten.</desc>" in picture
    assert "Nights &amp; days" in picture
    assert ceiling(0.23) == 0.4
    assert ceiling(12.5) == 16
