"""A person who opens no terminal: from an empty archive to a downloaded, verified pack, by clicks in a real browser."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape
from importlib import resources
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from collector.browser.find import find_browser
from collector.browser.launch import FEATURES_OFF
from fixtures.authority import Served
from tests.stories.desk import Desk, desk
from tests.stories.screen import screen, sign_in
from tests.web.serving import Visitor, serving

pytestmark = pytest.mark.browser

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with screen() as one:
        yield one


@contextmanager
def at_a_table(folder: Path, authority: Served, display: str, scenario: str) -> Iterator[Desk]:
    """An archive with nothing in it, a site that wants a sign-in, and a screen for the window."""
    with desk(folder, authority, scenario) as made, pytest.MonkeyPatch.context() as patch:
        made.market.require_login = True
        for name, value in {**made.environment, "DISPLAY": display}.items():
            patch.setenv(name, value)
        made.init()
        yield made


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory, authority: Served, display: str) -> Iterator[Desk]:
    with at_a_table(tmp_path_factory.mktemp("clicks"), authority, display, "led-fans") as made:
        yield made


@pytest.fixture(scope="module")
def served(table: Desk) -> Iterator[Visitor]:
    with serving(table.archive) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = find_browser()
    with sync_playwright() as driver:
        off = f"--disable-features={','.join(FEATURES_OFF)}"  # else pages of the browser's own are loaded beside ours
        one = driver.chromium.launch(executable_path=str(found), args=["--no-sandbox", off])
        yield one
        one.close()


@contextmanager
def opened(browser: Browser, served: Visitor, width: int) -> Iterator[Page]:
    """The person's own browser, at the address that `serve` printed; an error on its console fails the test."""
    context = browser.new_context(viewport={"width": width, "height": 844}, accept_downloads=True)
    one = context.new_page()
    errors: list[str] = []
    one.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    one.on("pageerror", lambda error: errors.append(str(error)))
    one.goto(served.keys.address)
    yield one
    context.close()
    assert errors == []


@pytest.fixture(scope="module")
def page(browser: Browser, served: Visitor) -> Iterator[Page]:
    with opened(browser, served, 390) as one:
        yield one


# -- what a person does -----------------------------------------------------------------------------------------------


def watch(page: Page, table: Desk, named: str) -> None:
    """From Today to the case: the order is named, the person signs in in the other window and says that it is the one."""
    page.click("text=Watch an order >> nth=0")
    page.fill("#order", named)
    page.click("button:has-text('Watch this order')")
    page.click("button:has-text('Yes')")  # the consent to visits
    page.wait_for_selector("form[role=alert] >> text=Signed in?", timeout=60_000)
    with ThreadPoolExecutor(1) as hand:  # the other window is driven from a thread of its own
        hand.submit(sign_in, table.folder / "configuration" / "accounts").result()
    page.click("form[role=alert] button.main")
    page.wait_for_selector("form[role=alert] >> text=Is this what you mean?", timeout=120_000)
    page.click("form[role=alert] button.main")
    page.click(f"a:has-text('The case of order {table.order}')", timeout=180_000)


def put_in(page: Page, path: Path, note: str, kind: str = "") -> None:
    page.set_input_files("#files", str(path))
    page.select_option("#filekind", kind)
    page.fill("#note", note)
    page.click("button:has-text('Put them in')")
    assert path.name in page.inner_text("main")
    page.click("text=Back to the case")


def enter(page: Page, name: str, value: str) -> None:
    page.select_option("#name", name)
    page.fill("#value", value)
    page.click("button:has-text('Enter it')")
    assert "Entered." in page.inner_text("[role=status]")


def take_pack(page: Page, folder: Path, *reasons: str) -> Path:
    """The pack, looked at, made and downloaded."""
    page.click("a:has-text('Make a pack')")
    for reason in reasons:
        page.check(f"form:not([method]) input[name=reason][value={reason}]")
    page.click("button:has-text('See what the other side would see')")
    page.click("button:has-text('Make the pack')")
    with page.expect_download(timeout=180_000) as download:
        page.click("a:has-text('Download the pack')", timeout=180_000)
    pack = folder / "pack.zip"
    download.value.save_as(pack)
    return pack


def verify(page: Page, pack: Path) -> None:
    """Dropped on the page, it is whole."""
    page.click("header >> text=Verify")
    page.set_input_files("#files", str(pack))
    page.click("button:has-text('Verify it')")
    page.wait_for_selector("h1:has-text('What verifying says')")
    assert page.locator(".bad, .urgent").count() == 0


def photo(folder: Path, name: str) -> Path:
    path = folder / name
    Image.new("RGB", (400, 300), "tan").save(path, "JPEG")
    return path


# -- the fans ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pack(page: Page, table: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack that a person downloaded, from an empty archive on, by clicks alone."""
    tmp_path = tmp_path_factory.mktemp("downloads")
    watch(page, table, table.order)
    assert page.inner_text(".headline").startswith("Provide evidence: you must act by")
    put_in(page, photo(tmp_path, "crushed corner.jpg"), "The third carton, as it came.")
    enter(page, "units_defective", "14")
    return take_pack(page, tmp_path)


