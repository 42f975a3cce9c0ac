"""Data that is installed with the rules: TOML text to frozen dataclasses, each place that does not fit named.

The only module of the rules that reads anything, the time zones' own database apart: the texts under rules/policies/.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from importlib import resources
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from collector.errors import WrongRequest

T = TypeVar("T")


def installed(name: str, suffix: str = "toml") -> str:
    """The text of rules/policies/NAME.SUFFIX. Raises WrongRequest when there is none of that name."""
    text = resources.files("rules").joinpath("policies", f"{name}.{suffix}")
    if not name.isidentifier() or not text.is_file():
        raise WrongRequest(f"There is no policy {name!r}.", "The installed policy is alibaba.")
    return text.read_text(encoding="utf-8")


def from_toml(kind: type[T], text: str, where: str) -> T:
    """The text as a value of that dataclass. Raises WrongRequest that names the place of what is wrong."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongRequest(f"The {where} is not TOML: {error}.", "Mend the file at the place named.") from error
    value: T = _value(kind, table, where)
    return value


def wrong(where: str, what: str) -> WrongRequest:
    """The error for a place in the data that does not fit."""
    return WrongRequest(
        f"The policy is wrong at {where}: {what}.", "Mend the policy's text; docs/deadlines.md describes it."
    )


def _value(kind: Any, value: Any, where: str) -> Any:
    """The TOML value as `kind`: a dataclass, a tuple of a kind, or a plain type."""
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise wrong(where, "a list is needed")
        return tuple(_value(get_args(kind)[0], item, f"{where}[{n}]") for n, item in enumerate(value, 1))
    if is_dataclass(kind):
        return _record(kind, value, where)
    if type(value) is not kind:
        raise wrong(where, f"{kind.__name__} is needed, not {value!r}")
    if value == "" and kind is str:
        raise wrong(where, "the text is empty")
    return value


def _record(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise wrong(where, "a table is needed")
    names = {field.name for field in fields(kind)}
    required = {field.name for field in fields(kind) if field.default is MISSING}
    if unknown := sorted(value.keys() - names):
        raise wrong(where, f"{unknown[0]!r} is not known there")
    if absent := sorted(required - value.keys()):
        raise wrong(where, f"{absent[0]!r} is missing")
    types = get_type_hints(kind)
    return kind(**{name: _value(types[name], item, f"{where}.{name}") for name, item in value.items()})
