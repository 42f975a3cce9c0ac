"""How a pack names and describes the buyer's own files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.model import AddedFile, CameraData, Exhibit, SavedPage
from rules.pack.plan.exhibits import Choices, choose, exhibits_of
from tests.rules.cases import added, case


def shown(file: AddedFile, *acts: str, camera: CameraData | None = None) -> tuple[Exhibit, str]:
    """The exhibit of one file, and the file's name in it."""
    kept, said = case(files=(file,)), {file.id: camera} if camera else {}
    (exhibit,), _ = exhibits_of(kept, choose(kept, Choices()), Choices(), {}, {file.id: acts}, said)
    (path,) = exhibit.files
    return exhibit, path.rpartition("/")[2]


@pytest.mark.parametrize(
    ("name", "media_type", "in_pack"),
    [
        ("IMG_1.heic", "image/jpeg", "IMG_1.heic.jpg"), ("terms.jpg", "application/pdf", "terms.jpg.pdf"),
        ("photo.jpg", "text/html", "photo.jpg.html.txt"), ("clip.jpg", "video/mp4", "clip.jpg.mp4"),
    ],
)  # fmt: skip
def test_a_file_under_another_formats_name_opens_as_what_it_is_and_its_exhibit_says_so(
    name: str, media_type: str, in_pack: str
) -> None:
    (file,) = added("other")
    exhibit, path = shown(replace(file, name=name, media_type=media_type, belied="Its name lies."))
    assert path == in_pack
    assert "Its name lies." in exhibit.description


def test_a_file_whose_name_is_no_lie_keeps_it() -> None:
    (file,) = added("photo")
    assert shown(replace(file, name="IMG_1.JPG"))[1] == "IMG_1.JPG"


def test_of_a_conversation_its_exhibit_says_what_was_read_and_what_is_uncertain() -> None:
    (file,) = added("chat")
    page = SavedPage("LINE", "read", "LINE: 2 messages", "chat", caution="Two readings.", todo="Say which.")
    exhibit, _ = shown(replace(file, page=page))
    assert exhibit.description.endswith("Read from it: LINE: 2 messages. Two readings.")


def test_of_a_file_that_acts_when_it_is_opened_its_exhibit_says_so() -> None:
    """It is the buyer's evidence and stays as he gave it: whoever opens it is told beside it."""
    (file,) = added("contract")
    exhibit, _ = shown(file, "macros", "other files in it")
    assert "It holds macros and other files in it, and lies here as it was given" in exhibit.description
    assert "It holds" not in shown(file)[0].description


def test_what_a_photo_says_of_itself_stands_beside_it_with_the_word_that_it_can_be_edited() -> None:
    said = CameraData("2026-09-20 14:01:33 +08:00", "23.02000, 113.12000", "Apple iPhone 15", located=True)
    (file,) = added("photo")
    exhibit, _ = shown(file, camera=said)
    assert exhibit.description.endswith(
        "The file says of itself, and anybody can edit that: taken Sun 20 Sep 2026, 14:01 (+08:00); at 23.02000, 113.12000; "
        "with Apple iPhone 15."
    )
