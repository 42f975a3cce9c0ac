"""Kept visits masked anew: the originals stay sealed and private, and what is shown is derived from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from casework.cases import find_case
from casework.workspace import Workspace
from collector.archive.records import ArtefactRecord, MaskedRecord, masked_body
from collector.archive.sealing import SealState, seal_if_possible
from collector.capture.masking import RULES
from collector.capture.remasking import Derived, masked_anew
from collector.errors import DamagedArchive
from collector.ledger.log import Opening, new_salt
from collector.model import Artefact, Snapshot
from collector.progress import Progress


@dataclass(frozen=True, slots=True)
class MaskedVisit:
    """A visit of which something else is shown now: how many places were masked, by kind, in which `files` (role, part).

    `gone` are files that hold a secret in which nothing can be masked: nothing is shown of them any more.
    """

    snapshot: str
    case: str
    kind: str
    at: datetime
    found: Mapping[str, int]
    files: tuple[tuple[str, int], ...]
    gone: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class RemaskAnswer:
    """What masking anew brought: visits looked at, those changed, and files moved among the private ones.

    `unread` are visits of which a kept file is damaged. Of a `dry_run` nothing was kept, and `seal` is None.
    """

    looked: int
    changed: tuple[MaskedVisit, ...]
    put_away: int
    unread: tuple[str, ...]
    seal: SealState | None
    dry_run: bool = False


def remask(ws: Workspace, wanted: str, progress: Progress, *, dry_run: bool = False) -> RemaskAnswer:
    """Masks visits (of one case, or of all) that were kept by earlier rules. Raises WrongRequest for an unknown case.

    Each is looked at once: a visit that stays as it is is noted, too. Files are put away last, and by what the records say,
    so that a run that was ended goes on with the next.
    """
    ws.archive.require()
    case = find_case(ws, wanted).order if wanted else ""
    waiting = ws.index.masked_before(RULES, case)
    changed: list[MaskedVisit] = []
    unread: list[str] = []
    looked: dict[str, list[str]] = {}
    for number, name in enumerate(waiting, 1):
        progress(f"masking visit {number} of {len(waiting)}")
        snapshot = ws.index.snapshot(name)
        if snapshot is None:
            continue
        try:
            derived, redactions = masked_anew(snapshot, ws.archive.objects.get)
        except DamagedArchive:
            unread.append(name)
            continue
        looked.setdefault(snapshot.target.case, []).append(name)
        if derived:
            changed.append(_told(snapshot, derived, redactions))
            if not dry_run:
                _record(ws, snapshot, derived, redactions)
    if dry_run:
        return RemaskAnswer(len(waiting), tuple(changed), 0, tuple(unread), None, dry_run=True)
    for order, names in looked.items():
        ws.archive.record("mask.applied", {"case": order, "mask": RULES, "snapshots": names})
    seal = seal_if_possible(ws.archive, ws.user, progress)
    ws.refresh()
    with ws.archive.writing():
        away = sum(ws.archive.objects.put_away(digest) for digest in _not_shown(ws))
    return RemaskAnswer(len(waiting), tuple(changed), away, tuple(unread), seal)


def _told(snapshot: Snapshot, derived: tuple[Derived, ...], redactions: tuple[Mapping[str, Any], ...]) -> MaskedVisit:
    found: Counter[str] = Counter()
    for one in redactions:
        found[one["kind"]] += one["count"]
    files = [(d.original.role, d.original.part) for d in derived if d.data is not None]
    gone = [(d.original.role, d.original.part) for d in derived if d.data is None]
    target = snapshot.target
    return MaskedVisit(
        snapshot.id, target.case, target.kind, snapshot.visit.machine_time, dict(found), tuple(files), tuple(gone)
    )


def _record(
    ws: Workspace, snapshot: Snapshot, derived: tuple[Derived, ...], redactions: tuple[Mapping[str, Any], ...]
) -> None:
    """Keeps what is shown from now on, then the entry that says so."""
    made = {(d.original.role, d.original.part): d for d in derived}
    openings: list[Opening] = []
    shown: list[ArtefactRecord] = []
    for artefact in snapshot.artefacts:
        one = made.get((artefact.role, artefact.part))
        if one is None:
            shown.append(_recorded(artefact))
        elif one.data is not None:
            digest, salt = ws.archive.objects.put(one.data), new_salt()
            openings.append(Opening(digest, salt))
            new = replace(artefact, size=len(one.data), digest=digest, salt=salt, same_as="", note=one.note)
            shown.append(_recorded(new))
    record = MaskedRecord(snapshot.target.case, snapshot.id, RULES, tuple(shown), redactions)
    ws.archive.record("snapshot.masked", masked_body(record), openings)


def _recorded(a: Artefact) -> ArtefactRecord:
    return ArtefactRecord(a.role, a.part, a.media_type, a.size, Opening(a.digest, a.salt).commitment, a.same_as, a.note)


def _not_shown(ws: Workspace) -> Iterator[str]:
    """The objects that were shown of visits that are masked anew, and what packs were made of them; none that is in use."""
    ledger = ws.archive.ledger
    masked = list(ledger.entries(kinds=("snapshot.masked",)))
    if not masked:
        return
    used = {a.digest for snapshot in ws.index.all_snapshots() for a in snapshot.artefacts}
    used |= set(ws.index.added_digests())
    names = {str(entry.body["snapshot"]): str(entry.body["case"]) for entry in masked}
    bodies = [body for case in set(names.values()) for name, body in ws.index.sealed(case).items() if name in names]
    commitments = [a["commitment"] for body in (*bodies, *(e.body for e in masked)) for a in body["artefacts"]]
    last = {case: max(e.seq for e in masked if e.body["case"] == case) for case in names.values()}
    for entry in ledger.entries(kinds=("pack.made",)):
        if entry.seq < last.get(str(entry.body["case"]), 0):
            commitments += [one["commitment"] for one in entry.body["renderings"]]
    for opening in ledger.openings(commitments).values():
        if opening.digest not in used:
            yield opening.digest
