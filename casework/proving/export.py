"""Kept visits in forms that other programs read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from casework.workspace import Workspace
from collector.canonical import sha256_file
from collector.errors import WrongRequest
from collector.ledger.disk import writing
from collector.model import Snapshot
from collector.wacz import has_exchanges, write_wacz


@dataclass(frozen=True, slots=True)
class ExportAnswer:
    """A file that kept visits were written to; `size` in bytes, `snapshots` their ids."""

    path: Path
    sha256: str
    size: int
    snapshots: tuple[str, ...]


def export_wacz(ws: Workspace, wanted: tuple[str, ...], out: Path) -> ExportAnswer:
    """The exchanges of these snapshots (ids or unique beginnings) as one web archive. Raises WrongRequest before writing."""
    snapshots = tuple({found.id: found for found in (_snapshot(ws, name) for name in wanted)}.values())
    for snapshot in snapshots:
        if not has_exchanges(snapshot):
            raise WrongRequest(
                f"Snapshot {snapshot.id} kept no exchanges: the visit was {snapshot.outcome}.", "Leave it out."
            )
    place = out.expanduser()
    if place.is_dir():
        place = place / f"{snapshots[0].target.case or snapshots[0].id}.wacz"
    if not place.parent.is_dir():
        raise WrongRequest(f"The folder {place.parent} is not there.", "Make it, or name another file.")
    with writing(place) as stream:
        write_wacz(snapshots, ws.archive.objects.get, stream)
    return ExportAnswer(place.absolute(), sha256_file(place), place.stat().st_size, tuple(s.id for s in snapshots))


def _snapshot(ws: Workspace, name: str) -> Snapshot:
    found = ws.index.snapshots_named(name) if name else []
    if len(found) == 1:
        return found[0]
    problem = f"{len(found)} snapshots begin with {name!r}." if found else f"There is no snapshot {name!r}."
    raise WrongRequest(problem, "See their ids: tradewitness facts CASE --all")
