"""What a machine read in the buyer's pictures is kept once, found, and always said to be a machine's reading."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from casework import views
from casework.asking.dossier import check_cases
from casework.asking.search import Filters, search
from casework.keeping.add import FileDetails, add_files
from casework.keeping.pictures import enter_reading, readings_of_case
from casework.keeping.withdraw import withdraw
from casework.proving.verify import verify_path
from casework.workspace import Workspace
from collector.model import AddedFile, PictureLine, PictureReading, SeenPicture
from tests.paper_desk import ORDER, quiet

WORDS = ("please pay to my personal account", "by Western Union")
LINES = tuple(PictureLine(text, (40, 100 + 26 * n, 300, 20)) for n, text in enumerate(WORDS))
READING = PictureReading("reader 1", (SeenPicture(600, 800, LINES),))


@pytest.fixture
def shot(ws: Workspace, tmp_path: Path) -> AddedFile:
    """A screenshot in which a machine read WORDS."""
    Image.new("RGB", (600, 800), "white").save(tmp_path / "shot.png")
    (kept,) = add_files(ws, ORDER, [tmp_path / "shot.png"])
    enter_reading(ws, ORDER, kept.file.id, READING)
    ws.refresh()
    return kept.file


def test_the_words_are_found_and_said_to_be_read_by_a_machine(ws: Workspace, shot: AddedFile) -> None:
    (hit,) = search(ws, ["western union"]).hits
    assert (hit.source, hit.kind, hit.file, hit.name) == ("picture", "photo", shot.id, "shot.png")
    assert search(ws, ["western"], Filters(kinds=("picture",))).total == 1
    shown = str(views.found(search(ws, ["western"])).blocks)
    assert "read by a machine from a picture; read the picture" in shown
    assert "shot.png" in shown


def test_they_are_found_after_the_file_is_called_otherwise_and_no_more_once_it_is_withdrawn(
    ws: Workspace, shot: AddedFile, tmp_path: Path
) -> None:
    add_files(ws, ORDER, [tmp_path / "shot.png"], FileDetails(kind="chat"))
    assert [hit.kind for hit in search(ws, ["western"]).hits] == ["chat"]
    ws.rebuild()
    assert [hit.kind for hit in search(ws, ["western"]).hits] == ["chat"]
    withdraw(ws, ORDER, [shot.id], "", quiet)
    assert search(ws, ["western"]).total == 0


def test_the_first_reading_stands_and_is_sealed_with_the_rest(ws: Workspace, shot: AddedFile) -> None:
    enter_reading(ws, ORDER, shot.id, PictureReading("reader 2", (SeenPicture(600, 800),)))
    ws.refresh()
    assert readings_of_case(ws, ORDER) == {shot.id: READING}
    ws.rebuild()
    assert readings_of_case(ws, ORDER) == {shot.id: READING}
    assert verify_path(ws, None, quiet).problems == ()
    digest = ws.index.picture_readings(ORDER)[shot.id]
    path = ws.archive.objects.path(digest)
    assert path is not None
    path.chmod(0o600)
    path.write_bytes(b"{}")
    assert any("what a machine read in a picture" in one.what for one in verify_path(ws, None, quiet).problems)


def test_they_raise_a_red_flag_that_says_who_wrote_them_is_not_known(ws: Workspace, shot: AddedFile) -> None:
    (answer,) = check_cases(ws, [ORDER], False, (), "", quiet)
    (flag,) = (one for one in answer.findings if one.id == "redflag.pay_elsewhere" and "file: shot.png" in one.facts)
    assert "who wrote it is not known: read the picture" in flag.text
