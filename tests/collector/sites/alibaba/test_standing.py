"""What of a page stands from one look to the next: without advertisements, counters and clocks, by what a module is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from collector.model import StandingPage
from collector.site import Box, Document, StoredPage
from collector.sites.alibaba.site import Alibaba
from fixtures.marketplace.pages import render
from fixtures.marketplace.scenarios import ORIGIN


def page(html: bytes | str, *boxes: Box) -> StoredPage:
    source = html if isinstance(html, bytes) else html.encode()
    seen = datetime(2026, 10, 4, tzinfo=UTC)
    return StoredPage("https://www.alibaba.com/x", 200, (Document(0, "d", source),), "", seen, boxes=boxes)


def standing(html: bytes | str) -> StandingPage:
    return Alibaba().standing(page(html))


@pytest.mark.parametrize("kind", ["order", "supplier", "product", "dispute", "tracking"])
def test_two_views_of_an_unchanged_page_say_the_same(kind: str) -> None:
    one, other = (
        standing(render("led-fans", 75, kind, base=date(2026, 7, 1), origin=ORIGIN, seed=seed, settled=True))
        for seed in (1, 2)
    )
    assert (one.blocks, one.pictures) == (other.blocks, other.pictures)
    assert len(one.blocks) > 15
    assert one.left_out > 20


@pytest.mark.parametrize(
    "moving",
    [
        "<aside>Neck fans USD 2.90</aside>",
        '<div data-module-name="module_you_may_like">Sofas</div>',
        '<div data-module-name="module_shopping_ads">Sofas</div>',
        '<div data-module-name="module_ai_summary">Buyers like it</div>',
        '<p><span class="view-count">812 views this week</span></p>',
        '<b class="deadline-countdown">2 days 3 hours left</b>',
        '<span class="local-time">Local Time: 08:31</span>',
        '<div class="tnh-main">Hello Marta</div>',
        "<footer>About us</footer>",
    ],
)
def test_what_moves_is_known_by_its_mark(moving: str) -> None:
    found = standing(f"<body><h1>LED fan</h1>{moving}<p>White</p></body>")
    assert found.blocks == ("LED fan", "White")
    assert found.left_out > 0


@pytest.mark.parametrize(
    "text", ["812 views this week", "2 days 3 hours left", "Sponsored: neck fans", "You may also like our promise"]
)
def test_words_alone_never_make_a_part_move(text: str) -> None:
    assert standing(f'<body><div class="headline address loads">{text}</div></body>').blocks == (text,)


def test_words_in_one_line_are_one_block_and_what_nobody_sees_is_none() -> None:
    html = (
        "<p>Ship by <b>Oct 4</b>, please</p><script>x=1</script><p hidden>no</p><p style='display: none'>no</p><!-- no -->"
    )
    assert standing(f"<body>{html}</body>").blocks == ("Ship by Oct 4 , please",)


def test_a_picture_is_known_by_its_path_whatever_host_or_size_it_comes_in() -> None:
    hosts = ("https://sc01/kf/a.png_220x220.png", "https://sc04/kf/a.png?x=1")
    small, large = (standing(f'<img src="{address}">') for address in hosts)
    assert list(small.pictures) == list(large.pictures) == ["/kf/a.png"]
    assert standing('<img src="data:image/png;base64,AAAA">').pictures == {}


def test_a_picture_that_a_style_draws_is_one_and_a_font_or_what_moves_is_none() -> None:
    html = (
        "<head><style>.hero{background:url('//i.example/kf/A.jpg_300x300.jpg')} .ad{background:url(/ad.png)}"
        "@font-face{src:url(/f.woff2)}</style></head><body><div style='background-image:url(&quot;/kf/B.png&quot;)'>x</div>"
        "<aside style='background:url(/kf/C.png)'>y</aside></body>"
    )
    assert set(standing(html).pictures) == {"/kf/A.jpg", "/kf/B.png"}


def test_where_what_moves_stood_is_told_by_the_texts_that_were_shown_there() -> None:
    html = "<html><body><h1>LED fan</h1><aside><p>Ad</p><p>More</p></aside></body></html>"
    aside = "html > body > aside:nth-of-type(1)"
    boxes = (
        Box("html > body > h1:nth-of-type(1)", 0, 0, 200, 30, "LED fan"),
        Box(f"{aside} > p:nth-of-type(1)", 10, 100, 50, 20, "Ad"),
        Box(f"{aside} > p:nth-of-type(2)", 10, 130, 80, 20, "More"),
    )
    assert Alibaba().moving_areas(page(html, *boxes)) == ((10, 100, 80, 50),)


def drawn(html: str, **sheets: str) -> Mapping[str, str] | None:
    """What sheets in files of their own draw, as far as they were kept; the crate's picture was."""
    named = "".join(f'<link rel="stylesheet" href="/{name}.css?v=1">' for name in sheets)
    kept = {f"https://s.alicdn.com/{name}.css?v=1": text for name, text in sheets.items() if text}
    stored = replace(page(f"<head>{named}</head>{html}"), sheets=kept, files={"https://s.alicdn.com/img/crate.png": "d1"})
    return Alibaba().standing(stored).drawn


def test_what_a_style_sheet_in_a_file_of_its_own_draws_on_what_stands_is_a_picture_of_the_page() -> None:
    sheet = ".hero,.gone{background:url(img/crate.png)} .gone b{background:url(other.png)} @media print{.hero{color:red}}"
    assert drawn('<div class="hero">Fan</div>', site=sheet) == {"/img/crate.png": "d1"}
    assert drawn("<p>Fan</p>", site=sheet) == {}


def test_what_a_style_sheet_draws_on_what_moves_is_none() -> None:
    assert drawn('<aside class="hero">Sofas</aside>', site=".hero{background:url(/a.png)}") == {}
    assert drawn('<div class="hero">Fan</div>', site=".view-count .hero{background:url(/a.png)}") == {}


def test_nothing_follows_from_a_style_sheet_that_was_not_kept() -> None:
    assert drawn('<div class="hero">Fan</div>', site=".hero{background:url(/a.png)}", lost="") is None
