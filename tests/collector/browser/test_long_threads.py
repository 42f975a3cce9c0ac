"""The long proof of the walk: 10,000 messages and their memory. Its figures, and its time, stand in docs/capture.md."""

from __future__ import annotations

import pytest

from bench.threads import MESSAGES, MOST_MB, measure

pytestmark = [pytest.mark.browser, pytest.mark.proof]


def test_10_000_messages_are_there_once_in_order_within_the_memory_of_a_small_machine() -> None:
    """Both sides assert that they did the work. How long it takes beside a bare script is `python -m bench.threads`."""
    ours, _ = measure(MESSAGES)
    assert ours["peaks"]["python"] < MOST_MB
