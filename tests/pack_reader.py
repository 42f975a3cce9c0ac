"""What a reader of a pack does: unpacks it and runs the openssl commands of its VERIFY.md as they stand."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path


def unpacked(pack: Path, folder: Path) -> Path:
    """The folder that holds bagit.txt."""
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(folder)
    (bag,) = (path for path in folder.iterdir() if (path / "bagit.txt").exists())
    return bag


def openssl_says(bag: Path) -> dict[str, str]:
    """What each command answered; one that fails fails the test."""
    fenced = (bag / "data" / "VERIFY.md").read_text().split("```")[1::2]
    return _answers(bag, [line for block in fenced for line in block.splitlines()[1:] if line.startswith("openssl")])


def checker_says(bag: Path) -> dict[str, str]:
    """What each openssl command answered that the pack's own verify.py prints; the checker must find no problem."""
    checker: list[str | Path] = [sys.executable, "-I", bag / "data" / "verify.py"]
    printed = subprocess.run(checker, capture_output=True, text=True, check=True).stdout
    return _answers(bag, [line.strip() for line in printed.splitlines() if line.startswith("  openssl")])


def _answers(bag: Path, commands: list[str]) -> dict[str, str]:
    said = {}
    for command in commands:
        done = subprocess.run(command, shell=True, cwd=bag, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        said[command] = done.stdout + done.stderr
    return said
