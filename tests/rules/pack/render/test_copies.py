"""Reading copies: joined without repeats, cut between lines, stamped, and the same every time."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageDraw

from collector.errors import DamagedArchive
from collector.model import Artefact, Fact, Place
from rules.pack.render.copies import (
    MOST_PIXELS,
    PAGE_RATIO,
    Stamp,
    as_jpeg,
    as_pdf,
    conversation_copies,
    page_copies,
    photo_copy,
)
from rules.pack.render.marks import Framed, Mark, marks_of
from tests.rules.pack.synthetic import Objects

STAMP = Stamp("A01  Order page", ("https://example.org/" + "x" * 400, "Zürich 外箱 – now"), "Reading copy", "LOCAL STAND-IN")
RED, BLUE, GREEN, WHITE = (200, 30, 30), (30, 30, 200), (30, 160, 30), (255, 255, 255)


def picture(bands: list[tuple[int, tuple[int, int, int]]], width: int = 200, form: str = "PNG") -> bytes:
    image = Image.new("RGB", (width, sum(height for height, _ in bands)), "white")
    top = 0
    for height, color in bands:
        image.paste(color, (0, top, width, top + height))
        top += height
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def tile(objects: Objects, part: int, y: int, height: int, data: bytes) -> Artefact:
    return objects.artefact("tile", part, "image/png", data, f"sticky parts may repeat; x=0 y={y} width=200 height={height}")


def noting() -> tuple[list[tuple[Artefact, ...]], Callable[[tuple[Artefact, ...]], Stamp]]:
    """A list, and what puts there which artefacts each copy was made from."""
    used: list[tuple[Artefact, ...]] = []

    def stamp(artefacts: tuple[Artefact, ...]) -> Stamp:
        used.append(artefacts)
        return STAMP

    return used, stamp


def opened(copy: bytes) -> Image.Image:
    return Image.open(io.BytesIO(copy)).convert("RGB")


def rows_of(copy: bytes, color: tuple[int, int, int]) -> int:
    image = opened(copy)
    return sum(1 for y in range(image.height) if image.getpixel((image.width - 1, y)) == color)


def test_overlapping_tiles_are_joined_without_repeating_what_sticks_to_the_top() -> None:
    """The second tile's red bar, stuck to its window's top, covers rows that the first already shows."""
    objects = Objects()
    first = tile(objects, 0, 0, 120, picture([(20, RED), (100, BLUE)]))
    second = tile(objects, 1, 100, 100, picture([(20, RED), (80, GREEN)]))
    (copy,) = page_copies((second, first), objects.get, lambda _: STAMP)
    assert (rows_of(copy, RED), rows_of(copy, BLUE), rows_of(copy, GREEN)) == (20, 100, 80)


def test_a_tall_page_is_cut_into_pages_that_together_show_every_row_once() -> None:
    """Each page says its number, and the tiles it was taken from."""
    objects = Objects()
    tiles = tuple(tile(objects, n, n * 150, 150, picture([(75, BLUE), (74, GREEN), (1, RED)])) for n in range(6))
    used, stamp = noting()
    copies = page_copies(tiles, objects.get, stamp)
    assert len(copies) == len(used) == -(-900 // round(200 * PAGE_RATIO))
    assert sum(rows_of(copy, color) for copy in copies for color in (BLUE, GREEN, RED)) == 900
    assert {a.part for artefacts in used for a in artefacts} == set(range(6))


@pytest.mark.parametrize(
    ("below", "sheets"),
    [
        pytest.param([(30, RED)], 1, id="a strip that fits when all is drawn a little smaller"),
        pytest.param([(900, WHITE)], 1, id="nothing but paper"),
        pytest.param([(900, WHITE), (1, RED)], 5, id="paper, and one line at its end"),
    ],
)
def test_no_sheet_holds_only_a_strip_or_nothing(below: list[tuple[int, tuple[int, int, int]]], sheets: int) -> None:
    """What is seen stays whole; only paper that would fill sheets of its own is cut off."""
    objects = Objects()
    page = round(200 * PAGE_RATIO)
    data = picture([(page - 1, BLUE), (1, GREEN), *below])
    copies = page_copies((tile(objects, 0, 0, opened(data).height, data),), objects.get, lambda _: STAMP)
    assert len(copies) == sheets
    seen = sum(rows_of(copy, color) for copy in copies for color in (BLUE, GREEN, RED))
    assert seen == page + sum(height for height, color in below if color != WHITE)


def test_a_page_ends_between_lines_of_text() -> None:
    """The cut falls into a run of equal rows, not through the letters."""
    objects = Objects()
    image = Image.new("RGB", (200, 400), "white")
    pen = ImageDraw.Draw(image)
    for y in range(0, 400, 16):
        for x in range(0, 200, 3):
            pen.line((x, y, x + 2, y + 9), fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    first, *_ = page_copies((tile(objects, 0, 0, 400, out.getvalue()),), objects.get, lambda _: STAMP)
    page = opened(first)
    rule = next(y for y in range(page.height - 1, 0, -1) if page.getpixel((100, y)) == (176, 176, 168))
    assert {page.getpixel((x, rule - 1)) for x in range(0, 199)} == {(255, 255, 255)}


def test_a_colour_as_bright_as_the_paper_is_no_paper() -> None:
    """Such a band at the page's end is shown, and no page ends within it as if it were room between lines."""
    objects = Objects()
    paper, text = (150, 150, 150), (150, 179, 0)
    page = round(200 * PAGE_RATIO)
    data = picture([(page - 40, BLUE), (60, paper), (page, text), (page, paper)])
    copies = page_copies((tile(objects, 0, 0, opened(data).height, data),), objects.get, lambda _: STAMP)
    assert sum(rows_of(copy, text) for copy in copies) == page


