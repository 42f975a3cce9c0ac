"""One case that was kept and packed, with the browser of paper, and a copy of it for each test that asks for one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from casework.workspace import Workspace, workspace
from fixtures.authority import Served
from tests.paper_desk import PaperDesk


@pytest.fixture(scope="session")
def kept_once(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> PaperDesk:
    """A case with its order and dispute pages, a photo, a count and a pack, case.zip; nobody changes it."""
    desk = PaperDesk(tmp_path_factory.mktemp("kept"), authority)
    desk.begin()
    desk.keep()
    desk.pack()
    return desk


@pytest.fixture
def ws(kept_once: PaperDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A copy of it that a test may change."""
    shutil.copytree(kept_once.folder, tmp_path / "desk")
    for name, value in kept_once.elsewhere(tmp_path / "desk").environment.items():
        monkeypatch.setenv(name, value)
    return workspace()
