"""Every page and form of the server, in one table; what is refused before it is reached stands in `guard.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from collector.errors import TradewitnessError, WrongRequest
from web import cases, house, kept, packs, working
from web.guard import Guard, Keys
from web.page import Desk, page, wrong
from web.work import Workshop

ROUTES = [
    Route("/", house.today),
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
    Route("/case/{order}/changes", kept.changed),
    Route("/case/{order}/changes", kept.draw_changes, methods=["POST"]),
    Route("/changes/{number}", kept.drawn_changes),
    Route("/case/{order}/thread", kept.thread),
    Route("/case/{order}/draft", cases.draft),
    Route("/case/{order}/pack", packs.choose),
    Route("/case/{order}/pack", packs.make, methods=["POST"]),
    Route("/pack/{number}", packs.download),
    Route("/verify", packs.verify_form),
    Route("/verify", packs.verify, methods=["POST"]),
    Route("/snapshot/{id}", kept.snapshot),
    Route("/snapshot/{id}/{role}/{part:int}", kept.picture),
    Route("/file/{order}/{id}", kept.photo),
    Route("/work/{id}", working.show),
    Route("/work/{id}/events", working.events),
    Route("/work/{id}/answer", working.answer, methods=["POST"]),
    Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
]


def make_app(archive: Path | None, keys: Keys) -> Starlette:
    """The application over one archive (None: the usual one)."""
    handlers: dict[type[Exception] | int, Callable[[Request, Exception], Response | Awaitable[Response]]] = {
        TradewitnessError: _told,
        HTTPException: _no_page,
    }
    app = Starlette(routes=ROUTES, middleware=[Middleware(Guard, keys=keys)], exception_handlers=handlers)
    app.state.desk = Desk(archive, keys, Workshop())
    return app


def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, TradewitnessError)
    return wrong(request, error)


def _no_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    told = WrongRequest("There is no such page here.", "Go to Today, and from there to what you look for.")
    return page(request, "wrong.html", "No such page", status, error=told)
