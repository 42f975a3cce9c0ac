"""A pack: chosen, previewed, made, handed over; and any pack verified by dropping it on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.datastructures import FormData, ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from casework import views
from casework.cases import find_case
from casework.proving.pack import PackRequest, make_pack, preview_pack
from casework.proving.verify import verify_path
from collector.errors import WrongRequest
from collector.progress import Progress, silent
from rules.pack.plan.exhibits import Choices
from rules.policy.forums import forum_names, load_forums
from rules.policy.platform import REASONS
from web.handover import made_at, new_place
from web.page import begin, desk_of, page, posted, shown_view, text
from web.uploads import received
from web.work import Outcome, WebPerson


def _request_of(given: ImmutableMultiDict[str, Any], output: Path | None = None) -> PackRequest:
    """The choices of a form or an address."""
    listed = given.getlist
    reasons = tuple(one for one in listed("reason") if one in REASONS)
    since = next((one for one in listed("since") if isinstance(one, str)), "").strip()
    forums = tuple(one for one in listed("forum") if one in forum_names())
    choices = Choices(all=bool(listed("all")), with_originals=bool(listed("originals")), forums=forums)
    return PackRequest(reasons, "", since, choices, output, bool(listed("accept_risk")))


def choose(request: Request) -> Response:
    """Reasons and choices, and what the other side would see."""
    ws, query = desk_of(request).workspace(), request.query_params
    ws.archive.require()
    case = find_case(ws, request.path_params["order"])
    wanted = _request_of(query)
    preview = shown_view(views.pack_preview(preview_pack(ws, case.order, wanted))) if query.get("look") else None
    return page(
        request,
        "pack.html",
        "A pack",
        case=case,
        reasons=REASONS,
        forums=load_forums().forums,
        chosen=wanted,
        preview=preview,
        since=query.get("since", ""),
    )


@posted
def make(request: Request, form: FormData) -> Response:
    """Makes the pack; it is downloaded from the page that shows the work."""
    desk = desk_of(request)
    ws = desk.workspace()
    order = find_case(ws, request.path_params["order"]).order

    def run(progress: Progress, person: WebPerson) -> Outcome:
        place = new_place(ws)
        answer = make_pack(desk.workspace(), order, _request_of(form_values, place / f"{order}.zip"), progress)
        return Outcome(
            views.packed(answer), ((f"/pack/{place.name}", "Download the pack"), (f"/case/{order}", "Back to the case"))
        )

    form_values = FormData(form.multi_items())
    return begin(request, "Making a pack", f"/case/{order}/pack", run)


def download(request: Request) -> Response:
    """A pack that was made here."""
    pack = made_at(desk_of(request).workspace(), request.path_params["number"], ".zip")
    if pack is None:
        raise WrongRequest("That pack is not here any more.", "Make it again; the same choices give the same pack.")
    return FileResponse(pack, media_type="application/zip", filename=pack.name)


def verify_form(request: Request) -> Response:
    """Where a pack is dropped to be verified."""
    return page(request, "verify.html", "Verify a pack")


@posted
def verify(request: Request, form: FormData) -> Response:
    """Verifies a pack that was sent; it is not kept."""
    ws = desk_of(request).workspace()
    with received(ws, form) as paths:
        if not paths:
            raise WrongRequest("No pack was chosen.", "Choose a zip, or drop it on the page.")
        answer = verify_path(ws, paths[0], silent, deep=False, against=text(form, "against"))
        shown = shown_view(views.verified(answer))
    return page(
        request, "done.html", "What verifying says", shown=shown, onward=(("/verify", "Verify another"), ("/", "Today"))
    )
