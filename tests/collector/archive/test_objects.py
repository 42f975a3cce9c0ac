"""The object store gives back what it was given, or says that it cannot."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from collector.archive import objects
from collector.archive.objects import FolderObjects, hash_object
from collector.canonical import sha256
from collector.errors import ArchiveError, DamagedArchive


@given(st.binary(max_size=2000) | st.binary(min_size=1, max_size=20).map(lambda b: b * 400))
def test_what_is_put_comes_back(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        store = FolderObjects(Path(folder))
        assert store.put(data) == store.put(data) == sha256(data)
        assert store.get(sha256(data)) == data
        assert len(list(store.files())) == 1


def test_text_is_compressed_and_random_bytes_are_not(tmp_path: Path) -> None:
    store = FolderObjects(tmp_path)
    text, noise = store.put(b"a page of text " * 100), store.put(os.urandom(4096))
    assert [store.path(text).suffix, store.path(noise).suffix] == [".zst", ""]  # type: ignore[union-attr]


def test_a_changed_object_is_never_given_out(tmp_path: Path) -> None:
    store = FolderObjects(tmp_path)
    digest = store.put(b"x" * 10)
    path = store.path(digest)
    assert path
    path.write_bytes(b"y" * 10)
    with pytest.raises(DamagedArchive, match="changed"):
        store.get(digest)


def test_new_bytes_are_not_taken_as_kept_because_a_damaged_copy_stands(tmp_path: Path) -> None:
    store = FolderObjects(tmp_path)
    digest = store.put(b"x" * 10)
    path = store.path(digest)
    assert path
    path.write_bytes(b"torn")
    assert store.put(b"x" * 10) == digest
    assert store.get(digest) == b"x" * 10
    assert path.with_name(path.name + ".damaged").read_bytes() == b"torn"


def test_a_missing_object_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(DamagedArchive, match="missing"):
        FolderObjects(tmp_path).get(sha256(b"never kept"))


def test_any_flipped_bit_of_a_packed_object_is_found(tmp_path: Path) -> None:
    """Also those bits of a zstd frame that change nothing when it is unpacked."""
    store = FolderObjects(tmp_path)
    digest = store.put("".join(f"<p>line {n} of the page, {n * n}</p>" for n in range(60)).encode())
    path = store.path(digest)
    assert path
    packed = path.read_bytes()
    for bit in range(len(packed) * 8):
        flipped = bytearray(packed)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        assert hash_object(path) != digest, bit
    path.write_bytes(packed)
    assert hash_object(path) == digest


@pytest.mark.parametrize("extra", [b"x", bytes.fromhex("502a4d1804000000") + b"skip", zstd.compress(b"")])
def test_nothing_may_follow_a_packed_object(tmp_path: Path, extra: bytes) -> None:
    """Junk, a frame that unpackers skip, and an empty frame."""
    store = FolderObjects(tmp_path)
    digest = store.put(b"a page of text " * 100)
    path = store.path(digest)
    assert path
    path.write_bytes(path.read_bytes() + extra)
    assert hash_object(path) == ""
    with pytest.raises(DamagedArchive, match="changed"):
        store.get(digest)


def test_a_bomb_is_not_unpacked_beyond_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zst"
    path.write_bytes(zstd.compress(bytes(64 << 20)))
    tracemalloc.start()
    assert hash_object(path, most=1 << 20) == ""
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


@given(st.binary(max_size=3000), st.integers(1, 1000))
def test_an_object_hashed_in_pieces_has_the_digest_that_names_it(data: bytes, times: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        store = FolderObjects(Path(folder))
        path = store.path(store.put(data * times))
        assert path
        assert hash_object(path) == sha256(data * times)


@pytest.mark.parametrize("kind", ["packs", "does not"])
@pytest.mark.parametrize("size", [1, 1 << 20, (1 << 20) + 1, 3_000_000])
def test_a_file_is_kept_as_its_bytes_are_whatever_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, size: int
) -> None:
    store = FolderObjects(tmp_path / "objects")
    monkeypatch.setattr(objects, "_LARGE", 1 << 20)
    data = (b"a carton " * size)[:size] if kind == "packs" else os.urandom(size)
    path = tmp_path / "given"
    path.write_bytes(data)
    digest = store.put_file(path)
    assert digest == store.put_file(path) == sha256(data)
    assert store.get(digest) == data
    assert [objects.hash_object(one) for one in store.files()] == [digest]


def test_a_large_file_that_changes_while_it_is_kept_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, path = FolderObjects(tmp_path / "objects"), tmp_path / "given"
    path.write_bytes(b"bytes that are read")
    monkeypatch.setattr(objects, "_LARGE", 10)
    monkeypatch.setattr(store, "_is_whole", lambda digest: path.write_bytes(b"other bytes than were read") == 0)
    with pytest.raises(ArchiveError, match="changed while"):
        store.put_file(path)
    assert list(store.files()) == []
