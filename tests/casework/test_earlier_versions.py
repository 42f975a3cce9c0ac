"""What a version between the first and this one kept opens, verifies and is packed, its own index beside it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from collector.archive.index import FORMAT
from fixtures.authority import Served
from tests.paper_desk import PaperDesk

KEPT = Path(__file__).parents[1] / "data" / "earlier-versions"
# The oldest and the newest stand for those between, which `make proof` tries.
BETWEEN = ("index-12", "index-15")


@pytest.mark.parametrize("name", ["index-9", *(pytest.param(name, marks=pytest.mark.proof) for name in BETWEEN), "index-17"])
def test_an_archive_of_an_earlier_version_is_whole_says_what_it_said_and_is_packed(
    name: str, tmp_path: Path, authority: Served
) -> None:
    desk = PaperDesk(tmp_path, authority)
    with zipfile.ZipFile(KEPT / f"{name}.zip") as packed:
        packed.extractall(desk.archive)
    entries = desk.archive / "ledger" / "entries.jsonl"
    before = entries.read_bytes()
    assert desk.did("verify", "--deep")["problems"] == []
    facts = {fact["name"]: fact["value"] for fact in desk.did("facts", desk.order)["facts"]}
    assert (facts["order.number"], facts["units_defective"]) == (desk.order, 158), "as it was corrected"
    files = {file["name"]: file["note"] for file in desk.did("case", "show", desk.order)["files"]}
    assert files["carton.txt"] == "the left side"
    assert ("other.txt" in files) is (name == "index-9"), "there nothing could be withdrawn yet"
    assert desk.did("status")["seal"] == "timestamped"
    assert entries.read_bytes() == before
    assert desk.did("verify", desk.pack())["ok"]
    assert entries.read_bytes().startswith(before)


def test_the_earlier_indexes_are_of_earlier_formats() -> None:
    """Else nothing would be taken over: each is beside its ledger as that version left it."""
    assert {path.stem for path in KEPT.glob("*.zip")} == {"index-9", *BETWEEN, "index-17"}
    assert int(FORMAT) > 17
