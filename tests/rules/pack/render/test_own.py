"""What a pack says of the buyer's photos: contact sheet, defects, and what a machine read in them."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from rules.pack.plan.defects import Defect, Defects
from rules.pack.plan.plan import PackPlan
from rules.pack.render.contact import OwnLeaves, OwnPicture, cells_of
from rules.pack.render.copies import Stamp, frame_sheet
from rules.pack.render.renderings import leaf_copies
from rules.pack.render.report import render_report, render_viewer
from rules.pack.submission.documents import without_pages
from rules.policy.forums import forums_of
from tests.rules.pack.synthetic import Sealed

EVIL = "<script>alert(1)</script>\u202egpj.exe"


def shot(colour: str = "tan", at_ms: int | None = None, *lines: str) -> OwnPicture:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return OwnPicture(out.getvalue(), at_ms, lines)


@pytest.fixture
def photo(sealed: Sealed) -> tuple[PackPlan, str]:
    """A plan with a photo, and the photo's number."""
    made = sealed.plan()
    number = next(e.number for e in made.exhibits if (file := made.file(e)) and file.media_type.startswith("image/"))
    return made, number


def test_what_a_machine_read_in_a_photo_stands_beside_it_and_is_marked(photo: tuple[PackPlan, str]) -> None:
    made, number = photo
    page = render_viewer(
        replace(made, pictures_read=("0" * 64,)), shots={number: (shot("tan", None, "we will refund", EVIL),)}
    )
    assert "Read in the picture by a machine, checked by nobody: “we will refund / &lt;script&gt;" in page
    assert "was read by a machine and checked by nobody" in page
    assert "<script>" not in page


def test_where_nobody_read_the_photos_that_is_said(photo: tuple[PackPlan, str]) -> None:
    made, number = photo
    page = render_viewer(made, shots={number: (shot("tan", None, "we will refund"),)})
    assert "was not read by a machine" in page
    assert "we will refund" not in page


def test_three_pictures_make_a_contact_sheet_with_names_and_moments(photo: tuple[PackPlan, str]) -> None:
    made, number = photo
    few = cells_of(made, {number: (shot(), shot())})
    cells = cells_of(made, {number: (shot("red", 0), shot("blue", 72_000), shot("tan", 3_661_000))})
    assert few == ()
    assert [cell.at for cell in cells] == ["0:00", "1:12", "1:01:01"]
    page = render_report(made, cells=cells)
    assert page.count('<figure class="cell">') == 3
    assert 'id="contact"' in page
    assert 'id="contact"' not in render_report(made)


def test_the_table_of_defects_shows_words_as_text(photo: tuple[PackPlan, str]) -> None:
    made, number = photo
    table = Defects("200", "96", "48 %", (Defect(EVIL, "96", "48 %", (number,)),))
    page = render_viewer(replace(made, defects=table))
    assert "96 of 200 units are defective (48 %)" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page


def test_the_frames_of_a_video_stand_on_one_sheet_the_same_each_time() -> None:
    frames = [(shot(colour).data, moment) for colour, moment in (("red", "0:00"), ("blue", "0:02"), ("tan", "0:04"))]
    stamp = Stamp("B01  Video", ("Saved by the buyer",), "Made of the video")
    sheet = frame_sheet(frames, stamp)
    assert sheet == frame_sheet(frames, stamp)
    with Image.open(io.BytesIO(sheet)) as picture:
        assert picture.width == 1600


def test_pages_of_a_pdf_are_exhibit_pages_with_stamp_and_number_and_those_not_drawn_are_named(sealed: Sealed) -> None:
    made = sealed.plan()
    contract = next(e for e in made.exhibits if e.title == "Contract")
    leaves = OwnLeaves((shot().data, shot("red").data), 5)
    copies, lack = leaf_copies(made, contract, lambda _: leaves, 7)
    assert len(copies) == 2
    assert lack is not None
    assert (lack.exhibit, lack.what) == (contract.number, "Pages 3 to 5 of the PDF as pictures")
    report = render_report(made, {contract.number: copies}, unpaged=(lack,))
    assert f'<span class="no">{contract.number}</span> Contract, page 2 of 2' in report
    assert "Pages 3 to 5 of the PDF as pictures" in report.partition('id="absent"')[2]
    none, why = leaf_copies(made, contract, lambda _: OwnLeaves(problem="It is locked with a password"), 7)
    assert none == []
    assert why is not None
    assert why.why.startswith("It is locked with a password")


def test_a_pdf_that_nobody_can_open_is_not_handed_in_and_the_list_says_why(sealed: Sealed) -> None:
    made = sealed.plan()
    contract = next(e.number for e in made.exhibits if e.title == "Contract")
    omitted = without_pages(made, forums_of((), made.site)[0], (), frozenset({contract}), has_wacz=False, has_report=False)
    (one,) = (item for item in omitted if item.name.startswith(contract))
    assert one.why == "locked with a password, or damaged: nobody there could open it."
