"""The pages for people: the right story, nothing hostile alive, the stand-in and the unwitnessed said."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from dataclasses import replace

import pytest
from PIL import Image

from collector.model import Fact
from rules.pack.plan.plan import PackPlan
from rules.pack.plan.timeline import Marked
from rules.pack.plan.wording import listed, say
from rules.pack.render.marks import Framed
from rules.pack.render.report import render_report, render_viewer
from rules.pack.render.sheets import Fit
from tests.rules.pack.synthetic import Objects, Sealed, led_fans

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e"


def drawing(form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, form)
    return out.getvalue()


def pages(made: PackPlan) -> list[str]:
    return [render_report(made), render_viewer(made)]


def test_the_claim_stands_first(made: PackPlan) -> None:
    """Before timeline, exhibits and deadlines, on both pages."""
    for page in pages(made):
        story = ('id="claim"', made.claim.sentence, 'id="agreed"', 'id="timeline"', 'id="deadlines"')
        order = [page.index(text) for text in story]
        assert order == sorted(order)
        assert page.index("printed on the page</span>") > order[-1]


def test_hostile_text_is_shown_and_not_run(sealed: Sealed, made: PackPlan) -> None:
    """Page titles, messages, file names and notes are text wherever they stand."""
    rows = tuple(replace(row, text=HOSTILE, who=HOSTILE, source=HOSTILE, when=HOSTILE) for row in made.timeline)
    exhibits = tuple(replace(e, title=HOSTILE, description=HOSTILE, kind=HOSTILE) for e in made.exhibits)
    claim = replace(made.claim, sentence=HOSTILE, numbers=(HOSTILE,), calculation=HOSTILE)
    evil = replace(made, timeline=rows, exhibits=exhibits, claim=claim, order=HOSTILE, name=HOSTILE, stand_in=HOSTILE)
    for page in pages(evil):
        assert "<script" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;" in page


def test_a_message_with_markup_is_text_in_both_pages(made: PackPlan) -> None:
    """The supplier may write what it likes."""
    for page in pages(made):
        assert "&lt;script&gt;alert" in page
        assert "<script" not in page


def test_the_policy_of_each_page_lets_nothing_in_but_its_own_style(made: PackPlan) -> None:
    """No script, no network; the hash is that of the style that stands there."""
    for page in pages(made):
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
        style = re.search(r"<style>(.*?)</style>", page, re.S)
        assert policy is not None
        assert style is not None
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in policy[1]
        assert policy[1].startswith("default-src 'none'")
        assert "http:" not in policy[1]
        assert " style=" not in page


def test_no_page_leads_out_of_the_pack(made: PackPlan) -> None:
    """Addresses of the site are text; a page's source is a text to download, never a frame."""
    for page in pages(made):
        assert not re.search(r'(href|src)="(https?:|//|javascript:)', page)
        assert "<iframe" not in page
    assert 'href="exhibits/A04-product/dom.html.txt" download' in render_viewer(made)


def test_a_stand_in_is_said_on_both_pages_and_a_real_site_is_not(made: PackPlan) -> None:
    """A demonstration must not pass for evidence."""
    for page in pages(made):
        assert "Local stand-in." in page
    for page in pages(replace(made, stand_in="")):
        assert "Local stand-in." not in page


def test_the_buyers_own_files_are_marked(made: PackPlan) -> None:
    """On both pages, for each of them."""
    for page in pages(made):
        assert page.count("Saved by the buyer, not witnessed</span>") >= 4


def test_masked_secrets_and_withheld_originals_are_said(made: PackPlan) -> None:
    """The reader learns what is not there, why, and how to ask for it; nothing is called missing."""
    viewer = render_viewer(made)
    assert "Masked at capture: 3 × cookie." in viewer
    assert "Withheld, because the page may show other conversations" in viewer
    for page in pages(made):
        assert "What is not here, and why" in page
        assert "The page&#39;s source, the page as MHTML, the PDF print" in page
        assert "Only the buyer&#39;s account sees this page" in page
        assert f"tradewitness pack {made.order} --open {made.exhibits[0].snapshot}/dom" in page


def test_copies_are_inlined_in_the_report_and_linked_in_the_viewer(made: PackPlan) -> None:
    """The report is one file; the viewer shows the pictures of its own folder. Both bear the numbers of the pages."""
    copies = {"A01": [drawing(), drawing("JPEG"), drawing()]}
    report = render_report(made, copies, pages={}, fit=Fit(most=2))
    assert report.count('<img src="data:image/png;base64,') == 1
    assert report.count('<img src="data:image/jpeg;base64,') == 1
    assert "1 more pages of A01, from TW-000003 on, are in its folder" in report
    assert "data:image/png" not in render_report(made, copies)
    viewer = render_viewer(made, {"A01": ["data/exhibits/A01-order/copy-1.png"]})
    assert '<img src="exhibits/A01-order/copy-1.png"' in viewer
    for page in (report, viewer):
        assert "TW-000001" in page


