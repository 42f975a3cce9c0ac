"""Canonical JSON (RFC 8785) and digests: the one way a value becomes bytes that are hashed, and plain data a value again."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import reprlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import rfc8785

from collector.clock import instant

T = TypeVar("T")
Maker = Callable[[Any], Any]
_WORDS = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    date: "a day",
    datetime: "an instant",
    Decimal: "an amount",
}


def as_json(value: Any) -> Any:
    """The value as JSON types: dataclasses by field name, money amounts as text, instants in UTC, days as ISO dates.

    Floats are refused: two programs may print them differently (TypeError).
    """
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        items = sorted(value) if isinstance(value, frozenset | set) else value
        return [as_json(item) for item in items]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical(value: Any) -> bytes:
    """The value's RFC 8785 bytes."""
    return rfc8785.dumps(as_json(value))


class Misfit(ValueError):
    """Plain data that is not the value it should be: `what` is wrong, and `where`: "targets[2].kind", counted from 1."""

    def __init__(self, what: str, where: str = "") -> None:
        super().__init__(what, where)
        self.what = what
        self.where = where.removeprefix(".")

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what

    def inside(self, name: str) -> Misfit:
        """The same fault, seen from the value around it."""
        return Misfit(self.what, name + (f".{self.where}" if self.where and self.where[0] != "[" else self.where))


def made(kind: type[T], value: object, *, closed: bool = False) -> T:
    """The value of that kind in plain data, as `plain` made it, or as JSON or TOML hold it. Raises Misfit.

    `kind` is a dataclass, a tuple, a mapping with text for keys, a union, a Literal, or a plain type; `Any` is left as it
    is. Nothing is taken for what it is not: true is no number, "7" neither. A key that a dataclass does not have is a
    later version's and left out, or with `closed` refused. An instant must name its zone.
    """
    asked: Any = kind
    result: T = _maker(asked, closed)(value)
    return result


@cache
def _maker(kind: Any, closed: bool) -> Maker:
    """How a value of that kind is made."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any or kind is object:
        return lambda value: value
    if dataclasses.is_dataclass(kind):
        return _record(kind, closed)
    if origin is Literal:
        return lambda value: _one_of(arguments, value)
    if origin in (Union, UnionType):
        makers = tuple(_maker(one, closed) for one in arguments if one is not type(None))
        return _first_of(makers, optional=type(None) in arguments)
    if origin is tuple and arguments[1:] == (...,):
        return _list(_maker(arguments[0], closed))
    if origin is tuple:
        return _row(tuple(_maker(one, closed) for one in arguments))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _table(arguments[1], _maker(arguments[1], closed))
    return lambda value: _single(kind, value)


def _record(kind: Any, closed: bool) -> Maker:
    hints, known = get_type_hints(kind), dataclasses.fields(kind)
    names, nothing = frozenset(hints), (dataclasses.MISSING, dataclasses.MISSING)
    needed = frozenset(field.name for field in known if (field.default, field.default_factory) == nothing)
    parts = tuple((f.name, _as_is(hints[f.name]), _maker(hints[f.name], closed), f.name in needed) for f in known)

    def make(value: Any) -> Any:
        if not isinstance(value, dict):
            raise Misfit(f"a table is needed, not {reprlib.repr(value)}")
        if closed and (unknown := sorted(value.keys() - names)):
            raise Misfit(f"{unknown[0]!r} is not known there")
        given = {}
        for name, exact, maker, required in parts:
            if name in value:
                item = value[name]
                try:
                    given[name] = item if type(item) is exact else maker(item)  # most are just what they should be
                except Misfit as misfit:
                    raise misfit.inside(name) from None
            elif required:
                raise Misfit(f"{name!r} is missing")
        try:
            return kind(**given)
        except (ArithmeticError, ValueError) as error:
            raise error if isinstance(error, Misfit) else Misfit(f"it cannot be made: {error}") from error

    return make


def _list(maker: Maker) -> Maker:
    def make(value: Any) -> tuple[Any, ...]:
        items = []
        for number, item in enumerate(_items(value), 1):
            try:
                items.append(maker(item))
            except Misfit as misfit:
                raise misfit.inside(f"[{number}]") from None
        return tuple(items)

    return make


def _row(makers: tuple[Maker, ...]) -> Maker:
    def make(value: Any) -> tuple[Any, ...]:
        if len(_items(value)) != len(makers):
            raise Misfit(f"{len(makers)} items are needed, not {len(value)}")
        return tuple(maker(item) for maker, item in zip(makers, value, strict=True))

    return make


def _items(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise Misfit(f"a list is needed, not {reprlib.repr(value)}")
    return value


def _table(kind: Any, maker: Maker) -> Maker:
    exact = _as_is(kind)

    def make(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Misfit(f"a table is needed, not {reprlib.repr(value)}")
        items = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise Misfit(f"a table is needed, not {reprlib.repr(value)}")
            try:
                items[key] = item if type(item) is exact else maker(item)
            except Misfit as misfit:
                raise misfit.inside(key) from None
        return items

    return make


def _first_of(makers: tuple[Maker, ...], *, optional: bool) -> Maker:
    """Of a union, the first kind that fits; where none does, the fault of the one that got furthest."""

    def make(value: Any) -> Any:
        if value is None and optional:
            return None
        faults: list[Misfit] = []
        for maker in makers:
            try:
                return maker(value)
            except Misfit as misfit:
                faults.append(misfit)
        raise max(reversed(faults), key=lambda fault: len(fault.where))

    return make


def _one_of(choices: tuple[Any, ...], value: Any) -> Any:
    if not (value in choices and type(value) is type(choices[choices.index(value)])):
        raise Misfit(f"{' or '.join(map(repr, choices))} is needed, not {reprlib.repr(value)}")
    return value


def _as_is(kind: Any) -> Any:
    """The type of which every value is one of that kind; None where more is asked of it."""
    return kind if kind in (str, int, bool) else None


def _single(kind: type, value: Any) -> Any:
    """A value that holds no others. An amount, a day and an instant stand in plain data as text; TOML has days, too."""
    if type(value) is kind and kind is not datetime:
        return value
    if type(value) is str:
        try:
            if kind is Decimal and re.fullmatch(r"-?\d{1,40}(\.\d{1,40})?", value, re.ASCII):
                return Decimal(value)
            if kind is date:
                return date.fromisoformat(value)
            if kind is datetime and (moment := datetime.fromisoformat(value)).tzinfo:
                return moment
        except ValueError:
            pass
    raise Misfit(f"{_WORDS.get(kind, kind.__name__)} is needed, not {reprlib.repr(value)}")


def sha256(data: bytes) -> str:
    """Lower-case hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def commitment(salt: str, digest: str) -> str:
    """SHA-256(16-byte salt ‖ 32-byte digest), all as hexadecimal: names an artefact without opening it."""
    return hashlib.sha256(bytes.fromhex(salt) + bytes.fromhex(digest)).hexdigest()
