"""What a camera wrote into a photo or a video is read as it stands there, and nothing of it does anything."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from collector.model import CameraData
from collector.saved.camera import camera_data

PHOTOS = Path(__file__).parents[2] / "data" / "photos"
SAID = CameraData("2026-09-20 14:01:33 +08:00", "23.02000, 113.12000", "Apple iPhone 15", located=True)


def exif(**more: str) -> Image.Exif:
    made = Image.Exif()
    made[0x010F], made[0x0110] = more.get("make", "Apple"), more.get("model", "iPhone 15")
    made[0x8769] = {0x9003: more.get("taken", "2026:09:20 14:01:33"), 0x9011: more.get("zone", "+08:00")}
    made[0x8825] = {1: "N", 2: (23.0, 1.0, 12.0), 3: "E", 4: (113.0, 7.0, 12.0)}
    return made


def picture(form: str, said: Image.Exif | None = None) -> bytes:
    if said and form == "TIFF":  # Exif is a TIFF in itself
        return said.tobytes()[6:]
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "tan").save(out, form, **({"exif": said} if said else {}))
    return out.getvalue()


def read(data: bytes) -> CameraData | None:
    return camera_data(io.BytesIO(data))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_time_place_and_device_are_read_of_every_form_of_picture(form: str) -> None:
    assert read(picture(form, exif())) == SAID
    assert read(picture(form)) is None


def test_a_heic_of_a_telephone_is_read_without_decoding_it() -> None:
    with (PHOTOS / "upright.heic").open("rb") as file:
        assert camera_data(file) == SAID


def test_a_time_without_a_zone_has_none_and_one_that_is_no_time_is_not_said() -> None:
    assert read(picture("JPEG", exif(zone=""))) == CameraData("2026-09-20 14:01:33", SAID.place, SAID.device, located=True)
    said = read(picture("JPEG", exif(taken="0000:00:00 00:00:00", zone="")))
    assert said is not None
    assert said.taken == ""


def test_a_place_that_cannot_be_read_is_still_one() -> None:
    said = exif()
    said[0x8825] = {1: "N", 2: (23.0,)}
    found = read(picture("JPEG", said))
    assert found is not None
    assert (found.place, found.located) == ("", True)


def test_signs_that_act_are_no_part_of_a_cameras_name() -> None:
    found = read(picture("JPEG", exif(make="", model="x\x1b[2J\n<script>alert(1)</script>" + "y" * 500)))
    assert found is not None
    assert found.device.startswith("x [2J <script>alert(1)</script>yyy")
    assert len(found.device) == 80


def box(kind: bytes, *inside: bytes) -> bytes:
    data = b"".join(inside)
    return struct.pack(">I", len(data) + 8) + kind + data


def film(*described: bytes, made: int = 0, seconds: int = 75) -> bytes:
    """A QuickTime file whose description comes after its pictures, as a telephone writes it."""
    header = box(b"mvhd", bytes(4), struct.pack(">IIII", made, made, 600, seconds * 600), bytes(80))
    return box(b"ftyp", b"qt  ", bytes(4)) + box(b"free") + box(b"mdat", bytes(5000)) + box(b"moov", header, *described)


def apple(**values: str) -> bytes:
    names = [f"com.apple.quicktime.{name}".encode() for name in values]
    keys = box(b"keys", bytes(4), struct.pack(">I", len(names)), *(box(b"mdta", name) for name in names))
    items = (
        box(struct.pack(">I", n), box(b"data", struct.pack(">II", 1, 0), value.encode()))
        for n, value in enumerate(values.values(), 1)
    )
    return box(b"meta", keys, box(b"ilst", *items))


def test_a_video_of_a_telephone_says_when_where_with_what_and_how_long() -> None:
    said = {"creationdate": "2026-09-20T14:05:00+0800", "make": "Apple", "model": "iPhone 15"}
    data = film(apple(**said, **{"location.ISO6709": "+23.0200+113.1200+004.000/"}), made=3_000_000_000)
    assert read(data) == CameraData(
        "2026-09-20 14:05:00 +0800", "23.02000, 113.12000", "Apple iPhone 15", located=True, length_ms=75_000
    )


def test_another_video_says_its_time_in_its_header_and_its_place_in_its_user_data() -> None:
    place = b"+52.0900+005.1200/"
    user = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(place), 0x15C7), place))
    found = read(film(user, made=3_872_736_000))
    assert found == CameraData("2026-09-20 08:00:00 +00:00", "52.09000, 5.12000", "", located=True, length_ms=75_000)


@given(
    st.binary(max_size=300), st.sampled_from([b"\xff\xd8\xff\xe1", b"\0\0\0\x14ftypqt  ", b"\x89PNG\r\n\x1a\n", b"II*\0"])
)
def test_whatever_the_bytes_are_it_ends_and_raises_nothing(rest: bytes, head: bytes) -> None:
    for data in (head + rest, head + b"Exif\0\0II*\0" + rest, head + box(b"moov", box(b"meta", rest), rest)):
        assert isinstance(read(data), CameraData | None)
