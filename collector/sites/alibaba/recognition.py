"""What a stored page is: a wall, a challenge, an error, or a page of a known kind. Decided by address, status and markup."""

from __future__ import annotations

import re

from collector.address import parts_of
from collector.reading.markup import Frame
from collector.site import Recognition, StoredPage
from collector.sites.alibaba.addresses import address_of
from collector.sites.alibaba.pages import PAGES, page_of
from collector.sites.alibaba.thread import is_list

_CHALLENGE_BOXES = "#nc-container, #punish-component, .punish-component, punish-component, #nocaptcha, #baxia-punish"
_CHALLENGE_FRAME = re.compile(r"/_____tmd_____/(?:punish|verify|page)")
_CHALLENGE_SCRIPT = re.compile(r"_____tmd_____|x5sec|punish-component|[\"']action[\"']\s*:\s*[\"']captcha[\"']")
_NOT_FOUND = re.compile(
    r"(?:error\s+)?404\b|(?:sorry,?\s+)?(?:the\s+)?page (?:was |is )?not found\b|.{0,80}\bno longer available|页面不存在",
    re.IGNORECASE,
)
_SERVER_ERROR = re.compile(
    r"^(?:50[0-9]\b.*|(?:internal )?server error.*|service (?:busy|unavailable).*|系统繁忙.*)", re.IGNORECASE
)
# What the site says in place of an order, a dispute or their messages: gone, or another account's.
_NO_ORDER = re.compile(
    r"(?:sorry,?\s+)?(?:the |this |your )?(?:order|dispute|refund (?:request|application))\b.{0,40}"
    r"\b(?:not found|does(?: not|n.t) exist|(?:can(?: ?not|.t)|could(?: not|n.t)) be found|not available)\b"
    r"|(?:sorry,?\s+)?you (?:do not|don.t) have (?:the )?(?:permission|access|authori[sz]ation)\b|no permission\b"
    r"|(?:订单|纠纷|退款申请)(?:不存在|未找到)|(?:您)?(?:无权|没有权限)"
    r"|(?:el |este )?pedido no (?:existe|encontrado)|pesanan tidak ditemukan",
    re.IGNORECASE,
)
# Pages that want an answer before they show anything: marked by their own form or block, with nothing else on the page.
_CONSENT_BOXES = (
    "#gdpr-page, #consent-page, [data-module-name=consent], [data-module-name=agreement], "
    "form[action*=consent], form[action*=gdpr], form[action*=agreement]"
)
_CONSENT_ADDRESS = re.compile(r"^(?:consent|privacy)\.|/(?:gdpr|consent|agreement)(?:/|\.html?$|$)", re.IGNORECASE)
_REGION_BOXES = "#region-block, #region-select, [data-module-name=region], form[action*=region]"
_REGION = re.compile(
    r"(?:sorry,?\s+)?.{0,60}\b(?:not|isn.t|unavailable)\b.{0,30}\bin your (?:country|region|location|area)\b"
    r"|(?:please )?(?:select|choose) your (?:country|region)\b|.{0,20}您所在的(?:国家|地区)",
    re.IGNORECASE,
)
_MAINTENANCE = re.compile(r"\b(?:under|scheduled|down for) maintenance\b|系统维护", re.IGNORECASE)
_LITTLE_TEXT = 300


def recognise(page: StoredPage, frames: tuple[Frame, ...]) -> Recognition:
    """The barrier, if one stands before the page; else its kind, and "" where address or layout are not known."""
    kind = address_of(page.url).kind if page.url else _kind_by_content(frames)
    messengers = ("thread", "conversations")
    if kind in messengers and any(shows(frame, one) for frame in frames for one in messengers):
        # One address serves both: only the page says whether a conversation is open.
        kind = "conversations" if all(is_list(frame) for frame in frames) else "thread"
    barrier = _barrier(page, frames, kind)
    if barrier is not None:
        return Recognition(kind, *barrier)
    if not kind and not page.url:
        return Recognition("", "", "Neither its address nor its layout says what page it is.")
    if not kind:
        return Recognition("", "", "The address is of no kind of page that is known.")
    if not frames or not any(shows(frame, kind) for frame in frames):
        return Recognition("", "", f"The address is that of a page of kind {kind}, but its layout is not known.")
    return Recognition(kind, "", f"Address and layout are those of a page of kind {kind}.")


