"""The folders of a pack for each place: what is handed in, the list with its sources, the statement in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import pytest

from rules.pack.plan.exhibits import Choices
from rules.pack.plan.plan import PackPlan
from rules.policy.forums import Forum, forum_names, forums_of, load_forums
from tests.rules.pack.synthetic import Sealed

FORUMS = forums_of(forum_names(), "alibaba")


@pytest.fixture(scope="module")
def asked(sealed: Sealed) -> PackPlan:
    return sealed.plan(Choices(forums=forum_names()))


@pytest.fixture(scope="module")
def files(sealed: Sealed, asked: PackPlan) -> Mapping[str, bytes]:
    return sealed.renderings(asked)


def _text(files: Mapping[str, bytes], forum: Forum, name: str) -> str:
    return files[forum.folder + name].decode()


@pytest.mark.parametrize("forum", FORUMS, ids=lambda forum: forum.id)
def test_each_exhibit_is_handed_in_or_named_with_a_place_to_go(
    forum: Forum, files: Mapping[str, bytes], asked: PackPlan
) -> None:
    """Nothing is silently dropped, and the list says of every limit where it is written, or that it is assumed."""
    text = _text(files, forum, "list.txt")
    handed, left = text.split("Left out, and where it can go:")
    for exhibit in asked.exhibits:
        assert re.search(rf"^      {exhibit.number} ", handed, re.M) or f"  {exhibit.number}-" in left, exhibit.number
    assert len(re.findall("looked at Sat 28 Nov 2026", text)) == len(forum.limits)
    assert len(re.findall("not published: a default", text)) == sum(not limit.published for limit in forum.limits)
    assert forum.seen_by in text
    unshown = re.findall(r"\((A\d\d|B\d\d)\)$", handed.partition("in none of these files")[2], re.M)
    assert set(unshown) <= {"A02"}, "but for the conversation, which is withheld"


def test_every_source_of_a_place_is_named_with_the_day_on_which_it_was_read() -> None:
    """A limit without a source would be an invention."""
    known = load_forums()
    assert all(source.looked >= date(2026, 11, 1) and len(source.title) > 20 for source in known.sources)
    used = {limit.source for forum in known.forums for limit in forum.limits}
    used |= {reason.source for forum in known.forums for reason in forum.reasons}
    assert {source.id for source in known.sources} == used | {forum.timing_source for forum in known.forums}


@pytest.mark.parametrize("forum", [forum for forum in FORUMS if "zh" in forum.languages], ids=lambda forum: forum.id)
def test_the_chinese_statement_has_no_english_sentence(forum: Forum, files: Mapping[str, bytes]) -> None:
    """What is quoted from pages, names, exhibit numbers and the stand-in's alias are all that is not Chinese."""
    text = _text(files, forum, "statement-zh.txt")
    plain = re.sub(r"“[^”]*”|本地测试环境.*|Foshan Brightwing Electric Appliance Co\., Ltd\.|Europe/Amsterdam", "", text)
    assert not re.findall(r"[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}", plain)
    assert "6,880.00美元" in text
    assert "2026年7月26日" in text
    assert all(f"证据{number}" in text for number in ("A01", "B01"))
    assert forum.sides[0] in text
    assert "买方" not in plain or forum.sides[0] == "买方"


def test_the_statement_names_the_reason_as_the_place_does(files: Mapping[str, bytes]) -> None:
    """A bank looks for its code."""
    (_, visa) = forums_of(["visa"], "alibaba")
    text = _text(files, visa, "statement.txt")
    assert "13.1 Merchandise/services not received" in text
    assert "13.3 Not as described" in text
    assert "120 days from payment" in _text(files, visa, "list.txt")
