"""Text in pictures is read where the extra for it is installed, and nowhere else."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from collector.saved import ocr


def written(words: str) -> bytes:
    picture, out = Image.new("RGB", (900, 200), "white"), io.BytesIO()
    ImageDraw.Draw(picture).text((40, 60), words, fill="black", font_size=60)
    picture.save(out, "JPEG")
    return out.getvalue()


def test_what_is_written_in_a_picture_is_read() -> None:
    pytest.importorskip("rapidocr_onnxruntime")
    assert ocr.lines_of(written("the motor is burnt")) == ("the motor is burnt",)


def test_without_the_extra_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_READER", "no_such_reader")
    assert not ocr.can_read()
    assert ocr.lines_of(written("the motor is burnt")) == ()
