"""Which checkpoint a pack rests on: the earliest signed one over all of its case, by the key that signs the pack."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.proving.proof import covering_checkpoint
from casework.workspace import Workspace
from collector.archive.sealing import signing_key
from collector.errors import DamagedArchive
from collector.seal.keyring import load_or_create


def test_the_earliest_checkpoint_that_covers_an_entry_is_taken(ws: Workspace) -> None:
    key = signing_key(ws.archive, ws.user)
    sizes = [covering_checkpoint(ws, entry.seq, key).size for entry in list(ws.archive.ledger.entries())[:-3]]
    assert all(size > seq for seq, size in enumerate(sizes))
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 1, "one that is later than needed would show more of the ledger than the case"


def test_what_no_signed_checkpoint_covers_is_not_vouched_for(ws: Workspace, tmp_path: Path) -> None:
    with pytest.raises(DamagedArchive, match="No checkpoint"):
        covering_checkpoint(ws, 10**6, signing_key(ws.archive, ws.user))
    stranger = load_or_create(tmp_path / "another", ws.clock.now())
    with pytest.raises(DamagedArchive, match="No checkpoint"):
        covering_checkpoint(ws, 0, stranger)
