"""Snapshots to ledger bodies and back: in the ledger an artefact is named by commitment, its opening stands beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from collector.canonical import plain
from collector.errors import DamagedArchive
from collector.ledger.log import Entry, Opening
from collector.model import ALIBABA, Artefact, SavedPage, Snapshot, Step, Target, Visit
from collector.seal.revocation import NAME as ANSWER_NAME
from collector.seal.timestamp import NAME as AUTHORITY_NAME

KEY_KINDS = ("archive.created", "key.changed")  # they name the key that signs from there on

# What an entry of each kind must at least hold; kinds that are not named here are free (design section 4).
_REQUIRED: Mapping[str, Mapping[str, type]] = {
    "archive.created": {"key": str, "certificate": str},
    "key.changed": {"key": str, "certificate": str},
    "setting.changed": {"case": str, "name": str, "value": str},
    "case.opened": {"case": str, "name": str, "zone": str, "account": str},
    "case.closed": {"case": str},
    "target.set": {"case": str, "id": str, "kind": str, "url": str, "account": str, "expects": dict},
    "fact.asserted": {"case": str, "name": str, "round": int, "value": object, "who": str},
    "file.added": {
        "case": str, "id": str, "name": str, "kind": str, "media_type": str, "size": int, "note": str, "commitment": str,
    },
    "file.described": {"case": str, "id": str},
    "snapshot": {"id": str, "target": dict, "visit": dict, "steps": list, "artefacts": list},
    "account.paused": {"account": str, "why": str, "snapshot": str},
    "account.resumed": {"account": str},
    "pack.made": {"case": str, "plan": str, "renderings": list},
    "tail.set_aside": {"file": str, "size": int, "digest": str},
    "authority.revoked": {"authority": str, "certificates": list, "parts": list, "why": str},
    "timestamp.received": {"checkpoint": int, "authority": str, "token": str, "time": str},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a saved page's folder; `name` is its path in it."""

    name: str
    media_type: str
    size: int
    digest: str
    salt: str


@dataclass(frozen=True, slots=True)
class AddedRecord:
    """A file that the buyer added, as its entry says. `parts` are the files of a saved page's folder.

    `url` and `saved_at` are what the buyer said of where and when a page was saved, "" and None where the file was left to
    speak for itself; `alias` is the local stand-in in force when it was added. `site` is that of its case.
    """

    id: str
    case: str
    name: str
    kind: str
    media_type: str
    digest: str
    added_at: datetime
    url: str
    saved_at: datetime | None
    alias: str
    parts: tuple[Part, ...]
    site: str = ALIBABA


def added_record(body: Mapping[str, Any], at: datetime, openings: Mapping[str, Opening], site: str) -> AddedRecord | None:
    """The file that the body of a `file.added` entry made at `at` records, of a case of that site.

    None when nothing opens it.
    """
    opening = openings.get(body["commitment"])
    if opening is None:
        return None
    parts = []
    for record in body.get("parts", ()):
        if inner := openings.get(record["commitment"]):
            parts.append(Part(record["name"], record["media_type"], record["size"], inner.digest, inner.salt))
    said = body.get("saved_at", "")
    return AddedRecord(
        body["id"], body["case"], body["name"], body["kind"], body["media_type"], opening.digest, at, body.get("url", ""),
        datetime.fromisoformat(said) if said else None, body.get("alias", ""), tuple(parts), site,
    )  # fmt: skip


def page_record(page: SavedPage | None) -> dict[str, str]:
    """What is known of a saved page, as texts; {} for a file that is none. Only a page of the site may show others."""
    if page is None:
        return {}
    told = {"form": page.form, "outcome": page.outcome, "why": page.why}
    if page.outcome == "kept":
        return told
    saved_at = str(plain(page.saved_at)) if page.saved_at else ""
    told |= {"kind": page.kind, "url": page.url, "saved_at": saved_at, "said_by": page.said_by}
    if page.kind == "chat":
        return told
    flags = {"others": page.others, "secrets": page.secrets}
    return {**told, "alias": page.alias, **{name: "yes" if on else "" for name, on in flags.items()}}


def page_of_record(record: Mapping[str, Any]) -> SavedPage | None:
    """The page in what `page_record` made of it."""
    if not record:
        return None
    said = {name: record[name] for name in ("form", "outcome", "why", "kind", "url", "said_by", "alias") if name in record}
    saved_at = datetime.fromisoformat(record["saved_at"]) if record.get("saved_at") else None
    return SavedPage(**said, saved_at=saved_at, others=bool(record.get("others")), secrets=bool(record.get("secrets")))


