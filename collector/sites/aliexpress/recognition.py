"""What a stored page is: a wall, a challenge, an error, or a page of a known kind. Decided by address, status and markup."""

from __future__ import annotations

import re

from collector.address import parts_of
from collector.reading.markup import Frame
from collector.site import Recognition, StoredPage
from collector.sites.aliexpress.addresses import address_of
from collector.sites.aliexpress.pages import PAGES, page_of

_CHALLENGE_BOXES = "#nc-container, #punish-component, .punish-component, #nocaptcha, #baxia-punish, #baxia-dialog-content"
_CHALLENGE_PATH = re.compile(r"/_____tmd_____/(?:punish|verify|page)")
_NOT_FOUND = re.compile(
    r"(?:sorry,?\s+)?(?:the |this )?(?:page|item|store|order)\b.{0,60}\b(?:not found|no longer available|can.t be found"
    r"|does(?: not|n.t) exist)|404\b",
    re.IGNORECASE,
)
_LITTLE_TEXT = 300


def recognise(page: StoredPage, frames: tuple[Frame, ...]) -> Recognition:
    """The barrier, if one stands before the page; else its kind, and "" where address or layout are not known."""
    kind = address_of(page.url).kind if page.url else kind_by_content(frames)
    if (barrier := _barrier(page, frames, kind)) is not None:
        return Recognition(kind, *barrier)
    if not kind:
        where = "The address is of no kind" if page.url else "Neither its address nor its layout is that"
        return Recognition("", "", f"{where} of page that is known.")
    if not any(shows(frame, kind) for frame in frames):
        return Recognition("", "", f"The address is that of a page of kind {kind}, but its layout is not known.")
    return Recognition(kind, "", f"Address and layout are those of a page of kind {kind}.")


def kind_by_content(frames: tuple[Frame, ...]) -> str:
    """The kind of a page whose address is not known, by what only such a page has; "" where nothing tells."""
    kinds = (page.kind for page in PAGES if page.read is not None or page.kind == "order_list")
    return next((kind for kind in kinds if any(shows(frame, kind) for frame in frames)), "")


def shows(frame: Frame, kind: str) -> bool:
    """Whether a frame holds what only a page of that kind has: its data, or its own parts."""
    page = page_of(kind)
    if page.data is not None and page.data(frame).value:
        return True
    return frame.soup.select_one(page.parts) is not None if page.parts else bool(frame.text)


def _barrier(page: StoredPage, frames: tuple[Frame, ...], kind: str) -> tuple[str, str] | None:
    if _CHALLENGE_PATH.search(parts_of(page.url).path):
        return "challenge", "The site led to its challenge address."
    if any(frame.soup.find("iframe", src=_CHALLENGE_PATH) is not None for frame in frames):
        return "challenge", "The site's challenge stands over the page."
    main = frames[0] if frames else None
    little = main is not None and len(main.text) <= _LITTLE_TEXT
    if main is not None and little and main.soup.select_one(_CHALLENGE_BOXES) is not None:
        return "challenge", "The page is the site's challenge and shows nothing else."
    if kind == "login" or page.status == 401:
        return "login", "The site led to its sign-in page."
    if page.status in {404, 410}:
        return "not_found", f"The site answered {page.status}."
    if page.status == 451:
        return "region", "The site does not serve this page where this computer is (451)."
    if page.status >= 400:
        return "error", f"The site answered {page.status}."
    return _said_by_page(main, kind) if main is not None and not (kind and shows(main, kind)) else None


def _said_by_page(main: Frame, kind: str) -> tuple[str, str] | None:
    """A page in place of what was asked for, answered with 200: a sign-in form, or a heading that says it is not there."""
    if main.soup.select_one("form input[type=password], #fm-login-id") is not None:
        return "login", "The page is a sign-in form in place of what was asked for."
    headings = [main.title, *(tag.get_text(" ", strip=True) for tag in main.soup.find_all(["h1", "h2"], limit=3))]
    if kind and any(_NOT_FOUND.match(heading) for heading in headings):
        return "not_found", "The page's own heading says that it was not found."
    return None
