"""When the site refuses the tool: pages saved by hand warn, count, and are never taken for witnessed ones."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from collector.browser.launch import launch
from fixtures.authority import Served
from fixtures.marketplace.pages import render
from tests.stories.desk import Desk, desk

pytestmark = pytest.mark.browser
WORDS = "saved by the buyer, not witnessed"


async def _mhtml(addresses: Mapping[str, str]) -> dict[str, bytes]:
    made = {}
    async with launch() as browser:
        for name, url in addresses.items():
            async with browser.tab() as tab:
                await tab.open(url, 20_000)
                await tab.settle(8_000)
                made[name] = await tab.mhtml()
    return made


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("saved"), authority) as made:
        made.init()
        yield made


@pytest.fixture(scope="module")
def files(table: Desk) -> dict[str, Path]:
    """The case's pages as Chromium saves them, a sign-in page, and a challenge."""
    walls = {name: f"{table.pages['order']}&fault={name}" for name in ("login", "challenge")}
    paths = {}
    for name, data in asyncio.run(_mhtml({**table.pages, **walls})).items():
        paths[name] = table.folder / f"{name}.mhtml"
        paths[name].write_bytes(data)
    return paths


@pytest.fixture
def case(table: Desk, files: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[str]:
    """A case of its own for each test, in the same archive, of the very order that the pages show."""
    fresh = table.folder / f"archive-{request.node.name[:60]}"
    before = table.environment["TRADEWITNESS_ARCHIVE"]
    table.environment["TRADEWITNESS_ARCHIVE"] = str(fresh)
    said = table.run("init", "--authority", f"test={table.authority.url}", "--authority-root", table.authority.root_file)
    assert said.code == 0, said.err
    assert table.run("case", "open", table.order, "--name", "fans", "--zone", "Europe/Berlin").code == 0
    yield table.order
    table.environment["TRADEWITNESS_ARCHIVE"] = before


def facts(table: Desk, *what: str) -> dict[str, Any]:
    return {f["name"]: f for f in table.run("facts", *(what or ("fans",)), "--json").json["facts"]}


def without_date(data: bytes) -> bytes:
    return re.sub(rb"(?m)^Date: .*\r?\n", b"", data, count=1)


def evidence(table: Desk) -> dict[str, Any]:
    rows = table.run("deadlines", "fans", "--json").json["deadlines"]
    return next(d for d in rows if d["id"] == "evidence" and d["state"] not in ("met", "not_started"))


def test_saved_pages_alone_give_facts_deadlines_a_warning_and_a_pack(
    table: Desk, files: dict[str, Path], case: str, tmp_path: Path
) -> None:
    for kind in table.pages:
        said = table.run("add", "fans", files[kind], "--as", "page", "--json")
        assert (said.code, said.json["files"][0]["page"]["kind"]) == (0, kind)
        assert said.json["files"][0]["digest"]
    read = facts(table)
    assert read["order.number"]["value"] == table.order
    assert read["dispute.status"]["state"] == "read"
    assert {f["origin"] for f in read.values()} == {WORDS}
    assert evidence(table)["origin"] == WORDS
    assert evidence(table)["printed"] is True
    today = table.run()
    assert (today.code, WORDS in today.out) == (6, True)
    assert WORDS in table.run("deadlines", "fans").out.replace("\n", " ")
    assert WORDS in table.run("search", "carton").out
    packed = table.run("pack", "fans", "--reason", "late", "-o", tmp_path, "--json")
    assert not any(exhibit["witnessed"] for exhibit in packed.json["exhibits"])
    assert table.run("verify", packed.json["path"], "--deep", "--json").json["ok"] is True
    assert table.run("verify", "--deep", "--json").json["ok"] is True
    with zipfile.ZipFile(packed.json["path"]) as pack:
        texts = {name.partition("/")[2]: pack.read(name) for name in pack.namelist()}
    for name in ("data/index.html", "data/timeline.csv", "data/certificate.md"):
        assert WORDS in texts[name].decode().lower(), name


def test_the_original_is_kept_byte_for_byte(table: Desk, files: dict[str, Path], case: str) -> None:
    digest = table.run("add", "fans", files["order"], "--as", "page", "--json").json["files"][0]["digest"]
    from collector.archive.objects import FolderObjects

    kept = FolderObjects(Path(table.environment["TRADEWITNESS_ARCHIVE"]) / "objects").get(digest)
    assert kept == files["order"].read_bytes()


@pytest.mark.parametrize("wall", ["login", "challenge"])
def test_a_wall_saved_by_hand_is_no_order_page(table: Desk, files: dict[str, Path], case: str, wall: str) -> None:
    said = table.run("add", "fans", files[wall], "--as", "page", "--json")
    assert (said.code, said.json["files"][0]["page"]["outcome"]) == (4, "wall")
    assert facts(table) == {}
    assert "NOT read" in table.run("add", "fans", files[wall], "--as", "page").out


@pytest.mark.parametrize("kind", ["order", "dispute"])
def test_a_page_of_another_order_is_not_read_and_stays_out_of_the_pack(
    table: Desk, files: dict[str, Path], case: str, kind: str, tmp_path: Path
) -> None:
    table.run("case", "open", "250861947301020000", "--name", "other")
    said = table.run("add", "other", files[kind], "--as", "page", "--json")
    page = said.json["files"][0]["page"]
    assert (said.code, page["outcome"]) == (4, "other")
    assert table.order in page["why"]
    assert facts(table, "other") == {}
    packed = table.run("pack", "other", "-o", tmp_path, "--json")
    assert packed.json["exhibits"] == []


def test_a_page_that_does_not_say_when_it_was_saved_warns_at_once_and_its_time_is_not_invented(
    table: Desk, files: dict[str, Path], case: str, tmp_path: Path
) -> None:
    undated = tmp_path / "dispute.mhtml"
    undated.write_bytes(
        re.sub(
            rb"(?i)20[0-9]{2}-[0-9]{2}-[0-9]{2} 18:00:00",
            b"2 days 3 hours left",
            without_date(files["dispute"].read_bytes()),
        )
    )
    said = table.run("add", "fans", undated, "--as", "page")
    assert "does not say when it was saved" in said.out
    page = table.run("add", "fans", undated, "--as", "page", "--json").json["files"][0]["page"]
    assert (page["saved_at"], page["said_by"]) == ("", "")
    assert all(fact["at"] is None for fact in facts(table).values())


def test_the_buyer_may_say_when_it_was_saved(table: Desk, files: dict[str, Path], case: str, tmp_path: Path) -> None:
    undated = tmp_path / "dispute.mhtml"
    undated.write_bytes(without_date(files["dispute"].read_bytes()))
    table.run("add", "fans", undated, "--as", "page")
    yesterday = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    said = table.run("add", "fans", undated, "--as", "page", "--saved", f"{yesterday:%Y-%m-%dT%H:%M:%SZ}", "--json")
    page = said.json["files"][0]["page"]
    assert page["said_by"] == "the buyer"
    assert datetime.fromisoformat(page["saved_at"]) == yesterday
    packed = table.run("pack", "fans", "-o", tmp_path, "--json").json
    assert len(packed["exhibits"]) == 1
    with zipfile.ZipFile(packed["path"]) as pack:
        entries = next(pack.read(name) for name in pack.namelist() if name.endswith("proof/entries.jsonl"))
    assert b"file.described" in entries
    assert table.run("verify", "--json").json["ok"] is True


def test_a_date_after_the_file_was_added_is_not_believed(
    table: Desk, files: dict[str, Path], case: str, tmp_path: Path
) -> None:
    late = format_datetime(datetime.now(UTC) + timedelta(days=3)).encode()
    forged = tmp_path / "dispute.mhtml"
    forged.write_bytes(re.sub(rb"(?m)^Date: .*$", b"Date: " + late, files["dispute"].read_bytes(), count=1))
    said = table.run("add", "fans", forged, "--as", "page", "--json")
    assert said.json["files"][0]["page"]["saved_at"] == ""


def test_a_witnessed_page_goes_first_and_the_conflict_is_a_finding(
    table: Desk, files: dict[str, Path], case: str, tmp_path: Path
) -> None:
    table.run("case", "set", "fans", "--order", table.pages["order"], "--dispute", table.pages["dispute"])
    assert table.run("capture", "fans").code == 0
    timer = facts(table)["dispute.deadline"]["value"]
    earlier = re.sub(r"\d{4}-\d\d-\d\d", f"{datetime.now(UTC) + timedelta(hours=20):%Y-%m-%d}", timer["text"])
    changed = tmp_path / "dispute.mhtml"
    data = files["dispute"].read_bytes().replace(timer["text"].encode(), earlier.encode())
    date = format_datetime(datetime.now(UTC)).encode()
    changed.write_bytes(re.sub(rb"(?m)^Date: .*$", b"Date: " + date, data, count=1))
    assert table.run("add", "fans", changed, "--as", "page").code == 0
    read = table.run("facts", "fans", "--json").json["facts"]
    timers = [f for f in read if f["name"] == "dispute.deadline"]
    assert [f["origin"] for f in timers] == ["witnessed", WORDS]
    findings = {f["id"]: f for f in table.run("check", "fans", "--json").json["findings"]}
    assert findings["conflict.saved.dispute.deadline"]["verdict"] == "problem"
    rows = table.run("deadlines", "fans", "--json").json["deadlines"]
    running = [d for d in rows if d["id"] == "evidence" and d["state"] in ("due_soon", "act_now")]
    assert min(datetime.fromisoformat(d["act_by"]) for d in running) < datetime.fromisoformat(timer["earliest"])


def test_a_chat_from_elsewhere_is_shown_as_what_it_is_and_never_as_the_message_center(
    table: Desk, case: str, tmp_path: Path
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 60), "red").save(picture, "JPEG")
    export = tmp_path / "WhatsApp Chat - Cindy.zip"
    with zipfile.ZipFile(export, "w") as made:
        made.writestr("00000001-PHOTO.heic", picture.getvalue())
        made.writestr(
            "_chat.txt",
            "[24/09/2026, 18:03:00] Cindy: Please confirm receipt first\n[25/09/2026, 09:00:00] Me: No.\n"
            "[25/09/2026, 09:01:00] Me: <attached: 00000001-PHOTO.heic>\n",
        )
    said = table.run("add", "fans", export, "--as", "chat", "--json")
    assert (said.code, said.json["files"][0]["page"]["kind"]) == (0, "chat")
    read = facts(table)
    assert "thread.messages" not in read
    assert read["chat.messages"]["origin"] == WORDS
    assert "WhatsApp (Cindy)" in table.run("search", "receipt").out
    raised = {f["id"]: f["text"] for f in table.run("check", "fans", "--json").json["findings"]}
    assert "WhatsApp Chat - Cindy.zip, Cindy, 24/09/2026, 18:03:00" in raised["redflag.confirm_first"]
    packed = table.run("pack", "fans", "-o", tmp_path, "--json")
    with zipfile.ZipFile(packed.json["path"]) as pack:
        texts = {name.partition("/")[2]: pack.read(name).decode("utf-8", "replace") for name in pack.namelist()}
        exhibit = {name.rpartition("/")[2]: pack.read(name) for name in pack.namelist() if "/B01-chat/" in name}
    assert exhibit["WhatsApp-Chat-Cindy.zip"] == export.read_bytes()
    assert exhibit["copy-1.jpg"].startswith(b"\xff\xd8\xff"), "the picture that was sent is shown"
    assert "Thu 24 Sep 2026, 18:03, printed as “24/09/2026, 18:03:00” (no zone)" in texts["data/timeline.csv"]
    assert "Read from it: WhatsApp: 3 messages with 1 file." in texts["data/index.html"]
    assert "Said elsewhere" in texts["data/index.html"]
    assert "Please confirm receipt first" in texts["data/timeline.csv"]
    assert "The conversation in the Message Center" not in texts["data/index.html"]
    assert table.run("verify", packed.json["path"], "--json").json["ok"] is True


