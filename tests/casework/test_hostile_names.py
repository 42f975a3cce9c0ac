"""A name that acts on a terminal or hides a part of itself is shown as what it is, wherever a person or program reads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.authority import Served
from tests.pack_reader import unpacked
from tests.paper_desk import ORDER, PaperDesk

NAME = "invoice\u202efdp\u200b\x1b]0;owned\x07.jpg"
SEEN = "invoice\\u202efdp\\u200b\\x1b]0;owned\\x07.jpg"
RAW = set("\u202e\u200b\x1b\x07")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> PaperDesk:
    made = PaperDesk(tmp_path_factory.mktemp("names"), authority)
    made.begin()
    made.keep()
    (made.folder / NAME).write_bytes(b"\xff\xd8\xff a lid")
    made.run("add", ORDER, made.folder / NAME, "--note", NAME)
    made.run("case", "open", ORDER, "--name", f"fans {NAME}")
    return made


@pytest.mark.parametrize("command", [("case",), ("case", "show", ORDER), ("search", "invoice"), ("next", ORDER), ()])
def test_a_command_shows_the_signs_and_sends_none(command: tuple[str, ...], desk: PaperDesk) -> None:
    said = desk.run(*command)
    assert not RAW & set(said.out + said.err)
    assert "\\u202e" in said.out


def test_a_program_is_told_the_name_as_it_is_by_escapes(desk: PaperDesk) -> None:
    said = desk.run("case", "show", ORDER, "--json")
    assert not RAW & set(said.out)
    assert NAME in {file["name"] for file in said.json["files"]}


def test_an_error_shows_the_signs_too(desk: PaperDesk) -> None:
    said = desk.run("withdraw", ORDER, f"no {NAME}")
    assert said.code == 2
    assert SEEN in said.err.replace("\\\\", "\\")
    assert not RAW & set(said.out + said.err)


def test_a_pack_shows_the_signs_in_viewer_sheet_and_checker(desk: PaperDesk, tmp_path: Path) -> None:
    desk.did("pack", ORDER, "-o", tmp_path / "case.zip")
    bag = unpacked(tmp_path / "case.zip", tmp_path / "bag")
    for name in ("index.html", "timeline.csv", "submission/list.txt", "submission/statement.txt", "certificate.md"):
        text = (bag / "data" / name).read_text("utf-8-sig")
        assert not RAW & set(text), name
    assert SEEN in (bag / "data" / "index.html").read_text()
    assert SEEN in (bag / "data" / "timeline.csv").read_text("utf-8-sig")
    (bag / "data" / NAME.replace("/", "")).write_bytes(b"extra")
    checked = subprocess.run([sys.executable, "-I", bag / "data" / "verify.py"], capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert "\\u202e" in checked.stdout
    assert not RAW & set(checked.stdout + checked.stderr)
