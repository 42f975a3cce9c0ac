"""What every piece of casework works with: one archive, its index, the site, the clock and the user's own folder."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from collector.alias import Alias
from collector.archive.archive import Archive
from collector.archive.config import default_archive, user_folder
from collector.archive.index import Index, ReadFacts, ReadSaved, fresh_index, open_index
from collector.archive.memory import Memory
from collector.clock import Clock, SystemClock
from collector.errors import WrongRequest
from collector.model import ALIBABA, Target
from collector.reading.reader import reader_of
from collector.saved.reader import reader_of_saved
from collector.site import Site, SiteNamed

if TYPE_CHECKING:
    from collector.browser.accounts import Accounts
    from collector.seal.timestamp import Authority


@dataclass
class Workspace:
    """An archive to read, or to keep things in. `index` is up to date when first asked for; `refresh` after appends.

    `memory` is of a program that goes on: what the index said before.
    """

    archive: Archive
    site_named: SiteNamed
    alias: Alias
    clock: Clock
    user: Path
    memory: Memory | None = field(default=None, kw_only=True)

    @cached_property
    def index(self) -> Index:
        self.archive.require()
        return open_index(self.archive, *self.readers, memory=self.memory)

    @property
    def mark(self) -> str:
        """What sets this archive apart from others of the user's: 64 hexadecimal digits, from its folder's path."""
        return hashlib.sha256(str(self.archive.root.resolve()).encode()).hexdigest()

    @property
    def readers(self) -> tuple[ReadFacts, ReadSaved]:
        """What reads facts from pages that were visited, and from those that the buyer saved."""
        objects = self.archive.objects
        return reader_of(objects, self.site_named, self.alias), reader_of_saved(objects, self.site_named, self.alias)

    @property
    def site(self) -> Site:
        """The site that is asked where no case or page names one yet: to sign in, to find an order, to open a case."""
        return self.site_named(ALIBABA)

    def site_at(self, url: str) -> str:
        """The name of the site that an address is of, also on a stand-in; "" where no site is known there."""
        from collector.sites.table import name_at

        return name_at(self.alias.to_real(url))

    def site_of(self, target: Target) -> Site:
        """The site that a page is of. Raises UnknownSite."""
        return self.site_named(target.site)

    @cached_property
    def accounts(self) -> Accounts:
        """The user's signed-in accounts, outside the archive."""
        from collector.browser.accounts import Accounts

        return Accounts(self.user)

    def refresh(self) -> Index:
        """The index after an append."""
        if "index" in self.__dict__:
            self.index.catch_up(self.archive, *self.readers)
        return self.index

    def rebuild(self) -> Index:
        """The index made again from ledger and objects."""
        self.archive.require()
        self.archive.ledger.catalogue.forget()
        self.__dict__["index"] = open_index(self.archive, *self.readers, rebuild=True, memory=self.memory)
        return self.index


@dataclass
class SealedView(Workspace):
    """A workspace whose index is never read from a file."""

    case: str

    @cached_property
    def index(self) -> Index:
        return fresh_index(self.archive, *self.readers, case=self.case)

    def refresh(self) -> Index:
        self.index.catch_up(self.archive, *self.readers)
        return self.index


def workspace(archive: Path | None = None, clock: Clock | None = None, memory: Memory | None = None) -> Workspace:
    """The workspace for an archive folder (default: TRADEWITNESS_ARCHIVE or ~/tradewitness). Creates nothing."""
    from collector.sites.table import site_named

    clock = clock or SystemClock()
    root = (archive or default_archive()).expanduser()
    alias = Alias.parse(os.environ.get("TRADEWITNESS_ALIAS", ""))
    return Workspace(Archive(root.absolute(), clock), site_named, alias, clock, user_folder(), memory=memory)


def sealed_view(ws: Workspace, case: str) -> Workspace:
    """The same archive with an index of its own, made just now from ledger and objects; facts of this case only.

    What is signed must rest on sealed bytes: index.sqlite is a convenience that anybody could have edited.
    """
    return SealedView(ws.archive, ws.site_named, ws.alias, ws.clock, ws.user, case)


def keep(ws: Workspace, extra_authorities: tuple[str, ...] = (), root_pem: str = "") -> bool:
    """Makes the archive where there is none yet (`init`, and implied by every command that keeps something)."""
    from collector.archive.sealing import signing_key

    if ws.archive.exists:
        return False
    if ws.archive.root.exists() and not ws.archive.root.is_dir():
        ws.archive.require()
    key = signing_key(ws.archive, ws.user)
    return ws.archive.create(authorities_of(extra_authorities, root_pem), key.fingerprint, key.certificate_pem)


_NOT_IN_ADDRESSES = re.compile(r"[\s\"'<>\\^`{}|]")


def is_web_address(text: str) -> bool:
    """Whether a text is an http or https address of a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def authorities_of(given: tuple[str, ...], root_pem: str) -> tuple[Authority, ...]:
    """The timestamp authorities to write down: those given as NAME=URL, or the public ones. Raises WrongRequest."""
    from collector.seal.ask.authorities import PUBLIC
    from collector.seal.timestamp import NAME, Authority

    chosen: dict[str, Authority] = {}
    for text in given:
        name, _, url = text.partition("=")
        if not NAME.fullmatch(name) or not is_web_address(url) or _NOT_IN_ADDRESSES.search(url):
            raise WrongRequest(
                f"{text!r} is not an authority.",
                "Write it as name=http://ADDRESS, with a name of small letters and digits, and --authority-root FILE.",
            )
        if name in chosen:
            raise WrongRequest(f"Two authorities are called {name!r}.", "Give each a name of its own.")
        chosen[name] = Authority(name, url, root_pem)
    return tuple(chosen.values()) or PUBLIC
