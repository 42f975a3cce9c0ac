"""The main job: one order, from its pages in a real browser to a pack that verifies."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from PIL.ImageStat import Stat

from casework.proving.packed_facts import check_facts
from collector.alias import Alias
from collector.archive.records import valued
from collector.sites.table import site_named
from fixtures.authority import serve
from fixtures.marketplace.app import SESSION, Marketplace
from fixtures.revocation import Revocation
from tests.collector.browser.unruly import CANARIES, SECRETS, fighting
from tests.collector.capture.fake import ORDER
from tests.decoding import decoded, holding
from tests.stories.desk import Desk, desk

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The LED-fan case of today, captured and with a photo added; the authority says that it was not revoked."""
    folder = tmp_path_factory.mktemp("played")
    with serve(folder / "authority", revocation=Revocation()) as authority, desk(folder, authority) as table:
        table.init()
        table.open_case()
        said = table.run("capture", "fans", "--json", "--verbose")
        assert said.code == 0, said.out + said.err
        Image.new("RGB", (400, 300), "tan").save(folder / "damage.jpg")
        assert table.run("add", "fans", folder / "damage.jpg", "--as", "photo").code == 0
        table.run("case", "set", "fans", "units_total=200", "units_defective=160")
        yield table


@pytest.fixture(scope="module")
def packed(played: Desk) -> Path:
    said = played.run("pack", "fans", "--reason", "late", "--reason", "damaged", "-o", played.folder, "--json")
    assert said.code == 0, said.err
    return Path(said.json["path"])


def facts(table: Desk) -> dict[str, Any]:
    return {
        f["name"]: valued(f["value"]) for f in table.run("facts", "fans", "--json").json["facts"] if f["state"] == "read"
    }


def test_every_page_of_the_case_is_due_in_its_first_night(played: Desk) -> None:
    planned = [page["kind"] for page in played.run("nightly", "--dry-run", "--json").json["planned"]]
    assert sorted(planned) == ["dispute", "order", "product", "supplier", "thread"]
    outcomes = played.run("facts", "fans", "--json").json["facts"]
    assert {f["name"].split(".")[0] for f in outcomes} >= {"order", "thread", "supplier", "product", "dispute"}


def test_what_was_read_is_what_the_story_says(played: Desk) -> None:
    story, read = played.market.story, facts(played)
    assert story.dispute
    assert read["order.number"] == story.order.id
    assert str(read["order.total"]) == f"USD {story.order.total:,.2f}"
    assert str(read["supplier.limit"]) == f"USD {story.supplier.limit:,.2f}"
    assert str(read["dispute.amount"]) == f"USD {story.dispute.amount:,.2f}"
    assert read["supplier.badge"] is True
    assert read["dispute.action_needed"] is True
    messages = read["thread.messages"]
    assert isinstance(messages, tuple)
    assert len({m["id"] for m in messages}) == len(messages) > 20


def test_every_fact_that_was_read_names_its_place(played: Desk) -> None:
    for fact in played.run("facts", "fans", "--json").json["facts"]:
        if fact["state"] == "read":
            assert fact["place"]["quote"]
            assert (played.archive / "objects" / fact["place"]["digest"][:2]).is_dir()


def test_a_fact_that_stands_in_a_picture_says_where(played: Desk) -> None:
    told = {f["name"]: f for f in played.run("facts", "fans", "--json").json["facts"]}
    for name in ("order.total", "supplier.name", "product.title", "dispute.deadline"):
        tile = told[name]["tile"]
        left, top, width, height = tile["box"]
        assert told[name]["place"]["box"][2:] == [width, height]
        picture = Image.open(played.archive / "objects" / tile["digest"][:2] / tile["digest"][2:]).convert("L")
        assert (left + width <= picture.width, top + height <= picture.height) == (True, True)
        ((darkest, lightest),) = Stat(picture.crop((left, top, left + width, top + height))).extrema
        assert lightest - darkest > 60
    assert told["supplier.country"]["tile"] is None


def test_the_printed_timer_is_the_deadline_and_it_is_due(played: Desk) -> None:
    said = played.run("deadlines", "fans", "--json")
    evidence = next(d for d in said.json["deadlines"] if d["id"] == "evidence" and d["state"] != "met")
    timer = facts(played)["dispute.deadline"]
    assert evidence["printed"] is True
    stated = valued({"text": "", "earliest": evidence["earliest"], "latest": evidence["latest"], "zone": ""})
    assert stated.earliest == timer.earliest
    assert evidence["state"] == "due_soon"
    assert said.code == 6