def test_where_the_end_of_a_page_is_written_on_it_ends_higher_up() -> None:
    """Two columns whose lines stand beside each other's gaps leave no room; above them there is some."""
    objects = Objects()
    page = round(200 * PAGE_RATIO)
    above, lines = ([(1, (row % 250, blue, 0)) for row in range(rows)] for blue, rows in ((9, page - 100), (0, page)))
    data = picture([*above, (10, WHITE), *lines])
    first, *_ = page_copies((tile(objects, 0, 0, opened(data).height, data),), objects.get, lambda _: STAMP)
    assert all(rows_of(first, color) for _, color in above)
    assert not any(rows_of(first, color) for _, color in lines[:20])


def test_each_page_bears_its_number_in_the_pack() -> None:
    objects = Objects()
    tiles = tuple(tile(objects, n, n * 150, 150, picture([(75, BLUE), (75, GREEN)])) for n in range(3))
    unnumbered = page_copies(tiles, objects.get, lambda _: STAMP)
    numbered = page_copies(tiles, objects.get, lambda _: replace(STAMP, first=7))
    changed = [ImageChops.difference(opened(a), opened(b)).getbbox() for a, b in zip(unnumbered, numbered, strict=True)]
    assert all(box and box[1] > opened(numbered[0]).height - 40 for box in changed[:1])
    assert numbered[0] != numbered[1]


def test_copies_are_the_same_every_time() -> None:
    """PNG, JPEG and PDF carry no dates and no chance."""
    objects = Objects()
    tiles = (tile(objects, 0, 0, 300, picture([(300, BLUE)])),)
    once, again = (page_copies(tiles, objects.get, lambda _: STAMP) for _ in range(2))
    assert once == again
    assert as_pdf(once) == as_pdf(again)
    assert as_pdf(once).count(b"/Type /Page\n") == len(once)
    assert b"CreationDate" not in as_pdf(once)
    photo = picture([(50, RED)], form="JPEG")
    assert photo_copy(photo, STAMP) == photo_copy(photo, STAMP)


def test_a_frame_stands_round_what_was_read_on_the_page_that_shows_it() -> None:
    """The picture inside the frame is untouched, and the name is written where the picture is blank."""
    objects = Objects()
    tiles = (tile(objects, 0, 0, 500, picture([(20, WHITE), (12, BLUE), (467, WHITE), (1, BLUE)])),)
    first, second = page_copies(tiles, objects.get, lambda _: STAMP, (Mark((0, 20, 80, 12), "order.total"),))
    plain, other = page_copies(tiles, objects.get, lambda _: STAMP)
    assert second == other
    head = next(y for y in range(opened(plain).height) if opened(plain).getpixel((0, y)) == BLUE) - 20
    drawn = ImageChops.difference(opened(first), opened(plain))
    assert drawn.crop((0, head + 20, 80, head + 32)).getbbox() is None
    left, top, _, bottom = drawn.getbbox() or (0, 0, 0, 0)
    assert (left, top) == (0, head + 20 - 4)
    assert drawn.crop((84, head + 20, 200, head + 32)).getbbox() is None  # beside it is no blank place for the name
    assert bottom > head + 36


