"""The page of a piece of work: how far it is, what it asks, and what came of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from collector.errors import WrongRequest
from web.language import said
from web.page import desk_of, go, page, posted, text, whole
from web.work import Work, states


def show(request: Request) -> Response:
    """How far it is. Without scripts the page loads itself anew until it is over."""
    work = _work(request)
    return page(request, "work.html", work.title, work=work)


async def events(request: Request) -> Response:
    """Each change of state as a server-sent event; the last one says that it is over."""
    work = _work(request)

    async def stream() -> AsyncIterator[str]:
        async for state, step in states(work):
            yield f"data: {json.dumps({'state': state, 'step': said(step)})}\n\n"

    return StreamingResponse(stream(), media_type="text/event-stream")


@posted
def answer(request: Request, form: FormData) -> Response:
    """What the person answered."""
    work, number = _work(request), text(form, "number")
    work.answer(whole(number), text(form, "answer"))
    return go(request, f"/work/{work.id}")


def _work(request: Request) -> Work:
    work = desk_of(request).workshop.find(request.path_params["id"])
    if work is None:
        raise WrongRequest(
            "That work is not known any more: the server was started anew.", "What was kept is kept; look at Today."
        )
    return work
