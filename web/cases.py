"""A case: begun, looked at, visited, told about, and stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from casework import views
from casework.asking.dossier import CheckAnswer, DeadlineAnswer, check_cases, deadlines_of, draft_for
from casework.asking.timeline import CaseTimeline, timeline
from casework.asking.today import NextAnswer, next_of
from casework.asking.told import CaseTold, told
from casework.blocks import View
from casework.cases import close_case, find_case, set_case, targets_of
from casework.workspace import Workspace
from collector.archive.queries import Look
from collector.errors import WrongRequest
from collector.kinds import FILE_KINDS, case_kinds, in_words, page_kind
from collector.progress import Progress, silent
from rules.policy.fact_names import FACT_NAMES
from rules.policy.platform import REASONS
from web.language import page_language
from web.page import begin, desk_of, go, page, posted, shown_view, text
from web.timeline import picture
from web.uploads import received
from web.work import Outcome, WebPerson

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of a case: its kind and what such a page is called, its address, and the newest visits of it."""

    kind: str
    title: str
    url: str
    visits: tuple[Look, ...]


def new(request: Request) -> Response:
    """Where a case begins: an order's number, or its page's address."""
    return page(request, "new.html", "Watch an order")


@posted
def begin_case(request: Request, form: FormData) -> Response:
    """Finds the order, asks whether it is the one meant, and keeps its pages."""
    order, ws = text(form, "order"), desk_of(request).workspace
    if not order:
        raise WrongRequest("Say which order to watch.", "Its number stands on its page and in the site's e-mails.")

    def run(progress: Progress, person: WebPerson) -> Outcome:
        from casework.keeping.watch import WatchRequest, watch

        answer = watch(ws(), WatchRequest(orders=(order,)), person, progress)
        onward = [(f"/case/{found.order}", f"The case of order {found.order}") for found in answer.found]
        return Outcome(views.watched(answer), (*onward, ("/", "Today")))

    return begin(request, "Watching an order", "/new", run)


