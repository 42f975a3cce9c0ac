"""How a page is made and a form is read: templates that escape everything, one sentence for what is wrong."""

from __future__ import annotations

import functools
import hmac
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from casework.blocks import View
from casework.cases import machine_zone
from casework.notices.book import read_book
from casework.views.scheduling import OUTCOME_WORDS
from casework.workspace import Workspace, workspace
from collector.archive.memory import Memory
from collector.clock import StandingClock, SystemClock
from collector.errors import PARTIAL, PERSON_NEEDED, WRONG_REQUEST, ArchiveError, DiskFull, TradewitnessError, WrongRequest
from collector.inert import shown
from web.guard import Keys, local_path
from web.language import LANGUAGES, TAGS, fixed, moment, page_language, said
from web.shown import as_html, kept, linked, quoted
from web.work import Run, Workshop

MOST_BYTES = 4 << 30  # of one form with its files
_CLOSED = "base-uri 'none'; form-action 'none'; sandbox allow-popups"
_MOST_FILES, _MOST_FIELDS = 200, 300
_MOST_DIGITS = 9
_STATUS = {WRONG_REQUEST: 400, PERSON_NEEDED: 409, PARTIAL: 507}


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page works with: the archive's folder, the keys of this server, its work in the background, and what the
    index said before.
    """

    archive: Path | None  # None: the usual one
    keys: Keys
    workshop: Workshop = field(default_factory=Workshop)
    memory: Memory = field(default_factory=Memory)

    def workspace(self) -> Workspace:
        """A workspace of this request's own: its index belongs to the thread that opened it."""
        return workspace(self.archive, memory=self.memory)

    def look(self) -> Workspace:
        """The same to look at: all that a page tells is as of one instant."""
        return workspace(self.archive, StandingClock(SystemClock().now()), self.memory)

    def language(self) -> str:
        """The language of the first address that is told of deadlines; "" where there is none."""
        try:
            return next((one.lang for one in read_book(self.workspace()).addresses), "")
        except ArchiveError:
            return ""


def desk_of(request: Request) -> Desk:
    """What the server was started with."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


def _inert(value: object) -> object:
    """Whatever a template shows: text in which every sign that acts or hides is shown as what it is."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_inert,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.extend(newstyle_gettext=True)
    made.add_extension("jinja2.ext.i18n")
    made.globals.update(gettext=_gettext, ngettext=_ngettext)
    made.policies["ext.i18n.trimmed"] = True
    made.filters["linked"] = linked
    made.filters["quoted"] = quoted
    made.filters["bare"] = shown_view
    made.filters["kept"] = kept
    made.filters["ours"] = said
    made.filters["local"] = lambda at, zone: moment(at, zone or machine_zone())
    made.filters["outcome"] = lambda outcome: said(OUTCOME_WORDS.get(outcome, str(outcome)))
    return made


@pass_context
def _gettext(context: Context, text: str, **values: object) -> Markup:
    """A text of a template in the reader's language, with what belongs in its places made inert and escaped."""
    return escape(fixed(text)) % {name: _inert(value) for name, value in values.items()}


@pass_context
def _ngettext(context: Context, one: str, several: str, number: int, **values: object) -> Markup:
    """The same where the number decides; a language without a plural knows the first alone."""
    text = fixed(one if number == 1 else several)
    return escape(text) % {"num": number, **{name: _inert(value) for name, value in values.items()}}


def shown_view(view: View) -> Markup:
    """A view without the commands to type: the page has buttons for them."""
    return as_html(view, hints=False)


_TEMPLATES = _environment()


def page(request: Request, template: str, title: str, status: int = 200, **told: Any) -> HTMLResponse:
    """A page of ours, with the way to every other one."""
    desk = desk_of(request)
    values = {
        "title": title, "path": request.url.path, "form_token": desk.keys.form, "running": desk.workshop.running,
        "said": _said(request), "language": page_language(), "languages": LANGUAGES, "tags": TAGS, "here": _here(request),
        **told,
    }  # fmt: skip
    return HTMLResponse(_TEMPLATES.get_template(template).render(values), status)


def _here(request: Request) -> str:
    """Where this page is seen again: its own address, or of what a form was answered with, the page with the form."""
    if request.method == "GET":
        asked = [(name, value) for name, value in request.query_params.multi_items() if name not in ("said", "mark")]
        return f"{request.url.path}?{urlencode(asked)}".rstrip("?")
    return local_path(request.headers.get("referer", "").removeprefix(str(request.base_url).rstrip("/")))


def _said(request: Request) -> str:
    """What the form before this page came to; "" where the address was made by somebody else."""
    said, mark = (request.query_params.get(name, "") for name in ("said", "mark"))
    return said if hmac.compare_digest(mark.encode(), desk_of(request).keys.mark(said).encode()) else ""


def wrong(request: Request, error: TradewitnessError, status: int = 0) -> HTMLResponse:
    """What was asked is wrong, or cannot be done: one sentence, and what to do next."""
    return page(request, "wrong.html", "That did not work", status or _STATUS.get(error.exit_code, 400), error=error)


def document(path: Path) -> Response:
    """A page that was written as a file of its own (a night's report, what changed): it has its own styles, runs no code,
    and asks the network nothing.
    """
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; {_CLOSED}"
    return FileResponse(path, media_type="text/html", headers={"content-security-policy": policy})


def go(request: Request, path: str, said: str = "") -> RedirectResponse:
    """To another page of ours, after a change, with what is said there: a reload does not make the change again."""
    told = {"said": said, "mark": desk_of(request).keys.mark(said)}
    return RedirectResponse(local_path(f"{path}?{urlencode(told)}" if said else path), 303)


def posted(handler: Callable[[Request, FormData], Response]) -> Callable[[Request], Awaitable[Response]]:
    """A form of ours, read and then acted on in a thread of its own. A form without the token that only our pages hold is
    refused with WrongRequest.
    """

    @functools.wraps(handler)
    async def endpoint(request: Request) -> Response:
        _require_room(request)
        async with request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS) as form:
            given = form.get("token")
            if not isinstance(given, str) or not hmac.compare_digest(given.encode(), desk_of(request).keys.form.encode()):
                raise WrongRequest("This form is not of this page any more.", "Load the page again, and send it once more.")
            return await run_in_threadpool(handler, request, form)

    return endpoint


def _require_room(request: Request) -> None:
    """Refuses what is larger than is taken, or than fits on the disk, before the first byte of it is read."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or "transfer-encoding" in request.headers:
        raise WrongRequest("The size of what was sent is not known.", "Send it from the page's own form.")
    if int(length) > MOST_BYTES:
        raise WrongRequest("That is more than 4 GB at once.", "Send the files one after the other, or cut the video.")
    if int(length) * 3 > shutil.disk_usage(tempfile.gettempdir()).free:
        raise DiskFull("There is not enough room on the disk for that.", "Make room, then send it again. Nothing was lost.")


def text(form: FormData, name: str) -> str:
    """A field's text, trimmed; "" where it was not given."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def whole(text: str) -> int:
    """A whole number; 0 for whatever is none, or far too long."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else 0


def begin(request: Request, title: str, back: str, run: Run) -> RedirectResponse:
    """Begins a piece of work, and goes to the page that shows it."""
    return go(request, f"/work/{desk_of(request).workshop.start(title, back, run).id}")
