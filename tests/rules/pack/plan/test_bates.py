"""Every page of a pack has a number of its own, and the same plan the same numbers."""

from __future__ import annotations

from rules.pack.plan.bates import bates
from rules.pack.plan.plan import PackPlan


def test_pages_are_numbered_through_the_whole_pack_and_an_exhibit_without_pages_can_be_cited_too(made: PackPlan) -> None:
    first, second, third, *_ = made.exhibits
    numbers = bates(made.exhibits, {first.number: 3, third.number: 1})
    assert [str(numbers[e.number]) for e in (first, second, third)] == ["TW-000001 to TW-000003", "TW-000004", "TW-000005"]
    assert numbers[first.number].page(2) == "TW-000002"
    assert sum(one.last - one.first + 1 for one in numbers.values()) == numbers[made.exhibits[-1].number].last
