"""A view as values: what a program and what a person see of an answer. A terminal prints it, a web page shows the same one.

Text stands here as it was kept, with whatever a page put into it: who shows a view makes its text safe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from collector.errors import DONE

Tone = Literal["", "aside", "strong", "good", "warning", "bad", "urgent", "unsure", "advice", "sought"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in a tone."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """So many cells of a bar are full."""

    full: int
    cells: int
    tone: Tone = ""


Part = str | Span | Bar
Cell = Part | tuple[Part, ...]  # parts of a cell stand one under the other


@dataclass(frozen=True, slots=True)
class Line:
    """Parts beside each other; a hint may be left out."""

    parts: tuple[Part, ...]
    indent: int = 0
    hint: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as there are columns; one that is `apart` begins a section."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Something found: where it stands, what it says, and which record holds it, or ""."""

    head: str
    said: tuple[Part, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class Result:
    """What was asked for, as another program or a clipboard takes it; `note` is about it and no part of it."""

    text: str
    note: str = ""


Block = Line | Table | Excerpt | Result


@dataclass(frozen=True, slots=True)
class View:
    """An answer shown: `json` for programs (plain values), `blocks` for people in their order, and the exit code."""

    json: Mapping[str, Any]
    blocks: tuple[Block, ...]
    code: int = DONE


def line(*parts: Part, indent: int = 0) -> Line:
    """A line that is always shown."""
    return Line(parts, indent)


def hint(text: str, indent: int = 0) -> Line:
    """A line that tells what to do next, or what is good to know."""
    return Line((Span(text, "aside"),), indent, hint=True)


def warnings(texts: Iterable[str]) -> Iterator[Line]:
    """Lines that must not be missed."""
    return (line(Span(text, "warning")) for text in texts)


def notes(texts: Iterable[str]) -> Iterator[Line]:
    """Remarks, each with its mark."""
    return (line(Span("•", "warning"), f" {text}", indent=2) for text in texts)
