"""What an entry's own time says of the machine's clock: that it went back, or was off when an authority was asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

TOLERATED = timedelta(seconds=60)


def clock_fault(kind: str, at: str, body: Mapping[str, Any], before: str) -> str:
    """The faults of one entry in words, "" for none. `before` is the time of the entry before it, "" where there is none."""
    faults = []
    if at < before:
        faults.append(f"the machine's clock went back from {before} to {at}")
    if kind == "timestamp.received" and abs(offset := measured(body)) > TOLERATED:
        way = "behind" if offset > timedelta() else "ahead of"
        seconds = f"{abs(offset).total_seconds():,.0f}"
        whose = f"{seconds} seconds {way} that of {body.get('authority', '')}"
        faults.append(f"the machine's clock was {whose}, measured when its token arrived")
    return "; ".join(faults)


def measured(body: Mapping[str, Any]) -> timedelta:
    """How far the machine's clock was behind the authority's, as the entry of a received token says."""
    offset = body.get("offset_ms")
    return timedelta(milliseconds=offset) if isinstance(offset, int) and abs(offset) < 10**14 else timedelta()
