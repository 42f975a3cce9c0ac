"""Figures that long proofs measured, written into docs/proofs.md between two marks."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "proofs.md"


def record(name: str, text: str) -> None:
    """Puts the text where `<!-- name -->` and `<!-- /name -->` stand on the page. KeyError where they do not."""
    page = PAGE.read_text("utf-8")
    pattern = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- /{re.escape(name)} -->)", re.S)
    if not pattern.search(page):
        raise KeyError(name)
    PAGE.write_text(pattern.sub(lambda m: m[1] + text.rstrip() + "\n" + m[2], page), "utf-8")
