"""The policy's text against its schema, and the document made from it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from collector.errors import WrongRequest
from rules.policy.platform import DEADLINE_IDS, load_policy, parse, policies
from scripts.deadline_pages import written
from tests.rules import golden

TEXT = resources.files("rules").joinpath("policies", "alibaba.toml").read_text("utf-8")


def test_the_installed_policies_are_well_formed_and_complete() -> None:
    """The platform's has every deadline but the other forum's; each count has a source that says since when."""
    assert {rule.id for rule in load_policy().deadlines} == set(DEADLINE_IDS) - {"other_forum", "return_goods"}
    assert {rule.id for policy in policies() for rule in policy.deadlines} == set(DEADLINE_IDS) - {"return_goods"}
    for policy in policies():
        assert all(policy.source(count.source).effective for rule in policy.deadlines for count in rule.counts)


def test_a_deadline_that_sources_count_differently_is_listed_as_a_conflict() -> None:
    """With each of those sources; the document shows the list."""
    policy = load_policy()
    for rule in policy.deadlines:
        sources = {count.source for count in rule.counts}
        if len(sources) > 1:
            listed = [conflict for conflict in policy.conflicts if rule.id in conflict.deadlines]
            assert sources <= {saying.source for conflict in listed for saying in conflict.says}, rule.id


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "alibaba"', "name = ", "not TOML"),
        ('name = "alibaba"', "name = 7", "a text is needed"),
        ('name = "alibaba"', 'name = ""', "empty"),
        ('version = "2026-11"\n', "", "'version' is missing"),
        ('version = "2026-11"', 'version = "2026-11"\nvintage = 3', "'vintage' is not known"),
        ('id = "claim"', 'id = "klaim"', "no such deadline"),
        ('unit = "working_days"', 'unit = "moons"', "no such unit"),
        ('who = "platform"', 'who = "nobody"', "who is you, supplier or platform"),
        ('start = "escalated"', 'start = "excavated"', "no such event"),
        ('source = "ssopdot"', 'source = "hearsay"', "no such source"),
        ("add = 30", 'add = "30"', "a whole number is needed"),
        ("add = 30", "add = -30", "none of them negative"),
        ('speaks_of = "mediation_end"', 'speaks_of = "meditation"', "no such deadline"),
        ('only_in = ["closed", ', 'only_in = ["ajar", ', "no such stage"),
        ('id = "quality"', 'id = "qualm"', "no such reason"),
        ('id = "shipped"', 'id = "slipped"', "the program needs this event"),
        ('begun_in = "decided"', 'begun_in = ["decided"]', "a text is needed"),
        ('met_by = ["shipped"]', 'met_by = "shipped"', "a list is needed"),
        ('id = "paid"', 'id = "shipped"', "stands there twice"),
        ('facts = ["decided_at"]', 'facts = ["decidet_at"]', "no such fact"),
        ('ask = ["ship_by"]', 'ask = ["ship_date"]', "no such fact"),
        ('when_in = ["order.ship_terms"]\n', "", "no `when_in`"),
        ('source = "faq-20155175-8", text', 'source = "hearsay", text', "no such source"),
        ('deadlines = ["auto_escalation"]', 'deadlines = ["auto_acceleration"]', "no such deadline"),
        ('effective = "2026"', 'effective = "2026"\nin_force_from = "2026"', "a day is needed"),
        ('effective = "2026"', 'effective = "2026"\nin_force_from = 2026-05-01\nin_force_until = 2026-04-01', "ends before"),
    ],
)
def test_bad_policy_text_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    """One sentence that says where and what."""
    assert old in TEXT
    with pytest.raises(WrongRequest, match=said):
        parse(TEXT.replace(old, new, 1))


@pytest.mark.parametrize("name", ["amazon", "../alibaba", "", "alibaba.toml", "messages"])
def test_a_policy_that_is_not_installed_is_said_so(name: str) -> None:
    """No path can be smuggled in as a name."""
    with pytest.raises(WrongRequest, match="no policy"):
        load_policy(name)


def test_the_document_says_what_the_policy_says() -> None:
    """docs/deadlines.md is made from the policies by `make docs`."""
    document = Path(__file__).parents[3] / "docs" / "deadlines.md"
    assert document.read_text("utf-8") == written()


def test_every_deadline_over_years_and_zones_is_as_it_was_reviewed() -> None:
    """A changed rule, source or calendar shows as a change of tests/rules/golden/deadlines.txt (`make docs` writes it)."""
    assert golden.FILE.read_text("utf-8") == golden.text()