def test_a_name_that_would_hide_something_is_left_out() -> None:
    """The frame stands alone between lines of text."""
    objects = Objects()
    tiles = (tile(objects, 0, 0, 120, picture([(2, color) for _ in range(30) for color in (WHITE, BLUE)])),)
    told = list[Framed]()
    (framed,) = page_copies(tiles, objects.get, lambda _: STAMP, (Mark((20, 40, 80, 12), "order.total"),), seen=told.append)
    (plain,) = page_copies(tiles, objects.get, lambda _: STAMP)
    left, top, right, bottom = ImageChops.difference(opened(framed), opened(plain)).getbbox() or (0, 0, 0, 0)
    assert (right - left, bottom - top) == (88, 20)
    assert told == [Framed(1, (20, 40, 80, 12), (left, top, 88, 20))]


def test_what_is_framed_are_facts_that_were_read_each_place_once_and_no_whole_part_of_a_page() -> None:
    """Two facts read from one place share its frame."""
    place = Place("d", "css", "html", "USD 1")
    facts = [
        Fact(name, "USD 1", state, snapshot, "r", replace(place, box=box))  # type: ignore[arg-type]
        for name, state, snapshot, box in (
            ("low", "read", "S", (0, 90, 9, 9)), ("order.total", "read", "S", (5, 5, 9, 9)),
            ("order.paid", "read", "S", (5, 5, 9, 9)), ("huge", "read", "S", (0, 0, 9, 900)), ("none", "read", "S", None),
            ("garbled", "unreadable", "S", (1, 1, 9, 9)), ("elsewhere", "read", "T", (1, 1, 9, 9)),
        )
    ]  # fmt: skip
    assert marks_of(facts, "S") == (Mark((5, 5, 9, 9), "the order's total, the amount paid"), Mark((0, 90, 9, 9), "low"))


def screen(objects: Objects, part: int, data: bytes, moved: int | None, pane: str = "pane=20,10,100,80") -> Artefact:
    note = f"messages=3 joins=yes {pane}" + ("" if moved is None else f" moved={moved}")
    return objects.artefact("screen", part, "image/png", data, note)


def test_a_conversation_is_cut_out_of_its_pictures_and_joined_oldest_first() -> None:
    """Above and below each pane, and beside it, others are shown: none of their rows or columns is left."""
    objects = Objects()
    newest = screen(objects, 0, _framed([(40, GREEN), (40, BLUE)]), None)
    older = screen(objects, 1, _framed([(40, BLUE), (40, GREEN)]), 40)
    used, stamp = noting()
    (copy,) = conversation_copies((newest, older), (0, 1), objects.get, stamp)
    assert opened(copy).width == 100
    assert used == [(older, newest)]
    assert (rows_of(copy, BLUE), rows_of(copy, GREEN), rows_of(copy, RED)) == (80, 40, 0)


def test_a_picture_that_may_not_be_shown_leaves_its_place_grey() -> None:
    objects = Objects()
    screens = tuple(screen(objects, n, _framed([(80, color)]), n and 80) for n, color in enumerate((GREEN, BLUE, GREEN)))
    copies = conversation_copies(screens, (0, 2), objects.get, lambda _: STAMP)
    assert sum(rows_of(copy, GREEN) for copy in copies) == 160
    assert not any(rows_of(copy, color) for copy in copies for color in (RED, BLUE))
    assert sum(rows_of(copy, (176, 176, 168)) for copy in copies) >= 80
    assert not conversation_copies(screens, (), objects.get, lambda _: STAMP)
    without = tuple(replace(one, note="messages=3 joins=yes") for one in screens)
    assert not conversation_copies(without, (0, 1, 2), objects.get, lambda _: STAMP)


