"""Text in pictures is read where the extra for it is installed, and nowhere else."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from collector.model import PictureLine, PictureReading, SeenPicture
from collector.saved import ocr
from tests.rules.cases import added

(FILE,) = added("chat")


def written(words: str) -> bytes:
    picture, out = Image.new("RGB", (900, 200), "white"), io.BytesIO()
    ImageDraw.Draw(picture).text((40, 60), words, fill="black", font_size=60)
    picture.save(out, "JPEG")
    return out.getvalue()


def test_what_is_written_in_a_picture_is_read() -> None:
    pytest.importorskip("rapidocr_onnxruntime")
    seen = ocr.words_in(written("pay to my personal account"))
    assert seen is not None
    assert [line.text for line in seen.lines] == ["pay to my personal account"]
    x, y, width, height = seen.lines[0].area
    assert (seen.width, seen.height) == (900, 200)
    assert 20 < x < 60 < x + width
    assert 50 < y < 90 < y + height < 150


def test_without_the_extra_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_READER", "no_such_reader")
    assert not ocr.can_read()
    assert ocr.words_in(written("the motor is burnt")) is None


def test_lines_close_below_each_other_are_one_passage_as_in_a_bubble() -> None:
    lines = (
        PictureLine("please pay to", (40, 100, 200, 20)), PictureLine("my own account", (40, 126, 190, 20)),
        PictureLine("No", (400, 180, 40, 20)),
    )  # fmt: skip
    told = ocr.text_in(
        FILE, PictureReading("reader 1", (SeenPicture(600, 800, lines), SeenPicture(9, 9, lines[2:], 61_500)))
    )
    assert [(one.place, one.text) for one in told.passages] == [
        ("read by a machine in the picture", "please pay to my own account"),
        ("read by a machine in the picture", "No"),
        ("read by a machine in the frame at second 61", "No"),
    ]
