"""What a kept page leads to: the further pages of its case, which join it and are visited from then on."""

from __future__ import annotations

from dataclasses import replace

from casework.cases import keep_targets, make_targets, targets_of
from casework.workspace import Workspace
from collector.errors import DamagedArchive
from collector.kinds import page_kind
from collector.model import Snapshot, Target
from collector.reading.reader import identified
from collector.reading.stored import stored_page
from collector.site import StoredPage


def discovered(ws: Workspace, snapshot: Snapshot, wanted: frozenset[str]) -> tuple[Target, ...]:
    """The targets of the wanted kinds that a snapshot adds to its case, written into the ledger.

    An order page adds what it links to; a list of conversations adds the one that was named by its supplier.
    """
    case = snapshot.target.case
    if not case or snapshot.outcome not in ("complete", "partial") or not any(a.role == "dom" for a in snapshot.artefacts):
        return ()
    try:
        page = stored_page(snapshot, ws.archive.objects.get, ws.alias)
    except DamagedArchive:
        return ()  # it was whole a moment ago; `verify` names what became of it
    with ws.archive.writing():
        made = _named_thread(ws, snapshot.target, page) or _linked(ws, snapshot, page, wanted)
        keep_targets(ws, made)
    if made:
        ws.refresh()
    return tuple(made)


def _named_thread(ws: Workspace, target: Target, page: StoredPage) -> list[Target]:
    """The target of a conversation that was named by its supplier, with the address that the list gives it."""
    supplier = target.expects.get("supplier", "")
    site = ws.site_of(target)
    url = site.conversation(page, supplier) if page_kind(target.kind).by_supplier and supplier else ""
    if not url or site.canonical(url) == site.canonical(ws.alias.to_real(target.url)):
        return []
    return [replace(target, url=url, expects={"supplier": supplier})]


def _linked(ws: Workspace, snapshot: Snapshot, page: StoredPage, wanted: frozenset[str]) -> list[Target]:
    """Targets for what an order page links to and its case does not have yet."""
    target = snapshot.target
    if target.kind != "order" or (snapshot.outcome != "complete" and identified(snapshot) != "ok"):
        return []
    pages = ws.site_of(target).discover(page)
    found = {kind: (url,) for kind, url in pages.items() if kind in wanted and not stands(ws, target.case, kind, url)}
    return make_targets(ws, target.case, target.site, target.account, found, targets_of(ws, target.case))


def stands(ws: Workspace, case: str, kind: str, url: str) -> bool:
    """Whether the case has that page already, or one of that kind where one is all there is."""
    known = [t for t in targets_of(ws, case) if t.kind == kind]
    same = any(ws.site_of(t).canonical(ws.alias.to_real(t.url)) == ws.site_of(t).canonical(url) for t in known)
    return same or (bool(known) and not page_kind(kind).joins)
