"""What real Chromium asked of the network, and what was kept of it, on pages that fight back."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from collector.alias import Alias
from collector.browser.launch import Browser
from collector.canonical import canonical, sha256
from collector.capture.visit import VisitOptions, VisitSetup, visit
from collector.clock import SystemClock
from collector.wacz import write_wacz
from tests.collector.browser.conftest import Look
from tests.collector.browser.unruly import CANARIES, LINES, fighting
from tests.collector.capture.fake import ORDER, FakeSite, MemoryStore, order_target
from tests.decoding import holding

pytestmark = pytest.mark.browser
_accounts = itertools.count()
See = Callable[..., Look]


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    with fighting() as server:
        yield server


@pytest.fixture(scope="module")
def see(runner: asyncio.Runner, browser: Browser, server: ThreadingHTTPServer) -> See:
    async def one(path: str, options: VisitOptions) -> Look:
        store, account = MemoryStore(), f"fight{next(_accounts)}"
        async with browser.tab(account) as tab:
            snapshot = await visit(
                order_target(f"http://127.0.0.1:{server.server_address[1]}{path}", account),
                tab=tab,
                site=FakeSite(),
                setup=VisitSetup(store, SystemClock(), Alias(), lambda text: None, options),
            )
        return Look(snapshot, store)

    return lambda path, **bounds: runner.run(one(path, VisitOptions(**bounds)))


def record(seen: Look) -> Any:
    return json.loads(seen.bytes_of("network"))


def exchange(seen: Look, ending: str) -> Any:
    return next(e for e in record(seen)["exchanges"] if e["url"].endswith(ending))


def web_archive(seen: Look) -> bytes:
    out = io.BytesIO()
    write_wacz([seen.snapshot], seen.store.get, out)
    return out.getvalue()


def body(seen: Look, ending: str) -> bytes:
    return seen.bytes_of("body", exchange(seen, ending)["body"]["part"])


def test_what_a_frame_of_another_site_and_its_worker_ask_for_is_heard(see: See, server: ThreadingHTTPServer) -> None:
    server.log.clear()  # type: ignore[attr-defined]
    seen = see("/order/frames")
    assert seen.snapshot.outcome == "complete"
    assert b"another site" in seen.bytes_of("dom", 1)
    assert exchange(seen, "/frame")["body"]["mark"] == "bytes"
    assert exchange(seen, "by=frame")["asked_by"] == "iframe"
    assert exchange(seen, "by=frame-worker")["asked_by"] == "worker"
    assert b"by=frame-worker" in body(seen, "by=frame-worker")


def test_workers_of_every_kind_are_heard(see: See, server: ThreadingHTTPServer) -> None:
    server.log.clear()  # type: ignore[attr-defined]
    seen = see("/order/workers")
    assert exchange(seen, "by=worker")["asked_by"] == "worker"
    assert exchange(seen, "by=install")["asked_by"] == "service_worker"
    made = exchange(seen, "made-by-worker")
    assert made["came_from"] == "service worker"
    assert json.loads(body(seen, "made-by-worker")) == {"made": "by the service worker"}
    shared = exchange(seen, "/shared.js")
    assert shared["status"] == 200
    assert "A shared worker was joined after it had started" in seen.step("network")[1]
    assert seen.step("settle") == ("ok", "")


def test_each_body_says_what_it_is_worth(see: See) -> None:
    seen = see("/order/charsets")
    assert exchange(seen, "/gbk.js")["body"]["mark"] == "re-encoded"
    assert "质量" in body(seen, "/gbk.js").decode()
    assert exchange(seen, "/latin1.txt")["body"]["mark"] == "re-encoded"
    assert exchange(seen, "/bom.json")["body"]["mark"] == "re-encoded"
    assert exchange(seen, "/picture.png")["body"]["mark"] == "bytes"
    assert sha256(body(seen, "/picture.png")) == sha256(bytes.fromhex("89504e470d0a1a0a") + bytes(range(256)))
    zipped = exchange(seen, "/zipped.txt")
    assert (zipped["body"]["mark"], zipped["body"]["length"]) == ("bytes", len("plain again: 发货".encode() * 40))
    assert zipped["size"] < zipped["body"]["length"]
    assert ["content-encoding", "gzip"] in [[name.lower(), value] for name, value in zipped["response_headers"]]


def test_redirects_failures_blocks_and_caches_are_told_apart(see: See) -> None:
    seen = see("/order/charsets")
    moved = exchange(seen, "/moved")
    assert (moved["status"], moved["body"]["mark"]) == (302, "absent")
    assert "redirect" in moved["body"]["why"]
    assert exchange(seen, "by=moved")["status"] == 200
    assert "ERR_" in exchange(seen, "/refused")["failure"]
    assert "BLOCKED" in exchange(seen, "/no.png")["failure"]
    cached = [e for e in record(seen)["exchanges"] if e["url"].endswith("/cached.txt")]
    assert [e["came_from"] for e in cached] == ["network", "disk cache"]


def test_an_exchange_tells_protocol_address_times_and_headers_as_sent(see: See, server: ThreadingHTTPServer) -> None:
    first = record(see("/order/console"))["exchanges"][0]
    headers = {name.lower(): value for name, value in first["request_headers"]}
    assert (first["method"], first["protocol"], first["status_text"]) == ("GET", "http/1.1", "OK")
    assert first["remote"] == f"127.0.0.1:{server.server_address[1]}"
    assert headers["host"].startswith("127.0.0.1")
    assert "HeadlessChrome" in headers["user-agent"]
    assert 0 <= first["timing"]["answered"] <= first["timing"]["ended"]


@pytest.mark.proof
def test_a_body_of_200_mb_is_not_kept_and_the_visit_goes_on(see: See) -> None:
    seen = see("/order/huge")
    assert seen.snapshot.outcome == "complete"
    giant = exchange(seen, "/giant")
    assert giant["body"]["mark"] == "absent"
    assert "200 MB" in giant["body"]["why"]


@pytest.mark.parametrize(("path", "word"), [("/order/gbk", "发货日期"), ("/order/latin1", "Größe")])
def test_pages_in_older_charsets_are_read_and_marked(see: See, path: str, word: str) -> None:
    seen = see(path)
    assert seen.snapshot.outcome == "complete"
    assert word in seen.bytes_of("text").decode()
    assert exchange(seen, path)["body"]["mark"] == "re-encoded"


def test_34_000_pixels_of_numbered_lines_are_pictured_in_order_without_any_event(see: See) -> None:
    seen = see("/order/lines")
    assert seen.snapshot.outcome == "complete"
    boxes = {row[5]: row for row in json.loads(seen.bytes_of("boxes"))}
    notes = [a.note for a in seen.snapshot.artefacts if a.role == "tile"]
    places = [{k: int(v) for k, v in (part.split("=") for part in note.split())} for note in notes]
    assert max(p["y"] + p["height"] for p in places) >= 33_000
    for number in range(LINES):
        _, _, top, _, height, _ = boxes[f"line {number:04d}"]
        assert any(p["y"] <= top and top + height <= p["y"] + p["height"] for p in places), number
    assert "EVENT" not in seen.bytes_of("text").decode()


def test_a_place_on_the_page_is_known_for_each_piece_of_text(see: See) -> None:
    rows = json.loads(see("/order/console").bytes_of("boxes"))
    number = next(row for row in rows if row[5] == ORDER)
    assert number[0] == "html > body > b:nth-of-type(1)"
    assert all(side > 0 for side in number[3:5])
    shown = {row[5] for row in rows}
    assert "a line in view" in shown
    assert not any(text.startswith("unseen") for text in shown)


@pytest.mark.proof
def test_lazy_pictures_are_loaded_and_sticky_parts_are_said_to_repeat(see: See) -> None:
    assert exchange(see("/order/lazy"), "/picture.png")["status"] == 200
    sticky = see("/order/sticky")
    assert sticky.snapshot.outcome == "complete"
    assert "may repeat" in sticky.step("tiles")[1]


@pytest.mark.proof
def test_a_page_that_grows_for_ever_is_kept_in_bounded_time_and_never_called_whole(see: See) -> None:
    seen = see("/order/endless", expand_ms=1_500, pictures=5)
    assert seen.snapshot.outcome == "partial"
    assert "pictures end at" in seen.snapshot.why


@pytest.mark.proof
def test_a_page_that_asks_before_it_is_left_does_not_hold_the_tab(see: See) -> None:
    assert see("/order/leave").snapshot.outcome == "complete"


def test_a_tab_that_crashes_ends_the_visit_and_leaves_what_was_read(
    runner: asyncio.Runner, browser: Browser, server: ThreadingHTTPServer
) -> None:
    async def crash() -> Look:
        store = MemoryStore()
        async with browser.tab("crashing") as tab:
            read = tab.text

            async def text() -> str:
                await tab.crash()
                return await read()

            tab.text = text  # type: ignore[method-assign]
            snapshot = await visit(
                order_target(f"http://127.0.0.1:{server.server_address[1]}/order/console"),
                tab=tab,
                site=FakeSite(),
                setup=VisitSetup(store, SystemClock(), Alias(), lambda text: None),
            )
        return Look(snapshot, store)

    seen = runner.run(crash())
    assert seen.snapshot.outcome == "partial"
    assert "closed or crashed" in seen.snapshot.why
    assert {"tile", "dom", "network"} <= {a.role for a in seen.snapshot.artefacts}
    assert ORDER.encode() in seen.bytes_of("dom")


def test_a_loop_of_redirects_fails_in_one_sentence(see: See) -> None:
    seen = see("/order/loop")
    assert (seen.snapshot.outcome, seen.snapshot.why) == ("failed", "The server sent the browser round in circles.")


def test_a_download_is_failed_and_no_file_is_left(see: See) -> None:
    seen = see("/order/download")
    assert (seen.snapshot.outcome, seen.snapshot.why) == (
        "failed", "The address gives a file to download, not a page.",
    )  # fmt: skip


@pytest.mark.proof
def test_a_consent_banner_stays_as_it_is(see: See) -> None:
    seen = see("/order/banner")
    assert seen.snapshot.outcome == "complete"
    assert "We use cookies" in seen.bytes_of("text").decode()


def test_the_console_is_kept(see: See) -> None:
    lines = json.loads(see("/order/console").bytes_of("console"))
    assert [(line["kind"], line["text"]) for line in lines] == [("warning", "something odd 7")]


def test_each_resource_is_asked_for_once_by_the_true_browser(see: See, server: ThreadingHTTPServer) -> None:
    server.log.clear()  # type: ignore[attr-defined]
    seen = see("/order/frames")
    log: list[tuple[str, str]] = list(server.log)  # type: ignore[attr-defined]
    assert {path for path, _ in log} - {"/favicon.ico"} == {
        "/order/frames", "/frame", "/data?by=frame", "/worker.js?in=frame", "/data?by=frame-worker", "/when?frame-worker",
    }  # fmt: skip
    assert max(Counter(path for path, _ in log if path != "/favicon.ico").values()) == 1
    assert {agent for _, agent in log} == {seen.snapshot.visit.browser["user_agent"]}


# -- secrets ------------------------------------------------------------------------------------------------------------


def test_no_canary_of_any_kind_is_in_any_kept_byte_nor_in_the_web_archive(see: See) -> None:
    seen = see("/order/secrets")
    assert seen.snapshot.outcome == "complete"
    assert record(seen)["sockets"][0]["messages"] == 2
    sent = exchange(seen, "/login-answer")["sent"]
    assert "absent" in sent
    wacz = web_archive(seen)
    pile = [*seen.store.objects.items(), ("snapshot", canonical(seen.snapshot)), ("wacz", wacz)]
    assert {where for where, _ in holding(pile, {ORDER})} >= {"snapshot", "wacz"}
    assert holding(pile, CANARIES.values()) == set()


# -- the web archive ----------------------------------------------------------------------------------------------------


def test_the_web_archive_is_the_same_twice_and_its_judge_calls_it_valid(see: See, tmp_path: Path) -> None:
    seen = see("/order/charsets")
    data = web_archive(seen)
    assert data == web_archive(seen)
    path = tmp_path / "visit.wacz"
    path.write_bytes(data)
    judge = Path(sys.executable).with_name("wacz")
    done = subprocess.run([judge, "validate", "-f", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "valid" in done.stdout


def test_every_file_of_the_web_archive_is_listed_with_its_right_digest(see: See) -> None:
    """The judge above misses files that are absent."""
    seen = see("/order/charsets")
    with zipfile.ZipFile(io.BytesIO(web_archive(seen))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    package = json.loads(members["datapackage.json"])
    listed = {r["path"]: (r["hash"], r["bytes"]) for r in package["resources"]}
    assert listed == {
        name: (f"sha256:{sha256(data)}", len(data)) for name, data in members.items() if not name.startswith("datapackage")
    }
    assert json.loads(members["datapackage-digest.json"])["hash"] == f"sha256:{sha256(members['datapackage.json'])}"


def test_every_line_of_the_index_leads_to_its_record_and_every_digest_in_it_is_right(see: See) -> None:
    seen = see("/order/charsets")
    with zipfile.ZipFile(io.BytesIO(web_archive(seen))) as archive:
        warc, index = archive.read("archive/data.warc.gz"), archive.read("indexes/index.cdx").decode()
    lines = [json.loads(line.split(" ", 2)[2]) for line in index.splitlines()]
    assert len(lines) > 8
    for line in lines:
        member = warc[int(line["offset"]) : int(line["offset"]) + int(line["length"])]
        found = next(iter(ArchiveIterator(io.BytesIO(member))))
        assert found.rec_headers["WARC-Target-URI"] == line["url"]
        assert found.http_headers.get_statuscode() == line["status"]
        payload = found.raw_stream.read()
        assert line["digest"] == found.rec_headers["WARC-Payload-Digest"] == f"sha256:{sha256(payload)}"
        assert int(found.http_headers["Content-Length"]) == len(payload)


def test_what_was_decoded_keeps_its_original_encoding_and_type_beside_it(see: See) -> None:
    seen = see("/order/charsets")
    with zipfile.ZipFile(io.BytesIO(web_archive(seen))) as archive:
        stream = io.BytesIO(archive.read("archive/data.warc.gz"))
    heads = {
        r.rec_headers["WARC-Target-URI"].rpartition("/")[2]: r.http_headers
        for r in ArchiveIterator(stream) if r.rec_type == "response"
    }  # fmt: skip
    assert heads["zipped.txt"]["X-Archive-Orig-Content-Encoding"] == "gzip"
    assert heads["zipped.txt"]["Content-Encoding"] is None
    assert heads["latin1.txt"]["X-Archive-Orig-Content-Type"] == "text/plain; charset=iso-8859-1"
    assert heads["latin1.txt"]["Content-Type"] == "text/plain; charset=utf-8"
