"""`serve`: the pages on loopback, for one person, until the terminal or the page says stop."""

from __future__ import annotations

import json
import os
import re
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from collector.errors import WrongRequest

if TYPE_CHECKING:
    from web.guard import Proxy

LOOPBACK = "127.0.0.1"
PROXY_WORD = "TRADEWITNESS_PROXY_SECRET"
_PROXY = re.compile(r"(https://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?)/?")
_LEAST_SECRET = 32  # characters


@dataclass(frozen=True, slots=True)
class ListeningAt:
    """Where to listen: an address of this machine, a port (0: a free one), and the origin of the proxy in front, or ""."""

    host: str = LOOPBACK
    port: int = 0
    behind: str = ""


def serve(
    archive: Path | None, place: ListeningAt, *, open_browser: bool, as_json: bool, say: Callable[[str], None]
) -> None:
    """Serves until it is interrupted. Raises WrongRequest where the port is taken, where others than this machine would be
    let in without a proxy, or where the extra that it needs is not installed.
    """
    try:
        import uvicorn

        from web.app import make_app
        from web.guard import Keys
        from web.house import look_ahead
        from web.page import Desk
    except ModuleNotFoundError as error:
        raise WrongRequest(
            f"The pages need a part that is not installed ({error.name}).", "Install it: pip install 'tradewitness[web]'"
        ) from error
    proxy = proxy_of(place)
    listening = _listen(place)
    keys = Keys(listening.getsockname()[1], proxy=proxy)
    desk = Desk(archive, keys)
    config = uvicorn.Config(
        make_app(desk), log_level="critical", access_log=False, server_header=False, date_header=False,
        lifespan="off", timeout_graceful_shutdown=3, ws="none", proxy_headers=False,
    )  # fmt: skip
    if as_json:
        sys.stdout.write(json.dumps({"url": keys.address}) + "\n")
        sys.stdout.flush()
    else:
        say(f"Open {keys.address}")
        say("The address holds the key: whoever has it sees your cases. It ends with this command (Ctrl-C).")
    if open_browser and proxy is None:
        webbrowser.open(keys.address_for_once)
    threading.Thread(target=look_ahead, args=(desk,), daemon=True).start()
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
    if sys.platform != "win32":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((place.host, place.port))
        listening.listen(128)  # whoever opens the address before the server runs waits, and is not refused
    except (OSError, OverflowError) as error:
        listening.close()
        raise WrongRequest(
            f"{place.host}:{place.port} cannot be had.", "Leave --port out, and a free one is taken."
        ) from error
    return listening