def test_today_says_who_must_act_by_when_in_local_time_with_the_page(played: Desk) -> None:
    said = played.run()
    assert said.code == 6
    assert "you must act by" in said.out
    assert "(Europe/Berlin)" in said.out
    assert played.pages["dispute"] in said.out
    assert "last good look" in said.out


def test_the_check_compares_the_limit_with_the_value(played: Desk) -> None:
    findings = played.run("check", "fans", "--reason", "late", "--reason", "damaged", "--json").json["findings"]
    texts = " ".join(f["text"] for f in findings)
    assert "USD 6,000.00" in texts
    assert "USD 2,600.00 is not covered" in texts
    assert "30 days late" in texts


def test_the_calendar_file_holds_the_deadlines(played: Desk) -> None:
    played.run("deadlines", "fans", "--ics", played.folder / "fans.ics")
    assert b"BEGIN:VALARM" in (played.folder / "fans.ics").read_bytes()


def test_the_pack_verifies_and_so_does_the_archive(played: Desk, packed: Path) -> None:
    for path in (packed, played.archive):
        said = played.run("verify", path, "--json")
        assert said.code == 0, said.out
        assert said.json["ok"] is True
        assert said.json["seal"] == "timestamped"


def test_the_facts_of_a_pack_are_what_its_originals_say(played: Desk, packed: Path) -> None:
    said = played.run("verify", packed, "--deep", "--json")
    assert said.code == 0, said.out
    notes = {note.split("/")[2]: note for note in said.json["notes"] if "read again" in note}
    count = len(next(f["value"] for f in conversation(packed) if f["name"] == "thread.messages"))
    assert notes.keys() == {"A01-order", "A02-thread", "A05-dispute"}
    assert notes["A02-thread"].endswith(f"only what {count} messages say was read again")


def test_what_an_earlier_pack_withheld_is_opened_later_against_the_same_seal(
    played: Desk, packed: Path, tmp_path: Path
) -> None:
    """The order page's source: committed to in the first pack, shown in the second, whose facts are read again from it."""
    first = played.run("verify", packed, "--json").json["withheld"]
    commitment = next(w["commitment"] for w in first if w["where"].endswith("A01-order/") and w["role"] == "dom")
    said = played.run("pack", "fans", "--open", "A01/dom", "-o", tmp_path / "opened.zip", "--json")
    assert said.code == 0, said.out + said.err
    checked = played.run("verify", tmp_path / "opened.zip", "--deep", "--against", packed, "--json")
    assert checked.code == 0, checked.out
    assert commitment not in {w["commitment"] for w in checked.json["withheld"]}
    assert not [note for note in checked.json["notes"] if "A01-order" in note]
    with zipfile.ZipFile(tmp_path / "opened.zip") as pack:
        openings = next(pack.read(name) for name in pack.namelist() if name.endswith("openings.jsonl")).splitlines()
        source = next(pack.read(name) for name in pack.namelist() if name.endswith("A01-order/dom.html.txt"))
    opening = next(one for line in openings if (one := json.loads(line))["commitment"] == commitment)
    assert opening["digest"] == hashlib.sha256(source).hexdigest()
    made = hashlib.sha256(bytes.fromhex(opening["salt"]) + bytes.fromhex(opening["digest"])).hexdigest()
    assert made == commitment


