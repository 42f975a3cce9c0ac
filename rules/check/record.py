"""What the site measures of a supplier, in words: what a page shows of it, what it does not, and what changed. Pure.

No figure is held against a bound: neither the site nor the law names one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from collector.model import Fact
from rules.case.history import first_and_last

# What each is called, and how a figure of it is told.
MEASURED: Mapping[str, tuple[str, str]] = MappingProxyType({
    "supplier.verified": ("whether the site verified the supplier", "verified: {}"),
    "supplier.on_time_delivery": ("on-time delivery", "on-time delivery {}"),
    "supplier.response_time": ("response time", "response time {}"),
    "supplier.dispute_rate": ("dispute rate", "dispute rate {}"),
    "supplier.rating": ("rating", "rating {} out of 5"),
    "supplier.reviews": ("number of reviews", "{} reviews"),
    "supplier.transactions": ("number of orders", "{} orders"),
    "supplier.sales": ("online sales", "online sales of {}"),
})  # fmt: skip
FIGURES = tuple(name for name in MEASURED if name != "supplier.verified")


def figures(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The figures that were read, in the order in which they are told."""
    read = {fact.name: fact for fact in facts if fact.state == "read"}
    return tuple(read[name] for name in FIGURES if name in read)


def told_in_words(read: Iterable[Fact]) -> str:
    """ "on-time delivery 93.4%, rating 4.6 out of 5, 121 reviews"."""
    return ", ".join(MEASURED[fact.name][1].format(fact.value) for fact in read)


def named(facts: Iterable[Fact], state: str) -> tuple[str, ...]:
    """The names of what is in that state, in the order in which it is told."""
    found = {fact.name for fact in facts if fact.state == state}
    return tuple(name for name in MEASURED if name in found)


def changes(facts: Iterable[Fact], zone: str) -> Mapping[str, str]:
    """What of the record was another at the first look than at the last, by the fact's name, as a sentence's part."""
    looks = tuple(facts)
    told = ((name, words, first_and_last(looks, name, zone)) for name, (words, _) in MEASURED.items())
    return {name: f"{words}: {story}" for name, words, story in told if story}
