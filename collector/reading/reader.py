"""Stored bytes to facts: what the index runs over every snapshot, so that a mended reader mends the past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from collector.alias import Alias
from collector.errors import DamagedArchive
from collector.model import Fact, Snapshot
from collector.objects import ObjectStore
from collector.reading.stored import stored_page
from collector.site import PageReader, PageReaderNamed


def reader_of(objects: ObjectStore, site_named: PageReaderNamed, alias: Alias) -> Callable[[Snapshot], tuple[Fact, ...]]:
    """Reads the facts of one snapshot. A page that is not the one that was wanted gives none. Raises UnknownSite."""

    def read(snapshot: Snapshot) -> tuple[Fact, ...]:
        site = site_named(snapshot.target.site)
        try:
            return read_stored(snapshot, objects, site, alias)
        except DamagedArchive:
            return ()  # `verify` names the damaged object; the other pages' facts stay usable

    return read


def read_stored(snapshot: Snapshot, objects: ObjectStore, site: PageReader, alias: Alias) -> tuple[Fact, ...]:
    """The facts of one snapshot, () for a page that is not the one that was wanted. Raises DamagedArchive.

    A page that was kept in part says what it says; what it does not show may stand in what is missing.
    """
    if not is_read(snapshot):
        return ()
    page, kind = stored_page(snapshot, objects.get, alias), snapshot.target.kind
    if snapshot.outcome == "complete":
        return site.read(kind, page)
    found = site.recognise(page)
    known = (kind, "") if identified(snapshot) == "ok" else (kind,)  # what says neither what nor whose it is may be anything
    if found.barrier or found.kind not in known:
        return ()
    return tuple(replace(f, state="unreadable") if f.state == "not_shown" else f for f in site.read(kind, page))


def is_read(snapshot: Snapshot) -> bool:
    """Whether facts are taken from a visit: it is complete, or partial and not found to be of another page."""
    return snapshot.outcome == "complete" or (snapshot.outcome == "partial" and identified(snapshot) in ("ok", "partial"))


def identified(snapshot: Snapshot) -> str:
    """Whether the page was found to be the right one: ok, failed, partial where it does not say, skipped without a page."""
    return next((step.outcome for step in snapshot.steps if step.name == "identify"), "")
