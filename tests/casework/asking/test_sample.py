"""A sample is shown before it is written, and written where somebody agrees; bad input ends in one sentence."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from casework import views
from casework.asking.sample import Sample, make_sample, write_sample
from casework.workspace import Workspace
from collector.errors import DONE, PERSON_NEEDED, DiskFull, WrongRequest
from collector.saved.page import read_page
from tests.collector.sites.alibaba.stored import address, market


class Nobody:
    """Off a terminal."""

    present = False

    def tell(self, text: str) -> None:
        raise AssertionError(text)

    def ask(self, question: str) -> str:
        raise AssertionError(question)

    def agrees(self, question: str, *, unless_no: bool = False) -> bool:
        raise AssertionError(question)


class Somebody(Nobody):
    """Who gives one answer, and remembers what was asked."""

    present = True

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def agrees(self, question: str, *, unless_no: bool = False) -> bool:
        self.asked.append(question)
        return self.answer


def page_file(folder: Path, kind: str = "order") -> Path:
    """A page of the story, saved as a browser does."""
    url, path = address(kind), folder / f"{kind}.html"
    path.write_bytes(f"<!-- saved from url=({len(url):04d}){url} -->\n".encode() + market(kind, 85))
    return path


def made(ws: Workspace, what: Path | str, out: Path) -> Sample:
    return make_sample(ws, str(what), out, lambda _: None)


def test_a_saved_page_gives_a_sample_that_is_read_alike_and_still_knows_its_kind(ws: Workspace, tmp_path: Path) -> None:
    sample = made(ws, page_file(tmp_path), tmp_path / "out.html")
    assert (sample.shown.kind, sample.seen.kind) == ("order", "order")
    assert sample.readers
    assert all(reader.alike for reader in sample.readers)
    again = read_page("out.html", sample.data, {})
    assert again is not None
    assert again.url.startswith("https://biz.alibaba.com/ta/detail.htm?orderId=")
    assert "250861947301028446" not in sample.data.decode()


def test_a_kept_snapshot_is_named_by_the_beginning_of_its_id(ws: Workspace, tmp_path: Path) -> None:
    (snapshot,) = [s for s in ws.index.all_snapshots() if s.target.kind == "dispute"][:1]
    sample = made(ws, snapshot.id, tmp_path / "out.html")
    assert sample.shown.kind == "dispute"
    assert made(ws, snapshot.id[:-1], tmp_path / "out.html").shown == sample.shown


def test_making_one_writes_nothing_and_changes_nothing_in_the_archive(ws: Workspace, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in ws.archive.root.rglob("*") if path.is_file()}
    sample = made(ws, page_file(tmp_path), tmp_path / "out.html")
    assert not sample.place.exists()
    assert before == {path: path.stat().st_mtime_ns for path in ws.archive.root.rglob("*") if path.is_file()}


def test_nobody_to_ask_means_that_nothing_is_written_until_it_is_agreed_before(ws: Workspace, tmp_path: Path) -> None:
    sample = made(ws, page_file(tmp_path), tmp_path / "out.html")
    assert not write_sample(sample, Nobody(), yes=False)
    view = views.sample_written(sample, False, False)
    assert (view.code, view.json["written"]) == (PERSON_NEEDED, False)
    assert write_sample(sample, Nobody(), yes=True)
    assert sample.place.read_bytes() == sample.data
    assert views.sample_written(sample, True, False).code == DONE


def test_somebody_is_asked_and_a_file_that_is_there_is_named(ws: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    out.write_text("mine")
    sample, person = made(ws, page_file(tmp_path), out), Somebody(False)
    assert not write_sample(sample, person, yes=False)
    assert (out.read_text(), "is there already" in person.asked[0]) == ("mine", True)
    assert write_sample(sample, Somebody(True), yes=False)
    assert out.read_bytes() == sample.data


def test_what_it_keeps_is_shown_and_counted(ws: Workspace, tmp_path: Path) -> None:
    sample = made(ws, page_file(tmp_path), tmp_path / "out.html")
    shown = views.sample(sample)
    assert "Order number" in shown.json["kept"]["texts"]
    assert shown.json["replaced"] > 1000
    (reader,) = shown.json["readers"]
    assert {"name": "order.number", "page": "read", "sample": "read"} in reader["facts"]


def test_a_page_of_no_known_kind_is_shown_with_what_every_reader_made_of_it(ws: Workspace, tmp_path: Path) -> None:
    strange = tmp_path / "strange.html"
    strange.write_text("<html><body><div class='new-layout'><p>Marta owes 4,711 to Cindy Liang</p></div></body></html>")
    sample = made(ws, strange, tmp_path / "out.html")
    assert sample.shown.kind == ""
    assert {"order", "product", "dispute"} <= {reader.kind for reader in sample.readers}
    assert b"Liang" not in sample.data


def test_several_documents_are_written_as_one_file_that_is_read_alike(ws: Workspace, tmp_path: Path) -> None:
    first, second = market("product", 0), b"<html><body><p>Marta de Vries</p></body></html>"
    head = f"Snapshot-Content-Location: {address('product')}\r\nMIME-Version: 1.0\r\n"
    head += 'Content-Type: multipart/related; boundary="x"\r\n\r\n'
    parts = b"".join(b"--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html + b"\r\n" for html in (first, second))
    path = tmp_path / "page.mhtml"
    path.write_bytes(head.encode() + parts + b"--x--\r\n")
    sample = made(ws, path, tmp_path / "out.mhtml")
    assert all(reader.alike for reader in sample.readers)
    again = read_page("out.mhtml", sample.data, {})
    assert again is not None
    assert (again.form, len(again.documents)) == ("mhtml", 2)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.html", b""), ("photo.jpg", b"\xff\xd8\xff\xe0 JFIF"), ("chat.txt", b"hello"),
        ("torn.mhtml", b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: te"),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_page_is_named(ws: Workspace, tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(WrongRequest, match=rf"{name} holds no page\."):
        made(ws, tmp_path / name, tmp_path / "out.html")


def test_what_is_neither_file_nor_snapshot_is_named(ws: Workspace, tmp_path: Path) -> None:
    with pytest.raises(WrongRequest, match=r"There is no snapshot and no file 'nothing'\."):
        made(ws, "nothing", tmp_path / "out.html")
    with pytest.raises(WrongRequest, match="is a folder"):
        made(ws, tmp_path, tmp_path / "out.html")


def test_a_place_where_no_file_can_be_is_named_before_anything_is_read(ws: Workspace, tmp_path: Path) -> None:
    with pytest.raises(WrongRequest, match="is a folder"):
        made(ws, "nothing", tmp_path)
    with pytest.raises(WrongRequest, match="is not there"):
        made(ws, "nothing", tmp_path / "no" / "out.html")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(WrongRequest, match="no ordinary file"):
            made(ws, "nothing", tmp_path / "pipe")


def test_a_full_disk_leaves_the_file_that_was_there(ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.html"
    out.write_text("mine")
    sample = made(ws, page_file(tmp_path), out)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        write_sample(sample, Nobody(), yes=True)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(("out", ".out"))] == ["out.html"]
    assert out.read_text() == "mine"
