"""Pages kept by earlier rules are masked anew: what is shown is derived, and the original stays sealed and private."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from casework.proving.export import export_wacz
from casework.proving.pack import PackRequest, make_pack
from casework.proving.remask import remask
from casework.proving.status import status
from casework.views import remasked
from casework.workspace import Workspace
from collector.archive.records import entry_body
from collector.canonical import canonical
from collector.ledger.log import Opening, new_salt
from collector.model import Artefact, Snapshot
from collector.network_record import ExchangeRecord, KeptBody, NetworkRecord
from collector.verify import verify_archive
from rules.pack.bag.verify import verify_pack
from rules.pack.plan.exhibits import Choices
from tests.decoding import holding
from tests.paper_desk import ORDER, paper_browser, quiet

TOKEN, SESSION, BEARER = "q7Xw93LpZk2MvB81nT5c", "9f86d081884c7d659a2feaa0c55ad015", "kX9aB3Zq7Lm2Np4Rt8Vw01"
SECRETS = (TOKEN, SESSION, BEARER)


@pytest.fixture
def early(ws: Workspace) -> Snapshot:
    """The order page as an earlier version kept it: with a token in its source, a session in an answer and in a header."""
    kept = next(s for _, s in reversed(ws.index.snapshots(ORDER)) if s.target.kind == "order")
    assert kept.outcome == "complete"
    dom = next(a for a in kept.artefacts if a.role == "dom")
    page = ws.archive.objects.get(dom.digest) + f'<script>window.d = {{"chatToken":"{TOKEN}"}};</script>'.encode()
    answer = json.dumps({"data": {"sessionId": SESSION}}).encode()
    headers = (("authorization", f"Bearer {BEARER}"),)
    asked = ExchangeRecord(
        "GET", "https://order.alibaba.com/x.json", "XHR", 200, "application/json", len(answer), "", "", "", "", "OK", "h2",
        headers, (), None, {}, None, KeptBody("bytes", 0, len(answer), False),
    )  # fmt: skip
    artefacts = tuple(a for a in kept.artefacts if a.role in ("tile", "text"))
    made = (
        _artefact(ws, "dom", "text/html", page), _artefact(ws, "body", "application/json", answer),
        _artefact(ws, "network", "application/json", canonical(NetworkRecord((asked,)))),
        _artefact(ws, "mhtml", "multipart/related", b"From: <Saved by Blink>\r\nContent-Type: text/html\r\n\r\n" + page),
    )  # fmt: skip
    snapshot = replace(
        kept, id="20990101T000000Z-early1", visit=replace(kept.visit, mask=0), artefacts=(*artefacts, *made)
    )  # fmt: skip
    ws.archive.record("snapshot", *entry_body(snapshot))
    ws.refresh()
    return snapshot


def _artefact(ws: Workspace, role: str, media_type: str, data: bytes) -> Artefact:
    return Artefact(role, 0, media_type, len(data), ws.archive.objects.put(data), new_salt())


def files_below(folder: Path) -> list[tuple[str, bytes]]:
    return [(str(p.relative_to(folder)), p.read_bytes()) for p in folder.rglob("*") if p.is_file()]


def members(path: Path) -> list[tuple[str, bytes]]:
    with ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def test_what_is_shown_is_masked_and_the_original_stays_sealed_and_unaltered(ws: Workspace, early: Snapshot) -> None:
    answer = remask(ws, "", quiet)
    (changed,) = answer.changed
    assert (changed.snapshot, changed.gone) == (early.id, (("mhtml", 0),))
    assert {role for role, _ in changed.files} == {"dom", "body", "network"}
    shown = ws.index.snapshot(early.id)
    assert shown is not None
    assert not holding(((a.role, ws.archive.objects.get(a.digest)) for a in shown.artefacts), set(SECRETS))
    for artefact in early.artefacts:  # what was sealed can still be opened and is what it was
        assert ws.archive.ledger.opening(Opening(artefact.digest, artefact.salt).commitment) is not None
        assert len(ws.archive.objects.get(artefact.digest)) == artefact.size
    assert verify_archive(ws.archive, readers=ws.readers).problems == ()


def test_outside_the_private_folder_nothing_of_it_is_left_in_the_archive(ws: Workspace, early: Snapshot) -> None:
    before = holding(files_below(ws.archive.root), set(SECRETS))
    assert {secret for _, secret in before} == set(SECRETS)
    remask(ws, "", quiet)
    left = {where for where, _ in holding(files_below(ws.archive.root), set(SECRETS))}
    assert left
    assert {where.partition("/")[0] for where in left} == {"private"}


def test_packs_and_exports_made_afterwards_hold_what_is_masked(ws: Workspace, early: Snapshot, tmp_path: Path) -> None:
    """And the pack proves what it shows by the record that it was derived from the sealed original."""
    remask(ws, ORDER, quiet)
    choices = Choices(include=(early.id,), with_originals=True)
    with paper_browser():
        made = make_pack(ws, ORDER, PackRequest(output=tmp_path / "case.zip", choices=choices), quiet)
    assert made.problems == ()
    assert holding(members(made.path), set(SECRETS)) == set()
    assert any("redacted:token" in data.decode("utf-8", "replace") for _, data in members(made.path))
    withheld = {(one.role, one.part) for one in verify_pack(made.path).withheld}
    assert withheld >= {("dom", 0), ("network", 0), ("mhtml", 0)}
    kept = export_wacz(ws, (early.id,), tmp_path / "page.wacz")
    assert holding([("wacz", kept.path.read_bytes())], set(SECRETS)) == set()


def test_status_warns_of_visits_that_earlier_rules_masked_until_they_are_masked_anew(ws: Workspace, early: Snapshot) -> None:
    assert any("1 kept visit(s) were masked by earlier rules" in note for note in status(ws).notes)
    remask(ws, "", quiet)
    assert not any("masked by earlier rules" in note for note in status(ws).notes)
    again = remask(ws, "", quiet)
    assert (again.looked, again.changed) == (0, ())
    assert "masked by the rules of this version" in str(remasked(again).blocks[0])


def test_a_dry_run_says_what_would_be_masked_and_keeps_nothing(ws: Workspace, early: Snapshot) -> None:
    size = ws.archive.ledger.size
    answer = remask(ws, "", quiet, dry_run=True)
    assert [one.snapshot for one in answer.changed] == [early.id]
    assert ws.archive.ledger.size == size
    assert ws.index.masked_before(1) == [early.id]


def test_an_original_that_was_put_away_is_still_checked_and_named_by_its_place(ws: Workspace, early: Snapshot) -> None:
    """Private is not out of sight of verification: changed or lost, it is a problem with a name."""
    remask(ws, "", quiet)
    assert ws.archive.objects.private is not None
    flipped, lost = sorted(p for p in ws.archive.objects.private.rglob("*") if p.is_file())[:2]
    flipped.write_bytes(flipped.read_bytes()[:-1] + b"?")
    lost.unlink()
    named = {problem.where: problem.what for problem in verify_archive(ws.archive).problems}
    assert "has changed" in named[f"private/{flipped.parent.name}/{flipped.name}"]
    assert any("is missing" in what for what in named.values())


def test_only_its_user_can_look_into_the_private_folder(ws: Workspace, early: Snapshot) -> None:
    remask(ws, "", quiet)
    assert ws.archive.objects.private is not None
    assert ws.archive.objects.private.stat().st_mode & 0o077 == 0
