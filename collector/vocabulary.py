"""The words of a site that are nobody's secret, as a value: what a sample of one of its pages may keep."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a site says to everybody, and what its pages are built of.

    `words` may be kept in a short text that holds no others, those in `alone` where one is all of it, `units` beside a
    figure, `forms` anywhere (Co., Ltd.). `names` are words of keys, classes and addresses, `domains` its own, `doors`
    sub-domains that are nobody's. The values of keys in `codes` are numbers that say what something is, those of `named_by`
    are names. `marks` in a script say what a page is.
    """

    words: Set[str] = frozenset()
    alone: Set[str] = frozenset()
    units: Set[str] = frozenset()
    forms: Set[str] = frozenset()
    names: Set[str] = frozenset()
    domains: tuple[str, ...] = ()
    doors: Set[str] = frozenset()
    codes: Set[str] = frozenset()
    named_by: Set[str] = frozenset()
    marks: Set[str] = frozenset()
