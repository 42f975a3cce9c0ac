"""A pack is made of what is sealed, and verifies; a wrong request leaves no trace."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from casework.cases import open_case
from casework.keeping.add import FileDetails, add_and_seal
from casework.proving.pack import PackPreview, PackRequest, make_pack, preview_pack
from casework.views import pack_preview
from casework.workspace import Workspace
from collector.errors import PersonNeeded, WrongRequest
from rules.pack.bag.verify import verify_pack
from rules.pack.plan.exhibits import Choices
from tests.paper_desk import ORDER, paper_browser, quiet

pytestmark = pytest.mark.stories  # whole packs


def test_a_pack_holds_the_pages_and_the_photo_verifies_and_is_called_zip(ws: Workspace, tmp_path: Path) -> None:
    with paper_browser():
        made = make_pack(ws, ORDER, PackRequest(reasons=("damaged",), output=tmp_path / "made"), quiet)
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


def test_a_message_whose_printed_time_cannot_be_read_stands_in_the_pack_with_it(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows a time: that none is shown would be wrong, and so would be a name for who has none. Letters that this machine
    cannot draw are said."""
    talk = tmp_path / "talk.csv"
    talk.write_text("date,from,text\n03/08/2025 10:00,Cindy,They ship. 好的 مرحبا\n03/08/2025 10:01,,They left.\n")
    add_and_seal(ws, ORDER, [talk], FileDetails(kind="chat"), quiet)
    monkeypatch.setattr("casework.proving.pack.font_for", {"zh": "Some font", "ar": ""}.get)
    with paper_browser():
        made = make_pack(ws, ORDER, PackRequest(reasons=("damaged",), output=tmp_path / "made.zip"), quiet)
    assert [one for one in made.failures if "font" in one] == [
        "No Arabic font: Arabic words are boxes in report.pdf. Install one, such as fonts-noto-core, and pack again."
    ]
    with ZipFile(made.path) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith("/timeline.json"))
        rows = [row for row in json.loads(packed.read(name))["rows"] if row["kind"] == "chat"]
    assert {row["who"]: row["when"] for row in rows} == {
        "Cindy (CSV)": "printed “03/08/2025 10:00”, which cannot be read as a time",
        "No name read (CSV)": "printed “03/08/2025 10:01”, which cannot be read as a time",
    }


def test_of_a_case_of_which_nothing_was_kept_no_pack_is_made(ws: Workspace, tmp_path: Path) -> None:
    open_case(ws, "250861947301020000", {}, sealed=False)
    with pytest.raises(WrongRequest, match="Nothing of this case"):
        make_pack(ws, "250861947301020000", PackRequest(output=tmp_path / "empty.zip"), quiet)
    assert not (tmp_path / "empty.zip").exists()


def test_a_file_that_opens_an_account_stops_the_pack_until_somebody_has_looked(ws: Workspace, tmp_path: Path) -> None:
    """The other side would get it. What stops it is named with its place, and nothing is written."""
    notes = tmp_path / "notes.txt"
    notes.write_text("our access: https://x.example/in?token=q7Xw93LpZk2MvB81nT5c\n")
    add_and_seal(ws, ORDER, [notes], FileDetails(), quiet)
    request = PackRequest(reasons=("damaged",), output=tmp_path / "made.zip")
    before = len(list(ws.archive.ledger.entries()))
    with paper_browser():
        with pytest.raises(PersonNeeded, match=r"notes\.txt \(B02\), line 1 may hold what opens an account \(token\)"):
            make_pack(ws, ORDER, request, quiet)
        assert not (tmp_path / "made.zip").exists()
        assert len(list(ws.archive.ledger.entries())) == before
        assert make_pack(ws, ORDER, replace(request, accept_risk=True), quiet).problems == ()
        without = replace(request, choices=Choices(exclude=("notes.txt",)))
        assert make_pack(ws, ORDER, without, quiet).problems == ()


def test_before_a_pack_is_made_it_is_said_what_the_other_side_would_see(ws: Workspace, tmp_path: Path) -> None:
    """And which photos say where they were taken; nothing is written."""
    place, plain = tmp_path / "garden.jpg", tmp_path / "carton.jpg"
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (52.0, 5.0, 24.0), 3: "E", 4: (5.0, 7.0, 12.0)}
    Image.new("RGB", (40, 30), "tan").save(place, exif=exif)
    Image.new("RGB", (40, 30), "red").save(plain)
    add_and_seal(ws, ORDER, [place, plain], FileDetails(kind="photo"), quiet)
    before = len(list(ws.archive.ledger.entries()))
    preview = preview_pack(ws, ORDER, PackRequest(reasons=("damaged",)))
    assert len(list(ws.archive.ledger.entries())) == before
    assert preview.disclosed.located == ("garden.jpg",)
    assert len(preview.exhibits) == 5
    shown = "\n".join(str(block) for block in pack_preview(preview).blocks)
    assert "garden.jpg, and goes along" in shown
    assert "1 place of a photo" in shown


def test_asked_for_a_place_the_preview_names_the_files_that_the_pack_then_has(ws: Workspace, tmp_path: Path) -> None:
    """Nothing of them is kept before the pack is made."""
    request = PackRequest(("damaged",), choices=Choices(forums=("visa",)), output=tmp_path / "made.zip")
    before = len(list(ws.archive.ledger.entries())), len(list(ws.archive.objects.files()))
    with paper_browser():
        preview = preview_pack(ws, ORDER, request, quiet)
        assert (len(list(ws.archive.ledger.entries())), len(list(ws.archive.objects.files()))) == before
        made = make_pack(ws, ORDER, request, quiet)
    named = [[(place.id, name) for name, _ in place.files] for place in preview.places]
    assert named == [[(place.id, name) for name, _ in place.files] for place in made.places]
    first = next(name for _, name in named[1] if name.endswith(".pdf"))
    assert any(first in str(block) and " KB)" in str(block) for block in pack_preview(preview).blocks)


