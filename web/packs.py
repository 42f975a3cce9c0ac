"""A pack: chosen, previewed, made, handed over; and any pack verified by dropping it on the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from PIL import Image
from starlette.datastructures import FormData, ImmutableMultiDict, QueryParams
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from casework import views
from casework.blocks import View, line
from casework.cases import find_case
from casework.proving.pack import PackRequest, make_pack, pages_to_cover, preview_pack
from casework.proving.verify import verify_path
from collector.errors import DONE, WrongRequest
from collector.ledger.disk import write_file
from collector.media import media_type_of
from collector.model import Area
from collector.progress import Progress, silent
from rules.pack.plan.exhibits import Choices
from rules.pack.redact.boxes import RedactBox, boxes_of
from rules.policy.forums import load_forums
from rules.policy.platform import REASONS
from web.handover import all_made_at, made_at, new_place
from web.page import begin, desk_of, page, posted, shown_view, text
from web.uploads import received
from web.work import Outcome, WebPerson

_CHOICES = ("reason", "all", "originals", "forum", "since", "redact", "also", "box")


def _choices_of(given: ImmutableMultiDict[str, Any]) -> list[tuple[str, str]]:
    """What was chosen in a form or an address, to be sent on."""
    return [(name, value) for name, value in given.multi_items() if name in _CHOICES and isinstance(value, str) and value]


def _request_of(given: ImmutableMultiDict[str, Any], output: Path | None = None) -> PackRequest:
    """The choices of a form or an address."""
    listed = given.getlist
    reasons = tuple(one for one in listed("reason") if one in REASONS)
    since = next((one for one in listed("since") if isinstance(one, str)), "").strip()
    forums = tuple(one for one in listed("forum") if isinstance(one, str) and one)
    also = (word.strip() for text in listed("also") if isinstance(text, str) for word in text.splitlines())
    choices = Choices(
        all=bool(listed("all")), with_originals=bool(listed("originals")), redact=bool(listed("redact")),
        redact_also=tuple(filter(None, also)), redact_boxes=tuple(one for one in listed("box") if isinstance(one, str)),
        forums=forums,
    )  # fmt: skip
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
        forums=[forum for forum in load_forums().forums if not forum.of_site],
        chosen=wanted,
        choices=_choices_of(query),
        preview=preview,
        since=query.get("since", ""),
    )


@posted
def show_copies(request: Request, form: FormData) -> Response:
    """Draws the pictures that the other side would see, for boxes to be drawn on them."""
    desk = desk_of(request)
    order = find_case(desk.workspace(), request.path_params["order"]).order
    chosen = FormData(form.multi_items())

    def run(progress: Progress, person: WebPerson) -> Outcome:
        ws = desk.workspace()
        place = new_place(ws)
        progress("drawing what the other side would see")
        copies = pages_to_cover(ws, order, _request_of(chosen))
        for exhibit, pages in copies.items():
            for number, data in enumerate(pages, 1):
                write_file(place / f"{exhibit}-{number:04}.picture", data)
        told = line("The pictures are drawn." if any(copies.values()) else "This pack shows no pictures.")
        back = f"/case/{order}/pack/boxes/{place.name}?{urlencode(_choices_of(chosen))}"
        return Outcome(View({}, (told,), DONE), ((back, "Black out parts of them"),))

    return begin(request, "Drawing the pictures", f"/case/{order}/pack", run)


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture of a pack as it would be shown: its exhibit, its number there, its size in pixels, and the buyer's boxes."""

    exhibit: str
    number: int
    wide: int
    tall: int
    boxes: tuple[Area, ...]


def draw_boxes(request: Request) -> Response:
    """The pictures of a pack, each with its boxes and a form for one more."""
    ws, query = desk_of(request).workspace(), request.query_params
    case = find_case(ws, request.path_params["order"])
    number = request.path_params["number"]
    boxes = dict.fromkeys(boxes_of([*query.getlist("box"), *_new_box(query)]))
    copies = [_copy(path, boxes) for path in all_made_at(ws, number, ".picture")]
    if not copies:
        raise WrongRequest("Those pictures are not here any more.", "Have them drawn again, from the pack's page.")
    chosen = [(name, value) for name, value in _choices_of(query) if name != "box"]
    return page(
        request, "boxes.html", "Black out parts", case=case, number=number, copies=copies, chosen=chosen,
        boxes=[f"{one.exhibit}:{one.page}:{','.join(map(str, one.area))}" for one in boxes],
    )  # fmt: skip


def _new_box(query: QueryParams) -> list[str]:
    """The box that was added last, as the others are written; nothing where none was."""
    if not query.get("on"):
        return []
    return [f"{query['on']}:{','.join(query.get(side, '').strip() for side in ('x', 'y', 'w', 'h'))}"]


def _copy(path: Path, boxes: Iterable[RedactBox]) -> Copy:
    exhibit, _, number = path.stem.partition("-")
    with Image.open(path) as picture:
        wide, tall = picture.size
    here = tuple(one.area for one in boxes if (one.exhibit, one.page) == (exhibit, int(number)))
    return Copy(exhibit, int(number), wide, tall, here)


def copy_of(request: Request) -> Response:
    """A picture of a pack that was drawn here."""
    told = request.path_params
    wanted = f"{told['exhibit']}-{told['page'].zfill(4)}.picture"
    found = next(
        (one for one in all_made_at(desk_of(request).workspace(), told["number"], ".picture") if one.name == wanted), None
    )
    if found is None:
        raise WrongRequest("That picture is not here any more.", "Have them drawn again, from the pack's page.")
    data = found.read_bytes()
    return Response(data, media_type=media_type_of("", data[:4096]))


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
