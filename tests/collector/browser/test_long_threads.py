"""The long proof of the walk: 10,000 messages, their time and their memory. Its figures stand in docs/capture.md."""

from __future__ import annotations

import pytest

from bench.threads import MARK, MESSAGES, MOST_MB, measure

pytestmark = [pytest.mark.browser, pytest.mark.proof]


def test_10_000_messages_are_there_once_in_order_within_the_memory_of_a_small_machine() -> None:
    """Both sides assert that they did the work; time is a ratio against a script that scrolls and pictures the same."""
    ours, bare = measure(MESSAGES)
    assert ours["peaks"]["python"] < MOST_MB
    assert ours["seconds"] / ours["screens"] <= MARK * bare["seconds"] / bare["screens"]