def test_a_fact_leads_to_its_frame_on_the_copy_and_lights_it_without_a_script(made: PackPlan) -> None:
    exhibit = next(e for e in made.exhibits if any(f.snapshot == e.snapshot and f.place for f in made.facts))
    fact = next(f for f in made.facts if f.snapshot == exhibit.snapshot and f.place and f.name != "thread.messages")
    assert fact.place
    placed = replace(fact, place=replace(fact.place, box=(5, 6, 70, 8)))
    facts = (*(f for f in made.facts if f is not fact), placed)
    path = f"data/exhibits/{exhibit.number}/copy-1.png"
    viewer = render_viewer(
        replace(made, facts=facts),
        {exhibit.number: [path]},
        frames={exhibit.number: (Framed(1, (5, 6, 70, 8), (1, 60, 78, 16)),)},
        sizes={path: (1280, 900)},
    )
    assert f'<a href="#{exhibit.number}-frame-1">Framed on TW-00000' in viewer
    assert f'<rect id="{exhibit.number}-frame-1" x="1" y="60" width="78" height="16"/>' in viewer
    assert "rect:target" in viewer


def test_a_file_without_a_picture_is_named_where_it_lies(made: PackPlan) -> None:
    own = next(e for e in made.exhibits if not e.witnessed and e.files)
    copies = {e.number: [drawing()] for e in made.exhibits if e is not own}
    (path,) = own.files
    said = render_report(made, copies, pages={}).partition("No page of these is in this report")[2]
    assert said.partition("</p>")[0].endswith(f"{own.number}, <code>{path}</code>.")
    assert f'The file itself, as the buyer gave it: <a href="{path.removeprefix("data/")}"' in render_viewer(made)


def test_every_exhibit_that_is_named_is_linked_and_says_where_it_is_cited(made: PackPlan) -> None:
    """No link leads nowhere; of the report, what has no picture is found in the list of exhibits."""
    copies = {e.number: [drawing()] for e in made.exhibits if e.witnessed}
    for page in (render_report(made, copies, pages={}), render_viewer(made)):
        anchors = re.findall(r' id="([^"]+)"', page)
        assert len(set(anchors)) == len(anchors)
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(anchors)
        assert {e.number for e in made.exhibits} <= set(anchors)
        assert 'Cited in: <a href="#claim">' in page


def test_what_the_supplier_admits_is_marked_where_it_stands_and_the_buyers_own_words_never_are(made: PackPlan) -> None:
    admitted = Marked("admission", "the supplier admits that it was late", "We are late", ("late",))
    row = next(row for row in made.timeline if row.kind == "message" and row.who.startswith("Supplier"))
    said = replace(row, text="Hello. We are late\nand <b>sorry</b>.", marks=(admitted,))
    told = replace(made, timeline=tuple(said if one is row else one for one in made.timeline))
    for page in pages(told):
        assert "The supplier admits that it was late" in page
        assert "Hello. <mark>We are late</mark>\nand &lt;b&gt;sorry&lt;/b&gt;." in page


def test_a_translation_stands_beside_what_was_written(made: PackPlan) -> None:
    row = next(row for row in made.timeline if row.kind == "message")
    said = replace(row, text="您好 [translated by the site: Hello]", translation="Hello")
    told = replace(made, timeline=tuple(said if one is row else one for one in made.timeline))
    for page in pages(told):
        assert '<div class="pair"><bdi class="said">您好</bdi><div><bdi class="said">Hello</bdi>' in page


def test_a_pack_without_alias_has_no_stand_in() -> None:
    """The alias comes from the visits themselves."""
    assert all(snapshot.visit.alias == "" for snapshot in led_fans(Objects(), alias="").snapshots)


@pytest.mark.parametrize(
    ("words", "text"), [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_lists_read_as_sentences(words: tuple[str, ...], text: str) -> None:
    assert listed(words) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "yes"), (200, "200"), (("a", "", "b"), "a; b"), ({"quality": "CE", "x": None}, "Quality: CE"),
     (({"name": "fan", "quantity": 2, "unit": "Pieces"},), "2 Pieces of fan")],
)  # fmt: skip
def test_values_read_as_words(value: object, text: str) -> None:
    assert say(value) == text


def test_a_list_that_was_read_as_empty_is_called_none(made: PackPlan) -> None:
    """A blank cell would look as if nobody had looked."""
    thread = next(s.id for s in made.snapshots if s.target.kind == "thread")
    empty = Fact("thread.disagreements", (), "read", thread, "alibaba.thread/3")
    cell = re.compile(r"Where the conversation(?:&#39;|')s sources differ</td><td><bdi[^>]*>none</bdi>")
    assert cell.search(render_viewer(replace(made, facts=(*made.facts, empty))))
