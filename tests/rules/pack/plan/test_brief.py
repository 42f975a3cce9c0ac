"""What a reader must know in five minutes: ten lines, three exhibits, and where each exhibit is cited."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.pack.plan.brief import cited, first_exhibits, ten_lines
from rules.pack.plan.plan import PackPlan
from rules.pack.plan.timeline import Marked, TimelineRow


def saying(made: PackPlan, *marks: Marked, translation: str = "") -> PackPlan:
    """The plan in which a message of the supplier is marked so."""
    row = next(row for row in made.timeline if row.kind == "message" and row.who.startswith("Supplier"))
    marked = replace(row, marks=marks, translation=translation)
    return replace(made, timeline=tuple(marked if one is row else replace(one, marks=()) for one in made.timeline))


ADMITTED = Marked("admission", "the supplier admits that it was late", "We are late", ("late",))


@pytest.mark.parametrize(
    ("source", "numbers"),
    [
        ("A01, kept in part", ("A01",)),
        ("A03, A01", ("A03", "A01")),
        ("B02 to B04", ("B02", "B03", "B04")),
        ("the buyer", ()),
    ],
)
def test_a_source_names_its_exhibits_one_by_one(source: str, numbers: tuple[str, ...]) -> None:
    assert cited(source) == numbers


def test_the_claim_is_told_in_ten_lines_at_most_with_what_was_admitted(made: PackPlan) -> None:
    told = ten_lines(saying(made, ADMITTED))
    assert told[0].text == made.claim.sentence
    assert len(told) <= 10
    (line,) = (line for line in told if "We are late" in line.text)
    assert line.text.startswith("The supplier wrote (")
    assert line.text.endswith("“We are late”. It is read as an admission that it was late.")
    assert cited(line.source)


def test_what_is_admitted_about_something_else_is_no_part_of_the_claim(made: PackPlan) -> None:
    other = replace(ADMITTED, reasons=("quantity",))
    assert not any("We are late" in line.text for line in ten_lines(saying(made, other)))


def test_a_red_flag_is_no_admission(made: PackPlan) -> None:
    flag = replace(ADMITTED, kind="red_flag", reasons=())
    assert not any("We are late" in line.text for line in ten_lines(saying(made, flag)))


def test_what_was_admitted_in_another_language_is_quoted_with_the_sites_translation(made: PackPlan) -> None:
    told = ten_lines(saying(made, replace(ADMITTED, sentence="我们晚了"), translation="We are late"))
    assert any("“我们晚了” (the site's translation: “We are late”)" in line.text for line in told)


def test_at_most_three_exhibits_come_first_and_an_admission_brings_its_own(made: PackPlan) -> None:
    first = first_exhibits(saying(made, ADMITTED))
    assert len(first) == 3
    row: TimelineRow = next(row for row in saying(made, ADMITTED).timeline if row.marks)
    assert set(cited(row.source)) <= {one.exhibit.number for one in first}
    assert any("“We are late”" in one.shows for one in first)
    assert any(one.exhibit.kind == "photo" for one in first)
