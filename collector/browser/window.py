"""The person's own browser as an ordinary window with a folder of its own: started, found again, and ended.

The window is started as any program starts it, and nothing in it is changed: no automation switch, no other user agent.
What lets tradewitness in afterwards is the browser's own remote-debugging door, open to this machine alone. The browser
itself names that door with a number that no other browser has, so that a door left behind by one that ended is never taken
for an open one.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from collector.browser.find import find_browser
from collector.browser.launch import sandbox_state
from collector.errors import BrowserError
from collector.ledger.disk import make_folder, write_file
from collector.platform import on_its_own

DOOR = "door.json"  # beside the profile: the address by which this window is reached
SINCE_136 = (
    "Since version 136 Chrome ignores a debugging port on the everyday profile: start it with a folder of its own "
    "(--user-data-dir=FOLDER --remote-debugging-port=9222). From version 144 you may instead allow it at "
    "chrome://inspect/#remote-debugging; the address then stands in the file DevToolsActivePort of the profile's folder."
)
_START_S = 30.0
_END_S = 15.0
_STEP_S = 0.05


def open_window(folder: Path, address: str, executable: Path | None = None) -> str:
    """Starts the browser on `folder`/profile showing `address`, and gives the door's address (ws://127.0.0.1:…).

    It outlives the command that started it. Raises BrowserError when there is no browser or no screen, when it does not
    start, or when a window that cannot be reached has the folder already.
    """
    path = executable or find_browser()
    profile = folder / "profile"
    make_folder(profile)
    port = _free_port()
    command = [
        str(path), f"--user-data-dir={profile.absolute()}", f"--remote-debugging-port={port}",
        "--no-first-run", "--no-default-browser-check",
        # Without it the browser forgets, when it ends, a sign-in that lasts "until the browser is closed".
        "--restore-last-session",
    ]  # fmt: skip
    if sandbox_state() != "on":
        command.append("--no-sandbox")
    log = folder / "window.log"
    with log.open("wb") as said:
        try:
            process = subprocess.Popen(
                [*command, address], stdin=subprocess.DEVNULL, stdout=said, stderr=said, **on_its_own()
            )
        except OSError as error:
            raise BrowserError(f"The browser at {path} did not start.", "See: tradewitness doctor") from error
    door = _until(_START_S, lambda: _door_at(port) or (None if process.poll() is None else ""))  # "": it ended at once
    if door:
        write_file(folder / DOOR, json.dumps({"door": door}).encode())
        return str(door)
    if door is None:
        process.kill()
    raise _not_started(path, log, process.poll())


def reached(folder: Path) -> str:
    """The door's address of the window that is open on the folder now, or "" where none answers."""
    try:
        door = str(json.loads((folder / DOOR).read_text("utf-8"))["door"])
        port = int(door.split(":")[2].split("/")[0])
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return ""
    return door if _door_at(port) == door else ""


def ended(folder: Path, within_s: float = _END_S) -> bool:
    """Waits until no browser has the folder, then ends what will not go by itself. False when one stays all the same."""
    if _until(within_s, lambda: True if not _holders(folder) else None):
        return True
    family = [process for holder in _holders(folder) for process in _family(holder)]
    for process in family:
        with suppress(psutil.Error):
            process.kill()
    return bool(_until(_END_S, lambda: True if not any(map(_runs, family)) else None))


def cleared(folder: Path, within_s: float = _END_S) -> bool:
    """Removes the folder of a window that has ended. What helpers of the browser still write is removed, too, in the time
    that is given; False when something stays.
    """

    def gone() -> bool | None:
        shutil.rmtree(folder, ignore_errors=True)
        return None if folder.exists() else True

    return bool(_until(within_s, gone))


def _holders(folder: Path) -> list[psutil.Process]:
    """The browsers that run on the folder, by their own command lines: a number noted down may be another's by now."""
    mark = f"--user-data-dir={(folder / 'profile').absolute()}"
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            line = process.cmdline()
            if mark in line and not any(word.startswith("--type=") for word in line):
                found.append(process)
    return [process for process in found if _runs(process)]


def _family(process: psutil.Process) -> list[psutil.Process]:
    """A browser and its helpers, which outlive it for a moment and go on writing to its folder."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return [process]


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def find_door(given: str) -> str:
    """The address of a running browser's door from a port or a ws:// address. Raises BrowserError when none answers."""
    text = given.strip()
    if text.startswith(("ws://", "wss://")):
        return text
    port = text.rpartition(":")[2].strip("/")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise BrowserError(f"{given!r} is neither a port nor an address that begins with ws://.", SINCE_136)
    door = _door_at(int(port))
    if not door:
        raise BrowserError(f"No browser answers at port {port} of this machine.", SINCE_136)
    return door


def _door_at(port: int) -> str:
    """What the browser at that port says its own door is; "" where none answers."""
    try:
        # An opener without proxies: this question is for this machine alone.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{port}/json/version", timeout=5) as answer:
            said = json.loads(answer.read(100_000))
        return str(said["webSocketDebuggerUrl"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until(seconds: float, ask: Callable[[], Any]) -> Any:
    """The first answer that is not None, or None when time is up."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer is not None:
            return answer
        if time.monotonic() > end:
            return None
        time.sleep(_STEP_S)


def _not_started(path: Path, log: Path, code: int | None) -> BrowserError:
    said = log.read_text("utf-8", "replace") if log.exists() else ""
    if "DISPLAY" in said or "ozone" in said.lower():
        return BrowserError(
            "A signed-in visit needs a window, and there is no screen here.",
            "Run it where you are logged in to the desktop; pages saved by hand can be added anywhere: tradewitness add",
        )
    if code == 0 or "existing browser session" in said:
        return BrowserError(
            "A window with this account's folder is open already, and tradewitness cannot reach it.",
            "Close that window and run the command again.",
        )
    return BrowserError(f"The browser at {path} did not start; {log} holds what it said.", "See: tradewitness doctor")
