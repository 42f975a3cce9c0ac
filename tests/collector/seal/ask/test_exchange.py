"""What goes over the wire, and for how long."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import HTTPError

import pytest

from collector.seal.ask.exchange import TooLong, exchange


class _Echo(BaseHTTPRequestHandler):
    """Sends one address on to another, and else tells what was asked."""

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response(302 if self.path == "/moved" else 200)
        if self.path == "/moved":
            self.send_header("Location", "/there")
        self.end_headers()
        self.wfile.write(f"{self.command} {self.path} {self.headers['User-Agent']} {asked.decode()}".encode())

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Echo) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_an_address_that_moved_is_followed_only_where_that_is_asked_for(address: str) -> None:
    url = f"{address}/moved"
    assert exchange(url, None, {}, within_s=5, most_bytes=100, redirects=True) == b"GET /there tradewitness "
    with pytest.raises(HTTPError) as caught:
        exchange(url, None, {}, within_s=5, most_bytes=100, redirects=False)
    assert caught.value.code == 302


def test_an_answer_of_just_as_many_bytes_as_are_allowed_is_taken(address: str) -> None:
    answer = b"POST / tradewitness question"
    assert exchange(address, b"question", {}, within_s=5, most_bytes=len(answer)) == answer
    with pytest.raises(TooLong):
        exchange(address, b"question", {}, within_s=5, most_bytes=len(answer) - 1)