@pytest.fixture(scope="module")
def index(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the pack's own page, unpacked."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(pack) as packed:
        packed.extractall(folder)
    return next(folder.glob("*/data/index.html")).as_uri()


def test_the_pack_that_was_made_by_clicks_alone_is_whole_and_says_so_where_it_is_dropped(
    page: Page, table: Desk, pack: Path
) -> None:
    assert any(name.endswith("index.html") for name in zipfile.ZipFile(pack).namelist())
    assert table.run("verify", pack).code == 0
    verify(page, pack)


# Each page once, every second one wide and light; each in every width and scheme in the long proofs.
@pytest.fixture(scope="module")
def boxes(served: Visitor, table: Desk, pack: Path) -> str:
    """The page on which boxes are drawn on a pack's pictures, with one of them."""
    done = served.finished(served.post(f"/case/{table.order}/pack/copies", {"redact": "on"})).body
    place = re.search(r'href="(/case/\d+/pack/boxes/[^"]+)"', done)
    assert place is not None, done
    return f"{unescape(place[1])}&on=A01:1&x=20&y=30&w=40&h=24"


@pytest.mark.parametrize(
    ("width", "scheme", "some"),
    [
        (390, "dark", slice(0, None, 2)),
        (1280, "light", slice(1, None, 2)),
        *(
            pytest.param(width, scheme, slice(None), marks=pytest.mark.proof)
            for width in (390, 1280)
            for scheme in ("dark", "light")
        ),
    ],
    ids=lambda value: "all" if value == slice(None) else "half" if isinstance(value, slice) else None,
)
def test_axe_finds_nothing_on_any_page_and_none_is_wider_than_the_screen(
    browser: Browser, served: Visitor, table: Desk, index: str, boxes: str, scheme: str, width: int, some: slice
) -> None:
    """Neither of `serve` nor in the pack, whose page has everything unfolded."""
    context = browser.new_context(
        bypass_csp=True, color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": 800},
        locale="zh-CN" if scheme == "dark" else "en",  # each language at both widths, in no more runs
    )  # fmt: skip
    page = context.new_page()
    page.goto(served.keys.address)
    origin, case = page.url.rstrip("/"), f"/case/{table.order}"
    page.goto(origin + case)
    visit = page.get_attribute("a.visit", "href") or ""
    paths = ["/", "/new", "/nights", "/settings", "/verify", "/search?q=carton", "/nope"]
    rest = ("thread", "facts", "changes", "draft", "pack?look=1&redact=on")
    paths += [case, *(f"{case}/{one}" for one in rest), boxes, visit]
    same = visit.rsplit("/", 1)[1]
    paths += [f"{case}/compare/{same}/{same}", f"{case}/thread?q=carton"]
    found = []
    for path in (*(origin + path for path in paths[some]), index):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.evaluate(AXE)
        result = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", _RULES)
        found += [f"{path}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in result["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path}: wider than {width}")
    context.close()
    assert found == []


def test_every_page_can_be_used_without_scripts(browser: Browser, served: Visitor, pack: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.keys.address)
    page.click("article.case h2 a")
    page.click("a:has-text('Messages')")
    assert page.locator(".thread li").count() > 10
    page.fill("#seek", "carton")
    page.click(".seek button")
    assert page.locator("mark, .sought").count() > 0
    context.close()


# -- the T-shirts -----------------------------------------------------------------------------------------------------


@pytest.mark.proof  # a minute, and the way through the pages is the first one's
def test_the_second_story_is_told_by_clicks_alone_too(
    browser: Browser, display: str, authority: Served, tmp_path: Path
) -> None:
    """On a wide screen: an address in place of a number, a contract, days and counts, and the reasons of the claim."""
    contract = tmp_path / "contract.txt"
    contract.write_text("500 T-shirts. Misprints at most 1 %.\n")
    with (
        at_a_table(tmp_path / "shirts", authority, display, "t-shirts") as table,
        serving(table.archive) as served,
        opened(browser, served, 1280) as page,
    ):
        watch(page, table, table.pages["order"])
        put_in(page, photo(tmp_path, "misprint.jpg"), "A print 3 cm off its place.")
        put_in(page, contract, "What we agreed.", "contract")
        enter(page, "units_total", "500")
        enter(page, "units_defective", "300")
        pack = take_pack(page, tmp_path, "quality")
        assert table.run("verify", pack).code == 0
        verify(page, pack)
    with zipfile.ZipFile(pack) as bag:
        (report,) = (name for name in bag.namelist() if name.endswith("index.html"))
        told = bag.read(report).decode()
    assert report.startswith(f"{table.order}-quality-")
    assert all(words in told for words in ("contract.txt", "misprint.jpg", "300"))
