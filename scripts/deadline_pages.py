"""Writes docs/deadlines.md and the golden deadlines from the policies; tests hold the committed files against them."""

from __future__ import annotations

from pathlib import Path

from collector.model import ALIBABA
from collector.sites.table import SITES
from rules.deadlines.table import page
from rules.policy.platform import load_policy, policies
from tests.rules import golden


def written() -> str:
    """The page: the first site and what stands beside it, then every other site."""
    return page(*policies(), *(load_policy(site) for site in SITES if site != ALIBABA))


if __name__ == "__main__":
    Path("docs/deadlines.md").write_text(written(), encoding="utf-8")
    golden.FILE.write_text(golden.text(), encoding="utf-8")
