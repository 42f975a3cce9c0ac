"""A checkpoint is what its bytes say in canonical form, and anything else is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.canonical import sha256
from collector.ledger.checkpoint import Checkpoint, checkpoint_or_none

WHOLE = Checkpoint.made(7, sha256(b"root"), "2026-10-04T12:00:00.000Z", sha256(b"before"))


def test_it_is_read_back_from_its_own_bytes(tmp_path: Path) -> None:
    (tmp_path / "000007.json").write_bytes(WHOLE.data)
    assert checkpoint_or_none(tmp_path / "000007.json") == WHOLE


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"7", b"1.5", WHOLE.data + b" ", b'{"a":1.5,' + WHOLE.data[1:], b"[" * 100_000, b"\xff"]
)
def test_other_bytes_are_no_checkpoint_and_stop_nobody(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "000007.json").write_bytes(data)
    assert checkpoint_or_none(tmp_path / "000007.json") is None
