"""Where in a picture nothing but the messages stands, on pages that try to put something else there, in real Chromium."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from collector.browser.launch import Browser
from collector.browser.stops import PANE
from collector.browser.tab import ChromiumTab

pytestmark = pytest.mark.browser

PAGE = """<body style="margin:0"><ul style="position:absolute;left:0;top:0;width:200px">Leo Shen</ul>
<div id="list" style="position:absolute;left:300px;top:50px;width:400px;height:300px;overflow:auto"><p>ours</p></div>
%s</body>"""
OVER = "position:fixed;left:400px;top:100px"
CUT = "width:250px;height:30px;overflow:hidden;white-space:nowrap"  # as a list of contacts cuts long names


@pytest.fixture(scope="module")
def tab(runner: asyncio.Runner, browser: Browser) -> Iterator[ChromiumTab]:
    opening = browser.tab("panes")
    yield runner.run(opening.__aenter__())
    runner.run(opening.__aexit__(None, None, None))


def pane(runner: asyncio.Runner, tab: ChromiumTab, beside: str, script: str = "") -> Any:
    async def ask() -> Any:
        await tab._page.set_content(PAGE % beside)
        await tab._page.evaluate(f"() => {{ self.shell = document.querySelector('#list'); {script} }}")
        return (await tab._page.evaluate(PANE))[1]

    return runner.run(ask())


@pytest.mark.parametrize(
    "beside",
    ["", "<aside>Leo Shen</aside>", f"<div style='{OVER};visibility:hidden'>Leo Shen</div>",
     f"<div style='{OVER};display:none'>Leo Shen</div>", f"<div style='{OVER};width:9px;height:9px'></div>",
     f"<div style='position:absolute;top:60px;{CUT}'><b>{'Leo Shen ' * 90}</b></div>"],
)  # fmt: skip
def test_what_stands_beside_the_messages_or_is_not_seen_leaves_the_pane(
    runner: asyncio.Runner, tab: ChromiumTab, beside: str
) -> None:
    assert pane(runner, tab, beside) == [300, 50, 400, 300]


@pytest.mark.parametrize(
    "beside",
    [
        f"<div style='{OVER}'>Leo Shen</div>", f"<div style='{OVER};width:0;height:0'>Leo Shen</div>",
        f"<div style='{OVER}'><div style='display:contents'>Leo Shen</div></div>",
        f"<div style='{OVER};visibility:hidden'><b style='visibility:visible'>Leo Shen</b></div>",
        f"<div style='{CUT}'><div style='{OVER}'>Leo Shen</div></div>",
        f"<div style='{CUT}'><div style='position:absolute;left:400px;top:100px'>Leo Shen</div></div>",
        f"<div style='position:absolute;top:60px'><b style='{CUT}'>{'Leo Shen ' * 90}</b></div>",
        f"<img style='{OVER};width:9px;height:9px'>", f"<div style='{OVER}'><i>Leo</i></div>",
    ],
)  # fmt: skip
def test_what_is_drawn_over_the_messages_leaves_no_pane(runner: asyncio.Runner, tab: ChromiumTab, beside: str) -> None:
    """However it is laid out: it would be cut out of the picture as a part of the conversation."""
    assert pane(runner, tab, beside) is None


@pytest.mark.parametrize(
    "script",
    [
        "document.body.append('Leo Shen '.repeat(900))",
        f"const a = document.createElement('div'); document.body.append(a);"
        f"a.attachShadow({{mode: 'open'}}).innerHTML = `<p style='{OVER}'>Leo Shen</p>`",
        "const a = document.createElement('p'); self.shell.append(a); a.attachShadow({mode: 'open'}).innerHTML = 'Leo Shen'",
        "if (!customElements.get('a-b')) customElements.define('a-b', class extends HTMLElement {});"
        "document.body.append(document.createElement('a-b'))",
    ],
)
def test_what_has_no_markup_to_be_judged_by_leaves_no_pane(runner: asyncio.Runner, tab: ChromiumTab, script: str) -> None:
    """The page's own bare text under the list, and shadow trees, whose size tells nothing of where they draw."""
    assert pane(runner, tab, "", script) is None


def test_a_page_that_is_zoomed_has_no_pane(runner: asyncio.Runner, tab: ChromiumTab) -> None:
    """Its picture measures otherwise than the page does: what is cut out of it would show what stands beside."""
    size = {"width": 1280, "height": 2048, "mobile": False}
    runner.run(tab._send("Emulation.setDeviceMetricsOverride", {**size, "deviceScaleFactor": 2}))
    try:
        assert pane(runner, tab, "") is None
    finally:
        runner.run(tab._send("Emulation.setDeviceMetricsOverride", {**size, "deviceScaleFactor": 1}))
