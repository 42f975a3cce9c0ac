"""Every page and form of the server, in one table; what is refused before it is reached stands in `guard.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from collector.errors import DiskFull, TradewitnessError, WrongRequest
from web import cases, compare, house, kept, packs, working
from web.guard import Guard
from web.language import InReadersLanguage
from web.page import Desk, page, wrong
from web.work import unexpected

ROUTES = [
    Route("/", house.today),
    Route("/language", house.choose_language, methods=["POST"]),
    Route("/search", house.search),
    Route("/nights", house.nights),
    Route("/nights/{run}", house.report),
    Route("/nights/run", house.run_night, methods=["POST"]),
    Route("/settings", house.settings),
    Route("/settings/notify", house.change_notices, methods=["POST"]),
    Route("/settings/schedule", house.change_schedule, methods=["POST"]),
    Route("/settings/sign-in", house.sign_in, methods=["POST"]),
    Route("/new", cases.new),
    Route("/new", cases.begin_case, methods=["POST"]),
    Route("/case/{order}", cases.show),
    Route("/case/{order}/visit", cases.visit, methods=["POST"]),
    Route("/case/{order}/enter", cases.enter, methods=["POST"]),
    Route("/case/{order}/pages", cases.name_pages, methods=["POST"]),
    Route("/case/{order}/add", cases.add, methods=["POST"]),
    Route("/case/{order}/withdraw", cases.withdraw, methods=["POST"]),
    Route("/case/{order}/stop", cases.stop, methods=["POST"]),
    Route("/case/{order}/facts", kept.facts),
    Route("/case/{order}/changes", compare.changed),
    Route("/case/{order}/changes", compare.draw_changes, methods=["POST"]),
    Route("/changes/{number}", compare.drawn_changes),
    Route("/case/{order}/compare/{first}/{then}", compare.compare),
    Route("/case/{order}/thread", kept.thread),
    Route("/case/{order}/draft", cases.draft),
    Route("/case/{order}/pack", packs.choose),
    Route("/case/{order}/pack", packs.make, methods=["POST"]),
    Route("/case/{order}/pack/copies", packs.show_copies, methods=["POST"]),
    Route("/case/{order}/pack/boxes/{number}", packs.draw_boxes),
    Route("/pack/{number}", packs.download),
    Route("/pack/{number}/{exhibit}/{page}", packs.copy_of),
    Route("/verify", packs.verify_form),
    Route("/verify", packs.verify, methods=["POST"]),
    Route("/snapshot/{id}", kept.snapshot),
    Route("/snapshot/{id}/{role}/{part}", kept.picture),
    Route("/file/{order}/{id}", kept.photo),
    Route("/work/{id}", working.show),
    Route("/work/{id}/events", working.events),
    Route("/work/{id}/answer", working.answer, methods=["POST"]),
    Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
]


def make_app(desk: Desk) -> ASGIApp:
    """The application behind its guard: no answer goes out past it."""
    handlers: dict[type[Exception] | int, Callable[[Request, Exception], Response | Awaitable[Response]]] = {
        TradewitnessError: _told,
        HTTPException: _no_page,
        Exception: _unexpected,
    }
    app = Starlette(routes=ROUTES, exception_handlers=handlers)
    app.state.desk = desk
    return Guard(InReadersLanguage(app, desk.language), desk.keys)


def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, TradewitnessError)
    return wrong(request, error)


def _no_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    told = WrongRequest("There is no such page here.", "Go to Today, and from there to what you look for.")
    if status == 400:  # a form that is torn, or has too many parts
        told = WrongRequest(
            "What was sent is not understood.", "Load the page again, and send it once more; fewer files at once."
        )
        return page(request, "wrong.html", "That did not work", status, error=told)
    return page(request, "wrong.html", "No such page", status, error=told)


def _unexpected(request: Request, error: Exception) -> Response:
    """The last door: a person never sees a traceback, and it is kept for a report."""
    told = unexpected(error)
    return wrong(request, told, 507 if isinstance(told, DiskFull) else 500)
