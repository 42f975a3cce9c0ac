"""Pages saved by hand that show another company than the order's supplier: nothing on them counts for the case.

A page that was visited is the one that the case names; a file is whatever the buyer happened to save.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from collector.model import Fact, Finding
from rules.language.stated import narrow, same_company


def others(facts: Iterable[Fact]) -> dict[str, str]:
    """The saved files, by id, that show another company than the order's supplier, and which one."""
    known = [fact for fact in facts if fact.value and fact.name in ("order.supplier", "supplier.name")]
    named = [fact for fact in known if fact.name == "order.supplier"]
    ranked = sorted(named, key=lambda fact: (fact.state == "read", not fact.saved))
    if not ranked:
        return {}
    own = str(ranked[-1].value)
    shown = {fact.snapshot: str(fact.value) for fact in known if fact.name == "supplier.name" and fact.saved}
    return {file: name for file, name in shown.items() if _comparable(own, name) and not same_company(own, name)}


def without_others(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts but for what such files say of a supplier or of its goods."""
    given = tuple(facts)
    apart = others(given)
    return tuple(f for f in given if f.snapshot not in apart or not f.name.startswith(("supplier.", "product.")))


def other_suppliers(facts: Iterable[Fact], names: Mapping[str, str]) -> tuple[Finding, ...]:
    """A finding for each such file; `names` are the files' names by id."""
    todo = "Save the page of the order's own supplier, and add that."
    return tuple(
        Finding(
            "supplier.other_page", "problem",
            f"“{names.get(file, file)}” shows “{company}”, not the order's supplier. Nothing on it counts for this case.",
            ("order.supplier",), todo,
        )
        for file, company in others(facts).items()
    )  # fmt: skip


def _comparable(one: str, other: str) -> bool:
    """Whether two names are in one script: a Chinese name says nothing about an English one."""
    return any("a" <= c <= "z" for c in narrow(one)) == any("a" <= c <= "z" for c in narrow(other))
