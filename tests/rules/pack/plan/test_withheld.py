"""What of a page that its account alone sees stays with the buyer, and how one file of it is opened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.errors import WrongRequest
from collector.model import Artefact, Exhibit, Private, Snapshot
from rules.pack.bag.proof import openings_of
from rules.pack.plan.exhibits import Choices
from rules.pack.plan.plan import PackPlan
from rules.pack.plan.withheld import OTHERS_SHOWN, SOURCE_KEPT, Withheld, asked_of, closed_artefacts, together
from tests.rules.pack.synthetic import AS_OF, Objects, Sealed, snapshot_of


def names(exhibit: Exhibit) -> set[str]:
    return {path.rpartition("/")[2] for path in exhibit.files}


def opened(sealed: Sealed, *what: str) -> PackPlan:
    return sealed.plan(Choices(open=what))


def digest(snapshot: Snapshot | None, role: str) -> str:
    assert snapshot is not None
    return next(a.digest for a in snapshot.artefacts if a.role == role)


def test_of_a_page_of_the_account_its_pictures_and_text_are_shown_and_its_sources_are_committed_to(made: PackPlan) -> None:
    order = made.exhibits[0]
    assert names(order) == {"tile-00.png", "tile-01.png", "text.txt"}
    own = [w for w in made.withheld if w.exhibit == "A01"]
    assert [(w.role, w.why) for w in own] == [(role, SOURCE_KEPT) for role in ("dom", "mhtml", "pdf")]
    assert not {w.commitment for w in own} & {one["commitment"] for one in openings_of(made)}


def test_of_a_page_that_anybody_sees_the_sources_are_shown(made: PackPlan) -> None:
    assert names(made.exhibits[3]) >= {"dom.html.txt", "page.mhtml.txt", "page.pdf"}
    assert not [w for w in made.withheld if w.exhibit == "A04"]


def test_one_file_is_opened_by_the_number_of_its_exhibit_and_by_the_id_of_its_visit(sealed: Sealed, made: PackPlan) -> None:
    order = made.snapshot(made.exhibits[0])
    assert order is not None
    for what in ("A01/dom", "a01/DOM", "A01/dom-0", f"{order.id}/dom", f"{order.id[:6]}/dom"):
        planned = opened(sealed, what)
        assert names(planned.exhibits[0]) - names(made.exhibits[0]) == {"dom.html.txt"}, what
        assert {w.commitment for w in made.withheld} - {w.commitment for w in planned.withheld} <= {
            one["commitment"] for one in openings_of(planned)
        }
        assert digest(order, "dom") in planned.exhibits[0].files.values()
    several = names(opened(sealed, "A01/mhtml", "A01/pdf").exhibits[0])
    assert several - names(made.exhibits[0]) == {"page.mhtml.txt", "page.pdf"}


def test_what_is_opened_by_its_visit_is_shown_though_a_newer_visit_took_its_number(sealed: Sealed, made: PackPlan) -> None:
    """The other side asks for a file of an earlier pack: the visit's id stays when numbers change."""
    same = next(s for s in sealed.casefile.snapshots if s.id not in {p.id for p in made.snapshots})
    planned = opened(sealed, f"{same.id}/dom")
    assert same.id in {s.id for s in planned.snapshots}


def test_a_picture_that_shows_others_is_opened_where_the_buyer_says_so(sealed: Sealed, made: PackPlan) -> None:
    assert names(made.exhibits[1]) == set()
    planned = opened(sealed, "A02/tile-0")
    assert names(planned.exhibits[1]) == {"tile-00.png"}
    assert [(one.name, one.why) for one in planned.opened] == [("A02/tile", OTHERS_SHOWN)]


@pytest.mark.parametrize(
    ("what", "said", "hint"),
    [
        ("A01", "does not say what to open", "A01/dom"),
        ("A77/dom", "called A77", "A01, A02"),
        ("A01/video", "was not kept", "dom, text, mhtml, pdf"),
        ("A01/dom-7", "was not kept", "dom"),
        ("A01/body-3", "opened together", "A01/body"),
        ("S-nothing/dom", "is no visit", ""),
    ],
)
def test_what_cannot_be_opened_is_said_with_what_can_be(sealed: Sealed, what: str, said: str, hint: str) -> None:
    with pytest.raises(WrongRequest, match=said) as caught:
        opened(sealed, what)
    assert hint in caught.value.hint


def test_what_is_withheld_is_counted_in_words_by_exhibit_and_reason() -> None:
    kept = [("dom", 0, SOURCE_KEPT), ("body", 0, SOURCE_KEPT), ("body", 1, SOURCE_KEPT), ("tile", 2, OTHERS_SHOWN)]
    groups = together(Withheld("A01", role, part, "", why) for role, part, why in kept)
    assert {(g.what, g.why, g.ask) for g in groups} == {
        ("the page's source, 2 answers of the site", SOURCE_KEPT, ("A01/dom", "A01/body")),
        ("1 picture", OTHERS_SHOWN, ("A01/tile-2",)),
    }


def test_what_the_site_sent_is_opened_together_but_for_what_tells_of_others() -> None:
    objects = Objects()
    page = snapshot_of(objects, "order", AS_OF)
    sent = [objects.artefact("network", 0, "application/json", b"{}"), *(body(objects, n) for n in range(2))]
    order = replace(page, artefacts=(*page.artefacts, *sent))
    told = Private(exchanges=(1,), parts=(("body", 1),))
    apart = closed_artefacts("A01", order, told, asked_of(["A01/body"]))
    closed = {(one.role, one.part) for one in apart if not one.opened}
    assert closed == {("dom", 0), ("mhtml", 0), ("pdf", 0), ("network", 0), ("body", 1)}


def body(objects: Objects, number: int) -> Artefact:
    return objects.artefact("body", number, "text/plain", b"answer %d" % number)
