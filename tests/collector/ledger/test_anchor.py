"""Where a ledger is not what somebody else holds of it."""

from __future__ import annotations

import pytest

from collector.ledger import merkle
from collector.ledger.anchor import Anchor, disagreements

LINES = (b"one", b"two", b"three")
LEAVES = [merkle.leaf_hash(line) for line in LINES]
OURS, OTHERS = "a" * 64, "b" * 64
FIRST_TWO = merkle.root(LEAVES[:2]).hex()


def said(anchor: Anchor, *keys: tuple[int, str]) -> list[tuple[str, str]]:
    return [(problem.where, problem.what) for problem in disagreements(anchor, LINES, keys, "ledger")]


def test_a_ledger_that_is_what_the_anchor_holds_agrees_with_it() -> None:
    all_three = merkle.root(LEAVES).hex()
    leaves = {0: LEAVES[0].hex(), 2: LEAVES[2].hex()}
    anchor = Anchor("old.zip", OURS, {2: FIRST_TWO, 3: all_three}, {1: b"two", 2: b"three"}, leaves=leaves)
    assert said(anchor, (0, OURS)) == []


def test_what_was_cut_off_or_changed_is_named_by_its_line() -> None:
    assert said(Anchor("old.zip", roots={4: FIRST_TWO})) == [
        ("ledger", "has 3 lines, and old.zip sealed 4: lines were taken off its end")
    ]
    assert said(Anchor("old.zip", roots={2: "00" * 32})) == [
        ("ledger", "its first 2 lines are not those that old.zip sealed")
    ]
    # Beyond the end there is nothing to compare: the root says that lines are missing.
    assert said(Anchor("old.zip", lines={1: b"TWO", 3: b"four"})) == [
        ("ledger line 2", "is not the line that old.zip shows")
    ]
    assert said(Anchor("old.zip", leaves={2: "00" * 32, 3: "00" * 32})) == [
        ("ledger line 3", "is not the line that old.zip withholds")
    ]


@pytest.mark.parametrize("exact", [False, True])
def test_a_key_that_never_signed_is_named_with_the_one_that_did(exact: bool) -> None:
    anchor = Anchor("old.zip", OURS, exact=exact)
    (with_another,), (with_none,) = said(anchor, (0, OTHERS)), said(anchor)
    assert with_another == (
        "ledger",
        "names the key bbbbbbbbbbbbbbbb…, and old.zip is of aaaaaaaaaaaaaaaa…: it was signed again by somebody else",
    )
    assert with_none[1].startswith("names no key, and old.zip is of")


def test_a_later_key_is_a_question_only_where_this_very_key_must_have_signed() -> None:
    keys = [(0, OTHERS), (1, OURS), (2, OTHERS)]
    assert said(Anchor("old.zip", OURS), *keys) == []
    assert said(Anchor("old.zip", OURS, exact=True), *keys[:2]) == []
    assert said(Anchor("old.zip", OURS, exact=True), *keys) == [
        (
            "ledger line 3",
            "from here on bbbbbbbbbbbbbbbb… signs, and not aaaaaaaaaaaaaaaa…: ask its holder whether he changed the key",
        )
    ]
