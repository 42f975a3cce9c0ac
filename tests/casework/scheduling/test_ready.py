"""Where the pages are served is noted for the user alone."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from casework.scheduling.ready import Served, forget, note, noted
from casework.workspace import Workspace
from collector.alias import Alias
from collector.sites.table import site_named
from tests.archives import TestClock, archive_at


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    clock = TestClock()
    return Workspace(archive_at(tmp_path / "archive", [], clock), site_named, Alias(), clock, tmp_path / "configuration")


def the_file(ws: Workspace) -> Path:
    (file,) = (ws.user / "serve").iterdir()
    return file


def test_what_was_noted_last_is_known_and_nothing_else_lies_beside_it(ws: Workspace) -> None:
    note(ws, Served(8787, "first"))
    note(ws, Served(8788, "second"))
    assert noted(ws) == Served(8788, "second")
    assert the_file(ws).suffix == ".json"


@pytest.mark.skipif(sys.platform == "win32", reason="the folder's access list stands in for modes there")
def test_nobody_else_may_read_the_key(ws: Workspace) -> None:
    note(ws, Served(8787, "key"))
    assert stat.S_IMODE(the_file(ws).stat().st_mode) == 0o600
    assert stat.S_IMODE(the_file(ws).parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("torn", [b"", b"[]", b"{}", b'{"port": "8787", "key": 1}', b"\xff"])
def test_a_note_that_is_not_understood_is_none(ws: Workspace, torn: bytes) -> None:
    note(ws, Served(8787, "key"))
    the_file(ws).write_bytes(torn)
    assert noted(ws) is None


def test_a_server_takes_only_its_own_note_away(ws: Workspace) -> None:
    note(ws, Served(8787, "key"))
    forget(ws, Served(8786, "other"))
    assert noted(ws) == Served(8787, "key")
    forget(ws, Served(8787, "key"))
    assert noted(ws) is None
