"""The zip form: what Python's and the system's own readers agree on, and every byte of it covered."""

from __future__ import annotations

import errno
import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.pack.bag import zipform
from rules.pack.bag.zipform import Member, PlacedMember, directory, local_header, read_zip, write_zip

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)
FILES = st.dictionaries(NAMES, st.binary(max_size=200), min_size=1, max_size=6)


def members(files: dict[str, bytes]) -> list[Member]:
    return [member(path, data) for path, data in files.items()]


def member(path: str, data: bytes) -> Member:
    return Member(path, len(data), lambda: (data[:7], data[7:]))


@given(FILES)
def test_a_zip_is_read_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]) -> None:
    """Whatever the names and bytes, writing, reading with Python's own zipfile and walking agree, twice the same bytes."""
    out = tmp_path_factory.mktemp("zip") / "a.zip"
    write_zip(out, members(files))
    first = out.read_bytes()
    write_zip(out, reversed(members(files)))
    assert out.read_bytes() == first
    found, problems = read_zip(io.BytesIO(first))
    assert problems == ()
    assert [member.path for member in found] == sorted(files, key=str.encode)
    assert {m.path: first[m.start : m.start + m.size] for m in found} == files
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None


@given(st.binary(max_size=300))
def test_any_bytes_are_walked_without_an_exception(data: bytes) -> None:
    """Bytes that begin like a zip, or not at all, give problems."""
    assert read_zip(io.BytesIO(data))[1]
    assert read_zip(io.BytesIO(b"PK\x03\x04" + data))[1]


def test_every_flipped_byte_of_a_zip_is_seen(tmp_path: Path) -> None:
    """No byte of headers, data, directory or end record is outside the form."""
    out = tmp_path / "a.zip"
    write_zip(out, members({"bag/a.txt": b"alpha", "bag/b.txt": b"", "bag/é.txt": b"gamma"}))
    whole = out.read_bytes()
    for position in range(len(whole)):
        torn = bytearray(whole)
        torn[position] ^= 0x10
        assert read_zip(io.BytesIO(bytes(torn)))[1], f"byte {position}"


def test_every_truncation_of_a_zip_is_seen(tmp_path: Path) -> None:
    """A download that broke off anywhere is named as such."""
    out = tmp_path / "a.zip"
    write_zip(out, members({"bag/a.txt": b"alpha", "bag/b.txt": b"beta"}))
    whole = out.read_bytes()
    for length in range(len(whole)):
        assert read_zip(io.BytesIO(whole[:length]))[1], f"cut at {length}"


def test_members_are_marked_as_plain_files_without_dates(tmp_path: Path) -> None:
    """Stored, 1980-01-01, UTF-8 flag, mode 0644, no extra fields and no comment."""
    out = tmp_path / "a.zip"
    write_zip(out, members({"a": b"1", "b": b"2"}))
    with zipfile.ZipFile(out) as archive:
        assert archive.comment == b""
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.flag_bits == 0x800
            assert info.external_attr >> 16 == 0o100644
            assert info.extra == b""
            assert info.create_system == 3


def test_a_member_shorter_than_it_says_leaves_no_file(tmp_path: Path) -> None:
    """Nothing half-written is left behind."""
    with pytest.raises(ValueError, match="has 1 bytes, not 5"):
        write_zip(tmp_path / "a.zip", [Member("a", 5, lambda: (b"x",))])
    assert list(tmp_path.iterdir()) == []


def test_large_members_and_offsets_take_the_zip64_form() -> None:
    """Sizes and offsets beyond four gigabytes stand in the only extra field that is allowed."""
    big = 5 << 30
    header = local_header("a", big, 1)
    assert header.endswith(b"a" + bytes((1, 0, 16, 0)) + big.to_bytes(8, "little") * 2)
    pieces = list(directory([PlacedMember("a", big, 1, big, 0), PlacedMember("b", 1, 1, 0, 0)], big))
    assert bytes((1, 0, 24, 0)) + big.to_bytes(8, "little") * 3 in pieces[0]
    assert [piece[:4] for piece in pieces[2:]] == [b"PK\x06\x06", b"PK\x06\x07", b"PK\x05\x06"]


def test_a_zip64_zip_is_read_by_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the limits lowered, the large form of a small zip is written, and walked, and read by Python's zipfile."""
    monkeypatch.setattr(zipform, "_16", 1)
    out = tmp_path / "a.zip"
    write_zip(out, members({"a": b"1", "b": b"22"}))
    assert read_zip(io.BytesIO(out.read_bytes()))[1] == ()
    assert b"PK\x06\x06" in out.read_bytes()


def test_too_many_members_are_not_walked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A zip with members without end is given up on, and said so."""
    monkeypatch.setattr(zipform, "MOST_MEMBERS", 2)
    out = tmp_path / "a.zip"
    write_zip(out, members({"a": b"1", "b": b"2", "c": b"3"}))
    assert len(read_zip(io.BytesIO(out.read_bytes()))[0]) == 2
    assert read_zip(io.BytesIO(out.read_bytes()))[1]


def test_a_disk_that_fills_while_a_zip_is_written_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk says so once, to whoever asks first: that the last question is answered well does not count."""
    out, asked = tmp_path / "a.zip", list[int]()
    write_zip(out, members({"a": b"1"}))
    before = out.read_bytes()

    def refuse_once(descriptor: int) -> None:
        asked.append(descriptor)
        if len(asked) == 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(zipform, "_AT_ONCE", 10)
    monkeypatch.setattr("os.fsync", refuse_once)
    with pytest.raises(OSError, match="No space"):
        write_zip(out, members({"a": b"1" * 20, "b": b"2" * 20}))
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]
    assert out.read_bytes() == before
