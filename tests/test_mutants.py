"""Mutants: one small change each, put in place of what runs."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from scripts import mutants
from scripts.mutants import Mutant, changed, interval, put_in_place


def _changes(text: str) -> list[str]:
    (statement,) = ast.parse(text).body
    node = statement.value if isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Call) else statement
    return [ast.unparse(ast.fix_missing_locations(other)) for other in changed(node)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a < b", ["a <= b"]),
        ("a and b", ["a or b"]),
        ("not a", ["a"]),
        ("a - b", ["a + b"]),
        ("True", ["False"]),
        ("7", ["8"]),
        ("'a'", ["'~a'"]),
        ("b if a else c", ["b if True else c", "b if False else c"]),
        ("f(a)", ["pass"]),
        ("f", []),
        ("a < b < c", []),
    ],
)
def test_a_change_is_one_sign_one_value_or_one_step(before: str, after: list[str]) -> None:
    assert _changes(before) == after


def test_what_is_said_in_an_error_or_described_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    (tmp_path / "some.py").write_text(
        'def f(a: "int" = 1) -> "str":\n    """Told."""\n    raise ValueError("no" + f"{1}")\n'
    )
    assert mutants.mutants("some.py") == []


@cache
def _remembered(number: int) -> bool:
    return number < 7


def test_a_mutant_takes_the_place_of_a_function_that_others_hold_and_of_what_it_remembers() -> None:
    held, path = _remembered, Path(__file__).relative_to(mutants.ROOT).as_posix()
    assert not held(7)
    (mutant,) = (one for one in mutants.mutants(path) if one.inside == "_remembered" and "<=" in one.change)
    assert mutant == Mutant(path, mutant.number, mutant.line, "_remembered", mutant.begins, "number < 7 → number <= 7")
    before = held.__wrapped__.__code__
    try:
        put_in_place(mutant)
        assert held(7)
    finally:
        held.__wrapped__.__code__ = before
        held.cache_clear()


def test_the_share_of_a_whole_is_told_from_a_sample_within_bounds() -> None:
    low, high = interval(90, 100)
    assert (round(low, 3), round(high, 3)) == (0.826, 0.945)