@pytest.mark.parametrize(
    ("pane", "moved"),
    [
        ("20,10,100,9999999", 40), ("20,10,9999999,80", 40), ("9999999,9999999,100,80", 40), ("101,10,100,80", 40),
        ("20,21,100,80", 40), ("20,10,99,80", 40), ("20,10,100,0", 40), ("-20,10,100,80", 40),
        ("1" * 5000 + ",0,100,80", 40), ("20,10,100,80", 10**9), ("20,10,100,80", 9_999_999), ("20,10,100,80", -9_999_999),
        ("20,10,100,80", "1" * 5000),
    ],
)  # fmt: skip
def test_what_a_record_says_of_a_pane_or_of_a_way_that_no_picture_has_shows_nothing_more_and_costs_nothing(
    pane: str, moved: int
) -> None:
    """A record may come from anybody: the other pictures are shown as they are, and none of what stands beside a pane."""
    objects = Objects()
    newest, forged = (screen(objects, n, _framed([(80, color)]), None) for n, color in enumerate((GREEN, BLUE)))
    forged = replace(forged, note=f"messages=3 joins=yes pane={pane} moved={moved}")
    copies = conversation_copies((newest, forged), (0, 1), objects.get, lambda _: STAMP)
    assert sum(rows_of(copy, GREEN) for copy in copies) == 80
    assert not any(rows_of(copy, RED) for copy in copies)
    assert sum(opened(copy).height for copy in copies) < 1000


@pytest.mark.parametrize(
    "note",
    [
        "x=0 y=9999999 width=200 height=50", "x=9999999 y=0 width=200 height=50", "x=0 y=0 width=9999999 height=9999999",
        "x=0 y=0 width=1 height=8000",
    ],
)  # fmt: skip
def test_a_picture_that_cannot_stand_where_its_record_says_is_damage(note: str) -> None:
    """Else a pack would be thousands of blank pages, or take all memory."""
    objects = Objects()
    first = tile(objects, 0, 0, 50, picture([(50, RED)]))
    with pytest.raises(DamagedArchive, match="cannot stand where its record says"):
        page_copies((first, replace(first, part=1, note=note)), objects.get, lambda _: STAMP)


def _framed(bands: list[tuple[int, tuple[int, int, int]]]) -> bytes:
    """A picture of the view: the bands in its pane, all else red."""
    image = Image.new("RGB", (200, 100), RED)
    image.paste(opened(picture(bands, 100)), (20, 10))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_tiles_without_a_place_give_no_copy() -> None:
    """What cannot be joined truly is not joined."""
    objects = Objects()
    assert page_copies((objects.artefact("tile", 0, "image/png", picture([(9, RED)])),), objects.get, lambda _: STAMP) == []


def test_a_tile_that_is_no_picture_is_damage() -> None:
    """A capture's own picture that cannot be opened means that the store is damaged."""
    objects = Objects()
    with pytest.raises(DamagedArchive):
        page_copies((tile(objects, 0, 0, 50, b"no picture"),), objects.get, lambda _: STAMP)


def test_a_photo_loses_its_camera_data_and_its_size_but_stands_upright() -> None:
    """Where it was taken is in the original; the copy is for reading."""
    image = Image.new("RGB", (3200, 1600), RED)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "the buyer's garage"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    copy = photo_copy(out.getvalue(), STAMP)
    assert copy is not None
    assert b"garage" not in copy
    assert opened(copy).width == 1600
    assert opened(copy).height > 3200


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff broken", b"%PDF-1.7"])
def test_what_is_no_photo_has_no_copy(data: bytes) -> None:
    """The original is in the pack all the same."""
    assert photo_copy(data, STAMP) is None


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_photo_made_to_fill_the_memory_has_no_copy() -> None:
    """A few bytes that say they are a picture of billions of points."""
    side = int(MOST_PIXELS**0.5) + 1000
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    assert photo_copy(out.getvalue(), STAMP) is None


def test_a_copy_becomes_a_jpeg_for_upload() -> None:
    """Places that take no PNG get the same picture."""
    assert opened(as_jpeg(picture([(30, RED)]))).size == (200, 30)
