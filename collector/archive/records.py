"""Snapshots to ledger bodies and back: in the ledger an artefact is named by commitment, its opening stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collector.canonical import plain
from collector.ledger.log import Opening
from collector.model import Artefact, Snapshot, Step, Target, Visit


def body_of(snapshot: Snapshot) -> tuple[dict[str, Any], tuple[Opening, ...]]:
    """The entry's body with commitments in place of digests and salts, and the openings."""
    body: dict[str, Any] = plain(snapshot)
    openings = []
    for artefact in body["artefacts"]:
        opening = Opening(artefact.pop("digest"), artefact.pop("salt"))
        artefact["commitment"] = opening.commitment
        openings.append(opening)
    return body, tuple(openings)


def snapshot_of(body: Mapping[str, Any], openings: Mapping[str, Opening]) -> Snapshot:
    """The snapshot that an entry records; artefacts that nothing opens are left out."""
    visit = {**body["visit"], "machine_time": datetime.fromisoformat(body["visit"]["machine_time"])}
    for name in ("redirects", "redactions", "losses"):
        visit[name] = tuple(visit[name])
    steps = tuple(Step(**{**step, "began": datetime.fromisoformat(step["began"])}) for step in body["steps"])
    artefacts = []
    for record in body["artefacts"]:
        opening = openings.get(record["commitment"])
        if opening is not None:
            rest = {key: value for key, value in record.items() if key != "commitment"}
            artefacts.append(Artefact(**rest, digest=opening.digest, salt=opening.salt))
    return Snapshot(
        v=body["v"],
        id=body["id"],
        target=Target(**body["target"]),
        visit=Visit(**visit),
        steps=steps,
        outcome=body["outcome"],
        why=body["why"],
        artefacts=tuple(artefacts),
    )
