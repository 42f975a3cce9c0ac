"""A loopback server of pages that fight back: other sites' frames, workers, odd charsets, giants, loops, secrets."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.collector.capture.fake import ORDER

_HEAD = "<!DOCTYPE html><html><head><meta charset=utf-8><title>t</title></head><body class='order'>"
# Texts of a document that no picture shows: made invisible, see-through, scrolled away, cut off and covered.
_UNSEEN = """
<p style="visibility:hidden">unseen: invisible</p><p style="opacity:0">unseen: see-through</p>
<div style="height:40px;overflow:auto"><p>a line in view</p><p style="margin-top:99px">unseen: scrolled away</p></div>
<p style="width:60px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis">unseen: its end is three dots</p>
<div style="position:relative"><p>unseen: covered</p><div style="position:absolute;inset:0;background:#fff"></div></div>"""
_ORDER = f"<h1>Order</h1><b class='number'>{ORDER}</b><p>Total USD 8,600.00</p>"
_SHARED = "onconnect = e => fetch('/data?by=shared').then(() => e.ports[0].postMessage('done'))"
_SERVICE = """
self.addEventListener('install', e => { e.waitUntil(fetch('/data?by=install')); self.skipWaiting(); });
self.addEventListener('activate', e => e.waitUntil(clients.claim()));
self.addEventListener('fetch', e => { if (e.request.url.includes('made-by-worker'))
  e.respondWith(new Response('{"made": "by the service worker"}', {headers: {'Content-Type': 'application/json'}})); });
"""
LINES = 850
SECRETS = "/order/secrets"
# Each canary's place is its name; all must be gone from every kept byte.
CANARIES = {
    name: f"{name}0Canary7{hashlib.sha256(name.encode()).hexdigest()[:14]}"
    for name in (
        "cookie hidden set header bearer address form script storage handshake frame input href login json base64 meta "
        "attribute paper zipped compound typed cached database"
    ).split()
}


def _secret_page() -> str:
    c = CANARIES
    wrapped = base64.b64encode(json.dumps({"user": 1, "k": c["base64"]}).encode()).decode()
    return f"""{_HEAD}{_ORDER}<meta name="csrf-token" content="{c["meta"]}">
