"""Pages about everything: Today, search, the nights, and the settings."""

from __future__ import annotations

import re

from babel import Locale
from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from casework import views
from casework.asking.search import Filters
from casework.asking.search import search as find
from casework.asking.today import today as today_of
from casework.cases import cases
from casework.keeping.night_report import FOLDER
from casework.notices import notify
from casework.notices.book import Book
from casework.proving.status import status as sealed
from casework.scheduling import schedule
from casework.workspace import Workspace
from collector.archive.queries import Case, PausedAccount
from collector.errors import ArchiveError, PersonNeeded, TradewitnessError, WrongRequest
from collector.progress import Progress
from rules.notices import wording
from web.language import COOKIE, LANGUAGES
from web.page import begin, desk_of, document, go, page, posted, shown_view, text, whole
from web.work import Outcome, WebPerson

_A_YEAR_S = 365 * 24 * 3600
_RUN = re.compile(r"\d{8}T\d{6}Z")


def today(request: Request) -> Response:
    """What is most urgent, first; an archive that is not there yet is begun from here."""
    ws = desk_of(request).look()
    answer = today_of(ws)
    return page(request, "today.html", "Today", answer=answer, closed=[c for c in _cases(ws) if c.closed])


def _cases(ws: Workspace) -> list[Case]:
    return cases(ws) if ws.archive.exists else []


@posted
def choose_language(request: Request, form: FormData) -> Response:
    """The language of the pages in this browser from now on."""
    lang, answer = text(form, "lang"), go(request, text(form, "back"))
    if lang not in LANGUAGES:
        raise WrongRequest("There are no pages in that language.", "Choose one that stands at the top of each page.")
    answer.set_cookie(COOKIE, lang, max_age=_A_YEAR_S, httponly=True, samesite="strict", path="/")
    return answer


def search(request: Request) -> Response:
    """Words in everything that is kept."""
    ws, query = desk_of(request).look(), request.query_params
    words, case = query.get("q", "").strip(), query.get("case", "")
    found = None
    if words and ws.archive.exists:
        limit = min(whole(query.get("limit", "")) or 50, 500)
        found = shown_view(views.found(find(ws, [words], Filters(case=case, limit=limit))))
    return page(request, "search.html", "Search", words=words, case=case, found=found, cases=_cases(ws))


def nights(request: Request) -> Response:
    """What the nights did, and whether they run by themselves."""
    ws = desk_of(request).workspace()
    told = list(reversed(ws.index.nights()))[:60] if ws.archive.exists else []
    ended = [(night, _report(ws, str(night.body.get("run", "")))) for night in told if night.finished]
    return page(request, "nights.html", "Nights", nights=ended, plan=_schedule(ws))


def _report(ws: Workspace, run: str) -> str:
    """The address of a night's report, or "" where it is not there (any more)."""
    return f"/nights/{run}" if _RUN.fullmatch(run) and (ws.archive.root / FOLDER / f"{run}.html").is_file() else ""


def report(request: Request) -> Response:
    """A night's report, as it was written."""
    ws, run = desk_of(request).workspace(), request.path_params["run"]
    if not _report(ws, run):
        raise WrongRequest("There is no report of that night.", "Go to Nights, and choose one there.")
    return document(ws.archive.root / FOLDER / f"{run}.html")


def _schedule(ws: Workspace) -> Markup | str:
    """The schedule as it is; a machine that has none says so."""
    try:
        return shown_view(views.scheduled(schedule.status(ws, schedule.this_machine())))
    except TradewitnessError as error:
        return f"{error.message} {error.hint}"


@posted
def run_night(request: Request, form: FormData) -> Response:
    """Visits what is due now."""
    ws = desk_of(request).workspace

    def run(progress: Progress, person: WebPerson) -> Outcome:
        from casework.notices.nights import told_night

        return Outcome(views.told_night(told_night(ws(), progress)), (("/", "Today"),))

    return begin(request, "Looking at what is due", "/nights", run)


def settings(request: Request) -> Response:
    """Who is told, the schedule, the accounts, and what is sealed."""
    ws = desk_of(request).workspace()
    accounts = ws.accounts.known()
    seal = shown_view(views.status(sealed(ws))) if ws.archive.exists else None
    book, torn = _book(ws)
    return page(
        request,
        "settings.html",
        "Settings",
        archive=str(ws.archive.root),
        paused=_paused(ws),
        book=book,
        torn=torn,
        plan=_schedule(ws),
        accounts=accounts,
        seal=seal,
        notice_languages={lang: Locale(lang).display_name for lang in wording.LANGUAGES},
    )


def _book(ws: Workspace) -> tuple[Book, TradewitnessError | None]:
    """Who is told, and why it cannot be read, where it cannot: the rest of the page stands."""
    try:
        return notify.listed(ws).book, None
    except ArchiveError as error:
        return Book(), error


def _paused(ws: Workspace) -> dict[str, PausedAccount]:
    return ws.index.paused() if ws.archive.exists else {}


@posted
def change_notices(request: Request, form: FormData) -> Response:
    """Adds, removes, tests or confirms an address; names a calendar file or a dead-man's service."""
    ws, what = desk_of(request).workspace(), text(form, "do")
    if what == "test":

        def run(progress: Progress, person: WebPerson) -> Outcome:
            return Outcome(
                views.notified(notify.try_addresses(desk_of(request).workspace(), progress)), (("/settings", "Settings"),)
            )

        return begin(request, "Sending a test", "/settings", run)
    if what == "add":
        options = {"lang": text(form, "lang") or "en", "zone": text(form, "zone")}
        answer = notify.add_address(ws, text(form, "url"), _Nobody(), discreet=bool(form.get("discreet")), **options)
    elif what == "remove":
        answer = notify.remove_address(ws, whole(text(form, "number")))
    elif what == "confirm":
        answer = notify.confirm(ws, text(form, "code"))
    else:
        answer = notify.set_ping(ws, text(form, "url"))
    return go(request, "/settings", answer.said)


class _Nobody:
    """Whoever fills in a form has answered already."""

    present = False

    def tell(self, text: str) -> None:
        """Nobody reads."""

    def ask(self, question: str) -> str:
        raise PersonNeeded(question)

    def agrees(self, question: str, *, unless_no: bool = False) -> bool:
        raise PersonNeeded(question)


@posted
def change_schedule(request: Request, form: FormData) -> Response:
    """Puts the nights into the machine's scheduler, or takes them out."""
    ws, machine = desk_of(request).workspace(), schedule.this_machine()
    if text(form, "do") == "remove":
        schedule.remove(ws, machine, "", dry_run=False)
        return go(request, "/settings", "Nothing runs by itself any more.")
    schedule.install(ws, machine, text(form, "at"), "", pages=bool(form.get("pages")), dry_run=False)
    return go(request, "/settings", "The nights run by themselves from now on.")


@posted
def sign_in(request: Request, form: FormData) -> Response:
    """Opens a window to sign in to the site; its page asks what the terminal would."""
    name, ws = text(form, "name"), desk_of(request).workspace

    def run(progress: Progress, person: WebPerson) -> Outcome:
        from casework.keeping.sign_in import login

        return Outcome(views.signed_in(login(ws(), name, "", person, yes=False, progress=progress)), (("/", "Today"),))

    return begin(request, "Signing in", "/settings", run)
