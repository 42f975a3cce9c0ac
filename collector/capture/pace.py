"""How fast several visits follow each other, how often one is tried, and when no further one begins."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from collector.model import Target

IN_FLIGHT = 3  # measured on two cores: the gain is waiting, and more bring none


def _everything(_: Target) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Pace:
    """`pause_s` is the rest in seconds between two visits of one account; with `jitter` it is up to that part of it longer.

    What passes by itself (a broken connection, a server's error, a browser that ended) is tried `tries` times in all, with a
    wait that begins at `wait_s` seconds and doubles. `begins` is asked before each visit whether it is to begin at all.
    """

    pause_s: float = 0.0
    jitter: float = 0.0
    tries: int = 1
    wait_s: float = 4.0
    in_flight: int = IN_FLIGHT
    begins: Callable[[Target], bool] = _everything

    def rest(self) -> float:
        """The rest before the next visit, in seconds."""
        return self.pause_s * (1 + random.uniform(0, self.jitter))  # noqa: S311 - a pause is no secret
