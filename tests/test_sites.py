"""A site is a folder, a row in the table and its data: nothing else knows which sites there are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.model import ALIBABA
from collector.sites.table import SITES, name_at, site_named
from rules.deadlines.moments import load_moments
from rules.policy.forums import forums_of
from rules.policy.platform import REASONS, load_policy, policies
from tests.modules import nodes
from tests.test_house import ROOT, committed

OWN = re.compile(r"collector/sites/(?:table\.py|(?P<site>\w+)/)")
# What a record without a site means, and who stands where none is named yet: the one word that others may write.
FIRST = {"ALIBABA"}
SAID = {"collector/model.py": {"alibaba"}}  # which site that is


@pytest.mark.parametrize("name", SITES)
def test_no_module_outside_its_folder_and_the_table_names_a_site(name: str) -> None:
    told = {
        where: words
        for path in committed("*.py")
        if (where := path.relative_to(ROOT).as_posix()).split("/")[0] in ("collector", "rules", "casework", "cli", "web")
        and not ((own := OWN.match(where)) and own["site"] in (None, name))
        and (words := set(naming(path, name)) - FIRST - SAID.get(where, set()))
    }
    assert told == {}


def naming(path: Path, name: str) -> Iterator[str]:
    """The words of a module's code that hold the name of a site; what it says of itself, for whoever reads it, is none."""
    told = {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}
    for node in nodes(path):
        words = (
            [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told else []
        )
        words += [
            text for key in ("id", "attr", "name", "module", "arg") if isinstance(text := getattr(node, key, None), str)
        ]
        held = (text for text in words if name in text.lower())
        yield from (word for text in held for word in re.findall(r"[\w.]+", text) if name in word.lower())


@pytest.mark.parametrize("name", SITES)
def test_a_site_has_a_policy_with_its_words_moments_and_a_place_to_hand_a_pack_in(name: str) -> None:
    policy, site = load_policy(name), site_named(name)
    assert policy.name == name
    assert {reason.id for reason in policy.reasons} == set(REASONS)
    assert load_moments(name).moments
    assert forums_of((), name)[0].id == name
    assert policies(name)[0] is policy
    assert site.domains
    for kind in ("order_list", "order"):
        assert name_at(site.address(kind, "8199000011112222")) == name
    assert site.order_in(site.address("order", "8199000011112222")) == "8199000011112222"


@pytest.mark.parametrize("name", SITES)
def test_every_count_of_a_site_has_a_source_and_what_sources_count_differently_is_listed(name: str) -> None:
    policy = load_policy(name)
    for rule in policy.deadlines:
        sources = {count.source for count in rule.counts}
        assert all(policy.source(source).effective for source in sources)
        if len(sources) > 1:
            listed = [conflict for conflict in policy.conflicts if rule.id in conflict.deadlines]
            assert sources <= {saying.source for conflict in listed for saying in conflict.says}, rule.id


def test_an_address_of_no_site_is_of_none() -> None:
    assert name_at("https://www.example.com/p/order/detail.html?orderId=8199000011112222") == ""
    assert name_at("https://alibaba.com.example/ta/detail.htm") == ""
    assert name_at("https://biz.alibaba.com/ta/detail.htm?orderId=250861947301028446") == ALIBABA
