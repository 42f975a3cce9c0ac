"""What the readers give of each page of every story is what the story says of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from collector.model import Fact, Printed
from collector.sites.alibaba.pages import PAGES as SITE_PAGES
from fixtures.marketplace.pages import PAGES, shows
from fixtures.marketplace.scenarios import SCENARIOS
from fixtures.marketplace.truth import PAGES as TOLD
from fixtures.marketplace.truth import truth
from tests.collector.sites.alibaba.stored import ALIBABA, BASE, address, facts, market, stored, without_scripts
from tests.seeds import STORIES, proof_marks

pytestmark = pytest.mark.stories

STATED = tuple(page.kind for page in SITE_PAGES if page.read)
CASES = [(name, kind) for name in SCENARIOS for kind in PAGES]
# Country codes, flags, currencies and counts that a page prints in another form, or only as the absence of a sign.
ONLY_IN_DATA = {"supplier.country", "supplier.verified", "supplier.transactions", "product.price_tiers", "search.offers"}


def test_the_stories_say_what_each_page_with_a_reader_shows() -> None:
    assert sorted(TOLD) == sorted(STATED)


def days_of(name: str, kind: str) -> list[int]:
    return [day for day in SCENARIOS[name].days if shows(name, day, kind)]


def telling_days(name: str, kind: str) -> list[int]:
    """The first and the last day, and every day on which a product or a supplier is not what it was the time before."""
    days = days_of(name, kind)
    if kind in {"supplier", "product"}:
        said = [truth(name, day, kind, base=BASE) for day in days]
        return [day for day, before, now in zip(days, [None, *said], said, strict=False) if now != before]
    return sorted({*days[:1], *days[-1:]})


def says(got: Any, wanted: Any) -> bool:
    """Whether a reader's value is the story's: printed times by the instants of China and of the Pacific."""
    if isinstance(got, Printed):
        clock = datetime.fromisoformat(wanted)
        first, last = (clock.replace(tzinfo=ZoneInfo(zone)) for zone in ("Asia/Shanghai", "America/Los_Angeles"))
        return (got.earliest, got.latest, got.zone) == (first.astimezone(UTC), last.astimezone(UTC), "")
    if isinstance(wanted, Mapping):
        return isinstance(got, Mapping) and all(says(got.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, tuple):
        return isinstance(got, tuple) and len(got) == len(wanted) and all(map(says, got, wanted))
    return type(got) is type(wanted) and bool(got == wanted)


def right(fact: Fact, wanted: Any) -> bool:
    return fact.state == ("not_shown" if wanted is None else "read") and says(fact.value, wanted)


def compare(name: str, kind: str, day: int) -> None:
    """The page with its data says all of it; without, it says it too, or not at all, and never something else."""
    body, url = market(kind, day, scenario=name), address(kind, name)
    wanted = truth(name, day, kind, base=BASE)
    read = facts(kind, stored(body, url))
    wrong = {fact: (read[fact], value) for fact, value in wanted.items() if not right(read[fact], value)}
    assert not wrong
    shown = facts(kind, stored(without_scripts(body), url))
    for fact in wanted.keys() - ONLY_IN_DATA:
        value = drawn(wanted[fact])
        assert shown[fact].state == "not_shown" or right(shown[fact], value), (shown[fact], value)
        # A page that draws no sign does not say so; everything else stands on it under a label.
        assert wanted[fact] in (None, False) or shown[fact].state == "read", fact


def drawn(value: Any) -> Any:
    """What of a value stands on the page itself: a row of goods there has no attributes."""
    if isinstance(value, tuple):
        return tuple(map(drawn, value))
    return {k: drawn(v) for k, v in value.items() if k != "attributes"} if isinstance(value, Mapping) else value


@pytest.mark.parametrize(
    ("name", "kind"), [pytest.param(*case, marks=proof_marks(case[0])) for case in CASES if case[1] in STATED]
)
def test_every_page_is_read_as_its_story_tells_it(name: str, kind: str) -> None:
    for day in telling_days(name, kind):
        compare(name, kind, day)


@pytest.mark.proof
@pytest.mark.parametrize(("name", "kind"), [case for case in CASES if case[1] in STATED])
def test_every_page_of_every_day_is_read_as_its_story_tells_it(name: str, kind: str) -> None:
    for day in days_of(name, kind):
        compare(name, kind, day)


@pytest.mark.parametrize(("name", "kind"), [pytest.param(*case, marks=proof_marks(case[0])) for case in CASES])
def test_every_page_is_known_for_what_it_is_and_only_pages_about_one_thing_state_facts(name: str, kind: str) -> None:
    for day in days_of(name, kind)[-1:]:
        page = stored(market(kind, day, scenario=name), address(kind, name))
        seen = ALIBABA.recognise(page)
        assert (seen.kind, seen.barrier) == (kind, "")
        assert bool(ALIBABA.read(kind, page)) == (kind in STATED)


@pytest.mark.parametrize("name", STORIES)
def test_a_search_without_its_data_gives_no_offer_that_the_story_does_not_have(name: str) -> None:
    day = days_of(name, "search")[-1]
    wanted: Any = truth(name, day, "search", base=BASE)["search.offers"]
    page = stored(without_scripts(market("search", day, scenario=name)), address("search", name))
    offers = {offer["url"]: offer for offer in facts("search", page)["search.offers"].value}
    assert offers.keys() == {offer["url"] for offer in wanted}
    for offer in wanted:
        got = offers[offer["url"]]
        assert (got["title"], got["supplier"], got["years"]) == (offer["title"], offer["supplier"], offer["years"])
        assert got["badge"] in (offer["badge"], "not_shown")
        assert got["limit"] in (offer["limit"], "not_shown")
        assert got["country"] in (offer["country"], None)


@pytest.mark.parametrize("name", STORIES)
def test_prices_whose_currency_only_the_data_knows_are_never_guessed(name: str) -> None:
    day = days_of(name, "product")[0]
    wanted = truth(name, day, "product", base=BASE)["product.price_tiers"]
    page = stored(without_scripts(market("product", day, scenario=name)), address("product", name))
    fact = facts("product", page)["product.price_tiers"]
    assert fact.state == "unreadable" or says(fact.value, wanted)
