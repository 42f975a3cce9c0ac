"""A person who opens no terminal: from an empty archive to a downloaded, verified pack, by clicks in a real browser."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from collector.browser.find import find_browser
from fixtures.authority import Served
from tests.stories.desk import Desk, desk
from tests.stories.screen import screen, sign_in
from tests.web.serving import Visitor, serving

pytestmark = pytest.mark.browser

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory, authority: Served) -> Iterator[Desk]:
    """An archive with nothing in it, a site that wants a sign-in, and a screen for the window."""
    with (
        screen() as display,
        desk(tmp_path_factory.mktemp("clicks"), authority) as made,
        pytest.MonkeyPatch.context() as patch,
    ):
        made.market.require_login = True
        for name, value in {**made.environment, "DISPLAY": display}.items():
            patch.setenv(name, value)
        made.init()
        yield made


@pytest.fixture(scope="module")
def served(table: Desk) -> Iterator[Visitor]:
    with serving(table.archive) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = find_browser()
    with sync_playwright() as driver:
        one = driver.chromium.launch(executable_path=str(found), args=["--no-sandbox"])
        yield one
        one.close()


@pytest.fixture(scope="module")
def page(browser: Browser, served: Visitor) -> Iterator[Page]:
    """The person's own browser, at the address that `serve` printed; an error on its console fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, accept_downloads=True)
    one = context.new_page()
    errors: list[str] = []
    one.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    one.on("pageerror", lambda error: errors.append(str(error)))
    one.goto(served.keys.address)
    yield one
    context.close()
    assert errors == []


def photo(folder: Path) -> Path:
    path = folder / "crushed corner.jpg"
    Image.new("RGB", (400, 300), "tan").save(path, "JPEG")
    return path


@pytest.fixture(scope="module")
def pack(page: Page, table: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack that a person downloaded, from an empty archive on, by clicks alone."""
    tmp_path = tmp_path_factory.mktemp("downloads")
    page.click("text=Watch an order >> nth=0")
    page.fill("#order", table.order)
    page.click("button:has-text('Watch this order')")
    page.click("button:has-text('Yes')")  # the consent to visits
    page.wait_for_selector("form[role=alert] >> text=Signed in?", timeout=60_000)
    with ThreadPoolExecutor(1) as hand:  # the other window is driven from a thread of its own
        hand.submit(sign_in, table.folder / "configuration" / "accounts").result()
    page.click("form[role=alert] button.main")
    page.wait_for_selector("form[role=alert] >> text=Is this what you mean?", timeout=120_000)
    page.click("form[role=alert] button.main")
    page.click(f"a:has-text('The case of order {table.order}')", timeout=180_000)
    assert page.inner_text(".headline").startswith("Provide evidence: you must act by")

    page.set_input_files("#files", str(photo(tmp_path)))
    page.fill("#note", "The third carton, as it came.")
    page.click("button:has-text('Put them in')")
    assert "crushed corner.jpg" in page.inner_text("main")
    page.click("text=Back to the case")
    page.select_option("#name", "units_defective")
    page.fill("#value", "14")
    page.click("button:has-text('Enter it')")
    assert "Entered." in page.inner_text("[role=status]")

    page.click("a:has-text('Make a pack')")
    page.click("button:has-text('See what the other side would see')")
    page.click("button:has-text('Make the pack')")
    with page.expect_download(timeout=180_000) as download:
        page.click("a:has-text('Download the pack')", timeout=180_000)
    pack = tmp_path / "pack.zip"
    download.value.save_as(pack)
    return pack


def test_the_pack_that_was_made_by_clicks_alone_is_whole_and_says_so_where_it_is_dropped(
    page: Page, table: Desk, pack: Path
) -> None:
    assert any(name.endswith("index.html") for name in zipfile.ZipFile(pack).namelist())
    assert table.run("verify", pack).code == 0
    page.click("header >> text=Verify")
    page.set_input_files("#files", str(pack))
    page.click("button:has-text('Verify it')")
    page.wait_for_selector("h1:has-text('What verifying says')")
    assert page.locator(".bad, .urgent").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_any_page_and_none_is_wider_than_the_screen(
    browser: Browser, served: Visitor, table: Desk, pack: Path, scheme: str, width: int
) -> None:
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
    paths += [case, f"{case}/thread", f"{case}/facts", f"{case}/changes", f"{case}/draft", f"{case}/pack?look=1", visit]
    found = []
    for path in paths:
        page.goto(origin + path)
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
