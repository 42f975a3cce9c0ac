"""A redacted pack of pages that a real browser drew: an outside program that reads pictures finds the buyer in none."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from casework.keeping.pictures import enter_reading
from casework.workspace import workspace
from collector.model import PictureLine, PictureReading, SeenPicture
from fixtures.authority import Served
from tests.decoding import decoded
from tests.stories.desk import desk

pytestmark = [pytest.mark.browser, pytest.mark.proof]

BUYER = re.compile(r"jansen|marta\b|oudegracht", re.IGNORECASE)
LABEL = "TO MARTA JANSEN, UTRECHT"


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> Iterator[tuple[Path, Path]]:
    """An ordinary and a redacted pack of one case, unpacked; in its photo a machine read the label."""
    folder = tmp_path_factory.mktemp("redacted")
    with desk(folder, authority) as table:
        table.init()
        table.open_case()
        assert table.run("capture", "fans").code == 0
        picture = Image.new("RGB", (1200, 800), "tan")
        pen = ImageDraw.Draw(picture)
        pen.text((80, 300), LABEL, fill="black", font_size=60)
        left, top, right, lower = map(int, pen.textbbox((80, 300), LABEL, font_size=60))
        picture.save(folder / "label.png")
        added = table.run("add", "fans", folder / "label.png", "--as", "photo", "--json").json
        ws = workspace(table.archive)
        (case,) = ws.index.cases()
        seen = SeenPicture(1200, 800, (PictureLine(LABEL, (left, top, right - left, lower - top)),))
        enter_reading(ws, case.order, added["files"][0]["id"], PictureReading("reader 1", (seen,)))
        for name, options in (("open", ()), ("redacted", ("--redact",))):
            said = table.run("pack", "fans", "--reason", "late", *options, "-o", folder / f"{name}.zip", "--json")
            assert said.code == 0, said.err
            shutil.unpack_archive(folder / f"{name}.zip", folder / name)
        yield folder / "open", folder / "redacted"


def test_in_no_picture_and_on_no_page_of_the_report_is_the_buyer_to_be_read(packs: tuple[Path, Path]) -> None:
    if shutil.which("tesseract") is None or shutil.which("pdftoppm") is None:
        pytest.skip("the outside judges, tesseract and pdftoppm, are not on this machine")
    shown, redacted = (dict(read_in_pictures(folder)) for folder in packs)
    assert any("thread" in name for name in shown if BUYER.search(shown[name]))
    assert any("photo" in name for name in shown if BUYER.search(shown[name]))
    assert {name for name in redacted if BUYER.search(redacted[name])} == set()
    assert any("thread" in name for name in redacted)


def test_in_no_byte_of_it_does_the_buyer_stand(packs: tuple[Path, Path]) -> None:
    shown, redacted = ({path for path in files_of(folder) if holds(path)} for folder in packs)
    assert shown
    assert redacted == set()


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def holds(path: Path) -> bool:
    pieces = decoded(path.read_bytes(), set())
    return any(word in piece for piece in pieces for name in ("Jansen", "Oudegracht") for word in in_forms(name))


def in_forms(word: str) -> Iterator[bytes]:
    yield from (word.encode(form) for form in ("utf-8", "utf-16-le", "utf-16-be"))


def read_in_pictures(folder: Path) -> Iterator[tuple[str, str]]:
    """What is read in each picture of a pack, and on each page of its report as it is drawn."""
    (report,) = folder.rglob("report.pdf")
    subprocess.run(["pdftoppm", "-r", "110", "-png", report, folder / "report"], check=True)
    pictures = [path for path in files_of(folder) if path.suffix in (".png", ".jpg")]
    with ThreadPoolExecutor(2) as pool:
        yield from zip((str(path.relative_to(folder)) for path in pictures), pool.map(read_in, pictures), strict=True)


def read_in(picture: Path) -> str:
    return subprocess.run(["tesseract", picture, "-"], capture_output=True, text=True, check=True).stdout
