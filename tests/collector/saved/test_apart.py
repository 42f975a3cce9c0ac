"""What reads hostile files is bounded where the system has bounds, and runs all the same where it has not."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from collector.saved.apart import SECONDS, bound


def test_a_bound_that_macos_does_not_take_keeps_no_file_from_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    resource: Any = pytest.importorskip("resource")
    set_to: dict[int, tuple[int, int]] = {}

    def set_limit(limit: int, most: tuple[int, int]) -> None:
        if limit == resource.RLIMIT_AS:
            raise ValueError("current limit exceeds maximum limit")
        set_to[limit] = most

    monkeypatch.setattr(resource, "setrlimit", set_limit)
    bound()
    assert set_to == {resource.RLIMIT_CPU: (SECONDS, SECONDS)}


def test_windows_which_has_none_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    bound()
    with pytest.raises(ImportError):
        __import__("resource")