@pytest.mark.parametrize("name", ["screen.png", "order.pdf"])
def test_of_a_picture_or_pdf_nothing_is_read_and_the_person_is_told_what_to_enter(
    table: Desk, case: str, tmp_path: Path, name: str
) -> None:
    Image.new("RGB", (40, 60), "white").save(tmp_path / name)
    said = table.run("add", "fans", tmp_path / name, "--as", "page")
    assert said.code == 0
    assert "dispute.deadline" in said.out
    assert facts(table) == {}


def test_a_complete_page_is_kept_with_its_folder_and_withheld_where_it_holds_secrets_of_the_session(
    table: Desk, case: str, tmp_path: Path
) -> None:
    market, url = table.market, table.pages["order"]
    html = render(market.scenario, market.day, "order", base=market.base, origin=table.origin)
    secrets = [secret.encode() for secret in market.secrets_sent() if secret.encode() in html]
    assert secrets
    folder = tmp_path / "Order_files"
    folder.mkdir()
    (folder / "site.css").write_text("p {}")
    page = tmp_path / "Order.html"
    mark = f"<!DOCTYPE html>\n<!-- saved from url=({len(url):04}){url} -->\n<link href='./Order_files/site.css'>".encode()
    page.write_bytes(mark + html.partition(b">")[2])
    said = table.run("add", "fans", page, "--as", "page", "--json")
    assert (said.code, said.json["files"][0]["page"]["kind"], said.json["files"][0]["page"]["saved_at"]) == (0, "order", "")
    assert facts(table)["order.number"]["value"] == table.order
    wanted = ("pack", "fans", "-o", tmp_path / "with.zip", "--with-originals", "--json")
    stopped = table.run(*wanted)
    assert stopped.code == 3
    assert re.search(r"Order\.html\.txt \(B01\)(, line \d+)? may hold what opens an account", stopped.err)
    packed = table.run(*wanted, "--accept-risk")
    (exhibit,) = packed.json["exhibits"]
    assert {p.rpartition("/")[2] for p in exhibit["files"]} == {"Order.html.txt", "site.css.txt"}
    assert table.run("verify", packed.json["path"], "--json").json["ok"] is True
    held = table.run("pack", "fans", "-o", tmp_path / "without.zip", "--json")
    assert held.json["exhibits"][0]["files"] == {}
    assert table.run("verify", held.json["path"], "--json").json["ok"] is True
    with zipfile.ZipFile(held.json["path"]) as pack:
        members = b"".join(pack.read(name) for name in pack.namelist())
    assert not any(secret in members for secret in secrets)
