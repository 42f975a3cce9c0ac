"""A loopback server with the pages that a visit must cope with."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.collector.browser import messengers
from tests.collector.capture.fake import ORDER

SECRET = "s9f3k2LmQ8zX71vBnT0aa"
_ORDER = f"<h1>Order</h1><b class='number'>{ORDER}</b><p>Total USD 8,600.00, 不好意思</p>"
_ROWS = "".join(f"<p style='height:190px;margin:5px'>Row {n}</p>" for n in range(106))


def _page(body: str, kind: str = "order") -> str:
    return f"<!DOCTYPE html><html><head><meta charset=utf-8><title>t</title></head><body class='{kind}'>{body}</body></html>"


PAGES: dict[str, str] = messengers.PAGES | {
    "/order": _page(_ORDER),
    "/order/other": _page(_ORDER.replace(ORDER, "111111111111111")),
    "/order/long": _page(
        _ORDER + _ROWS + "<div id=seen></div><script>new IntersectionObserver((e, o) => { if (e[0].isIntersecting) {"
        "document.getElementById('seen').textContent = 'loaded on sight'; o.disconnect(); } })"
        ".observe(document.getElementById('seen'));</script>"
        "<script>addEventListener('resize', () => document.body.append('RESIZED'))</script>"
    ),
    "/order/busy": _page(_ORDER + "<script>setInterval(() => fetch('/ping').catch(() => 0), 100)</script>"),
    "/order/restless": _page(
        _ORDER
        + "<i id=n></i><script>let n = 0; setInterval(() => document.getElementById('n').textContent = n++, 20)</script>"
    ),
    "/order/late": _page(
        "<script>setTimeout(() => fetch('/part').then(a => a.text()).then(t => document.body.innerHTML = t), 200)</script>"
    ),
    "/order/spinner": _page(
        "<div class='page-spinner' style='width: 40px; height: 40px'></div><script>setTimeout(() => fetch('/part')"
        ".then(a => a.text()).then(t => document.body.innerHTML = t), 4000)</script>"
    ),
    "/order/unfilled": _page("<div class='not-yet'><p>Loading…</p></div>" + _ORDER),
    "/order/shadow": _page(
        _ORDER + "<div id=host></div><script>document.getElementById('host').attachShadow({mode: 'open'})"
        ".innerHTML = '<b>in the shadow</b>'</script>"
    ),
    "/order/frame": _page(_ORDER + "<iframe src='/inner'></iframe>"),
    "/order/halves": _page(
        _ORDER + "<script>document.title = '\\ud800'; document.body.append('\\udfff'); console.log('\\ud800 said', 7, {});"
        "alert('\\ud800'); localStorage.setItem('token', '\\ud800abcDEF123456')</script>"
    ),
    "/order/blank": _page(_ORDER + "<script>setTimeout(() => { location.href = 'about:blank'; }, 100)</script>"),
    "/order/blob": _page("<script>location.href = URL.createObjectURL(new Blob(['x'], {type: 'text/html'}))</script>"),
    "/order/apart": _page(_ORDER + "<script>setInterval(() => document.documentElement?.remove(), 1)</script>"),
    "/order/crowd": _page(_ORDER + "<script>for (let n = 0; n < 3000; n++) fetch('/ping?' + n)</script>"),
    "/order/alerts": _page(_ORDER + "<script>for (let n = 0; n < 9; n++) alert('again')</script>"),
    "/order/dialog": _page(_ORDER + "<script>alert('Confirm receipt now?'); confirm('Sure?')</script>"),
    "/order/printed": _page(_ORDER + "<script>addEventListener('beforeprint', () => fetch('/slow'))</script>"),
    "/order/window": _page(_ORDER + "<script>window.open('/order/other')</script>"),
    "/order/stuck": _page(_ORDER + "<script>setTimeout(() => { for (;;); }, 50)</script>"),
    "/order/hostile": _page(
        _ORDER + "<script>window.MutationObserver = document.querySelectorAll = Promise = null;"
        "Object.defineProperty(Element.prototype, 'outerHTML', {get: () => 'forged'});</script>"
    ),
    "/order/moves": _page("<script>location.replace('/login')</script>"),
    "/order/secret": _page(
        f"{_ORDER}<input type=hidden name=_tb_token_ value={SECRET}><a href='/x?token={SECRET}'>link</a>"
    ),
    "/login": _page("<form>Sign in</form>", "wall"),
    "/captcha": _page("<div id='captcha'></div>", "wall"),
    "/inner": _page("<p>inner frame</p>", "inner"),
    "/part": _ORDER,
    "/ping": "pong",
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/order/never":
            self.server.ended.wait(60)  # type: ignore[attr-defined]
            self.close_connection = True
            return
        if path == "/slow":
            self.server.ended.wait(0.5)  # type: ignore[attr-defined]
        if path == "/order/closed":
            self.close_connection = True
            return
        if path == "/order/trickle":
            self._answer(200, PAGES["/order"].encode()[:-20], [], missing=20)
            self.server.ended.wait(60)  # type: ignore[attr-defined]
        elif path == "/order/empty":
            self._answer(404, b"", [])
        elif path == "/order/redirect":
            self._answer(302, b"", [("Location", "/login?return_url=x")])
        elif path == "/order/file":
            self._answer(200, b"MZ", [("Content-Disposition", "attachment; filename=setup.exe")])
        elif path in PAGES:
            cookie = [("Set-Cookie", f"xman={SECRET}; Path=/; HttpOnly")] if path == "/order/secret" else []
            self._answer(200, PAGES[path].encode(), cookie)
        else:
            self._answer(404, _page("<h1>Nothing here</h1>", "missing").encode(), [])

    def _answer(self, status: int, body: bytes, headers: list[tuple[str, str]], missing: int = 0) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body) + missing)),
            *headers,
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def serving() -> Iterator[str]:
    """The server's origin while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.ended = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.ended.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
