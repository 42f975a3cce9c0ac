"""What the first version kept and packed opens and verifies with this one."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from collector.archive.archive import Archive
from collector.canonical import canonical
from collector.clock import SystemClock
from collector.network_record import read_record
from fixtures.authority import Served
from tests.paper_desk import PaperDesk

KEPT = Path(__file__).parents[1] / "data" / "first-version"


@pytest.fixture
def desk(tmp_path: Path, authority: Served) -> PaperDesk:
    desk = PaperDesk(tmp_path, authority)
    with zipfile.ZipFile(KEPT / "archive.zip") as packed:
        packed.extractall(desk.archive)
    return desk


def test_an_archive_of_the_first_version_is_whole_and_agrees_with_its_pack(desk: PaperDesk) -> None:
    assert desk.did("verify")["problems"] == []
    assert desk.did("verify", "--deep", "--against", KEPT / "pack.zip")["problems"] == []


def test_its_pack_verifies(desk: PaperDesk) -> None:
    report = desk.did("verify", KEPT / "pack.zip")
    assert (report["ok"], report["seal"]) == (True, "timestamped")


def test_its_facts_are_read_and_its_records_stay_as_they_were(desk: PaperDesk) -> None:
    before = (desk.archive / "ledger" / "entries.jsonl").read_bytes()
    facts = {fact["name"]: fact["value"] for fact in desk.did("facts", desk.order)["facts"]}
    assert facts["order.number"] == desk.order
    assert desk.did("status")["seal"] == "timestamped"
    assert desk.did("search", "carton")
    assert (desk.archive / "ledger" / "entries.jsonl").read_bytes() == before


def test_it_goes_on_with_another_key_and_is_packed_again(desk: PaperDesk) -> None:
    """The key stays with its user; another one is a change that the ledger names."""
    before = (desk.archive / "ledger" / "entries.jsonl").read_bytes()
    assert "a new key" in desk.run("case", "set", desk.order, "units_total=200").out
    assert (desk.archive / "ledger" / "entries.jsonl").read_bytes().startswith(before)
    assert desk.did("verify")["problems"] == []
    assert desk.did("verify", desk.pack())["ok"]


def test_without_what_is_derived_it_says_the_same(desk: PaperDesk, tmp_path: Path) -> None:
    said = desk.did("deadlines", desk.order, "--as-of", "2026-11-29T00:00Z")
    for name in ("index.sqlite", "catalogue.sqlite"):
        (desk.archive / name).unlink()
    assert desk.did("deadlines", desk.order, "--as-of", "2026-11-29T00:00Z") == said
    shutil.copytree(desk.archive, tmp_path / "copied" / "archive")
    assert desk.elsewhere(tmp_path / "copied").did("deadlines", desk.order, "--as-of", "2026-11-29T00:00Z") == said


def test_what_it_heard_of_the_network_is_read_and_would_be_written_with_the_same_bytes(desk: PaperDesk) -> None:
    archive = Archive(desk.archive, SystemClock())
    opened, _ = archive.ledger.opening_lines()
    entries = archive.ledger.entries(kinds=("snapshot",))
    named = [a["commitment"] for entry in entries for a in entry.body["artefacts"] if a["role"] == "network"]
    records = [archive.objects.get(opened[name].digest) for name in named]
    assert records
    assert [canonical(read_record(data)) for data in records] == records
