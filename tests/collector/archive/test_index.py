"""The index says what the ledger says, whatever becomes of its file."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from collector.archive.archive import Archive
from collector.archive.index import Index, open_index
from collector.errors import ArchiveError
from collector.model import Fact, Money, Place, Printed, Snapshot, Target
from tests.archives import NOON, archive_at, keep_snapshot, snapshot_for

TARGET = Target("order", "123456789012345", "order", "http://biz.alibaba.localhost/ta/detail.htm", "", {"order": "1"})


def read_facts(snapshot: Snapshot) -> tuple[Fact, ...]:
    """Two facts of each page, as a reader would give them."""
    place = Place(snapshot.artefacts[0].digest, "json", "/order", "USD 8,600.00")
    timer = Printed("2 days left", NOON, NOON, "")
    return (
        Fact("order.total", Money(Decimal("8600.00"), "USD"), "read", snapshot.id, "test/1", place),
        Fact("dispute.deadline", timer, "read", snapshot.id, "test/1", place),
    )


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = archive_at(tmp_path / "archive", [])
    archive.record("case.opened", {"case": TARGET.case, "name": "fans", "zone": "Europe/Berlin", "account": ""})
    keep_snapshot(archive, snapshot_for(archive, TARGET, b"<html></html>"))
    return archive


def said(index: Index) -> list[object]:
    return [*index.all_snapshots(), *index.facts(TARGET.case), *index.cases()]


def test_a_snapshot_comes_back_as_it_was_made(archive: Archive) -> None:
    made = snapshot_for(archive, TARGET, b"<html>two</html>", identifier="S-two")
    keep_snapshot(archive, made)
    index = open_index(archive, read_facts)
    assert index.snapshot("S-two") == made


def test_facts_keep_their_types_and_places(archive: Archive) -> None:
    facts = open_index(archive, read_facts).facts(TARGET.case)
    assert facts[0].value == Money(Decimal("8600.00"), "USD")
    assert isinstance(facts[1].value, Printed)
    assert facts[0].place is not None
    assert facts[0].place.quote == "USD 8,600.00"
    assert facts[0].at == NOON


@pytest.mark.parametrize("damage", ["deleted", "overwritten", "emptied"])
def test_a_lost_or_damaged_index_is_built_again_with_the_same_answers(archive: Archive, damage: str) -> None:
    before = said(open_index(archive, read_facts))
    if damage == "deleted":
        archive.index_path.unlink()
    else:
        archive.index_path.write_bytes(b"not a database at all, not at all" * 100 if damage == "overwritten" else b"")
    assert said(open_index(archive, read_facts)) == before


def test_an_index_that_windows_does_not_let_go_is_read_beside_it_or_said(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program has it open: a damaged one is left where it is, and one that is to be made anew is a sentence."""
    before = said(open_index(archive, read_facts))
    archive.index_path.write_bytes(b"not a database at all, not at all" * 100)

    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "The process cannot access the file because it is being used by another process")

    monkeypatch.setattr(Path, "unlink", refuse)
    assert said(open_index(archive, read_facts)) == before
    with pytest.raises(ArchiveError, match="open in another program"):
        open_index(archive, read_facts, rebuild=True)


def test_an_index_of_another_ledger_is_started_over(archive: Archive, tmp_path: Path) -> None:
    other = archive_at(tmp_path / "other" / "archive", [])
    open_index(other, read_facts).connection.close()
    archive.index_path.write_bytes(other.index_path.read_bytes())
    assert [case.name for case in open_index(archive, read_facts).cases()] == ["fans"]


def test_only_new_entries_are_taken_in(archive: Archive) -> None:
    open_index(archive, read_facts)
    archive.record("account.paused", {"account": "main", "why": "sign in", "snapshot": ""})
    index = open_index(archive, read_facts)
    assert index.catch_up(archive, read_facts) == 0
    assert index.paused()["main"].why == "sign in"


def test_a_withdrawn_assertion_no_longer_stands(archive: Archive) -> None:
    fact = {"case": TARGET.case, "name": "reason", "round": 1, "value": "late", "who": "buyer"}
    archive.record("fact.asserted", fact)
    index = open_index(archive, read_facts)
    assert [one.fact.value for one in index.assertions(TARGET.case)] == ["late"]
    archive.record("fact.asserted", {**fact, "value": None})
    index.catch_up(archive, read_facts)
    assert index.assertions(TARGET.case) == []


def test_a_look_that_tells_nothing_new_costs_the_index_next_to_nothing(archive: Archive) -> None:
    """What a page says, and the record of the look, stand there once, and in the ledger."""
    same = snapshot_for(archive, TARGET, b"<html></html>")
    open_index(archive, read_facts).connection.close()
    before, looks = archive.index_path.stat().st_size, 100
    for number in range(looks):
        keep_snapshot(archive, replace(same, id=f"S-{number}"))
    index = open_index(archive, read_facts)
    assert len(index.facts(TARGET.case)) == 2 * (looks + 1)
    index.connection.close()
    assert archive.index_path.stat().st_size - before < 500 * looks
