"""The stored form of what a saved page is: texts by name, as the index holds it and `add` gives it to programs; and of what
a machine read in a picture, which is kept as an object.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collector.canonical import as_json, canonical, made
from collector.errors import DamagedArchive
from collector.model import PictureReading, SavedPage
from collector.objects import ObjectStore


def page_record(page: SavedPage | None) -> dict[str, str]:
    """What is known of a saved page, as texts; {} for a file that is none. Only a page of the site may show others."""
    if page is None:
        return {}
    told = {"form": page.form, "outcome": page.outcome, "why": page.why}
    if page.outcome == "kept":
        return told
    saved_at = str(as_json(page.saved_at)) if page.saved_at else ""
    told |= {"kind": page.kind, "url": page.url, "saved_at": saved_at, "said_by": page.said_by}
    told |= {name: said for name, said in (("caution", page.caution), ("todo", page.todo)) if said}
    if page.kind == "chat":
        return told | ({"others": "yes"} if page.others else {})
    flags = {"others": page.others, "secrets": page.secrets}
    return {**told, "alias": page.alias, **{name: "yes" if on else "" for name, on in flags.items()}}


def page_of_record(record: Mapping[str, Any]) -> SavedPage | None:
    """The page in what `page_record` made of it."""
    if not record:
        return None
    said = {
        name: record[name]
        for name in ("form", "outcome", "why", "kind", "url", "said_by", "alias", "caution", "todo")
        if name in record
    }
    saved_at = datetime.fromisoformat(record["saved_at"]) if record.get("saved_at") else None
    return SavedPage(**said, saved_at=saved_at, others=bool(record.get("others")), secrets=bool(record.get("secrets")))


def reading_bytes(reading: PictureReading) -> bytes:
    """What was read in a picture, as it is kept."""
    return canonical({"v": 1, **as_json(reading)}) + b"\n"


def kept_reading(objects: ObjectStore, digest: str) -> PictureReading | None:
    """What was read in a picture, from what is kept of it; None where that is lost or damaged, which `verify` names."""
    try:
        return made(PictureReading, json.loads(objects.get(digest)))
    except (DamagedArchive, ValueError, RecursionError):
        return None
