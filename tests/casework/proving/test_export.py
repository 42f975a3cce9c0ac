"""What visits carried is written as one web archive, or a sentence says why not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from casework.proving.export import export_wacz
from casework.workspace import Workspace
from collector.canonical import sha256_file
from collector.errors import WrongRequest
from tests.paper_desk import ORDER


def test_the_snapshots_that_are_named_are_in_the_web_archive_once(ws: Workspace, tmp_path: Path) -> None:
    ids = [snapshot.id for _, snapshot in ws.index.snapshots(ORDER)]
    answer = export_wacz(ws, (*ids, ids[0]), tmp_path)
    assert answer.path == tmp_path / f"{ORDER}.wacz"
    assert (answer.snapshots, answer.sha256) == (tuple(ids), sha256_file(answer.path))
    assert zipfile.ZipFile(answer.path).testzip() is None


def test_what_is_not_there_or_not_said_clearly_writes_nothing(ws: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "case.wacz"
    common = next(s.id for s in ws.index.all_snapshots())[:1]
    for name, sentence in (("none", "There is no snapshot"), ("", "There is no snapshot"), (common, "snapshots begin with")):
        with pytest.raises(WrongRequest, match=sentence):
            export_wacz(ws, (name,), out)
    whole = next(s.id for s in ws.index.all_snapshots())
    with pytest.raises(WrongRequest, match="is not there"):
        export_wacz(ws, (whole,), tmp_path / "nowhere" / "case.wacz")
    assert not out.exists()
