"""Which stories of the marketplace a test tells in each run, and which only in the long proofs."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.marketplace.scenarios import SCENARIOS


def _first() -> frozenset[str]:
    """The first of each layout and language, with and without a dispute."""
    first = {(story.layout, story.locale, story.dispute is None): name for name, story in reversed(SCENARIOS.items())}
    return frozenset(first.values())


FIRST = _first()


def proof_marks(story: str) -> list[Any]:
    """What makes a test of this story a proof: beside the first of its kind it has only other words."""
    return [] if story in FIRST else [pytest.mark.proof]


STORIES = [pytest.param(name, marks=proof_marks(name)) for name in SCENARIOS]
