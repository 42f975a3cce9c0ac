"""Which browser to start, and its version: the user's own Chrome, Edge or Chromium, else the one Playwright installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePath

from collector.errors import BrowserError
from collector.platform import browser_places, downloaded_browsers

VARIABLE = "TRADEWITNESS_BROWSER"
_NEXT = f"Install Google Chrome, Microsoft Edge or Chromium, or set {VARIABLE} to the path of one."


def find_browser(
    platform: str = sys.platform,
    exists: Callable[[PurePath], bool] = lambda path: Path(path).is_file(),
    environ: Mapping[str, str] = os.environ,
) -> Path:
    """The browser to start. Raises BrowserError when there is none, or the one named by the variable is not there."""
    named = environ.get(VARIABLE, "").strip()
    if named:
        if not exists(PurePath(named)):
            raise BrowserError(f"{VARIABLE} names a browser that is not there: {named}.", f"Correct or unset {VARIABLE}.")
        return Path(named)
    found = next((place for place in browser_places(platform, environ) if exists(place)), None)
    if found is not None:
        return Path(str(found))
    for path in _installed_by_playwright(platform, environ):
        return path
    raise BrowserError("No browser was found.", _NEXT)


def _installed_by_playwright(platform: str, environ: Mapping[str, str]) -> Iterator[Path]:
    """Chromium in Playwright's own folder, newest first (the folder's name ends in its revision)."""
    root, inside = downloaded_browsers(platform, environ)
    folders = [folder for folder in root.glob("chromium-*") if folder.name.rpartition("-")[2].isdigit()]
    for folder in sorted(folders, key=lambda folder: -int(folder.name.rpartition("-")[2])):
        yield from sorted(folder.glob(inside))


def version_of(path: Path, platform: str = sys.platform) -> str:
    """Name and version as the browser says them ("Chromium 156.0.8078.79"). Raises BrowserError when it does not run."""
    if platform == "win32":
        # chrome.exe --version opens a window instead of answering; its version is the name of the folder beside it.
        versions = [f.name for f in path.parent.glob("*") if re.fullmatch(r"\d+(\.\d+){3}", f.name)]
        newest = max(versions, key=lambda name: [int(part) for part in name.split(".")], default="of unknown version")
        return f"{path.stem} {newest}"
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BrowserError(f"{path} does not run.", _NEXT) from error
    said = re.search(r"\S.*?\d+(\.\d+)+", done.stdout)
    if done.returncode or not said:
        raise BrowserError(f"{path} is not a browser that tradewitness knows.", _NEXT)
    return said.group()
