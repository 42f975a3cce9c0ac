"""Checks that run other checks keep the order in which problems are met."""

from __future__ import annotations

from collector.model import Problem
from collector.verify.checking import Checking, checked

FIRST, SECOND, THIRD = (Problem("a file", f"fault {number}") for number in (1, 2, 3))


def inner(found: int) -> Checking[int]:
    yield SECOND
    return found + 1


def outer() -> Checking[int]:
    yield FIRST
    found = yield from inner(41)
    yield THIRD
    return found


def test_problems_come_as_they_are_met_and_what_was_read_is_returned() -> None:
    assert checked(outer()) == (42, [FIRST, SECOND, THIRD])
