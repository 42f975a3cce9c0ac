"""Stored bytes to facts: what the index runs over every snapshot, so that a mended reader mends the past."""

from __future__ import annotations

from collector.alias import Alias
from collector.archive.index import ReadFacts
from collector.errors import DamagedArchive
from collector.model import Fact, Snapshot
from collector.objects import ObjectStore
from collector.site import Document, Site, StoredPage


def stored_page(snapshot: Snapshot, objects: ObjectStore, alias: Alias) -> StoredPage:
    """The page as it was stored. Raises DamagedArchive when an artefact is missing or changed."""
    documents = tuple(Document(a.part, a.digest, objects.get(a.digest)) for a in snapshot.artefacts if a.role == "dom")
    texts = [objects.get(a.digest).decode("utf-8", "replace") for a in snapshot.artefacts if a.role == "text"]
    then = Alias.parse(snapshot.visit.alias) or alias
    return StoredPage(
        url=then.to_real(snapshot.visit.final),
        status=snapshot.visit.status,
        documents=documents,
        text="\n".join(texts),
        seen_at=snapshot.visit.machine_time,
        snapshot=snapshot.id,
    )


def reader_of(objects: ObjectStore, site: Site, alias: Alias) -> ReadFacts:
    """Reads the facts of one snapshot. A page that was not found to be the right one gives none."""

    def read(snapshot: Snapshot) -> tuple[Fact, ...]:
        identified = {step.outcome for step in snapshot.steps if step.name == "identify"}
        if snapshot.outcome != "complete" and (snapshot.outcome != "partial" or identified != {"ok"}):
            return ()
        try:
            return site.read(snapshot.target.kind, stored_page(snapshot, objects, alias))
        except DamagedArchive:
            return ()  # `verify` names the damaged object; the other pages' facts stay usable

    return read
