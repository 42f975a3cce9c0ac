"""The real server on loopback, in a thread of this process, and a client that sends what a browser would not."""

from __future__ import annotations

import http.client
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import uvicorn

from web.app import make_app
from web.guard import Keys, Proxy
from web.page import Desk


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass
class Visitor:
    """Asks the server; `signed_in` holds its cookie."""

    port: int
    keys: Keys
    signed_in: bool = True

    def ask(
        self, method: str, path: str, body: bytes | str = b"", headers: Mapping[str, str] | None = None, host: str = ""
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        own = {"Host": host or f"127.0.0.1:{self.port}"}
        if self.signed_in:
            own["Cookie"] = f"{self.keys.cookie_name}={self.keys.cookie}"
        if method == "POST":
            own["Origin"] = f"http://127.0.0.1:{self.port}"
        try:
            connection.request(method, path, body or None, {**own, **(headers or {})})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read().decode("utf-8", "replace"))
        finally:
            connection.close()

    def raw(self, path: str) -> bytes:
        """What is downloaded there."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookie = f"{self.keys.cookie_name}={self.keys.cookie}"
        try:
            connection.request("GET", path, headers={"Host": f"127.0.0.1:{self.port}", "Cookie": cookie})
            return connection.getresponse().read()
        finally:
            connection.close()

    def get(self, path: str, **more: str) -> Answer:
        return self.ask("GET", path, headers=more)

    def post(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None, *, token: bool = True
    ) -> Answer:
        data = urlencode({**({"token": self.keys.form} if token else {}), **fields})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, data, {**kind, **(headers or {})})

    def upload(self, path: str, name: str, data: bytes, fields: Mapping[str, str] | None = None) -> Answer:
        mark = "tradewitness-boundary"
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
                 for key, value in {"token": self.keys.form, **(fields or {})}.items()]  # fmt: skip
        quoted = name.replace("\\", "\\\\").replace('"', "%22")
        head = f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{quoted}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n")
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        return self.ask("POST", path, b"".join(parts) + f"--{mark}--\r\n".encode(), kind)

    def finished(self, answer: Answer) -> Answer:
        """The page of the work that an answer leads to, once that is over."""
        place = answer.headers["location"]
        events = self.get(f"{place}/events").body
        assert re.search(r'"state": "(done|failed|asking)"', events), events
        return self.get(place)


@contextmanager
def serving(archive: Path, proxy: Proxy | None = None) -> Iterator[Visitor]:
    """A server over an archive."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        keys = Keys(listening.getsockname()[1], proxy=proxy)
        config = uvicorn.Config(make_app(Desk(archive, keys)), log_level="critical", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield Visitor(keys.port, keys)
        finally:
            server.should_exit = True
            thread.join(20)