def keys_of(entries: Iterable[Entry]) -> list[tuple[int, str]]:
    """From which entry on which key signs: (number, fingerprint), oldest first."""
    return [(e.seq, str(e.body["key"])) for e in entries if e.kind in KEY_KINDS]


def received_files(entry: Entry) -> dict[str, str]:
    """Name and SHA-256 of what a `timestamp.received` entry says arrived: the token, and what was said of revocation."""
    stem = f"{entry.body['checkpoint']:06d}.{entry.body['authority']}"
    answers = {f"{stem}.{name}": str(digest) for name, digest in entry.body.get("revocation", {}).items()}
    return {f"{stem}.tsr": str(entry.body["token"]), **answers}


def shape_fault(entry: Entry) -> str:
    """What an entry of a known kind lacks, in words, or ""."""
    for name, kind in _REQUIRED.get(entry.kind, {}).items():
        if name not in entry.body or not isinstance(entry.body[name], kind):
            return f"is a {entry.kind} without a proper {name}"
    if not isinstance(entry.body.get("site", ""), str):
        return "names its site wrongly"
    if entry.kind == "snapshot":
        if not isinstance(entry.body["target"].get("site", ""), str):
            return "names its site wrongly"
        if not all(_is_artefact(record) for record in entry.body["artefacts"]):
            return "names its artefacts wrongly"
        try:
            snapshot_of(entry.body, {})
        except (KeyError, TypeError, ValueError, AttributeError):
            return "is a snapshot that cannot be read"
    if entry.kind == "authority.revoked" and not all(isinstance(pem, str) for pem in entry.body["certificates"]):
        return "names its certificates wrongly"
    if entry.kind == "timestamp.received":
        if not AUTHORITY_NAME.fullmatch(entry.body["authority"]):  # files are named by it
            return "names its authority wrongly"
        answers = entry.body.get("revocation", {})
        if not isinstance(answers, dict) or not all(
            ANSWER_NAME.fullmatch(n) and isinstance(d, str) for n, d in answers.items()
        ):
            return "names what was said of revocation wrongly"
    for many, needed in (("renderings", {"path", "commitment"}), ("parts", {"name", "media_type", "size", "commitment"})):
        records = entry.body.get(many, [])
        if not isinstance(records, list) or not all(isinstance(r, dict) and needed <= r.keys() for r in records):
            return f"names its {many} wrongly"
    return ""


def _is_artefact(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    held = {"same_as": "", "note": "", **record}
    words = all(isinstance(held.get(name), str) for name in ("role", "media_type", "commitment", "same_as", "note"))
    numbers = all(type(held.get(name)) is int and 0 <= held[name] < 1 << 53 for name in ("part", "size"))
    return words and numbers


def require_shape(entry: Entry) -> None:
    """Raises DamagedArchive when an entry of a known kind lacks what it must hold."""
    fault = shape_fault(entry)
    if fault:
        raise DamagedArchive(f"Line {entry.seq + 1} of the ledger {fault}.", "Run: tradewitness verify")


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
    """The snapshot that an entry records; artefacts that nothing opens, and keys that later versions add, are left out."""
    visit = {**_known(Visit, body["visit"]), "machine_time": datetime.fromisoformat(body["visit"]["machine_time"])}
    for name in ("redirects", "redactions", "losses"):
        visit[name] = tuple(visit[name])
    steps = tuple(Step(**{**_known(Step, step), "began": datetime.fromisoformat(step["began"])}) for step in body["steps"])
    artefacts = []
    for record in body["artefacts"]:
        opening = openings.get(record["commitment"])
        if opening is not None:
            artefacts.append(Artefact(**{**_known(Artefact, record), "digest": opening.digest, "salt": opening.salt}))
    return Snapshot(
        v=body["v"],
        id=body["id"],
        target=Target(**_known(Target, body["target"])),
        visit=Visit(**visit),
        steps=steps,
        outcome=body["outcome"],
        why=body["why"],
        artefacts=tuple(artefacts),
    )


def _known(value: type[Artefact | Step | Target | Visit], record: Mapping[str, Any]) -> dict[str, Any]:
    """Of a record what this version knows: new optional keys are free (design section 4)."""
    return {field.name: record[field.name] for field in fields(value) if field.name in record}
