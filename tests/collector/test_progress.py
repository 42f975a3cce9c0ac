"""Whoever waits is told how far it is, and not for each byte."""

from __future__ import annotations

from collector.progress import megabytes


def test_each_full_megabyte_is_told_once() -> None:
    told: list[str] = []
    so_far = megabytes("writing", told.append)
    for done in (10, 999_999, 1_000_000, 1_000_001, 3_500_000):
        so_far(done, 3_500_000)
    assert told == ["writing: 1 of 4 MB", "writing: 3 of 4 MB"]
