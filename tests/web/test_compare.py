"""Two visits to a page that said something else are shown beside each other; a script lays one over the other."""

from __future__ import annotations

import re

from casework.keeping.capture import capture_pages
from casework.workspace import Workspace
from tests.paper_desk import ORDER, PaperTab, paper_browser, quiet
from tests.web.serving import serving


def earlier() -> PaperTab:
    """The story two weeks ago."""
    return PaperTab(day=71)


def test_what_changed_leads_to_both_pictures(ws: Workspace) -> None:
    with paper_browser(earlier):
        capture_pages(ws, ORDER, (), quiet)
    with serving(ws.archive.root) as visitor:
        place = re.search(rf'href="(/case/{ORDER}/compare/[^"]+)"', visitor.get(f"/case/{ORDER}/changes").body)
        assert place is not None
        body = visitor.get(place[1]).body
        shown = re.findall(r'<img src="([^"]+)"', body)
        assert len(shown) == body.count('class="pair"') * 2
        assert len({one.split("/")[2] for one in shown}) == 2
        assert {visitor.get(one).headers["content-type"] for one in shown} == {"image/png"}


def test_visits_that_are_not_the_cases_are_refused(ws: Workspace) -> None:
    with serving(ws.archive.root) as visitor:
        answer = visitor.get(f"/case/{ORDER}/compare/nope/nope")
    assert answer.status == 400
    assert "no such visit" in answer.body
