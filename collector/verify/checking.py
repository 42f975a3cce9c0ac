"""How a check says what it finds: it yields Problems as it meets them, and returns what it read."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from collector.model import Problem

T = TypeVar("T")

# Of checks that rest on each other, one runs the other with `yield from`: problems come in the order in which they are met.
Checking = Generator[Problem, None, T]


def checked(checking: Checking[T]) -> tuple[T, list[Problem]]:
    """What a whole check returns, and every problem that it met."""
    problems: list[Problem] = []
    while True:
        try:
            problems.append(next(checking))
        except StopIteration as end:
            value: T = end.value
            return value, problems