def show(request: Request) -> Response:
    """All of a case: what to do, deadlines, findings, its pages with their visits, and what the buyer gave."""
    ws = desk_of(request).look()
    ws.archive.require()
    case = find_case(ws, request.path_params["order"])
    found = what_is_shown(ws, case.order)
    return page(
        request, "case.html", "A case", case=case, step=found.step, deadlines=shown_view(views.deadlines(found.deadlines)),
        findings=_recalled(ws, case.order, "findings", found.findings, views.findings),
        pages=found.pages, timeline=found.timeline, days=picture,
        told=found.told, told_view=_recalled(ws, case.order, "told", found.told, views.told),
        names=[name for name in FACT_NAMES if not name.page], kinds=[(k.name, in_words(k.name)) for k in FILE_KINDS],
        page_kinds=[(k.name, in_words(k.name)) for k in case_kinds()],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a case shows of it, as of an instant."""

    step: NextAnswer
    deadlines: DeadlineAnswer
    findings: list[CheckAnswer]
    pages: list[CasePage]
    timeline: CaseTimeline
    told: CaseTold


def what_is_shown(ws: Workspace, order: str) -> Shown:
    """All that is shown of a case. Raises WrongRequest."""
    return Shown(
        next_of(ws, order), deadlines_of(ws, (order,)), findings_of(ws, order), _pages(ws, order), timeline(ws, order),
        told(ws, order),
    )  # fmt: skip


def findings_of(ws: Workspace, order: str) -> list[CheckAnswer]:
    """What is covered, missing or contradicts itself in a case, as of now."""
    return check_cases(ws, (order,), False, (), "", silent)


def _recalled(ws: Workspace, order: str, part: str, answer: _T, view: Callable[[_T], View]) -> Markup:
    """A part of the page, made once for an answer and a language; whether English stayed in it is said each time."""
    who = page_language()

    def made() -> tuple[Markup, bool]:
        before, who.left_english = who.left_english, False
        shown = shown_view(view(answer))
        in_it, who.left_english = who.left_english, before
        return shown, in_it

    shown, english = ws.index.recalled(order, ("part", part, who.lang), made, beside=answer)
    who.left_english = who.left_english or english
    return shown


def _pages(ws: Workspace, order: str) -> list[CasePage]:
    visits: dict[str, list[Look]] = {}
    for look in reversed(ws.index.looks(order)):
        visits.setdefault(look.target, []).append(look)
    return [
        CasePage(target.kind, page_kind(target.kind).title, target.url, tuple(visits.get(target.id, ())[:12]))
        for target in targets_of(ws, order)
    ]


@posted
def visit(request: Request, form: FormData) -> Response:
    """Visits the pages of the case now."""
    order, ws = _order(request), desk_of(request).workspace

    def run(progress: Progress, person: WebPerson) -> Outcome:
        from casework.keeping.capture import capture_pages

        answer = capture_pages(ws(), order, (), progress)
        return Outcome(views.captured(answer), ((f"/case/{order}", "Back to the case"),))

    return begin(request, "Keeping the pages", f"/case/{order}", run)


@posted
def enter(request: Request, form: FormData) -> Response:
    """Enters what the buyer knows, corrects it, or takes it back; nothing is erased."""
    order, name, value = _order(request), text(form, "name"), text(form, "value")
    if "=" in name or not name:
        raise WrongRequest("Say what it is that you know.", "Choose it from the list.")
    set_case(
        desk_of(request).workspace(), order, [f"{name}={value}"], {}, why=text(form, "why"), insist=bool(form.get("insist"))
    )
    return go(request, f"/case/{order}", "Entered." if value else "Taken back; the case's history says so.")


@posted
def name_pages(request: Request, form: FormData) -> Response:
    """Names another page of the case."""
    order, kind, url = _order(request), text(form, "kind"), text(form, "url")
    set_case(desk_of(request).workspace(), order, [], {kind: (url,)})
    return go(request, f"/case/{order}", "The page is written down; it is visited from now on.")


@posted
def add(request: Request, form: FormData) -> Response:
    """Keeps the buyer's own files."""
    order, desk = _order(request), desk_of(request)
    ws = desk.workspace()
    case = find_case(ws, order)
    from casework.keeping.add import FileDetails, add_and_seal

    said = FileDetails(text(form, "kind"), text(form, "note") or None, text(form, "url"), text(form, "saved"))
    with received(ws, form) as paths:
        if not paths:
            raise WrongRequest("No file was chosen.", "Choose one or more, or drop them on the page.")
        kept, seal = add_and_seal(ws, case.order, paths, said, silent)
    return page(
        request, "done.html", "Your files", shown=shown_view(views.added(kept, seal)),
        onward=((f"/case/{case.order}", "Back to the case"),),
    )  # fmt: skip


@posted
def withdraw(request: Request, form: FormData) -> Response:
    """Takes a file out of the case; its history says so."""
    from casework.keeping.withdraw import withdraw as take_out

    order = _order(request)
    take_out(desk_of(request).workspace(), order, [text(form, "file")], text(form, "why"), silent)
    return go(request, f"/case/{order}", "The file is out of the case; its history says so.")


@posted
def stop(request: Request, form: FormData) -> Response:
    """Stops watching the case."""
    order = _order(request)
    close_case(desk_of(request).workspace(), order)
    return go(request, "/", f"Order {order} is no longer watched. What was kept stays kept.")


def draft(request: Request) -> Response:
    """A text for the buyer to copy."""
    ws, query, order = desk_of(request).look(), request.query_params, request.path_params["order"]
    kind, lang = query.get("kind", "supplier"), query.get("lang", "en")
    reasons = tuple(one for one in query.getlist("reason") if one in REASONS)
    made = draft_for(ws, order, kind, lang, reasons, silent)
    return page(
        request, "draft.html", "A text to copy", order=order, kind=kind, lang=lang, reasons=reasons, all_reasons=REASONS,
        draft=shown_view(views.draft(made)),
    )  # fmt: skip


def _order(request: Request) -> str:
    """The order number of the case that an address names. Raises WrongRequest."""
    ws = desk_of(request).workspace()
    ws.archive.require()
    return find_case(ws, request.path_params["order"]).order
