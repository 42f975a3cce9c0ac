"""Nothing in a pack runs or calls anybody when it is opened: each file of a hostile case, in real Chromium."""

from __future__ import annotations

import asyncio
import functools
import io
import mimetypes
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError
from pypdf import PdfReader
from pypdf.generic import Destination

from collector.browser.launch import Browser, launch, print_pdf
from collector.canonical import sha256
from rules.pack.bag.bag import is_safe
from rules.pack.bag.verify import verify_pack
from rules.pack.bag.write import write_pack
from rules.pack.plan.exhibits import Choices, at_rest, is_as_text, original_name
from rules.pack.render.pdf import pages_of
from rules.pack.render.renderings import make_renderings
from tests.rules.pack import hostile
from tests.rules.pack.forging import files_of, unpack
from tests.rules.pack.synthetic import Objects, Sealed, as_they_are, no_exchanges, seal, unread

AT_ONCE = 20  # tabs
PICTURES_AND_RECORDS = frozenset((".json", ".jsonl", ".csv", ".png", ".jpg", ".tsr", ".der", ".pem", ".p7s"))
ALIVE = re.compile(r"html|svg|xml|javascript|ecmascript|multipart|rfc822|wasm|x-sh|x-python|php")


@dataclass
class Home:
    """What the hostile sources call: the paths that were asked for, and a sign at each."""

    address: str
    asked: list[str]
    rang: threading.Event


