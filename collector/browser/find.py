"""Which browser to start, and its version: the user's own Chrome, Edge or Chromium, else the one Playwright installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from collector.errors import BrowserError

VARIABLE = "TRADEWITNESS_BROWSER"
_NEXT = f"Install Google Chrome, Microsoft Edge or Chromium, or set {VARIABLE} to the path of one."

_LINUX = (
    "/usr/bin/google-chrome-stable",
    "/usr/bin/google-chrome",
    "/opt/google/chrome/chrome",
    "/usr/bin/microsoft-edge-stable",
    "/usr/bin/microsoft-edge",
    "/opt/microsoft/msedge/msedge",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/snap/bin/chromium",
)
_MACOS = (
    "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Applications/Chromium.app/Contents/MacOS/Chromium",
)
_WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
)
_WINDOWS_ROOTS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")


def usual_places(platform: str, environ: Mapping[str, str]) -> Iterator[PurePath]:
    """Where Chrome, Edge and Chromium usually are, in order of preference; `platform` as in `sys.platform`."""
    if platform == "win32":
        roots = [PureWindowsPath(environ[name]) for name in _WINDOWS_ROOTS if environ.get(name)]
        yield from (root / place for place in _WINDOWS for root in roots)
    elif platform == "darwin":
        roots_mac = [PurePosixPath("/"), PurePosixPath(environ.get("HOME", "/"))]
        yield from (root / place for place in _MACOS for root in roots_mac)
    else:
        yield from map(PurePosixPath, _LINUX)


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
    found = next((place for place in usual_places(platform, environ) if exists(place)), None)
    if found is not None:
        return Path(str(found))
    for path in _installed_by_playwright(platform, environ):
        return path
    raise BrowserError("No browser was found.", _NEXT)


def _installed_by_playwright(platform: str, environ: Mapping[str, str]) -> Iterator[Path]:
    """Chromium in Playwright's own folder, newest first (the folder's name ends in its revision)."""
    caches = {
        "win32": Path(environ.get("LOCALAPPDATA", "")) / "ms-playwright",
        "darwin": Path(environ.get("HOME", "")) / "Library/Caches/ms-playwright",
    }
    default = Path(environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", "")) / ".cache") / "ms-playwright"
    root = Path(environ.get("PLAYWRIGHT_BROWSERS_PATH") or caches.get(platform, default))
    inside = {"win32": "chrome-win*/chrome.exe", "darwin": "chrome-mac*/*.app/Contents/MacOS/*"}
    folders = [folder for folder in root.glob("chromium-*") if folder.name.rpartition("-")[2].isdigit()]
    for folder in sorted(folders, key=lambda folder: -int(folder.name.rpartition("-")[2])):
        yield from sorted(folder.glob(inside.get(platform, "chrome-linux*/chrome")))


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
