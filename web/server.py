"""`serve`: the pages on loopback, for one person, until the terminal or the page says stop."""

from __future__ import annotations

import hmac
import http.client
import json
import os
import re
import secrets
import socket
import sys
import time
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casework.scheduling.ready import Served, forget, note, noted
from casework.workspace import Workspace, workspace
from collector.errors import WrongRequest
from collector.platform import listening_option

if TYPE_CHECKING:
    from web.guard import Keys, Proxy

LOOPBACK = "127.0.0.1"
PROXY_WORD = "TRADEWITNESS_PROXY_SECRET"
_PROXY = re.compile(r"(https://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?)/?")
_LEAST_SECRET = 32  # characters
_ALIVE_S, _TURN_S = 3, 30


@dataclass(frozen=True, slots=True)
class ListeningAt:
    """Where to listen: an address of this machine, a port (0: a free one), and the origin of the proxy in front, or ""."""

    host: str = LOOPBACK
    port: int = 0
    behind: str = ""


def serve(
    archive: Path | None, place: ListeningAt, *, open_browser: bool, as_json: bool, say: Callable[[str], None]
) -> None:
    """Serves until it is interrupted; or opens the pages where they are served already, unless it is said where. Raises
    WrongRequest where the port is taken, where others than this machine would be let in without a proxy, or where the extra
    that it needs is not installed.
    """
    _require_parts()
    from web.guard import Keys

    proxy, ws = proxy_of(place), workspace(archive)
    running = running_keys(ws) if place == ListeningAt() else None
    listening = None if running else _listen(place)
    keys = running or Keys(listening.getsockname()[1] if listening else 0, proxy=proxy)
    if as_json:
        sys.stdout.write(json.dumps({"url": keys.address}) + "\n")
        sys.stdout.flush()
    else:
        say(f"Open {keys.address}")
        say(f"The address holds the key: whoever has it sees your cases. {_RUNNING if running else _ENDS}")
    if open_browser and proxy is None:
        webbrowser.open(keys.address_for_once)
    if listening is None:
        return
    served = Served(keys.port, keys.key)
    if proxy is None:
        note(ws, served)
    try:
        _run(archive, keys, listening)
    finally:
        forget(ws, served)


_RUNNING = "It is served already, and goes on."
_ENDS = "It ends with this command (Ctrl-C)."


def keep_ready(archive: Path | None) -> None:
    """Serves in the background, at the port and with the key of last time where that is free: who opened it once comes back
    by the same address. Waits its turn where they are served already.
    """
    _require_parts()
    from web.guard import Keys

    ws = workspace(archive)
    while running_keys(ws) is not None:
        time.sleep(_TURN_S)
    last = noted(ws)
    try:
        listening = _listen(ListeningAt(port=last.port if last else 0))
    except WrongRequest:
        listening = _listen(ListeningAt())
    port = listening.getsockname()[1]
    keys = Keys(port, last.key, lasting=True) if last else Keys(port, lasting=True)
    note(ws, Served(keys.port, keys.key))
    _run(archive, keys, listening)


def running_keys(ws: Workspace) -> Keys | None:
    """The keys of the server that serves this archive's pages already; None where none does, or another program has come to
    its port.
    """
    from web.guard import ALIVE, Keys

    last = noted(ws)
    if last is None:
        return None
    keys, question = Keys(last.port, last.key), secrets.token_urlsafe(16)
    line = http.client.HTTPConnection(LOOPBACK, last.port, timeout=_ALIVE_S)
    try:
        line.request("GET", f"{ALIVE}?who={question}")
        said = line.getresponse().read(1000)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()
    return keys if hmac.compare_digest(said, keys.answer_to(question).encode()) else None


def _require_parts() -> None:
    try:
        import uvicorn  # noqa: F401

        import web.app  # noqa: F401
    except ModuleNotFoundError as error:
        raise WrongRequest(
            f"The pages need a part that is not installed ({error.name}).", "Install it with: uv tool install '.[web]'"
        ) from error


def _run(archive: Path | None, keys: Keys, listening: socket.socket) -> None:
    """Serves until somebody ends it."""
    import uvicorn

    from web.ahead import LookingAhead
    from web.app import make_app
    from web.page import Desk

    desk = Desk(archive, keys)
    app = LookingAhead(make_app(desk), desk)
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, server_header=False, date_header=False,
        lifespan="off", timeout_graceful_shutdown=3, ws="none", proxy_headers=False,
    )  # fmt: skip
    app.begin()
    with suppress(KeyboardInterrupt):  # which is how it is ended
        uvicorn.Server(config).run(sockets=[listening])


def proxy_of(place: ListeningAt) -> Proxy | None:
    """The proxy in front; None where nobody but this machine is let in. Raises WrongRequest."""
    from web.guard import Proxy

    if not place.behind:
        if place.host != LOOPBACK:
            raise WrongRequest(
                "Other machines are let in through a proxy alone.",
                "Put one with TLS in front, and say its address: --behind-proxy https://NAME (docs/serve.md says how).",
            )
        return None
    found = _PROXY.fullmatch(place.behind.lower())
    if found is None:
        raise WrongRequest(f"{place.behind!r} is not a proxy's address.", "Write it as https://NAME, without a path.")
    secret = os.environ.get(PROXY_WORD, "")
    if len(secret) < _LEAST_SECRET or not secret.isascii():
        raise WrongRequest(
            f"The proxy's secret is missing: {PROXY_WORD} is to hold at least {_LEAST_SECRET} letters and digits.",
            "Set it to a random text for this command and for the proxy; docs/serve.md says how.",
        )
    return Proxy(found[1], secret)


def _listen(place: ListeningAt) -> socket.socket:
    """A socket on that address, and on nothing else."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, listening_option(), 1)
    try:
        listening.bind((place.host, place.port))
        listening.listen(128)  # whoever opens the address before the server runs waits, and is not refused
    except (OSError, OverflowError) as error:
        listening.close()
        raise WrongRequest(
            f"{place.host}:{place.port} cannot be had.", "Leave --port out, and a free one is taken."
        ) from error
    return listening