@contextmanager
def _answering(handler: Callable[[Any, Any, Any], BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    asked: list[str] = []
    rang = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            rang.set()
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            return

    with _answering(Handler) as address:
        yield Home(address, asked, rang)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def browser(runner: asyncio.Runner) -> Iterator[Browser]:
    launching = launch()
    yield runner.run(launching.__aenter__())
    runner.run(launching.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def evil(sealed: Sealed, home: Home, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    objects, folder = Objects(), tmp_path_factory.mktemp("evil")
    case = hostile.case(objects, f"{home.address}pack/")
    return seal(case, objects, folder / "ledger", sealed.key, sealed.authority, sealed.root_pem)


@pytest.fixture(scope="module")
def zipped(evil: Sealed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack with all that is withheld by default, its report printed by the real browser."""
    made = evil.plan(Choices(exclude=("supplier", "thread", "product", "dispute", "photo", "video"), with_originals=True))
    records = {e.body["id"]: e.body for e in evil.ledger.entries() if e.kind == "snapshot"}
    renderings = make_renderings(
        made, evil.objects.get, records, print_pdf, no_exchanges, look=as_they_are(evil.objects.get)
    )
    out = tmp_path_factory.mktemp("zipped") / "pack.zip"
    return write_pack(
        made, renderings, evil.objects.pieces, evil.proof(made), inspect=unread, sign=evil.sign, stamp=evil.stamp, out=out
    ).path  # fmt: skip


@pytest.fixture(scope="module")
def bag(zipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(files_of(zipped), tmp_path_factory.mktemp("bag"))


def test_the_report_is_tagged_says_on_which_page_each_part_stands_and_nothing_of_the_machine(bag: Path) -> None:
    """As a real browser printed it: contents, bookmarks and links agree, and no link leads out of the file."""
    data = (bag / "data" / "report.pdf").read_bytes()
    report = PdfReader(io.BytesIO(data))
    stands = pages_of(data)
    contents = report.pages[stands["contents"] - 1].extract_text()
    assert {"claim", "timeline", "absent", "check"} <= set(stands)
    for anchor, name in (("timeline", "What happened, in order"), ("check", "How to check it")):
        assert re.search(rf"{name}\s*{stands[anchor]}\b", contents)
        assert name in report.pages[stands[anchor] - 1].extract_text()
    bookmarks = [one.title for one in _flat(report.outline)]
    assert [name for name in ("Contents", "Exhibits", "How to check it") if name not in bookmarks] == []
    assert str(report.root_object["/Lang"]) == "en"
    assert "/StructTreeRoot" in report.root_object
    assert not re.search(rb"HeadlessChrome|CreationDate|/URI", data)


def _flat(outline: list[Any]) -> Iterator[Destination]:
    for one in outline:
        yield from _flat(one) if isinstance(one, list) else (one,)


class _Server(SimpleHTTPRequestHandler):
    """Gives the type that an ending stands for, and none where it stands for none: the browser then guesses by the bytes."""

    def do_GET(self) -> None:
        if self.path == "/favicon.ico":  # the browser asks for it by itself
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def send_header(self, keyword: str, value: str) -> None:
        if (keyword, value) != ("Content-type", "application/octet-stream"):
            super().send_header(keyword, value)

    def log_message(self, format: str, *args: object) -> None:
        return


@dataclass
class Opened:
    """What came of opening files: `asked` by file, and what scripts `said`."""

    asked: dict[str, set[str]]
    said: list[str]


async def _open(context: BrowserContext, address: str, opened: Opened) -> Page:
    tab = await context.new_page()
    asked = opened.asked.setdefault(address, set())
    tab.on("request", lambda request: asked.add(request.url))
    tab.on("console", lambda message: opened.said.append(f"{address}: {message.text}"))
    tab.on("dialog", lambda dialog: opened.said.append(f"{address}: {dialog.message}"))
    try:
        await tab.goto(address, wait_until="load", timeout=20_000)
        if await tab.title() == "ran":
            opened.said.append(f"{address}: its title")
    except PlaywrightError as error:  # what a browser does not show is a download
        if not re.search("Download is starting|ERR_ABORTED", str(error)):
            raise
    return tab


async def _all_called(home: Home, name: str) -> None:
    """Waits until a living page has called in each of its ways below `name`: whoever was opened before it had as long."""
    async with asyncio.timeout(20):
        while not {p.rpartition("/")[2] for p in home.asked if p.startswith(f"/{name}/")} >= hostile.CALLS:
            home.rang.clear()
            await asyncio.to_thread(home.rang.wait, 0.2)


async def open_all(browser: Browser, home: Home, addresses: list[str], living: Path, name: str) -> Opened:
    """Opens each address in a tab of its own, and after some of them a page that is known to be alive."""
    context, opened, alive = await browser.context(name), Opened({}, []), Opened({}, [])
    for start in range(0, len(addresses), AT_ONCE):
        some, sign = addresses[start : start + AT_ONCE], f"{name}-{start}"
        living.write_bytes(hostile.page(f"{home.address}{sign}/"))
        tabs = await asyncio.gather(*(_open(context, address, opened) for address in some))
        tabs.append(await _open(context, living.as_uri(), alive))
        await _all_called(home, sign)
        await asyncio.gather(*(tab.close() for tab in tabs))
    assert any(": ran" in word for word in alive.said), "a page that is alive says nothing: the test would prove nothing"
    return opened


@pytest.mark.browser
@pytest.mark.parametrize("way", ["disk", pytest.param("server", marks=pytest.mark.proof)])
def test_no_file_of_a_pack_runs_or_calls_when_it_is_opened(
    way: str, runner: asyncio.Runner, browser: Browser, home: Home, bag: Path, tmp_path: Path
) -> None:
    """Each asks for itself alone, the viewer for its own pictures.

    Of files with the same bytes and ending one is opened; of pictures and records, which no supplier wrote, one an ending
    (all of them in the long proofs, from a server).
    """
    files = {path.relative_to(bag).as_posix(): path for path in sorted(bag.rglob("*")) if path.is_file()}
    alike = frozenset[str]() if way == "server" else PICTURES_AND_RECORDS
    one_of = {(path.suffix, path.suffix in alike or sha256(path.read_bytes())): name for name, path in files.items()}
    paths = sorted(one_of.values())
    with _answering(functools.partial(_Server, directory=str(bag))) as served:
        base = served if way == "server" else f"{bag.as_uri()}/"
        opened = runner.run(open_all(browser, home, [base + path for path in paths], tmp_path / "living.html", way))
    assert not [path for path in home.asked if path.startswith("/pack/")]
    assert opened.said == []
    assert len(paths) > 30
    for path in paths:
        asked = {
            unquote(url) for url in opened.asked[base + path] if urlsplit(url).scheme in ("http", "https", "file", "ws")
        }
        own = {base + path, f"{base}favicon.ico"}
        if path == "data/index.html":
            own |= {base + other for other in files if re.search(r"/copy-\d+\.(png|jpg)$", other)}
        assert asked <= own, path


@pytest.mark.browser
def test_the_source_of_a_page_is_opened_from_the_viewer_as_text(
    runner: asyncio.Runner, browser: Browser, home: Home, bag: Path
) -> None:
    """Told beside the link; what comes up is the page's source, word for word."""

    async def clicked() -> tuple[str, str, str]:
        context, opened = await browser.context("viewer"), Opened({}, [])
        tab = await _open(context, (bag / "data" / "index.html").as_uri(), opened)
        await tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        link = tab.get_by_role("link", name="dom.html.txt").first
        told = await link.locator("..").inner_text()
        async with tab.expect_navigation():
            await link.click()
        return told, await tab.evaluate("document.contentType"), await tab.inner_text("body")

    told, kind, text = runner.run(clicked())
    assert told == "dom.html.txt source, as text"
    assert kind == "text/plain"
    assert text == hostile.page(f"{home.address}pack/").decode()
    assert not [path for path in home.asked if path.startswith("/pack/")]


@pytest.mark.browser
def test_the_originals_of_a_hostile_case_are_untouched_and_the_pack_verifies(evil: Sealed, zipped: Path, bag: Path) -> None:
    """Only their names in the pack say text: the digests are those that the ledger sealed."""
    assert verify_pack(zipped).problems == ()
    exhibits = [path for path in (bag / "data" / "exhibits").rglob("*") if path.is_file()]
    there = {sha256(path.read_bytes()) for path in exhibits}
    for file in evil.casefile.files:
        assert file.kind != "page" or {one.digest for one in file.sealed} <= there
    assert {path.name for path in exhibits if is_as_text(path.name)} >= {
        "dom.html.txt", "page.mhtml.txt", "order.eml.txt", "logo.svg.txt", "order.webarchive.txt", "a.js.txt",
        "terms.docm.txt",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kept"),
    [("order.html", "order.html.txt"), ("Order.MHTML", "Order.MHTML.txt"), ("logo.svg", "logo.svg.txt"),
     ("mail.eml", "mail.eml.txt"), ("page.html.gz", "page.html.gz.txt"), ("order", "order.txt"), (".jpg", ".jpg.txt"),
     ("p_files/jpg", "p_files/jpg.txt"), ("p.jpg/page", "p.jpg/page.txt"), ("contract.pdf", "contract.pdf"),
     ("IMG_1.JPG", "IMG_1.JPG"), ("chat.txt", "chat.txt"), ("page.html.txt", "page.html.txt"), ("list.xlsx", "list.xlsx")],
)  # fmt: skip
def test_what_could_be_alive_is_named_as_text_and_anything_else_keeps_its_name(name: str, kept: str) -> None:
    assert at_rest(name) == kept


@given(st.text(max_size=120))
def test_the_name_of_any_file_is_safe_and_stands_for_nothing_that_runs(name: str) -> None:
    made = at_rest(original_name(name))
    assert is_safe(made)
    assert at_rest(made) == made
    assert not ALIVE.search(mimetypes.guess_type(made)[0] or "")
    assert mimetypes.guess_type(made)[1] is None


def test_every_ending_that_stands_for_a_page_or_a_program_becomes_text() -> None:
    """As this system's and Python's own lists of types have them."""
    types = {**mimetypes.MimeTypes().types_map[True], **mimetypes.types_map}
    alive = [ending for ending, kind in types.items() if ALIVE.search(kind) and "openxml" not in kind]
    assert len(alive) > 20
    assert [ending for ending in alive if not at_rest(f"a{ending}").endswith(".txt")] == []
