"""Stored bytes to facts: what the index runs over every snapshot, so that a mended reader mends the past."""

from __future__ import annotations

from collections.abc import Callable

from collector.alias import Alias
from collector.errors import DamagedArchive
from collector.model import Fact, Snapshot
from collector.objects import ObjectStore
from collector.reading.stored import stored_page as page_of
from collector.site import Site, StoredPage


def stored_page(snapshot: Snapshot, objects: ObjectStore, alias: Alias) -> StoredPage:
    """The page as it was stored. Raises DamagedArchive when an artefact is missing or changed."""
    return page_of(snapshot, objects.get, alias)


def reader_of(objects: ObjectStore, site: Site, alias: Alias) -> Callable[[Snapshot], tuple[Fact, ...]]:
    """Reads the facts of one snapshot. A page that was not found to be the right one gives none."""

    def read(snapshot: Snapshot) -> tuple[Fact, ...]:
        try:
            return read_stored(snapshot, objects, site, alias)
        except DamagedArchive:
            return ()  # `verify` names the damaged object; the other pages' facts stay usable

    return read


def read_stored(snapshot: Snapshot, objects: ObjectStore, site: Site, alias: Alias) -> tuple[Fact, ...]:
    """The facts of one snapshot, () for a page that was not found to be the right one. Raises DamagedArchive."""
    return site.read(snapshot.target.kind, stored_page(snapshot, objects, alias)) if is_read(snapshot) else ()


def is_read(snapshot: Snapshot) -> bool:
    """Whether facts are taken from a visit: it is complete, or partial and found to be of the right page."""
    identified = {step.outcome for step in snapshot.steps if step.name == "identify"}
    return snapshot.outcome == "complete" or (snapshot.outcome == "partial" and identified == {"ok"})
