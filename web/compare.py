"""What changed on the pages of a case, and two visits to a page beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from casework import views
from casework.asking.changes import ChangesAnswer, changes
from casework.cases import find_case
from collector.errors import WrongRequest
from collector.kinds import page_kind
from collector.model import Artefact, Snapshot
from collector.progress import Progress
from rules.changes.change import Seen
from web.handover import made_at, new_place
from web.kept import pictures_of, snapshot_of
from web.page import begin, desk_of, document, page, posted, shown_view
from web.work import Outcome, WebPerson


@dataclass(frozen=True, slots=True)
class Pair:
    """Two visits to a page of which the later one showed something else."""

    title: str
    first: Seen
    then: Seen


def changed(request: Request) -> Response:
    """What changed on the case's pages, what harms the buyer first."""
    ws = desk_of(request).workspace()
    ws.archive.require()
    case = find_case(ws, request.path_params["order"])
    answer = changes(ws, case.order)
    return page(
        request, "changes.html", "What changed", case=case, changes=shown_view(views.changes(answer)), pairs=_pairs(answer)
    )


def _pairs(answer: ChangesAnswer) -> list[Pair]:
    """The newest first, each once."""
    found = {(one.first.snapshot, one.then.snapshot): one for one in answer.changes}
    pairs = [Pair(page_kind(one.page.kind).title, one.first, one.then) for one in found.values()]
    return sorted(pairs, key=lambda pair: pair.then.at, reverse=True)


def compare(request: Request) -> Response:
    """Two visits, picture by picture."""
    ws = desk_of(request).workspace()
    case = find_case(ws, request.path_params["order"])
    first, then = (snapshot_of(ws, request.path_params[which]) for which in ("first", "then"))
    if {first.target.case, then.target.case} != {case.order}:
        raise WrongRequest("Those visits are not of this case.", "Go to “What changed”, and choose there.")
    pairs = list(zip_longest(_tiles(first), _tiles(then)))
    return page(
        request, "compare.html", "Before and after", case=case, first=first, then=then, pairs=pairs,
        title_of_page=page_kind(then.target.kind).title,
    )  # fmt: skip


def _tiles(visit: Snapshot) -> list[Artefact]:
    return sorted((one for one in pictures_of(visit) if one.role == "tile"), key=lambda one: one.part)


@posted
def draw_changes(request: Request, form: FormData) -> Response:
    """Draws them, before and now."""
    desk = desk_of(request)
    order = find_case(desk.workspace(), request.path_params["order"]).order

    def run(progress: Progress, person: WebPerson) -> Outcome:
        from casework.asking.changes_page import write_page

        ws = desk.workspace()
        place, answer = new_place(ws), changes(ws, order, None, progress)
        write_page(ws, answer, place / "changes.html", progress)
        return Outcome(
            views.changes(answer), ((f"/changes/{place.name}", "See before and now"), (f"/case/{order}", "The case"))
        )

    return begin(request, "Drawing what changed", f"/case/{order}/changes", run)


def drawn_changes(request: Request) -> Response:
    """What was drawn."""
    path = made_at(desk_of(request).workspace(), request.path_params["number"], "changes.html")
    if path is None:
        raise WrongRequest("That page is not here any more.", "Draw it again.")
    return document(path)
