"""A conversation beside others: what a pack of its case shows of it, and that nothing of the others is in any byte."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from warcio.archiveiterator import ArchiveIterator

from fixtures.authority import Served
from fixtures.marketplace.app import NEWS_TEXT
from fixtures.marketplace.neighbours import CONTACTS
from tests.decoding import holding
from tests.stories.desk import Desk, desk

pytestmark = [pytest.mark.browser, pytest.mark.proof]
# The third one's name stands on the product page, among the site's recommendations.
OTHERS = {NEWS_TEXT, *(c.id for c in CONTACTS), *(c.name for c in CONTACTS), *(c.company for c in CONTACTS[:2])}


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> Iterator[Desk]:
    """A case whose messenger lists other suppliers, asks for their list and is told by its socket what one of them wrote."""
    with desk(tmp_path_factory.mktemp("crowded"), authority, "nothing-wrong") as table:
        table.init()
        table.open_case()
        said = table.run("capture", "fans")
        assert said.code == 0, said.out + said.err
        yield table


def packed(table: Desk, name: str, *options: str) -> dict[str, bytes]:
    """The members of a pack by their path in the bag."""
    path = table.folder / name
    said = table.run("pack", "fans", "-o", path, *options)
    assert said.code == 0, said.err
    assert table.run("verify", path).code == 0
    with zipfile.ZipFile(path) as pack:
        return {member.partition("/")[2]: pack.read(member) for member in pack.namelist()}


@pytest.fixture(scope="module")
def default(crowded: Desk) -> dict[str, bytes]:
    return packed(crowded, "default.zip")


@pytest.fixture(scope="module")
def opened(crowded: Desk) -> dict[str, bytes]:
    """With what the site sent for the conversation, but for what tells of others."""
    return packed(crowded, "opened.zip", "--open", "A02/body")


@pytest.fixture(scope="module")
def whole(crowded: Desk) -> dict[str, bytes]:
    return packed(crowded, "whole.zip", "--with-originals")


def records(pack: dict[str, bytes]) -> list[tuple[str, str, Any, bytes]]:
    """Type, address, headers and block of each record of the pack's web archive."""
    with zipfile.ZipFile(io.BytesIO(pack["data/archive.wacz"])) as wacz:
        stream = io.BytesIO(wacz.read("archive/data.warc.gz"))
    return [
        (r.rec_type, r.rec_headers["WARC-Target-URI"] or "", r.rec_headers, r.content_stream().read())
        for r in ArchiveIterator(stream)
    ]


def test_nothing_of_other_conversations_is_in_any_byte_of_the_pack(
    default: dict[str, bytes], opened: dict[str, bytes]
) -> None:
    assert holding(default.items(), OTHERS) == set()
    assert holding(opened.items(), OTHERS) == set()


def test_by_default_nothing_that_the_site_sent_for_the_conversation_is_there(default: dict[str, bytes]) -> None:
    assert not [url for kind, url, *_ in records(default) if kind == "response" and "message." in url]


def test_with_originals_they_are_there(whole: dict[str, bytes]) -> None:
    """Else the test above would prove nothing: in the page's own files and in the web archive."""
    found = holding(whole.items(), OTHERS)
    assert {word for where, word in found if where.startswith("data/exhibits/A02-thread/")} == OTHERS - {NEWS_TEXT}
    assert {word for where, word in found if where == "data/archive.wacz"} == OTHERS


def test_of_the_thread_its_own_messages_and_files_are_opened_as_they_were_sent(opened: dict[str, bytes]) -> None:
    sent = [(kind, url.rpartition("/")[2].partition("?")[0], block) for kind, url, _, block in records(opened)
            if kind == "response" and ("message." in url or "/kf/" in url)]  # fmt: skip
    assert [name for _, name, _ in sent if name.endswith(".json")] == ["messages.json"]
    assert any(name.endswith(".pdf") and block.startswith(b"%PDF") for _, name, block in sent)
    assert not any(name.endswith(".htm") for _, name, _ in sent)
    assert not [url for kind, url, *_ in records(opened) if kind == "resource"]


