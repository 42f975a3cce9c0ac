"""Every place where Linux, macOS and Windows differ, each as one function that is told which one it is.

`platform` is as `sys.platform` has it; tests ask each function for all three. Paths are pure, so that a Linux machine can
say where Windows keeps something.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any, TypeVar

import platformdirs
import platformdirs.macos
import platformdirs.unix
import platformdirs.windows
from platformdirs.api import PlatformDirsABC

_BROWSERS_LINUX = (
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
_BROWSERS_MACOS = (
    "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Applications/Chromium.app/Contents/MacOS/Chromium",
)
_BROWSERS_WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
)
_PROGRAMS_WINDOWS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")

# A folder's own name says who synchronises it: "OneDrive - Contoso", "Dropbox (Personal)", "GoogleDrive-ana@example.com".
_SYNCED_NAMES = (
    (re.compile(r"onedrive(?: ?-.*)?", re.IGNORECASE), "OneDrive"),
    (re.compile(r"dropbox(?: \(.*\))?", re.IGNORECASE), "Dropbox"),
    (re.compile(r"icloud ?drive|mobile documents|com~apple~clouddocs", re.IGNORECASE), "iCloud Drive"),
    (re.compile(r"google ?drive(?:-.*)?|my drive", re.IGNORECASE), "Google Drive"),
    (re.compile(r"nextcloud|owncloud|pcloud ?drive|mega|box sync|yandex\.disk", re.IGNORECASE), "a cloud drive"),
)
_ONEDRIVE_VARIABLES = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
_ICLOUD_MACOS = "Library/Mobile Documents/com~apple~CloudDocs"

# How long another program that looks at each new file, or synchronises it, is waited for: two and a half seconds in all.
_WAITS_S = (0.05, 0.1, 0.2, 0.4, 0.75, 1.0)
# What Windows opens by a path that has no mark of long ones (learn.microsoft.com, "Maximum Path Length Limitation").
_LONGEST_WINDOWS = 259
_FULL_SYNC = 51  # F_FULLFSYNC of fcntl(2) on macOS
_EXCLUSIVE = -5  # SO_EXCLUSIVEADDRUSE of winsock2.h

Run = Callable[[Sequence[str]], int]
Read = Callable[[PurePath], str]
_T = TypeVar("_T")


def browser_places(platform: str, environ: Mapping[str, str]) -> Iterator[PurePath]:
    """Where Chrome, Edge and Chromium usually are, in order of preference."""
    if platform == "win32":
        roots = [PureWindowsPath(environ[name]) for name in _PROGRAMS_WINDOWS if environ.get(name)]
        yield from (root / place for place in _BROWSERS_WINDOWS for root in roots)
    elif platform == "darwin":
        roots_mac = [PurePosixPath("/"), PurePosixPath(environ.get("HOME", "/"))]
        yield from (root / place for place in _BROWSERS_MACOS for root in roots_mac)
    else:
        yield from map(PurePosixPath, _BROWSERS_LINUX)


def downloaded_browsers(platform: str, environ: Mapping[str, str]) -> tuple[Path, str]:
    """Where Playwright keeps browsers that it downloaded, and the program's place in one of them (a pattern)."""
    default = Path(environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", "")) / ".cache") / "ms-playwright"
    inside = "chrome-linux*/chrome"
    if platform == "win32":
        default, inside = Path(environ.get("LOCALAPPDATA", "")) / "ms-playwright", "chrome-win*/chrome.exe"
    elif platform == "darwin":
        default = Path(environ.get("HOME", "")) / "Library/Caches/ms-playwright"
        inside = "chrome-mac*/*.app/Contents/MacOS/*"
    return Path(environ.get("PLAYWRIGHT_BROWSERS_PATH") or default), inside


def settings_folder(platform: str = sys.platform) -> str:
    """The user's configuration folder for this application, by the platform's own custom."""
    return str(_custom(platform).user_config_dir)


def log_folder(platform: str = sys.platform) -> str:
    """The user's folder for this application's logs, by the platform's own custom."""
    return str(_custom(platform).user_log_dir)


def _custom(platform: str) -> PlatformDirsABC:
    kinds = {"win32": platformdirs.windows.Windows, "darwin": platformdirs.macos.MacOS}
    return kinds.get(platform, platformdirs.unix.Unix)("tradewitness", appauthor=False)


def keep_private(
    path: Path,
    platform: str = sys.platform,
    environ: Mapping[str, str] = os.environ,
    run: Run = lambda command: subprocess.run(command, capture_output=True, check=False, timeout=20).returncode,
) -> None:
    """Leaves a file or folder to its user alone: 0600 or 0700, and on Windows an access list with that user's name only.

    On Windows, where there are no such modes, the folder's list is passed on to what is made in it. Raises OSError when
    the system refuses.
    """
    folder = path.is_dir()
    if platform != "win32":
        path.chmod(0o700 if folder else 0o600)
        return
    user = "\\".join(filter(None, (environ.get("USERDOMAIN", ""), environ.get("USERNAME", ""))))
    rights = f"{user}:{'(OI)(CI)' if folder else ''}F"
    try:
        refused = run(["icacls", str(path), "/inheritance:r", "/grant:r", rights])
    except subprocess.TimeoutExpired as error:
        raise OSError(f"the access list of {path} could not be set in time") from error
    if refused:
        raise OSError(f"the access list of {path} could not be set")


def while_held(act: Callable[[], _T], platform: str = sys.platform, wait: Callable[[float], None] = time.sleep) -> _T:
    """Does it; on Windows again for a moment while another program (a virus scanner, OneDrive) has the file open.

    Raises what `act` raises, PermissionError when the file is held for longer.
    """
    for seconds in _WAITS_S if platform == "win32" else ():
        try:
            return act()
        except PermissionError:
            wait(seconds)
    return act()


def composed(name: str) -> str:
    """A file's name with its accents composed, to compare it: a Mac's disks and programs may give them apart."""
    return unicodedata.normalize("NFC", name)


def too_long(path: PurePath, platform: str = sys.platform) -> bool:
    """Whether an absolute path is longer than Windows takes unless it is told to; elsewhere the system itself says so."""
    return platform == "win32" and len(str(path)) > _LONGEST_WINDOWS


def _control(descriptor: int, request: int) -> None:
    from fcntl import fcntl  # Windows has none

    fcntl(descriptor, request)


def sync_file(
    descriptor: int,
    platform: str = sys.platform,
    control: Callable[[int, int], None] = _control,
    *,
    all_before: bool = False,
) -> None:
    """Waits until the file's bytes are with the disk. Raises OSError.

    The disk of a Mac may still hold them in its memory then; with `all_before` it is asked to write that out, what was
    written before included (fsync(2) there). A network's disk does not know that request.
    """
    os.fsync(descriptor)
    if all_before and platform == "darwin":
        with suppress(OSError):
            control(descriptor, _FULL_SYNC)


def listening_option(platform: str = sys.platform) -> int:
    """The option (of SOL_SOCKET) for a port to listen on: taken again soon after it was left, and by nobody meanwhile.

    The one that means the first on Linux and macOS would let any program of Windows take the port over.
    """
    return _EXCLUSIVE if platform == "win32" else socket.SO_REUSEADDR


def on_its_own(platform: str = sys.platform) -> dict[str, Any]:
    """How `subprocess.Popen` starts a program that neither ends with this one nor hears its Ctrl-C."""
    if platform == "win32":
        return {"creationflags": 0x00000008 | 0x00000200}  # DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP
    return {"start_new_session": True}


def synced_by(
    path: PurePath,
    platform: str = sys.platform,
    environ: Mapping[str, str] = os.environ,
    read: Read = lambda file: Path(file).read_text("utf-8"),
) -> str:
    """Which service synchronises the folder ("OneDrive", "iCloud Drive", "Dropbox", …), or "" where none is known to.

    Known by the folder's name, by what the service says of itself (OneDrive's variables, Dropbox's info.json), and on macOS
    by iCloud holding the Desktop and Documents folders. `path` is absolute; `read` gives a file's text or raises OSError.
    """
    pure = PureWindowsPath if platform == "win32" else PurePosixPath
    place = pure(path)
    home = pure(environ.get("USERPROFILE" if platform == "win32" else "HOME", "") or "/")
    for part in place.parts:
        for name, service in _SYNCED_NAMES:
            if name.fullmatch(part):
                return service
    if any(_within(place, pure(environ[name])) for name in _ONEDRIVE_VARIABLES if environ.get(name)):
        return "OneDrive"
    if any(_within(place, pure(root)) for root in _dropbox_folders(platform, home, environ, read)):
        return "Dropbox"
    if platform == "darwin" and _within(place, home / "Library/CloudStorage"):
        return "a cloud drive"
    if platform == "darwin" and any(
        _within(place, home / name) and Path(home / _ICLOUD_MACOS / name).exists() for name in ("Desktop", "Documents")
    ):
        return "iCloud Drive"
    return ""


def _dropbox_folders(platform: str, home: PurePath, environ: Mapping[str, str], read: Read) -> list[str]:
    """Where Dropbox says that its folders are: info.json (help.dropbox.com/installs/locate-dropbox-folder)."""
    places = [home / ".dropbox" / "info.json"]
    if platform == "win32":
        roots = [environ[name] for name in ("APPDATA", "LOCALAPPDATA") if environ.get(name)]
        places = [PureWindowsPath(root) / "Dropbox" / "info.json" for root in roots]
    for place in places:
        try:
            said = json.loads(read(place))
        except (OSError, ValueError):
            continue
        kinds = said.values() if isinstance(said, dict) else ()
        return [str(kind["path"]) for kind in kinds if isinstance(kind, dict) and kind.get("path")]
    return []


def _within(path: PurePath, folder: PurePath) -> bool:
    return path == folder or folder in path.parents


# Languages of suppliers' messages that a machine may have no letters for: its short name, and a package that brings them.
SCRIPTS = {"Chinese": ("zh", "fonts-noto-cjk"), "Arabic": ("ar", "fonts-noto-core")}


def font_for(
    language: str,
    platform: str = sys.platform,
    run: Callable[[Sequence[str]], str] = lambda command: (
        subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout
    ),
) -> str | None:
    """The name of a font with the letters of a language (zh, ar), "" where there is none, None where it cannot be found out.

    macOS and Windows come with one; on Linux fontconfig is asked.
    """
    if platform in ("win32", "darwin"):
        return "part of this system"
    try:
        return next(iter(run(["fc-list", f":lang={language}", "family"]).strip().splitlines()), "")
    except (OSError, subprocess.SubprocessError):
        return None
