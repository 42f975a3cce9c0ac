"""`serve`: the pages on loopback, for one person, until the terminal or the page says stop."""

from __future__ import annotations

import json
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

from collector.errors import WrongRequest

_LOOPBACK = "127.0.0.1"


def serve(archive: Path | None, port: int, *, open_browser: bool, as_json: bool, say: Callable[[str], None]) -> None:
    """Serves until it is interrupted. `port` 0 takes a free one. Raises WrongRequest where the port is taken, or where the
    extra that it needs is not installed.
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
    listening = _listen(port)
    keys = Keys(listening.getsockname()[1])
    desk = Desk(archive, keys)
    config = uvicorn.Config(
        make_app(desk), log_level="critical", access_log=False, server_header=False, date_header=False,
        lifespan="off", timeout_graceful_shutdown=3, ws="none",
    )  # fmt: skip
    if as_json:
        sys.stdout.write(json.dumps({"url": keys.address}) + "\n")
        sys.stdout.flush()
    else:
        say(f"Open {keys.address}")
        say("The address holds the key: whoever has it sees your cases. It ends with this command (Ctrl-C).")
    if open_browser:
        webbrowser.open(keys.address_for_once)
    threading.Thread(target=look_ahead, args=(desk,), daemon=True).start()
    uvicorn.Server(config).run(sockets=[listening])


def _listen(port: int) -> socket.socket:
    """A socket on loopback, and on nothing else."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_LOOPBACK, port))
        listening.listen(128)  # whoever opens the address before the server runs waits, and is not refused
    except (OSError, OverflowError) as error:
        listening.close()
        raise WrongRequest(f"Port {port} cannot be had.", "Leave --port out, and a free one is taken.") from error
    return listening
