"""Each attack is carried out on a copy; verification names it where it was made, in little memory, and writes nothing."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.authority import serve
from fixtures.revocation import Revocation
from tests.attacks.catalogue import ATTACKS, Attack
from tests.attacks.stage import Stage, build
from tests.attacks.table import PAGE, look, named, row

MOST_MEMORY = 64 << 20


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Stamped by an authority that also says whether its certificates were revoked."""
    with serve(tmp_path_factory.mktemp("authority"), revocation=Revocation()) as authority:
        yield build(tmp_path_factory.mktemp("stage"), authority)


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """What lies in a folder: size and time of change by path."""
    found = {path: path.lstat() for path in folder.rglob("*")}
    return {str(path): (stat.st_size, stat.st_mtime_ns) for path, stat in found.items()}


def said(attack: Attack) -> str:
    return " ".join(filter(None, (attack.name, attack.on, attack.against)))


@pytest.mark.parametrize("attack", ATTACKS, ids=said)
def test_an_attack_is_named_where_it_was_made(stage: Stage, tmp_path: Path, attack: Attack) -> None:
    """Nothing is written in the folder or beside it, and the row in docs/evidence.md says what verification says."""
    spoiled = stage.copy(tmp_path)
    attack.how(spoiled)
    before = tree(tmp_path)
    if attack.heavy:
        tracemalloc.start()
    problems = look(attack, spoiled)
    if attack.heavy:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < MOST_MEMORY
    assert tree(tmp_path) == before
    problem = named(attack, problems)
    assert problem, problems
    wanted = row(attack, problem)
    assert wanted in PAGE.read_text("utf-8"), f"python -m tests.attacks.table writes:\n{wanted}"


def test_the_table_has_a_row_for_each_attack_and_no_other() -> None:
    page = PAGE.read_text("utf-8")
    rows = page.partition("<!-- attacks -->\n")[2].partition("<!-- /attacks -->")[0].splitlines()[2:]
    assert [line.split(" | ")[:2] for line in rows] == [[f"| {attack.name}", attack.on] for attack in ATTACKS]


def test_untouched_things_have_no_problem_in_any_of_the_ways_of_asking(stage: Stage, tmp_path: Path) -> None:
    """Without it, a verification that always complains would pass for one that finds attacks."""
    ways = {(attack.on, attack.against, attack.deep): attack for attack in ATTACKS if attack.on != "unpacked pack"}
    spoiled = stage.copy(tmp_path)
    for attack in ways.values():
        assert look(attack, spoiled) == (), said(attack)
