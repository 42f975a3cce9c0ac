"""A pack is made of what is sealed, and verifies; a wrong request leaves no trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.cases import open_case
from casework.proving.pack import PackRequest, make_pack
from casework.workspace import Workspace
from collector.errors import WrongRequest
from rules.pack.bag.verify import verify_pack
from rules.pack.plan.exhibits import Choices
from tests.paper_desk import ORDER, paper_browser, quiet


def test_a_pack_holds_the_pages_and_the_photo_and_verifies(ws: Workspace, tmp_path: Path) -> None:
    with paper_browser():
        made = make_pack(ws, ORDER, PackRequest(reasons=("damaged",), output=tmp_path / "made.zip"), quiet)
    assert (made.path, made.seal, made.problems) == (tmp_path / "made.zip", "timestamped", ())
    assert verify_pack(made.path).problems == ()
    assert len(made.exhibits) == 3


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (PackRequest(as_of="2099-01-01"), "dated in the future"),
        (PackRequest(since="spring"), "not a day"),
        (PackRequest(reasons=("bad luck",)), "not a reason"),
        (PackRequest(choices=Choices(include=("Z99",))), "Z99"),
    ],
)
def test_a_request_that_cannot_be_met_writes_nothing(
    ws: Workspace, tmp_path: Path, wanted: PackRequest, sentence: str
) -> None:
    before = len(list(ws.archive.ledger.entries()))
    there = sorted(tmp_path.iterdir())
    with pytest.raises(WrongRequest, match=sentence):
        make_pack(ws, ORDER, wanted, quiet)
    assert len(list(ws.archive.ledger.entries())) == before
    assert sorted(tmp_path.iterdir()) == there


def test_of_a_case_of_which_nothing_was_kept_no_pack_is_made(ws: Workspace, tmp_path: Path) -> None:
    open_case(ws, "250861947301020000", {}, sealed=False)
    with pytest.raises(WrongRequest, match="Nothing of this case"):
        make_pack(ws, "250861947301020000", PackRequest(output=tmp_path / "empty.zip"), quiet)
    assert not (tmp_path / "empty.zip").exists()
