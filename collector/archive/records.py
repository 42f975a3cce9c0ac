"""Snapshots to ledger bodies and back: in the ledger an artefact is named by commitment, its opening stands beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_type_hints

from collector.canonical import Misfit, as_json, made
from collector.errors import DamagedArchive
from collector.ledger.log import Entry, Opening
from collector.model import ALIBABA, Artefact, Money, Outcome, Printed, Snapshot, Step, Target, Visit
from collector.seal.revocation import NAME as ANSWER_NAME
from collector.seal.timestamp import NAME as AUTHORITY_NAME

KEY_KINDS = ("archive.created", "key.changed")  # they name the key that signs from there on


@dataclass(frozen=True, slots=True)
class ArtefactRecord:
    """An artefact as a line of the ledger names it: by its commitment alone."""

    role: str
    part: int
    media_type: str
    size: int
    commitment: str
    same_as: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not all(0 <= number < 1 << 53 for number in (self.part, self.size)):
            raise Misfit("its part or size is out of range")


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """A snapshot as a line of the ledger holds it."""

    v: int
    id: str
    target: Target
    visit: Visit
    steps: tuple[Step, ...]
    outcome: Outcome
    why: str
    artefacts: tuple[ArtefactRecord, ...]


@dataclass(frozen=True, slots=True)
class PartRecord:
    """A file of a saved page's folder as a line of the ledger names it; `name` is its path in it."""

    name: str
    media_type: str
    size: int
    commitment: str


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that the buyer added as a line of the ledger holds it; the rest is as in `AddedRecord`."""

    case: str
    id: str
    name: str
    kind: str
    media_type: str
    size: int
    note: str
    commitment: str
    parts: tuple[PartRecord, ...] = ()
    url: str = ""
    saved_at: datetime | None = None
    alias: str = ""
    withdrawn: bool = False
    dates: str = ""


@dataclass(frozen=True, slots=True)
class RenderingRecord:
    """A file that was made for a pack."""

    path: str
    commitment: str


@dataclass(frozen=True, slots=True)
class MaskedRecord:
    """A visit masked anew as a line of the ledger holds it: all that is shown of it from now on.

    What of it has the commitment of an original is that original; an original that is not among them stays sealed and is not
    shown any more. `mask` is the number of the rules, `redactions` what they masked, by kind and artefact.
    """

    case: str
    snapshot: str
    mask: int
    artefacts: tuple[ArtefactRecord, ...]
    redactions: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ListRecord:
    """How many orders a list of an account showed at the end of a night."""

    kind: str
    account: str
    rows: int


# What an entry of each kind must at least hold, and what it may; kinds that are not named here are free (design section 4).
_HOLDS: Mapping[str, Mapping[str, Any]] = {
    "archive.created": {"key": str, "certificate": str},
    "key.changed": {"key": str, "certificate": str},
    "setting.changed": {"case": str, "name": str, "value": str},
    "case.opened": {"case": str, "name": str, "zone": str, "account": str},
    "case.closed": {"case": str},
    "target.set": {"case": str, "id": str, "kind": str, "url": str, "account": str, "expects": Mapping[str, str]},
    "fact.asserted": {"case": str, "name": str, "round": int, "value": Any, "who": str},
    "file.added": {
        "case": str, "id": str, "name": str, "kind": str, "media_type": str, "size": int, "note": str, "commitment": str,
    },
    "file.described": {"case": str, "id": str},
    "picture.read": {"case": str, "file": str, "reader": str, "size": int, "commitment": str},
    "snapshot": get_type_hints(SnapshotRecord),
    "snapshot.masked": get_type_hints(MaskedRecord),
    "mask.applied": {"case": str, "mask": int, "snapshots": tuple[str, ...]},
    "account.paused": {"account": str, "why": str, "snapshot": str},
    "account.resumed": {"account": str},
    "pack.made": {"case": str, "plan": str, "renderings": tuple[RenderingRecord, ...]},
    "tail.set_aside": {"file": str, "size": int, "digest": str},
    "authority.revoked": {"authority": str, "certificates": tuple[str, ...], "parts": tuple[Any, ...], "why": str},
    "timestamp.received": {"checkpoint": int, "authority": str, "token": str, "time": str},
    "timestamp.renewed": {
        "checkpoint": int, "authority": str, "token": str, "certificates": tuple[str, ...], "parts": tuple[Any, ...],
    },
}  # fmt: skip
_BY_KEYS: Mapping[frozenset[str], type] = {frozenset(get_type_hints(kind)): kind for kind in (Money, Printed)}
_OF_A_PAGE: Mapping[str, Any] = {"url": str, "saved_at": datetime, "dates": str}
_MAY_HOLD: Mapping[str, Mapping[str, Any]] = {
    "case.opened": {"site": str},
    "target.set": {"site": str},
    "file.added": {"parts": tuple[PartRecord, ...], "alias": str, **_OF_A_PAGE},
    "fact.asserted": {"why": str},
    "file.described": {"kind": str, "note": str, "withdrawn": bool, "why": str, "corrects": int, "alias": str, **_OF_A_PAGE},
    "run.finished": {"lists": tuple[ListRecord, ...]},
    "pack.made": {"shows": tuple[str, ...], "checkpoint": int, "name": str},
    "timestamp.received": {"revocation": Mapping[str, str], "until": datetime},
}


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
    speak for itself; `alias` is the local stand-in in force when it was added. `site` is that of its case. `dates` is what
    the buyer said of a conversation's dates: "day_first", "month_first" or "".
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
    dates: str = ""


def added_record(body: Mapping[str, Any], at: datetime, openings: Mapping[str, Opening], site: str) -> AddedRecord | None:
    """The file that the body of a `file.added` entry made at `at` records, of a case of that site.

    None when nothing opens it.
    """
    told = made(FileRecord, body)
    opening = openings.get(told.commitment)
    if opening is None:
        return None
    parts = tuple(
        Part(part.name, part.media_type, part.size, inner.digest, inner.salt)
        for part in told.parts
        if (inner := openings.get(part.commitment))
    )
    return AddedRecord(
        told.id, told.case, told.name, told.kind, told.media_type, opening.digest, at, told.url, told.saved_at, told.alias,
        parts, site, told.dates,
    )  # fmt: skip


def valued(value: Any) -> Any:
    """A fact's value from its JSON form: money and printed times by their keys, lists as tuples. Raises Misfit."""
    if isinstance(value, list):
        return tuple(map(valued, value))
    if not isinstance(value, dict):
        return value
    kind = _BY_KEYS.get(frozenset(value))
    return made(kind, value) if kind else {key: valued(item) for key, item in value.items()}


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
    needed, more = _HOLDS.get(entry.kind, {}), _MAY_HOLD.get(entry.kind, {})
    for name, kind in {**needed, **more}.items():
        if name not in entry.body and name in more:
            continue
        try:
            made(kind, entry.body[name])
        except KeyError:
            return f"is a {entry.kind} without a proper {name}"
        except Misfit as misfit:
            return f"is a {entry.kind} without a proper {misfit.inside(name).where}"
    if entry.kind == "fact.asserted":
        try:
            valued(entry.body["value"])
        except Misfit as misfit:
            return f"is a fact.asserted without a proper {misfit.inside('value').where}"
    if entry.kind == "timestamp.received":  # files are named by these
        if not AUTHORITY_NAME.fullmatch(entry.body["authority"]):
            return "names its authority wrongly"
        if not all(ANSWER_NAME.fullmatch(name) for name in entry.body.get("revocation", {})):
            return "names what was said of revocation wrongly"
    return ""