def _kind_by_content(frames: tuple[Frame, ...]) -> str:
    """The kind of a page whose address is not known, by what only such a page has; "" where nothing tells."""
    signs = (_has_data, shows)  # its data or modules tell more than a part that other pages may have too
    kinds = [page.kind for page in PAGES if page.by_content]
    found = (kind for look in signs for kind in kinds if any(look(frame, kind) for frame in frames))
    # Cards of goods stand on many pages: only its data make a page one of results.
    return next(found, "search" if any(_has_data(frame, "search") for frame in frames) else "")


def _barrier(page: StoredPage, frames: tuple[Frame, ...], kind: str) -> tuple[str, str] | None:
    why = _challenged(page, frames)
    if why:
        return "challenge", why
    if kind == "login" or page.status == 401:
        return "login", "The site led to its sign-in page."
    if page.status in {404, 410}:
        return "not_found", f"The site answered {page.status}."
    if page.status == 451:
        return "region", "The site does not serve this page where this computer is (451)."
    main = frames[0] if frames else None
    if page.status >= 500:
        closed = page.status == 503 and main is not None and bool(_MAINTENANCE.search(f"{main.title} {main.text[:500]}"))
        return ("maintenance" if closed else "error"), f"The site answered {page.status}."
    if page.status >= 400:
        return "error", f"The site answered {page.status}."
    return _said_by_page(page, main, kind) if main is not None else None


def _said_by_page(page: StoredPage, main: Frame, kind: str) -> tuple[str, str] | None:
    """An error page that was answered with 200: by its own address, or by a heading on a page that shows nothing else."""
    host = parts_of(page.url).hostname or ""
    if host.startswith("error.") or re.search(r"/(?:error)?404(?:\.html?)?$", parts_of(page.url).path):
        return "not_found", "The site led to its page for what is not there."
    if (kind and shows(main, kind)) or len(main.text) > 4000:
        return None
    if main.soup.select_one("form input[type=password]") is not None:
        return "login", "The page is a sign-in form in place of what was asked for."
    address = parts_of(page.url)
    headings = [
        main.title.split(" - ")[0],
        *(h.get_text(" ", strip=True) for h in main.soup.find_all(["h1", "h2"], limit=3)),
    ]
    own = host == "alibaba.com" or host.endswith(".alibaba.com")  # elsewhere a banner's form proves nothing
    if own and (main.soup.select_one(_REGION_BOXES) is not None or any(_REGION.match(heading) for heading in headings)):
        return "region", "The site asks for, or refuses, the region that this computer is in."
    asks = _CONSENT_ADDRESS.search(host) or _CONSENT_ADDRESS.search(address.path)
    if own and (asks or main.soup.select_one(_CONSENT_BOXES) is not None):
        return "consent", "The site asks for an agreement before it shows the page."
    if any(_NO_ORDER.match(heading) for heading in headings):
        return "not_found", "The site says that this is not there, or not for the account that is signed in."
    if any(_NOT_FOUND.match(heading) for heading in headings):
        return "not_found", "The page's own heading says that it was not found."
    if any(_SERVER_ERROR.match(heading) for heading in headings):
        return "error", "The page's own heading says that the site failed."
    if any(_MAINTENANCE.search(heading) for heading in headings):
        return "maintenance", "The page's own heading says that the site is being maintained."
    return None


def _challenged(page: StoredPage, frames: tuple[Frame, ...]) -> str:
    """Why the page is a challenge, or "". Protection scripts alone stand on good pages too, so they prove nothing."""
    if _CHALLENGE_FRAME.search(parts_of(page.url).path):
        return "The site led to its challenge address."
    for frame in frames:
        if frame.soup.find("iframe", src=_CHALLENGE_FRAME) is not None:
            return "The site's challenge stands over the page."
    main = frames[0] if frames else None
    if main is None or len(main.text) > _LITTLE_TEXT:
        return ""
    boxed = main.soup.select_one(_CHALLENGE_BOXES) is not None
    scripted = any(_CHALLENGE_SCRIPT.search(script) for script in main.script_text)
    return "The page is the site's challenge and shows nothing else." if boxed or (scripted and not main.title) else ""


def shows(frame: Frame, kind: str) -> bool:
    """Whether a frame holds what only a page of that kind has: its data, its module blocks, or its own parts."""
    if _has_data(frame, kind):
        return True
    parts = page_of(kind).parts
    return frame.soup.select_one(parts) is not None if parts else bool(frame.text)


def _has_data(frame: Frame, kind: str) -> bool:
    """Whether a frame embeds the data of a page of that kind, or has its module blocks."""
    page = page_of(kind)
    if page.data is not None and page.data(frame).value:
        return True
    return any(name in frame.modules for name in page.modules)
