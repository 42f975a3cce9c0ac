"""Two pictures of a page laid over each other: what differs is found where it stands, and what only moved down is not."""

from __future__ import annotations

from PIL import Image, ImageDraw

from rules.changes.pictures import crop, differences, webp

WIDE, TALL = 800, 900


def page(*lines: tuple[int, str]) -> Image.Image:
    """A page with a line of text at each height."""
    picture = Image.new("RGB", (WIDE, TALL), (255, 255, 255))
    pen = ImageDraw.Draw(picture)
    for y, text in lines:
        pen.text((60, y), text, fill=(20, 20, 20), font_size=22)
    return picture


LINES = tuple((80 + 60 * n, f"Line number {n} of the page") for n in range(10))


def test_a_page_is_not_different_from_itself() -> None:
    assert differences(page(*LINES), page(*LINES)) == ((), 0)


def test_one_line_that_says_something_else_is_one_place_and_both_sides_are_equally_tall() -> None:
    other = (*LINES[:4], (LINES[4][0], "Line number 4 was rewritten"), *LINES[5:])
    (place,), more = differences(page(*LINES), page(*other))
    assert more == 0
    assert place.before.size == place.after.size == place.overlay.size
    assert place.before.height < 140
    assert place.before.tobytes() != place.after.tobytes()


def test_what_moved_down_because_something_was_put_above_it_has_not_changed() -> None:
    lower = ((80, "A new line on top"), *((y + 60, text) for y, text in LINES))
    (place,), more = differences(page(*LINES), page(*lower))
    assert (more, place.before.height < 180) == (0, True)


def test_what_always_moves_is_left_out_however_wide_its_figures_are() -> None:
    before, after = (page(*LINES[:3], (400, f"{count} views this week"), *LINES[8:]) for count in ("8", "812,345"))
    assert differences(before, after)[0]
    assert differences(before, after, (((60, 400, 190, 26),), ((60, 400, 250, 26),))) == ((), 0)


def test_pages_of_other_sizes_are_compared_all_the_same() -> None:
    narrow = page(*LINES).crop((0, 0, 700, 500))
    assert differences(narrow, page(*LINES))[0]


def test_a_crop_frames_its_box_and_stays_within_the_page() -> None:
    for box in ((0, 0, 40, 20), (760, 880, 40, 20), (10, 300, 780, 30)):
        picture = crop(page(*LINES), box)
        assert 0 < picture.width <= WIDE
        assert 0 < picture.height <= TALL
        assert len(picture.getcolors(10_000) or ()) > 1
    assert webp(page(*LINES))[:4] == b"RIFF"


def test_a_crop_cuts_no_word_and_shows_what_is_framed_whole() -> None:
    lines = page((200, "The limit is USD 6,000 of all"), (230, "and not a cent more than that"))
    for box in ((180, 200, 60, 24), (60, 200, 560, 54)):
        picture = crop(lines, box, 20, 400).convert("L")
        edges = [(0, 0, 1, picture.height), (picture.width - 1, 0, picture.width, picture.height)]
        assert [picture.crop(edge).getextrema()[0] for edge in edges] == [255, 255]
        assert picture.width > box[2]
