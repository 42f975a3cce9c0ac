"""The case of `tests/casework`, for attacks on the pages over it."""

from __future__ import annotations

from tests.casework.conftest import kept_once, ws

__all__ = ["kept_once", "ws"]
