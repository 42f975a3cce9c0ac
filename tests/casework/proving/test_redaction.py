"""A redacted pack holds nothing of what is taken out, in no file and in no form, and is of one seal with a later one."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from casework.keeping.add import FileDetails, add_and_seal
from casework.keeping.pictures import enter_reading
from casework.proving.decoded import readings_of, seen_in
from casework.proving.pack import PackRequest, make_pack, pages_to_cover, preview_pack
from casework.proving.verify import verify_path
from casework.views import pack_preview
from casework.workspace import Workspace, workspace
from collector.capture.tab import Picture, Stretch
from collector.errors import WrongRequest
from collector.model import PictureLine, PictureReading, SeenPicture
from collector.site import Box
from fixtures.marketplace.scenarios import addresses
from rules.pack.bag.verify import verify_pack
from rules.pack.plan.exhibits import Choices
from rules.pack.redact.redactor import Redactor, names_of
from tests.casework.proving.test_last_look import pdf
from tests.decoding import decoded
from tests.paper_desk import ORDER, ORIGIN, SCENARIO, PaperDesk, PaperTab, paper_browser, quiet

pytestmark = pytest.mark.stories  # whole packs

PHONE, MAIL, IBAN, CARD = "+31 6 12345678", "marta.jansen@example.org", "NL91 ABNA 0417 1643 00", "4111 1111 1111 1111"
SAID = f"Marta Jansen, Oudegracht 158, 3511 AZ Utrecht\ncall {PHONE}, {MAIL}\npaid from {IBAN}, card {CARD}\nzebrafish\n"
LOOKED_FOR = Redactor(tuple(names_of(["Marta Jansen", "zebrafish"]))).learned([SAID])
REDACTED = PackRequest(reasons=("damaged",), choices=Choices(redact=True, redact_also=("zebrafish",)))


@pytest.fixture(scope="module")
def told(kept_once: PaperDesk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A case to which files were added that say who the buyer is: in words, names, camera data and notes."""
    place = tmp_path_factory.mktemp("told")
    shutil.copytree(kept_once.folder, place / "desk")
    desk = kept_once.elsewhere(place / "desk")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in desk.environment.items():
            patch.setenv(name, value)
        desk.did("case", "open", ORDER, "--thread", addresses(SCENARIO, ORIGIN)["thread"])
        assert desk.run("capture", ORDER, make_tab=WalkedTab).code == 0
        ws = workspace()
        add_own_files(ws, place / "own")
        yield ws


