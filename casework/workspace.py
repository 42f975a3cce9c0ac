"""What every piece of casework works with: one archive, its index, the site, the clock and the user's own folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from collector.alias import Alias
from collector.archive.archive import Archive
from collector.archive.config import default_archive, user_folder
from collector.archive.index import Index, ReadFacts, ReadSaved, fresh_index, open_index
from collector.clock import Clock, SystemClock
from collector.errors import WrongRequest
from collector.reading.reader import reader_of
from collector.saved.reader import reader_of_saved
from collector.site import Site

if TYPE_CHECKING:
    from collector.browser.accounts import Accounts
    from collector.seal.timestamp import Authority


@dataclass
class Workspace:
    """An archive to read, or to keep things in. `index` is up to date when first asked for; `refresh` after appends."""

    archive: Archive
    site: Site
    alias: Alias
    clock: Clock
    user: Path

    @cached_property
    def index(self) -> Index:
        self.archive.require()
        return open_index(self.archive, *self.readers)

    @property
    def readers(self) -> tuple[ReadFacts, ReadSaved]:
        """What reads facts from pages that were visited, and from those that the buyer saved."""
        objects = self.archive.objects
        return reader_of(objects, self.site, self.alias), reader_of_saved(objects, self.site, self.alias)

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
        self.__dict__["index"] = open_index(self.archive, *self.readers, rebuild=True)
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


def workspace(archive: Path | None = None, clock: Clock | None = None) -> Workspace:
    """The workspace for an archive folder (default: TRADEWITNESS_ARCHIVE or ~/tradewitness). Creates nothing."""
    from collector.sites.alibaba import Alibaba

    clock = clock or SystemClock()
    root = (archive or default_archive()).expanduser()
    alias = Alias.parse(os.environ.get("TRADEWITNESS_ALIAS", ""))
    return Workspace(Archive(root.absolute(), clock), Alibaba(), alias, clock, user_folder())


def sealed_view(ws: Workspace, case: str) -> Workspace:
    """The same archive with an index of its own, made just now from ledger and objects; facts of this case only.

    What is signed must rest on sealed bytes: index.sqlite is a convenience that anybody could have edited.
    """
    return SealedView(ws.archive, ws.site, ws.alias, ws.clock, ws.user, case)


def keep(ws: Workspace, extra_authorities: tuple[str, ...] = (), root_pem: str = "") -> bool:
    """Makes the archive where there is none yet (`init`, and implied by every command that keeps something)."""
    from collector.archive.sealing import signing_key

    if ws.archive.exists:
        return False
    if ws.archive.root.exists() and not ws.archive.root.is_dir():
        ws.archive.require()
    key = signing_key(ws.archive, ws.user)
    return ws.archive.create(authorities_of(extra_authorities, root_pem), key.fingerprint, key.certificate_pem)


def authorities_of(given: tuple[str, ...], root_pem: str) -> tuple[Authority, ...]:
    """The timestamp authorities to write down: those given as NAME=URL, or the public ones. Raises WrongRequest."""
    from collector.seal.authorities import PUBLIC
    from collector.seal.timestamp import Authority

    chosen = []
    for text in given:
        name, sep, url = text.partition("=")
        if not sep or not url.startswith(("http://", "https://")) or not name.replace("-", "").isalnum():
            raise WrongRequest(
                f"{text!r} is not an authority.", "Write it as NAME=http://ADDRESS, with --authority-root FILE."
            )
        chosen.append(Authority(name, url, root_pem))
    return tuple(chosen) or PUBLIC