def test_what_the_other_side_will_see_is_told_before_anything_is_written(ws: Workspace, tmp_path: Path) -> None:
    """Whose numbers and mails stand in which exhibit, and what is withheld."""
    note = tmp_path / "carrier.txt"
    note.write_text("Driver: +31 6 12345678, depot@carrier.example\n")
    add_and_seal(ws, ORDER, [note], FileDetails(), quiet)
    out, told = tmp_path / "made.zip", list[tuple[bool, PackPreview]]()
    with paper_browser():
        made = make_pack(ws, ORDER, PackRequest(output=out), quiet, lambda preview: told.append((out.exists(), preview)))
    ((was_there, preview),) = told
    assert not was_there
    (number,) = (e.number for e in made.exhibits if "carrier.txt" in e.description)
    assert {(p.kind, p.count) for p in preview.disclosed.personal if p.exhibit == number} == {("phone", 1), ("mail", 1)}
    assert {w.role for w in preview.disclosed.withheld} >= {"dom"}
    assert preview.disclosed == made.disclosed


def test_photos_and_videos_of_every_form_are_seen_and_what_cannot_be_shown_is_listed(ws: Workspace, tmp_path: Path) -> None:
    """What a camera is called may be anything: it stands as text. What no decoder takes lies there as it was given."""
    evil = "<img src=x onerror=alert(1)>"
    exif, hostile = Image.Exif(), tmp_path / "evil.jpg"
    exif[0x0110] = evil
    Image.new("RGB", (60, 40), "tan").save(hostile, exif=exif)
    shutil.copy(Path(__file__).parents[2] / "data" / "photos" / "upright.heic", tmp_path / "IMG_3.HEIC")
    Image.new("RGB", (60, 40), "red").save(tmp_path / "fan.webp")
    (tmp_path / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(300))
    files = [tmp_path / name for name in ("evil.jpg", "IMG_3.HEIC", "fan.webp", "torn.png")]
    add_and_seal(ws, ORDER, files, FileDetails(note="cracked blades: 96"), quiet)
    with paper_browser():
        made = make_pack(ws, ORDER, PackRequest(reasons=("damaged",), output=tmp_path / "made.zip"), quiet)
    assert made.problems == ()
    with ZipFile(made.path) as packed:
        held = {name.partition("/data/")[2]: packed.read(name) for name in packed.namelist()}
    own = {path.split("/")[-1].split(".")[0]: path.rpartition("/")[0] for path in held if path.startswith("exhibits/B")}
    for name in ("evil", "IMG_3", "fan"):
        assert f"{own[name]}/copy-1.jpg" in held
        assert not Image.open(BytesIO(held[f"{own[name]}/copy-1.jpg"])).getexif()
    assert f"{own['torn']}/copy-1.jpg" not in held
    page = held["index.html"].decode()
    assert evil not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "taken Sun 20 Sep 2026, 14:01 (+08:00); at 23.02000, 113.12000; with Apple iPhone 15" in page
    assert "No reading copy of it could be made" in page
    assert b"cracked blades: 96 units" in held["submission/statement.txt"]


def test_a_second_pack_says_what_is_new_since_the_first_and_comes_out_the_same_again(ws: Workspace, tmp_path: Path) -> None:
    """By exhibit, in the list, the statements, the report and the viewer; a pack of the same evidence is no earlier one."""
    request = PackRequest(reasons=("damaged",), output=tmp_path / "made.zip")
    with paper_browser():
        for choices in (Choices(), Choices(exclude=("photo",)), Choices()):
            first = _texts(make_pack(ws, ORDER, replace(request, choices=choices), quiet).path)
            assert not any("since the pack of" in text for text in first.values())
        photo = tmp_path / "second.jpg"
        Image.new("RGB", (40, 30), "red").save(photo)
        add_and_seal(ws, ORDER, [photo], FileDetails(kind="photo"), quiet)
        assert "B02 (Photo); all others were in it" in preview_pack(ws, ORDER, request).new
        make_pack(ws, ORDER, request, quiet)
        second = _texts(make_pack(ws, ORDER, request, quiet).path)
    saying = {name for name, text in second.items() if "New since the pack of" in text and "B02 (Photo)" in text}
    assert saying >= {"submission/list.txt", "submission/statement.txt", "index.html", "certificate.md"}
    assert "新增：证据B02。" in second["submission/statement-zh.txt"]


def test_a_contract_in_a_text_file_is_handed_in_as_a_reading_copy(ws: Workspace, tmp_path: Path) -> None:
    """A place that takes JPG and PDF alone gets what proves the reason all the same; the original stays what it is."""
    contract = tmp_path / "contract.txt"
    contract.write_text("200 fans, to be shipped by 26 July 2026.\n")
    add_and_seal(ws, ORDER, [contract], FileDetails(kind="contract"), quiet)
    with paper_browser():
        made = make_pack(ws, ORDER, PackRequest(reasons=("late",), output=tmp_path / "made.zip"), quiet)
    text = _texts(made.path)["submission/list.txt"]
    handed, left = text.split("Left out, and where it can go:")
    assert "contract.pdf" in handed
    assert "Contract (saved by the buyer, not witnessed; its text as a reading copy)" in handed
    assert "contract.txt" not in left


def _texts(pack: Path) -> dict[str, str]:
    """The texts of a pack by their path in its data folder."""
    with ZipFile(pack) as packed:
        names = [name for name in packed.namelist() if name.endswith((".txt", ".md", ".html")) and "/exhibits/" not in name]
        return {name.partition("/data/")[2]: packed.read(name).decode() for name in names}
