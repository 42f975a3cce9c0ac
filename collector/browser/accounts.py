"""Signed-in accounts: a browser folder each, outside the archive, kept only while a page proves that it is signed in.

    <user configuration folder>/accounts/NAME/
        account.json     the name on the account, when it last proved signed in; no secret
        session/         the browser's folder as it was when a page last proved it signed in
        window/          the copy in use; it becomes `session` when a page proves it, and is thrown away otherwise

A visit that met a sign-in page therefore never overwrites a session that was good.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from collector.browser.window import cleared, ended, reached
from collector.canonical import as_json, made
from collector.errors import ArchiveError, BrowserError, PersonNeeded, WrongRequest
from collector.inert import opens_a_device
from collector.ledger.disk import make_folder, write_file
from collector.model import ALIBABA
from collector.platform import keep_private, while_held

DEFAULT = "main"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
# What a browser makes again by itself, and the signs of one that runs: none of it is the session.
_LEFT_OUT = (
    "Cache", "Code Cache", "GPUCache", "GrShaderCache", "GraphiteDawnCache", "DawnCache", "DawnGraphiteCache",
    "DawnWebGPUCache", "ShaderCache", "Crashpad", "BrowserMetrics*", "component_crx_cache", "extensions_crx_cache",
    "Singleton*", "lockfile", "DevToolsActivePort", "*.tmp",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """`label` is the name that its pages show; `proved_at` ISO 8601 UTC or "" (never yet); `attach` a door given by hand.

    `site` is the one that it is an account of.
    """

    name: str
    label: str = ""
    proved_at: str = ""
    attach: str = ""
    site: str = ALIBABA

    @property
    def signed_in(self) -> bool:
        """Whether a page has proved it signed in; only the next visit can tell whether it still is."""
        return bool(self.proved_at)


class Accounts:
    """The accounts of one user. `root` is made when the first one is."""

    def __init__(self, user: Path) -> None:
        self.root = user / "accounts"

    def known(self) -> tuple[Account, ...]:
        """Every account that ever proved signed in, by name."""
        names = sorted(p.parent.name for p in self.root.glob("*/account.json"))
        return tuple(account for name in names if (account := self.read(name)).signed_in)

    def read(self, name: str) -> Account:
        """The account as last written down; a new one where it is not known or its file is torn."""
        try:
            noted = made(Account, json.loads((self.root / name / "account.json").read_text("utf-8")))
        except (OSError, ValueError, RecursionError):
            return Account(name)
        return replace(noted, name=name)

    def only(self, site: str = ALIBABA) -> str:
        """The name of the only account there is of a site, or ""."""
        known = [account for account in self.known() if account.site == site]
        return known[0].name if len(known) == 1 else ""

    def new_name(self, site: str) -> str:
        """What an account of a site is called that nobody gave a name: as the first of all is, or as its site."""
        first = self.read(DEFAULT)
        return DEFAULT if first.site == site or not first.signed_in else site

    def write(self, account: Account) -> None:
        """Writes the account down, for its user's eyes only."""
        folder = self._folder(account.name)
        write_file(folder / "account.json", json.dumps(as_json(account), indent=1).encode())
        _private(folder / "account.json")

    def require_name(self, name: str) -> str:
        """The name when it can be one. Raises WrongRequest."""
        if not _NAME.fullmatch(name) or opens_a_device(name):
            raise WrongRequest(f"{name!r} cannot be an account's name.", "Use letters, digits, - and _, such as: main")
        return name

    @contextmanager
    def in_use(self, name: str) -> Iterator[Path]:
        """The account's folder for one command at a time. Raises PersonNeeded when another one has it."""
        folder = self._folder(name)
        lock = FileLock(folder / ".lock", is_singleton=True)  # this very command may hold it already
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise PersonNeeded(
                f"Another tradewitness command is using the account {name}.", "Wait until it is done, then run this again."
            ) from error
        except OSError as error:
            raise ArchiveError(f"{folder} cannot be written to.", "Change its permissions and run this again.") from error
        with lock:
            yield folder

    def window(self, name: str) -> Path:
        """The folder to open a window on: the one of a window that is still open, else a fresh copy of the session."""
        folder = self._folder(name)
        window, session = folder / "window", self._session(folder)
        if reached(window):
            return window
        if not ended(window, within_s=2.0):
            raise BrowserError(
                f"The window of account {name} is open and cannot be reached.", "Close it and run the command again."
            )
        if not cleared(window):
            raise ArchiveError(f"{window} is still being written to.", "Close that browser and run the command again.")
        _make_private(window)
        if session.exists():
            _copy(session, window / "profile")
        return window

    def keep(self, name: str) -> None:
        """The window's folder becomes the session: a page proved it signed in, and its browser has ended."""
        folder = self._folder(name)
        used, session, older = folder / "window" / "profile", folder / "session", folder / "session.older"
        if not used.exists():
            return
        try:
            _remove(older)
            if session.exists():
                while_held(lambda: session.rename(older))
            while_held(lambda: used.rename(session))
            _private(session)
        except OSError as error:
            raise ArchiveError(
                f"The session of account {name} could not be kept ({error.strerror}).", "Sign in again."
            ) from error
        self.drop(name)
        _remove(older)

    def drop(self, name: str) -> None:
        """Throws the window's folder away; the session stays as it was."""
        _remove(self._folder(name) / "window")

    def _session(self, folder: Path) -> Path:
        """The kept session, also after a crash in the middle of `keep`."""
        session, older = folder / "session", folder / "session.older"
        return older if older.exists() and not session.exists() else session

    def _folder(self, name: str) -> Path:
        folder = self.root / self.require_name(name)
        _make_private(self.root)
        names = {one.name for one in self.root.iterdir()}
        alike = next((one for one in names if one.casefold() == name.casefold()), name)
        if name not in names and alike != name:
            raise WrongRequest(
                f"There is an account {alike} already, and {name} would be the same folder on Windows and macOS.",
                f"Write {alike} as it is, or choose another name.",
            )
        _make_private(folder)
        return folder


def _private(path: Path) -> None:
    """Leaves a file or folder to its user alone. Raises ArchiveError when the system refuses."""
    try:
        keep_private(path)
    except OSError as error:
        raise ArchiveError(
            f"{path} could not be closed to others ({error}).", "Choose another TRADEWITNESS_CONFIG."
        ) from error


def _make_private(folder: Path) -> None:
    if not folder.is_dir():
        make_folder(folder)
        _private(folder)


def _copy(source: Path, target: Path) -> None:
    """A browser's folder without its caches. A file that vanishes meanwhile is one that the browser can do without."""
    try:
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    except shutil.Error as error:
        if not target.exists():
            raise ArchiveError("The kept session could not be copied.", "Check the disk and run this again.") from error
    except OSError as error:
        raise ArchiveError(f"The kept session could not be copied ({error.strerror}).", "Check the disk.") from error
    _private(target)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