def require_shape(entry: Entry) -> None:
    """Raises DamagedArchive when an entry of a known kind lacks what it must hold."""
    fault = shape_fault(entry)
    if fault:
        raise DamagedArchive(f"Line {entry.seq + 1} of the ledger {fault}.", "Run: tradewitness verify")


def entry_body(snapshot: Snapshot) -> tuple[dict[str, Any], tuple[Opening, ...]]:
    """The entry's body with commitments in place of digests and salts, and the openings."""
    openings = tuple(Opening(artefact.digest, artefact.salt) for artefact in snapshot.artefacts)
    artefacts = tuple(
        ArtefactRecord(a.role, a.part, a.media_type, a.size, opening.commitment, a.same_as, a.note)
        for a, opening in zip(snapshot.artefacts, openings, strict=True)
    )
    record = SnapshotRecord(
        snapshot.v, snapshot.id, snapshot.target, snapshot.visit, snapshot.steps, snapshot.outcome, snapshot.why, artefacts
    )
    body: dict[str, Any] = as_json(record)
    return body, openings


def masked_body(record: MaskedRecord) -> dict[str, Any]:
    """The body of the entry that records it."""
    body: dict[str, Any] = as_json(record)
    return body


def body_as_masked(body: Mapping[str, Any], masked: Mapping[str, Any]) -> dict[str, Any]:
    """A snapshot's body with what an entry `snapshot.masked` shows of it in the place of its originals."""
    return {**body, "artefacts": masked["artefacts"]}


def snapshot_of(body: Mapping[str, Any], openings: Mapping[str, Opening]) -> Snapshot:
    """The snapshot that an entry records; artefacts that nothing opens, and keys that later versions add, are left out.

    Raises Misfit where the body is no snapshot's.
    """
    told = made(SnapshotRecord, body)
    artefacts = tuple(
        Artefact(a.role, a.part, a.media_type, a.size, opening.digest, opening.salt, a.same_as, a.note)
        for a in told.artefacts
        if (opening := openings.get(a.commitment)) is not None
    )
    return Snapshot(told.v, told.id, told.target, told.visit, told.steps, told.outcome, told.why, artefacts)
