"""What visits masked before anything was kept, in a person's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from collector.model import Snapshot

_SECRETS = {"cookie": "cookie", "password": "password", "secret": "key", "private key": "key"}


def masked(snapshots: Iterable[Snapshot]) -> Counter[str]:
    """In how many places, by what stood there."""
    found: Counter[str] = Counter()
    for one in (each for snapshot in snapshots for each in snapshot.visit.redactions):
        found[_SECRETS.get(str(one.get("kind")), "session token")] += int(one.get("count", 1))
    return found


def masked_words(snapshots: Iterable[Snapshot]) -> str:
    """The same as a sentence; "" where nothing was masked."""
    found = sorted(masked(snapshots).items())
    told = ", ".join(f"{kind}s in {count} place{'s' if count > 1 else ''}" for kind, count in found)
    return f"Masked before anything was kept, as they could open your account: {told}." if told else ""
