"""A file is taken out of its case and nothing rests on it any more; its history tells of it, and it can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.asking.search import search
from casework.asking.told import told
from casework.cases import casefile, find_case
from casework.keeping.add import FileDetails, add_files
from casework.keeping.withdraw import withdraw
from casework.proving.pack import PackRequest, make_pack
from casework.workspace import Workspace
from collector.errors import WrongRequest
from collector.model import AddedFile
from tests.pack_reader import unpacked
from tests.paper_desk import ORDER, paper_browser, quiet


@pytest.fixture
def chat(ws: Workspace, tmp_path: Path) -> AddedFile:
    path = tmp_path / "WhatsApp Chat with Mr. Wong.txt"
    path.write_text("12/03/26, 10:01 - Anna: Hello\n13/03/26, 10:05 - Wong: The lamps ship on 28 September\n")
    (kept,) = add_files(ws, ORDER, [path], FileDetails(kind="chat", note="about the lamps"))
    return kept.file


def test_nothing_rests_on_a_file_that_was_withdrawn(ws: Workspace, chat: AddedFile) -> None:
    before = casefile(ws, find_case(ws, ORDER), ws.clock.now())
    assert any(fact.snapshot == chat.id for fact in before.facts)
    assert search(ws, ["lamps"]).total > 0
    answer = withdraw(ws, ORDER, [chat.name], "another order's", quiet)
    assert ([file.id for file in answer.files], answer.seal.word) == ([chat.id], "timestamped")
    after = casefile(ws, find_case(ws, ORDER), ws.clock.now())
    assert chat.id not in {file.id for file in after.files} | {fact.snapshot for fact in after.facts}
    assert search(ws, ["lamps"]).total == 0
    assert ws.archive.objects.get(chat.digest), "its bytes stay"


def test_a_name_that_a_mac_writes_in_pieces_is_found_as_it_is_typed(ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "Scha\u0308den.txt").write_text("two boxes were wet")
    (kept,) = add_files(ws, ORDER, [tmp_path / "Scha\u0308den.txt"])
    assert [file.id for file in withdraw(ws, ORDER, ["Schäden.txt"], "", quiet).files] == [kept.file.id]


def test_the_history_says_when_and_why_a_file_was_withdrawn(ws: Workspace, chat: AddedFile) -> None:
    withdraw(ws, ORDER, [chat.id], "another order's", quiet)
    answer = told(ws, ORDER)
    assert [file.id for file in answer.withdrawn] == [chat.id]
    last = answer.history[-1]
    assert last.text == f"You said of {chat.name} ({chat.id}): it is withdrawn (another order's)."
    assert last.corrects


def test_a_pack_leaves_a_withdrawn_file_out_and_tells_of_it_without_its_name(
    ws: Workspace, chat: AddedFile, tmp_path: Path
) -> None:
    withdraw(ws, ORDER, [chat.id], "another order's", quiet)
    with paper_browser():
        answer = make_pack(ws, ORDER, PackRequest(output=tmp_path / "case.zip"), quiet)
    assert (answer.problems, "chat" in {exhibit.kind for exhibit in answer.exhibits}) == ((), False)
    bag = unpacked(answer.path, tmp_path / "bag")
    timeline = (bag / "data" / "timeline.json").read_text()
    entries = (bag / "data" / "proof" / "entries.jsonl").read_text()
    assert f"The buyer withdrew a file (chat, {chat.id})" in timeline
    assert "another order's" in timeline
    assert "Wong" not in timeline + entries
    assert '"withdrawn":true' in entries


def test_a_file_that_was_withdrawn_is_taken_back_by_adding_it_again(ws: Workspace, chat: AddedFile, tmp_path: Path) -> None:
    withdraw(ws, ORDER, [chat.name], "", quiet)
    (again,) = add_files(ws, ORDER, [tmp_path / chat.name])
    assert (again.file.id, again.again, again.file.note) == (chat.id, True, "about the lamps")
    assert again.file.added_at == chat.added_at
    assert search(ws, ["lamps"]).total > 0


def test_what_was_withdrawn_is_so_in_an_index_that_is_built_again(ws: Workspace, chat: AddedFile) -> None:
    withdraw(ws, ORDER, [chat.id], "", quiet)
    ws.rebuild()
    assert chat.id not in {file.id for file in ws.index.added_files(ORDER)}
    assert search(ws, ["lamps"]).total == 0


def test_of_two_files_of_which_one_is_not_in_the_case_neither_is_withdrawn(ws: Workspace, chat: AddedFile) -> None:
    before = ws.archive.ledger.size
    with pytest.raises(WrongRequest, match=r"no file 'lid\.jpg'"):
        withdraw(ws, ORDER, [chat.id, "lid.jpg"], "", quiet)
    assert ws.archive.ledger.size == before
    withdraw(ws, ORDER, [chat.id], "", quiet)
    with pytest.raises(WrongRequest, match="withdrawn already"):
        withdraw(ws, ORDER, [chat.name], "", quiet)


def test_two_files_of_one_name_are_told_apart_by_their_ids(ws: Workspace, tmp_path: Path) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "IMG_1.jpg").write_text(folder)
    kept = add_files(ws, ORDER, [tmp_path / "one" / "IMG_1.jpg", tmp_path / "other" / "IMG_1.jpg"])
    with pytest.raises(WrongRequest, match="2 files") as refused:
        withdraw(ws, ORDER, ["IMG_1.jpg"], "", quiet)
    assert all(one.file.id in refused.value.hint for one in kept)
    answer = withdraw(ws, ORDER, [str(tmp_path / "other" / "IMG_1.jpg")], "", quiet)
    assert [file.id for file in answer.files] == [kept[1].file.id]