<form><input type=hidden name=_csrf_token value="{c["input"]}"></form>
<input type=password name=pin value="{c["form"]}">
<a href="/order?next=1&amp;session_token={c["href"]}">next</a><div data-auth-token='{c["attribute"]}'></div>
<script>var config = {{accessToken: "{c["script"]}", apiSecret: "{c["base64"]}"}}; var blob = "{wrapped}";
localStorage.setItem('refreshToken', '{c["storage"]}');
document.cookie = 'sc_g=a%3D1%26token%3D{c["compound"]}; path=/';
(async () => {{
  await fetch('/data?by=page&token={c["address"]}', {{headers: {{
    Authorization: 'Bearer {c["bearer"]}', 'X-Session-Token': '{c["header"]}'}}}});
  await fetch('/login-answer', {{method: 'POST', headers: {{'Content-Type': 'application/x-www-form-urlencoded'}},
    body: 'account=ana&password={c["login"]}'}});
  await fetch('/paper.pdf'); await fetch('/bundle.zip');
  // These two stand nowhere under a name but where workers keep things.
  const joined = parts => parts.split(' ').join('');
  const cached = joined('{" ".join(c["cached"])}'), database = joined('{" ".join(c["database"])}');
  const asked = new Request('/put-away', {{headers: {{Authorization: 'Bearer ' + cached}}}});
  await (await caches.open('worker')).put(asked, new Response('ok'));
  await new Promise(done => {{
    const opening = indexedDB.open('worker', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('session').put({{accessToken: database}}, 1);
    opening.onsuccess = () => {{ opening.result.close(); done(); }};
  }});
  document.body.append(Object.assign(document.createElement('i'), {{title: cached + ' ' + database}}));
  const socket = new WebSocket('ws://' + location.host + '/socket?ticketToken={c["handshake"]}');
  socket.onopen = () => socket.send(JSON.stringify({{token: '{c["frame"]}'}}));
  socket.onmessage = () => {{ document.body.dataset.heard = 'yes'; }};
}})();
</script>"""


def _paper() -> bytes:
    import zlib

    stream = zlib.compress(f"BT ({CANARIES['address']}) Tj ET".encode())
    return b"%%PDF-1.4\n1 0 obj<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream endobj\n%%%%EOF" % (
        len(stream),
        stream,
    )


def _bundle() -> bytes:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("session.json", json.dumps({"token": CANARIES["address"]}))
    return out.getvalue()


def _pages(port: int) -> dict[str, tuple[str, bytes]]:
    other = f"http://other.localhost:{port}"
    lines = "".join(f"<p style='height:38px;margin:1px;font:20px monospace'>line {n:04d}</p>" for n in range(LINES))
    html = {
        "/order/frames": f"{_ORDER}<iframe src='{other}/frame'></iframe><img src='/when?frame-worker'>",
        "/frame": "<p>another site's frame</p><script>fetch('/data?by=frame'); new Worker('/worker.js?in=frame')</script>",
        "/order/workers": _ORDER + "<i id=done></i><script>new Worker('/worker.js');"
        "const s = new SharedWorker('/shared.js');"
        "s.port.onmessage = () => { document.getElementById('done').textContent = 'shared'; };"
        "navigator.serviceWorker.register('/service.js').then(() => navigator.serviceWorker.ready)"
        ".then(() => new Promise(r => navigator.serviceWorker.controller ? r()"
        " : navigator.serviceWorker.oncontrollerchange = r))"
        ".then(() => fetch('/made-by-worker')).then(() => fetch('/data?by=last'))</script>",
        "/order/charsets": _ORDER + "<script src='/gbk.js' charset=gbk></script><script>"
        "fetch('/latin1.txt'); fetch('/bom.json'); fetch('/zipped.txt'); fetch('/picture.png');"
        "fetch('/cached.txt').then(a => a.text()).then(() => fetch('/cached.txt'));"
        "fetch('/moved'); fetch('http://127.0.0.1:9/refused').catch(() => 0)</script>"
        f"<img src='{other}/no.png'>",
        "/order/huge": _ORDER + "<script>fetch('/giant').then(a => a.arrayBuffer()).then(b =>"
        " { document.body.dataset.got = b.byteLength; })</script>",
        "/order/lines": _ORDER + lines + "<script>window.seen = []; for (const kind of ['resize', 'focus', 'blur'])"
        "addEventListener(kind, () => document.body.append('EVENT ' + kind))</script>",
        "/order/sticky": "<div style='position:sticky;top:0;background:#fc0'>Banner</div>" + _ORDER
        + "".join(f"<p style='height:200px'>Row {n}</p>" for n in range(30)),
        "/order/lazy": _ORDER + "<div style='height:9000px'></div><img loading=lazy src='/picture.png' width=50 height=50>",
        "/order/endless": _ORDER + "<script>const more = () => { for (let n = 0; n < 20; n++) { const p = "
        "document.createElement('p'); p.style.height = '200px'; document.body.append(p); } };"
        "more(); addEventListener('scroll', () => more())</script>",
        "/order/leave": _ORDER + "<script>addEventListener('beforeunload',"
        " e => { e.preventDefault(); e.returnValue = 'x'; })</script>",
        "/order/console": _ORDER + _UNSEEN + "<script>console.warn('something odd', 7)</script>",
        "/order/banner": _ORDER + "<div style='position:fixed;bottom:0'>We use cookies <button>Accept</button></div>",
    }  # fmt: skip
    made = {path: ("text/html; charset=utf-8", (_HEAD + body).encode()) for path, body in html.items()}
    made |= {
        SECRETS: ("text/html; charset=utf-8", _secret_page().encode()),
        "/order/gbk": ("text/html; charset=gbk", f"<html><body class='order'>{_ORDER}<p>发货日期</p>".encode("gbk")),
        "/order/latin1": ("text/html; charset=iso-8859-1", f"<body class='order'>{_ORDER}<p>Größe</p>".encode("latin-1")),
        "/worker.js": ("text/javascript", b"fetch('/data?by=' + (location.search ? 'frame-worker' : 'worker'))"),
        "/shared.js": ("text/javascript", _SHARED.encode()),
        "/service.js": ("text/javascript", _SERVICE.encode()),
        "/gbk.js": ("text/javascript", "window.word = '质量';".encode("gbk")),
        "/latin1.txt": ("text/plain; charset=iso-8859-1", "Größe".encode("latin-1")),
        "/bom.json": ("application/json", b'\xef\xbb\xbf{"a": 1}'),
        "/picture.png": ("image/png", bytes.fromhex("89504e470d0a1a0a") + bytes(range(256))),
        "/cached.txt": ("text/plain; charset=utf-8", b"kept in the cache"),
        "/zipped.txt": ("text/plain; charset=utf-8", "plain again: 发货".encode() * 40),
        "/paper.pdf": ("application/pdf", _paper()),
        "/bundle.zip": ("application/zip", _bundle()),
        "/login-answer": ("application/json", json.dumps({"sessionToken": CANARIES["json"]}).encode()),
    }  # fmt: skip
    return made


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.log.append((self.path, self.headers.get("user-agent", "")))  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        if path in ("/giant", "/socket"):
            self._giant() if path == "/giant" else self._socket()
        elif path in ("/moved", "/order/loop"):
            self._answer(302, "text/plain", b"", Location="/data?by=moved" if path == "/moved" else "/order/loop")
        elif path == "/order/download":
            self._answer(200, "application/octet-stream", b"MZ", **{"Content-Disposition": "attachment"})
        elif path == "/when":
            self._wait(self.path.partition("?")[2])
        elif path == "/data":
            self._answer(200, "application/json", json.dumps({"asked": self.path}).encode())
        else:
            self._page(path)

    def _page(self, path: str) -> None:
        kind, body = self.server.pages.get(path, ("text/html", b"<h1>Nothing here</h1>"))  # type: ignore[attr-defined]
        more = {"Cache-Control": "max-age=600"} if path in ("/cached.txt", "/picture.png") else {}
        if path == "/zipped.txt":
            body, more = gzip.compress(body), {"Content-Encoding": "gzip"}
        if path == SECRETS:
            more = {"Set-Cookie": f"plain={CANARIES['cookie']}; Path=/", "X-Auth-Token": CANARIES["set"]}
        self._answer(200 if path in self.server.pages else 404, kind, body, **more)  # type: ignore[attr-defined]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.do_GET()

    def _answer(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        if self.path.partition("?")[0] == SECRETS:
            self.send_header("Set-Cookie", f"sid2={CANARIES['hidden']}; Path=/; HttpOnly")
        self.end_headers()
        self.wfile.write(body)

    def _wait(self, whom: str) -> None:
        """Answers once `whom` has asked for its data, so that a page has not loaded before its worker ran."""
        for _ in range(200):
            if any(path.endswith(f"by={whom}") for path, _ in self.server.log):  # type: ignore[attr-defined]
                break
            self.server.ended.wait(0.05)  # type: ignore[attr-defined]
        self._answer(200, "image/png", b"")

    def _giant(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(200 << 20))
        self.end_headers()
        for _ in range(200):
            self.wfile.write(bytes(1 << 20))

    def _socket(self) -> None:
        """One text message after the first that comes: enough of RFC 6455 for a test."""
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = hashlib.sha1(key.encode()).digest()
        self.send_response(101)
        for name, value in (
            ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", base64.b64encode(accept).decode()),
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        _, length = struct.unpack("!BB", self.rfile.read(2))
        self.rfile.read(4 + (length & 127))
        said = b'{"said": "hello"}'
        self.wfile.write(struct.pack("!BB", 0x81, len(said)) + said)
        self.server.ended.wait(30)  # type: ignore[attr-defined]
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def fighting() -> Iterator[ThreadingHTTPServer]:
    """The server while the block runs; `log` on it holds (path, user agent) of each request."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.pages = _pages(server.server_address[1])  # type: ignore[attr-defined]
    server.log = []  # type: ignore[attr-defined]
    server.ended = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