def test_what_is_withheld_is_said_and_named_by_commitments_of_the_sealed_record(opened: dict[str, bytes]) -> None:
    (told,) = [json.loads(block) for kind, _, _, block in records(opened) if kind == "metadata"]
    record = json.loads(opened["data/exhibits/A02-thread/snapshot.json"])
    sealed = {a["commitment"]: (a["role"], a["part"]) for a in record["artefacts"]}
    assert told["withheld"]
    assert all(sealed[w["commitment"]] == (w["role"], w["part"]) for w in told["withheld"])
    shown = {json.loads(line)["commitment"] for line in opened["data/proof/openings.jsonl"].splitlines()}
    assert not shown & {w["commitment"] for w in told["withheld"]}
    said = f"A02: {told['exchanges']} exchanges, {told['sockets']} socket"
    for name in ("index.html", "VERIFY.md"):
        assert said in opened[f"data/{name}"].decode()
    assert all(w["commitment"] in opened["data/index.html"].decode() for w in told["withheld"])


def test_of_the_threads_pictures_only_what_is_cut_out_of_them_is_in_the_pack_without_its_originals(
    default: dict[str, bytes], whole: dict[str, bytes]
) -> None:
    """The messages' markup, where its texts stood, copies as wide as their list; nothing that shows the page whole."""
    thread = {name.rpartition("/")[2]: data for name, data in default.items() if "/A02-thread/" in name}
    copies = {name for name in thread if name.startswith("copy-")}
    stretches = {"stretch.html.txt", "stretch-1.html.txt", "layout.json", "layout-1.json"}
    assert thread.keys() - copies == {"snapshot.json", "facts.json", *stretches}
    record = json.loads(thread["snapshot.json"])
    (width,) = {a["note"].partition("pane=")[2].split(",")[2] for a in record["artefacts"] if a["role"] == "screen"}
    assert {Image.open(io.BytesIO(thread[name])).width for name in copies} == {int(width)}
    assert {"tile-00.png", "copy-1.png", "dom.html.txt", "screen.png", "network.json"} <= {
        name.rpartition("/")[2] for name in whole if name.startswith("data/exhibits/A02-thread/")
    }


def test_a_pane_that_was_written_into_a_record_later_shows_nothing(crowded: Desk, tmp_path: Path) -> None:
    """The whole view, with all whom it shows: the pack has no copy of it, and is said not to verify."""
    shutil.copytree(crowded.folder, tmp_path / "copy")
    table = replace(crowded, folder=tmp_path / "copy")
    environment = {"TRADEWITNESS_ARCHIVE": str(table.archive), "TRADEWITNESS_CONFIG": str(table.folder / "configuration")}
    table.environment = {**crowded.environment, **environment}
    ledger = table.archive / "ledger" / "entries.jsonl"
    ledger.write_bytes(re.sub(rb"pane=[0-9,]+", b"pane=0,0,1280,2048", ledger.read_bytes()))
    assert table.run("pack", "fans", "-o", tmp_path / "forged.zip").code == 5
    with zipfile.ZipFile(tmp_path / "forged.zip") as pack:
        assert not [name for name in pack.namelist() if "/A02-thread/copy-" in name]


@pytest.mark.parametrize("which", ["opened", "whole"])
def test_both_web_archives_are_valid_and_each_body_is_one_that_the_ledger_sealed(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    pack = request.getfixturevalue(which)
    (tmp_path / "archive.wacz").write_bytes(pack["data/archive.wacz"])
    judge: list[str | Path] = [Path(sys.executable).with_name("wacz"), "validate", "-f", tmp_path / "archive.wacz"]
    assert subprocess.run(judge, capture_output=True, check=False).returncode == 0
    opened = {f"sha256:{json.loads(line)['digest']}" for line in pack["data/proof/openings.jsonl"].splitlines()}
    bodies = [headers["WARC-Payload-Digest"] for kind, _, headers, block in records(pack) if kind == "response" and block]
    assert len(bodies) > 15
    assert set(bodies) <= opened
