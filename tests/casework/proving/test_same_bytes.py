"""The same plan gives the same bytes, whatever the machine's clock, zone, language, umask, folders and cores."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from casework.keeping.add import FileDetails, add_and_seal
from casework.proving.pack import PackRequest, make_pack
from casework.workspace import Workspace, workspace
from tests.paper_desk import ORDER, PDF, paper_browser, quiet

SEALS = {"tagmanifest-sha256.txt.p7s", "tagmanifest-sha256.txt.test.tsr"}
ELSEWHERE = "import os; os.umask(0o077); os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); "


@dataclass(frozen=True)
class LaterClock:
    """A clock of a machine that is ahead."""

    ahead: timedelta = timedelta(days=3, hours=5)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def ticks_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


@pytest.fixture
def twins(ws: Workspace, tmp_path: Path) -> tuple[Path, Path]:
    """The folders of one archive and of its copy, with photos enough for a contact sheet."""
    photos = [tmp_path / f"IMG_{number}.jpg" for number in range(4)]
    for number, photo in enumerate(photos):
        Image.effect_noise((300, 200 + number), 60).convert("RGB").save(photo)
    add_and_seal(ws, ORDER, photos, FileDetails(kind="photo"), quiet)
    shutil.copytree(tmp_path / "desk", tmp_path / "twin")
    return tmp_path / "desk", tmp_path / "twin"


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """As if it were another machine."""
    (tmp_path / "other").mkdir()
    for name, value in {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "TMPDIR": str(tmp_path / "other")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    time.tzset()
    before = os.umask(0o077)
    yield
    os.umask(before)
    monkeypatch.undo()
    time.tzset()


def files_of(pack: Path) -> dict[str, bytes]:
    with ZipFile(pack) as packed:
        return {name.partition("/")[2]: packed.read(name) for name in packed.namelist()}


def packed(ws: Workspace, out: Path, as_of: str) -> dict[str, bytes]:
    """The pack's files, and the pages that were printed for it; the printer of paper makes one PDF of all."""
    pages: list[str] = []

    def printed(html: str, *_: object, **__: object) -> bytes:
        pages.append(html)
        return PDF

    with paper_browser(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("collector.browser.launch.print_pdf", printed)
        files = files_of(make_pack(ws, ORDER, PackRequest(("damaged",), as_of, output=out), quiet).path)
    return files | {f"printed {number}": html.encode() for number, html in enumerate(pages)}


def differing(first: dict[str, bytes], second: dict[str, bytes]) -> set[str]:
    return {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}


def test_another_machine_makes_the_same_files_from_nothing_and_again(
    twins: tuple[Path, Path], tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_of = datetime.now(UTC).isoformat()
    here = packed(workspace(), tmp_path / "here.zip", as_of)
    request.getfixturevalue("elsewhere")
    again = packed(replace(workspace(), clock=LaterClock()), tmp_path / "again.zip", as_of)
    monkeypatch.setenv("TRADEWITNESS_ARCHIVE", str(twins[1] / "archive"))
    there = packed(replace(workspace(), clock=LaterClock()), tmp_path / "there.zip", as_of)
    assert "printed 0" in here
    assert differing(here, again | {name: here[name] for name in here if name.startswith("printed")}) <= SEALS
    assert differing(here, there) <= SEALS


@pytest.mark.proof
def test_a_process_with_another_language_hash_seed_umask_and_core_makes_the_same_files(
    twins: tuple[Path, Path], tmp_path: Path
) -> None:
    """Where text is ASCII unless a program says otherwise, and sets have another order."""
    as_of = datetime.now(UTC).isoformat()
    other = {
        "PYTHONHASHSEED": "7", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "POSIX", "TZ": "America/St_Johns",
        "TMPDIR": str(tmp_path / "other"), "TRADEWITNESS_ARCHIVE": str(twins[1] / "archive"),
    }  # fmt: skip
    (tmp_path / "other").mkdir()
    made = []
    for name, begin, environment in (("a.zip", "", {"PYTHONHASHSEED": "1"}), ("b.zip", ELSEWHERE, other)):
        program = f"{begin}import bench.packing as it, pathlib, sys; it.pack(pathlib.Path(sys.argv[1]), sys.argv[2])"
        command = [sys.executable, "-c", program, str(tmp_path / name), as_of]
        done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
        assert json.loads(done.stderr.splitlines()[-1])["code"] == 0, done.stdout
        made.append(files_of(tmp_path / name))
    assert len(made[0]) > 30
    assert differing(*made) <= SEALS
