"""What of a case's visits shows conversations other than the case's own, and so stays out of its pack."""

from __future__ import annotations

from collections.abc import Iterable

from collector.alias import Alias
from collector.model import Private, Snapshot
from collector.objects import ObjectStore
from collector.reading.stored import exchange_contents, stored_page
from collector.site import PageReader, PageReaderNamed


def private_of(
    site_named: PageReaderNamed, objects: ObjectStore, alias: Alias, snapshots: Iterable[Snapshot]
) -> dict[str, Private]:
    """By snapshot id, judged from the stored bytes. Raises DamagedArchive when they are not whole, UnknownSite."""
    return {s.id: _private(site_named(s.target.site), objects, alias, s) for s in snapshots}


def _private(site: PageReader, objects: ObjectStore, alias: Alias, snapshot: Snapshot) -> Private:
    page = stored_page(snapshot, objects.get, alias)
    heard = tuple(exchange_contents(snapshot, objects.get, alias))
    # A conversation that was found to be another one is somebody else's altogether.
    unlike = any(step.name == "identify" and step.outcome == "failed" for step in snapshot.steps)
    stranger = snapshot.target.kind == "thread" and unlike
    crowded = bool(snapshot.artefacts) and (stranger or site.shows_others(page))
    told = [item for item in heard if stranger or site.tells_others(page, item[3], crowded)]
    if not crowded and any(what.resource == "Document" for *_, what in told):
        # A frame that may show others stands in the pictures and in the source, too.
        crowded, told = True, [item for item in heard if site.tells_others(page, item[3], True)]
    alone = site.own_stretches(page) if crowded and not stranger else frozenset()
    hidden = {(role, part) for role, _, part, _ in told if part >= 0}
    exchanges = tuple(number for role, number, _, _ in told if role == "body")
    sockets = tuple(number for role, number, _, _ in told if role == "frames")
    if crowded:
        own = {(role, part) for role in ("stretch", "layout") for part in alone}
        hidden |= {(a.role, a.part) for a in snapshot.artefacts if a.role not in ("body", "frames")} - own
    elif exchanges:
        hidden.add(("network", 0))  # the record tells what was asked
    return Private(crowded, exchanges, sockets, tuple(sorted(hidden)), tuple(sorted(alone)))
