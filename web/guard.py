"""Nobody else gets in: who asks must hold the key, name this server, come from its own pages, and post with a token.

A page on the internet can make a browser ask a server on this machine (DNS rebinding, forms, other ports). So every request
names a host that is ours, every change comes from a page of ours, and the cookie never leaves with a request from elsewhere.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.language import PageLanguage, said

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with no-referrer a browser names no origin for our own forms either
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
_SAFE = ("GET", "HEAD")
_A_YEAR_S = 365 * 24 * 3600
ALIVE = "/alive"
PROXY_HEADER = "x-tradewitness-proxy"


@dataclass(frozen=True, slots=True)
class Proxy:
    """What stands in front of the server where others than this machine are let in: its origin (https://NAME), and the
    secret that it puts into the header of each request that it passes on.
    """

    origin: str
    secret: str = field(repr=False)

    def passed(self, headers: Headers) -> bool:
        """Whether a request came through it, and through nothing else."""
        given = headers.getlist(PROXY_HEADER)
        return len(given) == 1 and hmac.compare_digest(given[0].encode(), self.secret.encode())


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of one run of the server: what opens it, what its cookie holds, and what a form must hold."""

    port: int
    key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    proxy: Proxy | None = None
    lasting: bool = False  # whether the key stays the same when the server is started again

    @property
    def cookie_name(self) -> str:
        return f"tradewitness-{self.port}"  # a browser sends cookies to every port of a host: each server has its own

    @property
    def cookie(self) -> str:
        return self._of("cookie")

    @property
    def form(self) -> str:
        """What every form of ours holds, and no other page can know."""
        return self._of("form")

    @property
    def origins(self) -> tuple[str, ...]:
        """What this server is called; the first is what its addresses begin with."""
        if self.proxy is not None:
            return (self.proxy.origin,)
        return f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(urlsplit(origin).netloc for origin in self.origins)

    @property
    def address(self) -> str:
        """The first address: it holds the key, which becomes a cookie at once and leaves the address."""
        return f"{self.origins[0]}/?key={self.key}"

    @property
    def address_for_once(self) -> str:
        """What a browser is started with: everybody on the machine may read a program's arguments, so it opens once."""
        number = secrets.token_urlsafe(16)
        return f"{self.origins[0]}/?key={number}.{self._of(f'once {number}')}"

    def opens_once(self, given: str) -> bool:
        """Whether that is the key of an address that opens once, be it used or not."""
        number, _, mark = given.partition(".")
        return bool(mark) and hmac.compare_digest(mark.encode(), self._of(f"once {number}").encode())

    def answer_to(self, question: str) -> str:
        """What shows somebody who holds the key, too, that this server is ours: any other may have come to its port."""
        return self._of(f"alive {question}")

    def mark(self, text: str) -> str:
        """What shows that a sentence is ours, and not of somebody who made an address with it."""
        return self._of(f"said {text}")

    def _of(self, purpose: str) -> str:
        return hmac.new(self.key.encode(), purpose.encode(), sha256).hexdigest()


class Guard:
    """ASGI middleware around everything. What is refused is refused in one sentence, and nothing behind it runs."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self.app, self.keys = app, keys
        self._used: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    own.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, with_headers)
            return
        await self.app(scope, receive, with_headers)

    def _refusal(self, scope: Scope, headers: Headers) -> PlainTextResponse | RedirectResponse | None:
        """Why a request is not let through; or what is answered at once: the redirect that turns the key into a cookie, and
        that this server is ours.
        """
        if self.keys.proxy is not None and not self.keys.proxy.passed(headers):
            return _refused("This server answers to the proxy in front of it only.", 403, headers)
        if headers.getlist("host") not in ([host] for host in self.keys.hosts):
            return _refused("This server answers to its own address on this machine only.", 403, headers)
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        own_origin = origin is None or origin in self.keys.origins
        method = scope["method"]
        if method not in (*_SAFE, "POST"):
            return _refused("Only pages are shown here, and forms taken.", 405, headers)
        # A browser names the origin of every post; `none` is an address that was typed or opened from outside.
        if not own_origin or (method == "POST" and (origin is None or site not in (None, "same-origin"))):
            return _from_elsewhere(headers)
        # Another server on this machine is the same site to a cookie: its page may lead here, but ask nothing unseen.
        if site in ("same-site", "cross-site") and headers.get("sec-fetch-mode") != "navigate":
            return _from_elsewhere(headers)
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        if scope["path"] == ALIVE and method == "GET":
            return PlainTextResponse(self.keys.answer_to(asked.get("who", [""])[0]))
        given = asked.get("key", [""])[0]
        if given and method in _SAFE and scope["path"] == "/" and self._opened_by(given):
            answer = RedirectResponse("/", 303)
            answer.set_cookie(
                self.keys.cookie_name, self.keys.cookie, httponly=True, samesite="strict", path="/",
                secure=self.keys.proxy is not None, max_age=_A_YEAR_S if self.keys.lasting else None,
            )  # fmt: skip
            return answer
        if not self._knows_cookie(headers):
            return _refused(
                "Open tradewitness by the address that `tradewitness serve` printed; it holds the key to it.", 401, headers
            )
        return None

    def _opened_by(self, given: str) -> bool:
        if hmac.compare_digest(given.encode(), self.keys.key.encode()):
            return True
        if given in self._used or not self.keys.opens_once(given):
            return False
        self._used.add(given)
        return True

    def _knows_cookie(self, headers: Headers) -> bool:
        """Whether ours is among the cookies. Other servers on this machine set some, too, of whatever form."""
        held = (cookie_parser(line).get(self.keys.cookie_name, "") for line in headers.getlist("cookie"))
        return any(hmac.compare_digest(value.encode(), self.keys.cookie.encode()) for value in held)


def _from_elsewhere(headers: Headers) -> PlainTextResponse:
    return _refused("This request came from another page. Open tradewitness by its own address.", 403, headers)


def _refused(text: str, status: int, headers: Headers) -> PlainTextResponse:
    """A refusal in one sentence, in the language that the browser asks for."""
    return PlainTextResponse(f"{said(text, PageLanguage.of(headers))}\n", status)


def local_path(text: str) -> str:
    """Where a form asks to go back to, if that is a page of ours; else the first one."""
    try:
        parts = urlsplit(text)
    except ValueError:  # brackets where a host would stand
        return "/"
    ours = not parts.scheme and not parts.netloc and text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if ours and text.isprintable() else "/"
