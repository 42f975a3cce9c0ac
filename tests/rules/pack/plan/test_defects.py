"""The table of what is wrong with the goods, from what the buyer counted and wrote beside his files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.pack.plan.defects import Defect, Defects, defects_of
from tests.rules.cases import added, case


def table(*notes: str, **units: str) -> Defects | None:
    files = tuple(replace(file, note=note) for file, note in zip(added("photo", len(notes)), notes, strict=True))
    kept = case(*(f"{name}={value}" for name, value in units.items()), files=files)
    return defects_of(kept, kept.files, {file.id: f"B{n:02d}" for n, file in enumerate(kept.files, 1)})


def test_a_note_that_counts_units_gives_their_number_share_and_pictures() -> None:
    found = table(
        "Cracked blades: 96", "cracked blades: 96", "burnt motor: 40 pcs.", units_total="200", units_defective="136"
    )
    assert found == Defects(
        "200", "136", "68 %",
        (Defect("Cracked blades", "96", "48 %", ("B01", "B02")), Defect("burnt motor", "40", "20 %", ("B03",))),
    )  # fmt: skip


def test_a_note_without_a_count_says_what_is_seen_and_no_number_is_made_up() -> None:
    found = table("the motor does not start", "see carton 12")
    assert found is not None
    assert (found.total, found.defective, found.share) == ("", "", "")
    assert [(row.what, row.units, row.share) for row in found.rows] == [
        ("the motor does not start", "", ""), ("see carton 12", "", ""),
    ]  # fmt: skip


def test_a_remark_on_an_inspection_is_no_defect_and_a_count_on_one_is() -> None:
    kept = case(files=tuple(
        replace(file, note=note)
        for file, note in zip(added("inspection", 2), ("by SGS on our behalf", "cracked blades: 96"), strict=True)
    ))  # fmt: skip
    found = defects_of(kept, kept.files, {file.id: f"B{n:02d}" for n, file in enumerate(kept.files, 1)})
    assert found is not None
    assert [(row.what, row.units) for row in found.rows] == [("cracked blades", "96")]


def test_notes_that_count_the_same_thing_otherwise_are_both_said() -> None:
    found = table("cracked: 96", "cracked: 40", units_total="200")
    assert found is not None
    assert [(row.units, row.share) for row in found.rows] == [("40 or 96", "")]


@pytest.mark.parametrize(("total", "defective"), [("0", "1"), ("10", "11")])
def test_numbers_that_cannot_be_give_no_share(total: str, defective: str) -> None:
    found = table(units_total=total, units_defective=defective)
    assert found is None or found.share == ""


def test_where_nothing_is_counted_and_nothing_noted_there_is_no_table() -> None:
    assert table("", units_total="200") is None
