"""The object store gives back what it was given, or says that it cannot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.archive.objects import FolderObjects
from collector.canonical import sha256
from collector.errors import DamagedArchive


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
