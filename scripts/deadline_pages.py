"""Writes docs/deadlines.md and the golden deadlines from the policies; tests hold the committed files against them."""

from __future__ import annotations

from pathlib import Path

from rules.deadlines.table import page
from rules.policy.platform import policies
from tests.rules import golden

if __name__ == "__main__":
    Path("docs/deadlines.md").write_text(page(*policies()), encoding="utf-8")
    golden.FILE.write_text(golden.text(), encoding="utf-8")