def conversation(packed: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(packed) as pack:
        stated: list[dict[str, Any]] = json.loads(pack.read(f"{packed.stem}/data/exhibits/A02-thread/facts.json"))["facts"]
    return stated


def test_a_message_that_was_not_so_said_is_found_though_the_answers_are_withheld(packed: Path, tmp_path: Path) -> None:
    """Whoever holds the key can list and sign a conversation of his own making; the stretches beside it are sealed."""
    with zipfile.ZipFile(packed) as pack:
        pack.extractall(tmp_path)
    bag = tmp_path / packed.stem
    alterations: dict[str, Callable[[list[dict[str, Any]]], object]] = {
        "another text": lambda said: said[3].update(text="We guarantee that we will pay everything back."),
        "another sender": lambda said: said[3].update({"from": "buyer" if said[3]["from"] == "supplier" else "supplier"}),
        "a day later": lambda said: said[3]["sent_at"].update(latest="2030-01-01T00:00:00.000Z"),
        "no time": lambda said: said[3].update(sent_at=None),
        "left out": lambda said: said.pop(3),
        "in another order": lambda said: said.insert(9, said.pop(3)),
        "none at all": lambda said: said.clear(),
    }
    for name, alter in alterations.items():
        stated = conversation(packed)
        alter(next(f["value"] for f in stated if f["name"] == "thread.messages"))
        (bag / "data/exhibits/A02-thread/facts.json").write_text(json.dumps({"v": 1, "exhibit": "A02", "facts": stated}))
        problems, _ = check_facts(bag, site_named, Alias())
        assert any("thread.messages" in problem.what for problem in problems), name


def test_a_pack_with_originals_holds_a_valid_web_archive_of_every_page_whose_bodies_the_ledger_sealed(
    played: Desk, tmp_path: Path
) -> None:
    """By default, of the pages that anybody sees alone."""
    packed = Path(played.run("pack", "fans", "--with-originals", "-o", tmp_path, "--json").json["path"])
    with zipfile.ZipFile(packed) as pack:
        (tmp_path / "archive.wacz").write_bytes(pack.read(f"{packed.stem}/data/archive.wacz"))
        openings = pack.read(f"{packed.stem}/data/proof/openings.jsonl").splitlines()
        viewer = pack.read(f"{packed.stem}/data/index.html").decode()
    judge: list[str | Path] = [Path(sys.executable).with_name("wacz"), "validate", "-f", tmp_path / "archive.wacz"]
    assert subprocess.run(judge, capture_output=True, check=False).returncode == 0
    with zipfile.ZipFile(tmp_path / "archive.wacz") as wacz:
        pages = [json.loads(line)["title"] for line in wacz.read("pages/pages.jsonl").splitlines()]
        index = [json.loads(line.split(" ", 2)[2]) for line in wacz.read("indexes/index.cdx").decode().splitlines()]
    assert [title.partition(" ")[0] for title in pages[1:]] == ["order", "thread", "supplier", "product", "dispute"]
    opened = {f"sha256:{json.loads(line)['digest']}" for line in openings}
    assert len(index) > 30
    assert {line["digest"] for line in index} <= opened
    assert "replayweb.page" in viewer


def test_the_commands_of_verify_md_agree_word_for_word(packed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed) as pack:
        pack.extractall(tmp_path)
    bag = tmp_path / packed.stem
    fenced = (bag / "data" / "VERIFY.md").read_text().split("```")[1::2]
    commands = [line for block in fenced for line in block.splitlines()[1:] if line.strip()]
    for judge in ("sha256sum", "openssl cms", "openssl ts", "openssl ocsp", "openssl verify", "bagit", "verify.py"):
        assert any(judge in command for command in commands)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    for command in commands:
        done = subprocess.run(
            command, shell=True, cwd=bag, capture_output=True, text=True, env={**os.environ, "PATH": path}, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_the_same_plan_gives_the_same_bytes_but_for_signature_and_tokens(played: Desk, tmp_path: Path) -> None:
    packs = []
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    for number in (1, 2):
        out = tmp_path / f"{number}.zip"
        said = played.run("pack", "fans", "--reason", "late", "--as-of", now, "-o", out)
        assert said.code == 0, said.err
        with zipfile.ZipFile(out) as pack:
            packs.append({name: pack.read(name) for name in pack.namelist()})
    first, second = packs
    assert first.keys() == second.keys()
    changed = {name.partition("/")[2] for name in first if first[name] != second[name]}
    assert changed <= {"tagmanifest-sha256.txt.p7s", "tagmanifest-sha256.txt.test.tsr"}


def pile_of(table: Desk) -> dict[str, bytes]:
    """Every byte that the tool left or printed: archive, configuration, packs, log, output."""
    files = {str(p.relative_to(table.folder)): p.read_bytes() for p in table.folder.rglob("*") if p.is_file()}
    return files | {f"printed {n}": text.encode() for n, text in enumerate(table.printed)}


def test_no_cookie_or_token_of_the_session_is_kept_anywhere(played: Desk, packed: Path) -> None:
    secrets = played.market.secrets_sent()
    assert len(secrets) > 20
    assert holding(pile_of(played).items(), secrets) == set()


def test_the_log_says_what_was_done_and_nothing_of_what_people_wrote(played: Desk, packed: Path) -> None:
    log = (played.folder / "log" / "tradewitness.log").read_text("utf-8")
    for step in ("order page: open ok", "thread page: thread ok", "test was asked for a timestamp: it came", "exit code 0"):
        assert step in log
    said = [message["text"] for message in facts(played)["thread.messages"] if len(message["text"]) > 8]
    assert said
    assert [text for text in said if text in log] == []
    assert "?" not in log.replace("?[hidden]", "")


def test_each_resource_is_asked_for_once_a_visit_by_the_true_browser(played: Desk) -> None:
    pages = [r for r in played.market.log if r.path.startswith("/ta/detail.htm")]
    assert len(pages) == 1
    assert all("HeadlessChrome" in r.user_agent for r in pages)


def test_a_flipped_byte_anywhere_in_the_pack_is_found(played: Desk, packed: Path, tmp_path: Path) -> None:
    data = packed.read_bytes()
    for number, place in enumerate(range(0, len(data), len(data) // 12)):
        spoiled = tmp_path / f"{number}.zip"
        spoiled.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert played.run("verify", spoiled, "--json").code == 5


def test_a_reindexed_archive_says_the_same(played: Desk) -> None:
    before = facts(played)
    assert played.run("reindex").code == 0
    assert facts(played) == before


def test_a_copied_archive_can_be_read_elsewhere(played: Desk, tmp_path: Path) -> None:
    shutil.copytree(played.archive, tmp_path / "handed-over")
    said = played.run("verify", tmp_path / "handed-over", "--json")
    assert json.loads(said.out)["ok"] is True


@pytest.mark.proof  # and last, because it visits one more page
def test_no_secret_is_in_any_byte_of_archive_configuration_log_output_or_pack(played: Desk, packed: Path) -> None:
    """Not the canaries of a page that hides one in every place, nor the sessions of the site's own pages."""
    with fighting() as server:
        url = f"http://127.0.0.1:{server.server_address[1]}{SECRETS}?session_token={CANARIES['typed']}"
        said = played.run("capture", "fans", "--url", url, "--verbose")
    assert said.code == 0, said.out
    said = played.run("pack", "fans", "--all", "--with-originals", "-o", played.folder / "all.zip", "--json")
    seen = next(e["snapshot"] for e in said.json["exhibits"] if e["kind"] == "page")
    for command in (
        ["facts", "fans", "--all"], ["facts", seen], ["search", played.order], ["status"], ["next", "fans"],
        [], ["case"], ["deadlines"], ["check", "fans"], ["verify", "--deep"], ["verify", played.folder / "all.zip"],
        ["export", seen, "--wacz", played.folder / "page.wacz"], ["reindex"],
    ):  # fmt: skip
        for form in ([], ["--json"]):
            assert played.run(*command, *form).code in (0, 6), command  # 6: something is due
    pile = pile_of(played)
    for where in ("page.wacz", "all.zip", packed.name, "archive/index.sqlite", "archive/ledger/entries.jsonl"):
        assert holding([(where, pile[where])], {ORDER}), where  # else the search would not see into it
    assert holding(pile.items(), [*CANARIES.values(), *played.market.secrets_sent()]) == set()


def test_nobody_signs_in_with_what_a_pack_or_the_archive_holds(played: Desk, packed: Path, tmp_path: Path) -> None:
    """Every token that any page carried would open the account now; each word that looks like one is tried."""
    whole = Path(played.run("pack", "fans", "--all", "--with-originals", "-o", tmp_path, "--json").json["path"])
    market, tokens = played.market, sorted(played.market.secrets_sent())
    market.sessions, market.require_login = dict.fromkeys(tokens, market.story.buyer), True
    try:
        assert signs_in(market, played.pages["order"], tokens) == set(tokens)
        pile = {str(path): path.read_bytes() for path in (packed, whole, *played.archive.rglob("*")) if path.is_file()}
        seen: set[int] = set()
        pieces = (piece for data in pile.values() for piece in decoded(data, seen))
        words = {word.decode() for piece in pieces for word in re.findall(rb"[A-Za-z0-9_.~%+/=-]{8,200}", piece)}
        likely = {word for word in words if re.search("[0-9]", word) and not re.fullmatch("[0-9a-f]{40,}", word)}
        assert len(likely) > 1000
        assert signs_in(market, played.pages["order"], likely) == set()
    finally:
        market.sessions, market.require_login = {}, False


def signs_in(market: Marketplace, url: str, tokens: Iterable[str]) -> set[str]:
    """Those with which the site shows a page that only its account sees."""
    where = urlsplit(url)

    async def status(token: str) -> int:
        answers: list[Mapping[str, Any]] = []

        async def send(message: MutableMapping[str, Any]) -> None:
            answers.append(message)

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        headers = [(b"host", where.netloc.encode()), (b"cookie", f"{SESSION}={token}".encode())]
        query = where.query.encode()
        scope = {"type": "http", "method": "GET", "path": where.path, "query_string": query, "headers": headers}
        await market(scope, receive, send)
        return int(answers[0]["status"])

    async def tried() -> set[str]:
        return {token for token in tokens if await status(token) == 200}

    return asyncio.run(tried())
