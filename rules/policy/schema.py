"""Data that is installed with the rules: TOML text to frozen dataclasses, each place that does not fit named.

The only module of the rules that reads anything, the time zones' own database apart: the texts under rules/policies/.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from collector.canonical import Misfit, made
from collector.errors import WrongRequest

T = TypeVar("T")


def installed(name: str, suffix: str = "toml") -> str:
    """The text of rules/policies/NAME.SUFFIX. Raises WrongRequest when there is none of that name."""
    return _file(name, suffix).read_text(encoding="utf-8")


def installed_bytes(name: str, suffix: str) -> bytes:
    """What rules/policies/NAME.SUFFIX holds. Raises WrongRequest when there is none of that name."""
    return _file(name, suffix).read_bytes()


def _file(name: str, suffix: str) -> Traversable:
    file = resources.files("rules").joinpath("policies", f"{name}.{suffix}")
    if not name.isidentifier() or not file.is_file():
        raise WrongRequest(f"There is no policy {name!r}.", "The policies stand in rules/policies/.")
    return file


def from_toml(kind: type[T], text: str, where: str) -> T:
    """The text as a value of that dataclass. Raises WrongRequest that names the place of what is wrong."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongRequest(f"The {where} is not TOML: {error}.", "Mend the file at the place named.") from error
    try:
        value = made(kind, table, closed=True)
        _require_filled(table)
    except Misfit as misfit:
        fault = misfit.inside(where)
        raise wrong(fault.where, fault.what) from misfit
    return value


def wrong(where: str, what: str) -> WrongRequest:
    """The error for a place in the data that does not fit."""
    return WrongRequest(
        f"The policy is wrong at {where}: {what}.", "Mend the policy's text; docs/deadlines.md describes it."
    )


def _require_filled(value: Any) -> None:
    """Raises Misfit at a text that is empty: what says nothing is left out."""
    if value == "":
        raise Misfit("the text is empty")
    items: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = [(f"[{number}]", item) for number, item in enumerate(value, 1)]
    for place, item in items:
        try:
            _require_filled(item)
        except Misfit as misfit:
            raise misfit.inside(place) from None
