"""Black boxes hide what the page drew, and nothing is called covered of which nobody knows where it stands."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from collector.errors import WrongRequest
from collector.model import Area, Artefact
from rules.pack.redact.boxes import DrawnText, RedactBox, boxes_of, cover, covered, covering_of, repeated
from rules.pack.redact.redactor import Redactor, names_of

REDACTOR = Redactor(tuple(names_of(["Marta Jansen"])))
HEAD, LINE, BOLD, LIGHT = (0, 0, 90, 20), (0, 40, 300, 20), (0, 80, 50, 20), (50, 80, 60, 20)


def drawn(path: str, text: str, area: Area) -> DrawnText:
    return DrawnText(path, text, area)


def test_the_innermost_element_that_shows_a_value_is_covered_and_no_other() -> None:
    page = (
        drawn("p", "From Marta Jansen, 200 fans", LINE), drawn("p > b", "Marta Jansen", HEAD), drawn("i", "200 fans", BOLD),
    )  # fmt: skip
    covering = covering_of(page, ["From Marta Jansen, 200 fans\n200 fans"], REDACTOR)
    assert (covering.areas, covering.known) == ((HEAD,), True)


def test_a_value_that_is_split_over_neighbours_is_covered_in_all_of_them() -> None:
    page = (drawn("b", "+31 6 12", BOLD), drawn("i", "345678", LIGHT), drawn("u", "USD 43.00", LINE))
    covering = covering_of(page, ["+31 6 12345678\nUSD 43.00"], REDACTOR)
    assert (set(covering.areas), covering.known) == ({BOLD, LIGHT}, True)


@pytest.mark.parametrize(
    "said", [["Marta Jansen\nMarta Jansen"], ["Marta Jansen", "in a frame: +31 6 12345678"], ["Marta Jansen\nMarta"]]
)
def test_where_more_was_shown_than_was_drawn_somewhere_the_places_are_not_known(said: list[str]) -> None:
    assert not covering_of((drawn("b", "Marta Jansen", HEAD),), said, REDACTOR).known


def test_the_pixels_of_a_box_are_black_also_where_a_page_is_cut() -> None:
    picture = Image.new("RGB", (300, 100), "white")
    cover(picture, 45, [LINE])
    assert picture.getpixel((150, 5)) == (0, 0, 0)
    assert picture.getpixel((150, 60)) == (255, 255, 255)


def test_what_sticks_to_the_window_is_covered_in_every_picture() -> None:
    tiles = [Artefact("tile", n, "image/png", 1, "", "", note=f"x=0 y={n * 900} width=300 height=1000") for n in range(3)]
    windows = [Image.new("RGB", (300, 1000), "white") for _ in tiles]
    for window in windows[:2]:
        window.paste("navy", (10, 5, 40, 15))
    found = repeated([(10, 5, 30, 10)], tiles, lambda tile: windows[tile.part])
    assert found == ((10, 5, 30, 10), (10, 905, 30, 10))


def test_a_box_of_the_buyer_is_drawn_on_its_page_alone_and_leaves_nothing_of_a_jpeg_under_it() -> None:
    def copy(form: str) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", (100, 60), "red").save(out, form)
        return out.getvalue()

    made = covered([copy("PNG"), copy("JPEG")], "A01", boxes_of(["A01:2:20,20,30,20", "b01:1:0,0,9,9"]))
    assert made[0] == copy("PNG")
    with Image.open(io.BytesIO(made[1])) as image:
        assert image.format == "JPEG"
        under = image.convert("L").crop((20, 20, 50, 40)).tobytes()
        assert max(under) < 40
        assert image.getpixel((90, 5))[0] > 200  # type: ignore[index]


def test_a_box_names_exhibit_page_and_area() -> None:
    assert boxes_of(["a01:2:120,340,200,24"]) == (RedactBox("A01", 2, (120, 340, 200, 24)),)


@pytest.mark.parametrize("text", ["A01", "A01:0:1,1,1,1", "A01:1:1,1,0,1", "C01:1:1,1,1,1", "A01:1:1,1,1", "A01:1:-1,1,1,1"])
def test_what_is_no_box_is_refused(text: str) -> None:
    with pytest.raises(WrongRequest, match="no box"):
        boxes_of([text])


def test_a_box_on_a_page_that_is_not_there_is_refused() -> None:
    with pytest.raises(WrongRequest, match="A01 has no reading copies"):
        covered([], "A01", boxes_of(["A01:1:1,1,1,1"]))
