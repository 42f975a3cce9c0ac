"""Killed at any moment, an archive opens and verifies, holds all that was reported as kept, and the next run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.authority import Served, serve
from fixtures.revocation import Revocation
from tests.kill_proof import Tally, documents, kill_browser_flow, kill_nights, kill_points
from tests.proof_figures import record
from tests.stories.desk import desk


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One that also answers on revocation, so that a kill can strike between a token and what came with it."""
    with serve(tmp_path_factory.mktemp("authority"), revocation=Revocation()) as served:
        yield served


@pytest.mark.parametrize(("points", "seed"), [(3, 1), *(pytest.param(10, seed, marks=pytest.mark.proof) for seed in (1, 2))])
def test_the_flow_survives_kills_at_seeded_points(tmp_path: Path, authority: Served, points: int, seed: int) -> None:
    tally = kill_points(tmp_path, authority, points=points, seed=seed)
    assert tally.struck >= points - 2
    assert tally.reported


@pytest.mark.proof
def test_the_flow_survives_two_hundred_kills_at_seeded_points(tmp_path: Path, authority: Served) -> None:
    tally = kill_points(tmp_path, authority, points=200, seed=2026)
    assert tally.struck >= 190
    record("killed, fake browser", row("fake", tally))


def test_a_night_killed_at_three_seeded_points_goes_on_where_it_stopped(tmp_path: Path, authority: Served) -> None:
    assert kill_nights(tmp_path, authority, points=3, seed=3).struck == 3


@pytest.mark.proof
def test_a_night_killed_at_fifty_seeded_points_goes_on_where_it_stopped(tmp_path: Path, authority: Served) -> None:
    """Whenever it was killed, the next call keeps the rest: nothing twice, and the facts are those of an unbroken night."""
    tally = kill_nights(tmp_path, authority, points=50, seed=2026)
    assert tally.struck == 50
    record("killed nights", row("fake, a night each", tally))


@pytest.mark.proof
@pytest.mark.browser
def test_the_flow_in_chromium_survives_twenty_kills_at_any_time(tmp_path: Path, authority: Served) -> None:
    with desk(tmp_path, authority) as table:
        table.init()
        table.open_case()
        tally = kill_browser_flow(table, points=20, seed=2026)
    assert tally.struck == 20
    record("killed, Chromium", row("Chromium", tally))


def row(browser: str, tally: Tally) -> str:
    during = ", ".join(f"{name} {count}" for name, count in sorted(tally.during.items()))
    return f"| {browser} | {tally.points} | {tally.struck} | {during} | {tally.reported} |"


def test_what_was_printed_before_a_kill_is_read_up_to_where_it_is_whole() -> None:
    assert list(documents('{"a": 1}\n{\n  "b": {"c": 2}\n}\n{"d": ')) == [{"a": 1}, {"b": {"c": 2}}]
