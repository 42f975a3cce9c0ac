"""Photos and videos are decoded by a process of its own, upright, without what the camera wrote; hostile ones do nothing."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from collector.saved.stills import FRAMES, NO_FRAMES, NOT_A_PICTURE, stills_of

PHOTOS = Path(__file__).parents[2] / "data" / "photos"


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_photo_is_turned_upright_and_says_nothing_of_its_camera() -> None:
    said, out = Image.Exif(), io.BytesIO()
    said[0x0112], said[0x0110] = 6, "iPhone 15"
    Image.new("RGB", (4000, 3000), "tan").save(out, "JPEG", exif=said)
    (still,) = stills_of("image/jpeg", out.getvalue()).pictures
    picture = opened(still.data)
    assert picture.size == (1500, 2000)
    assert not picture.getexif()
    assert b"iPhone" not in still.data


def test_a_heic_is_seen_as_it_was_taken() -> None:
    with (PHOTOS / "upright.heic").open("rb") as file:
        (still,) = stills_of("image/heic", file).pictures
    picture = opened(still.data)
    assert (picture.size, picture.format) == ((1200, 900), "JPEG")
    assert picture.getpixel((10, 890)) == pytest.approx((144, 238, 144), abs=6)  # light green


def test_what_is_transparent_stands_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(out, "WEBP", lossless=True)
    (still,) = stills_of("image/webp", out.getvalue()).pictures
    assert opened(still.data).getpixel((5, 5)) == (255, 255, 255)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds, red then blue, a whole frame each second."""
    av: Any = pytest.importorskip("av")
    path = tmp_path_factory.mktemp("video") / "fan.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 320, 180, "yuv420p", 10
        for number in range(120):
            picture = Image.new("RGB", (320, 180), "red" if number < 60 else "blue")
            ImageDraw.Draw(picture).text((10, 10), str(number), fill="white")
            frame = av.VideoFrame.from_image(picture)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def test_of_a_video_there_are_frames_over_its_whole_length_each_with_its_moment(video: Path) -> None:
    with video.open("rb") as file:
        stills = stills_of("video/mp4", file)
    assert [still.at_ms for still in stills.pictures] == [0, 2000, 4000, 6000, 8000, 10_000]
    assert len(stills.pictures) == FRAMES
    first, last = (opened(stills.pictures[n].data).convert("RGB").getpixel((160, 90)) for n in (0, 5))
    assert isinstance(first, tuple)
    assert isinstance(last, tuple)
    assert first[0] > 200 > 100 > first[2]
    assert last[2] > 200 > 100 > last[0]


def test_the_same_video_gives_the_same_pictures_from_a_file_and_from_memory(video: Path) -> None:
    with video.open("rb") as file:
        assert stills_of("video/mp4", file) == stills_of("video/mp4", video.read_bytes())


def bomb() -> bytes:
    """A PNG of 100,000 × 100,000 pixels in a few hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = (100_000).to_bytes(4) * 2 + b"\x01\x00\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def a_drawing() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" onload="fetch(1)"><image href="http://127.0.0.1:9/x.png"/></svg>'


@pytest.mark.parametrize(
    ("media_type", "make", "problem"),
    [
        ("image/png", bomb, NOT_A_PICTURE), ("image/svg+xml", a_drawing, NOT_A_PICTURE),
        ("image/jpeg", lambda: b"\xff\xd8\xff\xe1" + bytes(500), NOT_A_PICTURE),
        ("video/mp4", lambda: b"#EXTM3U\nhttp://127.0.0.1:9/x.ts\n", NO_FRAMES),
        ("video/mp4", lambda: b"ffconcat version 1.0\nfile /etc/passwd\n", NO_FRAMES),
        ("video/mp4", lambda: b"\0\0\0\x18ftypisom" + bytes(4000), NO_FRAMES),
    ],
)  # fmt: skip
def test_what_is_hostile_or_damaged_gives_no_picture_and_says_so(
    media_type: str, make: Callable[[], bytes], problem: str
) -> None:
    stills = stills_of(media_type, make())
    assert (stills.pictures, stills.problem) == ((), problem)


def test_without_the_extra_for_videos_that_is_said() -> None:
    """In a Python that finds no PyAV."""
    program = (
        "import sys; sys.modules['av'] = None\n"
        "import importlib.util as u; found = u.find_spec\n"
        "import collector.saved.stills as s; s.find_spec = lambda name: None if name == 'av' else found(name)\n"
        "print(s.stills_of('video/mp4', b'').problem)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "tradewitness[media]" in said