@pytest.fixture(scope="module")
def redacted(told: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its redacted pack."""
    return made(told, REDACTED, tmp_path_factory.mktemp("redacted") / "made.zip")


def add_own_files(ws: Workspace, folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.txt").write_text(SAID, "utf-8")
    (folder / "Marta Jansen +31612345678.txt").write_text("an empty one\n", "utf-8")
    (folder / "plain.txt").write_text("200 fans, order 250861947301028446\n", "utf-8")
    (folder / "contract.pdf").write_bytes(pdf(text=f"signed by Marta Jansen, {MAIL}", title="Marta Jansen"))
    exif = Image.Exif()
    exif[0x013B] = "Marta Jansen"
    Image.new("RGB", (400, 300), "tan").save(folder / "carton.jpg", exif=exif)
    Image.new("RGB", (400, 300), "pink").save(folder / "label.jpg")
    Image.new("RGB", (400, 300), "white").save(folder / "passport.png")
    about_her = [folder / "letter.txt", folder / "Marta Jansen +31612345678.txt"]
    add_and_seal(ws, ORDER, about_her, FileDetails(kind="other", note=f"ask Marta, {PHONE}"), quiet)
    add_and_seal(ws, ORDER, [folder / "plain.txt"], FileDetails(kind="other"), quiet)
    add_and_seal(ws, ORDER, [folder / "contract.pdf", folder / "passport.png"], FileDetails(kind="contract"), quiet)
    photos = [folder / "carton.jpg", folder / "label.jpg"]
    (carton, _), _ = add_and_seal(ws, ORDER, photos, FileDetails(kind="photo"), quiet)
    lines = (PictureLine("20 cartons", (40, 20, 200, 30)), PictureLine("toMartaJansen31612345678", (40, 200, 300, 30)))
    enter_reading(ws, ORDER, carton.file.id, PictureReading("reader 1", (SeenPicture(400, 300, lines),)))
    ws.refresh()


@dataclass
class WalkedTab(PaperTab):
    """A messenger whose conversation was walked in one stop, a word of the buyer's in it."""

    def changed(self, kind: str) -> None:
        if kind == "thread":
            out = io.BytesIO()
            Image.new("RGB", (1280, 800), "white").save(out, "PNG")
            html = self.html.replace("</body>", "<p>zebrafish</p></body>")
            said = [line for line in seen_in(html).splitlines() if line.strip() and "zebrafish" not in line]
            beyond = (Box(f"div:nth-of-type({n})", 500, 900 + 20 * n, 90, 20, line) for n, line in enumerate(said, 1))
            layout = (Box("p", 500, 300, 200, 20, "zebrafish"), *beyond)
            picture, pane = Picture(out.getvalue(), 0, 0, 1280, 800), (400, 100, 600, 500)
            older = Stretch(html, ("0",), picture, True, True, pane=pane, moved=450, layout=layout)
            self.stretches = (Stretch(html, ("1",), picture, True, False, pane=pane, layout=layout), older)


def made(ws: Workspace, request: PackRequest, out: Path) -> Path:
    with paper_browser():
        answer = make_pack(ws, ORDER, replace(request, output=out), quiet)
    assert answer.problems == ()
    return answer.path


def files(pack: Path) -> Iterator[tuple[str, bytes]]:
    with ZipFile(pack) as packed:
        yield from ((name, packed.read(name)) for name in packed.namelist())


def leaks(pack: Path) -> list[str]:
    """The files in which, or in whose names, something of it stands, in any reading."""
    found = [name for name, _ in files(pack) if LOOKED_FOR.finds(name, by_form=False)]
    for data, name in {data: name for name, data in files(pack)}.items():
        found += [name] if any(LOOKED_FOR.finds(one.text, by_form=False) for one in readings_of(data)) else []
    return found


def test_nothing_that_is_taken_out_stands_anywhere_in_a_redacted_pack_which_verifies(
    told: Workspace, redacted: Path, tmp_path: Path
) -> None:
    assert leaks(made(told, PackRequest(reasons=("damaged",)), tmp_path / "open.zip"))
    assert leaks(redacted) == []
    assert verify_pack(redacted).problems == ()
    named = dict(files(redacted))
    (copy,) = (data.decode() for name, data in named.items() if b"paid from" in data and "/redacted/" in name)
    assert "call [phone], [mail]\npaid from [account], card [card]\n[redacted]" in copy
    assert any(data == b"200 fans, order 250861947301028446\n" for data in named.values())
    assert any(ORDER.encode() in data for name, data in named.items() if name.endswith("bag-info.txt"))


def test_another_decoder_finds_nothing_of_it_either(redacted: Path) -> None:
    """One that shares no line with the search that the pack passed: streams, archives, encodings, both halves of UTF-16."""
    words = "Jansen,JANSEN,marta.jansen,Oudegracht,zebrafish,6 12345678,612345678,0417 1643,4111 1111".split(",")
    wide = [word.encode(form) for word in words for form in ("utf-8", "utf-16-le", "utf-16-be")]
    pieces = ((name, piece) for name, data in files(redacted) for piece in decoded(data, set()))
    found = {(name, word) for name, piece in pieces for word in wide if word in piece}
    assert found == set()
    assert any(b"Jansen" in piece for piece in decoded(base64.b64encode(SAID.encode()), set()))


def test_before_it_is_made_a_redacted_pack_is_said_to_hand_in_every_exhibit_in_its_redacted_copy(told: Workspace) -> None:
    preview = preview_pack(told, ORDER, REDACTED)
    assert {number for number, _ in preview.order} == {exhibit.number for exhibit in preview.exhibits}


def test_the_papers_own_checker_holds_a_redacted_pack_and_tells_of_the_records_that_are_withheld(
    redacted: Path, tmp_path: Path
) -> None:
    with ZipFile(redacted) as packed:
        packed.extractall(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    said = subprocess.run([sys.executable, folder / "data" / "verify.py"], capture_output=True, text=True, check=True).stdout
    proofs = json.loads((folder / "data" / "proof" / "proofs.json").read_text())
    assert len(proofs["withheld"]) == 2  # of the texts whose note names her
    assert said.count("of the ledger: withheld, its hash is") == 2
    assert any("2 sealed records are withheld" in note for note in verify_pack(redacted).notes)
    proofs["withheld"][0]["leaf"] = "00" * 32
    (folder / "data" / "proof" / "proofs.json").write_text(json.dumps(proofs))
    again = subprocess.run([sys.executable, folder / "data" / "verify.py"], capture_output=True, text=True, check=False)
    assert "the withheld entry" in again.stdout
    assert any("the withheld entry" in problem.what for problem in verify_pack(folder).problems)


def test_a_later_pack_opens_what_a_redacted_one_withholds_and_both_prove_one_seal(
    told: Workspace, redacted: Path, tmp_path: Path
) -> None:
    first = redacted
    assert not any(name.endswith("/text.txt") and "/exhibits/A01" in name for name, _ in files(first))
    later = made(told, PackRequest(reasons=("damaged",), choices=Choices(open=("A01/dom",))), tmp_path / "later.zip")
    assert any(name.endswith("A01-order/dom.html.txt") for name, _ in files(later))
    assert leaks(later)
    for pack, other in ((later, first), (first, later)):
        assert verify_path(told, pack, quiet, against=str(other)).problems == ()


def test_the_same_choices_give_the_same_files(told: Workspace, tmp_path: Path) -> None:
    request = PackRequest(choices=Choices(redact=True, exclude=("order", "contract")), as_of=datetime.now(UTC).isoformat())
    one, two = (dict(files(made(told, request, tmp_path / f"{n}.zip"))) for n in (1, 2))
    assert {n: d for n, d in one.items() if "tagmanifest" not in n} == {
        n: d for n, d in two.items() if "tagmanifest" not in n
    }


def test_what_would_be_taken_out_is_listed_by_kind_and_count_before_anything_is_written(told: Workspace) -> None:
    before = len(list(told.archive.ledger.entries()))
    preview = preview_pack(told, ORDER, REDACTED)
    assert len(list(told.archive.ledger.entries())) == before
    letter = [one for one in preview.disclosed.redacted if one.kind == "card"]
    assert [(one.words) for one in letter] == ["1 card number"]
    shown = "\n".join(str(block) for block in pack_preview(preview).blocks)
    assert "1 telephone number" in shown
    assert "2 sealed records" in shown
    assert "Marta" not in shown.replace("--redact-also", "")


def test_a_picture_of_which_nobody_knows_what_it_shows_is_shown_with_a_box_of_the_buyer_alone(
    told: Workspace, redacted: Path, tmp_path: Path
) -> None:
    dark = preview_pack(told, ORDER, REDACTED).disclosed.unpictured
    assert len(dark) == 1
    pages = pages_to_cover(told, ORDER, REDACTED)
    assert len(pages[dark[0]]) == 1
    assert not any(f"/{dark[0]}-contract/copy-" in name for name, _ in files(redacted))
    boxed = replace(REDACTED, choices=replace(REDACTED.choices, redact_boxes=(f"{dark[0]}:1:0,150,300,100",)))
    shown = dict(files(made(told, boxed, tmp_path / "boxed.zip")))
    (name,) = (name for name in shown if f"/{dark[0]}-contract/copy-1" in name)
    (tmp_path / "copy").write_bytes(shown[name])
    with Image.open(tmp_path / "copy") as image:
        assert max(image.convert("L").crop((0, 150, 300, 250)).tobytes()) < 40


def black_rows(copy: bytes, left: int, right: int) -> int:
    """How many rows of a copy are black from one column to the other."""
    with Image.open(io.BytesIO(copy)) as image:
        grey = image.convert("L")
    return sum(max(grey.crop((left, y, right, y + 1)).tobytes()) < 40 for y in range(grey.height))


def test_words_that_a_machine_read_in_a_photo_are_black_and_photos_that_none_read_are_named(
    told: Workspace, redacted: Path
) -> None:
    preview = preview_pack(told, ORDER, REDACTED)
    (unseen,) = preview.disclosed.unseen
    assert unseen.endswith(" label.jpg")
    assert unseen in str(pack_preview(preview).blocks)
    shown = dict(files(redacted))
    black = sorted(black_rows(data, 60, 300) for name, data in shown.items() if re.search(r"-photo/copy-1\.jpg$", name))
    assert black[0] == 0
    assert 30 <= black[1] < 60
    page = next(data.decode() for name, data in shown.items() if name.endswith("data/index.html"))
    assert "No machine read the words in its pictures" in page
    assert "A machine read the words in its pictures for what was taken out: one place is black." in page


def test_a_walked_conversation_is_shown_with_black_where_its_stops_drew_the_word(told: Workspace, redacted: Path) -> None:
    """The contract alone, of whose picture nobody knows anything, is not shown."""
    assert len(preview_pack(told, ORDER, REDACTED).disclosed.unpictured) == 1
    walked = [data for name, data in files(redacted) if re.search(r"-thread/copy-\d+\.png$", name)]
    assert sum(black_rows(copy, 110, 290) for copy in walked) >= 40


def test_of_an_exhibit_on_which_the_buyer_draws_a_box_no_original_is_shown(told: Workspace) -> None:
    shown = next(e.number for e in preview_pack(told, ORDER, REDACTED).exhibits if e.files)
    boxed = replace(REDACTED, choices=replace(REDACTED.choices, redact_boxes=(f"{shown}:1:1,1,9,9",)))
    preview = preview_pack(told, ORDER, boxed)
    assert not next(e.files for e in preview.exhibits if e.number == shown)
    assert any("the buyer covered" in one.why for one in preview.disclosed.withheld if one.exhibit == shown)


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        (Choices(redact=True, with_originals=True), "cannot show every original"),
        (Choices(redact=True, open=("A01/text",)), "holds what is to be taken out"),
        (Choices(redact_also=("zebrafish",)), "Add --redact|redacted pack only"),
        (Choices(redact=True, redact_also=("x",)), "too short"),
        (Choices(redact=True, redact_also=(ORDER[:6],)), "order's number"),
        (Choices(redact=True, redact_boxes=("A77:1:1,1,1,1",)), "called A77"),
        (Choices(redact=True, redact_boxes=("A01",)), "no box"),
    ],
)
def test_what_cannot_be_redacted_is_said_and_nothing_is_written(
    told: Workspace, tmp_path: Path, choices: Choices, sentence: str
) -> None:
    with pytest.raises(WrongRequest, match=sentence):
        make_pack(told, ORDER, PackRequest(choices=choices, output=tmp_path / "made.zip"), quiet)
    assert not (tmp_path / "made.zip").exists()
