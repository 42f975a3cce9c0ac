"""What is made to be taken away is its user's alone, has a number that nobody guesses, and does not pile up."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.workspace import Workspace
from collector.alias import Alias
from collector.errors import ArchiveError
from collector.sites.table import site_named
from tests.archives import NOON, TestClock, archive_at
from web.handover import made_at, new_place


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    clock = TestClock(NOON)
    return Workspace(archive_at(tmp_path / "archive", [], clock), site_named, Alias(), clock, tmp_path / "configuration")


def test_nobody_else_may_look_into_what_was_made(ws: Workspace) -> None:
    place = new_place(ws)
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_what_was_made_a_day_ago_is_gone_and_the_rest_stays(ws: Workspace) -> None:
    old, young = new_place(ws), new_place(ws)
    for place in (old, young):
        (place / "1.zip").write_bytes(b"PK")
    then = (datetime.now(UTC) - timedelta(hours=25)).timestamp()
    os.utime(old, (then, then))
    new_place(ws)
    assert made_at(ws, old.name, ".zip") is None
    assert made_at(ws, young.name, ".zip") == young / "1.zip"


@pytest.mark.parametrize("number", ["", ".", "..", "../configuration", "x" * 5000, "\x00", "*"])
def test_only_a_number_that_was_given_out_names_a_folder(ws: Workspace, number: str) -> None:
    new_place(ws)
    (ws.user / "secret.zip").write_bytes(b"PK")
    assert made_at(ws, number, ".zip") is None


def test_a_settings_folder_that_takes_nothing_is_said_in_a_sentence(ws: Workspace) -> None:
    (ws.user / "packs").write_text("a file where the folder should be")
    with pytest.raises(ArchiveError, match="cannot be written to"):
        new_place(ws)
