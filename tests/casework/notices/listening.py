"""Servers on loopback that notices reach: a mail server, and one that takes webhooks and a dead-man's service's pings."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """What a real SMTP server took, as messages."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"

    def texts(self) -> list[str]:
        """The plain text of each message."""
        bodies = [message.get_body(("plain", "html")) for message in self.messages]
        return [str(body.get_content()) for body in bodies if body is not None]


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, str]]:
    """A mailbox, and the address that leads to it."""
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, f"mailto://127.0.0.1:{port}?from=tradewitness@example.com&to=ana@example.com&mode=insecure"
    finally:
        controller.stop()


class Hooks:
    """What was posted, by path; `refuse` makes the server answer 500, `leads_to` to another address."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, str]] = []
        self.refuse = False
        self.leads_to = ""

    def messages(self) -> list[dict[str, str]]:
        """The JSON notices, in order."""
        return [json.loads(body) for path, body in self.posted if path == "/hook"]


@contextmanager
def web_server() -> Iterator[tuple[Hooks, str]]:
    """What it heard, and its host with port."""
    hooks = Hooks()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if not hooks.refuse:
                hooks.posted.append((self.path, body))
            self.send_response(500 if hooks.refuse else 302 if hooks.leads_to else 200)
            if hooks.leads_to:
                self.send_header("Location", hooks.leads_to)
            self.end_headers()

        def do_GET(self) -> None:
            hooks.posted.append((self.path, ""))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hooks, f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
