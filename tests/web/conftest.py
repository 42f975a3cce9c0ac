"""The case of `tests/casework`, for pages over it."""

from __future__ import annotations

from tests.casework.conftest import kept_once, ws

__all__ = ["kept_once", "ws"]
